# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Where along one column the changes succeed: intervals, and the nearest point."""

import numpy as np

from sklearn_fs.recourse._scoring import effects_of

# Steps inward from the end of an interval, in units of its last place: an end that
# is a cut of the model need not itself be a success.
_NUDGES = np.concatenate([[0.0], 2.0 ** np.arange(40)])


def longest_runs(person, value, ok, now):
    """The longest run of consecutive values which all succeed, for each person.

    Parameters
    ----------
    person : ndarray of int
        Whose change it is.
    value : ndarray of float
        New values.
    ok : ndarray of bool
        Successes; a value with several changes succeeds if all of them do.
    now : ndarray of shape (n_people,)
        Present values; they are no success, and end a run.

    Returns
    -------
    runs : dict of int to (float, float)
        Ends of the run; people without a value that succeeds are left out.
    """
    who = np.unique(person)
    person = np.concatenate([person, who])
    value = np.concatenate([value, now[who]])
    ok = np.concatenate([ok, np.zeros(len(who), dtype=bool)])
    known = ~np.isnan(value)
    person, value, ok = person[known], value[known], ok[known]
    if not len(person):
        return {}
    order = np.lexsort((value, person))
    person, value, ok = person[order], value[order], ok[order]
    new = np.ones(len(person), dtype=bool)
    new[1:] = (np.diff(person) != 0) | (np.diff(value) != 0)
    at = np.flatnonzero(new)
    ok = np.logical_and.reduceat(ok, at)
    person, value = person[at], value[at]
    same = np.zeros(len(person) + 1, dtype=bool)
    same[1:-1] = (np.diff(person) == 0) & ok[1:] & ok[:-1]
    first = np.flatnonzero(ok & ~same[:-1])
    last = np.flatnonzero(ok & ~same[1:])
    low, high, owner = value[first], value[last], person[first]
    away = np.nan_to_num(np.fmax(low - now[owner], now[owner] - high))
    best = np.lexsort((away, low - high, owner))
    keep = np.ones(len(best), dtype=bool)
    keep[1:] = np.diff(owner[best]) != 0
    return {int(owner[i]): (float(low[i]), float(high[i])) for i in best[keep]}


def success_intervals(oracle, person, segment, key):
    """Intervals of one column without a grid in which the goal is reached.

    Parameters
    ----------
    oracle : Oracle
        With a margin.
    person : int
    segment : Segments
    key : int
        Key of the person within the segment.

    Returns
    -------
    intervals : list of (low, high, slopes)
        Values of the column, rising; `slopes` says what moves with it.
    """
    x, margin = oracle.seen[person], oracle.margin
    start = np.nan_to_num(segment.keys[key, segment.k])
    found = []
    for piece in segment.pieces:
        for at in np.flatnonzero(piece.key == key):
            low, high = start + piece.lower[at], start + piece.upper[at]
            if not high > low:
                continue
            ends, margins, _ = margin.parts_along(
                x, segment.column, float(low), float(high),
                effects_of(segment, piece.slopes),
            )  # fmt: skip
            wanted = margins > 0 if margin.kind == "linear" else margins >= 0
            for i in np.flatnonzero(wanted):
                found.append([ends[i], ends[i + 1], piece.slopes])
    found.sort(key=lambda one: one[0])
    merged = []
    for low, high, slopes in found:
        if merged and low <= merged[-1][1] and np.array_equal(slopes, merged[-1][2]):
            merged[-1][1] = max(high, merged[-1][1])
        else:
            merged.append([low, high, slopes])
    return [(float(low), float(high), slopes) for low, high, slopes in merged]


def nearest_success(oracle, person, segment, intervals):
    """The success next to the present value, as a whole row.

    Parameters
    ----------
    oracle : Oracle
    person : int
    segment : Segments
    intervals : list of (low, high, slopes)

    Returns
    -------
    row : ndarray of shape (n_features,) or None
    interval : (float, float) or None
    """
    x = oracle.Z[person]
    start = np.nan_to_num(x[segment.column])
    by_distance = sorted(
        intervals, key=lambda one: max(one[0] - start, start - one[1], 0.0)
    )
    for low, high, slopes in by_distance:
        edge = min(max(start, low), high)
        middle = 0.5 * (low + high)
        steps = _NUDGES * np.spacing(max(abs(edge), abs(start), 1e-300))
        if edge >= middle:
            z = np.maximum(edge - steps, middle)
        else:
            z = np.minimum(edge + steps, middle)
        z = np.append(z, middle)
        made = rows_along(x, segment, slopes, z)
        who = np.full(len(z), person)
        ok = oracle.surely(who, made)
        if not ok.any():
            ok = oracle.rows(who, made)
        if ok.any():
            return made[np.argmax(ok)], (low, high)
    return None, None


def rows_along(x, segment, slopes, z):
    """One row for each value of a column, with all that follows from it.

    Parameters
    ----------
    x : ndarray of shape (n_features,)
    segment : Segments
    slopes : ndarray
    z : ndarray of shape (n_values,)

    Returns
    -------
    rows : ndarray of shape (n_values, n_features)
    """
    rows = np.repeat(x[None], len(z), axis=0)
    change = z - np.nan_to_num(x[segment.column])
    for c, slope in zip(segment.columns, slopes, strict=True):
        if slope != 0:
            rows[:, c] = x[c] + slope * change
    rows[:, segment.column] = z
    return rows
