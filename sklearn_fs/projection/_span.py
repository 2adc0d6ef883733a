# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns that span a table: the greedy walk with the table itself as target."""

import numpy as np
from scipy import sparse

from sklearn_fs.projection._greedy import (
    compress_targets,
    greedy_projection,
    permuted_copies,
)

# Rows beyond these bounds change the covariances by less than their own noise; the
# second one keeps the dense sample of a wide table at 200 MB.
_MAX_ROWS = 20_000
_MAX_ENTRIES = 50_000_000
# A longer walk costs more than it tells: the importance ranks what follows.
_MAX_STEPS = 500


def sample_rows(n_rows, n_kept, seed):
    """Sorted row numbers: all, or a random sample."""
    if n_rows <= n_kept:
        return np.arange(n_rows)
    return np.sort(np.random.RandomState(seed).permutation(n_rows)[:n_kept])


def span_walk(X, centre, scale, n_steps, n_shadows, seed):
    """Choose columns that rebuild the whole table, and stop at the noise floor.

    Parameters
    ----------
    X : ndarray or CSR of shape (n_rows, n_columns)
        The table.
    centre, scale : ndarray of shape (n_columns,)
        Scaling; the sample is centred anew.
    n_steps : int
        Number of columns to choose at most.
    n_shadows : int
        Permuted copies of real columns.
    seed : int
        Of the sample and the shadows.

    Returns
    -------
    path : GreedyPath
    """
    n_rows, n_columns = X.shape
    bound = min(_MAX_ROWS, max(200, _MAX_ENTRIES // n_columns))
    rows = sample_rows(n_rows, bound, seed)
    Z = X[rows]
    Z = Z.toarray() if sparse.issparse(Z) else np.ascontiguousarray(Z)
    Z = ((Z - centre) / scale).astype(np.float32)
    Z -= Z.mean(axis=0, dtype=np.float64).astype(np.float32)
    # What rounding leaves of a constant column is no direction.
    Z[:, np.ptp(Z, axis=0) <= 1e-6 * max(np.abs(Z).max(), 1e-30)] = 0
    shadows, _ = permuted_copies(Z, n_shadows, np.random.RandomState(seed))
    return greedy_projection(
        np.concatenate([Z, shadows], axis=1),
        compress_targets(Z),
        min(n_steps, _MAX_STEPS),
        shadows=np.arange(n_columns + n_shadows) >= n_columns,
        discount_own=True,
    )
