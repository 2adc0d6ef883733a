# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Categories of a table that a model encodes on its own."""

import numpy as np
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)

from sklearn_fs._sklearn_compat import hist_gradient_boosting_codes


def native_codes(estimator):
    """How a fitted model turns a table into numbers.

    Parameters
    ----------
    estimator : fitted estimator

    Returns
    -------
    transform : callable
        From a table to an ndarray of the same shape in which a category is its place
        among those that the model knows, and NaN where it knows it not. It raises
        ValueError for a model whose categories cannot be read.
    """
    if isinstance(
        estimator, HistGradientBoostingClassifier | HistGradientBoostingRegressor
    ):
        return lambda X: hist_gradient_boosting_codes(estimator, X)
    return lambda X: _lightgbm_codes(estimator, X)


def _lightgbm_codes(estimator, X):
    """LightGBM keeps the categories of its training frame, column by column."""
    known = getattr(getattr(estimator, "booster_", None), "pandas_categorical", None)
    categorical = [
        k for k, dtype in enumerate(getattr(X, "dtypes", ()))
        if getattr(dtype, "name", None) == "category"
    ]  # fmt: skip
    if not known or len(known) != len(categorical):
        raise ValueError("These categories are not those of the model.")
    codes = np.zeros(X.shape)
    for k, categories in zip(categorical, known, strict=True):
        own = X.iloc[:, k].cat.set_categories(categories).cat.codes.to_numpy()
        codes[:, k] = np.where(own < 0, np.nan, own)
    return codes
