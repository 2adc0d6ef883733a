# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Two changes which reach the goal together where no single one does."""

import itertools

import numpy as np

from sklearn_fs.recourse._reason_search import ReasonSearch

# States of a block that are tried, from near to far, and rows asked about at once
# and at most for one person: a search for an example, not a proof.
_MAX_STATES = 48
_BATCH, _MAX_ROWS = 2048, 60_000


def nearest_pair(oracle, maker, units, scales, person):
    """The nearest success found by changes of at most two units.

    Parameters
    ----------
    oracle : Oracle
    maker : MoveMaker
        That samples segments.
    units : list of Unit
    scales : ndarray of shape (n_features,)
        NaN for a category.
    person : int

    Returns
    -------
    row : ndarray of shape (n_features,) or None
        None where none was found, which proves nothing.
    """
    x = oracle.Z[person]
    alone, blocks = [], []
    for program in maker.programs:
        single, several = _states(program, maker, x)
        if len(several):
            made = _put(x, program.columns, several)
            alone.append(made[_n_units(units, x, made) <= 2])
        if len(single):
            blocks.append((program.columns, _thin(x, program.columns, single, scales)))
    rows = list(alone)
    for left, right in itertools.combinations(blocks, 2):
        if not _can_help(oracle, person, x, left, right):
            continue
        a, b = np.meshgrid(
            np.arange(len(left[1])), np.arange(len(right[1])), indexing="ij"
        )
        made = _put(x, left[0], left[1][a.ravel()])
        made[:, right[0]] = right[1][b.ravel()]
        rows.append(made[_n_units(units, x, made) <= 2])
    if not rows:
        return None
    rows = np.concatenate(rows)
    far = ReasonSearch._distances(x[None], rows, scales).sum(axis=1)
    order = np.argsort(far, kind="stable")[:_MAX_ROWS]
    for start in range(0, len(order), _BATCH):
        batch = rows[order[start : start + _BATCH]]
        ok = oracle.accepts(np.full(len(batch), person), batch)
        if ok.any():
            return batch[np.argmax(ok)]
    return None


def changed_units(units, x, row):
    """Units of which a column differs.

    Parameters
    ----------
    units : list of Unit
    x, row : ndarray of shape (n_features,)

    Returns
    -------
    changed : list of Unit
    """
    moved = _moved(x, row[None])[0]
    return [unit for unit in units if moved[list(unit.columns)].any()]


def _moved(x, rows):
    return (rows != x) & ~(np.isnan(rows) & np.isnan(x))


def _n_units(units, x, rows):
    moved = _moved(x, rows)
    return np.sum([moved[:, list(unit.columns)].any(axis=1) for unit in units], axis=0)


def _states(program, maker, x):
    """Final states after an intervention on one column; all that are listed."""
    moves, _ = maker.of_block(program, x[None])
    single = [move.finals for move in moves if len(move.finals)]
    empty = np.empty((0, len(program.columns)))
    grid = [k for k in np.flatnonzero(program.actionable) if k not in program.continua]
    several = empty
    if len(grid) > 1:
        several = maker.points(program, x[None, program.columns]).finals
    return (np.concatenate(single) if single else empty), several


def _thin(x, columns, states, scales):
    far = ReasonSearch._distances(x[None, columns], states, scales[columns]).sum(axis=1)
    order = np.argsort(far, kind="stable")
    pick = np.linspace(0, len(order) - 1, min(len(order), _MAX_STATES))
    return states[order[pick.astype(int)]]


def _put(x, columns, states):
    rows = np.repeat(x[None], len(states), axis=0)
    rows[:, columns] = states
    return rows


def _can_help(oracle, person, x, left, right):
    """Whether the box around the states of two blocks may hold a success."""
    if oracle.margin is None:
        return True
    low, high = x[None].copy(), x[None].copy()
    for columns, states in (left, right):
        low[0, columns] = np.fmin(x[columns], np.fmin.reduce(states))
        high[0, columns] = np.fmax(x[columns], np.fmax.reduce(states))
    return bool(oracle.best_case(np.array([person]), low, high)[0] >= 0)
