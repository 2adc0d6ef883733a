# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of fitted estimators."""

from sklearn_fs.inspection._kept_rows_display import KeptRowsDisplay, SizeCurveDisplay

__all__ = ["KeptRowsDisplay", "SizeCurveDisplay"]
