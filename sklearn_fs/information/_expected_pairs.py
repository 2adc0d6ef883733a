# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Expected mutual information of the columns of a table with each other."""

import numpy as np

from sklearn_fs.information._expected_fast import expected_cells
from sklearn_fs.information._null import distinct_counts, log_table

# Numbers that are remembered, 32 MB.
_MOST_CELLS = 2**22


class ExpectedPairs:
    """Expected information of columns with a pivot, for one pivot after the other.

    What a cell contributes depends on its two margins and the number of rows alone, and
    the margins of many columns are alike: it is kept.

    Parameters
    ----------
    margins : Margins
        Of all columns, over the same rows.
    n_threads : int
    """

    def __init__(self, margins, n_threads=1):
        self.margins = margins
        self.n_threads = n_threads
        self.counts = distinct_counts(margins.counts)
        self.index = np.searchsorted(self.counts, margins.counts)
        lengths = np.diff(margins.indptr)
        self.inside = np.repeat(np.arange(len(lengths)), lengths)
        self.n_columns = len(lengths)
        self.known = {}  # count of the pivot -> (n_counts,) expected cells

    def __call__(self, columns, totals):
        """Expected information of some columns with a pivot of these counts.

        Parameters
        ----------
        columns : ndarray of int, rising
        totals : ndarray of shape (n_values,), dtype int64
            All positive.

        Returns
        -------
        expected : ndarray of shape (len(columns),)
            In nats.
        """
        if len(totals) < 2 or len(self.counts) == 0:
            return np.zeros(len(columns))
        values, repeats = np.unique(totals, return_counts=True)
        new = np.array([v for v in values.tolist() if v not in self.known], np.int64)
        if len(new):
            cells = _cells(self.counts, new, int(totals.sum()), self.n_threads)
            if (len(self.known) + len(new)) * len(self.counts) > _MOST_CELLS:
                self.known = {v: self.known[v] for v in values if v in self.known}
            self.known.update(zip(new.tolist(), cells.T.copy(), strict=True))
        rows = np.zeros(len(self.counts))
        # Not a product of matrices: its rounding depends on the number of columns.
        for value, times in zip(values.tolist(), repeats.tolist(), strict=True):
            rows += times * self.known[value]
        sums = np.bincount(
            self.inside,
            self.margins.multiplicities * rows[self.index],
            minlength=self.n_columns,
        )
        return sums[columns]


def expected_of(margins, totals, n_threads):
    """Expected information of columns with these margins and classes `totals`.

    Parameters
    ----------
    margins : Margins
    totals : ndarray of shape (n_classes,), dtype int64
    n_threads : int

    Returns
    -------
    expected : ndarray of shape (n_columns,)
        In nats.
    """
    columns = np.arange(len(margins.indptr) - 1)
    return ExpectedPairs(margins, n_threads)(columns, totals)


def _cells(counts, others, n, n_threads):
    cells = np.empty((len(counts), len(others)))
    logs = log_table(min(counts[-1], others[-1]))
    expected_cells(counts, others, n, logs, cells, n_threads)
    return cells
