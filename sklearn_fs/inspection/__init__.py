# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of fitted estimators."""

from sklearn_fs.inspection._cardinality_bias_display import CardinalityBiasDisplay
from sklearn_fs.inspection._importance_path_display import ImportancePathDisplay
from sklearn_fs.inspection._interaction_display import InteractionDisplay
from sklearn_fs.inspection._kan_curves_display import KANCurvesDisplay
from sklearn_fs.inspection._kept_rows_display import KeptRowsDisplay, SizeCurveDisplay
from sklearn_fs.inspection._pairwise_display import PairwiseDisplay
from sklearn_fs.inspection._pixel_mask_display import PixelMaskDisplay
from sklearn_fs.inspection._quality_display import QualityDisplay
from sklearn_fs.inspection._ranking_display import RankingDisplay
from sklearn_fs.inspection._report_page import report_html
from sklearn_fs.inspection._responsiveness_display import ResponsivenessDisplay
from sklearn_fs.inspection._shadow_display import ShadowDisplay

__all__ = [
    "CardinalityBiasDisplay",
    "ImportancePathDisplay",
    "InteractionDisplay",
    "KANCurvesDisplay",
    "KeptRowsDisplay",
    "PairwiseDisplay",
    "PixelMaskDisplay",
    "QualityDisplay",
    "RankingDisplay",
    "ResponsivenessDisplay",
    "ShadowDisplay",
    "SizeCurveDisplay",
    "report_html",
]
