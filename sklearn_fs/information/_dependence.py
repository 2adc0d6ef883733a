# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns that repeat or determine one another."""

import numpy as np

# Rows of two cheap looks; nearly all pairs fail the first.
_N_FEW, _N_GLANCE = 32, 1000
# A column may agree with the groups of another by chance with this probability.
_LOG_CHANCE = np.log(1e-6)


def find_dependences(codes):
    """For each column, the earlier column that it repeats and one that gives it.

    Parameters
    ----------
    codes : ndarray of shape (n_columns, n_rows), dtype uint32
        Compact codes 0..R-1 of each column.

    Returns
    -------
    duplicate_of : ndarray of shape (n_columns,), dtype int64
        The first column with the same partition of the rows under other names; -1
        where there is none.
    determined_by : ndarray of shape (n_columns,), dtype int64
        The column with the fewest values, more than the column itself has, that
        leaves nothing of it open; -1 where there is none. Pairs that chance alone
        would let agree, above all next to a column of identifiers, do not count.

    Notes
    -----
    A column g gives f where f is the same on all rows of each value of g. That many
    agreements come by chance with probability about s^(n - R_g), where s is the
    chance that two rows agree on f; above one in a million a pair is not reported.
    O(p^2 m) time for a first look at m = 1000 rows, then O(n) a pair that is left.
    """
    p, n = codes.shape
    duplicate_of = np.full(p, -1, dtype=np.int64)
    determined_by = np.full(p, -1, dtype=np.int64)
    if n == 0:
        return duplicate_of, determined_by
    counts = [np.bincount(row) for row in codes]
    width = np.array([len(c) for c in counts])
    log_agree = np.array([2.0 * _log_norm(c / n) for c in counts])
    glance = np.linspace(0, n - 1, min(n, _N_GLANCE)).astype(np.intp)
    seen = codes[:, glance]
    few = np.ascontiguousarray(seen[:, :: max(1, len(glance) // _N_FEW)])
    for g in np.argsort(width, kind="stable"):
        certain = (n - width[g]) * log_agree < _LOG_CHANCE
        certain &= (width > 1) & (width <= width[g]) & (np.arange(p) != g)
        # Most pairs differ in a few rows already.
        for rows in (few, seen):
            left = np.flatnonzero(certain)
            part = rows[left]
            certain[left] = (part == part[:, _first_rows(rows[g])]).all(axis=1)
        same = certain & (width == width[g]) & (np.arange(p) > g)
        # The first column in the table is the one that later ones repeat.
        same &= duplicate_of < 0
        given = certain & (width < width[g]) & (determined_by < 0)
        candidates = np.flatnonzero(same | given)
        if len(candidates) == 0:
            continue
        first = _first_rows(codes[g])
        for f in candidates:
            if np.array_equal(codes[f], codes[f][first]):
                (duplicate_of if same[f] else determined_by)[f] = g
    return duplicate_of, determined_by


def _log_norm(share):
    return float(np.log(np.sqrt((share * share).sum())))


def _first_rows(column):
    """For each row, the first row with the same value."""
    first = np.zeros(int(column.max()) + 1, dtype=np.intp)
    first[column[::-1]] = np.arange(len(column) - 1, -1, -1)
    return first[column]
