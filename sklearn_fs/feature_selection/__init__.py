# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose the columns."""

from sklearn_fs.feature_selection._interactions import InteractionFeatures
from sklearn_fs.feature_selection._kan import KANSelector
from sklearn_fs.feature_selection._kan_knockoff import KANKnockoffSelector
from sklearn_fs.feature_selection._kan_thin import (
    KANKOSelector,
    KANL1Selector,
    KANL2Selector,
    KANSISelector,
)
from sklearn_fs.feature_selection._neuro_fs import NeuroFS
from sklearn_fs.feature_selection._outrank import OutRank
from sklearn_fs.feature_selection._quick_selection import QuickSelection
from sklearn_fs.feature_selection._rank_streams import (
    rank_chunks,
    rank_csv,
    rank_dask,
)

__all__ = [
    "InteractionFeatures",
    "KANKOSelector",
    "KANKnockoffSelector",
    "KANL1Selector",
    "KANL2Selector",
    "KANSISelector",
    "KANSelector",
    "NeuroFS",
    "OutRank",
    "QuickSelection",
    "rank_chunks",
    "rank_csv",
    "rank_dask",
]
