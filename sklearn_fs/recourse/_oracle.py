# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which changed rows get the wanted prediction: read from the model, or asked."""

import numpy as np

from sklearn_fs.recourse._rows_fast import distinct_rows


class Oracle:
    """Answers for one table of people.

    Parameters
    ----------
    goal : Goal
    margin : LinearMargin, TreeMargin or None
    table : ColumnTable
    Z : ndarray of shape (n_people, n_features)
        The people as numbers.
    action_set : ActionSet
    chunk_size : int
        Most rows that the model gets at once.
    n_threads : int
    """

    def __init__(self, goal, margin, table, Z, action_set, chunk_size, n_threads=1):
        self.goal = goal
        self.margin = margin
        self.table = table
        self.Z = Z
        self.action_set = action_set
        self.chunk_size = chunk_size
        self.n_threads = n_threads
        self._present = None

    def rows(self, people, made):
        """Ask about whole rows.

        Parameters
        ----------
        people : ndarray of shape (n_rows,)
            The person that each row is a change of.
        made : ndarray of shape (n_rows, n_features)

        Returns
        -------
        ok : ndarray of shape (n_rows,), dtype bool
        """
        if self.margin is None:
            return self._ask(people, made)
        if self.margin.kind == "tree":
            return self.margin.reaches(made, n_threads=self.n_threads)
        ok = self.margin.reaches(made)
        return self._recheck(
            ok, self.margin.margin(made), self.margin.tolerance(made), people, made
        )

    def blocks(self, people, moves):
        """Ask about people with the final states of some blocks put in.

        Parameters
        ----------
        people : ndarray of int
        moves : list of Moves
            Of these people.

        Returns
        -------
        answers : list of (person, point, ok)
            Flat arrays for each of the moves, see :meth:`Moves.expand`.
        """
        expanded = [(*move.expand(), move) for move in moves]
        if self.margin is not None:
            answer = self._linear if self.margin.kind == "linear" else self._tree
            return [
                (person, point, answer(people, person, point, move))
                for person, point, move in expanded
            ]
        made, owners = [], []
        for person, point, move in expanded:
            rows = self.Z[people[person]]
            rows[:, move.columns] = move.finals[point]
            made.append(rows)
            owners.append(people[person])
        if not made:
            return []
        ok = self._ask(np.concatenate(owners), np.concatenate(made))
        ends = np.cumsum([len(o) for o in owners])[:-1]
        return [
            (person, point, one)
            for (person, point, _), one in zip(
                expanded, np.split(ok, ends), strict=True
            )
        ]

    def _linear(self, people, person, point, move):
        margin = self.margin
        key = np.repeat(np.arange(len(move.keys)), np.diff(move.offsets))
        moved = np.nan_to_num(move.finals - move.keys[key])
        delta = moved @ margin.weights[move.columns]
        if self._present is None:
            self._present = margin.margin(self.Z), margin.tolerance(self.Z)
        value, tolerance = self._present
        total = value[people][person] + delta[point]
        size = np.abs(moved) @ np.abs(margin.weights[move.columns])
        eps = 64 * np.finfo(np.float64).eps * (len(margin.weights) + 2)
        slack = 4 * tolerance[people][person] + eps * size[point]
        ok = total > 0
        doubt = np.flatnonzero(np.abs(total) <= slack)
        if len(doubt):
            made = self.Z[people[person[doubt]]]
            made[:, move.columns] = move.finals[point[doubt]]
            ok[doubt] = self._ask(people[person[doubt]], made)
        return ok

    def _tree(self, people, person, point, move):
        """Trees are walked for people with equally many states together."""
        ok = np.empty(len(person), dtype=bool)
        counts = move.n_points_of
        begins = np.cumsum(counts) - counts
        for n_points in np.unique(counts[counts > 0]):
            some = np.flatnonzero(counts == n_points)
            size = max(1, self.chunk_size // int(n_points))
            for start in range(0, len(some), size):
                part = some[start : start + size]
                flat = begins[part][:, None] + np.arange(n_points)
                states = move.finals[point[flat]]
                if len(np.unique(move.key_of[part])) == 1:
                    states = states[0]
                ok[flat] = self.margin.table_success(
                    self.Z[people[part]], move.columns, states, n_threads=self.n_threads
                )
        return ok

    def _recheck(self, ok, margin, tolerance, people, made):
        doubt = np.flatnonzero(np.abs(margin) <= tolerance)
        if len(doubt):
            ok[doubt] = self._ask(people[doubt], made[doubt])
        return ok

    def _ask(self, people, made):
        """The model's own answers; equal rows are asked about once."""
        if len(made) == 0:
            return np.zeros(0, dtype=bool)
        first, inverse = distinct_rows(np.ascontiguousarray(made))
        ok = np.empty(len(first), dtype=bool)
        for start in range(0, len(first), self.chunk_size):
            part = first[start : start + self.chunk_size]
            X = self.table.changed(people[part], made[part], self.Z, self.action_set)
            ok[start : start + self.chunk_size] = self.goal.reaches(X)
        return ok[inverse]
