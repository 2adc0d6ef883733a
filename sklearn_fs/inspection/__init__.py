# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of fitted estimators."""

from sklearn_fs.inspection._feature_scores_display import FeatureScoresDisplay
from sklearn_fs.inspection._kan_curves_display import KANCurvesDisplay

__all__ = ["FeatureScoresDisplay", "KANCurvesDisplay"]
