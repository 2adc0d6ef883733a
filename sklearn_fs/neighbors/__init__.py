# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Nearest rows and neighbour graphs, without a matrix of all distances."""

__all__ = []
