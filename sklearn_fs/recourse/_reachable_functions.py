# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The search of `_reachable_fast.pyx` for links that are Python functions."""

import numpy as np

from sklearn_fs.recourse._block_program import LATTICE, LIST, REST, STATES
from sklearn_fs.recourse._constraints import OPERATORS, TOLERANCE


class FunctionSearch:
    """Depth-first search of one key; links may be functions `f(x, a) -> delta`.

    Parameters
    ----------
    program : BlockProgram
    limits : dict of str to ndarray
        From :meth:`BlockProgram.limits`.
    key : int
        Row of the limits.
    """

    def __init__(self, program, limits, key):
        self.program = program
        self.key = {name: value[key] for name, value in limits.items()}
        self.start = self.key["starts"]
        self.final = np.empty(len(self.start))
        self.person = dict(zip(program.names, self.start.tolist(), strict=True))

    def effect(self, k):
        """What the changes chosen so far do to column k, and how far bounds move."""
        p = self.program
        effect = shift = 0.0
        clips = False
        for i in range(p.link_ptr[k], p.link_ptr[k + 1]):
            source = p.link_src[i]
            delta = self.final[source] - self.start[source]
            if np.isnan(delta) or delta == 0:
                continue
            if (p.link_when[i] == 1 and delta < 0) or (
                p.link_when[i] == 2 and delta > 0
            ):
                continue
            function = p.link_functions[i]
            step = p.link_scale[i] * delta
            if function is not None:
                step = float(function(self.person, delta))
            effect += step
            shift += step if p.link_clip[i] == 1 else 0.0
            clips = clips or p.link_clip[i] == 2
        if clips:
            low, high = self.key["low"][k], self.key["high"][k]
            effect = min(max(self.start[k] + effect, low), high) - self.start[k]
        return effect, shift

    def options(self, v):
        """Values of the first column of a variable, or its states; None: rest."""
        p = self.program
        k = p.var_cols[p.var_ptr[v]]
        kind = p.var_kind[v]
        if kind == STATES:
            if self.key["frozen"][v]:
                return [None]
            allowed = self.key["allowed"][p.opt_ptr[v] : p.opt_ptr[v + 1]]
            return list(p.var_values[v][allowed.astype(bool)])
        if self.key["frozen"][v] or kind == REST:
            return [None]
        if kind == LIST:
            allowed = self.key["allowed"][p.opt_ptr[v] : p.opt_ptr[v + 1]]
            return [None, *p.var_values[v][allowed.astype(bool)]]
        assert kind == LATTICE
        effect, shift = self.effect(k)
        base = self.start[k] + effect
        low = max(self.key["low"][k] + shift - base, self.key["down"][k])
        high = min(self.key["high"][k] + shift - base, self.key["up"][k])
        steps = np.arange(
            np.ceil(low / p.step[k] - TOLERANCE),
            np.floor(high / p.step[k] + TOLERANCE) + 1,
        )
        return [None if s == 0 else np.array([base + s * p.step[k]]) for s in steps]

    def most_options(self, v):
        """The most options that a variable has, whatever has been chosen before."""
        p = self.program
        k = p.var_cols[p.var_ptr[v]]
        if p.var_kind[v] != LATTICE or self.key["frozen"][v]:
            return len(self.options(v))
        width = min(
            self.key["high"][k] - self.key["low"][k],
            self.key["up"][k] - self.key["down"][k],
        )
        return int(np.floor(width / p.step[k] + 1e-6)) + 1

    def apply(self, v, option):
        """Set a variable; the number of columns moved, or None if it is forbidden."""
        p = self.program
        cols = p.var_cols[p.var_ptr[v] : p.var_ptr[v + 1]]
        if option is not None:
            self.final[cols] = option
        moved = 0
        for k in cols:
            effect, shift = self.effect(k)
            if option is None:
                self.final[k] = self.start[k] + effect
            action = self.final[k] - self.start[k] - effect
            if option is not None and abs(action) <= TOLERANCE:
                if p.var_kind[v] == LIST:
                    return None
            elif option is not None:
                moved += 1
                if (
                    action < self.key["down"][k] - TOLERANCE
                    or action > self.key["up"][k] + TOLERANCE
                ):
                    return None
            value = self.final[k] - shift
            if (
                value < self.key["low"][k] - TOLERANCE
                or value > self.key["high"][k] + TOLERANCE
            ):
                return None
        return moved

    def rules_hold(self, v):
        """Check the rules whose last column belongs to variable v."""
        p = self.program
        for i in range(p.sum_at[v], p.sum_at[v + 1]):
            span = slice(p.sum_ptr[i], p.sum_ptr[i + 1])
            total = float(p.sum_coefs[span] @ self.final[p.sum_cols[span]])
            if total < p.sum_low[i] - TOLERANCE or total > p.sum_high[i] + TOLERANCE:
                return False
        for i in range(p.imp_at[v], p.imp_at[v + 1]):
            a, op, x, b, then, y = p.imp_rows[i]
            a, b = self.final[int(a)], self.final[int(b)]
            if not np.isnan(a) and not np.isnan(b):
                if _holds(a, op, x) and not _holds(b, then, y):
                    return False
        for i in range(p.tab_at[v], p.tab_at[v + 1]):
            cols = p.tab_cols[p.tab_col_ptr[i] : p.tab_col_ptr[i + 1]]
            states = p.state_codes(p.tables[i])
            allowed = self.key["tab_allowed"][p.tab_ptr[i] : p.tab_ptr[i + 1]]
            final = self.final[cols]
            equal = ((states == final) | np.isnan(final)).all(axis=1)
            if not (equal & allowed.astype(bool)).any():
                return False
        return True

    def single_move(self, k, change):
        """Final state after a direct change of one column, and if it is feasible."""
        p = self.program
        feasible = True
        for v in range(len(p.var_kind)):
            cols = p.var_cols[p.var_ptr[v] : p.var_ptr[v + 1]]
            for c in cols:
                effect, shift = self.effect(c)
                self.final[c] = self.start[c] + effect + (change if c == k else 0.0)
                value = self.final[c] - shift
                if (
                    value < self.key["low"][c] - TOLERANCE
                    or value > self.key["high"][c] + TOLERANCE
                ):
                    feasible = False
            feasible = feasible and self.rules_hold(v)
        return self.final.copy(), feasible

    def points(self, most, v=0, direct=0):
        """Yield (final state, columns moved) of every reachable point.

        Parameters
        ----------
        most : int
            Most columns that the person moves.
        v, direct : int
            The next variable, and columns moved so far.
        """
        for option in self.options(v):
            moved = self.apply(v, option)
            if moved is None or not self.rules_hold(v) or direct + moved > most:
                continue
            if v + 1 < len(self.program.var_kind):
                yield from self.points(most, v + 1, direct + moved)
            elif direct + moved:
                yield self.final.copy(), direct + moved


def _holds(value, operator, other):
    return {
        "==": value == other, "!=": value != other, "<=": value <= other,
        ">=": value >= other,
    }[OPERATORS[int(operator)]]  # fmt: skip


def enumerate_with_functions(program, limits, max_points, max_direct):
    """Reachable points of all keys.

    Parameters
    ----------
    program : BlockProgram
    limits : dict of str to ndarray
    max_points : int
        Keys with more are left out.
    max_direct : int
        Most columns that the person moves.

    Returns
    -------
    points, n_direct, offsets, too_many
        As from `Search.run` of the compiled search.
    """
    n_keys = len(limits["starts"])
    points, direct, offsets = [], [], [0]
    too_many = np.zeros(n_keys, dtype=bool)
    for key in range(n_keys):
        found = []
        for point in FunctionSearch(program, limits, key).points(max_direct):
            found.append(point)
            if len(found) > max_points:
                too_many[key] = True
                found = []
                break
        points += [point for point, _ in found]
        direct += [n for _, n in found]
        offsets.append(len(points))
    width = limits["starts"].shape[1]
    return (
        np.array(points).reshape(-1, width),
        np.array(direct, dtype=np.int64),
        np.array(offsets),
        too_many,
    )
