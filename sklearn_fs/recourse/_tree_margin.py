# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The margin of a model made of trees."""

import numpy as np

from sklearn_fs.recourse._goals import (
    GOAL_DTYPE,
    LINK_NONE,
    RULE_CUT,
    RULE_LARGEST,
    RULE_SHARE,
    SMALLEST,
)
from sklearn_fs.recourse._interval_walk_fast import walk_columns
from sklearn_fs.recourse._linked_walk_fast import walk_linked
from sklearn_fs.recourse._tree_bound_fast import (
    best_of_boxes,
    evaluate_rows,
    evaluate_states,
)
from sklearn_fs.recourse._tree_shape import (
    deepest,
    rank_thresholds,
    sums_are_exact,
    trees_with,
)

_NO_FLOATS = np.zeros((0, 0))
_NO_CELLS = np.zeros((0, 0), dtype=np.int32)


class TreeMargin:
    """How far a sum of trees is from the goal, along columns and over boxes.

    Parameters
    ----------
    table : TreeTable
        The model, added up as the model does it.
    n_features : int
    rule : {RULE_CUT, RULE_LARGEST, RULE_SHARE}
    cut : Cut, default=None
        For `RULE_CUT`; for `RULE_SHARE` its `cut` is the share.
    target : int, default=0
        The wanted output, where there are several.
    link : int
        What turns sums into the numbers that the model compares.
    divisor : float
        The number of trees, for the shares of a forest.
    """

    kind = "tree"

    def __init__(
        self,
        table,
        n_features,
        rule,
        *,
        cut=None,
        target=0,
        link=LINK_NONE,
        divisor=1.0,
    ):
        self.n_features = n_features
        self._table = table
        self._target = target
        self._rule = rule
        n_outputs = table.n_outputs
        vector = table.values.shape[1] > 1
        # Two outputs are one: their difference. More than two stay apart.
        n_fast = 1 if n_outputs <= 2 else n_outputs
        nodes = table.nodes
        leaves = np.flatnonzero(nodes["feature"] < 0)
        numbers = nodes["left"][leaves]
        goal = np.zeros(1, dtype=GOAL_DTYPE)
        goal["sign"] = 1.0
        goal["rule"] = rule
        goal["link"] = link
        goal["target"] = target
        goal["divisor"] = divisor
        goal["single"] = table.single
        goal["n_outputs"] = n_outputs
        goal["n_fast"] = n_fast
        if rule == RULE_CUT:
            goal["sign"], goal["cut"] = cut.sign, cut.cut
            fast = cut.sign * table.values[:, :1]
            fast_base = cut.sign * table.base
        elif n_fast == 1:
            # The first of two wins a tie.
            goal["cut"] = 0.0 if target == 0 else SMALLEST
            fast = (table.values[:, target] - table.values[:, 1 - target])[:, None]
            fast_base = table.base[target : target + 1] - table.base[1 - target]
        else:
            fast, fast_base = table.values, table.base
        if rule == RULE_SHARE:
            share = min(max(cut.cut, 1e-300), 1.0 - 2.0**-53)
            goal["cut"], goal["logit"] = cut.cut, np.log(share / (1.0 - share))
        if not vector or n_fast == 1:
            nodes["threshold"][leaves] = fast[numbers, 0]
        self._fast_base = np.ascontiguousarray(fast_base, dtype=np.float64)
        tree_of, self._uses = trees_with(table, n_features)
        exact, self._error = sums_are_exact(table, fast, tree_of, leaves, fast_base)
        goal["tolerance"] = 0.0 if exact and n_fast == 1 else self._error
        if not exact or n_fast > 1:
            goal["tolerance"] += _slack(goal[0], table.single)
        self._goal = goal
        self._cuts = rank_thresholds(nodes, n_features)
        self._depth = deepest(table)
        self.columns_used = self._uses.any(axis=0)

    def _model(self):
        table = self._table
        return (
            table.nodes,
            table.roots,
            table.outputs,
            table.values,
            table.base,
            self._goal,
        )

    def arrays(self):
        """The model and the start of the fast sums, as kernels take them."""
        return *self._model(), self._fast_base

    def asks_about(self, blocks):
        """Which trees ask about any column of some blocks.

        Parameters
        ----------
        blocks : list of ndarray of int

        Returns
        -------
        uses : ndarray of shape (n_trees, n_blocks), dtype uint8
        """
        uses = [self._uses[:, columns].any(axis=1) for columns in blocks]
        return np.ascontiguousarray(np.stack(uses, axis=1), dtype=np.uint8)

    def _rows(self, X):
        X = np.ascontiguousarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != self.n_features:
            raise ValueError(
                f"X has shape {X.shape}; the model was read with "
                f"{self.n_features} columns."
            )
        return X

    def _evaluate(self, X, n_threads):
        X = self._rows(X)
        sums = np.zeros((len(X), self._table.n_outputs))
        hits = np.zeros(len(X), dtype=np.uint8)
        if len(X):
            evaluate_rows(*self._model(), X, sums, hits, n_threads)
        return sums, hits.astype(bool)

    def reaches(self, X, *, n_threads=1):
        """Whether the prediction of each row is in the target set.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        n_threads : int, default=1

        Returns
        -------
        reaches : ndarray of shape (n_rows,), dtype bool
            The answer of the model itself, to the last bit.
        """
        return self._evaluate(X, n_threads)[1]

    def margin(self, X, *, n_threads=1):
        """How far each row is above the goal; reached where it is at least 0.

        In units of the sums over trees: log odds for boosting, the number of trees
        times a share for a forest. With several outputs: the target's sum less the
        largest other one.
        """
        sums, hits = self._evaluate(X, n_threads)
        goal = self._goal[0]
        if self._rule == RULE_CUT:
            return goal["sign"] * sums[:, 0] - goal["cut"]
        own = sums[:, self._target]
        others = np.delete(sums, self._target, axis=1)
        if self._rule == RULE_LARGEST:
            margin = own - others.max(axis=1)
        else:
            largest = others.max(axis=1)
            rest = np.log(np.exp(others - largest[:, None]).sum(axis=1))
            margin = own - largest - rest - goal["logit"]
        # Ties and the rounding of a softmax are the model's to decide.
        margin = np.where(hits & (margin < 0), 0.0, margin)
        return np.where(~hits & (margin >= 0), -SMALLEST, margin)

    def table_success(self, X, columns, states, *, n_threads=1):
        """Answers for rows whose block of columns is put into given states.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        columns : array-like of shape (n_columns,)
        states : ndarray of shape (n_states, n_columns) or (n_rows, n_states, n_columns)
            Values of these columns; shared by all rows, or one list a row.
        n_threads : int, default=1

        Returns
        -------
        success : ndarray of shape (n_rows, n_states), dtype bool

        Notes
        -----
        Only trees which ask about the block are walked once a state.
        """
        X = self._rows(X)
        columns = np.ascontiguousarray(columns, dtype=np.int32)
        states = np.ascontiguousarray(states, dtype=np.float64)
        if states.ndim == 2:
            states = states[None]
        hits = np.zeros((len(X), states.shape[1]), dtype=np.uint8)
        if hits.size:
            moves = self._uses[:, columns].any(axis=1).astype(np.uint8)
            evaluate_states(
                *self.arrays(),
                X,
                columns,
                states,
                moves,
                hits,
                n_threads,
            )
        return hits.view(bool)

    def cuts(self, column):
        """Sorted thresholds of a column; a cut belongs to the cell below it."""
        return self._cuts[column]

    def _walk(self, X, columns, n_threads, *, bounds=None, candidates=None):
        """Run the kernel for columns; all of them share one walk of the trees."""
        columns = np.ascontiguousarray(columns, dtype=np.int32)
        n_rows, n_slots = len(X), len(columns)
        slot_of = np.full(self.n_features, -1, dtype=np.int32)
        slot_of[columns] = np.arange(n_slots)
        cuts = [self._cuts[c] for c in columns]
        # One place for the cell above the last cut, one for the end of the steps.
        padded = [np.append(c, [np.inf, np.inf]) for c in cuts]
        offsets = np.cumsum([0] + [len(p) for p in padded]).astype(np.intp)
        first = np.empty((n_rows, n_slots), dtype=np.int32)
        last = np.empty((n_rows, n_slots), dtype=np.int32)
        shares, hits = _NO_FLOATS, np.zeros((0, 0), dtype=np.uint8)
        lower = upper = values = _NO_FLOATS
        cells = _NO_CELLS
        starts = np.zeros(n_slots + 1, dtype=np.intp)
        if bounds is not None:
            lower, upper = bounds
            for s in range(n_slots):
                first[:, s] = np.searchsorted(cuts[s], lower[:, s])
                last[:, s] = np.searchsorted(cuts[s], upper[:, s])
            shares = np.zeros((n_rows, n_slots))
        else:
            starts[1:] = np.cumsum([c.shape[1] for c in candidates])
            values = np.ascontiguousarray(np.concatenate(candidates, axis=1))
            cells = np.empty(values.shape, dtype=np.int32)
            for s in range(n_slots):
                here = slice(starts[s], starts[s + 1])
                cells[:, here] = np.searchsorted(cuts[s], values[:, here])
                if starts[s + 1] > starts[s]:
                    first[:, s] = cells[:, here].min(axis=1)
                    last[:, s] = cells[:, here].max(axis=1)
                else:
                    first[:, s], last[:, s] = 0, -1
            hits = np.zeros((n_rows, values.shape[1]), dtype=np.uint8)
        moves = self._uses[:, columns].any(axis=1).astype(np.uint8)
        walk_columns(
            *self.arrays(),
            X,
            columns,
            slot_of,
            moves,
            offsets,
            np.concatenate(padded),
            first,
            last,
            lower,
            upper,
            values,
            cells,
            starts,
            shares,
            hits,
            self._depth,
            n_threads,
        )
        return shares if bounds is not None else hits.view(bool)

    def grid_success(self, X, column, candidates, *, n_threads=1):
        """Answers for rows with candidate values put into one column.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        column : int
        candidates : ndarray of shape (n_candidates,) or (n_rows, n_candidates)
            Shared by all rows, or one list a row; NaN is a missing value.
        n_threads : int, default=1

        Returns
        -------
        success : ndarray of shape (n_rows, n_candidates), dtype bool
        """
        X = self._rows(X)
        candidates = np.atleast_2d(np.asarray(candidates, dtype=np.float64))
        n_candidates = candidates.shape[1]
        if not len(X) or not n_candidates:
            return np.zeros((len(X), n_candidates), dtype=bool)
        missing = np.isnan(candidates)
        if not missing.any():
            return self._walk(X, [column], n_threads, candidates=[candidates])
        # A missing value is in no cell: it is one state of the column.
        numbers = np.where(missing, 0.0, candidates)
        hits = self._walk(X, [column], n_threads, candidates=[numbers])
        unknown = self.table_success(X, [column], [[np.nan]], n_threads=n_threads)
        return np.where(missing, unknown, hits)

    def grid_success_many(self, X, columns, candidates, *, n_threads=1):
        """`grid_success` for several columns, each moved alone, in one walk.

        `candidates` is a list with one array a column, all without missing values
        and all of them shared (1 row) or all of them one list a row.
        """
        X = self._rows(X)
        lists = [np.atleast_2d(np.asarray(c, dtype=np.float64)) for c in candidates]
        if not len(X) or not len(lists):
            return [np.zeros((len(X), c.shape[1]), dtype=bool) for c in lists]
        hits = self._walk(X, columns, n_threads, candidates=lists)
        ends = np.cumsum([c.shape[1] for c in lists])[:-1]
        return np.split(hits, ends, axis=1)

    def interval_success(self, X, column, lower, upper, effects=None, *, n_threads=1):
        """Share of an interval of one column in which the goal is reached.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        column : int
        lower, upper : array-like of shape (n_rows,)
        effects : dict, default=None
            Other columns which move with this one: number -> change a unit of it.
        n_threads : int, default=1

        Returns
        -------
        share : ndarray of shape (n_rows,)
            0 where `lower` equals `upper`.
        """
        X = self._rows(X)
        lower = np.broadcast_to(np.asarray(lower, dtype=np.float64), len(X))
        upper = np.broadcast_to(np.asarray(upper, dtype=np.float64), len(X))
        if effects and any(effects.values()):
            return self._walk_linked(X, column, lower, upper, effects, n_threads)
        return self.interval_success_many(
            X, [column], lower[:, None], upper[:, None], n_threads=n_threads
        )[:, 0]

    def _walk_linked(self, X, column, lower, upper, effects, n_threads):
        """Several columns move together along one line."""
        slopes = np.zeros(self.n_features)
        for other, slope in effects.items():
            slopes[other] = slope
        slopes[column] = 1.0
        shares = np.zeros(len(X))
        if len(X):
            moves = self._uses[:, slopes != 0].any(axis=1).astype(np.uint8)
            walk_linked(
                *self.arrays(), X, int(column), slopes, moves,
                np.ascontiguousarray(lower), np.ascontiguousarray(upper), shares,
                self._depth, n_threads,
            )  # fmt: skip
        return shares

    def interval_success_many(self, X, columns, lower, upper, *, n_threads=1):
        """`interval_success` for several columns, each moved alone, in one walk.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        columns : array-like of shape (n_columns,)
        lower, upper : ndarray of shape (n_rows, n_columns)
        n_threads : int, default=1

        Returns
        -------
        share : ndarray of shape (n_rows, n_columns)
        """
        X = self._rows(X)
        bounds = tuple(
            np.ascontiguousarray(b, dtype=np.float64) for b in (lower, upper)
        )
        if not len(X) or not len(columns):
            return np.zeros((len(X), len(columns)))
        return self._walk(X, columns, n_threads, bounds=bounds)

    def steps(self, x, column, lower, upper, effects=None):
        """The margin of one row as a function of one column.

        Parameters
        ----------
        x : ndarray of shape (n_features,)
        column : int
        lower, upper : float
        effects : dict, default=None
            As in `interval_success`.

        Returns
        -------
        cuts : ndarray of shape (n_cuts,)
            Ascending, inside (lower, upper); a cut belongs to the step below it.
        margins : ndarray of shape (n_cuts + 1,)
        """
        x = np.asarray(x, dtype=np.float64)
        slopes = {
            int(column): 1.0,
            **{int(k): float(s) for k, s in (effects or {}).items()},
        }
        cuts = []
        for k, slope in slopes.items():
            if slope and not np.isnan(x[k]):
                start = 0.0 if k == column else x[k]
                shift = 0.0 if k == column else x[column]
                cuts.append(shift + (self._cuts[k] - start) / slope)
            elif k == column:
                cuts.append(self._cuts[k])
        cuts = np.unique(np.concatenate(cuts))
        cuts = cuts[(cuts >= lower) & (cuts < upper)]
        ends = np.append(cuts, upper)
        # Without effects the right end belongs to its step; with them cuts are
        # rounded, so that only the middle is safe.
        starts = np.insert(cuts, 0, lower)
        z = ends if not effects else starts + (ends - starts) / 2.0
        rows = np.repeat(x[None], len(z), axis=0)
        rows[:, column] = z
        for k, slope in slopes.items():
            if k != column:
                rows[:, k] = x[k] + slope * (z - x[column])
        margins = self.margin(rows)
        keep = np.flatnonzero(margins[1:] != margins[:-1])
        return cuts[keep], margins[np.append(keep, len(margins) - 1)]

    def parts_along(self, x, column, lower, upper, effects=None):
        """`steps` with both ends of the interval, as `LinearMargin` gives its parts."""
        cuts, margins = self.steps(x, column, lower, upper, effects)
        return np.concatenate([[lower], cuts, [upper]]), margins, 0.0

    def best_case(self, X, lows, highs, *, n_threads=1):
        """Upper bound of the margin when every column takes any value of its own.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
            Only its missing values are read: where the bounds of a cell are NaN the
            value stays missing; where they are not it may stay missing, of which
            there is no bound.
        lows, highs : ndarray of shape (n_rows, n_features)
        n_threads : int, default=1

        Returns
        -------
        bound : ndarray of shape (n_rows,)
            Below 0 proves that no row of the box reaches the goal, the rounding of
            the model's sums included.
        """
        lows, highs = self._rows(lows), self._rows(highs)
        goal = self._goal[0]
        bounds = np.zeros((len(lows), goal["n_fast"]))
        if len(lows):
            best_of_boxes(*self.arrays(), lows, highs, bounds, n_threads)
        if goal["n_fast"] > 1:
            others = np.delete(bounds, self._target, axis=1)
            best = others.min(axis=1)
            if self._rule == RULE_SHARE:
                best = -np.log(np.exp(-others).sum(axis=1)) - goal["logit"]
        else:
            best = bounds[:, 0] - goal["cut"]
        best = best + goal["tolerance"]
        open_ = (np.isnan(X) & ~np.isnan(lows) & self.columns_used).any(axis=1)
        return np.where(open_, np.inf, best)


def _slack(goal, single):
    """What the rounding after the sums can turn, in units of the sums."""
    unit = 2.0**-24 if single else 2.0**-53
    if goal["rule"] == RULE_SHARE:
        share = min(max(float(goal["cut"]), unit), 1.0 - unit)
        return 64.0 * unit / (share * (1.0 - share))
    return 16.0 * unit if goal["rule"] == RULE_LARGEST else 0.0
