# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A block of columns in the form in which its reachable points are enumerated.

Variables are what moves: a single column, or all columns of a one-hot group, a
thermometer or a table as one. They are ordered so that links point forward. Of each
key (the values of one or more people in the block) only limits and masks differ.
"""

import numpy as np

from sklearn_fs.recourse._constraints import OPERATORS, Group, IfThen, Link
from sklearn_fs.recourse._graph import sources_first

# Kinds of variables.
REST, LATTICE, LIST, STATES = range(4)
_WHEN = {"any": 0, "increase": 1, "decrease": 2}
_CLIP = {"reject": 0, "widen": 1, "clip": 2}


class BlockProgram:
    """Everything about a block that does not depend on a person.

    Parameters
    ----------
    action_set : ActionSet
    names : list of str
        Columns of the block, in the order of the data.

    Attributes
    ----------
    columns : ndarray of int
        Their positions in the data.
    continua : list of int
        Positions within the block of actionable columns without a grid.
    """

    def __init__(self, action_set, names):
        order = action_set.feature_names
        self.names = list(names)
        self.columns = np.array([order.index(name) for name in names], dtype=np.intp)
        self.features = [action_set[name] for name in names]
        self.position = {name: k for k, name in enumerate(names)}
        constraints = [
            c
            for c in action_set.constraints
            if not isinstance(c, Group) and set(c.columns) <= set(names)
        ]
        self.links = [c for c in constraints if isinstance(c, Link)]
        self.rules = [c for c in constraints if not isinstance(c, Link)]
        self.actionable = np.array([f.actionable for f in self.features])
        self.continua = [
            k for k, f in enumerate(self.features) if f.actionable and f.is_continuum
        ]
        self._set_variables()
        self._set_links()
        self._set_sums()
        self._set_implications()

    # Compilation

    def _set_variables(self):
        groups, self.tables = self._groups_and_tables()
        order = self._ordered(groups)
        if order is None:
            # Links run back and forth between two groups: every column on its own.
            self.tables = [rule for rule in self.rules if rule._states() is not None]
            order = self._ordered([])
        self.groups = {v: rule for v, (_, rule) in enumerate(order) if rule}
        members = [cols for cols, _ in order]
        self.var_ptr = _pointers(members)
        self.var_cols = _flat(members)
        self.var_of = np.empty(len(self.names), dtype=np.intp)
        for v, cols in enumerate(members):
            self.var_of[cols] = v
        kinds, values = [], []
        self.step = np.ones(len(self.names))
        for v, (cols, rule) in enumerate(order):
            feature = self.features[cols[0]]
            if rule is not None:
                kinds.append(STATES)
                values.append(self.state_codes(rule))
                continue
            listed = self._listed(feature)
            if not feature.actionable or (listed is None and feature.grid is None):
                kinds.append(REST)
                values.append(np.empty((0, 1)))
            elif listed is not None:
                kinds.append(LIST)
                values.append(listed[:, None])
            else:
                kinds.append(LATTICE)
                self.step[cols[0]] = feature.grid
                values.append(np.empty((0, 1)))
                if feature.bounds is None:
                    raise ValueError(
                        f"column {feature.name!r} is actionable and has no bounds; set "
                        "bounds=(lowest, highest) or values."
                    )
        self.var_kind = np.array(kinds, dtype=np.intp)
        self.var_values = values
        self.opt_ptr = _pointers(values)
        self.val_ptr = _pointers([v.ravel() for v in values])
        self.opt_values = np.concatenate([v.ravel() for v in values]).astype(float)

    def _listed(self, feature):
        """Values of a single column that are reached one by one, or None."""
        if feature.codes is not None:
            return feature.codes
        if not feature.is_continuum:
            return None
        # A continuum moves on its own; but a rule such as "without an account the
        # balance is 0" names values which other columns may force it to.
        named = [
            float(part[2])
            for rule in self.rules
            if isinstance(rule, IfThen)
            for part in (rule.when, rule.then)
            if part[0] == feature.name
        ]
        return np.unique(named) if named else None

    def _groups_and_tables(self):
        """Rules whose columns move as one, and rules that only check."""
        taken, groups, tables = set(), [], []
        for rule in self.rules:
            if rule._states() is None:
                continue
            if taken & set(rule.columns):
                tables.append(rule)
                continue
            taken |= set(rule.columns)
            groups.append(rule)
        return groups, tables

    def _ordered(self, groups):
        variables = [([self.position[n] for n in g.columns], g) for g in groups]
        grouped = {k for cols, _ in variables for k in cols}
        variables += [([k], None) for k in range(len(self.names)) if k not in grouped]
        variables.sort(key=lambda variable: min(variable[0]))
        of = {k: v for v, (cols, _) in enumerate(variables) for k in cols}
        edges = {
            (of[self.position[link.source]], of[self.position[target]])
            for link in self.links
            for target in link.targets
        }
        order = sources_first(
            list(range(len(variables))), {(i, j) for i, j in edges if i != j}
        )
        return None if order is None else [variables[v] for v in order]

    def _set_links(self):
        into = [[] for _ in self.names]
        for link in self.links:
            for target, scale in link.targets.items():
                into[self.position[target]].append(
                    (self.position[link.source], scale, link.when, link.clip)
                )
        self.link_ptr = _pointers(into)
        flat = [link for links in into for link in links]
        self.link_src = np.array([f[0] for f in flat], dtype=np.intp)
        self.has_functions = any(callable(f[1]) for f in flat)
        self.link_functions = [f[1] if callable(f[1]) else None for f in flat]
        self.link_scale = np.array(
            [0.0 if callable(f[1]) else f[1] for f in flat], dtype=np.float64
        )
        self.link_when = np.array([_WHEN[f[2]] for f in flat], dtype=np.intp)
        self.link_clip = np.array([_CLIP[f[3]] for f in flat], dtype=np.intp)

    def _complete_at(self, columns):
        """The variable after which all these columns are set."""
        return int(max(self.var_of[k] for k in columns))

    def _set_sums(self):
        sums = []
        for rule in self.rules:
            for coefs, low, high in rule._sums():
                cols = [self.position[name] for name in coefs]
                sums.append((self._complete_at(cols), cols, list(coefs.values()),
                             low, high))  # fmt: skip
        sums.sort(key=lambda s: s[0])
        self.sum_at = _counts_to_pointers([s[0] for s in sums], len(self.var_kind))
        self.sum_ptr = _pointers([s[1] for s in sums])
        self.sum_cols = _flat([s[1] for s in sums])
        self.sum_coefs = _flat([s[2] for s in sums], np.float64)
        self.sum_low = np.array([s[3] for s in sums], dtype=np.float64)
        self.sum_high = np.array([s[4] for s in sums], dtype=np.float64)

    def _set_implications(self):
        found = []
        for rule in self.rules:
            if not isinstance(rule, IfThen):
                continue
            row = []
            for name, operator, value in (rule.when, rule.then):
                k = self.position[name]
                row += [k, OPERATORS.index(operator), self.features[k].code_of(value)]
            found.append((self._complete_at([row[0], row[3]]), row))
        found.sort(key=lambda f: f[0])
        self.imp_at = _counts_to_pointers([f[0] for f in found], len(self.var_kind))
        self.imp_rows = np.array([f[1] for f in found], dtype=np.float64).reshape(-1, 6)
        tables = sorted(
            (self._complete_at([self.position[n] for n in t.columns]), i, t)
            for i, t in enumerate(self.tables)
        )
        self.tables = [t for _, _, t in tables]
        self.tab_at = _counts_to_pointers([t[0] for t in tables], len(self.var_kind))
        columns = [[self.position[n] for n in t.columns] for t in self.tables]
        states = [self.state_codes(t) for t in self.tables]
        self.tab_col_ptr = _pointers(columns)
        self.tab_cols = _flat(columns)
        self.tab_ptr = _pointers(states)
        self.tab_val_ptr = _pointers([s.ravel() for s in states])
        self.tab_values = np.concatenate(
            [np.empty(0)] + [s.ravel() for s in states]
        ).astype(np.float64)

    def state_codes(self, rule):
        """States of a rule as numbers.

        Parameters
        ----------
        rule : Constraint

        Returns
        -------
        states : ndarray of shape (n_states, n_columns)
        """
        features = [self.features[self.position[name]] for name in rule.columns]
        return np.array(
            [
                [f.code_of(v) for f, v in zip(features, state, strict=True)]
                for state in rule._states()
            ],
            dtype=np.float64,
        )

    # What differs between keys

    def limits(self, starts):
        """Bounds and direct steps of each key and column, and masks of options.

        Parameters
        ----------
        starts : ndarray of shape (n_keys, n_columns)

        Returns
        -------
        limits : dict of str to ndarray
            "low", "high" (bounds of the final value), "down", "up" (of the direct
            change), "allowed" (options), "frozen" (variables with a missing value),
            "tab_allowed" (states of rules that only check).
        """
        starts = np.ascontiguousarray(starts, dtype=np.float64)
        n, b = starts.shape
        low, high, down, up = (np.empty((n, b)) for _ in range(4))
        for k, feature in enumerate(self.features):
            low[:, k], high[:, k] = feature.bounds_for(starts[:, k])
            if feature.kind == "categorical":
                down[:, k], up[:, k] = -np.inf, np.inf
            else:
                down[:, k], up[:, k] = feature.step_range(starts[:, k])
            if not feature.actionable:
                down[:, k] = up[:, k] = 0.0
        allowed = np.ones((n, int(self.opt_ptr[-1])), dtype=np.uint8)
        frozen = np.zeros((n, len(self.var_kind)), dtype=np.uint8)
        for v, kind in enumerate(self.var_kind):
            cols = self.var_cols[self.var_ptr[v] : self.var_ptr[v + 1]]
            missing = np.isnan(starts[:, cols])
            for i, k in enumerate(cols):
                feature = self.features[k]
                if feature.missing == "reachable" and feature.values is not None:
                    missing[:, i] = False
            frozen[:, v] = missing.any(axis=1)
            options = slice(int(self.opt_ptr[v]), int(self.opt_ptr[v + 1]))
            if kind == STATES:
                allowed[:, options] = self.groups[v]._reachable_states(
                    starts[:, cols], self.var_values[v]
                )
            elif kind == LIST and self.features[cols[0]].reach is not None:
                start = starts[:, cols[0]]
                reach = np.array(self.features[cols[0]].reach, dtype=np.uint8)
                known = ~np.isnan(start)
                rows = reach[np.where(known, start, 0).astype(np.intp)]
                allowed[:, options] = np.where(known[:, None], rows, 1)
        tables = [
            table._reachable_states(
                starts[:, [self.position[n] for n in table.columns]],
                self.state_codes(table),
            )
            for table in self.tables
        ]
        return {
            "starts": starts, "low": low, "high": high, "down": down, "up": up,
            "allowed": allowed, "frozen": frozen,
            "tab_allowed": np.ascontiguousarray(
                np.hstack([np.empty((n, 0)), *tables]).astype(np.uint8)
            ),
        }  # fmt: skip


def _flat(lists, dtype=np.intp):
    """The lists, one after the other."""
    return np.array([item for one in lists for item in one], dtype=dtype)


def _pointers(lists):
    """Where each list begins in their concatenation."""
    return np.cumsum([0] + [len(item) for item in lists]).astype(np.intp)


def _counts_to_pointers(sorted_places, n_places):
    return np.searchsorted(sorted_places, np.arange(n_places + 1)).astype(np.intp)
