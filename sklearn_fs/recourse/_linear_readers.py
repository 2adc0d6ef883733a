# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Weights of linear models, turned towards the goal."""

import json

import numpy as np
from scipy.special import expit
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    ElasticNetCV,
    HuberRegressor,
    Lars,
    Lasso,
    LassoCV,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    OrthogonalMatchingPursuit,
    Perceptron,
    QuantileRegressor,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
    SGDClassifier,
    SGDRegressor,
    TheilSenRegressor,
)
from sklearn.svm import LinearSVC, LinearSVR

from sklearn_fs.recourse._goals import monotone_cut, sigmoid32
from sklearn_fs.recourse._linear_margin import LinearMargin
from sklearn_fs.recourse._tree_readers_boosting import xgboost_base_score

_CLASSIFIERS = (
    LinearDiscriminantAnalysis,
    LinearSVC,
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)
_REGRESSORS = (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    ElasticNetCV,
    HuberRegressor,
    Lars,
    Lasso,
    LassoCV,
    LinearRegression,
    LinearSVR,
    OrthogonalMatchingPursuit,
    QuantileRegressor,
    Ridge,
    RidgeCV,
    SGDRegressor,
    TheilSenRegressor,
)


def read_linear(estimator, wish, steps, ask):
    """The `LinearMargin` of a fitted linear model, or None.

    Parameters
    ----------
    estimator : estimator
    wish : Wish
    steps : ColumnSteps
        What happens to the columns before the model sees them.
    ask : callable
        See `LinearMargin`.

    Returns
    -------
    margin : LinearMargin or None
    """
    options = {}
    if isinstance(estimator, _CLASSIFIERS):
        weights, offset = np.atleast_2d(estimator.coef_), estimator.intercept_
        share = _share(estimator)
        chosen = _positive
    elif isinstance(estimator, _REGRESSORS):
        if np.ndim(estimator.coef_) > 1 and len(estimator.coef_) > 1:
            return None
        weights, offset = np.atleast_2d(estimator.coef_), estimator.intercept_
        share = chosen = None
    else:
        found = _xgboost_linear(estimator)
        if found is None:
            return None
        weights, offset, share, chosen = found
        options = {"unit": 2.0**-24, "fill_missing": True}
    offset = np.ravel(offset) * np.ones(len(weights))
    affine = steps.affine(weights.shape[1])
    if affine is None:
        return None
    scale, shift = affine
    offset = offset + weights @ shift
    weights = weights * scale
    rules = _rules(weights, offset, wish, share, chosen)
    if rules is None:
        return None
    return LinearMargin(*rules, ask, **options)


def _positive(raw):
    return raw > 0


def _share(estimator):
    """Share of the second of two classes, as a function of the decision."""
    if not hasattr(estimator, "predict_proba"):
        return None
    if getattr(estimator, "loss", None) == "modified_huber":
        return lambda raw: (np.clip(raw, -1, 1) + 1.0) / 2.0
    return expit


def _rules(weights, offset, wish, share, chosen):
    """Rows of `weights @ x + offset >= 0` which say that the wish is reached."""
    if len(weights) > 1:
        if wish.threshold is not None or not wish.wanted:
            return None
        others = np.arange(len(weights)) != wish.target
        return (
            weights[wish.target] - weights[others],
            offset[wish.target] - offset[others],
        )
    if wish.target is None:
        cut = monotone_cut(lambda raw: (raw >= wish.threshold) == wish.wanted)
    elif wish.threshold is None:
        cut = monotone_cut(
            lambda raw: (chosen(raw) == bool(wish.target)) == wish.wanted
        )
    elif wish.response == "decision_function":
        sign = 1.0 if wish.target else -1.0
        cut = monotone_cut(lambda raw: (sign * raw >= wish.threshold) == wish.wanted)
    elif share is None:
        return None
    else:

        def wanted(raw):
            p = share(raw) if wish.target else 1 - share(raw)
            return (p >= wish.threshold) == wish.wanted

        cut = monotone_cut(wanted)
    return cut.sign * weights, cut.sign * offset - cut.cut


def _xgboost_linear(estimator):
    """Weights, offset, share and choice of an XGBoost model of booster gblinear."""
    if not hasattr(estimator, "get_booster"):
        return None
    learner = json.loads(estimator.get_booster().save_raw("json"))["learner"]
    booster = learner["gradient_booster"]
    objective = learner["objective"]["name"]
    if booster["name"] != "gblinear":
        return None
    classes = getattr(estimator, "classes_", None)
    n_outputs = max(1, int(learner["learner_model_param"]["num_class"]))
    known = {
        "binary:logistic": (sigmoid32, lambda raw: sigmoid32(raw) > 0.5),
        "multi:softprob": (None, None),
        "multi:softmax": (None, None),
        "reg:squarederror": (None, None),
    }
    if objective not in known or (classes is None) != objective.startswith("reg:"):
        return None
    start = xgboost_base_score(learner, objective, n_outputs)
    flat = np.asarray(booster["model"]["weights"], dtype=np.float32).astype(np.float64)
    matrix = flat.reshape(-1, n_outputs)
    return matrix[:-1].T, matrix[-1] + start, *known[objective]
