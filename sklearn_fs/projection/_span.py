# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns that span a table: the greedy walk with the table itself as target."""

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

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
# Principal components among the targets.
_MAX_COMPONENTS = 20
# A pick beats the shadows when it exceeds the best of them by this share.
_MARGIN = 0.05


def sample_rows(n_rows, n_kept, seed):
    """Sorted row numbers: all, or a random sample."""
    if n_rows <= n_kept:
        return np.arange(n_rows)
    return np.sort(np.random.RandomState(seed).permutation(n_rows)[:n_kept])


def span_walk(X, centre, scale, n_steps, n_shadows, seed, *, shared_unit, patience=1):
    """Choose columns that rebuild the whole table, and stop at the noise floor.

    The targets are the columns and, with the same weight in all, the leading
    principal components that exceed those of a table with permuted columns: the
    columns alone would spend the first steps on the largest group of alike ones.

    Parameters
    ----------
    X : ndarray or CSR of shape (n_rows, n_columns)
        The table.
    centre, scale : ndarray of shape (n_columns,)
        Scaling; the sample is centred anew.
    n_steps : int
        Number of columns to choose at most.
    n_shadows : int
        Permuted copies of real columns, which stop the walk.
    seed : int
        Of the sample and the shadows.
    shared_unit : bool
        Whether the deviation of a column tells something. If not, rebuilding itself
        is what every column can do, and is no merit in the comparison with shadows.
    patience : int, default=1
        Number of picks in a row that the shadows must beat before the walk ends.

    Returns
    -------
    path : GreedyPath
    """
    n_rows, n_columns = X.shape
    bound = min(_MAX_ROWS, max(200, _MAX_ENTRIES // n_columns))
    Z = _scaled_sample(X, centre, scale, sample_rows(n_rows, bound, seed))
    size = np.sqrt(np.einsum("ij,ij->", Z, Z, dtype=np.float64))
    if size > 0:
        Z /= np.float32(size)
    random_state = np.random.RandomState(seed)
    shadows, _ = permuted_copies(Z, n_shadows, random_state)
    # One BLAS thread: the walk must not depend on how many there are.
    with threadpool_limits(limits=1, user_api="blas"):
        components = _leading_components(Z, random_state)
        targets = compress_targets(Z)
        path = greedy_projection(
            np.concatenate([Z, shadows], axis=1),
            np.concatenate([targets, components], axis=1),
            # It looks ahead, so that a longer walk only continues a shorter one.
            min(n_steps, _MAX_STEPS) + patience - 1,
            shadows=np.arange(n_columns + n_shadows) >= n_columns,
            discount_own=not shared_unit,
            n_judged=targets.shape[1],
            patience=patience,
            margin=_MARGIN,
        )
    return path.cut(n_steps)


def _scaled_sample(X, centre, scale, rows):
    """Rows of the table, scaled, centred and dense, in float32."""
    Z = np.empty((len(rows), X.shape[1]), dtype=np.float32)
    for start in range(0, len(rows), 512):  # float64 for a few rows at a time
        block = X[rows[start : start + 512]]
        block = block.toarray() if sparse.issparse(block) else block
        Z[start : start + 512] = (block - centre) / scale
    Z -= Z.mean(axis=0, dtype=np.float64).astype(np.float32)
    # What rounding leaves of a constant column is no direction.
    largest = max(Z.max(), -Z.min(), 1e-30)
    Z[:, np.ptp(Z, axis=0) <= 1e-6 * largest] = 0
    return Z


def _leading_components(Z, random_state):
    """Principal components above chance, with the squared norm 1 in all.

    Parallel analysis (Horn, 1965): chance is the largest singular value after the
    rows of every column were permuted.
    """
    n_wanted = min(_MAX_COMPONENTS, min(Z.shape))
    seed = random_state.randint(np.iinfo(np.int32).max)
    left, values, _ = randomized_svd(Z, n_wanted, random_state=seed)
    permuted = _permute_columns(Z, random_state)
    (chance,) = randomized_svd(permuted, 1, random_state=seed)[1]
    n_kept = int((values > chance).sum())
    return left[:, :n_kept] / np.float32(np.sqrt(max(1, n_kept)))


def _permute_columns(Z, random_state):
    """Every column with its rows in a random order of its own."""
    permuted = np.empty_like(Z, order="F")
    for j in range(Z.shape[1]):
        permuted[:, j] = random_state.permutation(Z[:, j])
    return permuted
