# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Trainable models that the selectors are built on, and that predict by themselves."""

__all__ = []
