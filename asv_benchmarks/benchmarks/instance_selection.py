# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Time, memory and quality of the selectors of rows."""

import numpy as np
from sklearn.datasets import load_digits, make_classification
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

from sklearn_fs.instance_selection import (
    ENN,
    LDIS,
    GAISSelector,
    GraphCoverageSelector,
    HartCNN,
    KMeansInstanceSelector,
    LSSm,
    RandomInstanceSelector,
)


def _table(n_samples):
    return make_classification(
        n_samples,
        20,
        n_informative=10,
        n_redundant=5,
        n_classes=3,
        flip_y=0.05,
        random_state=0,
    )


class Coverage:
    """Graphs of every kind on tables of growing length."""

    param_names = ["n_samples", "graph"]
    params = ([5_000, 20_000, 200_000], ["knn", "batch", "lsh", "rp_forest"])
    timeout = 300

    def setup(self, n_samples, graph):
        if graph == "knn" and n_samples > 20_000:
            # The way in which asv leaves a combination out: it would take too long.
            raise NotImplementedError
        self.X, self.y = _table(n_samples)
        self.selector = GraphCoverageSelector(0.04, graph=graph, random_state=0)

    def time_fit(self, n_samples, graph):
        self.selector.fit(self.X, self.y)

    def peakmem_fit(self, n_samples, graph):
        self.selector.fit(self.X, self.y)


class Attention:
    """Graph attention in both versions."""

    param_names = ["n_samples", "attention"]
    params = ([5_000, 50_000], ["v1", "v2"])
    timeout = 300

    def setup(self, n_samples, attention):
        self.X, self.y = _table(n_samples)
        self.selector = GAISSelector(
            0.04, graph="batch", attention=attention, random_state=0
        )

    def time_fit(self, n_samples, attention):
        self.selector.fit(self.X, self.y)


class Classics:
    """The quadratic selectors."""

    param_names = ["selector"]
    params = ["ENN", "HartCNN", "KMeans", "LDIS", "LSSm"]

    def setup(self, selector):
        self.X, self.y = _table(5_000)
        self.selector = {
            "ENN": ENN(),
            "HartCNN": HartCNN(random_state=0),
            "KMeans": KMeansInstanceSelector(0.04, random_state=0),
            "LDIS": LDIS(),
            "LSSm": LSSm(),
        }[selector]

    def time_fit(self, selector):
        self.selector.fit(self.X, self.y)


class Quality:
    """Accuracy of one nearest neighbour on 4 % of the digits."""

    param_names = ["selector"]
    params = ["coverage", "attention", "k-means", "random"]

    def setup(self, selector):
        X, y = load_digits(return_X_y=True)
        self.data = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)
        self.selector = {
            "coverage": GraphCoverageSelector(0.04),
            "attention": GAISSelector(0.04, random_state=0),
            "k-means": KMeansInstanceSelector(0.04, random_state=0),
            "random": RandomInstanceSelector(0.04, random_state=0),
        }[selector]

    def track_accuracy(self, selector):
        X, X_test, y, y_test = self.data
        model = KNeighborsClassifier(1).fit(*self.selector.fit_resample(X, y))
        return float(np.mean(model.predict(X_test) == y_test))
