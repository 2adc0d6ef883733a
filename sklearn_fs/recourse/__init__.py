# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Say what would change the answer of a model for one person."""
