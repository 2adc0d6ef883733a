# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns of any kind to integer codes, a block of columns at a time.

Code 0 is reserved for missing values; a code that no row has costs nothing and
changes nothing. Only one block of codes exists at a time, so the memory needed does
not grow with the number of columns.
"""

from dataclasses import dataclass

import narwhals.stable.v1 as nw
import numpy as np
from scipy import sparse

from sklearn_fs.information._bin_fast import bin_columns
from sklearn_fs.information._binning import NumericBinner, distinct_values
from sklearn_fs.information._factorize_fast import (
    copy_integers,
    factorize_objects,
    factorize_words,
)
from sklearn_fs.information._frame_columns import read_column
from sklearn_fs.information._validation import categorical_mask, is_frame

# Integer columns with at most this many values are categorical under "auto".
MAX_INT_CATEGORIES = 256
# Most bins of a numeric column under n_bins="auto".
MAX_BINS = 32
# Numbers that are sorted at one time.
_CELLS_PER_SORT = 2**20
# Fewer cells than this are copied by one thread.
_CELLS_PER_THREAD = 2**18

CATEGORICAL, NUMERIC = "categorical", "numeric"


@dataclass
class Block:
    """Codes of some columns, one column after the other.

    The code of an entry is `codes[i] - offsets[column]` modulo 2^32.
    """

    columns: np.ndarray  # (n_columns,) positions in the table
    codes: np.ndarray  # uint32
    starts: np.ndarray  # (n_columns + 1,) int64
    offsets: np.ndarray  # (n_columns,) uint32
    n_codes: np.ndarray  # (n_columns,) int64, missing included
    implicit: np.ndarray  # (n_columns,) int64, code of the rows not stored, or -1
    rows: np.ndarray | None = None  # row of each code, for sparse columns

    def column_codes(self, position):
        """Codes of all stored rows of one column, as intp."""
        part = self.codes[self.starts[position] : self.starts[position + 1]]
        return (part - self.offsets[position]).astype(np.intp)


@dataclass
class ColumnCodes:
    """Codes of one column on their way into a block."""

    codes: np.ndarray
    n_codes: int
    kind: str
    offset: int = 0
    implicit: int = -1


class TableEncoder:
    """Encode a validated table.

    Parameters
    ----------
    X : ndarray, sparse array or eager dataframe of shape (n_samples, n_features)
        The table.
    names : sequence of str or None
        Names of the columns, for errors and for `categorical_features`.
    categorical_features : "auto", "all", None or array-like
        Which numeric columns to take as categories: under "auto" booleans and the
        integers with at most 256 values; a mask, indices or names otherwise. Words
        and objects always are.
    n_bins : "auto", "uniform", int or array-like
        Bins of the numeric columns.
    missing_values : tuple
        Values that mean missing, besides None, NaN, NaT and NA.
    weights : ndarray of shape (n_samples,), dtype int64, or None
        Frequency of each row; they move the quantiles.
    n_threads : int
        Threads that copy integers; all else is encoded by one.
    """

    def __init__(
        self, X, names=None, *, categorical_features="auto", n_bins="auto",
        missing_values=(), weights=None, n_threads=1,
    ):  # fmt: skip
        self.n_samples, self.n_features = X.shape
        self.X = X.tocsc() if sparse.issparse(X) else X
        self.frame = nw.from_native(X, eager_only=True) if is_frame(X) else None
        self.names = names
        self.weights = weights
        self.n_threads = n_threads
        n = self.n_samples if weights is None else int(weights.sum())
        self.binner = NumericBinner(n_bins, n, MAX_BINS)
        self.missing_values = list(missing_values)
        self.missing_numbers = [v for v in self.missing_values if _is_number(v)]
        self.auto = isinstance(categorical_features, str) and (
            categorical_features == "auto"
        )
        self.categorical = categorical_mask(
            categorical_features, self.n_features, names
        )
        self._codes = None
        # Filled while the blocks are read.
        self.kinds = np.full(self.n_features, CATEGORICAL, dtype=object)

    def name(self, column):
        """Name of a column, for errors."""
        return f"number {column}" if self.names is None else repr(self.names[column])

    @property
    def block_width(self):
        """Columns of a block: some megabytes of codes, at least eight columns.

        Rows of a C-ordered array of integers are read whole where that is affordable,
        since a part of a row costs as much memory traffic as all of it: up to half of
        the input again, and 256 MB.
        """
        cells = 2**23
        if self._is_plain_integer() and self.X.flags.c_contiguous:
            cells = max(cells, min(self.X.nbytes // 8, 2**26))
        return int(np.clip(cells // max(1, self.n_samples), 8, 4096))

    def blocks(self, columns=None):
        """Encode block after block.

        Parameters
        ----------
        columns : ndarray of int, default=None
            Only these columns. None: all.

        Yields
        ------
        block : Block
            Valid until the next one is asked for: its memory is used again.
        """
        columns = np.arange(self.n_features) if columns is None else columns
        for begin in range(0, len(columns), self.block_width):
            part = columns[begin : begin + self.block_width]
            if sparse.issparse(self.X):
                yield self._sparse_block(part)
            elif self._is_plain_integer():
                yield self._integer_block(part)
            elif self._is_plain_float(part):
                yield self._float_block(part)
            else:
                yield self._stack(part, [self._dense_column(j) for j in part])

    def _is_plain_integer(self):
        if not isinstance(self.X, np.ndarray):
            return False
        kind = self.X.dtype.kind
        return kind == "b" or (kind in "iu" and not self.missing_numbers)

    def _is_plain_float(self, columns):
        """Whether these columns need not be looked at one by one."""
        return (
            isinstance(self.X, np.ndarray)
            and self.X.dtype.kind == "f"
            and self.X.dtype.itemsize <= 8
            and self.weights is None
            and not self.missing_numbers
            and self.binner.by_quantiles
            and not self.categorical[columns].any()
            and self.n_samples > 0
        )

    # blocks

    def _buffer(self, width):
        """Room for the codes of a block; the next block overwrites it."""
        if self._codes is None or len(self._codes) < width:
            self._codes = np.empty((width, self.n_samples), dtype=np.uint32)
        return self._codes[:width]

    def _stack(self, columns, encoded):
        codes = self._buffer(len(columns))
        for row, column in zip(codes, encoded, strict=True):
            row[:] = column.codes
        return self._block(columns, codes.ravel(), encoded, self.n_samples)

    def _block(self, columns, codes, encoded, lengths, rows=None):
        self.kinds[columns] = [column.kind for column in encoded]
        lengths = np.broadcast_to(lengths, len(columns))
        return Block(
            columns=np.asarray(columns),
            codes=codes,
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            offsets=np.array([c.offset for c in encoded], dtype=np.uint32),
            n_codes=np.array([c.n_codes for c in encoded], dtype=np.int64),
            implicit=np.array([c.implicit for c in encoded], dtype=np.int64),
            rows=rows,
        )

    def _integer_block(self, columns):
        """Integers without a copy in between: tiles, transposed once."""
        X = self.X.view(np.uint8) if self.X.dtype == bool else self.X
        if X.dtype == np.uint64:
            X = X.view(np.int64)
        first = columns[0]
        contiguous = np.array_equal(columns, np.arange(first, first + len(columns)))
        part = X[:, first : first + len(columns)] if contiguous else X[:, columns]
        codes = self._buffer(len(columns))
        lows, highs = _copy_integers(part, codes, self.n_threads)
        encoded = []
        for i, column in enumerate(columns):
            one = self._integers(
                column, part[:, i], lows[i], highs[i], codes[i], self.weights
            )
            if one.codes is not codes[i]:
                codes[i] = one.codes
            encoded.append(one)
        return self._block(columns, codes.ravel(), encoded, self.n_samples)

    def _float_block(self, columns):
        """Quantile bins of many columns, some of them sorted at a time."""
        n = self.n_samples
        codes = self._buffer(len(columns))
        n_codes = np.empty(len(columns), dtype=np.int64)
        counts, is_end = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.uint8)
        width = max(1, _CELLS_PER_SORT // n)
        for begin in range(0, len(columns), width):
            part = slice(begin, begin + width)
            values = np.ascontiguousarray(self.X[:, columns[part]].T, dtype=np.float64)
            ordered = np.sort(values, axis=1)
            bin_columns(
                values, ordered, self.binner.n_bins, counts, is_end, codes[part],
                n_codes[part],
            )  # fmt: skip
        encoded = []
        for i, column in enumerate(columns):
            if n_codes[i] == 1:  # no value at all
                one = self._dense_column(column)
                codes[i] = one.codes
            else:
                one = ColumnCodes(codes[i], int(n_codes[i]), NUMERIC)
            encoded.append(one)
        return self._block(columns, codes.ravel(), encoded, n)

    def _sparse_block(self, columns):
        """Stored entries only; the rows that are not stored share one code."""
        X = self.X[:, columns]
        X.sort_indices()
        X.eliminate_zeros()
        if self.weights is None:
            n_rows = np.full(len(columns), self.n_samples)
            weights = None
        else:
            weights = self.weights[X.indices]
            n_rows = np.full(len(columns), int(self.weights.sum()))
        indptr = X.indptr
        codes = np.empty(X.nnz, dtype=np.uint32)
        encoded = []
        for i, column in enumerate(columns):
            part = slice(indptr[i], indptr[i + 1])
            w = None if weights is None else weights[part]
            n_stored = part.stop - part.start if w is None else int(w.sum())
            one = self._sparse_column(
                column, X.data[part], w, int(n_rows[i]) - n_stored
            )
            codes[part] = one.codes
            encoded.append(one)
        return self._block(columns, codes, encoded, np.diff(indptr), rows=X.indices)

    # one column

    def _sparse_column(self, column, data, weights, n_zeros):
        if len(data) == 0:
            return ColumnCodes(
                np.empty(0, dtype=np.uint32), 2, CATEGORICAL, 0, 1 if n_zeros else -1
            )
        # One more entry, the zero, goes through the same encoding as the others.
        values = np.append(data, np.zeros(1, dtype=data.dtype)) if n_zeros else data
        if n_zeros:
            ones = np.ones(len(data), np.int64) if weights is None else weights
            weights = np.append(ones, n_zeros)
        one = self._values(column, values, weights)
        codes = (np.asarray(one.codes) - np.uint32(one.offset)).astype(np.uint32)
        one.offset = 0
        if n_zeros:
            one.implicit = int(codes[-1])
            codes = codes[:-1]
        one.codes = codes
        return one

    def _dense_column(self, column):
        if isinstance(self.X, np.ndarray):
            return self._values(column, self.X[:, column], self.weights)
        values, missing, ready = read_column(self.frame[:, int(column)])
        if ready:
            return self._coded(values, missing)
        return self._values(column, values, self.weights, missing)

    def _values(self, column, values, weights, missing=None):
        """Encode one array of any dtype."""
        kind = values.dtype.kind
        if kind in "mM":
            missing = (
                np.isnat(values) if missing is None else missing | np.isnat(values)
            )
            values = values.view(np.int64)
        elif kind == "f":
            values = values.astype(np.float64, copy=False) + 0.0  # -0.0 becomes 0.0
            nan = np.isnan(values)
            missing = nan if missing is None else missing | nan
        elif kind == "b":
            values = values.view(np.uint8)
        elif kind not in "iu":
            return self._objects(column, values, weights, missing)
        elif values.dtype == np.uint64:
            values = values.view(np.int64)
        if self.missing_numbers and kind in "iuf":
            marked = np.isin(values, self.missing_numbers)
            missing = marked if missing is None else missing | marked
        if missing is not None and missing.any():
            present = ~missing
            codes = np.zeros(len(values), dtype=np.uint32)
            some = None if weights is None else weights[present]
            one = self._numbers(column, values[present], some)
            codes[present] = one.codes - np.uint32(one.offset)
            return ColumnCodes(codes, one.n_codes, one.kind)
        return self._numbers(column, values, weights)

    def _numbers(self, column, values, weights):
        """Numbers without a missing one."""
        if len(values) == 0:
            return ColumnCodes(np.empty(0, np.uint32), 1, CATEGORICAL)
        if values.dtype.kind != "f":
            codes = np.empty((1, len(values)), dtype=np.uint32)
            low, high = _copy_integers(values.reshape(-1, 1), codes)
            return self._integers(column, values, low[0], high[0], codes[0], weights)
        if self.categorical[column]:
            return self._words(values.view(np.uint64))
        distinct, counts = distinct_values(values, weights)
        return self._bins(values, distinct, counts)

    def _integers(self, column, values, low, high, raw, weights):
        """Integers, from their values and from their values modulo 2^32."""
        width = high - low + 1
        # A code for each integer of the range: nothing to look up. Wider ranges
        # would make the tables larger than the column.
        narrow = width <= max(65536, 4 * len(raw))
        direct = ColumnCodes(raw, width + 1, CATEGORICAL, (low - 1) % 2**32)
        if self.categorical[column]:
            return direct if narrow else self._words(values.astype(np.uint64))
        if self.auto and width <= MAX_INT_CATEGORIES:
            return direct
        if narrow:
            shifted = raw - np.uint32(low % 2**32)
            histogram = np.bincount(shifted, weights, minlength=width)
            distinct = np.flatnonzero(histogram)
            counts = histogram[distinct].astype(np.int64)
            if self.auto and len(distinct) <= MAX_INT_CATEGORIES:
                return direct
            edges = self.binner.edges(distinct + low, counts)
            table = np.searchsorted(edges, np.arange(low, high + 1)) + 1
            codes = table.astype(np.uint32)[shifted]
            return ColumnCodes(codes, len(edges) + 2, NUMERIC)
        distinct, counts = distinct_values(values, weights)
        if self.auto and len(distinct) <= MAX_INT_CATEGORIES:
            codes = np.searchsorted(distinct, values) + 1
            return ColumnCodes(codes.astype(np.uint32), len(distinct) + 1, CATEGORICAL)
        return self._bins(values, distinct, counts)

    def _bins(self, values, distinct, counts):
        edges = self.binner.edges(distinct, counts)
        codes = np.searchsorted(edges, values, side="left") + 1
        return ColumnCodes(codes.astype(np.uint32), len(edges) + 2, NUMERIC)

    def _words(self, words):
        codes = np.empty(len(words), dtype=np.uint32)
        first = factorize_words(words, np.empty(0, dtype=np.uint8), codes)
        return ColumnCodes(codes, len(first) + 1, CATEGORICAL)

    def _objects(self, column, values, weights, missing):
        codes = np.empty(len(values), dtype=np.uint32)
        try:
            uniques = factorize_objects(values.tolist(), codes)
        except TypeError as error:
            raise TypeError(
                f"Column {self.name(column)} holds values that cannot be compared "
                f"({error}); argument must be a string or a number in every cell "
                "(dates and tuples will do). Make lists and arrays columns of their "
                "own, for instance with MultiLabelBinarizer, or tuples."
            ) from error
        if missing is not None:
            codes[missing] = 0
        if (
            uniques
            and not self.categorical[column]
            and all(fits_64_bits(value) for value in uniques)
        ):
            present = codes > 0
            values = python_numbers(uniques)[codes[present] - 1]
            out = np.zeros(len(codes), dtype=np.uint32)
            some = None if weights is None else weights[present]
            one = self._numbers(column, values, some)
            out[present] = one.codes - np.uint32(one.offset)
            return ColumnCodes(out, one.n_codes, one.kind)
        return self._coded(codes, uniques)

    def _coded(self, codes, uniques):
        """Codes from 1 with their values; the symbols for missing get code 0."""
        if self.missing_values:
            # Making Python objects of all words is what would take long.
            words = uniques.to_pylist() if hasattr(uniques, "to_pylist") else uniques
            marked = [
                i + 1
                for i, value in enumerate(words)
                if any(
                    type(value) is type(symbol) and value == symbol
                    for symbol in self.missing_values
                )
            ]
            if marked:
                codes = np.where(np.isin(codes, marked), np.uint32(0), codes)
        return ColumnCodes(codes, len(uniques) + 1, CATEGORICAL)


def _copy_integers(values, codes, n_threads=1):
    """Copy modulo 2^32; return the smallest and the largest value of each column."""
    n_threads = max(1, min(n_threads, values.size // _CELLS_PER_THREAD))
    lows, highs = np.empty((2, n_threads, len(codes)), dtype=np.int32)
    wide = np.empty((n_threads, len(codes)), dtype=np.uint32)
    copy_integers(values, codes, lows, highs, wide)
    lows, highs = lows.min(axis=0).tolist(), highs.max(axis=0).tolist()
    for i in np.flatnonzero(wide.any(axis=0)):
        lows[i], highs[i] = int(values[:, i].min()), int(values[:, i].max())
    return lows, highs


def python_numbers(values):
    """Python numbers as int64 where all are whole and fit, else as float64."""
    if all(float(v).is_integer() and abs(v) < 2**63 for v in values):
        return np.array([int(v) for v in values], dtype=np.int64)
    return np.array([float(v) for v in values])


def fits_64_bits(value):
    """Whether a value is a number, and not an integer that needs more than 64 bits."""
    return _is_number(value) and (
        not isinstance(value, int) or -(2**63) <= value < 2**63
    )


def _is_number(value):
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(
        value, (bool, np.bool_)
    )
