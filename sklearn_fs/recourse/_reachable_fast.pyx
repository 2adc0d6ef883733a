# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reachable points of a block of columns, key by key, by depth-first search.

One level of the search is one variable (a column, or a group of columns that move as
one). A branch is cut as soon as a bound, a step or a completed rule forbids it.
"""

import numpy as np

from libc.math cimport ceil, fabs, floor, isnan

from sklearn_fs._utils._typedefs cimport float64_t, int64_t, intp_t, uint8_t

cdef float64_t TOLERANCE = 1e-9


cdef inline bint compare(float64_t value, intp_t operator, float64_t other) noexcept:
    """Operators in the order of OPERATORS in _constraints.py."""
    if operator == 0:
        return value == other
    if operator == 1:
        return value != other
    return value <= other if operator == 2 else value >= other


cdef class Search:
    """The program of a block as typed arrays, and the state of one search."""

    def __init__(self, program, limits):
        for_keys = limits
        self.var_ptr, self.var_cols = program.var_ptr, program.var_cols
        self.var_kind, self.step = program.var_kind, program.step
        self.opt_ptr, self.val_ptr = program.opt_ptr, program.val_ptr
        self.opt_values = program.opt_values
        self.link_ptr, self.link_src = program.link_ptr, program.link_src
        self.link_when, self.link_clip = program.link_when, program.link_clip
        self.link_scale = program.link_scale
        self.sum_at, self.sum_ptr = program.sum_at, program.sum_ptr
        self.sum_cols, self.sum_coefs = program.sum_cols, program.sum_coefs
        self.sum_low, self.sum_high = program.sum_low, program.sum_high
        self.imp_at, self.imp_rows = program.imp_at, program.imp_rows
        self.tab_at, self.tab_ptr = program.tab_at, program.tab_ptr
        self.tab_col_ptr, self.tab_cols = program.tab_col_ptr, program.tab_cols
        self.tab_val_ptr, self.tab_values = program.tab_val_ptr, program.tab_values
        self.starts, self.low, self.high = (
            for_keys["starts"], for_keys["low"], for_keys["high"])
        self.down, self.up = for_keys["down"], for_keys["up"]
        self.allowed, self.frozen = for_keys["allowed"], for_keys["frozen"]
        self.tab_allowed = for_keys["tab_allowed"]
        self.n_vars = self.var_kind.shape[0]
        self.n_cols = self.starts.shape[1]
        self.final = np.empty(self.n_cols)
        self.effect = np.empty(self.n_cols)
        self.shift = np.empty(self.n_cols)
        self.option = np.empty(self.n_vars, dtype=np.intp)
        self.last_option = np.empty(self.n_vars, dtype=np.intp)
        self.direct = np.zeros(self.n_vars + 1, dtype=np.intp)

    cdef void set_effect(self, intp_t k) noexcept:
        """What the changes of other columns, already chosen, do to column k."""
        cdef:
            intp_t i
            float64_t delta, effect = 0.0, shift = 0.0, start = self.starts[self.key, k]
            bint clips = False
        for i in range(self.link_ptr[k], self.link_ptr[k + 1]):
            delta = (self.final[self.link_src[i]]
                     - self.starts[self.key, self.link_src[i]])
            if isnan(delta) or (self.link_when[i] == 1 and delta <= 0) or (
                    self.link_when[i] == 2 and delta >= 0):
                continue
            effect += self.link_scale[i] * delta
            if self.link_clip[i] == 1:
                shift += self.link_scale[i] * delta
            clips = clips or self.link_clip[i] == 2
        if clips:
            effect = min(max(start + effect, self.low[self.key, k]),
                         self.high[self.key, k]) - start
        self.effect[k] = effect
        self.shift[k] = shift

    cdef bint within(self, intp_t k) noexcept:
        """Whether the final value of column k keeps its bounds."""
        cdef float64_t value = self.final[k] - self.shift[k]
        return not (value < self.low[self.key, k] - TOLERANCE
                    or value > self.high[self.key, k] + TOLERANCE)

    cdef void enter(self, intp_t v) noexcept:
        """Reset the options of a variable; -1 is to do nothing."""
        cdef:
            intp_t k = self.var_cols[self.var_ptr[v]], kind = self.var_kind[v]
            float64_t base, low, high
        self.option[v] = -2
        self.last_option[v] = -1
        if kind == STATES:
            if not self.frozen[self.key, v]:
                self.option[v] = -1  # a group is in a valid state, or cannot be
                self.last_option[v] = self.opt_ptr[v + 1] - self.opt_ptr[v] - 1
            return
        self.set_effect(k)
        if self.frozen[self.key, v] or kind == REST:
            return
        if kind == LIST:
            self.last_option[v] = self.opt_ptr[v + 1] - self.opt_ptr[v] - 1
            return
        base = self.starts[self.key, k] + self.effect[k]
        low = max((self.low[self.key, k] + self.shift[k] - base), self.down[self.key, k])
        high = min((self.high[self.key, k] + self.shift[k] - base), self.up[self.key, k])
        # Options of a grid are multiples of the step; 0 is to do nothing.
        self.option[v] = <intp_t> ceil(low / self.step[k] - TOLERANCE) - 1
        self.last_option[v] = <intp_t> floor(high / self.step[k] + TOLERANCE)

    cdef bint apply(self, intp_t v, intp_t o) noexcept:
        """Set the columns of variable v to option o; False if that is forbidden."""
        cdef:
            intp_t first = self.var_ptr[v], m = self.var_ptr[v + 1] - first
            intp_t k = self.var_cols[first], i, moved = 0, kind = self.var_kind[v]
            float64_t base, action
        if kind == STATES:
            if o < 0:
                for i in range(m):
                    k = self.var_cols[first + i]
                    self.set_effect(k)
                    self.final[k] = self.starts[self.key, k] + self.effect[k]
                    if not self.within(k):
                        return False
                self.direct[v + 1] = self.direct[v]
                return True
            if not self.allowed[self.key, self.opt_ptr[v] + o]:
                return False
            for i in range(m):
                self.final[self.var_cols[first + i]] = self.opt_values[
                    self.val_ptr[v] + o * m + i]
            for i in range(m):
                k = self.var_cols[first + i]
                self.set_effect(k)
                action = self.final[k] - self.starts[self.key, k] - self.effect[k]
                if fabs(action) > TOLERANCE:
                    moved += 1
                    if (action < self.down[self.key, k] - TOLERANCE
                            or action > self.up[self.key, k] + TOLERANCE):
                        return False
                if not self.within(k):
                    return False
            self.direct[v + 1] = self.direct[v] + moved
            return True
        base = self.starts[self.key, k] + self.effect[k]
        self.final[k] = base
        if kind == LATTICE:
            if o != 0 and not self.frozen[self.key, v]:
                self.final[k] = base + o * self.step[k]
                moved = 1
        elif o >= 0:
            if not self.allowed[self.key, self.opt_ptr[v] + o]:
                return False
            self.final[k] = self.opt_values[self.val_ptr[v] + o]
            action = self.final[k] - base
            if fabs(action) <= TOLERANCE:
                return False  # the same as to do nothing
            if (action < self.down[self.key, k] - TOLERANCE
                    or action > self.up[self.key, k] + TOLERANCE):
                return False
            moved = 1
        self.direct[v + 1] = self.direct[v] + moved
        return self.within(k)

    cdef bint rules_hold(self, intp_t v) noexcept:
        """Check the rules whose last column belongs to variable v."""
        cdef:
            intp_t i, j, c, m
            float64_t total, value
            bint found, equal
        for i in range(self.sum_at[v], self.sum_at[v + 1]):
            total = 0.0
            for j in range(self.sum_ptr[i], self.sum_ptr[i + 1]):
                total += self.sum_coefs[j] * self.final[self.sum_cols[j]]
            if total < self.sum_low[i] - TOLERANCE or total > self.sum_high[i] + TOLERANCE:
                return False
        for i in range(self.imp_at[v], self.imp_at[v + 1]):
            value = self.final[<intp_t> self.imp_rows[i, 0]]
            total = self.final[<intp_t> self.imp_rows[i, 3]]
            if isnan(value) or isnan(total):
                continue
            if compare(value, <intp_t> self.imp_rows[i, 1], self.imp_rows[i, 2]) and (
                    not compare(total, <intp_t> self.imp_rows[i, 4], self.imp_rows[i, 5])):
                return False
        for i in range(self.tab_at[v], self.tab_at[v + 1]):
            m = self.tab_col_ptr[i + 1] - self.tab_col_ptr[i]
            found = False
            for j in range(self.tab_ptr[i + 1] - self.tab_ptr[i]):
                if not self.tab_allowed[self.key, self.tab_ptr[i] + j]:
                    continue
                equal = True
                for c in range(m):
                    value = self.final[self.tab_cols[self.tab_col_ptr[i] + c]]
                    if not isnan(value) and value != self.tab_values[
                            self.tab_val_ptr[i] + j * m + c]:
                        equal = False
                        break
                if equal:
                    found = True
                    break
            if not found:
                return False
        return True

    def run(self, intp_t max_points, intp_t max_nodes, intp_t max_direct):
        """Enumerate all keys, with at most `max_direct` columns moved directly.

        Returns
        -------
        points : ndarray of shape (n_points, n_columns), final values
        n_direct : ndarray of shape (n_points,), columns that the person moves
        offsets : ndarray of shape (n_keys + 1,)
        too_many : ndarray of shape (n_keys,), keys left out
        """
        cdef:
            intp_t n_keys = self.starts.shape[0], used = 0, begin, v, k, nodes
            intp_t capacity = max(64, 16 * n_keys)
            float64_t[:, ::1] points = np.empty((capacity, self.n_cols))
            int64_t[::1] n_direct = np.empty(capacity, dtype=np.int64)
            intp_t[::1] offsets = np.zeros(n_keys + 1, dtype=np.intp)
            uint8_t[::1] too_many = np.zeros(n_keys, dtype=np.uint8)
        for self.key in range(n_keys):
            begin, nodes, v = used, 0, 0
            self.enter(0)
            while v >= 0:
                self.option[v] += 1
                if self.option[v] > self.last_option[v]:
                    v -= 1
                    continue
                nodes += 1
                if nodes > max_nodes or used - begin > max_points:
                    too_many[self.key] = 1
                    used = begin
                    break
                if not self.apply(v, self.option[v]) or not self.rules_hold(v):
                    continue
                if self.direct[v + 1] > max_direct:
                    continue
                if v + 1 < self.n_vars:
                    v += 1
                    self.enter(v)
                    continue
                if self.direct[v + 1] == 0:
                    continue
                if used == capacity:
                    capacity *= 2
                    points = np.concatenate([points, np.empty_like(points)])
                    n_direct = np.concatenate([n_direct, np.empty_like(n_direct)])
                for k in range(self.n_cols):
                    points[used, k] = self.final[k]
                n_direct[used] = self.direct[v + 1]
                used += 1
            offsets[self.key + 1] = used
        return (
            np.asarray(points)[:used].copy(),
            np.asarray(n_direct)[:used].copy(),
            np.asarray(offsets),
            np.asarray(too_many).astype(bool),
        )
