# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The only file that imports private names of scikit-learn.

Parameter validation and `_fit_context` are private in scikit-learn 1.9 (making
them public is scikit-learn#34001); third-party estimators need them all the same.
When a new scikit-learn moves one of them, this is the file to change.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.base import _fit_context
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    Options,
    RealNotInt,
    StrOptions,
    validate_params,
)
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import _check_feature_names_in, _check_sample_weight

__all__ = [
    "HasMethods",
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "_check_feature_names_in",
    "_check_sample_weight",
    "_fit_context",
    "_get_output_config",
    "boosting_start",
    "column_transformer_parts",
    "hist_gradient_boosting_codes",
    "hist_gradient_boosting_parts",
    "validate_params",
]


def column_transformer_parts(transformer):
    """Parts of a fitted ColumnTransformer with the places of their input columns.

    Parameters
    ----------
    transformer : ColumnTransformer

    Returns
    -------
    parts : list of (transformer, indices)
        In the order of the output.
    """
    places = transformer._transformer_to_input_indices
    return [(part, list(places[name])) for name, part, _ in transformer.transformers_]


def boosting_start(estimator):
    """Sums of a fitted GradientBoosting model before its first tree."""
    return estimator._raw_predict_init(np.zeros((1, estimator.n_features_in_)))[0]


@dataclass
class HistGradientBoostingParts:
    """What HistGradientBoosting keeps in private attributes.

    Attributes
    ----------
    predictors : list of lists of TreePredictor
        One list a round, one predictor an output.
    baseline : ndarray
        Sums before the first tree.
    columns : ndarray of shape (n_features,)
        From the model's order of columns (categorical ones first) to the user's.
    categories : dict
        Categorical column, in the model's order -> its known values, ascending, a
        missing one left out.
    """

    predictors: list
    baseline: np.ndarray
    columns: np.ndarray
    categories: dict


def hist_gradient_boosting_codes(estimator, X):
    """What a fitted HistGradientBoosting model takes a table for.

    Parameters
    ----------
    estimator : estimator
    X : {dataframe, array-like} of shape (n_samples, n_features)

    Returns
    -------
    codes : ndarray of shape (n_samples, n_features)
        In the user's order; a category is its place among the known ones.
    """
    parts = hist_gradient_boosting_parts(estimator)
    own = np.asarray(estimator._preprocess_X(X, reset=False), dtype=np.float64)
    codes = np.empty_like(own)
    codes[:, parts.columns] = own
    return codes


def hist_gradient_boosting_parts(estimator):
    """The trees of a fitted HistGradientBoosting model."""
    columns = np.arange(estimator.n_features_in_)
    categories = {}
    if estimator._preprocessor is not None:
        is_categorical = estimator.is_categorical_
        columns = np.concatenate(
            [np.flatnonzero(is_categorical), np.flatnonzero(~is_categorical)]
        )
        encoder = estimator._preprocessor.named_transformers_["encoder"]
        for column, known in enumerate(encoder.categories_):
            present = [v is not None and v == v for v in known.tolist()]
            categories[column] = known[np.array(present, dtype=bool)]
    return HistGradientBoostingParts(
        predictors=estimator._predictors,
        baseline=estimator._baseline_prediction,
        columns=columns,
        categories=categories,
    )
