# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose the columns, choose the rows, and say what would change the answer.

Estimators in the conventions of scikit-learn, with compiled inner loops.
"""

from importlib.metadata import version

from sklearn_fs.instance_selection import (
    GraphCoverageSelector,
    InstanceSelectionEstimator,
    KMeansInstanceSelector,
    RandomInstanceSelector,
)

__version__ = version("sklearn-fs")

__all__ = [
    "GraphCoverageSelector",
    "InstanceSelectionEstimator",
    "KMeansInstanceSelector",
    "RandomInstanceSelector",
]
