# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Benchmarks of sklearn_fs, one file for each family."""
