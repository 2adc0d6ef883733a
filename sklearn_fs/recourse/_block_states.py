# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The states of a block, for a search over all blocks at once."""

import numpy as np

from sklearn_fs.recourse._rows_fast import distinct_rows


class BlockStates:
    """All states that the keys of a block can reach, and their range.

    Parameters
    ----------
    program : BlockProgram
    maker : MoveMaker
    oracle : Oracle
    people : ndarray of int

    Attributes
    ----------
    columns : ndarray of shape (n_columns,)
    key_of : ndarray of shape (n_people,)
        Which present state each person has.
    keys : ndarray of shape (n_keys, n_columns)
    finals : list of ndarray of shape (n_finals, n_columns)
        States that each key can reach, itself left out.
    complete : ndarray of shape (n_keys,), dtype bool
        Whether these are all, or stand for all.
    low, high : ndarray of shape (n_keys, n_columns)
        Range of all states, also of those that are not listed.
    """

    def __init__(self, program, maker, oracle, people):
        self.columns = program.columns
        keys = np.ascontiguousarray(oracle.Z[np.ix_(people, program.columns)])
        first, self.key_of = distinct_rows(keys)
        self.keys = keys[first]
        self.finals = [np.empty((0, keys.shape[1])) for _ in self.keys]
        self.complete = np.ones(len(self.keys), dtype=bool)
        grid = [k for k in np.flatnonzero(program.actionable)
                if k not in program.continua]  # fmt: skip
        if grid:
            points = maker.points(program, self.keys)
            for key in range(len(self.keys)):
                here = slice(points.offsets[key], points.offsets[key + 1])
                self.finals[key] = points.finals[here]
            self.complete &= ~points.sampled
        if program.continua:
            self._add_continua(program, maker, oracle.margin, people, oracle.Z, grid)
        low, high = self.keys.copy(), self.keys.copy()
        for key, finals in enumerate(self.finals):
            if len(finals):
                low[key] = np.fmin(low[key], np.fmin.reduce(finals))
                high[key] = np.fmax(high[key], np.fmax.reduce(finals))
        self.low, self.high = low, high
        if not self.complete.all():
            self._widen(program)

    def _add_continua(self, program, maker, margin, people, Z, grid):
        """One state for each cell along a segment, or draws where there are none.

        Complete only where a single column moves alone in its block.
        """
        moves, segments = maker.of_block(program, self.keys_as_rows(Z, people))
        for segment in segments:
            for piece in segment.pieces:
                for key, low, high in zip(
                    piece.key, piece.lower, piece.upper, strict=True
                ):
                    start = self.keys[key]
                    changes = self._cells(margin, segment, start, piece, low, high)
                    finals = start + np.where(
                        piece.slopes != 0, piece.slopes * changes[:, None], 0.0
                    )
                    self.finals[key] = np.vstack([self.finals[key], finals])
        drawn = [move for move in moves if move.sampled.any() or not grid]
        for move in drawn:
            for key in range(len(self.keys)):
                here = slice(move.offsets[key], move.offsets[key + 1])
                self.finals[key] = np.vstack([self.finals[key], move.finals[here]])
        several = len(program.continua) > 1 or bool(grid)
        if drawn or several:
            self.complete[:] = False

    def keys_as_rows(self, Z, people):
        """One row for each key, of which only the block matters."""
        rows = np.zeros((len(self.keys), Z.shape[1]))
        rows[:, self.columns] = self.keys
        return rows

    def _cells(self, margin, segment, start, piece, low, high):
        """Changes of a column at which the answer can differ from the others'."""
        ends = [np.array([low, high])]
        for c, slope, at in zip(segment.columns, piece.slopes, start, strict=True):
            if slope != 0 and not np.isnan(at):
                cuts = (margin.cuts(c) - at) / slope
                ends.append(cuts[(cuts > low) & (cuts < high)])
        ends = np.unique(np.concatenate(ends))
        if margin.kind == "linear":
            # Along a cell the best is at one of its ends, of which one may belong to
            # the neighbour; how near it can be come to is a matter of rounding.
            inside = ends[1:-1]
            beside = [np.nextafter(inside, -np.inf), np.nextafter(inside, np.inf)]
            return np.unique(np.concatenate([ends, *beside]))
        middle = 0.5 * (ends[1:] + ends[:-1])
        if np.count_nonzero(piece.slopes) == 1:
            # Whatever rounding does, the middle is in its cell; a cell that only has
            # its right end in reach is at the lower end of the segment.
            return np.append(low, middle)
        # A cut belongs to one of the cells beside it; all are tried.
        return np.unique(np.concatenate([ends, middle]))

    def _widen(self, program):
        """Bounds that hold even where not all states are listed."""
        limits = program.limits(self.keys)
        lowest = np.where(np.isfinite(limits["low"]), limits["low"], -np.inf)
        highest = np.where(np.isfinite(limits["high"]), limits["high"], np.inf)
        moving = np.array(
            [f.actionable for f in program.features], dtype=bool
        ) | np.isin(np.arange(len(program.names)), _targets(program))
        widened = np.isin(np.arange(len(program.names)), _targets(program))
        # What links can do to a column has no simple bound.
        self.low = np.where(moving, np.where(widened, -np.inf, lowest), self.low)
        self.high = np.where(moving, np.where(widened, np.inf, highest), self.high)

    def of(self, i):
        """The states of one person."""
        key = self.key_of[i]
        return _Own(
            self.columns, self.finals[key], self.low[key], self.high[key],
            bool(self.complete[key]),
        )  # fmt: skip


class _Own:
    def __init__(self, columns, finals, low, high, complete):
        self.columns = columns
        self.finals = finals
        self.low, self.high = low, high
        self.complete = complete


def _targets(program):
    return np.flatnonzero(np.diff(program.link_ptr) > 0)
