# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose the columns, choose the rows, and say what would change the answer.

Estimators in the conventions of scikit-learn, with compiled inner loops.
"""

from importlib.metadata import version

from sklearn_fs.feature_selection import (
    InteractionFeatures,
    KANKnockoffSelector,
    KANKOSelector,
    KANL1Selector,
    KANL2Selector,
    KANSelector,
    KANSISelector,
    NeuroFS,
    OutRank,
    QuickSelection,
)
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
from sklearn_fs.neural_network import KANClassifier, KANRegressor
from sklearn_fs.recourse import ActionSet, ResponsivenessScorer

__version__ = version("sklearn-fs")

__all__ = [
    "ActionSet",
    "CDIS",
    "DROP3",
    "EGDIS",
    "ENN",
    "GAISSelector",
    "GraphCoverageSelector",
    "HartCNN",
    "InstanceSelectionEstimator",
    "InteractionFeatures",
    "KANClassifier",
    "KANKOSelector",
    "KANKnockoffSelector",
    "KANL1Selector",
    "KANL2Selector",
    "KANRegressor",
    "KANSISelector",
    "KANSelector",
    "KMeansInstanceSelector",
    "LDIS",
    "LSBo",
    "LSSm",
    "NeuroFS",
    "OutRank",
    "QuickSelection",
    "RIS1",
    "RIS2",
    "RIS3",
    "RandomInstanceSelector",
    "ResponsivenessScorer",
    "XLDIS",
]
