# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Numbers to bins of equal mass."""

from numbers import Integral

import numpy as np


def resolve_n_bins(n_bins, n_samples, largest):
    """Number of bins for "auto": clip(floor(sqrt(n) / 2), 4, largest).

    Few rows cannot fill many bins: at 100 rows 32 bins have almost no power.
    """
    if isinstance(n_bins, Integral):
        return int(n_bins)
    return int(np.clip(np.sqrt(n_samples) // 2, 4, largest))


def distinct_values(values, weights=None):
    """Sorted distinct values and how much weight each has.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Without NaN.
    weights : ndarray of shape (n,), dtype int64, or None

    Returns
    -------
    distinct : ndarray of shape (n_distinct,)
    counts : ndarray of shape (n_distinct,), dtype int64
    """
    if len(values) == 0:
        return values, np.empty(0, dtype=np.int64)
    if weights is None:
        ordered = np.sort(values)
    else:
        order = np.argsort(values, kind="stable")
        ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if weights is None:
        counts = np.diff(starts, append=len(values))
    else:
        counts = np.add.reduceat(weights[order], starts)
    return ordered[starts], counts.astype(np.int64, copy=False)


def quantile_edges(distinct, counts, n_bins):
    """Upper edges (inclusive) of all bins but the last.

    A value that holds more than 1 / n_bins of the rows has a bin of its own; the other
    rows share the remaining bins equally. Edges are values of the data and depend on
    counts only, so any increasing transformation gives the same bins.

    Parameters
    ----------
    distinct : ndarray of shape (n_distinct,)
        Rising.
    counts : ndarray of shape (n_distinct,), dtype int64
    n_bins : int

    Returns
    -------
    edges : ndarray of shape (n_edges,)
        Rising, without repetitions; bin b holds edges[b - 1] < x <= edges[b].
    """
    if len(distinct) <= n_bins:
        return distinct[:-1]
    total = counts.sum()
    heavy = counts * n_bins > total
    light = np.where(heavy, 0, counts)
    n_rest = max(1, n_bins - int(heavy.sum()))
    cumulated = np.cumsum(light)
    targets = cumulated[-1] * np.arange(1, n_rest) / n_rest
    ends = np.searchsorted(cumulated, targets, side="left")
    points = np.flatnonzero(heavy)
    ends = np.unique(np.concatenate([ends, points, points - 1]))
    ends = ends[(ends >= 0) & (ends < len(distinct) - 1)]
    return distinct[ends]


def uniform_edges(distinct, n_bins):
    """Edges of equal width between the smallest and the largest finite value."""
    if distinct.dtype.kind == "f":
        distinct = distinct[np.isfinite(distinct)]
    if len(distinct) == 0:
        return distinct
    low, high = float(distinct[0]), float(distinct[-1])
    return np.unique(low + (high - low) * np.arange(1, n_bins) / n_bins)


def _given_edges(n_bins):
    try:
        edges = np.asarray(n_bins, dtype=np.float64)
    except (TypeError, ValueError):
        edges = np.empty((0, 0))
    if edges.ndim != 1 or np.isnan(edges).any():
        raise ValueError(
            f"n_bins={n_bins!r} must be 'auto', 'uniform', an int, or numbers: "
            "the inner edges of the bins, none of them NaN."
        )
    return np.unique(edges)


class NumericBinner:
    """What `n_bins` asks for, applied to one column after the other.

    Parameters
    ----------
    n_bins : "auto", "uniform", int or array-like of edges
    n_samples : int
        Rows, or the sum of the weights.
    largest : int
        Most bins that "auto" makes.
    """

    def __init__(self, n_bins, n_samples, largest):
        self.given = None
        if not isinstance(n_bins, (str, Integral)):
            self.given = _given_edges(n_bins)
        self.uniform = isinstance(n_bins, str) and n_bins == "uniform"
        self.n_bins = resolve_n_bins(n_bins, n_samples, largest)

    def edges(self, distinct, counts):
        """Edges for a column with these sorted values."""
        if self.given is not None:
            return self.given
        if self.uniform:
            return uniform_edges(distinct, self.n_bins)
        return quantile_edges(distinct, counts, self.n_bins)

    @property
    def by_quantiles(self):
        """Whether edges are those of :func:`quantile_edges`."""
        return self.given is None and not self.uniform
