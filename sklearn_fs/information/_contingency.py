# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Coded columns counted against a target: what all scores are computed from."""

from dataclasses import dataclass

import numpy as np

from sklearn_fs.information._contingency_fast import (
    count_columns,
    dense_cells_limit,
    logs_of_counts,
    scratch_size,
    table_size,
)

LOGS = np.asarray(logs_of_counts())


@dataclass
class Margins:
    """Row totals of many tables: distinct counts in rising order, column by column."""

    indptr: np.ndarray  # (n_columns + 1,) int64
    counts: np.ndarray  # (n_distinct,) int64
    multiplicities: np.ndarray  # (n_distinct,) int64

    def take(self, columns):
        """The margins of some columns."""
        spans = [slice(self.indptr[j], self.indptr[j + 1]) for j in columns]
        lengths = [span.stop - span.start for span in spans]
        empty = np.empty(0, dtype=np.int64)
        return Margins(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.concatenate([empty, *(self.counts[s] for s in spans)]),
            np.concatenate([empty, *(self.multiplicities[s] for s in spans)]),
        )


@dataclass
class JointCounts:
    """Statistics of the tables of n_columns columns against one target.

    With `skip_missing` the rows with a missing value are left out of all but
    `missing`, which holds them by class.
    """

    sum_xlogx: np.ndarray  # (n_columns,) sum of n_ij log n_ij
    sum_xlogx_rows: np.ndarray  # (n_columns,) sum of a_i log a_i
    largest: np.ndarray  # (n_columns,) largest cell
    totals: np.ndarray  # (n_columns,) rows counted
    missing: np.ndarray  # (n_columns, n_classes) rows with code 0 by class
    margins: Margins

    @staticmethod
    def concatenate(parts):
        """Put the blocks of a table together again."""
        if len(parts) == 1:
            return parts[0]
        margins = [part.margins for part in parts]
        ends = np.cumsum([0] + [m.indptr[-1] for m in margins])
        indptr = [m.indptr[1:] + e for m, e in zip(margins, ends[:-1], strict=True)]
        fields = ("sum_xlogx", "sum_xlogx_rows", "largest", "totals", "missing")
        return JointCounts(
            **{f: np.concatenate([getattr(p, f) for p in parts]) for f in fields},
            margins=Margins(
                np.concatenate([[0], *indptr]).astype(np.int64),
                np.concatenate([m.counts for m in margins]),
                np.concatenate([m.multiplicities for m in margins]),
            ),
        )


def count_against(
    block, y, class_totals, *, weights=None, skip_missing=False, want_missing=True,
    n_threads=1,
):  # fmt: skip
    """Count the columns of a block against a target.

    Parameters
    ----------
    block : Block
        Coded columns.
    y : ndarray of shape (n_samples,), dtype uint32
        Codes of the target, from 0.
    class_totals : ndarray of shape (n_classes,), dtype int64
        Weight of each class over all rows.
    weights : ndarray of shape (n_samples,), dtype int64, default=None
        Positive frequency of each row.
    skip_missing : bool, default=False
        Leave out rows with code 0.
    want_missing : bool, default=True
        Return the cells of code 0; an (n_columns, n_classes) array.
    n_threads : int, default=1
        Each thread counts whole columns.

    Returns
    -------
    joint : JointCounts
    """
    n_columns, n_classes = len(block.columns), len(class_totals)
    lengths = np.diff(block.starts)
    n_stored = int(lengths.max(initial=0))
    total = int(class_totals.sum())
    if n_classes <= 256:
        y = y.astype(np.uint8)
    aligned = block.rows is not None
    if aligned:
        y = y[block.rows]
        weights = None if weights is None else weights[block.rows]
    weighted = weights is not None
    limit = dense_cells_limit(n_stored)
    n_cells = block.n_codes * n_classes
    dense = n_cells <= limit
    n_dense = table_size(int(n_cells[dense].max(initial=1)))
    n_group = 0
    if not dense.all():
        n_group = n_classes + int(block.n_codes[~dense].max()) + 1 + n_stored
    # The counts of R categories that sum to n take at most sqrt(2 n) distinct values.
    max_distinct = int(min(block.n_codes.max(initial=0), np.sqrt(2.0 * total))) + 2
    n_scratch = scratch_size(n_classes, n_stored, total, weighted)
    sums = np.zeros((2, n_columns))
    largest, totals = np.zeros((2, n_columns), dtype=np.int64)
    missing = np.zeros((n_columns if want_missing else 0, n_classes), dtype=np.int64)
    counts, repeats = np.empty((2, n_columns, max_distinct), dtype=np.int64)
    n_distinct = np.zeros(n_columns, dtype=np.intp)
    n_threads = max(1, min(n_threads, n_columns))
    counter = np.int64 if weighted or total >= 2**32 else np.uint32
    count_columns(
        block.codes, block.starts, y, aligned,
        weights if weighted else np.empty(0, dtype=np.int64),
        block.offsets, block.n_codes, block.implicit, class_totals, skip_missing,
        np.argsort(-block.n_codes, kind="stable"), limit, LOGS,
        np.empty((n_threads, n_dense), dtype=counter),
        np.empty((n_threads, n_group), dtype=np.intp),
        np.zeros((n_threads, n_scratch), dtype=np.int64),
        sums[0], sums[1], largest, totals, missing, counts, repeats, n_distinct,
        n_threads,
    )  # fmt: skip
    used = np.arange(max_distinct) < n_distinct[:, np.newaxis]
    return JointCounts(
        sum_xlogx=sums[0],
        sum_xlogx_rows=sums[1],
        largest=largest,
        totals=totals,
        missing=missing,
        margins=Margins(
            np.concatenate([[0], np.cumsum(n_distinct)]).astype(np.int64),
            counts[used],
            repeats[used],
        ),
    )


def joint_cells(block, position, y, class_totals, weights=None):
    """Non-empty cells of the table of one column, by a sort: for the rarer scores.

    Returns
    -------
    codes, classes, counts : ndarray of shape (n_cells,)
    """
    n_classes = len(class_totals)
    codes = block.column_codes(position)
    rows = slice(None)
    if block.rows is not None:
        rows = block.rows[block.starts[position] : block.starts[position + 1]]
    keys, inverse = np.unique(codes * n_classes + y[rows], return_inverse=True)
    w = None if weights is None else weights[rows]
    counts = np.bincount(inverse, w, minlength=len(keys)).astype(np.int64)
    implicit = int(block.implicit[position])
    if implicit >= 0:
        stored = np.zeros(n_classes, dtype=np.int64)
        np.add.at(stored, keys % n_classes, counts)
        rest = class_totals - stored
        more = implicit * n_classes + np.arange(n_classes)
        keys, inverse = np.unique(np.concatenate([keys, more]), return_inverse=True)
        together = np.zeros(len(keys), dtype=np.int64)
        np.add.at(together, inverse, np.concatenate([counts, rest]))
        keys, counts = keys[together > 0], together[together > 0]
    return keys // n_classes, keys % n_classes, counts
