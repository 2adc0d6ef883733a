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

from sklearn_fs.recourse._column_maps import Steps

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
    """A sum over columns of `weight * value + step(value)`, and an intercept.

    The goal is reached where it is positive. Where rounding could decide, that is
    where the margin is within `tolerance` of 0, the model itself has to be asked.

    Parameters
    ----------
    weights : ndarray of shape (n_features,)
    intercept : float
    steps : dict of int to (ends, values), default=None
        For columns behind an encoder or bins: what cell i, above `ends[i - 1]` and up
        to `ends[i]`, adds.
    missing : ndarray of shape (n_features,), default=None
        What a missing value adds; None: there are none.
    sizes : tuple of (ndarray of shape (n_features,), float, int), default=None
        Absolute weights and constants as the model holds them, before columns that
        come from one were added up, and how many terms the model adds; None: those of
        `weights` and `intercept`.
    """

    kind = "linear"

    def __init__(self, weights, intercept, *, steps=None, missing=None, sizes=None):
        self.weights = np.asarray(weights, dtype=np.float64)
        self.intercept = float(intercept)
        self.steps = {} if steps is None else steps
        n_features = len(self.weights)
        self.missing = np.full(n_features, np.nan) if missing is None else missing
        own = np.abs(self.weights), abs(self.intercept), n_features
        self._sizes = own if sizes is None else sizes
        self.columns_used = self.weights != 0
        self.columns_used[list(self.steps)] = True

    def cuts(self, column):
        """Where the cells of a column end; none for a straight line."""
        return self.steps[column][0] if column in self.steps else np.empty(0)

    def contributions(self, X, columns=None):
        """What each column adds.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_columns)
        columns : ndarray of shape (n_columns,), default=None
            Where the columns of X are in the table; None: it is all of them.

        Returns
        -------
        contributions : ndarray of shape (n_rows, n_columns)
        """
        if columns is None:
            columns = np.arange(len(self.weights))
        added = X * self.weights[columns]
        for k, j in enumerate(columns):
            if j in self.steps:
                ends, values = self.steps[j]
                added[:, k] += values[np.searchsorted(ends, X[:, k])]
        return np.where(np.isnan(X), self.missing[columns], added)

    def margin(self, X, *, n_threads=1):
        """Margin of each row, shape (n_rows,)."""
        if not self.steps and not np.isnan(X).any():
            return X @ self.weights + self.intercept
        return self.contributions(X).sum(axis=1) + self.intercept

    def tolerance(self, X):
        """A bound on the rounding of `margin` and of the model, for each row."""
        weights, constant, n_terms = self._sizes
        with np.errstate(over="ignore"):
            size = np.abs(np.nan_to_num(X)) @ weights + constant
        return 16 * np.finfo(np.float64).eps * (n_terms + 2) * size

    def reaches(self, X, *, n_threads=1):
        """Rows with a positive margin; not sure within the tolerance."""
        return self.margin(X) > 0

    def best_case(self, X, lows, highs, *, n_threads=1):
        """Largest margin in a box, rounding included; NaN bounds are not moved.

        A missing value with bounds may also stay missing.
        """
        low = np.where(np.isnan(lows), X, lows)
        high = np.where(np.isnan(highs), X, highs)
        # A weight of 0 makes nothing of an infinite bound.
        with np.errstate(invalid="ignore"):
            best = np.nan_to_num(
                np.fmax(low * self.weights, high * self.weights),
                posinf=np.inf, neginf=-np.inf,
            )  # fmt: skip
        for j, (ends, values) in self.steps.items():
            first = np.searchsorted(ends, low[:, j])
            last = np.searchsorted(ends, high[:, j])
            largest = np.full(len(X), -np.inf)
            for cell, value in enumerate(values):
                inside = (first <= cell) & (cell <= last)
                largest[inside] = np.fmax(largest[inside], value)
            best[:, j] += largest
        unknown = np.isnan(X)
        stays = np.broadcast_to(self.missing, X.shape)
        best = np.where(unknown & np.isnan(low), stays, best)
        best = np.where(unknown & ~np.isnan(low), np.fmax(best, stays), best)
        slack = self.tolerance(np.fmax(np.abs(low), np.abs(high)))
        return best.sum(axis=1) + self.intercept + 2 * slack

    def interval_success(self, X, column, lower, upper, effects=None, *, n_threads=1):
        """Share of an interval of one column in which the goal is reached.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        column : int
        lower, upper : array-like of shape (n_rows,)
        effects : dict, default=None
            Other columns which move with this one: number -> change a unit of it.

        Returns
        -------
        share : ndarray of shape (n_rows,)
            0 where `lower` equals `upper`.
        """
        lower = np.broadcast_to(np.asarray(lower, dtype=np.float64), len(X))
        upper = np.broadcast_to(np.asarray(upper, dtype=np.float64), len(X))
        slopes = {column: 1.0, **(effects or {})}
        ends = self._ends_along(X, column, slopes, lower, upper)
        low, high = ends[:, :-1], ends[:, 1:]
        value, rate = self._along(X, column, slopes, 0.5 * (low + high))
        half = 0.5 * (high - low)
        # Positive on one side of the root of the line through the middle.
        steep = np.abs(rate[:, None])
        level = np.where(value > 0, half, -half)
        reach = np.divide(value, steep, out=level, where=steep > 0)
        hit = np.clip(half + reach, 0.0, 2 * half)
        total = upper - lower
        return np.divide(hit.sum(axis=1), total, out=np.zeros(len(X)), where=total > 0)

    def _ends_along(self, X, column, slopes, lower, upper):
        """Where the rows pass from one cell of a step to the next, in order."""
        ends = [lower[:, None], upper[:, None]]
        for j, slope in slopes.items():
            if j in self.steps and slope:
                cuts = self.steps[j][0]
                if j != column:
                    start = X[:, [column]]
                    cuts = start + (cuts - X[:, [j]]) / slope
                cuts = np.where(np.isnan(cuts), lower[:, None], cuts)
                ends.append(np.clip(cuts, lower[:, None], upper[:, None]))
        return np.sort(np.concatenate(ends, axis=1), axis=1)

    def _along(self, X, column, slopes, z):
        """Margin with the column at each of `z`, and what a unit more adds."""
        value = np.repeat(self.margin(X)[:, None], z.shape[1], axis=1)
        rate = np.zeros(len(X))
        change = z - X[:, [column]]
        for j, slope in slopes.items():
            at = z if j == column else X[:, [j]] + slope * change
            known = ~np.isnan(X[:, j])
            moved = self.contributions(at.reshape(-1, 1), [j]).reshape(at.shape)
            before = self.contributions(X[:, [j]], [j])
            value[known] += (moved - before)[known]
            rate[known] += slope * self.weights[j]
        return value, rate

    def parts_along(self, x, column, lower, upper, effects=None):
        """The margin of one row along one column, in parts of equal sign.

        Parameters
        ----------
        x : ndarray of shape (n_features,)
        column : int
        lower, upper : float
        effects : dict, default=None
            As in `interval_success`.

        Returns
        -------
        ends : ndarray of shape (n_parts + 1,)
        margins : ndarray of shape (n_parts,)
            In the middle of each part.
        rate : float
            What a unit more of the column adds within a part.
        """
        slopes = {column: 1.0, **(effects or {})}
        X = x[None]
        bounds = np.array([float(lower)]), np.array([float(upper)])
        ends = np.unique(self._ends_along(X, column, slopes, *bounds)[0])
        middle = 0.5 * (ends[1:] + ends[:-1])
        value, rate = self._along(X, column, slopes, middle[None])
        if rate[0] != 0:
            roots = middle - value[0] / rate[0]
            inside = (roots > ends[:-1]) & (roots < ends[1:])
            ends = np.unique(np.concatenate([ends, roots[inside]]))
            middle = 0.5 * (ends[1:] + ends[:-1])
            value, _ = self._along(X, column, slopes, middle[None])
        return ends, value[0], float(rate[0])

    def behind(self, columns, n_sources):
        """The margin as one of the original columns.

        Parameters
        ----------
        columns : list of Rising or Steps
            What the columns of this margin are made of.
        n_sources : int
            Number of original columns.

        Returns
        -------
        margin : LinearMargin or None
            None where a column is neither affine nor a step function.
        """
        weights, sizes, missing = np.zeros((3, n_sources))
        intercept, constant = self.intercept, abs(self.intercept)
        steps = {}
        for weight, column in zip(self.weights, columns, strict=True):
            if weight == 0:
                continue
            j = column.source
            if isinstance(column, Steps):
                values = weight * column.values
                steps.setdefault(j, []).append((column.ends, values))
                constant += np.nanmax(np.abs(values), initial=0.0)
                missing[j] += weight * column.missing
            elif column.scale is None:
                return None
            else:
                weights[j] += weight * column.scale
                sizes[j] += abs(weight * column.scale)
                intercept += weight * column.shift
                constant += 2 * abs(weight * column.shift)
                missing[j] += weight * (column.missing - column.shift)
            constant += np.nan_to_num(abs(weight * column.missing))
        return LinearMargin(
            weights,
            intercept,
            steps={j: _sum_of_steps(parts) for j, parts in steps.items()},
            missing=missing,
            sizes=(sizes, constant, len(self.weights)),
        )


def _sum_of_steps(parts):
    """One step function for several of one column."""
    ends = np.unique(np.concatenate([own for own, _ in parts]))
    total = np.zeros(len(ends) + 1)
    for own, values in parts:
        total += values[np.append(np.searchsorted(own, ends), len(own))]
    return ends, total


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
