# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Statistics of discrete columns, corrected for chance."""

from sklearn_fs.information._null import expected_mutual_information
from sklearn_fs.information._pairs import mutual_info_matrix
from sklearn_fs.information._univariate import ami_score, mi_corrected

__all__ = [
    "ami_score",
    "expected_mutual_information",
    "mi_corrected",
    "mutual_info_matrix",
]
