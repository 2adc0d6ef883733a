# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Where a column without a grid can go: segments, and what follows along them."""

from dataclasses import dataclass

import numpy as np

from sklearn_fs.recourse._block_program import STATES
from sklearn_fs.recourse._constraints import TOLERANCE
from sklearn_fs.recourse._graph import sources_first
from sklearn_fs.recourse._reachable_functions import FunctionSearch


@dataclass
class Pieces:
    """Segments of one column on which everything that follows is linear.

    Parameters
    ----------
    slopes : ndarray of shape (n_columns,)
        Change of each column of the block for a unit of the column; 1 for itself.
    key : ndarray of shape (n_pieces,)
        Key of each segment.
    lower, upper : ndarray of shape (n_pieces,)
        Ends, as changes of the column.
    """

    slopes: np.ndarray
    key: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


def has_exact_pieces(program, k):
    """Whether all that follows from a change of column k is piecewise linear.

    Parameters
    ----------
    program : BlockProgram
    k : int

    Returns
    -------
    exact : bool
    """
    touched = np.flatnonzero(_slopes(program, k, 1.0)[2] | _slopes(program, k, -1.0)[2])
    for t in touched:
        for i in range(program.link_ptr[t], program.link_ptr[t + 1]):
            if program.link_clip[i] == 2 or program.link_functions[i] is not None:
                return False
    return True


def pieces_of(program, limits, k):
    """Feasible segments of column k for all keys.

    Parameters
    ----------
    program : BlockProgram
    limits : dict of str to ndarray
    k : int
        An actionable column without a grid.

    Returns
    -------
    pieces : list of Pieces
        One for each way that links react; empty segments are left out.
    """
    rising, falling = _slopes(program, k, 1.0), _slopes(program, k, -1.0)
    if np.array_equal(rising[0], falling[0]) and np.array_equal(rising[1], falling[1]):
        sides = [(rising, -np.inf, np.inf)]
    else:
        sides = [(falling, -np.inf, 0.0), (rising, 0.0, np.inf)]
    return [_side(program, limits, k, *side) for side in sides]


def _slopes(program, k, sign):
    """Change of each column for a change of column k, part of it that moves bounds."""
    b = len(program.names)
    slopes, widened = np.zeros(b), np.zeros(b)
    touched = np.zeros(b, dtype=bool)
    slopes[k] = 1.0
    reached = {k}
    for t in _link_order(program):
        for i in range(program.link_ptr[t], program.link_ptr[t + 1]):
            source = program.link_src[i]
            if source not in reached:
                continue
            move = slopes[source] * sign
            if (program.link_when[i] == 1 and move <= 0) or (
                program.link_when[i] == 2 and move >= 0
            ):
                continue
            reached.add(t)
            touched[t] = True
            slopes[t] += program.link_scale[i] * slopes[source]
            if program.link_clip[i] == 1:
                widened[t] += program.link_scale[i] * slopes[source]
    return slopes, widened, touched


def _link_order(program):
    edges = {
        (int(program.link_src[i]), t)
        for t in range(len(program.names))
        for i in range(program.link_ptr[t], program.link_ptr[t + 1])
    }
    return sources_first(list(range(len(program.names))), edges)


def _side(program, limits, k, slopes, lower, upper):
    slopes, widened, _ = slopes
    start = limits["starts"]
    low = np.maximum(limits["down"][:, k], limits["low"][:, k] - start[:, k])
    high = np.minimum(limits["up"][:, k], limits["high"][:, k] - start[:, k])
    low, high = np.maximum(low, lower), np.minimum(high, upper)
    # A target with bounds of its own limits the column that moves it.
    for t in np.flatnonzero(slopes != widened):
        if t != k:
            low, high = _within(
                low, high, start[:, t], slopes[t] - widened[t],
                limits["low"][:, t], limits["high"][:, t],
            )  # fmt: skip
    moving = slopes != 0
    for i in range(len(program.sum_low)):
        span = slice(program.sum_ptr[i], program.sum_ptr[i + 1])
        cols, coefs = program.sum_cols[span], program.sum_coefs[span]
        if moving[cols].any():
            low, high = _within(
                low, high, start[:, cols] @ coefs, float(coefs @ slopes[cols]),
                program.sum_low[i], program.sum_high[i],
            )  # fmt: skip
    possible = (high > low) & ~np.isnan(start[:, k])
    key = np.flatnonzero(possible)
    pieces = Pieces(slopes, key, low[key], high[key])
    if len(program.imp_rows):
        pieces = _cut_by_implications(program, start, pieces, moving)
    for v in np.flatnonzero(program.var_kind == STATES):
        # A continuum that moves a column of a group leaves every state of it.
        cols = program.var_cols[program.var_ptr[v] : program.var_ptr[v + 1]]
        if moving[cols].any():
            return Pieces(slopes, key[:0], low[:0], high[:0])
    return pieces


