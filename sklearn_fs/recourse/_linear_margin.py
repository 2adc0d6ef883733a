# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The margin of a linear model."""

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.svm import LinearSVC, LinearSVR

# Their share of the second class is the logistic function of the decision.
_LOGISTIC = (LogisticRegression, LogisticRegressionCV, LinearDiscriminantAnalysis)
_CLASSIFIERS = (
    *_LOGISTIC, LinearSVC, Perceptron, RidgeClassifier, RidgeClassifierCV,
    SGDClassifier,
)  # fmt: skip
_REGRESSORS = (
    ElasticNet, Lasso, LinearRegression, LinearSVR, Ridge, RidgeCV, SGDRegressor,
)  # fmt: skip


class LinearMargin:
    """`X @ weights + intercept`: the goal is reached where it is positive.

    Where rounding could decide, that is where the margin is within `tolerance` of 0,
    the model itself has to be asked.

    Parameters
    ----------
    weights : ndarray of shape (n_features,)
    intercept : float
    """

    kind = "linear"

    def __init__(self, weights, intercept):
        self.weights = np.asarray(weights, dtype=np.float64)
        self.intercept = float(intercept)
        self.columns_used = self.weights != 0

    def margin(self, X):
        """Margin of each row, shape (n_rows,)."""
        return X @ self.weights + self.intercept

    def tolerance(self, X):
        """A bound on the rounding of `margin` and of the model, for each row."""
        size = np.abs(X) @ np.abs(self.weights) + abs(self.intercept)
        return 16 * np.finfo(np.float64).eps * (len(self.weights) + 2) * size

    def reaches(self, X):
        """Rows with a positive margin; not sure within the tolerance."""
        return self.margin(X) > 0

    def best_case(self, X, lows, highs):
        """Largest margin in a box, rounding included; NaN bounds are not moved."""
        low = np.where(np.isnan(lows), X, lows)
        high = np.where(np.isnan(highs), X, highs)
        w = self.weights
        best = np.where(w > 0, high, np.where(w < 0, low, np.nan_to_num(X)))
        return self.margin(best) + 2 * self.tolerance(best)

    def affine(self, scale, shift):
        """The margin of `scale * x + shift` as a margin of x."""
        return LinearMargin(
            self.weights * scale, self.intercept + float(self.weights @ shift)
        )


def read_linear(estimator, wish):
    """The margin of a linear model for a wish, or None.

    Parameters
    ----------
    estimator : fitted estimator
    wish : Wish

    Returns
    -------
    margin : LinearMargin or None
        None where the model is not linear, has more than two classes, or its scores
        are no known function of the margin.
    """
    if wish.target is None:
        if not isinstance(estimator, _REGRESSORS) or np.ndim(estimator.coef_) != 1:
            return None
        return _signed(estimator, 1.0 if wish.wanted else -1.0, wish.threshold)
    if not isinstance(estimator, _CLASSIFIERS) or len(estimator.classes_) != 2:
        return None
    sign = 1.0 if wish.target == 1 else -1.0
    cut = 0.0
    if wish.threshold is not None:
        if wish.response == "decision_function":
            cut = float(wish.threshold)
        elif isinstance(estimator, _LOGISTIC) and 0 < wish.threshold < 1:
            cut = float(np.log(wish.threshold) - np.log1p(-wish.threshold))
        else:
            return None
    # sign * decision >= cut, or its negation.
    return _signed(estimator, sign, cut, 1.0 if wish.wanted else -1.0)


def _signed(estimator, sign, cut, outer=1.0):
    weights = np.ravel(estimator.coef_)
    intercept = float(np.ravel(estimator.intercept_)[0])
    return LinearMargin(outer * sign * weights, outer * (sign * intercept - cut))
