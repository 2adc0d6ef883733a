# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C in the middle of training leaves the process usable."""

import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import make_friedman1
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_fs import KANRegressor


class InterruptSecondEpoch:
    """What a signal does between two epochs, at a known place."""

    def __init__(self):
        self.n_epochs = 0
        self.blas_threads = set()

    def setup(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context, **kwargs):
        pass

    def on_fit_task_end(self, estimator, context, **kwargs):
        self.n_epochs += 1
        if self.n_epochs == 2:
            self.blas_threads = _blas_threads()
            raise KeyboardInterrupt

    def teardown(self, estimator, context):
        pass


def _blas_threads():
    pools = threadpool_info()
    return {pool["num_threads"] for pool in pools if pool["user_api"] == "blas"}


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_interrupted_fit_leaves_the_process_usable(solver):
    X, y = make_friedman1(200, n_features=6, random_state=0)
    model = KANRegressor(solver=solver, max_iter=150, random_state=0)
    expected = model.fit(X, y).predict(X)
    callback = InterruptSecondEpoch()
    # Two threads, so that a limit of one that stays behind is seen.
    with threadpool_limits(2):
        before = threadpool_info()
        with pytest.raises(KeyboardInterrupt):
            model.set_callbacks(callback).fit(X, y)
        assert threadpool_info() == before
        assert callback.n_epochs == 2
        assert callback.blas_threads == {1}
        assert 2 in _blas_threads()
        # The interrupted model is fitted again as if nothing had happened.
        model.set_callbacks()
        assert_array_equal(model.fit(X, y).predict(X), expected)
        assert threadpool_info() == before
