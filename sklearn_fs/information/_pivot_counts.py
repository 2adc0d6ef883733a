# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns of a coded table counted against a pivot column, and against the target."""

import numpy as np

from sklearn_fs.information._contingency import LOGS, JointCounts, Margins
from sklearn_fs.information._pivot_counts_fast import count_with_pivot

# As in _tally.pxd and _pivot_counts_fast.pyx.
_N_TALLY = 2048
_N_INTERLEAVED = 1024
# Cells of a table that is filled at once; larger ones go code by code.
_LEAST_TABLE, _CELLS_PER_ROW = 65536, 4
# Entries of the lists of distinct counts that exist at one time.
_ENTRIES_AT_ONCE = 2**22


def count_pivot(table, pivot, columns, target_codes=None, n_classes=1, n_threads=1):
    """Count columns joined with a pivot against a target.

    Parameters
    ----------
    table : CodedTable
    pivot : int
    columns : ndarray of int, rising
    target_codes : ndarray of shape (n_samples,), dtype uint32, default=None
        Codes of the target, from 0. None: only the pairs are counted.
    n_classes : int
        Codes of the target.
    n_threads : int
        Each thread counts whole columns.

    Returns
    -------
    joint : JointCounts
        Of the joint columns: `sum_xlogx` over cells of column, pivot and class,
        `sum_xlogx_rows` over pairs of values of column and pivot. What is said of
        missing values and of the largest cell is not filled in.

    Notes
    -----
    O(stored entries) a column, and three times as many cells of scratch at most.
    """
    n = table.n_samples
    codes, n_pivot = table.column(pivot)
    joined, pivot_of = _join(codes, n_pivot, target_codes, n_classes)
    regular = len(pivot_of) == n_pivot * n_classes
    weights = table.weights
    totals = np.bincount(joined, weights, minlength=len(pivot_of)).astype(np.int64)
    total = int(totals.sum())
    limit = max(_LEAST_TABLE, _CELLS_PER_ROW * n)
    weighted = weights is not None
    counter = np.int64 if weighted or total >= 2**32 else np.uint32
    n_large = n + len(totals) if weighted else total // _N_TALLY + 1
    n_scratch = 2 * _N_TALLY + 2 * n_large + len(totals) + 2 * n * weighted
    parts = []
    for block, chosen in table.parts(columns):
        widest = int(block.n_codes[chosen].max())
        # The counts of values that sum to n take at most sqrt(2 n) distinct values.
        width = int(min(widest * n_pivot, np.sqrt(2.0 * total))) + 2
        n_cells = block.n_codes[chosen] * len(totals)
        filled = block.n_codes[chosen][n_cells <= limit].max(initial=1)
        step = max(1, _ENTRIES_AT_ONCE // width)
        for begin in range(0, len(chosen), step):
            some = chosen[begin : begin + step]
            used = max(1, min(n_threads, len(some)))
            sums = np.empty((2, len(some)))
            lists = np.empty((2, len(some), width), dtype=np.int64)
            n_distinct = np.empty(len(some), dtype=np.intp)
            n_table = max(int(filled) * len(totals), 4 * _N_INTERLEAVED)
            count_with_pivot(
                some, block.codes, block.starts,
                np.empty(0, np.uint32) if block.rows is None else block.rows,
                block.n_codes, block.implicit, joined, totals, pivot_of, n_pivot,
                n_classes if regular else 0,
                weights if weighted else np.empty(0, dtype=np.int64), limit,
                np.zeros((used, n_table), dtype=counter),
                np.zeros((used, int(filled) * n_pivot), dtype=counter),
                np.zeros((used, n_scratch), dtype=np.int64),
                np.empty((used, 2 * n), dtype=np.uint32),
                np.empty((used, 2 * n + widest + 1), dtype=np.intp), LOGS,
                sums[0], sums[1], *lists, n_distinct, used,
            )  # fmt: skip
            parts.append(_joint(sums, lists, n_distinct, total))
    return JointCounts.concatenate(parts)


def _join(codes, n_pivot, target_codes, n_classes):
    """Codes of pivot with target, and the code of the pivot of each of them."""
    if target_codes is None:
        return codes, np.arange(n_pivot, dtype=np.uint32)
    n_joined = n_pivot * n_classes
    if n_joined <= max(_LEAST_TABLE, _CELLS_PER_ROW * len(codes)):
        joined = codes * np.uint32(n_classes) + target_codes
        pivot_of = np.repeat(np.arange(n_pivot, dtype=np.uint32), n_classes)
        return joined, pivot_of
    # Only those that occur.
    joined = codes.astype(np.int64) * n_classes + target_codes
    values, joined = np.unique(joined, return_inverse=True)
    pivot_of = (values // n_classes).astype(np.uint32)
    return joined.astype(np.uint32), pivot_of


def _joint(sums, lists, n_distinct, total):
    p = len(n_distinct)
    used = np.arange(lists.shape[2]) < n_distinct[:, np.newaxis]
    return JointCounts(
        sum_xlogx=sums[0],
        sum_xlogx_rows=sums[1],
        largest=np.zeros(p, dtype=np.int64),
        totals=np.full(p, total),
        missing=np.zeros((p, 1), dtype=np.int64),
        margins=Margins(
            np.concatenate([[0], np.cumsum(n_distinct)]).astype(np.int64),
            lists[0][used],
            lists[1][used],
        ),
    )
