# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Evidence about columns besides their scores: drift, and who misses a value."""

import numpy as np
from scipy.special import xlogy

from sklearn_fs.information._contingency import JointCounts, Margins, count_against
from sklearn_fs.information._pairs import _rows_as_block
from sklearn_fs.information._relevance import finish_relevance


def codes_against(codes, y, n_threads=1):
    """Information of coded columns about a coded target, with its p-value.

    Parameters
    ----------
    codes : ndarray of shape (n_columns, n_rows), dtype uint32
        Compact codes.
    y : ndarray of shape (n_rows,)
        Compact codes of the target.
    n_threads : int

    Returns
    -------
    corrected : ndarray of shape (n_columns,)
        Mutual information beyond chance, in nats.
    log_p : ndarray of shape (n_columns,)
    """
    p, n = codes.shape
    if p == 0 or n == 0:
        return np.zeros(p), np.zeros(p)
    totals = np.bincount(y).astype(np.int64)
    n_codes = codes.max(axis=1).astype(np.int64) + 1
    block = _rows_as_block(codes, np.arange(p), n_codes)
    joint = count_against(
        block, y.astype(np.uint32), totals, want_missing=True, n_threads=n_threads
    )
    relevance = finish_relevance(joint, totals, False, n_threads)
    return relevance.mutual_info - relevance.expected, relevance.log_p


def missing_log_p(missing, totals, n_threads=1):
    """Evidence that the rows without a value have other classes than the rest.

    Parameters
    ----------
    missing : ndarray of shape (n_columns, n_classes), dtype int64
        Rows without a value by class.
    totals : ndarray of shape (n_classes,), dtype int64
        All rows by class, each positive.
    n_threads : int

    Returns
    -------
    log_p : ndarray of shape (n_columns,)
    """
    tables = np.stack([missing, totals - missing], axis=1)
    rows = tables.sum(axis=2)
    margins = [np.unique(r[r > 0], return_counts=True) for r in rows]
    joint = JointCounts(
        sum_xlogx=xlogy(tables, tables).sum(axis=(1, 2)),
        sum_xlogx_rows=xlogy(rows, rows).sum(axis=1),
        largest=tables.max(axis=(1, 2)),
        totals=rows.sum(axis=1),
        missing=np.zeros_like(missing),
        margins=Margins(
            np.cumsum([0, *(len(m[0]) for m in margins)]).astype(np.int64),
            np.concatenate([m[0] for m in margins]).astype(np.int64),
            np.concatenate([m[1] for m in margins]).astype(np.int64),
        ),
    )
    return finish_relevance(joint, totals, False, n_threads).log_p
