# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Small real tables that ship with the package, with source and licence."""

from sklearn_fs.datasets._german_credit import load_german_credit

__all__ = ["load_german_credit"]
