# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose the columns."""

__all__ = []
