# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank by chunks: counting, merging and scoring."""

import pickle

import numpy as np

from benchmarks.common import sizes
from benchmarks.datasets import make_planted_categorical
from sklearn_fs import OutRank


def _chunks(X, y, size=20_000):
    for begin in range(0, len(y), size):
        yield X[begin : begin + size], y[begin : begin + size]


class Stream:
    """The planted table in chunks of 20,000 rows, as numbers or as words."""

    param_names = ["values", "n_samples"]
    params = [["numbers", "words"], sizes([20_000], [200_000])]

    def setup(self, values, n_samples):
        import pyarrow as pa

        X, y, _, _ = make_planted_categorical(n_samples, 0)
        X = np.asarray(X)
        columns = {
            f"c{j}": pa.array(X[:, j].astype(str) if values == "words" else X[:, j])
            for j in range(X.shape[1])
        }
        self.X, self.y = pa.table(columns), np.asarray(y)
        self.ranker = self._count()
        self.classes = np.unique(self.y)

    def _count(self):
        ranker = OutRank(categorical_features="all")
        for X, y in _chunks(self.X, self.y):
            ranker.partial_fit(X, y, classes=np.unique(self.y))
        return ranker

    def time_partial_fit(self, values, n_samples):
        self._count()

    def peakmem_partial_fit(self, values, n_samples):
        self._count()

    def time_scores(self, values, n_samples):
        self.ranker._mark_stale()
        self.ranker.scores_

    def time_merge(self, values, n_samples):
        pickle.loads(pickle.dumps(self.ranker)).merge(self.ranker)

    def track_ratio_to_fit(self, values, n_samples):
        """Seconds of partial_fit over those of fit on the same table."""
        import time

        start = time.perf_counter()
        self._count().scores_
        stream = time.perf_counter() - start
        start = time.perf_counter()
        OutRank(categorical_features="all").fit(self.X, self.y)
        return stream / (time.perf_counter() - start)