def _within(low, high, start, slope, lowest, highest):
    """Limits of a so that lowest <= start + slope * a <= highest."""
    if slope == 0:
        bad = (start < lowest - TOLERANCE) | (start > highest + TOLERANCE)
        return np.where(bad, np.inf, low), np.where(bad, -np.inf, high)
    a, b = (lowest - start) / slope, (highest - start) / slope
    return np.fmax(low, np.fmin(a, b)), np.fmin(high, np.fmax(a, b))


def _cut_by_implications(program, start, pieces, moving):
    """Split segments where a condition changes and keep the parts that satisfy it."""
    slopes = pieces.slopes
    key, low, high = pieces.key, pieces.lower, pieces.upper
    for row in program.imp_rows:
        for part in (row[:3], row[3:]):
            c = int(part[0])
            if not moving[c] or len(key) == 0:
                continue
            cut = (part[2] - start[key, c]) / slopes[c]
            inside = (cut > low) & (cut < high)
            key = np.concatenate([key, key[inside]])
            low, high = (
                np.concatenate([low, cut[inside]]),
                np.concatenate([np.where(inside, cut, high), high[inside]]),
            )
    middle = 0.5 * (low + high)
    keep = np.ones(len(key), dtype=bool)
    for row in program.imp_rows:
        values = []
        for part in (row[:3], row[3:]):
            c = int(part[0])
            final = start[key, c] + slopes[c] * middle
            values.append((_compare(final, int(part[1]), part[2]), np.isnan(final)))
        (when, a), (then, b) = values
        keep &= ~when | then | a | b
    order = np.lexsort((low[keep], key[keep]))
    return Pieces(slopes, key[keep][order], low[keep][order], high[keep][order])


def _compare(values, operator, other):
    if operator in (0, 1):
        return (values == other) == (operator == 0)
    return values <= other if operator == 2 else values >= other


def draw_on_pieces(pieces, n_keys, uniform):
    """Stratified draws from the union of the segments of each key.

    Parameters
    ----------
    pieces : list of Pieces
    n_keys : int
    uniform : ndarray of shape (n_keys, n_draws)
        In [0, 1); draw i is in the i-th of n_draws equal parts.

    Returns
    -------
    key : ndarray of shape (n_total,)
        Keys with a segment, each `n_draws` times.
    change : ndarray of shape (n_total,)
        Change of the column.
    slopes : ndarray of shape (n_total, n_columns)
    """
    key = np.concatenate([p.key for p in pieces])
    low = np.concatenate([p.lower for p in pieces])
    high = np.concatenate([p.upper for p in pieces])
    which = np.repeat(np.arange(len(pieces)), [len(p.key) for p in pieces])
    order = np.lexsort((low, key))
    key, low, high, which = key[order], low[order], high[order], which[order]
    length = high - low
    ends = np.cumsum(length)
    total = np.bincount(key, length, n_keys)
    keys = np.flatnonzero(total > 0)
    if len(keys) == 0:
        b = len(pieces[0].slopes)
        return np.empty(0, dtype=np.intp), np.empty(0), np.empty((0, b))
    last = np.searchsorted(key, keys, side="right") - 1
    begins = ends[last] - total[keys]
    n_draws = uniform.shape[1]
    place = (np.arange(n_draws) + uniform[keys]) / n_draws
    at = begins[:, None] + place * total[keys][:, None]
    index = np.searchsorted(ends, at, side="right")
    first = np.searchsorted(key, keys, side="left")
    index = np.clip(index, first[:, None], last[:, None])
    change = np.clip(high[index] - (ends[index] - at), low[index], high[index])
    slopes = np.array([p.slopes for p in pieces])
    return np.repeat(keys, n_draws), change.ravel(), slopes[which[index.ravel()]]


def move_by_functions(program, limits, k, key, change):
    """Final states after a change of column k, links of any kind applied.

    Parameters
    ----------
    program : BlockProgram
    limits : dict of str to ndarray
    k : int
    key : ndarray of shape (n,)
    change : ndarray of shape (n,)

    Returns
    -------
    finals : ndarray of shape (n, n_columns)
    feasible : ndarray of shape (n,), dtype bool
    """
    finals = np.empty((len(key), len(program.names)))
    feasible = np.ones(len(key), dtype=bool)
    search, at = None, -1
    for i, (owner, a) in enumerate(zip(key, change, strict=True)):
        if owner != at:
            search, at = FunctionSearch(program, limits, owner), owner
        finals[i], feasible[i] = search.single_move(k, a)
    return finals, feasible
