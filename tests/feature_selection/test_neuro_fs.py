# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_classification
from threadpoolctl import threadpool_limits

from sklearn_fs import NeuroFS


def _data(seed=0):
    return make_classification(
        400,
        40,
        n_informative=4,
        n_redundant=0,
        n_clusters_per_class=1,
        class_sep=2.0,
        shuffle=False,
        random_state=seed,
    )


def _selector(k=4, **options):
    options = {"max_iter": 25, "hidden_layer_sizes": (60, 30), **options}
    return NeuroFS(k, random_state=0, **options)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("seed", range(2))
def test_informative_columns_are_found(seed, activation):
    X, y = _data(seed)
    selector = _selector(activation=activation).fit(X, y)
    assert selector.support_[:4].sum() >= 3
    assert selector.loss_curve_[-1] < 0.7 * selector.loss_curve_[0]


def test_regression_finds_what_the_target_is_made_of():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((400, 30))
    y = 100 + 30 * (1.5 * X[:, 3] - 2 * X[:, 17] + 2 * np.tanh(X[:, 8]))
    selector = _selector(3).fit(X, y)
    assert_array_equal(selector.get_support(indices=True), [3, 8, 17])
    assert not hasattr(selector, "classes_")
    counts = _selector(3, task="regression").fit(X, np.round(y / 10).astype(int))
    assert_array_equal(counts.get_support(indices=True), [3, 8, 17])


def test_inputs_leave_on_schedule():
    X, y = _data()
    selector = _selector(4, max_iter=20).fit(X, y)
    n_active = np.array(selector.n_active_)
    assert n_active[0] == 40
    # (1 - zeta_in) * 40 - 4 = 28 leave until 65 % of the epochs are over.
    assert n_active[13:].max() <= 12
    assert (np.diff(n_active[2:]) <= 0).all()
    gone = selector.scores_ < 0
    assert gone.sum() >= 40 - n_active[-1]
    assert selector.support_[~gone].sum() == 4


def test_containers_and_threads_give_the_same_bits():
    X, y = _data()
    X[np.abs(X) < 1] = 0
    expected = _selector(max_iter=3).fit(X, y)
    for table in (sparse.csr_array(X), sparse.csc_array(X), np.asfortranarray(X)):
        got = _selector(max_iter=3, n_jobs=2).fit(table, y)
        assert_array_equal(got.scores_, expected.scores_)
        assert got.loss_curve_ == expected.loss_curve_


def test_precisions_agree():
    X, y = _data()
    single = _selector(max_iter=2).fit(X, y)
    double = _selector(max_iter=2, dtype="float64").fit(X, y)
    np.testing.assert_allclose(single.loss_curve_, double.loss_curve_, rtol=1e-4)


def test_more_columns_than_there_are():
    X, y = _data()
    selector = clone(_selector(50, max_iter=3))
    with pytest.warns(UserWarning, match="larger than n_features=40"):
        assert selector.fit(X, y).support_.all()


def test_constant_columns_come_last():
    X, y = _data()
    X[:, [1, 5]] = 3.0
    selector = _selector(38, max_iter=4).fit(X, y)
    assert_array_equal(np.flatnonzero(~selector.support_), [1, 5])


def test_one_class_is_refused():
    X, _ = _data()
    with pytest.raises(ValueError, match="at least two classes"):
        _selector().fit(X, np.zeros(len(X), int))


@pytest.mark.parametrize("sizes", [(), (10, 0), (5.5,)])
def test_bad_layers_are_refused(sizes):
    X, y = _data()
    with pytest.raises(ValueError, match=r"hidden_layer_sizes=.* at least"):
        _selector(hidden_layer_sizes=sizes).fit(X, y)


def test_divergence_names_the_learning_rate():
    X, y = _data()
    with pytest.raises(ValueError, match=r"diverged with learning_rate=1e\+300"):
        _selector(learning_rate=1e300, activation="relu").fit(X, y)


def test_threads_of_blas_never_show():
    X, y = _data()
    with threadpool_limits(limits=1, user_api="blas"):
        one = _selector(max_iter=4).fit(X, y)
    with threadpool_limits(limits=4, user_api="blas"):
        four = _selector(max_iter=4).fit(X, y)
    assert_array_equal(one.scores_, four.scores_)
