# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which columns, or groups of columns, help each person, and how."""

from dataclasses import dataclass, field

import numpy as np

from sklearn_fs.recourse._binomial import binomial_limits
from sklearn_fs.recourse._scoring import _along_segments, _chunks
from sklearn_fs.recourse._state_groups import Ordinal
from sklearn_fs.recourse._success_runs import (
    longest_runs,
    nearest_success,
    success_intervals,
)


@dataclass
class Unit:
    """What can be a reason: a column, or columns that are one reason.

    Parameters
    ----------
    name : str
    columns : tuple of int
        Its actionable columns.
    is_group : bool
    levels : tuple of int
        Its columns from the lowest level to the highest, where exactly one is 1.
    """

    name: str
    columns: tuple
    is_group: bool
    levels: tuple = ()


def reason_units(action_set, wanted, group_reasons):
    """All that can be a reason, in the order of the columns.

    Parameters
    ----------
    action_set : ActionSet
    wanted : ndarray of int
        Columns that are asked about.
    group_reasons : bool

    Returns
    -------
    units : list of Unit
    """
    names = action_set.feature_names
    can = {j for j, feature in enumerate(action_set) if feature.actionable}
    wanted = set(wanted.tolist())
    units, grouped = [], set()
    ordinals = [c.columns for c in action_set.constraints if isinstance(c, Ordinal)]
    if group_reasons:
        for name, columns in action_set.groups_.items():
            places = {names.index(column) for column in columns}
            grouped |= places
            mine = tuple(sorted(places & can))
            if mine and places & wanted:
                levels = ()
                if tuple(columns) in ordinals and len(mine) == len(columns):
                    levels = tuple(names.index(column) for column in columns)
                units.append(Unit(name, mine, True, levels))
    units += [
        Unit(names[j], (j,), False) for j in sorted(can & wanted) if j not in grouped
    ]
    return sorted(units, key=lambda unit: unit.columns[0])


@dataclass
class Finding:
    """One reason of one person.

    Parameters
    ----------
    unit : Unit
    score, low, high : float
    exact : bool
    distance : float
        Standardised distance of the nearest success.
    row : ndarray or None
        The nearest success as a whole row.
    safe : (float, float) or None
        Longest success interval; only for a column.
    room : (float, float) or None
        The success interval of the nearest success.
    """

    unit: Unit
    score: float
    low: float
    high: float
    exact: bool
    distance: float = np.inf
    row: np.ndarray = None
    safe: object = None
    room: object = None


@dataclass
class _Part:
    """Changes of a unit that are counted together."""

    total: np.ndarray
    hits: np.ndarray
    n_hits: np.ndarray
    n_draws: np.ndarray

    @classmethod
    def empty(cls, n):
        return cls(*np.zeros((2, n)), *np.zeros((2, n), dtype=np.int64))


@dataclass
class _Evidence:
    """What is known about a unit: its parts, nearest successes and longest runs."""

    listed: _Part
    continua: dict = field(default_factory=dict)
    best: dict = field(default_factory=dict)
    runs: dict = field(default_factory=dict)


