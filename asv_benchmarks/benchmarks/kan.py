# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Speed, memory and quality of the spline networks and their selectors."""

import numpy as np
from sklearn.datasets import make_friedman1
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.model_selection import train_test_split
from sklearn_fs.neural_network._bspline_fast import (
    spline_layer_backward,
    spline_layer_forward,
)
from threadpoolctl import threadpool_limits

from sklearn_fs import KANClassifier, KANKnockoffSelector, KANRegressor, KANSelector


class OneThread:
    """Every timing is of one thread, so that ratios mean something."""

    def setup(self, *_):
        self._limits = threadpool_limits(1)

    def teardown(self, *_):
        self._limits.restore_original_limits()


class Fit(OneThread):
    """The networks beside trees, at the sizes of ordinary tables."""

    param_names = ["shape", "model"]
    params = [
        [(500, 30), (1000, 50), (43_000, 9)],
        ["kan", "hist_gradient_boosting", "random_forest"],
    ]
    timeout = 300

    def setup(self, shape, model):
        super().setup()
        self.X, self.y = make_friedman1(*shape, noise=1.0, random_state=0)
        self.model = {
            "kan": KANRegressor(random_state=0),
            "hist_gradient_boosting": HistGradientBoostingRegressor(random_state=0),
            "random_forest": RandomForestRegressor(random_state=0),
        }[model]

    def time_fit(self, shape, model):
        self.model.fit(self.X, self.y)

    def peakmem_fit(self, shape, model):
        self.model.fit(self.X, self.y)

    def track_r2(self, shape, model):
        split = train_test_split(self.X, self.y, random_state=0)
        return self.model.fit(split[0], split[2]).score(split[1], split[3])


class Epochs(OneThread):
    """A fixed number of epochs: the training loop without early stopping."""

    def setup(self):
        super().setup()
        self.X, self.y = make_friedman1(500, n_features=30, random_state=0)

    def time_100_epochs_of_500_rows(self):
        KANRegressor(max_iter=100, early_stopping=False, random_state=0).fit(
            self.X, self.y
        )


class Select(OneThread):
    """Every method of the selector on an interaction without main effects."""

    param_names = ["method"]
    params = ["l1", "l2", "si", "ko", "perm", "attr", "path", "omp"]

    def setup(self, method):
        super().setup()
        self.X = np.random.default_rng(0).uniform(-1, 1, (600, 60))
        self.y = self.X[:, 0] * self.X[:, 1] > 0
        self.selector = KANSelector(
            method=method, n_features_to_select=2, random_state=0
        )

    def time_fit(self, method):
        self.selector.fit(self.X, self.y)

    def track_found(self, method):
        return int(self.selector.fit(self.X, self.y).support_[:2].sum())


class Wide(OneThread):
    """Ten thousand columns, sixty rows."""

    def setup(self):
        super().setup()
        self.X = np.random.default_rng(0).standard_normal((60, 10_000))
        self.y = self.X[:, :5].sum(axis=1) > 0

    def time_fit(self):
        KANClassifier(random_state=0).fit(self.X, self.y)

    def peakmem_fit(self):
        KANClassifier(random_state=0).fit(self.X, self.y)


class Knockoffs(OneThread):
    def setup(self):
        super().setup()
        self.X = np.random.default_rng(0).standard_normal((1000, 50))
        self.y = self.X[:, :15].sum(axis=1)

    def time_fit(self):
        KANKnockoffSelector(random_state=0).fit(self.X, self.y)

    def track_false_discoveries(self):
        support = KANKnockoffSelector(random_state=0).fit(self.X, self.y).support_
        return support[15:].sum() / max(1, support.sum())


class Layer(OneThread):
    """The fused hidden layer, forward and back, on one batch."""

    param_names = ["n_outputs"]
    params = [1, 10]

    def setup(self, n_outputs):
        super().setup()
        rng = np.random.default_rng(0)

        def draw(*shape):
            return rng.standard_normal(shape).astype(np.float32)

        n, units = 512, 20
        self.coef, self.out = draw(units * 9, n_outputs), draw(n, n_outputs)
        self.local = [draw(n, units, 5), draw(n, units, 5)]
        self.left = np.zeros((n, units), dtype=np.int32)
        self.z, self.bias = draw(n, units), draw(n_outputs)
        self.low = np.full(units, -3, dtype=np.float32)
        self.scale = np.full(units, 5 / 6, dtype=np.float32)

    def time_forward(self, n_outputs):
        spline_layer_forward(
            *(self.z, self.low, self.scale, 5, 3, 1, self.coef, self.bias),
            *(self.out, *self.local, self.left),
        )

    def time_backward(self, n_outputs):
        spline_layer_backward(
            *(self.out, self.coef, *self.local, self.left, 5, 3, 1, True),
            *(np.empty_like(self.coef), np.empty_like(self.z)),
        )
