# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The interventions of some people, block by block, each distinct state once."""

from dataclasses import dataclass, field, replace

import numpy as np

from sklearn_fs.recourse._continua import (
    draw_on_pieces,
    has_exact_pieces,
    move_by_functions,
    pieces_of,
)
from sklearn_fs.recourse._proposals import key_seed
from sklearn_fs.recourse._reachable import members, reachable_points
from sklearn_fs.recourse._rows_fast import distinct_rows, uniform_draws


@dataclass
class Moves:
    """Final states of a block that some people can reach.

    Parameters
    ----------
    columns : ndarray of shape (n_columns,)
        Columns of the block, by position in the table.
    key_of : ndarray of shape (n_people,)
        Which present state each person has.
    keys : ndarray of shape (n_keys, n_columns)
    finals : ndarray of shape (n_points, n_columns)
        Final states, key after key.
    offsets : ndarray of shape (n_keys + 1,)
    sampled : ndarray of shape (n_keys,), dtype bool
        Keys whose final states are a sample.
    parts : list of (column, index, weight)
        For each column its position in the table, the points that are interventions
        on it, rising, and their weights.
    """

    columns: np.ndarray
    key_of: np.ndarray
    keys: np.ndarray
    finals: np.ndarray
    offsets: np.ndarray
    sampled: np.ndarray
    parts: list = field(default_factory=list)

    @property
    def n_points_of(self):
        """Points of each person."""
        return np.diff(self.offsets)[self.key_of]

    def take(self, people):
        """The moves of some of the people."""
        return replace(self, key_of=self.key_of[people])

    def expand(self):
        """Every person with every point.

        Returns
        -------
        person, point : ndarray of shape (n_candidates,)
        """
        counts = self.n_points_of
        person = np.repeat(np.arange(len(counts)), counts)
        begins = np.cumsum(counts) - counts
        first = self.offsets[self.key_of] - begins
        return person, np.arange(len(person)) + np.repeat(first, counts)


@dataclass
class Segments:
    """A column without a grid whose share along segments is known exactly.

    Parameters
    ----------
    column : int
        Position in the table.
    pieces : list of Pieces
    columns : ndarray of shape (n_columns,)
        Columns of the block.
    key_of : ndarray of shape (n_people,)
    keys : ndarray of shape (n_keys, n_columns)
    k : int
        The column within the block.
    """

    column: int
    pieces: list
    columns: np.ndarray
    key_of: np.ndarray
    keys: np.ndarray
    k: int


class MoveMaker:
    """Makes the moves of a fitted scorer.

    Parameters
    ----------
    programs : list of BlockProgram
    weigh : callable
        From (column, present values, new values) to weights.
    intervention : {"minimal", "all"}
    exact : bool
        Whether segments need not be sampled.
    n_samples : int
    max_points : int
    seed : int
    """

    def __init__(
        self, programs, weigh, *, intervention, exact, n_samples, max_points, seed
    ):
        self.programs = programs
        self.weigh = weigh
        self.intervention = intervention
        self.exact = exact
        self.n_samples = n_samples
        self.max_points = max_points
        self.seed = seed

    def of_block(self, program, Z, wanted=None):
        """Moves and segments of one block.

        Parameters
        ----------
        program : BlockProgram
        Z : ndarray of shape (n_people, n_features)
        wanted : set of int, default=None
            Positions of the columns that are asked about; None: all.

        Returns
        -------
        moves : list of Moves
        segments : list of Segments
        """
        keys = np.ascontiguousarray(Z[:, program.columns])
        first, key_of = distinct_rows(keys)
        keys = keys[first]
        moves, segments = [], []
        columns = [
            k
            for k in np.flatnonzero(program.actionable)
            if wanted is None or program.columns[k] in wanted
        ]
        grid = [k for k in columns if k not in program.continua]
        if grid:
            moves.append(self._listed(program, keys, key_of, grid))
        limits = None
        for k in program.continua:
            if k not in columns:
                continue
            limits = program.limits(keys) if limits is None else limits
            exact = has_exact_pieces(program, k)
            pieces = pieces_of(program, limits, k)
            column = int(program.columns[k])
            if exact and self.exact:
                segments.append(
                    Segments(column, pieces, program.columns, key_of, keys, k)
                )
            else:
                moves.append(
                    self._drawn(program, limits, keys, key_of, k, pieces, exact)
                )
        return moves, segments

    def points(self, program, keys):
        """Reachable points of the keys of a block."""
        return reachable_points(
            program, keys, max_points=self.max_points, n_samples=self.n_samples,
            seed=self.seed,
        )  # fmt: skip

    def _listed(self, program, keys, key_of, grid):
        points = self.points(program, keys)
        parts, used = [], np.zeros(len(points.finals), dtype=bool)
        for k in grid:
            index = members(points, k, self.intervention)
            parts.append((k, index))
            used[index] = True
        # Points that are no intervention on any column are not asked about.
        place = np.cumsum(used) - 1
        key = points.key_of[used]
        finals = points.finals[used]
        offsets = np.searchsorted(key, np.arange(len(keys) + 1))
        moves = Moves(
            program.columns, key_of, points.keys, finals, offsets, points.sampled
        )
        for k, index in parts:
            index = place[index]
            column = int(program.columns[k])
            start, new = points.keys[key[index], k], finals[index, k]
            moves.parts.append((column, index, self.weigh(column, start, new)))
        return moves

    def _drawn(self, program, limits, keys, key_of, k, pieces, exact):
        column = int(program.columns[k])
        uniform = np.empty((len(keys), self.n_samples))
        seed = key_seed(np.empty(0), self.seed, program.names[k])
        uniform_draws(np.ascontiguousarray(limits["starts"]), seed, uniform)
        key, change, slopes = draw_on_pieces(pieces, len(keys), uniform)
        start = limits["starts"][key]
        moved = slopes * change[:, None]
        finals = start + np.where(slopes != 0, moved, 0.0)
        if not exact:
            finals, feasible = move_by_functions(program, limits, k, key, change)
            finals, key, start = finals[feasible], key[feasible], start[feasible]
        moves = Moves(
            program.columns, key_of, keys, finals,
            np.searchsorted(key, np.arange(len(keys) + 1)),
            np.ones(len(keys), dtype=bool),
        )  # fmt: skip
        weight = self.weigh(column, start[:, k], finals[:, k])
        moves.parts.append((column, np.arange(len(key)), weight))
        return moves
