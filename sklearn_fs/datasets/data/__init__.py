# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The tables and their descriptions; a package so that importlib finds them."""
