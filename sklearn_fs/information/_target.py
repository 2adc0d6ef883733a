# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The target: classes as they are, numbers in bins of equal mass."""

from dataclasses import dataclass

import numpy as np
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from sklearn_fs.information._binning import NumericBinner, distinct_values
from sklearn_fs.information._factorize_fast import factorize_objects

# Most bins of a continuous target under n_target_bins="auto".
MAX_TARGET_BINS = 10


@dataclass
class Target:
    """A coded target."""

    codes: np.ndarray  # (n_samples,) uint32, from 0
    totals: np.ndarray  # (n_classes,) int64, all positive
    classes: np.ndarray | None  # sorted, or None where the target was binned
    edges: np.ndarray | None = None  # upper edges of the bins

    @property
    def n(self):
        """Rows, or the sum of their weights."""
        return int(self.totals.sum())

    @property
    def entropy(self):
        """Entropy in nats."""
        return float(np.log(self.n) - _xlogx(np.sort(self.totals)).sum() / self.n)


def _xlogx(counts):
    counts = np.asarray(counts, dtype=np.float64)
    return counts * np.log(np.where(counts > 0, counts, 1.0))


def encode_target(y, n_target_bins="auto", weights=None):
    """Code a target.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Words, booleans and whole numbers are classes; numbers with a fraction are
        binned.
    n_target_bins : "auto" or int
        Bins of a continuous target. With an int, whole numbers that have more values
        than that are binned too.
    weights : ndarray of shape (n_samples,), dtype int64, or None

    Returns
    -------
    target : Target
    """
    if y is None:
        raise ValueError(
            "The ranking of columns requires y to be passed, but the target y is None."
        )
    y = column_or_1d(y, warn=True)
    if y.dtype.kind in "OUST":
        return _words(y, weights)
    if y.dtype.kind in "mM":
        raise ValueError(
            f"Unknown label type: y has dtype {y.dtype}; convert dates to numbers or "
            "to words."
        )
    assert_all_finite(y, input_name="y")
    if y.dtype.kind == "c":
        check_classification_targets(y)
    if y.dtype.kind == "f":
        if (y != np.floor(y)).any():
            return _bins(y, n_target_bins, weights)
    classes, codes = _integer_classes(y)
    many = not isinstance(n_target_bins, str) and len(classes) > n_target_bins
    if many and y.dtype.kind != "b":
        return _bins(y, n_target_bins, weights)
    return _target(codes, weights, classes)


def _integer_classes(y):
    """Sorted classes and codes; without a sort where the range is small."""
    if y.dtype.kind in "iu" and len(y):
        low, high = int(y.min()), int(y.max())
        if high - low <= 4 * len(y) and high < 2**62:
            shifted = y.astype(np.int64) - low
            used = np.bincount(shifted, minlength=high - low + 1) > 0
            table = (np.cumsum(used) - 1).astype(np.uint32)
            classes = (np.flatnonzero(used) + low).astype(y.dtype)
            return classes, table[shifted]
    classes, codes = np.unique(y, return_inverse=True)
    return classes, codes.astype(np.uint32)


def _words(y, weights):
    codes = np.empty(len(y), dtype=np.uint32)
    uniques = factorize_objects(y.tolist(), codes)
    if (codes == 0).any():
        raise ValueError(
            "Input y contains NaN or None: a row without a target says nothing about "
            "any column; drop these rows."
        )
    if y.dtype == object and uniques:
        if all(isinstance(v, (float, np.floating)) for v in uniques):
            numbers = np.array(uniques, dtype=np.float64)
            if (numbers != np.floor(numbers)).any():
                return _bins(y.astype(np.float64), "auto", weights)
    try:
        order = sorted(range(len(uniques)), key=uniques.__getitem__)
    except TypeError as error:
        raise TypeError(
            "y mixes types that cannot be sorted "
            f"({', '.join(sorted({type(v).__name__ for v in uniques}))}); convert all "
            "labels to one type."
        ) from error
    place = np.empty(len(uniques), dtype=np.uint32)
    place[order] = np.arange(len(uniques))
    classes = np.array([uniques[i] for i in order], dtype=y.dtype)
    return _target(place[codes - 1], weights, classes)


def _bins(y, n_target_bins, weights):
    n = len(y) if weights is None else int(weights.sum())
    binner = NumericBinner(n_target_bins, n, MAX_TARGET_BINS)
    distinct, counts = distinct_values(y.astype(np.float64), weights)
    edges = binner.edges(distinct, counts)
    codes = np.searchsorted(edges, y, side="left").astype(np.uint32)
    return _target(codes, weights, None, edges)


def _target(codes, weights, classes, edges=None):
    n_classes = int(codes.max()) + 1 if len(codes) else 0
    totals = np.bincount(codes, weights, minlength=n_classes).astype(np.int64)
    return Target(codes, totals, classes, edges)
