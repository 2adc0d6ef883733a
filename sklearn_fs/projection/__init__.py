# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Greedy choice of column blocks that rebuild given targets.

Private to the package: selectors import it from `sklearn_fs.projection._greedy`.
"""

__all__ = []
