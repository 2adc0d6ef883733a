# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Groups of 0/1 columns that stand for one choice or one level."""

from itertools import combinations, takewhile

import numpy as np

from sklearn_fs.recourse._constraints import Constraint, _index_of
from sklearn_fs.recourse._names import as_names


class _StateGroup(Constraint):
    """0/1 columns with few joint states; they move as one and are one reason."""

    def _set_columns(self, cols, least=2):
        where = type(self).__name__
        self.cols = list(as_names(cols, where=where, least=least))
        self._columns = tuple(self.cols)

    @property
    def name(self):
        """Name of the reason: what the names of the columns begin with."""
        letters = zip(*self.cols, strict=False)  # to the end of the shortest name
        common = takewhile(lambda column: len(set(column)) == 1, letters)
        prefix = "".join(column[0] for column in common).rstrip("_-. 0123456789")
        for end in ("_geq", "_leq", "_is", "_gt", "_lt", ">", "<"):
            prefix = prefix.removesuffix(end)
        return prefix.rstrip("_-. =") or " / ".join(self.cols)

    def _holds(self, values):
        rows = np.column_stack([values[name].astype(float) for name in self.cols])
        return _index_of(rows, np.array(self._states(), dtype=float)) >= 0

    def _checked_direction(self, direction):
        if direction not in (-1, 0, 1):
            raise ValueError(
                f"{type(self).__name__}({self.cols!r}, ...): direction={direction!r} "
                "is not -1 (down), 0 (both) or 1 (up)."
            )
        return int(direction)


class OneHot(_StateGroup):
    """A fixed number of the columns is 1: dummies of one category.

    Parameters
    ----------
    cols : sequence of str
        The 0/1 columns.

    exactly : int, default=1
        How many of them are 1.

    See Also
    --------
    ActionSet.add : Add constraints to an action set.

    Examples
    --------
    >>> from sklearn_fs.recourse import OneHot
    >>> OneHot(["job_a", "job_b"]).check({"job_a": [1, 1], "job_b": [0, 1]}).tolist()
    [True, False]
    """

    _FIELDS = ("cols", "exactly")

    def __init__(self, cols, exactly=1):
        self._set_columns(cols)
        if exactly not in range(1, len(self.cols) + 1):
            raise ValueError(
                f"OneHot({self.cols!r}, ...): exactly={exactly!r} is not a number from "
                f"1 to {len(self.cols)}."
            )
        self.exactly = int(exactly)

    def _states(self):
        m = len(self.cols)
        return [
            [int(k in ones) for k in range(m)]
            for ones in combinations(range(m), self.exactly)
        ]


class AtMostOne(_StateGroup):
    """At most one of the columns is 1.

    Parameters
    ----------
    cols : sequence of str
        The 0/1 columns.

    See Also
    --------
    ActionSet.add : Add constraints to an action set.

    Examples
    --------
    >>> from sklearn_fs.recourse import AtMostOne
    >>> AtMostOne(["car", "home"]).check({"car": [0, 1], "home": [0, 1]}).tolist()
    [True, False]
    """

    _FIELDS = ("cols",)

    def __init__(self, cols):
        self._set_columns(cols)

    def _states(self):
        m = len(self.cols)
        return [[0] * m] + [[int(i == k) for i in range(m)] for k in range(m)]


class Thermometer(_StateGroup):
    """Columns "at least t" of one quantity, in order: none is 1 after a 0.

    Parameters
    ----------
    cols : sequence of str
        The 0/1 columns, the one that is reached first comes first.

    direction : {-1, 0, 1}, default=0
        Whether the level may only fall (-1), only rise (1), or both.

    See Also
    --------
    ActionSet.add : Add constraints to an action set.

    Examples
    --------
    >>> from sklearn_fs.recourse import Thermometer
    >>> rule = Thermometer(["geq_10", "geq_20"])
    >>> rule.check({"geq_10": [1, 0], "geq_20": [0, 1]}).tolist()
    [True, False]
    """

    _FIELDS = ("cols", "direction")

    def __init__(self, cols, direction=0):
        self._set_columns(cols)
        self.direction = self._checked_direction(direction)

    def _states(self):
        m = len(self.cols)
        return [[int(k < level) for k in range(m)] for level in range(m + 1)]

    def _reachable_states(self, starts, states):
        rise = states.sum(axis=1)[None, :] - starts.sum(axis=1)[:, None]
        return (
            np.ones(rise.shape, bool)
            if not self.direction
            else (rise * self.direction >= 0)
        )


class Ordinal(_StateGroup):
    """Dummies of ordered levels: exactly one column is 1.

    Parameters
    ----------
    cols : sequence of str
        The 0/1 columns from the lowest level to the highest.

    direction : {-1, 0, 1}, default=0
        Whether the level may only fall (-1), only rise (1), or both.

    See Also
    --------
    ActionSet.add : Add constraints to an action set.

    Examples
    --------
    >>> from sklearn_fs.recourse import Ordinal
    >>> Ordinal(["low", "high"], direction=1).check({"low": [1], "high": [0]}).tolist()
    [True]
    """

    _FIELDS = ("cols", "direction")

    def __init__(self, cols, direction=0):
        self._set_columns(cols)
        self.direction = self._checked_direction(direction)

    def _states(self):
        m = len(self.cols)
        return [[int(i == k) for i in range(m)] for k in range(m)]

    def _reachable_states(self, starts, states):
        level = _index_of(starts, states)
        rise = np.arange(len(states))[None, :] - level[:, None]
        # A person at no level, or at two, may go to any.
        return (rise * self.direction >= 0) | (level < 0)[:, None]
