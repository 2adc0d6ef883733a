# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Trainable models that the selectors are built on."""

from sklearn_fs.neural_network._kan_classifier import KANClassifier
from sklearn_fs.neural_network._kan_regressor import KANRegressor

__all__ = ["KANClassifier", "KANRegressor"]
