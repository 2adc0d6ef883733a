# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a preprocessed column says as a function of one original column.

An original number z is followed through scalers, imputers, encoders and bins. What
comes out is either a rounded function of z that never falls, or a step function. An
original category has a few values only; for it the fitted steps are asked (see
`_preprocessing.py`), which gives a step function of its code.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sklearn_fs.recourse._monotone import last_true

_FLOAT = np.dtype(np.float64)


@dataclass(frozen=True)
class Rising:
    """A function of an original number that never falls.

    Attributes
    ----------
    source : int
        Number of the original column.
    function : callable or None
        From float64 values to float64 values, rounded as the steps round; None for
        the number itself.
    scale, shift : float or None
        The function is `scale * z + shift`, up to rounding; None where it is not.
    missing : float
        What a missing value becomes.
    dtype : dtype
        What the numbers are held in.
    """

    source: int
    function: Callable | None = None
    scale: float | None = 1.0
    shift: float | None = 0.0
    missing: float = np.nan
    dtype: np.dtype = _FLOAT

    def __call__(self, z):
        return z if self.function is None else self.function(z)

    def then(self, function, scale=None, shift=None):
        """Behind one more function that never falls.

        Parameters
        ----------
        function : callable
        scale, shift : float, default=None
            Of that function, if it is affine.
        """
        before = self.function
        affine = scale is not None and self.scale is not None
        missing = float(function(np.array([self.missing]))[0])
        return Rising(
            self.source,
            function if before is None else lambda z: function(before(z)),
            scale * self.scale if affine else None,
            scale * self.shift + shift if affine else None,
            missing,
        )

    def filled(self, value):
        """With a value in the place of a missing one."""
        missing = value if np.isnan(self.missing) else self.missing
        return Rising(
            self.source, self.function, self.scale, self.shift, missing, self.dtype
        )

    def stepped(self, ends, values, missing):
        """Behind a step function with the cells `(ends[i - 1], ends[i]]`."""
        cuts = np.asarray(ends, dtype=np.float64)
        if self.function is not None and len(cuts):
            with np.errstate(over="ignore", invalid="ignore"):
                cuts = last_true(lambda z: self.function(z) <= ends, len(cuts))
        if not np.isnan(self.missing):
            missing = values[np.searchsorted(ends, self.missing)]
        return make_steps(self.source, cuts, values, missing)


@dataclass(frozen=True)
class Steps:
    """A step function of an original column.

    Attributes
    ----------
    source : int
    ends : ndarray of shape (n_cells - 1,)
        Ascending; cell i holds what is above `ends[i - 1]` and at most `ends[i]`.
    values : ndarray of shape (n_cells,)
    missing : float
        What a missing value becomes.
    """

    source: int
    ends: np.ndarray
    values: np.ndarray
    missing: float
    dtype = _FLOAT

    def then(self, function, scale=None, shift=None):
        """As :meth:`Rising.then`."""
        after = function(np.append(self.values, self.missing))
        return make_steps(self.source, self.ends, after[:-1], after[-1])

    def filled(self, value):
        """As :meth:`Rising.filled`."""
        values = np.where(np.isnan(self.values), value, self.values)
        missing = value if np.isnan(self.missing) else self.missing
        return make_steps(self.source, self.ends, values, missing)

    def stepped(self, ends, values, missing):
        """As :meth:`Rising.stepped`."""
        table = np.append(values, missing)

        def look_up(z):
            place = np.searchsorted(ends, z)
            return table[np.where(np.isnan(z), len(values), place)]

        return self.then(look_up)


@dataclass(frozen=True)
class Tabled:
    """A column that depends on one original category; the steps will be asked.

    Attributes
    ----------
    source : int
    """

    source: int
    dtype = _FLOAT

    def then(self, function, scale=None, shift=None):
        """As :meth:`Rising.then`."""
        return self

    def filled(self, value):
        """As :meth:`Rising.filled`."""
        return self

    def stepped(self, ends, values, missing):
        """As :meth:`Rising.stepped`."""
        return self


def make_steps(source, ends, values, missing):
    """Steps without empty cells, and without two neighbours that say the same.

    Parameters
    ----------
    source : int
    ends : ndarray of shape (n_cells - 1,)
        Non-decreasing.
    values : array-like of shape (n_cells,)
    missing : float

    Returns
    -------
    steps : Steps
    """
    ends = np.asarray(ends, dtype=np.float64)
    values = np.asarray(values, dtype=np.float64)
    borders = np.concatenate([[-np.inf], ends, [np.inf]])
    full = np.flatnonzero(borders[1:] > borders[:-1])
    ends, values = borders[full[:-1] + 1], values[full]
    same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    keep = np.flatnonzero(~same)
    return Steps(
        source, ends[keep], values[np.append(keep, len(values) - 1)], float(missing)
    )


def steps_of_points(points, values, other):
    """Cells of a function that tells single numbers apart.

    Parameters
    ----------
    points : ndarray of shape (n_points,)
        Distinct numbers.
    values : ndarray of shape (n_points,)
    other : float
        For all other numbers.

    Returns
    -------
    ends : ndarray of shape (2 * n_points,)
    values : ndarray of shape (2 * n_points + 1,)
    """
    order = np.argsort(points)
    points = np.asarray(points, dtype=np.float64)[order]
    ends = np.empty(2 * len(points))
    ends[0::2] = np.nextafter(points, -np.inf)
    ends[1::2] = points
    cells = np.full(2 * len(points) + 1, other, dtype=np.float64)
    cells[1::2] = np.asarray(values, dtype=np.float64)[order]
    return ends, cells
