# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Whether any feasible change reaches the goal, over all blocks at once."""

import numpy as np

from sklearn_fs.recourse._rows_fast import distinct_rows

JOINT, FIXED, UNKNOWN = "joint", "fixed", "unknown"
# Nodes of the search that are looked at together.
_BATCH = 2048


class JointSearch:
    """Proves or refutes that a person can reach the goal by several changes.

    Parameters
    ----------
    oracle : Oracle
    maker : MoveMaker
    budget : int
        Rows that may be looked at for one person.
    """

    def __init__(self, oracle, maker, budget):
        self.oracle = oracle
        self.maker = maker
        self.budget = budget

    def classify(self, people):
        """Whether people can: "joint", "fixed" or "unknown", for people.

        Parameters
        ----------
        people : ndarray of int

        Returns
        -------
        classes : ndarray of shape (n_people,), dtype object
        """
        classes = np.full(len(people), UNKNOWN, dtype=object)
        if len(people) == 0:
            return classes
        blocks = [self._states(program, people) for program in self.maker.programs]
        Z, margin = self.oracle.Z[people], self.oracle.margin
        rest = np.arange(len(people))
        if margin is not None:
            if margin.kind == "linear" and all(b.complete.all() for b in blocks):
                return self._linear(people, blocks, classes)
            lows, highs = Z.copy(), Z.copy()
            for block in blocks:
                lows[:, block.columns] = block.low[block.key_of]
                highs[:, block.columns] = block.high[block.key_of]
            impossible = self.oracle.best_case(people, lows, highs) < 0
            classes[impossible] = FIXED
            rest = np.flatnonzero(~impossible)
        for i in rest:
            classes[i] = self._search(int(people[i]), [b.of(i) for b in blocks])
        return classes

    def _states(self, program, people):
        return _BlockStates(program, self.maker, self.oracle, people)

    def _linear(self, people, blocks, classes):
        """The largest sum is the sum of the largest of each block."""
        margin = self.oracle.margin
        Z = self.oracle.Z[people]
        made = Z.copy()
        for block in blocks:
            best = np.zeros(len(block.keys))
            state = block.keys.copy()
            for key in range(len(block.keys)):
                finals, now = block.finals[key], block.keys[[key]]
                gain = margin.contributions(finals, block.columns)
                gain = gain - margin.contributions(now, block.columns)
                still = np.isnan(finals) & np.isnan(now)
                gain = np.where(still, 0.0, gain).sum(axis=1)
                if len(gain) and gain.max() > best[key]:
                    state[key] = finals[np.argmax(gain)]
            made[:, block.columns] = state[block.key_of]
        moved = ((made != Z) & ~np.isnan(made)).any(axis=1)
        classes[:] = FIXED
        who = np.flatnonzero(moved)
        classes[who[self.oracle.rows(people[who], made[who])]] = JOINT
        # The best state may miss by rounding where another one does not.
        read = self.oracle.read(people, made)
        value, slack = margin.margin(read), 8 * margin.tolerance(read)
        close = ~(np.abs(value) > slack) & (classes == FIXED) & moved
        classes[close] = UNKNOWN
        return classes

    def _search(self, person, blocks):
        """Best-first search over the product of the states of all blocks."""
        oracle, margin = self.oracle, self.oracle.margin
        start = oracle.Z[person]
        blocks = [b for b in blocks if len(b.finals)]
        complete = all(b.complete for b in blocks)
        sizes = np.array([len(b.finals) + 1 for b in blocks], dtype=float)
        if margin is None or margin.kind == "linear":
            if sizes.prod() > self.budget:
                return self._try(person, blocks, self.budget)
            return self._all(person, blocks, complete)
        if self._climb(person, blocks):
            return JOINT
        # The blocks which say most come first: their states are told apart early.
        order = np.argsort(sizes, kind="stable")
        blocks = [blocks[i] for i in order]
        nodes, level = start[None].copy(), np.zeros(1, dtype=int)
        bound, looked = np.zeros(1), 0
        while len(nodes):
            if looked > self.budget:
                return UNKNOWN
            take = np.argsort(-bound, kind="stable")[:_BATCH]
            rest = np.ones(len(nodes), dtype=bool)
            rest[take] = False
            new, new_level = [], []
            for at in np.unique(level[take]):
                block = blocks[at]
                states = np.vstack([start[block.columns][None], block.finals])
                some = take[level[take] == at]
                made = np.repeat(nodes[some], len(states), axis=0)
                made[:, block.columns] = np.tile(states, (len(some), 1))
                new.append(made)
                new_level.append(np.full(len(made), at + 1))
            nodes, level, bound = nodes[rest], level[rest], bound[rest]
            made, at = np.concatenate(new), np.concatenate(new_level)
            looked += len(made)
            if oracle.rows(np.full(len(made), person), made).any():
                return JOINT
            lows, highs = made.copy(), made.copy()
            for i, block in enumerate(blocks):
                open_ = at <= i
                lows[np.ix_(open_, block.columns)] = block.low
                highs[np.ix_(open_, block.columns)] = block.high
            best = oracle.best_case(np.full(len(made), person), lows, highs)
            keep = (best >= 0) & (at < len(blocks))
            nodes = np.concatenate([nodes, made[keep]])
            level = np.concatenate([level, at[keep]])
            bound = np.concatenate([bound, best[keep]])
        return FIXED if complete else UNKNOWN

    def _climb(self, person, blocks):
        """Whether the best state of one block after the other reaches the goal."""
        oracle, made = self.oracle, self.oracle.Z[person].copy()
        best = oracle.margins(np.array([person]), made[None])[0]
        while True:
            before = best
            for block in blocks:
                rows = np.repeat(made[None], len(block.finals), axis=0)
                rows[:, block.columns] = block.finals
                values = oracle.margins(np.full(len(rows), person), rows)
                at = int(np.argmax(values))
                if values[at] > best:
                    best, made = values[at], rows[at]
            if oracle.rows(np.array([person]), made[None])[0]:
                return True
            if best <= before:
                return False

    def _all(self, person, blocks, complete):
        start = self.oracle.Z[person]
        made = start[None]
        for block in blocks:
            states = np.vstack([start[block.columns][None], block.finals])
            repeated = np.repeat(made, len(states), axis=0)
            repeated[:, block.columns] = np.tile(states, (len(made), 1))
            made = repeated
        made = made[1:]
        for begin in range(0, len(made), self.oracle.chunk_size):
            part = made[begin : begin + self.oracle.chunk_size]
            if self.oracle.rows(np.full(len(part), person), part).any():
                return JOINT
        return FIXED if complete else UNKNOWN

    def _try(self, person, blocks, budget):
        """Too many to list: random states of all blocks may still show a way."""
        rng = np.random.RandomState(self.maker.seed % 2**32)
        n = int(min(budget, 10 * self.maker.n_samples))
        made = np.repeat(self.oracle.Z[person][None], n, axis=0)
        for block in blocks:
            pick = rng.randint(len(block.finals) + 1, size=n)
            moved = pick > 0
            made[np.ix_(moved, block.columns)] = block.finals[pick[moved] - 1]
        ok = self.oracle.rows(np.full(n, person), made)
        return JOINT if ok.any() else UNKNOWN


class _BlockStates:
    """All states that the keys of a block can reach, and their range."""

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
        # A cut belongs to one of the cells beside it; all are tried.
        middle = 0.5 * (ends[1:] + ends[:-1])
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
