# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What mutual information looks like when the labels are shuffled.

Mean: exact. Standard deviation: per category a multinomial row, the class totals held
by linear regression. p-value: a gamma law with this mean and standard deviation.
"""

import numpy as np
from scipy import special

from sklearn_fs.information._expected_fast import (
    expected_cells,
    null_of_many_classes,
    null_of_two_classes,
    sum_over_rows,
)

# Logarithms of small integers come from a table; beyond it they are computed.
_N_LOGS = 16384


def log_table(largest):
    """log(k) for k = 0..min(largest, 16383); the entry of 0 is never used."""
    table = np.zeros(min(int(largest) + 1, _N_LOGS))
    np.log(np.arange(1, len(table)), out=table[1:])
    return table


class NullMoments:
    """Mean and standard deviation of mutual information under shuffled labels.

    What a row of a table contributes depends on its total and on the classes alone. It
    is kept, since the tables of many columns with one target have the same row totals.

    Parameters
    ----------
    class_counts : ndarray of shape (n_classes,), dtype int64
        Class totals, each at least 1; their sum is the number of rows.
    n_threads : int
        Threads over the distinct row totals of all columns together.
    """

    def __init__(self, class_counts, n_threads=1):
        self.class_counts = class_counts
        self.n = int(class_counts.sum())
        self.n_threads = n_threads
        self.known = np.empty(0, dtype=np.int64)  # row totals, rising
        if len(class_counts) == 2:
            # F of both classes in one sweep; the slope is that on the smaller class, so
            # that the names of the labels do not even change the rounding.
            self.class_values = np.sort(class_counts)
            self.repeats = np.ones(2, dtype=np.int64)
        else:
            self.class_values, self.repeats = np.unique(
                class_counts, return_counts=True
            )
        self.mean, self.residual = np.empty((2, 0))
        self.slopes = np.empty((0, len(self.class_values)))

    def __call__(self, margins):
        """Moments of some columns.

        Parameters
        ----------
        margins : Margins
            The distinct row totals of each column.

        Returns
        -------
        expected, std : ndarray of shape (n_columns,)
            In nats.

        Notes
        -----
        O(D K w) for D distinct row totals that were not seen before, K distinct class
        totals and a window of w ~ 18 standard deviations of the hypergeometric law.
        """
        n_columns = len(margins.indptr) - 1
        expected, variance = np.zeros(n_columns), np.zeros(n_columns)
        if len(self.class_counts) < 2 or len(margins.counts) == 0:
            return expected, variance
        self._learn(distinct_counts(margins.counts))
        sum_over_rows(
            margins.indptr, _places(self.known, margins.counts),
            margins.multiplicities, self.known, self.class_values / self.n,
            self.repeats, self.n, self.mean, self.residual, self.slopes, expected,
            variance, np.empty(len(self.class_values)),
        )  # fmt: skip
        return expected, np.sqrt(variance)

    def _learn(self, row_counts):
        new = np.setdiff1d(row_counts, self.known, assume_unique=True)
        if len(new) == 0:
            return
        logs = log_table(new[-1])
        mean, residual = np.empty((2, len(new)))
        if len(self.class_counts) == 2:
            first = int(self.class_values[0])
            p, slope = first / self.n, np.empty(len(new))
            null_of_two_classes(
                new, first, self.n, logs, mean, residual, slope, self.n_threads
            )
            slopes = np.column_stack([(1 - p) * slope, -p * slope])
        else:
            slopes = np.empty((len(new), len(self.class_values)))
            null_of_many_classes(
                new, self.class_values, self.repeats, self.n, logs, mean, residual,
                slopes, self.n_threads,
            )  # fmt: skip
        places = np.searchsorted(self.known, new)
        self.known = np.insert(self.known, places, new)
        self.mean = np.insert(self.mean, places, mean)
        self.residual = np.insert(self.residual, places, residual)
        self.slopes = np.insert(self.slopes, places, slopes, axis=0)


def _places(known, counts):
    """Where each count is in `known`, which is rising."""
    if known[-1] > 4 * len(counts) + 65536:
        return np.searchsorted(known, counts)
    places = np.zeros(known[-1] + 1, dtype=np.intp)
    places[known] = np.arange(len(known))
    return places[counts]


def distinct_counts(counts):
    """The distinct values of an array of positive counts, rising."""
    largest = int(counts.max(initial=0))
    if largest > 4 * len(counts) + 65536:
        return np.unique(counts)
    there = np.zeros(largest + 1, dtype=bool)
    there[counts] = True
    return np.flatnonzero(there)


def expected_mutual_information(row_counts, col_counts, n=None):
    """Exact expected mutual information of two labelings with given margins.

    The expectation is over all assignments that keep both margins, that is over
    permutations of one of the labelings [1]_. It is what mutual information reaches
    by chance: near 0 for two balanced binary columns, and the whole entropy of the
    target for a column without repeated values.

    Parameters
    ----------
    row_counts : array-like of shape (n_rows,)
        How often each value of the first labeling occurs: integers; zeros are
        ignored.
    col_counts : array-like of shape (n_cols,)
        The same for the second labeling.
    n : int, default=None
        Number of samples; both margins must sum to it. None: their sum.

    Returns
    -------
    emi : float
        In nats.

    See Also
    --------
    mutual_info_matrix : Mutual information of all pairs of columns.
    sklearn.metrics.adjusted_mutual_info_score : One pair of labelings, adjusted.

    Notes
    -----
    Time is O(D_r D_c w), where D is the number of *distinct* counts of a margin (at
    most sqrt(2 n)) and w about 18 standard deviations of the hypergeometric law, at
    most the smaller count.

    References
    ----------
    .. [1] Vinh, Epps and Bailey, "Information theoretic measures for clusterings
       comparison", JMLR 11 (2010), equation 24.

    Examples
    --------
    >>> from sklearn_fs.information import expected_mutual_information
    >>> round(expected_mutual_information([2, 2], [2, 2]), 12)
    0.231049060187
    """
    margins = []
    for name, counts in (("row_counts", row_counts), ("col_counts", col_counts)):
        counts = np.asarray(counts)
        if counts.ndim != 1 or counts.dtype.kind not in "iuf":
            raise ValueError(
                f"{name} must be a 1-D array of integers, got an array of dtype "
                f"{counts.dtype} with {counts.ndim} dimensions."
            )
        as_int = counts.astype(np.int64)
        if (as_int != counts).any() or (as_int < 0).any():
            raise ValueError(f"{name} must hold counts: integers, none negative.")
        margins.append(as_int[as_int > 0])
    totals = [int(m.sum()) for m in margins]
    n = totals[0] if n is None else int(n)
    if totals != [n, n]:
        raise ValueError(
            f"n={n}, but row_counts sum to {totals[0]} and col_counts to {totals[1]}; "
            "both margins must add up to n."
        )
    if n == 0 or min(len(m) for m in margins) < 2:
        return 0.0
    (a, m_a), (b, m_b) = (np.unique(m, return_counts=True) for m in margins)
    cells = np.empty((len(a), len(b)))
    expected_cells(a, b, n, log_table(min(a[-1], b[-1])), cells, 1)
    return float(m_a @ cells @ m_b)


def gamma_tail(values, mean, std):
    """Log of the probability that a gamma variable exceeds a value.

    Parameters
    ----------
    values, mean, std : ndarray of shape (n,)
        The law has this mean and standard deviation; where `std` is 0 the answer is
        0, that is p = 1.

    Returns
    -------
    log_p : ndarray of shape (n,)
        Finite for finite input, also where p itself underflows.
    """
    log_p = np.zeros(len(values))
    use = (std > 0) & (mean > 0) & (values > 0)
    shape = (mean[use] / std[use]) ** 2
    x = values[use] * mean[use] / std[use] ** 2
    with np.errstate(divide="ignore"):
        tail = np.log(special.gammaincc(shape, x))
    far = ~(tail > -600.0)
    if far.any():
        tail[far] = _log_gamma_tail_far(shape[far], x[far])
    log_p[use] = tail
    return log_p


def _log_gamma_tail_far(shape, x):
    """Continued fraction of the upper incomplete gamma function, x far above shape."""
    tiny = 1e-300
    b = x + 1.0 - shape
    c = np.full_like(x, 1.0 / tiny)
    d = 1.0 / b
    fraction = d.copy()
    for i in range(1, 1000):
        an = -i * (i - shape)
        b = b + 2.0
        d = an * d + b
        d[d == 0] = tiny
        c = b + an / c
        c[c == 0] = tiny
        d = 1.0 / d
        step = d * c
        fraction *= step
        if np.abs(step - 1.0).max() < 1e-14:
            break
    return -x + shape * np.log(x) - special.gammaln(shape) + np.log(fraction)


def normal_quantile_of_tail(log_p, std):
    """z with P(normal > z) = p; 0 where there is no spread, always finite."""
    z = -special.ndtri_exp(np.minimum(log_p, -np.finfo(float).tiny))
    return np.where(std > 0, np.maximum(z, -special.ndtri_exp(-1e-16)), 0.0)


def benjamini_hochberg(log_p, alpha):
    """Mask of the discoveries at the false discovery rate alpha.

    Parameters
    ----------
    log_p : ndarray of shape (n,)
        Logarithms of the p-values.
    alpha : float
    """
    p = len(log_p)
    order = np.argsort(log_p, kind="stable")
    below = log_p[order] <= np.log(alpha * np.arange(1, p + 1) / p)
    found = np.zeros(p, dtype=bool)
    if below.any():
        found[order[: np.flatnonzero(below)[-1] + 1]] = True
    return found
