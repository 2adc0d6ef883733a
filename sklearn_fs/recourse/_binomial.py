# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact limits of a share from counts."""

import numpy as np
from scipy import stats


def binomial_limits(hits, draws, confidence):
    """Clopper-Pearson limits.

    Parameters
    ----------
    hits, draws : array-like of int
        Successes, and of how many.
    confidence : float
        Coverage.

    Returns
    -------
    low, high : ndarray
        0 and 1 where there are no draws.
    """
    hits, draws = np.asarray(hits), np.asarray(draws)
    alpha = 1 - confidence
    with np.errstate(invalid="ignore"):
        low = stats.beta.ppf(alpha / 2, hits, draws - hits + 1)
        high = stats.beta.ppf(1 - alpha / 2, hits + 1, draws - hits)
    return np.where(hits == 0, 0.0, low), np.where(hits == draws, 1.0, high)
