# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Codes of single columns that can be given again to new rows."""

from itertools import pairwise

import narwhals.stable.v1 as nw
import numpy as np
from scipy import sparse

from sklearn_fs.information._binning import NumericBinner, distinct_values
from sklearn_fs.information._encoding import MAX_BINS, NUMERIC
from sklearn_fs.information._factorize_fast import factorize_objects
from sklearn_fs.information._frame_columns import read_column
from sklearn_fs.information._validation import is_frame


class ColumnCoder:
    """Codes of one column: 0 for missing, then values or bins.

    Parameters
    ----------
    kind : {"categorical", "numeric"}
        How the column is read; numeric columns are binned as by `TableEncoder`.
    n_bins : "auto", "uniform", int or array-like
    missing_values : tuple
        Values that mean missing.

    Attributes
    ----------
    n_codes : int
        Codes seen in `fit`; values that were not seen get this code.
    labels : list of str
        What each code stands for.
    """

    def __init__(self, kind, n_bins="auto", missing_values=()):
        self.kind = kind
        self.n_bins = n_bins
        self.missing_values = missing_values

    def fit(self, X, column):
        """Learn the values or the bins of a column of a validated table."""
        if self.kind == NUMERIC:
            numbers = self._numbers(X, column)
            present = numbers[~np.isnan(numbers)]
            binner = NumericBinner(self.n_bins, len(numbers), MAX_BINS)
            self.edges = np.asarray(binner.edges(*distinct_values(present)), float)
            ends = ["-inf", *(f"{edge:.6g}" for edge in self.edges), "inf"]
            self.labels = [f"({low}, {high}]" for low, high in pairwise(ends)]
        else:
            _, uniques = self._values(X, column)
            uniques = _sorted(v for v in uniques if not self._is_marked(v))
            self.known = {value: i + 1 for i, value in enumerate(uniques)}
            self.labels = [str(value) for value in uniques]
        self.labels = ["missing", *self.labels]
        self.n_codes = len(self.labels)
        return self

    def codes(self, X, column):
        """Codes of the rows of a table with the same columns.

        Returns
        -------
        codes : ndarray of shape (n_samples,), dtype int64
        """
        if self.kind == NUMERIC:
            numbers = self._numbers(X, column)
            codes = np.searchsorted(self.edges, numbers, side="left") + 1
            return np.where(np.isnan(numbers), 0, codes)
        codes, uniques = self._values(X, column)
        places = [
            0 if self._is_marked(value) else self.known.get(value, self.n_codes)
            for value in uniques
        ]
        return np.array([0, *places], dtype=np.int64)[codes]

    def _is_marked(self, value):
        return any(
            (type(value) is type(mark) or (_is_real(value) and _is_real(mark)))
            and value == mark
            for mark in self.missing_values
        )

    def _values(self, X, column):
        if is_frame(X):
            values = nw.from_native(X, eager_only=True)[:, int(column)].to_list()
        else:
            values = _array_column(X, column).tolist()
        codes = np.empty(len(values), dtype=np.uint32)
        uniques = factorize_objects(values, codes)
        return codes, uniques

    def _numbers(self, X, column):
        """Numbers as float64, NaN for missing."""
        missing = None
        if is_frame(X):
            series = nw.from_native(X, eager_only=True)[:, int(column)]
            values, missing, _ = read_column(series)
        else:
            values = _array_column(X, column)
        if values.dtype.kind in "mM":
            missing = np.isnat(values)
            values = values.view(np.int64)
        elif values.dtype == object:
            codes = np.empty(len(values), dtype=np.uint32)
            uniques = factorize_objects(values.tolist(), codes)
            values = np.array([np.nan, *(float(v) for v in uniques)])[codes]
        numbers = values.astype(np.float64)
        if missing is not None:
            numbers[missing] = np.nan
        marks = [mark for mark in self.missing_values if _is_real(mark)]
        if marks:
            numbers[np.isin(numbers, marks)] = np.nan
        return numbers


def _sorted(values):
    """Values in an order that does not depend on the order of the rows."""
    values = list(values)
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=lambda v: (type(v).__name__, str(v)))


def _array_column(X, column):
    if sparse.issparse(X):
        return X[:, [column]].toarray().ravel()
    return X[:, column]


def _is_real(value):
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(
        value, (bool, np.bool_)
    )
