# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The margin of a linear model, in closed form."""

import numpy as np

# Rows times states that are in memory at once.
_CHUNK = 1_000_000


class LinearMargin:
    """How far a linear model is from the goal.

    The goal is reached where every row of `weights @ x + offset` is at least 0: one
    row for two classes, one a rival class where there are more.

    Parameters
    ----------
    weights : ndarray of shape (n_rules, n_features)
    offset : ndarray of shape (n_rules,)
    ask : callable
        From rows to whether the model itself says that they reach the goal; asked
        where the rounding of a sum could turn the answer.
    unit : float, default=2**-53
        Rounding of the arithmetic of the model.
    fill_missing : bool, default=False
        Whether a missing value adds nothing (else the model refuses it).
    """

    kind = "linear"

    def __init__(self, weights, offset, ask, *, unit=2.0**-53, fill_missing=False):
        self._weights = np.ascontiguousarray(weights, dtype=np.float64)
        self._offset = np.asarray(offset, dtype=np.float64)
        self._ask = ask
        self._fill_missing = fill_missing
        self.n_features = self._weights.shape[1]
        self._unit = 8.0 * (self.n_features + 8) * unit
        self.columns_used = (self._weights != 0).any(axis=0)

    def _rows(self, X):
        X = np.ascontiguousarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != self.n_features:
            raise ValueError(
                f"X has shape {X.shape}; the model was read with "
                f"{self.n_features} columns."
            )
        return np.nan_to_num(X, nan=0.0) if self._fill_missing else X

    def _sums(self, X):
        """Rules and how far their rounding can reach, each (n_rows, n_rules)."""
        # Products one by one, not a BLAS call: the sums of a row must not depend on
        # which other rows are there.
        sums = np.empty((len(X), len(self._offset)))
        error = np.empty_like(sums)
        absolute = np.abs(X)
        for r, (w, b) in enumerate(zip(self._weights, self._offset, strict=True)):
            sums[:, r] = np.einsum("ij,j->i", X, w) + b
            error[:, r] = np.einsum("ij,j->i", absolute, np.abs(w)) + abs(b)
        return sums, self._unit * error

    def margin(self, X, *, n_threads=1):
        """How far each row is above the goal; reached where it is at least 0.

        In units of the model's decision function.
        """
        sums, error = self._sums(self._rows(X))
        margin = sums.min(axis=1)
        close = np.flatnonzero(np.abs(margin) <= error.max(axis=1))
        if len(close):
            hits = self._ask(np.asarray(X, dtype=np.float64)[close])
            m = margin[close]
            m = np.where(hits & (m < 0), 0.0, m)
            margin[close] = np.where(~hits & (m >= 0), -np.nextafter(0.0, 1.0), m)
        return margin

    def reaches(self, X, *, n_threads=1):
        """Whether the prediction of each row is in the target set, as bool."""
        return self.margin(X) >= 0

    def table_success(self, X, columns, states, *, n_threads=1):
        """Answers for rows whose block of columns is put into given states.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        columns : array-like of shape (n_columns,)
        states : ndarray of shape (n_states, n_columns) or (n_rows, n_states, n_columns)
        n_threads : int
            Ignored: one product is enough.

        Returns
        -------
        success : ndarray of shape (n_rows, n_states), dtype bool
        """
        raw = np.ascontiguousarray(X, dtype=np.float64)
        X = self._rows(X)
        columns = np.asarray(columns, dtype=np.intp)
        states = np.asarray(states, dtype=np.float64)
        if self._fill_missing:
            states = np.nan_to_num(states, nan=0.0)
        n_states = states.shape[-2]
        out = np.empty((len(X), n_states), dtype=bool)
        step = max(1, _CHUNK // max(1, n_states))
        for start in range(0, len(X), step):
            rows = slice(start, start + step)
            here = states if states.ndim == 2 else states[rows]
            out[rows] = self._table(raw[rows], X[rows], columns, here)
        return out

    def _table(self, raw, X, columns, states):
        rest = X.copy()
        rest[:, columns] = 0.0
        base, error = self._sums(rest)
        success = close = None
        for r, w in enumerate(self._weights[:, columns]):
            moved = np.einsum("...k,k->...", states, w)
            spread = np.einsum("...k,k->...", np.abs(states), np.abs(w))
            margin = base[:, r, None] + moved
            doubt = np.abs(margin) <= error[:, r, None] + 2.0 * self._unit * spread
            hit = margin >= 0
            success = hit if success is None else success & hit
            close = doubt if close is None else close | doubt
        i, s = np.nonzero(close)
        if len(i):
            rows = raw[i]
            rows[:, columns] = states[s] if states.ndim == 2 else states[i, s]
            success[i, s] = self._ask(rows)
        return success

    def grid_success(self, X, column, candidates, *, n_threads=1):
        """Answers for rows with candidate values put into one column.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        column : int
        candidates : ndarray of shape (n_candidates,) or (n_rows, n_candidates)

        Returns
        -------
        success : ndarray of shape (n_rows, n_candidates), dtype bool
        """
        states = np.asarray(candidates, dtype=np.float64)[..., None]
        return self.table_success(X, [column], states)

    def grid_success_many(self, X, columns, candidates, *, n_threads=1):
        """`grid_success` for several columns, each moved alone."""
        return [
            self.grid_success(X, column, c)
            for column, c in zip(columns, candidates, strict=True)
        ]

    def near_goal(self, X):
        """Rows of which every other one is moved to just beside the goal."""
        X = X.copy()
        sums, _ = self._sums(X)
        size = np.maximum((self._weights**2).sum(axis=1), 1e-300)
        rule = sums.argmin(axis=1)
        away = (sums[np.arange(len(X)), rule] / size[rule]) * np.where(
            np.arange(len(X)) % 4 < 2, 0.999, 1.001
        )
        moved = X - away[:, None] * self._weights[rule]
        return np.where(np.arange(len(X))[:, None] % 2, moved, X)

    def _slopes(self, column, effects):
        slopes = self._weights[:, column].copy()
        for other, slope in (effects or {}).items():
            slopes += slope * self._weights[:, other]
        return slopes

    def _half_line(self, X, column, lower, upper, effects):
        """Ends of the part of [lower, upper] in which every rule holds."""
        sums, _ = self._sums(X)
        start = X[:, column]
        first = np.array(lower, dtype=np.float64)
        last = np.array(upper, dtype=np.float64)
        for r, slope in enumerate(self._slopes(column, effects)):
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                root = start - sums[:, r] / slope
            if slope > 0:
                first = np.maximum(first, root)
            elif slope < 0:
                last = np.minimum(last, root)
            else:
                first = np.where(sums[:, r] >= 0, first, np.inf)
        return first, last

    def interval_success(self, X, column, lower, upper, effects=None, *, n_threads=1):
        """Share of an interval of one column in which the goal is reached.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        column : int
        lower, upper : array-like of shape (n_rows,)
        effects : dict, default=None
            Other columns which move with this one: number -> change a unit of it.

        Returns
        -------
        share : ndarray of shape (n_rows,)
        """
        X = self._rows(X)
        lower = np.broadcast_to(np.asarray(lower, dtype=np.float64), len(X))
        upper = np.broadcast_to(np.asarray(upper, dtype=np.float64), len(X))
        first, last = self._half_line(X, column, lower, upper, effects)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (last - first) / (upper - lower)
        return np.where((upper > lower) & (last > first), share, 0.0)

    def interval_success_many(self, X, columns, lower, upper, *, n_threads=1):
        """`interval_success` for several columns, each moved alone."""
        shares = [
            self.interval_success(X, column, lower[:, s], upper[:, s])
            for s, column in enumerate(columns)
        ]
        return np.stack(shares, axis=1) if shares else np.zeros((len(X), 0))

    def steps(self, x, column, lower, upper, effects=None):
        """Where the answer of one row turns along a column.

        Returns
        -------
        cuts : ndarray of shape (n_cuts,)
            Ends of the part in which the goal is reached, inside (lower, upper).
        margins : ndarray of shape (n_cuts + 1,)
            The margin in the middle of each part.
        """
        X = self._rows(np.asarray(x, dtype=np.float64)[None])
        first, last = self._half_line(X, column, [lower], [upper], effects)
        cuts = []
        if last[0] > first[0]:
            cuts = [c for c in (first[0], last[0]) if lower < c < upper]
        ends = np.concatenate([[lower], cuts, [upper]])
        z = (ends[:-1] + ends[1:]) / 2.0
        rows = np.repeat(X, len(z), axis=0)
        rows[:, column] = z
        for other, slope in (effects or {}).items():
            rows[:, other] = X[0, other] + slope * (z - X[0, column])
        return np.asarray(cuts, dtype=np.float64), self.margin(rows)

    def best_case(self, X, lows, highs, *, n_threads=1):
        """Upper bound of the margin when every column takes any value of its own.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)
        lows, highs : ndarray of shape (n_rows, n_features)

        Returns
        -------
        bound : ndarray of shape (n_rows,)
            Below 0 proves that no row of the box reaches the goal, rounding
            included.
        """
        lows, highs = self._rows(lows), self._rows(highs)
        size = np.maximum(np.abs(lows), np.abs(highs))
        bounds = []
        for w, b in zip(self._weights, self._offset, strict=True):
            # A column without weight adds nothing, even where it is unbounded.
            used = w != 0
            best = np.maximum(lows[:, used] * w[used], highs[:, used] * w[used])
            spread = (size[:, used] * np.abs(w[used])).sum(axis=1) + abs(b)
            bounds.append(best.sum(axis=1) + b + 2.0 * self._unit * spread)
        return np.min(bounds, axis=0)
