# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all selectors of rows share: validation, fitted attributes, containers."""

import warnings
from abc import ABCMeta, abstractmethod
from numbers import Integral

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing, check_consistent_length
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from sklearn_fs._sklearn_compat import (
    Interval,
    RealNotInt,
    StrOptions,
    _check_feature_names_in,
    _fit_context,
)
from sklearn_fs._utils._numeric import numbers_only
from sklearn_fs.base import InstanceSelectorMixin
from sklearn_fs.instance_selection._quotas import class_quotas
from sklearn_fs.instance_selection._tags import as_sampler
from sklearn_fs.instance_selection._targets import encode_target
from sklearn_fs.neighbors._nearest import nearest_of_class
from sklearn_fs.neighbors._points import Points

# Constraints of parameters that several selectors have.
DISTANCE_CONSTRAINTS = {
    "metric": [StrOptions({"euclidean", "cosine"})],
    "standardize": ["boolean"],
    "n_jobs": [None, Integral],
}
QUOTA_CONSTRAINTS = {
    "n_samples": [
        Interval(Integral, 1, None, closed="left"),
        Interval(RealNotInt, 0, 1, closed="right"),
        dict,
    ],
    "min_per_class": [Interval(Integral, 1, None, closed="left")],
}


class BaseInstanceSelector(InstanceSelectorMixin, BaseEstimator, metaclass=ABCMeta):
    """Base of the selectors of rows.

    A subclass writes `_select(points, codes, classes)`, which returns the indices of
    the rows to keep, in any order, and may set `scores_` and more; or, when it needs
    the raw values, it overrides `_fit`.
    """

    # Without y all rows are one class.
    _y_is_optional = False

    @abstractmethod
    def _select(self, points, codes, classes):
        """Indices of the rows to keep."""

    def __sklearn_tags__(self):
        tags = as_sampler(super().__sklearn_tags__(), sparse=True)
        tags.target_tags.required = not self._y_is_optional
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Choose rows of X.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Numeric rows without missing values.
        y : array-like of shape (n_samples,)
            Labels of any type, or their one-hot code of shape (n_samples, n_classes).

        Returns
        -------
        self : object
            The fitted selector.
        """
        X, codes, classes = self._validate(X, y)
        # The blocks are the unit of parallel work, and BLAS threads inside them
        # would change the order of sums.
        with threadpool_limits(limits=1, user_api="blas"):
            points = Points(X, standardize=self.standardize, metric=self.metric)
            kept = np.asarray(self._select(points, codes, classes), dtype=np.intp)
            kept = self._keep_every_class(kept, codes, classes)
            self._set_selection(points, codes, classes, kept)
        return self

    def fit_resample(self, X, y=None):
        """Choose rows and return them.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The rows to choose from.
        y : array-like of shape (n_samples,)
            Their targets.

        Returns
        -------
        X_res : same container as X, of shape (n_selected, n_features)
            The chosen rows, in their order in X.
        y_res : same container as y, of shape (n_selected,)
            Their targets; None without y.
        """
        return self.fit(X, y).select_from(X, y)

    def select_from(self, X, y=None):
        """Take the chosen rows out of any table with as many rows.

        The selector was fitted on numbers; this returns the same rows of the table
        that the numbers were made from: strings, categories and index as they were.

        Parameters
        ----------
        X : indexable of shape (n_samples, ...)
            Dataframe, array, sparse matrix or list with the rows of `fit`.
        y : indexable of shape (n_samples,), default=None
            Their targets.

        Returns
        -------
        X_res : same container as X
            The chosen rows.
        y_res : same container as y
            Their targets; None without y.
        """
        check_is_fitted(self)
        check_consistent_length(X, y)
        n_given = X.shape[0] if hasattr(X, "shape") else len(X)
        if n_given != self.n_samples_seen_:
            raise ValueError(
                f"X has {n_given} rows, but the selection was made among "
                f"{self.n_samples_seen_}; pass the table that was given to fit, or "
                "another one with the same rows in the same order."
            )
        y_res = None if y is None else take_rows(y, self.sample_indices_)
        return take_rows(X, self.sample_indices_), y_res

    def get_feature_names_out(self, input_features=None):
        """Give the names of the columns, which are all kept.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names to use; by default those seen in `fit`, or x0, x1, ...

        Returns
        -------
        feature_names_out : ndarray of str
            The same names.
        """
        check_is_fitted(self)
        return _check_feature_names_in(self, input_features)

    def _validate(self, X, y):
        if y is None and not self._y_is_optional:
            validate_data(self, X, y)  # raises and says why
        with numbers_only(X):
            X = validate_data(
                self,
                X,
                accept_sparse="csr",
                dtype=[np.float64, np.float32],
                order="C",
            )
        if y is None:
            return X, np.zeros(X.shape[0], dtype=np.intp), np.array([None])
        check_consistent_length(X, y)
        codes, classes = self._encode(y)
        if len(classes) == 1 and not self._is_regression(y):
            raise ValueError(
                f"{type(self).__name__} compares the classes of y and got 1 class, "
                f"{classes[0]!r}."
                + (" Without labels, pass y=None." if self._y_is_optional else "")
            )
        return X, codes, classes

    def _encode(self, y):
        return encode_target(y)

    def _is_regression(self, y):
        return False

    def _quotas(self, codes, classes):
        counts = np.bincount(codes, minlength=len(classes))
        return class_quotas(self.n_samples, counts, classes, self.min_per_class)

    def _keep_every_class(self, kept, codes, classes):
        """A rule that empties a class leaves it its best row."""
        present = np.bincount(codes, minlength=len(classes)) > 0
        lost = present & (np.bincount(codes[kept], minlength=len(classes)) == 0)
        if not lost.any():
            return kept
        warnings.warn(
            f"{type(self).__name__} would remove every row of "
            f"{classes[lost].tolist()}; the best row of each by score is kept.",
            UserWarning,
            stacklevel=2,
        )
        best = []
        for code in np.flatnonzero(lost):
            members = np.flatnonzero(codes == code)
            best.append(members[np.argmax(self.scores_[members])])
        return np.r_[kept, best]

    def _set_selection(self, points, codes, classes, kept):
        kept = np.sort(kept)
        n_samples = points.n_samples
        self.classes_ = classes
        self.n_samples_seen_ = n_samples
        self.sample_indices_ = kept
        self.support_ = np.zeros(n_samples, dtype=bool)
        self.support_[kept] = True
        self.reduction_ = 1.0 - len(kept) / n_samples
        counts = np.bincount(codes[kept], minlength=len(classes))
        self.sampling_strategy_ = dict(
            zip(classes.tolist(), counts.tolist(), strict=True)
        )
        owner = nearest_of_class(points, codes, kept, n_jobs=self.n_jobs)
        self.weights_ = np.bincount(
            np.searchsorted(kept, owner), minlength=len(kept)
        ).astype(np.float64)


def top_up(kept, codes, classes, scores, min_per_class):
    """Add the best rows of a class that a rule left below its minimum."""
    counts = np.bincount(codes, minlength=len(classes))
    floor = np.minimum(counts, min_per_class)
    short = np.flatnonzero(np.bincount(codes[kept], minlength=len(classes)) < floor)
    if not len(short):
        return kept
    warnings.warn(
        f"The rule left fewer than min_per_class={min_per_class} rows of "
        f"{classes[short].tolist()}; they are filled up by score.",
        UserWarning,
        stacklevel=2,
    )
    support = np.zeros(len(codes), dtype=bool)
    support[kept] = True
    for code in short:
        members = np.flatnonzero(codes == code)
        order = np.lexsort((-scores[members], ~support[members]))
        support[members[order[: floor[code]]]] = True
    return np.flatnonzero(support)


def take_rows(table, rows):
    """Rows of a table in its own container."""
    if sparse.issparse(table) and table.format not in ("csr", "csc"):
        table = table.tocsr()
    if not hasattr(table, "__getitem__"):
        table = np.asarray(table)
    return _safe_indexing(table, rows)
