# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A table, dense or CSR, as a source of scaled batches.

The two containers of the same values give the same bits in every statistic and batch.
"""

import numpy as np
from scipy import sparse

from sklearn_fs.neural_network._batch_feed_fast import (
    feed_csr,
    feed_dense,
    sums_csr,
    sums_dense,
)


class ColumnStatistics:
    """Mean, deviation and range of every column, and the share of zeros.

    Parameters
    ----------
    X : ndarray or CSR of shape (n_rows, n_columns)
        Validated values, float32 or float64.

    Attributes
    ----------
    mean, std, minimum, maximum : ndarray of shape (n_columns,)
        Statistics in float64; `std` divides by n_rows.
    constant : ndarray of bool of shape (n_columns,)
        Columns with one value.
    zero_share : float
        Share of the entries that are exactly zero, stored or not.
    """

    def __init__(self, X):
        n_rows, n_columns = X.shape
        sums, _, low, high, counts = _sums(X, np.zeros(n_columns))
        self.n_rows = n_rows
        self.mean = sums / n_rows
        _, squares, *_ = _sums(X, self.mean)
        squares += (n_rows - counts) * self.mean**2  # the zeros
        self.std = np.sqrt(squares / n_rows)
        with_zeros = counts < n_rows
        self.minimum = np.where(with_zeros, np.minimum(low, 0), low)
        self.maximum = np.where(with_zeros, np.maximum(high, 0), high)
        self.constant = self.minimum == self.maximum
        self.zero_share = 1 - counts.sum() / (n_rows * n_columns)


def _sums(X, means):
    n_columns = X.shape[1]
    out = (
        np.zeros(n_columns),
        np.zeros(n_columns),
        np.full(n_columns, np.inf),
        np.full(n_columns, -np.inf),
        np.zeros(n_columns, dtype=np.int64),
    )
    if sparse.issparse(X):
        sums_csr(X.data, X.indices, means, *out)
    else:
        sums_dense(X, means, *out)
    return out


def scaling_of(kind, statistics):
    """Centre and scale of every column.

    Parameters
    ----------
    kind : {"auto", "standard", "minmax", "bounded", "global"} or None
        "auto" is "global" where at least 90 % of the entries are zero, else
        "standard": counts share one unit, other columns may not.
    statistics : ColumnStatistics

    Returns
    -------
    centre, scale : ndarray of shape (n_columns,)
        Constant columns have the scale 1.
    """
    mean, std = statistics.mean, statistics.std
    varying = ~statistics.constant & (std > 0)
    if kind == "auto":
        kind = "global" if statistics.zero_share >= 0.9 else "standard"
    if kind is None:
        return np.zeros_like(mean), np.ones_like(std)
    if kind == "global":
        grand_mean = mean.mean()
        grand_std = np.sqrt(np.mean(std**2 + (mean - grand_mean) ** 2))
        scale = np.full_like(std, grand_std if grand_std > 0 else 1.0)
        return np.full_like(mean, grand_mean), scale
    if kind == "minmax":
        scale = statistics.maximum - statistics.minimum
        return statistics.minimum, np.where(varying, scale, 1.0)
    if kind == "bounded" and varying.any():
        # The deviation after scaling is that of the median column up to a factor 3.
        relative = np.where(varying, std, 1.0) / np.median(std[varying])
        return mean, np.where(varying, std / np.clip(relative, 1 / 3, 3), 1.0)
    return mean, np.where(varying, std, 1.0)


class BatchFeed:
    """Scaled batches of one or two tables side by side.

    Parameters
    ----------
    tables : list of {ndarray, CSR}
        Tables with the same rows; their columns follow each other.
    centre, scale : ndarray of shape (n_columns,)
        Of all columns.
    """

    def __init__(self, tables, centre, scale):
        self.tables = tables
        self.centre = np.ascontiguousarray(centre, dtype=np.float64)
        self.factor = 1.0 / np.asarray(scale, dtype=np.float64)
        self.n_rows = tables[0].shape[0]
        self.n_columns = sum(table.shape[1] for table in tables)

    def fill(self, rows, tiles, bounds, n_threads):
        """Write the rows into tiles of shape (n_tiles, n_columns, stride).

        Tile t gets `rows[bounds[t]:bounds[t + 1]]`, and zeros up to the next
        multiple of eight.
        """
        first = 0
        for table in self.tables:
            n_columns = table.shape[1]
            scaling = (self.centre, self.factor, tiles, bounds, first, n_threads)
            if sparse.issparse(table):
                arrays = (table.data, table.indices, table.indptr)
                feed_csr(*arrays, n_columns, rows, *scaling)
            else:
                feed_dense(table, rows, *scaling)
            first += n_columns


def canonical_csr(X):
    """CSR with 32-bit indices and one entry a position."""
    if not X.has_canonical_format:
        X = X.copy()
        X.sum_duplicates()
    if X.indptr.dtype != np.int32 or X.indices.dtype != np.int32:
        if X.nnz > np.iinfo(np.int32).max:
            raise ValueError(
                f"X has {X.nnz} stored entries, more than 32-bit indices can count; "
                "pass its rows in parts to partial_fit."
            )
        indices, indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
        X = sparse.csr_array((X.data, indices, indptr), shape=X.shape)
    return X


def permuted_columns(columns, seed):
    """Each column with its rows in a random order of its own."""
    random_state = np.random.RandomState(seed)
    n_rows, n_columns = columns.shape
    if not sparse.issparse(columns):
        columns = columns.copy()
        for j in range(n_columns):
            columns[:, j] = columns[random_state.permutation(n_rows), j]
        return columns
    columns = columns.tocsc(copy=True)
    for j in range(n_columns):
        # Row i of the result is row order[i] of the column.
        place = np.argsort(random_state.permutation(n_rows))
        part = slice(columns.indptr[j], columns.indptr[j + 1])
        columns.indices[part] = place[columns.indices[part]]
    columns.has_sorted_indices = False
    return columns.tocsr()
