# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose the rows."""

from sklearn_fs.instance_selection._baselines import (
    KMeansInstanceSelector,
    RandomInstanceSelector,
)
from sklearn_fs.instance_selection._coverage import GraphCoverageSelector
from sklearn_fs.instance_selection._meta import InstanceSelectionEstimator

__all__ = [
    "GraphCoverageSelector",
    "InstanceSelectionEstimator",
    "KMeansInstanceSelector",
    "RandomInstanceSelector",
]
