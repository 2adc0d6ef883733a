# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose the columns, choose the rows, and say what would change the answer.

Estimators in the conventions of scikit-learn, with compiled inner loops.
"""

from importlib.metadata import version

from sklearn_fs.instance_selection import (
    CDIS,
    DROP3,
    EGDIS,
    ENN,
    LDIS,
    RIS1,
    RIS2,
    RIS3,
    XLDIS,
    GAISSelector,
    GraphCoverageSelector,
    HartCNN,
    InstanceSelectionEstimator,
    KMeansInstanceSelector,
    LSBo,
    LSSm,
    RandomInstanceSelector,
)

__version__ = version("sklearn-fs")

# Plain order, as the test wants it; RUF022 would put the acronyms first.
__all__ = [  # noqa: RUF022
    "CDIS",
    "DROP3",
    "EGDIS",
    "ENN",
    "GAISSelector",
    "GraphCoverageSelector",
    "HartCNN",
    "InstanceSelectionEstimator",
    "KMeansInstanceSelector",
    "LDIS",
    "LSBo",
    "LSSm",
    "RIS1",
    "RIS2",
    "RIS3",
    "RandomInstanceSelector",
    "XLDIS",
]
