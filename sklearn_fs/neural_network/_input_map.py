# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""From raw columns to the numbers that the first spline layer reads.

Numeric columns go to [-1, 1] by an increasing map, categorical ones to level codes;
what is constant in the training rows goes to NaN, which the design of the first
layer turns into zeros, so such a column can have no influence.
"""

from typing import NamedTuple

import numpy as np

INPUT_MAPS = ("quantile", "minmax", "robust", "standard")

# Enough for 101 quantiles; a full sort of a long column buys no better knots.
_MAX_ROWS_FOR_KNOTS = 100_000
_N_KNOTS = 101


class BlockLayout(NamedTuple):
    """Where each feature's columns stand in the design of the first layer."""

    offsets: np.ndarray  # of shape (n_features + 1,), dtype intp
    is_category: np.ndarray  # of shape (n_features,), dtype uint8
    has_indicator: np.ndarray  # of shape (n_features,), dtype uint8

    @property
    def widths(self):
        return np.diff(self.offsets)


class InputMap:
    """Column-wise map, fitted on the training rows.

    Parameters
    ----------
    kind : {"quantile", "minmax", "robust", "standard"} or None
        The map of numeric columns; None leaves them as they are.
    is_category : ndarray of shape (n_features,), dtype bool
        Columns whose values are levels.

    Attributes
    ----------
    columns : list
        For each feature the ascending levels of a category, or the knots (x, z) of
        its piecewise linear map.
    is_constant : ndarray of shape (n_features,), dtype bool
        At most one distinct value and nothing missing, or nothing but missing.
    has_missing : ndarray of shape (n_features,), dtype bool
        Some training rows are NaN, but not all.
    """

    def __init__(self, kind, is_category):
        self.kind = kind
        self.is_category = is_category

    def fit(self, X, random_state):
        n_features = X.shape[1]
        self.is_constant = np.zeros(n_features, dtype=bool)
        self.has_missing = np.zeros(n_features, dtype=bool)
        self.columns = []
        for j in range(n_features):
            column = np.asarray(X[:, j], dtype=np.float64)
            missing = np.isnan(column)
            if missing.any():
                self.has_missing[j] = not missing.all()
                column = column[~missing]
            if self.is_category[j]:
                knots = np.unique(column)
                n_distinct = len(knots)
            elif column.size == 0:
                knots, n_distinct = (np.zeros(1), np.zeros(1)), 0
            else:
                low, high = column.min(), column.max()
                n_distinct = 1 + (high > low)
                if column.size > _MAX_ROWS_FOR_KNOTS:
                    column = random_state.choice(column, _MAX_ROWS_FOR_KNOTS)
                knots = self._knots(np.sort(column), low, high)
            self.is_constant[j] = n_distinct <= 1 and not self.has_missing[j]
            self.columns.append(knots)
        return self

    def _knots(self, ascending, low, high):
        """The points (x, z) of the piecewise linear map of one numeric column."""
        if high == low:
            return np.array([low]), np.zeros(1)
        if self.kind == "quantile":
            n = len(ascending)
            picks = np.rint(np.linspace(0, n - 1, min(n, _N_KNOTS))).astype(np.intp)
            x = np.unique(np.r_[low, ascending[picks], high])
            # Mid-ranks: the middle of a value's ties is where it stands.
            z = np.searchsorted(ascending, x, "left") + np.searchsorted(
                ascending, x, "right"
            ).astype(np.float64)
            return x, 2.0 * (z - z[0]) / (z[-1] - z[0]) - 1.0
        if self.kind == "robust":
            ends = np.percentile(ascending, [1, 99])
            if ends[1] > ends[0]:
                low, high = ends
        elif self.kind == "standard":
            mean, sd = ascending.mean(), ascending.std()
            if np.isfinite(sd) and sd > 0:
                low, high = mean - sd, mean + sd
        elif self.kind is None:
            low, high = -1.0, 1.0
        return np.array([low, high]), np.array([-1.0, 1.0])

    def transform(self, X, dtype):
        """Map rows; the result is C-contiguous, of the given dtype."""
        z = np.empty(X.shape, dtype=dtype)
        for j, knots in enumerate(self.columns):
            z[:, j] = self.transform_column(j, X[:, j])
        return z

    def transform_column(self, j, values):
        """Map values of one feature, in float64."""
        values = np.asarray(values, dtype=np.float64)
        if self.is_constant[j]:
            return np.full(values.shape, np.nan)
        knots = self.columns[j]
        if self.is_category[j]:
            place = np.minimum(np.searchsorted(knots, values), len(knots) - 1)
            z = np.where(knots[place] == values, place.astype(np.float64), -1.0)
            unseen_missing = -1.0
            z[np.isnan(values)] = np.nan
        else:
            x_knots, z_knots = knots
            if len(x_knots) == 1:
                z = np.where(np.isnan(values), np.nan, 0.0)
            elif self.kind == "quantile":
                z = np.interp(values, x_knots, z_knots)
            else:
                # Halves first: the difference of two huge numbers overflows.
                half = x_knots[1] / 2 - x_knots[0] / 2
                z = (values / 2 - x_knots[0] / 4 - x_knots[1] / 4) / (half / 2)
            unseen_missing = 0.0
        if not self.has_missing[j]:
            # Nothing was learned about a missing value here: take the middle of a
            # numeric column, or no level.
            z[np.isnan(z)] = unseen_missing
        return z

    def layout(self, n_basis, has_base):
        """The blocks of the design for a basis of `n_basis` functions."""
        levels = [
            len(knots) if category else 0
            for knots, category in zip(self.columns, self.is_category, strict=True)
        ]
        widths = np.where(self.is_category, levels, n_basis + has_base)
        offsets = np.zeros(len(widths) + 1, dtype=np.intp)
        np.cumsum(widths + self.has_missing, out=offsets[1:])
        return BlockLayout(
            offsets,
            self.is_category.astype(np.uint8),
            self.has_missing.astype(np.uint8),
        )