class ReasonSearch:
    """Finds the reasons of some people of the oracle's table.

    The distinct interventions on the members of a group together give one score.
    Members without a grid cannot be counted together with others: the score of such
    a group is the mean of the shares of its grid-less members and of the rest.

    Parameters
    ----------
    oracle : Oracle
    maker : MoveMaker
    units : list of Unit
    scales : ndarray of shape (n_features,)
    confidence : float
    """

    def __init__(self, oracle, maker, units, scales, confidence):
        self.oracle = oracle
        self.maker = maker
        self.units = units
        self.confidence = confidence
        self.scales = np.where(
            [f.kind == "categorical" for f in oracle.action_set], np.nan, scales
        )

    def find(self, people, n_reasons):
        """The best reasons of people.

        Parameters
        ----------
        people : ndarray of int
        n_reasons : int

        Returns
        -------
        reasons : list of list of Finding
            By rank; an empty list for a person whom no single change helps.
        """
        oracle, n = self.oracle, len(people)
        self._evidence = [_Evidence(_Part.empty(n)) for _ in self.units]
        wanted = {column for unit in self.units for column in unit.columns}
        moves, segments = [], []
        for program in self.maker.programs:
            if wanted & set(program.columns.tolist()):
                some, more = self.maker.of_block(program, oracle.Z[people], wanted)
                moves += some
                segments += more
        if moves:
            size = np.sum([move.n_points_of for move in moves], axis=0)
            for part in _chunks(size, oracle.chunk_size):
                local = [move.take(part) for move in moves]
                answers = oracle.blocks(people[part], local)
                for move, answer in zip(local, answers, strict=True):
                    self._read(people, part, move, *answer)
        if segments:
            self._read_segments(people, segments)
        scores, lows, highs, draws = self._scores(n)
        return [
            self._ranked(i, people[i], scores, lows, highs, draws, segments, n_reasons)
            for i in range(n)
        ]

    # Candidates that are listed or drawn

    def _read(self, people, part, move, person, point, ok):
        drawn_column = None
        if len(move.parts) == 1 and move.parts[0][0] in self._continua():
            drawn_column = move.parts[0][0]
        valid = np.ones(len(ok), dtype=bool)
        if self.oracle.judges:
            made = self.oracle.Z[people[part][person]]
            made[:, move.columns] = move.finals[point]
            valid = self.oracle.plausible(people[part][person], made)
        for unit, evidence in zip(self.units, self._evidence, strict=True):
            mine = [p for p in move.parts if p[0] in unit.columns]
            if not mine:
                continue
            times, weight = np.zeros((2, len(move.finals)))
            for _, index, w in mine:
                times[index] += 1
                weight[index] += w
            use = np.flatnonzero((times[point] > 0) & valid)
            weight = weight[point[use]] / times[point[use]]
            who, good = part[person[use]], ok[use]
            into = evidence.listed
            n = len(into.total)
            if drawn_column is not None:
                into = evidence.continua.setdefault(drawn_column, _Part.empty(n))
            into.total += np.bincount(who, weight, n)
            into.hits += np.bincount(who[good], weight[good], n)
            drawn = move.sampled[move.key_of[person[use]]]
            into.n_draws += np.bincount(who[drawn], minlength=n)
            into.n_hits += np.bincount(who[drawn & good], minlength=n)
            self._keep_nearest(evidence, unit, people, who, move, point[use], good)
            if not unit.is_group:
                place = int(np.flatnonzero(move.columns == unit.columns[0])[0])
                now = self.oracle.Z[people, unit.columns[0]]
                values = move.finals[point[use], place]
                evidence.runs.update(longest_runs(who, values, good, now))

    def _continua(self):
        return {
            int(program.columns[k])
            for program in self.maker.programs
            for k in program.continua
        }

    def _keep_nearest(self, evidence, unit, people, who, move, point, good):
        who, point = who[good], point[good]
        if not len(who):
            return
        # Nearest in the unit; of equally near ones, the one that moves least else.
        inside = np.isin(move.columns, unit.columns)
        moved = self._distances(
            self.oracle.Z[people[who]][:, move.columns],
            move.finals[point],
            self.scales[move.columns],
        )
        near, rest = moved[:, inside].sum(axis=1), moved[:, ~inside].sum(axis=1)
        if unit.levels:
            # Each column says nothing about how far a level is from another.
            place = [int(np.flatnonzero(move.columns == j)[0]) for j in unit.levels]
            before = self.oracle.Z[np.ix_(people[who], unit.levels)].argmax(axis=1)
            near = np.abs(move.finals[np.ix_(point, place)].argmax(axis=1) - before)
        order = np.lexsort((rest, near, who))
        first = np.ones(len(order), dtype=bool)
        first[1:] = np.diff(who[order]) != 0
        for at in order[first]:
            i = int(who[at])
            if near[at] < evidence.best.get(i, (np.inf,))[0]:
                row = self.oracle.Z[people[i]].copy()
                row[move.columns] = move.finals[point[at]]
                evidence.best[i] = (float(near[at]), row, None)

    @staticmethod
    def _distances(before, after, scales):
        """Standardised; a category, and a value that was missing, count as 1."""
        differs = (before != after) & ~(np.isnan(before) & np.isnan(after))
        with np.errstate(invalid="ignore"):
            size = np.abs(after - before) / scales
        return np.where(differs, np.nan_to_num(size, nan=1.0), 0.0)

    # Columns without a grid

    def _read_segments(self, people, segments):
        exact = np.zeros((len(people), self.oracle.Z.shape[1]))
        _along_segments(self.oracle, people, segments, exact)
        for segment in segments:
            has = np.zeros(len(segment.keys), dtype=bool)
            for piece in segment.pieces:
                has[piece.key[piece.upper > piece.lower]] = True
            has = has[segment.key_of]
            for unit, evidence in zip(self.units, self._evidence, strict=True):
                if segment.column in unit.columns:
                    part = _Part.empty(len(people))
                    part.total += has
                    part.hits += exact[:, segment.column] * has
                    evidence.continua[segment.column] = part

    def _look_along(self, evidence, unit, i, person, segments):
        for segment in segments:
            if segment.column not in unit.columns:
                continue
            intervals = success_intervals(
                self.oracle, person, segment, segment.key_of[i]
            )
            row, room = nearest_success(self.oracle, person, segment, intervals)
            if row is None:
                continue
            column = [segment.column]
            near = self._distances(
                self.oracle.Z[person, column], row[column], self.scales[column]
            ).sum()
            if near < evidence.best.get(i, (np.inf,))[0]:
                evidence.best[i] = (float(near), row, room)
            low, high, _ = max(intervals, key=lambda one: one[1] - one[0])
            evidence.runs[i] = (low, high)

    # Scores and ranks

    def _scores(self, n):
        shape = (n, len(self.units))
        scores, lows, highs = np.zeros((3, *shape))
        draws = np.zeros(shape, dtype=bool)
        for u, evidence in enumerate(self._evidence):
            parts = [evidence.listed, *evidence.continua.values()]
            has = np.array([part.total > 0 for part in parts])
            count = np.maximum(has.sum(axis=0), 1)
            # Limits of several parts hold together.
            each = 1 - (1 - self.confidence) / count
            for part, there in zip(parts, has, strict=True):
                share = np.divide(part.hits, part.total, out=np.zeros(n), where=there)
                low, high = binomial_limits(part.n_hits, part.n_draws, each)
                estimated = part.n_draws > 0
                scores[:, u] += share / count
                lows[:, u] += np.where(estimated, low, share) * there / count
                highs[:, u] += np.where(estimated, high, share) * there / count
                draws[:, u] |= estimated
        return (*(np.clip(a, 0.0, 1.0) for a in (scores, lows, highs)), draws)

    def _ranked(self, i, person, scores, lows, highs, draws, segments, n_reasons):
        helpful = np.flatnonzero(scores[i] > 0)
        if len(helpful) > n_reasons:
            # Only those that can be among the best are looked at closely.
            least = np.sort(scores[i, helpful])[-n_reasons]
            helpful = helpful[scores[i, helpful] >= least - 1e-12]
        found = []
        for u in helpful:
            unit, evidence = self.units[u], self._evidence[u]
            self._look_along(evidence, unit, i, person, segments)
            distance, row, room = evidence.best.get(i, (np.inf, None, None))
            safe = None if unit.is_group else evidence.runs.get(i)
            if room is None and safe and row is not None:
                value = row[unit.columns[0]]
                room = safe if safe[0] <= value <= safe[1] else None
            found.append(
                (u, Finding(
                    unit, float(scores[i, u]), float(lows[i, u]), float(highs[i, u]),
                    not draws[i, u], distance, row, safe, room,
                ))
            )  # fmt: skip
        # Scores that differ by rounding alone are equal.
        found.sort(
            key=lambda pair: (-round(pair[1].score, 12), pair[1].distance, pair[0])
        )
        return [finding for _, finding in found[:n_reasons]]
