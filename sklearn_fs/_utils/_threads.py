# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""From `n_jobs` to the number of threads that a kernel is given."""

from joblib import cpu_count

from sklearn_fs._utils._openmp import has_openmp, max_threads


def effective_n_threads(n_jobs, *, n_items=None):
    """Number of threads for a compiled loop.

    Parameters
    ----------
    n_jobs : int or None
        None means 1, -1 all, -2 all but one, as everywhere in scikit-learn.
    n_items : int, default=None
        Independent pieces of work; more threads than pieces are never started.

    Returns
    -------
    n_threads : int
        At least 1; at most what the cores and `OMP_NUM_THREADS` allow.
    """
    if not has_openmp() or n_jobs is None:
        return 1
    if n_jobs == 0:
        raise ValueError(
            "n_jobs=0 has no meaning; use 1 for one thread or -1 for all cores."
        )
    available = min(cpu_count(), max_threads())
    n_threads = n_jobs if n_jobs > 0 else max(1, available + 1 + n_jobs)
    n_threads = min(n_threads, available)
    if n_items is not None:
        n_threads = min(n_threads, n_items)
    return max(1, n_threads)
