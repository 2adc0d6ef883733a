# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Whether any feasible change reaches the goal, over all blocks at once."""

import numpy as np

from sklearn_fs.recourse._block_states import BlockStates
from sklearn_fs.recourse._tree_search import search_trees

JOINT, FIXED, UNKNOWN = "joint", "fixed", "unknown"


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
        blocks = [
            BlockStates(program, self.maker, self.oracle, people)
            for program in self.maker.programs
        ]
        if not blocks:
            classes[:] = FIXED
            return classes
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
            if margin.kind == "tree":
                return self._trees(people, blocks, classes, rest)
        for i in rest:
            classes[i] = self._search(int(people[i]), [b.of(i) for b in blocks])
        return classes

    def _trees(self, people, blocks, classes, rest):
        """The product of the states, with bounds from the trees."""
        reached, proven = search_trees(
            self.oracle.margin,
            self.oracle.seen[people[rest]],
            blocks,
            [block.key_of[rest] for block in blocks],
            self.budget,
            n_threads=self.oracle.n_threads,
        )
        complete = np.all([b.complete[b.key_of[rest]] for b in blocks], axis=0)
        classes[rest[proven & complete]] = FIXED
        classes[rest[reached]] = JOINT
        return classes

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
        """The product of the states of all blocks, row by row."""
        blocks = [b for b in blocks if len(b.finals)]
        sizes = np.array([len(b.finals) + 1 for b in blocks], dtype=float)
        if sizes.prod() > self.budget:
            return self._try(person, blocks, self.budget)
        return self._all(person, blocks, all(b.complete for b in blocks))

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
            if self.oracle.accepts(np.full(len(part), person), part).any():
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
        ok = self.oracle.accepts(np.full(n, person), made)
        return JOINT if ok.any() else UNKNOWN
