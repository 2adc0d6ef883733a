# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a person could change: columns, and the rules that tie them together."""

import json
import re
import warnings

import numpy as np

from sklearn_fs.recourse._columns import ColumnTable
from sklearn_fs.recourse._constraint_checks import check_constraint
from sklearn_fs.recourse._constraints import Group
from sklearn_fs.recourse._describe import description_html, description_rows
from sklearn_fs.recourse._features import FeatureAction, guess_feature
from sklearn_fs.recourse._graph import blocks_of
from sklearn_fs.recourse._names import as_names, unknown_name
from sklearn_fs.recourse._serial import constraint_from_dict
from sklearn_fs.recourse._state_groups import _StateGroup

VERSION = 1


class ActionSet:
    """What a person could change: the feasible actions, column by column.

    Columns say what values can be reached, constraints tie columns together. Build
    one from data with :meth:`from_frame`, correct it with somebody who knows the
    people it is about, and show them :meth:`describe`.

    Read more in the :ref:`User Guide <responsiveness>`.

    Parameters
    ----------
    features : list of dict, default=None
        One dictionary for each column of the data, in their order: "name" and "kind"
        ("binary", "integer", "continuous" or "categorical") and, where they are not
        at their defaults, "actionable", "direction", "bounds", "max_step",
        "relative", "step", "values", "reach", "missing" and "note".

    constraints : list of constraint, default=()
        `Link`, `OneHot`, `AtMostOne`, `Thermometer`, `Ordinal`, `IfThen`, `Linear`,
        `Table` and `Group` objects.

    notes : str, default=""
        Who approved the set, and when; kept in :meth:`to_dict`.

    Attributes
    ----------
    feature_names : list of str
        Names of all columns.

    constraints : tuple of constraint
        The rules, in the order of :meth:`add`.

    blocks_ : list of list of str
        Columns that constraints join; blocks change independently of each other.

    See Also
    --------
    ResponsivenessScorer : Which of these changes give the wanted prediction.

    Notes
    -----
    An action set is a claim about people's lives, and every score that is computed
    with it is a statement about that claim.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.recourse import ActionSet, Link
    >>> X = np.array([[25, 0, 3], [40, 1, 9], [61, 1, 20]])
    >>> aset = ActionSet.from_frame(X, immutable=["x0"], monotone={"x2": +1})
    >>> aset["x2"].max_step = 2
    >>> aset.add(Link("x2", {"x0": 1.0}, clip="widen"))
    ActionSet(n_features=3, n_actionable=2, constraints=[Link])
    >>> aset.blocks_
    [['x0', 'x2'], ['x1']]
    """

    def __init__(self, features=None, constraints=(), *, notes=""):
        self._features = {}
        for feature in features or ():
            if isinstance(feature, dict):
                feature = FeatureAction.from_dict(feature)
            if not isinstance(feature, FeatureAction):
                raise TypeError(
                    f"features is a list of dictionaries, got {feature!r} in it; "
                    "ActionSet.from_frame(X) makes a set from data."
                )
            if feature.name in self._features:
                raise ValueError(f"column {feature.name!r} is in features twice.")
            self._features[feature.name] = feature
        self._constraints = []
        self.notes = notes
        for constraint in constraints:
            self.add(constraint)

    @classmethod
    def from_frame(
        cls, X, *, immutable=(), monotone=None, percentiles=None, categorical=()
    ):
        """A first action set from data: kinds and bounds as observed.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            Training rows. The columns of an array are called x0, x1, ...
        immutable : sequence of str, default=()
            Columns that a person cannot change; names, or regular expressions that
            match whole names.
        monotone : dict of str to {-1, 1}, default=None
            Columns that can only fall or rise.
        percentiles : tuple of (float, float), default=None
            Bounds of the numeric columns; None takes the observed extremes.
        categorical : sequence of str, default=()
            Columns of numbers that are categories.

        Returns
        -------
        action_set : ActionSet
            Without constraints.
        """
        if percentiles is not None:
            low, high = percentiles
            if not 0 <= low < high <= 100:
                raise ValueError(
                    f"percentiles={percentiles!r} is not a pair 0 <= low < high <= 100."
                )
        table = ColumnTable(X)
        features = []
        for name in table.names:
            values = table.raw(name)
            if name in categorical:
                values = values.astype(object)
            features.append(guess_feature(name, values, percentiles=percentiles))
        new = cls(features)
        for name in as_names(categorical, where="categorical", least=0):
            new._known(name, where="categorical")
        for pattern in as_names(immutable, where="immutable", least=0):
            matched = [
                name
                for name in table.names
                if name == pattern or _matches(pattern, name)
            ]
            if not matched:
                raise ValueError(unknown_name(pattern, table.names, where="immutable"))
            for name in matched:
                new[name].actionable = False
        for name, direction in (monotone or {}).items():
            new._known(name, where="monotone")
            new[name].direction = direction
        return new

    # Columns

    @property
    def feature_names(self):
        """Names of all columns, in order."""
        return list(self._features)

    @property
    def constraints(self):
        """The constraints, in the order in which they were added."""
        return tuple(self._constraints)

    def __getitem__(self, name):
        self._known(name, where="action set")
        return self._features[name]

    def __iter__(self):
        return iter(self._features.values())

    def __len__(self):
        return len(self._features)

    def __contains__(self, name):
        return name in self._features

    def __eq__(self, other):
        return (
            isinstance(other, ActionSet)
            and list(self) == list(other)
            and self.constraints == other.constraints
            and self.notes == other.notes
        )

    __hash__ = None

    def __repr__(self):
        kinds = ", ".join(type(c).__name__ for c in self._constraints)
        n_actionable = sum(feature.actionable for feature in self)
        return (
            f"ActionSet(n_features={len(self)}, n_actionable={n_actionable}, "
            f"constraints=[{kinds}])"
        )

    def _repr_html_(self):
        return description_html(self)

    def _known(self, name, *, where):
        if name not in self._features:
            raise ValueError(unknown_name(name, self._features, where=where))

    # Constraints

    def add(self, *constraints):
        """Add constraints; each is checked against the columns and the others.

        Parameters
        ----------
        *constraints : constraint
            Instances of the classes of :mod:`sklearn_fs.recourse`.

        Returns
        -------
        self : ActionSet
            The same object.
        """
        for constraint in constraints:
            check_constraint(self, constraint)
            self._constraints.append(constraint)
        return self

    @property
    def blocks_(self):
        """Lists of columns that constraints join, in the order of the columns."""
        joined = [c.columns for c in self._constraints if not isinstance(c, Group)]
        return blocks_of(self.feature_names, joined)

    @property
    def groups_(self):
        """Reasons of several columns: name -> columns."""
        groups = {}
        for constraint in self._constraints:
            if isinstance(constraint, Group):
                groups[constraint.name] = list(constraint.columns)
        for constraint in self._constraints:
            if isinstance(constraint, _StateGroup) and not any(
                set(constraint.columns) <= set(cols) for cols in groups.values()
            ):
                name = constraint.name
                while name in groups or name in self._features:
                    name += " (group)"
                groups[name] = list(constraint.columns)
        return groups

    # Data

    def validate(self, X, *, on_error="report"):
        """Compare data with the action set.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            Rows.
        on_error : {"report", "warn", "raise"}, default="report"
            What to do about violations beside returning them.

        Returns
        -------
        report : DataFrame of pandas, or list of dict without pandas
            Constraint, number of violating rows and the first of them.
        """
        if on_error not in ("report", "warn", "raise"):
            raise ValueError(
                f"on_error={on_error!r} is not 'report', 'warn' or 'raise'."
            )
        table = ColumnTable(X)
        self.check_names(table.names)
        rows = []
        for feature in self:
            rows += _violations(feature, table)
        columns = {name: table.raw(name) for name in table.names}
        for constraint in self._constraints:
            rows.append((repr(constraint), ~constraint.check(columns)))
        found = [
            {
                "constraint": what,
                "n_violations": int(mask.sum()),
                "first_rows": np.flatnonzero(mask)[:5].tolist(),
            }
            for what, mask in rows
            if mask.any()
        ]
        if found and on_error != "report":
            text = "; ".join(
                f"{row['constraint']} is violated in {row['n_violations']} rows, first "
                f"{row['first_rows'][0]}"
                for row in found
            )
            if on_error == "raise":
                raise ValueError(f"X does not fit the action set: {text}.")
            warnings.warn(f"X does not fit the action set: {text}.", UserWarning, 2)
        return _as_frame(found, ["constraint", "n_violations", "first_rows"])

    def check_names(self, names):
        """Raise unless the columns of data are those of the set, in their order.

        Parameters
        ----------
        names : sequence of str
            Names of the columns of data.
        """
        own = self.feature_names
        names = [str(name) for name in names]
        for name in own:
            if name not in names:
                raise ValueError(unknown_name(name, names, where="action_set, in X"))
        for name in names:
            if name not in own:
                raise ValueError(unknown_name(name, own, where="X, in action_set"))
        if own != names:
            first = next(p for p in zip(names, own, strict=True) if p[0] != p[1])
            raise ValueError(
                "The columns of X are not in the order of the action set: first "
                f"difference {first}."
            )

    def describe(self):
        """One row for each column, to be shown to somebody who knows the people.

        Returns
        -------
        description : DataFrame of pandas, or list of dict without pandas
            Kind, actionable, direction, bounds, step, groups, links in and out, and
            the number of the block.
        """
        rows = description_rows(self)
        return _as_frame(rows, list(rows[0]) if rows else [])

    # Plain data

    def to_dict(self):
        """The set as plain JSON.

        Returns
        -------
        d : dict
            With "version", "features", "constraints" and "notes".
        """
        return {
            "version": VERSION,
            "features": [feature.to_dict() for feature in self],
            "constraints": [constraint.to_dict() for constraint in self._constraints],
            "notes": self.notes,
        }

    @classmethod
    def from_dict(cls, d):
        """Rebuild a set from :meth:`to_dict`.

        Parameters
        ----------
        d : dict
            Plain JSON.

        Returns
        -------
        action_set : ActionSet
            Equal to the one that was written.
        """
        if d.get("version") != VERSION:
            raise ValueError(
                f"This is version {d.get('version')!r} of the description of an action "
                f"set; this release reads version {VERSION}. Write it again with the "
                "release that made it, or correct 'version'."
            )
        unknown = sorted(set(d) - {"version", "features", "constraints", "notes"})
        if unknown:
            raise ValueError(
                f"An action set has no {unknown[0]!r}; the keys are version, features, "
                "constraints, notes."
            )
        constraints = [constraint_from_dict(c) for c in d.get("constraints", ())]
        return cls(d.get("features"), constraints, notes=d.get("notes", ""))

    def to_json(self, **options):
        """The set as JSON text.

        Parameters
        ----------
        **options : dict
            Passed to `json.dumps`.

        Returns
        -------
        text : str
            What :meth:`from_json` reads.
        """
        return json.dumps(self.to_dict(), **{"indent": 1, **options})

    @classmethod
    def from_json(cls, text):
        """Rebuild a set from :meth:`to_json`.

        Parameters
        ----------
        text : str
            JSON.

        Returns
        -------
        action_set : ActionSet
            Equal to the one that was written.
        """
        return cls.from_dict(json.loads(text))


def _matches(pattern, name):
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:
        return False


def _violations(feature, table):
    """What one column of data breaks, as (text, mask) pairs."""
    codes = table.codes(feature)
    if feature.kind == "categorical":
        unknown = np.isnan(codes) & ~table.missing(feature.name)
        return [(f"{feature.name}: a category that the set does not know", unknown)]
    if feature.bounds is None:
        return []
    low, high = feature.bounds
    with np.errstate(invalid="ignore"):
        outside = (codes < low) | (codes > high)
    return [(f"{feature.name}: outside bounds [{low:g}, {high:g}]", outside)]


def _as_frame(rows, columns):
    try:
        import pandas as pd
    except ImportError:
        return rows
    return pd.DataFrame(rows, columns=columns)
