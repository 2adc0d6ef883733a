# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of fitted estimators."""

from sklearn_fs.inspection._ranking_display import RankingDisplay

__all__ = ["RankingDisplay"]
