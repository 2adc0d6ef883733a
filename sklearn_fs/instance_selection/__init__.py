# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose the rows."""

from sklearn_fs.instance_selection._baselines import (
    KMeansInstanceSelector,
    RandomInstanceSelector,
)
from sklearn_fs.instance_selection._condensation import HartCNN
from sklearn_fs.instance_selection._coverage import GraphCoverageSelector
from sklearn_fs.instance_selection._density import CDIS, LDIS, XLDIS
from sklearn_fs.instance_selection._edition import ENN
from sklearn_fs.instance_selection._gais import GAISSelector
from sklearn_fs.instance_selection._global_density import EGDIS
from sklearn_fs.instance_selection._local_sets import LSBo, LSSm
from sklearn_fs.instance_selection._meta import InstanceSelectionEstimator
from sklearn_fs.instance_selection._ranking import RIS1, RIS2, RIS3
from sklearn_fs.instance_selection._reduction import DROP3
from sklearn_fs.instance_selection._search import search_instances

# Plain order, as the test wants it; RUF022 would put the acronyms first.
__all__ = [
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
    "search_instances",
]
