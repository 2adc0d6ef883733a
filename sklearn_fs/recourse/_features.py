# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What may be done to one column."""

import math
from numbers import Integral, Real

import numpy as np

from sklearn_fs.recourse._names import plain

KINDS = ("binary", "integer", "continuous", "categorical")


class FeatureAction:
    """What a person may do to one column; every attribute is checked when it is set.

    Parameters
    ----------
    name : str
        Name of the column.

    kind : {"binary", "integer", "continuous", "categorical"}, default="continuous"
        Kind of values.

    actionable : bool, default=True
        Whether the person can change it.

    direction : {-1, 0, 1}, default=0
        -1: only down, 1: only up, 0: both.

    bounds : tuple of (float, float) or None, default=None
        Smallest and largest value that can be reached; None: no limit, which a
        continuous or integer column that is actionable must not have.

    max_step : float, tuple of (float, float) or None, default=None
        Largest change, or (down, up).

    relative : bool, default=False
        `max_step` is a share of the absolute value of the person.

    step : float or None, default=None
        Width of the grid, counted from the person's own value; None for an integer
        column is 1, for a continuous column no grid.

    values : list or None, default=None
        The values that can be reached, if they are not a grid. For a categorical
        column its categories.

    reach : list of lists of bool or None, default=None
        For a categorical column: whether category i can become category k.

    missing : {"fixed", "reachable"}, default="fixed"
        Whether a person whose value is missing can get one of `values`.

    note : str, default=""
        Who said so, and why.
    """

    _FIELDS = (
        "name", "kind", "actionable", "direction", "bounds", "max_step", "relative",
        "step", "values", "reach", "missing", "note",
    )  # fmt: skip

    def __init__(
        self,
        name,
        kind="continuous",
        *,
        actionable=True,
        direction=0,
        bounds=None,
        max_step=None,
        relative=False,
        step=None,
        values=None,
        reach=None,
        missing="fixed",
        note="",
    ):
        given = locals()
        for field in self._FIELDS:
            object.__setattr__(self, field, None)
        object.__setattr__(self, "direction", 0)
        for field in self._FIELDS:
            setattr(self, field, given[field])

    def __setattr__(self, field, value):
        if field not in self._FIELDS:
            raise AttributeError(
                f"A column of an action set has no attribute {field!r}; it has "
                f"{', '.join(self._FIELDS)}."
            )
        check = getattr(self, f"_checked_{field}", None)
        before = getattr(self, field, None)
        object.__setattr__(self, field, check(value) if check else value)
        try:
            self._check_together()
        except ValueError:
            object.__setattr__(self, field, before)
            raise

    def __eq__(self, other):
        return isinstance(other, FeatureAction) and self.to_dict() == other.to_dict()

    __hash__ = None

    def __repr__(self):
        shown = ", ".join(
            f"{k}={v!r}" for k, v in self.to_dict().items() if k not in ("name", "kind")
        )
        return f"FeatureAction({self.name!r}, {self.kind!r}, {shown})"

    def __getstate__(self):
        return {field: getattr(self, field) for field in self._FIELDS}

    def __setstate__(self, state):
        for field, value in state.items():
            object.__setattr__(self, field, value)

    def _fail(self, text):
        raise ValueError(f"column {self.name!r}: {text}")

    def _checked_kind(self, kind):
        if kind not in KINDS:
            self._fail(f"kind={kind!r} is not one of {', '.join(KINDS)}.")
        return kind

    def _checked_actionable(self, actionable):
        return bool(actionable)

    def _checked_relative(self, relative):
        return bool(relative)

    def _checked_direction(self, direction):
        if direction not in (-1, 0, 1):
            self._fail(f"direction={direction!r} is not -1 (down), 0 (both) or 1 (up).")
        return int(direction)

    def _checked_bounds(self, bounds):
        if bounds is None:
            return None
        try:
            low, high = (float(bound) for bound in bounds)
        except (TypeError, ValueError):
            self._fail(f"bounds={bounds!r} is not a pair (lowest, highest).")
        if not low <= high:
            self._fail(
                f"bounds={(low, high)!r}: the lower bound is above the upper one; "
                "swap them."
            )
        return low, high

    def _checked_max_step(self, max_step):
        if max_step is None:
            return None
        steps = (max_step, max_step) if isinstance(max_step, Real) else tuple(max_step)
        if len(steps) != 2 or not all(s >= 0 for s in steps):
            self._fail(
                f"max_step={max_step!r} is not a number >= 0 or a pair (down, up)."
            )
        return plain(max_step) if isinstance(max_step, Real) else steps

    def _checked_step(self, step):
        if step is not None and not (isinstance(step, Real) and step > 0):
            self._fail(f"step={step!r} is not a positive number or None.")
        return plain(step)

    def _checked_values(self, values):
        if values is None:
            return None
        values = [plain(value) for value in values]
        if len(set(values)) != len(values):
            self._fail("values holds one value twice; give each once.")
        return values

    def _checked_reach(self, reach):
        if reach is None:
            return None
        matrix = np.array(reach, dtype=bool)
        n = len(self.values or ())
        if matrix.shape != (n, n):
            self._fail(
                f"reach has the shape {matrix.shape}; for the {n} values it is "
                f"({n}, {n}), row i says where value i may go."
            )
        np.fill_diagonal(matrix, True)
        return matrix.tolist()

    def _checked_missing(self, missing):
        if missing not in ("fixed", "reachable"):
            self._fail(f"missing={missing!r} is not 'fixed' or 'reachable'.")
        return missing

    def _check_together(self):
        if self.max_step is not None and not isinstance(self.max_step, Real):
            down, up = self.max_step
            if (self.direction == 1 and up == 0) or (
                self.direction == -1 and down == 0
            ):
                way = "up" if self.direction == 1 else "down"
                self._fail(
                    f"direction={self.direction} allows only {way}, but max_step="
                    f"{self.max_step!r} allows no step {way}; change one of them."
                )
        if self.kind == "categorical" and self.direction and self.values is not None:
            self._fail(
                "a category has no direction; say in reach which category may become "
                "which, or use direction=0."
            )
        if self.reach is not None and len(self.reach) != len(self.values or ()):
            self._fail("reach no longer fits values; set reach=None first.")

    @property
    def grid(self):
        """Width of the grid, or None for a continuum or a list."""
        if self.values is not None or self.kind in ("binary", "categorical"):
            return None
        return 1.0 if self.step is None and self.kind == "integer" else self.step

    @property
    def is_continuum(self):
        """Whether the reachable values are a segment."""
        return self.kind == "continuous" and self.values is None and self.step is None

    @property
    def codes(self):
        """Reachable values as numbers (a category is its index), or None for a grid."""
        if self.kind == "categorical":
            return np.arange(len(self.values or ()), dtype=np.float64)
        if self.values is not None:
            return np.array(self.values, dtype=np.float64)
        return np.array([0.0, 1.0]) if self.kind == "binary" else None

    def code_of(self, value):
        """The number which stands for a value; NaN for a category never seen."""
        if self.kind != "categorical":
            return float(value)
        try:
            return float(self.values.index(plain(value)))
        except ValueError:
            return math.nan

    def step_range(self, start):
        """Largest direct change down (negative) and up for every start value.

        Parameters
        ----------
        start : ndarray of shape (n,)

        Returns
        -------
        down, up : ndarray of shape (n,)
        """
        down, up = np.full(len(start), -np.inf), np.full(len(start), np.inf)
        if self.max_step is not None:
            pair = self.max_step
            if isinstance(pair, Real):
                pair = (pair, pair)
            scale = np.abs(start) if self.relative else 1.0
            down, up = -pair[0] * scale + 0 * down.clip(0), pair[1] * scale + 0 * start
            up = np.where(np.isnan(start), pair[1], up)
            down = np.where(np.isnan(start), -pair[0], down)
        if self.direction > 0:
            down = np.zeros(len(start))
        elif self.direction < 0:
            up = np.zeros(len(start))
        return np.asarray(down, dtype=np.float64), np.asarray(up, dtype=np.float64)

    def bounds_for(self, start):
        """Bounds widened to hold the person's own value.

        Parameters
        ----------
        start : ndarray of shape (n,)

        Returns
        -------
        low, high : ndarray of shape (n,)
        """
        # Without bounds a link must still not push a 0/1 column beyond 0 and 1.
        free = (0.0, 1.0) if self.kind == "binary" else (-np.inf, np.inf)
        low, high = self.bounds or free
        if self.kind == "categorical":
            low, high = -np.inf, np.inf
        return np.fmin(low, start), np.fmax(high, start)

    def to_dict(self):
        """Every attribute that is not at its default, as plain values.

        Returns
        -------
        d : dict
        """
        default = {
            "actionable": True, "direction": 0, "relative": False, "missing": "fixed",
            "note": "",
        }  # fmt: skip
        found = {}
        for field in self._FIELDS:
            value = getattr(self, field)
            if value == default.get(field) and field not in ("name", "kind"):
                continue
            found[field] = list(value) if isinstance(value, tuple) else value
        return found

    @classmethod
    def from_dict(cls, d):
        """Rebuild a column from :meth:`to_dict`.

        Parameters
        ----------
        d : dict

        Returns
        -------
        feature : FeatureAction
        """
        unknown = sorted(set(d) - set(cls._FIELDS))
        if unknown or "name" not in d:
            problem = f"unknown key {unknown[0]!r}" if unknown else "no 'name'"
            raise ValueError(
                f"features of an action set: {problem} in {d!r}; the keys are "
                f"{', '.join(cls._FIELDS)}."
            )
        return cls(**d)


