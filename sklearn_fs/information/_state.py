# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What is kept of a stream of rows: a commutative monoid of counts.

`update` takes in a chunk, `merge` another state. Equal multisets of rows give equal
counts, whatever the chunks and the order; the sample of rows is equal too if the rows
keep their positions or have keys.
"""

from itertools import chain
from operator import itemgetter

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from sklearn_fs.information._chunk_columns import by_column, read_raw
from sklearn_fs.information._column_counts import MIN_CELLS, ColumnCounts
from sklearn_fs.information._row_sample import (
    RowSample,
    positions_from_keys,
    renumbered,
)

_VERSION = 1
# Smaller chunks are counted by one thread.
_CELLS_PER_THREAD = 2**18
# Fewer categories than this a limit on memory does not ask for.
_MIN_CATEGORIES = 2**10


class CountState:
    """Counts by value and class of every column, and a sample of the rows.

    Parameters
    ----------
    n_features : int
    names : sequence of str or None
    listed : ndarray of bool
        Columns whose numbers are categories.
    auto : bool
        Whole numbers are categories in all columns where they are few.
    max_categories : int
        Different words beyond which a column is counted in hash buckets.
    missing_values : sequence
    sample_size : int or None
        Rows to keep for pairs of columns; None: all.
    seed : int
        Of the sample.
    memory_limit : int or None
        Bytes; limits are halved until what is kept fits.

    Attributes
    ----------
    columns : list of ColumnCounts
        Each has `kind`, `values`, `counts`, `missing_counts`, `n_buckets`, `numbers`
        and `n_bytes`.
    classes : list
        In order of appearance, as the second axis of all counts.
    totals : ndarray of shape (n_classes,), dtype int64
        Rows by class.
    sample : RowSample
    """

    def __init__(
        self, n_features, names=None, *, listed=None, auto=True,
        max_categories=2**20, missing_values=(), sample_size=200_000, seed=0,
        memory_limit=None,
    ):  # fmt: skip
        listed = np.zeros(n_features, dtype=bool) if listed is None else listed
        self.names = None if names is None else list(names)
        self.columns = [
            ColumnCounts(bool(one), auto, max_categories, missing_values)
            for one in listed
        ]
        self.classes = []
        self.totals = np.zeros(0, dtype=np.int64)
        self.sample = RowSample(sample_size, n_features, seed)
        self.n_rows = 0  # position of the next row without a key
        self.memory_limit = memory_limit
        self.is_whole = True

    @property
    def n_features(self):
        """Number of columns."""
        return len(self.columns)

    @property
    def n_samples(self):
        """Number of rows."""
        return int(self.totals.sum())

    def name(self, column):
        """Name of a column, for errors."""
        return f"number {column}" if self.names is None else repr(self.names[column])

    def class_codes(self, classes):
        """Codes here of some classes, new ones included."""
        known = {value: i for i, value in enumerate(self.classes)}
        codes = [known.setdefault(value, len(known)) for value in classes]
        self.classes = list(known)
        more = len(self.classes) - len(self.totals)
        self.totals = np.pad(self.totals, (0, more))
        return np.array(codes, dtype=np.uint32)

    def update(self, X, classes, y, *, row_key=None, first_row=None, n_threads=1):
        """Take in the rows of a chunk.

        Parameters
        ----------
        X : ndarray, sparse array or eager dataframe of shape (n_rows, n_features)
        classes : sequence
            Labels of the codes in y.
        y : ndarray of shape (n_rows,), dtype uint32
        row_key : array-like of shape (n_rows,), default=None
            What the sample goes by: integers or words. None: positions.
        first_row : int, default=None
            Position of the first row. None: after all rows so far.
        n_threads : int
            Over the columns.
        """
        n = len(y)
        if row_key is None:
            begin = self.n_rows if first_row is None else first_row
            positions = np.arange(begin, begin + n, dtype=np.int64)
        else:
            begin, positions = 0, positions_from_keys(row_key, n)
        self.begin()
        self.n_rows = max(self.n_rows, begin + n)
        y = self.class_codes(classes)[y]
        n_classes = len(self.classes)
        self.totals += np.bincount(y, minlength=n_classes)
        rows, priorities = self.sample.choose(positions)
        X = by_column(X)

        def count(columns):
            return [
                (j, self.columns[j].update(read_raw(X, j), y, n_classes, None, rows))
                for j in columns
            ]

        p = self.n_features
        n_threads = min(n_threads, p) if n * p >= _CELLS_PER_THREAD else 1
        if n_threads > 1:
            done = Parallel(n_jobs=n_threads, prefer="threads")(
                delayed(count)(range(i, p, n_threads)) for i in range(n_threads)
            )
            done = [one for _, one in sorted(chain(*done), key=itemgetter(0))]
        else:
            done = [one for _, one in count(range(p))]
        checks = np.zeros(len(rows), dtype=np.uint64)
        for j, (_, one, remaps) in enumerate(done):
            checks = checks * np.uint64(0x9E3779B97F4A7C15) + one
            self.sample.renumber(j, remaps)
        self.sample.add(
            priorities,
            positions[rows],
            y[rows],
            checks,
            [codes for codes, _, _ in done],
        )
        self._keep_to_memory()
        self.is_whole = True

    def update_counts(self, columns):
        """Take in counts instead of rows; the sample stays without them.

        Parameters
        ----------
        columns : iterable of (values, classes, codes, counts)
            For each column a frame of one column of values, the labels of the codes,
            the coded label of each row, and how often it occurs.
        """
        known = None
        for j, (values, classes, y, weights) in enumerate(columns):
            y = self.class_codes(classes)[y]
            n_classes = len(self.classes)
            totals = np.bincount(y, weights, n_classes).astype(np.int64)
            known = totals if known is None else known
            if not np.array_equal(
                np.trim_zeros(totals, "b"), np.trim_zeros(known, "b")
            ):
                raise ValueError(
                    f"The counts of column {self.name(j)} add up to {totals.sum():,} "
                    f"rows, those of {self.name(0)} to {known.sum():,}, or they differ "
                    "by label; count all rows for every column, nulls too."
                )
            self.columns[j].update(read_raw(values, 0), y, n_classes, weights)
        self.totals += np.pad(known, (0, len(self.totals) - len(known)))
        for column in self.columns:
            column.set_n_classes(len(self.classes))

    def merge(self, other):
        """Take in another state."""
        self._check_mergeable(other)
        other.check_whole()
        self.begin()
        place = self.class_codes(other.classes)
        n_classes = len(self.classes)
        totals = np.zeros(n_classes, dtype=np.int64)
        totals[place] = other.totals
        self.totals += totals
        other.sample.compact()
        codes = []
        for j, (mine, theirs) in enumerate(
            zip(self.columns, other.columns, strict=True)
        ):
            own, others = mine.merge(theirs, place, n_classes)
            self.sample.renumber(j, own)
            codes.append(renumbered(other.sample.codes[j], others))
        self.sample.merge(other.sample, place[other.sample.y], codes)
        self.n_rows = max(self.n_rows, other.n_rows)
        self._keep_to_memory()
        self.is_whole = True
        return self

    def begin(self):
        """From here on some columns may be ahead of others."""
        self.check_whole()
        self.is_whole = False

    def check_whole(self):
        """Refuse counts to which an error or an interrupt gave a part of a chunk."""
        if not self.is_whole:
            raise ValueError(
                "An error or an interrupt ended the counting of a chunk halfway, so "
                "that the columns have seen different rows; count again from the start."
            )

    def _check_mergeable(self, other):
        if self.n_features != other.n_features or self.names != other.names:
            raise ValueError(
                f"Only states of the same columns can be merged; one has "
                f"{self.names or self.n_features}, the other "
                f"{other.names or other.n_features}."
            )
        if self.sample.seed != other.sample.seed:
            raise ValueError(
                "The samples of rows were drawn by different seeds; give both the same "
                "random_state."
            )
        self.sample.size = _smaller(self.sample.size, other.sample.size)

    def _keep_to_memory(self):
        limit = self.memory_limit
        while limit is not None and self.memory() > limit:
            categories = max(c.max_categories for c in self.columns) // 2
            cells = max(MIN_CELLS, max(c.max_cells for c in self.columns) // 2)
            if categories < _MIN_CATEGORIES:
                raise ValueError(
                    f"memory_limit={limit:,} bytes is too little for "
                    f"{self.n_features:,} columns and {len(self.classes):,} classes: "
                    f"{self.memory():,} are in use at {2 * categories:,} categories a "
                    "column; give more, or leave columns out."
                )
            for j, column in enumerate(self.columns):
                remaps = column.lower_limits(categories, cells)
                self.sample.renumber(j, remaps)
            if self.sample.size is not None and self.sample.memory() > limit // 2:
                self.sample.size = self.sample.size // 2
                self.sample.compact()

    def memory(self):
        """Bytes of what is kept, by its content."""
        return sum(c.memory() for c in self.columns) + self.sample.memory()

    def __getstate__(self):
        self.sample.compact()
        return {"version": _VERSION, **self.__dict__}

    def __setstate__(self, state):
        state = dict(state)
        version = state.pop("version", None)
        if version != _VERSION:
            raise ValueError(
                f"This count state was written in format {version}; this version of "
                f"sklearn_fs reads format {_VERSION}. Count the data again."
            )
        self.__dict__.update(state)


def _smaller(a, b):
    return a if b is None else b if a is None else min(a, b)


def _same_totals(a, b):
    """Whether two lists of class totals differ by classes without rows at most."""
    return np.array_equal(np.trim_zeros(a, "b"), np.trim_zeros(b, "b"))
