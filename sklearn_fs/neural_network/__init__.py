# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Trainable models that the selectors stand on."""

__all__ = []
