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
    inputs : Inputs
        The people of the table as numbers.
    chunk_size : int
        Most rows that the model gets at once.
    n_threads : int
    plausible : estimator, default=None
        Its `predict` gives 1 for a plausible row.

    Attributes
    ----------
    Z : ndarray of shape (n_people, n_features)
        The people as numbers.
    seen : ndarray of shape (n_people, n_features)
        The people as the margin takes them.
    """

    def __init__(
        self, goal, margin, table, inputs, chunk_size, n_threads=1, plausible=None
    ):
        self.goal = goal
        self.margin = margin
        self.table = table
        self.Z = inputs.Z
        self.seen = inputs.seen
        self.action_set = inputs.action_set
        self.chunk_size = chunk_size
        self.n_threads = n_threads
        self._plausible = plausible
        self._strange = np.array(sorted(inputs.strangers), dtype=np.intp)
        self._present = None

    def read(self, people, made):
        """Whole rows as the margin takes them: own categories have numbers too.

        Parameters
        ----------
        people : ndarray of shape (n_rows,)
        made : ndarray of shape (n_rows, n_features)

        Returns
        -------
        made : ndarray of shape (n_rows, n_features)
        """
        if len(self._strange) == 0:
            return made
        return np.where(np.isnan(made), self.seen[people], made)

    @property
    def judges(self):
        """Whether some rows may be implausible."""
        return self._plausible is not None

    def plausible(self, people, made):
        """Which whole rows are plausible, see :meth:`rows`."""
        ok = np.ones(len(made), dtype=bool)
        if self.judges:
            for start in range(0, len(made), self.chunk_size):
                part = slice(start, start + self.chunk_size)
                X = self.table.changed(
                    people[part], made[part], self.Z, self.action_set
                )
                ok[part] = np.asarray(self._plausible.predict(X)) == 1
        return ok

    def accepts(self, people, made):
        """Which whole rows are plausible and get the wanted prediction."""
        ok = self.rows(people, made)
        found = np.flatnonzero(ok)
        ok[found] = self.plausible(people[found], made[found])
        return ok

    def margins(self, people, made):
        """Margins of whole rows, see :meth:`rows`."""
        return self.margin.margin(self.read(people, made), n_threads=self.n_threads)

    def best_case(self, people, lows, highs):
        """A bound of the margin in boxes around people."""
        return self.margin.best_case(
            self.seen[people],
            self.read(people, lows),
            self.read(people, highs),
            n_threads=self.n_threads,
        )

    def surely(self, people, made):
        """Whole rows that get the wanted prediction, as far as is known unasked.

        For a search that can take one row as well as its neighbour: asking about rows
        so near to the goal that rounding could decide would cost a call each.
        """
        if self.margin is None or self.margin.kind == "tree":
            return self.rows(people, made)
        read = self.read(people, made)
        return self.margin.margin(read) > self.margin.tolerance(read)

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
        read = self.read(people, made)
        if self.margin.kind == "tree":
            return self.margin.reaches(read, n_threads=self.n_threads)
        margin, tolerance = self.margin.margin(read), self.margin.tolerance(read)
        # What is not sure, NaN included, is the model's to answer.
        doubt = np.flatnonzero(~(np.abs(margin) > tolerance))
        ok = margin > 0
        ok[doubt] = self._ask(people[doubt], made[doubt])
        return ok

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
            return [
                (person, point, self._read_block(people, person, point, move))
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

    def _read_block(self, people, person, point, move):
        if np.isin(self._strange, move.columns).any():
            made = self.Z[people[person]]
            made[:, move.columns] = move.finals[point]
            return self.rows(people[person], made)
        answer = self._linear if self.margin.kind == "linear" else self._tree
        return answer(people, person, point, move)

    def _linear(self, people, person, point, move):
        margin = self.margin
        key = np.repeat(np.arange(len(move.keys)), np.diff(move.offsets))
        start = margin.contributions(move.keys, move.columns)[key]
        final = margin.contributions(move.finals, move.columns)
        still = np.isnan(move.finals) & np.isnan(move.keys[key])
        delta = np.where(still, 0.0, final - start).sum(axis=1)
        if self._present is None:
            self._present = margin.margin(self.seen), margin.tolerance(self.seen)
        value, slack = self._present
        total = value[people][person] + delta[point]
        # The constants of the model are in the slack of the person already.
        rest = np.zeros((len(move.finals), len(margin.weights)))
        rest[:, move.columns] = np.nan_to_num(
            np.fmax(np.abs(move.finals), np.abs(move.keys[key]))
        )
        slack = 4 * (slack[people][person] + margin.tolerance(rest)[point])
        ok = total > 0
        doubt = np.flatnonzero(~(np.abs(total) > slack))
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
                    self.seen[people[part]],
                    move.columns,
                    states,
                    n_threads=self.n_threads,
                )
        return ok

    def _ask(self, people, made):
        """The model's own answers; equal rows are asked about once."""
        if len(made) == 0:
            return np.zeros(0, dtype=bool)
        # Own categories make rows distinct, though they have no number in `made`.
        read = self.read(people, made)
        first, inverse = distinct_rows(np.ascontiguousarray(read))
        ok = np.empty(len(first), dtype=bool)
        for start in range(0, len(first), self.chunk_size):
            part = first[start : start + self.chunk_size]
            X = self.table.changed(people[part], made[part], self.Z, self.action_set)
            ok[start : start + self.chunk_size] = self.goal.reaches(X)
        return ok[inverse]
