# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose the columns."""

from sklearn_fs.feature_selection._kan import KANSelector
from sklearn_fs.feature_selection._kan_knockoff import KANKnockoffSelector
from sklearn_fs.feature_selection._kan_thin import (
    KANKOSelector,
    KANL1Selector,
    KANL2Selector,
    KANSISelector,
)

__all__ = [
    "KANKOSelector",
    "KANKnockoffSelector",
    "KANL1Selector",
    "KANL2Selector",
    "KANSISelector",
    "KANSelector",
]
