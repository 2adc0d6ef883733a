# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rules that tie columns together.

Every constraint binds the final state `x + c`; a link says what follows from a
change. A constraint describes itself to the search in two ways only: by weighted
sums within limits and by lists of states, besides the implication.
"""

import numpy as np

from sklearn_fs.recourse._names import as_names, plain

OPERATORS = ("==", "!=", "<=", ">=")
TOLERANCE = 1e-9


class Constraint:
    """Base of all constraints: equality, repr and plain dictionaries."""

    # Names of the constructor's parameters, in the order of `to_dict`.
    _FIELDS = ()

    @property
    def columns(self):
        """Names of the columns which the constraint ties together."""
        return self._columns

    def check(self, X):
        """Which rows satisfy the constraint.

        Parameters
        ----------
        X : dataframe or dict of str to ndarray
            Rows, by name of the column.

        Returns
        -------
        mask : ndarray of shape (n_samples,), dtype bool
            True where the rule holds or one of the values is missing.
        """
        values = [_column(X, name) for name in self.columns]
        unknown = np.zeros(len(values[0]), dtype=bool)
        for value in values:
            unknown |= _is_missing(value)
        return self._holds(dict(zip(self.columns, values, strict=True))) | unknown

    def to_dict(self):
        """The constraint as plain JSON.

        Returns
        -------
        d : dict
            With the name of the class under "type".
        """
        found = {"type": type(self).__name__}
        for field in self._FIELDS:
            value = getattr(self, field)
            found[field] = list(value) if isinstance(value, tuple) else value
        return found

    def __eq__(self, other):
        return type(self) is type(other) and self._key() == other._key()

    __hash__ = None

    def _key(self):
        return {field: getattr(self, field) for field in self._FIELDS}

    def __repr__(self):
        shown = ", ".join(f"{k}={v!r}" for k, v in self._key().items())
        return f"{type(self).__name__}({shown})"

    # What the search asks for; most constraints have one of the three.

    def _holds(self, values):
        return np.ones(len(next(iter(values.values()))), dtype=bool)

    def _sums(self):
        """List of ({column: coefficient}, lowest, highest)."""
        return []

    def _states(self):
        """The only states of the columns, of shape (n_states, n_columns), or None."""
        return None

    def _reachable_states(self, starts, states):
        """Which state may follow each start, of shape (n_starts, n_states)."""
        return np.ones((len(starts), len(states)), dtype=bool)


class Link(Constraint):
    """A change of one column causes a change of others.

    Parameters
    ----------
    source : str
        The column whose change has effects.

    targets : dict of str to float
        Change of each target for a change of one unit of the source. A target need
        not be actionable; links may form chains, but no cycle.

    clip : {"reject", "widen", "clip"}, default="reject"
        What happens where a target would leave its bounds: the change of the source
        is impossible; the bounds move along (for time-like columns such as age); or
        the target stops at its bound.

    when : {"any", "increase", "decrease"}, default="any"
        Which changes of the source have the effect.

    See Also
    --------
    ActionSet.add : Add constraints to an action set.

    Examples
    --------
    >>> from sklearn_fs.recourse import Link
    >>> Link("years_at_job", {"age": 1.0}, clip="widen").columns
    ('years_at_job', 'age')
    """

    _FIELDS = ("source", "targets", "clip", "when")

    def __init__(self, source, targets, clip="reject", when="any"):
        where = f"Link({source!r}, ...)"
        if not isinstance(targets, dict) or not targets:
            raise TypeError(
                f"{where}: targets is a dictionary from column to scale, got "
                f"{targets!r}."
            )
        self._columns = as_names((source, *targets), where=where, least=2)
        for option, value, allowed in (
            ("clip", clip, ("reject", "widen", "clip")),
            ("when", when, ("any", "increase", "decrease")),
        ):
            if value not in allowed:
                raise ValueError(
                    f"{where}: {option}={value!r} is not one of {allowed}."
                )
        for target, scale in targets.items():
            if not callable(scale) and not np.isfinite(float(scale)):
                raise ValueError(f"{where}: the scale of {target!r} is {scale!r}.")
        self.source = source
        self.targets = {
            name: scale if callable(scale) else float(scale)
            for name, scale in targets.items()
        }
        self.clip = clip
        self.when = when

    def to_dict(self):
        """The link as plain JSON.

        Returns
        -------
        d : dict
            With "type": "Link". A callable effect has no such form and raises.
        """
        for target, scale in self.targets.items():
            if callable(scale):
                raise TypeError(
                    f"Link({self.source!r}, ...): the effect on {target!r} is a "
                    "function, which JSON cannot hold; use a number, or pickle the "
                    "action set."
                )
        return {**super().to_dict(), "targets": dict(self.targets)}


class IfThen(Constraint):
    """If a condition holds after the change, another one must hold too.

    Parameters
    ----------
    when : tuple of (str, str, object)
        Column, operator ("==", "!=", "<=" or ">=") and value.

    then : tuple of (str, str, object)
        The same for what must follow.

    See Also
    --------
    ActionSet.add : Add constraints to an action set.

    Examples
    --------
    >>> from sklearn_fs.recourse import IfThen
    >>> rule = IfThen(when=("account", "==", 0), then=("balance", "==", 0))
    >>> rule.check({"account": [0, 0, 1], "balance": [0, 5, 5]}).tolist()
    [True, False, True]
    """

    _FIELDS = ("when", "then")

    def __init__(self, when, then):
        parts = []
        for name, part in (("when", when), ("then", then)):
            if len(part) != 3 or part[1] not in OPERATORS:
                raise ValueError(
                    f"IfThen: {name}={part!r} is not (column, operator, value) with "
                    "one "
                    f"of the operators {' '.join(OPERATORS)}."
                )
            parts.append((part[0], part[1], plain(part[2])))
        self.when, self.then = parts
        self._columns = as_names(
            dict.fromkeys(part[0] for part in parts), where="IfThen"
        )

    def _holds(self, values):
        return ~_compare(values, self.when) | _compare(values, self.then)


class Linear(Constraint):
    """A weighted sum of the changed row stays within limits.

    Parameters
    ----------
    coefs : dict of str to float
        Weight of each column.

    lo, hi : float or None
        Smallest and largest sum; None for no limit.

    See Also
    --------
    ActionSet.add : Add constraints to an action set.

    Examples
    --------
    >>> from sklearn_fs.recourse import Linear
    >>> Linear({"a": 1, "b": 1}, hi=3).check({"a": [1, 2], "b": [2, 2]}).tolist()
    [True, False]
    """

    _FIELDS = ("coefs", "lo", "hi")

    def __init__(self, coefs, lo=None, hi=None):
        self._columns = as_names(tuple(coefs), where="Linear")
        self.coefs = {name: float(coef) for name, coef in coefs.items()}
        self.lo = None if lo is None else float(lo)
        self.hi = None if hi is None else float(hi)
        if lo is None and hi is None:
            raise ValueError(
                "Linear: give lo, hi or both; without them it says nothing."
            )
        if lo is not None and hi is not None and not lo <= hi:
            raise ValueError(f"Linear: lo={lo!r} is above hi={hi!r}; swap them.")

    def _sums(self):
        low = -np.inf if self.lo is None else self.lo
        high = np.inf if self.hi is None else self.hi
        return [(self.coefs, low, high)]

    def _holds(self, values):
        ((coefs, low, high),) = self._sums()
        total = sum(coef * values[name].astype(float) for name, coef in coefs.items())
        return (total >= low - TOLERANCE) & (total <= high + TOLERANCE)


class Table(Constraint):
    """The columns are together in one of the listed states.

    Parameters
    ----------
    cols : sequence of str
        The columns.

    states : array-like of shape (n_states, n_columns)
        All their states.

    reach : array-like of shape (n_states, n_states), default=None
        Whether state i can become state k; None: every state from every state. A
        state can always be kept.

    See Also
    --------
    ActionSet.add : Add constraints to an action set.

    Examples
    --------
    >>> from sklearn_fs.recourse import Table
    >>> table = Table(["a", "b"], states=[[0, 0], [1, 0], [1, 1]])
    >>> table.check({"a": [1, 0], "b": [1, 1]}).tolist()
    [True, False]
    """

    _FIELDS = ("cols", "states", "reach")

    def __init__(self, cols, states, reach=None):
        self.cols = list(as_names(cols, where="Table"))
        self._columns = tuple(self.cols)
        self.states = [[plain(value) for value in state] for state in states]
        n = len(self.states)
        widths = {len(state) for state in self.states}
        if widths != {len(self.cols)}:
            raise ValueError(
                f"Table({self.cols!r}, ...): every state needs {len(self.cols)} "
                "values, "
                f"got states of {sorted(widths)} values."
            )
        if len({tuple(state) for state in self.states}) != n:
            raise ValueError(f"Table({self.cols!r}, ...): a state is listed twice.")
        if reach is None:
            reach = np.ones((n, n), dtype=bool)
        matrix = np.array(reach, dtype=bool)
        if matrix.shape != (n, n):
            raise ValueError(
                f"Table({self.cols!r}, ...): reach has the shape {matrix.shape}, it "
                f"needs one row and one column for each of the {n} states."
            )
        np.fill_diagonal(matrix, True)
        self.reach = matrix.tolist()

    def _states(self):
        return self.states

    def _reachable_states(self, starts, states):
        start = _index_of(starts, states)
        reach = np.array(self.reach, dtype=bool)
        # A person in none of the states may go to any of them.
        return np.where((start >= 0)[:, None], reach[np.maximum(start, 0)], True)

    def _holds(self, values):
        rows = zip(*(values[name].tolist() for name in self.cols), strict=True)
        known = {tuple(state) for state in self.states}
        return np.fromiter((row in known for row in rows), dtype=bool)


class Group(Constraint):
    """Columns which are one reason, with one score and one line in a notice.

    It restricts nothing. One-hot groups, ordinals and thermometers are groups anyway.

    Parameters
    ----------
    name : str
        Name of the reason.

    cols : sequence of str
        Its columns.

    See Also
    --------
    ActionSet.add : Add constraints to an action set.

    Examples
    --------
    >>> from sklearn_fs.recourse import Group
    >>> Group("savings", ["savings_0", "savings_100"]).name
    'savings'
    """

    _FIELDS = ("name", "cols")

    def __init__(self, name, cols):
        if not isinstance(name, str) or not name:
            raise TypeError(f"Group: name={name!r} is not a word.")
        self.name = name
        self.cols = list(as_names(cols, where=f"Group({name!r}, ...)"))
        self._columns = tuple(self.cols)


def _column(X, name):
    """One column of a dataframe or of a dictionary, as an array."""
    try:
        return np.asarray(X[name])
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"X has no column {name!r} for a constraint on it.") from error


def _is_missing(values):
    if values.dtype.kind in "biu":
        return np.zeros(len(values), dtype=bool)
    if values.dtype.kind == "f":
        return np.isnan(values)
    return np.fromiter((v is None or v != v for v in values.tolist()), dtype=bool)


def _compare(values, part):
    name, operator, value = part
    column = values[name]
    if operator == "==":
        return np.asarray(column == value, dtype=bool)
    if operator == "!=":
        return np.asarray(column != value, dtype=bool)
    return np.asarray(column <= value if operator == "<=" else column >= value)


def _index_of(starts, states):
    """Index of the state each start is in, -1 for none."""
    equal = (starts[:, None, :] == states[None, :, :]).all(axis=2)
    return np.where(equal.any(axis=1), equal.argmax(axis=1), -1)
