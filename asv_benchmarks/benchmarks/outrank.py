# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank and the statistics beneath it."""

import numpy as np

from benchmarks.common import average_precision_of_order, sizes
from benchmarks.datasets import make_planted_categorical, planted_positives
from sklearn_fs import OutRank
from sklearn_fs.information import (
    ami_score,
    expected_mutual_information,
    mi_corrected,
    mutual_info_matrix,
)


class ExpectedMutualInformation:
    """Two margins of `n_values` categories each, with Zipf counts."""

    param_names = ["n_values"]
    params = [sizes([30, 1000], [30_000])]

    def setup(self, n_values):
        shares = 1 / np.arange(1, n_values + 1)
        self.counts = np.maximum(1, 1e5 * shares / shares.sum()).astype(np.int64)

    def time_expected(self, n_values):
        expected_mutual_information(self.counts, self.counts, self.counts.sum())


class PairTable:
    """All pairs of the columns of the planted table."""

    param_names = ["n_samples"]
    params = [sizes([10_000], [100_000])]

    def setup(self, n_samples):
        self.X = make_planted_categorical(n_samples, 0)[0]

    def time_mutual_info_matrix(self, n_samples):
        mutual_info_matrix(self.X, correction="exact")

    def peakmem_mutual_info_matrix(self, n_samples):
        mutual_info_matrix(self.X, correction="exact")


class Criteria:
    """Twelve picks from the planted table; how many of them say something new."""

    param_names = ["criterion", "n_samples"]
    params = [["3mr", "mrmr", "jmi", "cmim"], sizes([10_000], [100_000])]

    def setup(self, criterion, n_samples):
        self.X, self.y, self.names, _ = make_planted_categorical(n_samples, 0)
        self.ranker = OutRank(
            criterion=criterion, n_features_to_select=12, categorical_features="all"
        )

    def time_fit(self, criterion, n_samples):
        self.ranker.fit(self.X, self.y)

    def peakmem_fit(self, criterion, n_samples):
        self.ranker.fit(self.X, self.y)

    def track_relevant_in_first_12(self, criterion, n_samples):
        first = self.ranker.fit(self.X, self.y).order_[:12]
        told = [self.names[j] for j in first]
        return sum(name == "numeric" or name.startswith("relevant") for name in told)


class Interactions:
    """All pairs of the planted table."""

    param_names = ["n_samples"]
    params = [sizes([10_000], [100_000])]

    def setup(self, n_samples):
        self.X, self.y, self.names, _ = make_planted_categorical(n_samples, 0)
        self.ranker = OutRank(interaction_order=2, categorical_features="all")

    def time_fit(self, n_samples):
        self.ranker.fit(self.X, self.y)

    def track_place_of_planted_pair(self, n_samples):
        found = self.ranker.fit(self.X, self.y).interactions_
        wanted = {self.names.index("pair_left"), self.names.index("pair_right")}
        return [{row["i"], row["j"]} == wanted for row in found].index(True) + 1


class ScoreFunctions:
    """The functions for SelectKBest."""

    param_names = ["function", "n_samples"]
    params = [["mi_corrected", "ami_score"], sizes([10_000], [100_000])]

    def setup(self, function, n_samples):
        self.X, self.y, _, _ = make_planted_categorical(n_samples, 0)
        self.function = {"mi_corrected": mi_corrected, "ami_score": ami_score}[function]

    def time_score(self, function, n_samples):
        self.function(self.X, self.y)


class Fit:
    """`OutRank.fit` on codes, strings of a frame, and a sparse matrix."""

    param_names = ["container", "n_samples", "n_jobs"]
    params = [
        ["codes", "strings", "sparse"],
        sizes([10_000, 100_000], [1_000_000]),
        [1, 2],
    ]
    timeout = 300

    def setup(self, container, n_samples, n_jobs):
        X, self.y, names, _ = make_planted_categorical(n_samples, 0)
        if container == "codes":
            self.X = X
        elif container == "strings":
            import pandas as pd

            # Distinct strings are made once and taken by code.
            words = np.array([f"value {i}" for i in range(X.max() + 1)], dtype=object)
            self.X = pd.DataFrame(words[X], columns=list(names))
        else:
            from scipy.sparse import csr_array

            # Most cells of a count table are zero.
            keep = np.random.default_rng(0).random(X.shape) < 0.05
            self.X = csr_array(np.where(keep, X, 0))
        self.ranker = OutRank(categorical_features="all", n_jobs=n_jobs)

    def time_fit(self, container, n_samples, n_jobs):
        self.ranker.fit(self.X, self.y)

    def peakmem_fit(self, container, n_samples, n_jobs):
        self.ranker.fit(self.X, self.y)


class Quality:
    """Average precision of the planted columns, mean over five tables."""

    param_names = ["n_samples"]
    params = [sizes([10_000], [30_000, 100_000])]
    unit = "average precision"

    def track_average_precision(self, n_samples):
        found = []
        for seed in range(5):
            X, y, _, roles = make_planted_categorical(n_samples, seed)
            ranker = OutRank(categorical_features="all").fit(X, y)
            positives = planted_positives(roles)
            found.append(average_precision_of_order(ranker.order_, positives))
        return float(np.mean(found))
