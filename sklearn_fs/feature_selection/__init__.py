# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose the columns."""

from sklearn_fs.feature_selection._outrank import OutRank

__all__ = ["OutRank"]
