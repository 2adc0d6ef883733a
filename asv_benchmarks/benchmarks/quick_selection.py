# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Benchmarks of the selectors that train sparse networks, on generated tables."""

import numpy as np
from scipy import sparse

from sklearn_fs import NeuroFS, QuickSelection


def factor_table(n_rows, n_columns, n_factors=10, seed=0):
    """A quarter of the columns mixes a few factors, the rest is independent noise."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_rows, n_columns), dtype=np.float32)
    n_mixed = n_columns // 4
    factors = rng.standard_normal((n_rows, n_factors), dtype=np.float32)
    X[:, :n_mixed] *= 0.5
    X[:, :n_mixed] += factors @ rng.standard_normal((n_factors, n_mixed)) / 3
    return X


class Fit:
    """Time and memory of one fit over shapes, strategies and threads."""

    params = ([(2000, 500), (6000, 784)], ["set", "wast"], [1, 2])
    param_names = ("shape", "strategy", "n_jobs")
    timeout = 120

    def setup(self, shape, strategy, n_jobs):
        self.X = factor_table(*shape)
        self.selector = QuickSelection(
            50, strategy=strategy, redundancy=None, n_jobs=n_jobs, random_state=0
        )

    def time_fit(self, shape, strategy, n_jobs):
        self.selector.fit(self.X)

    def peakmem_fit(self, shape, strategy, n_jobs):
        self.selector.fit(self.X)


class Walk:
    """The default, whose walk follows the network: time, and what it finds."""

    params = ([20, 50],)
    param_names = ("n_features_to_select",)

    def setup(self, n_features_to_select):
        self.X = factor_table(2000, 500)
        self.selector = QuickSelection(n_features_to_select, random_state=0)

    def time_fit(self, n_features_to_select):
        self.selector.fit(self.X)

    def track_share_of_mixed_columns(self, n_features_to_select):
        return float(self.selector.fit(self.X).support_[:125].sum()) / min(
            125, n_features_to_select
        )


class SparseFit:
    """A CSR table is made dense one batch at a time."""

    params = ([20_000, 100_000],)
    param_names = ("n_rows",)
    timeout = 120

    def setup(self, n_rows):
        rng = np.random.default_rng(0)
        # One column of every group of 100 in each row.
        indices = rng.integers(0, 100, (n_rows, 20)) + 100 * np.arange(20)
        indptr = 20 * np.arange(n_rows + 1)
        values = np.ones(20 * n_rows, dtype=np.float32)
        arrays = values, indices.ravel().astype(np.int32), indptr.astype(np.int32)
        self.X = sparse.csr_array(arrays, shape=(n_rows, 2000))
        self.selector = QuickSelection(50, max_iter=1, random_state=0)

    def time_fit(self, n_rows):
        self.selector.fit(self.X)

    def peakmem_fit(self, n_rows):
        self.selector.fit(self.X)


class DenseRatio:
    """Seconds of the sparse training over those of dense matrix products.

    The dense autoencoder of the same shape (BLAS, float32, the six products of a step
    and nothing else) is what masks over dense layers cost at least.
    """

    params = ([(2000, 500), (2000, 4000)],)
    param_names = ("shape",)
    timeout = 120

    def setup(self, shape):
        self.X = factor_table(*shape)

    def track_sparse_over_dense(self, shape):
        from time import process_time

        n_rows, n_columns = shape
        selector = QuickSelection(50, max_iter=3, redundancy=None, random_state=0)
        start = process_time()
        selector.fit(self.X)
        ours = process_time() - start
        rng = np.random.default_rng(0)
        first = rng.standard_normal((n_columns, 1000), dtype=np.float32)
        second = rng.standard_normal((1000, n_columns), dtype=np.float32)
        start = process_time()
        for _ in range(3):
            for row in range(0, n_rows, 100):
                batch = self.X[row : row + 100]
                hidden = batch @ first
                error = hidden @ second - batch
                back = error @ second.T
                first -= 1e-9 * (batch.T @ back)
                second -= 1e-9 * (hidden.T @ error)
        return ours / (process_time() - start)


class NeuroFSFit:
    """The supervised relative."""

    def setup(self):
        self.X = factor_table(1000, 300)
        self.y = (self.X[:, :5].sum(axis=1) > 0).astype(int)
        self.selector = NeuroFS(
            20, max_iter=15, hidden_layer_sizes=(300, 300), random_state=0
        )

    def time_fit(self):
        self.selector.fit(self.X, self.y)

    def peakmem_fit(self):
        self.selector.fit(self.X, self.y)