def guess_feature(name, values, *, percentiles=None, max_integers=100):
    """A first description of a column from its values.

    Parameters
    ----------
    name : str
    values : ndarray of shape (n,)
        Numbers with NaN for missing, or objects.
    percentiles : tuple of (float, float) or None
        Bounds; None takes smallest and largest value.
    max_integers : int
        Integral columns with more distinct values are continuous.

    Returns
    -------
    feature : FeatureAction
    """
    if values.dtype.kind not in "biuf":
        present = [v for v in values.tolist() if v is not None and v == v]
        try:
            categories = sorted(set(present))
        except TypeError:
            categories = sorted(set(present), key=lambda v: (type(v).__name__, str(v)))
        return FeatureAction(
            name,
            "categorical",
            values=categories,
            actionable=len(categories) > 1,
            note="" if len(categories) > 1 else "one category in the training data",
        )
    numbers = values.astype(np.float64)
    numbers = numbers[np.isfinite(numbers)]
    distinct = np.unique(numbers)
    if len(distinct) == 0:
        return FeatureAction(name, actionable=False, note="no value in training data")
    if np.isin(distinct, (0.0, 1.0)).all():
        kind, bounds = "binary", (0.0, 1.0)
    else:
        integral = bool((distinct == np.floor(distinct)).all())
        few = len(distinct) <= max_integers
        kind = "integer" if integral and few else "continuous"
        bounds = distinct[0], distinct[-1]
        if percentiles is not None:
            bounds = np.percentile(numbers, percentiles)
            if integral:
                bounds = np.floor(bounds[0]), np.ceil(bounds[1])
    constant = len(distinct) == 1
    return FeatureAction(
        name,
        kind,
        bounds=bounds,
        actionable=not constant,
        note="constant in the training data" if constant else "",
    )


def is_whole(value):
    """Whether a number is integral."""
    return isinstance(value, Integral) or float(value).is_integer()
