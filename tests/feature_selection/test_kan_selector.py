# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Selection by spline networks: known columns, thresholds, folds, repeats."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, make_friedman1
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from sklearn_fs import (
    KANClassifier,
    KANKOSelector,
    KANL1Selector,
    KANL2Selector,
    KANRegressor,
    KANSelector,
    KANSISelector,
)

METHODS = ["l1", "l2", "si", "ko", "perm", "attr", "omp", "path"]
SMALL = {"hidden_layer_sizes": (6,), "max_iter": 30, "random_state": 0}


def _xor(seed=0, n_features=20):
    X = np.random.default_rng(seed).uniform(-1, 1, (500, n_features))
    return X, X[:, 0] * X[:, 1] > 0


@pytest.mark.parametrize("method", METHODS)
def test_an_interaction_without_main_effects(method):
    X, y = _xor()
    selector = KANSelector(method=method, n_features_to_select=2, random_state=0)
    assert set(selector.fit(X, y).get_support(indices=True)) == {0, 1}


@pytest.mark.parametrize("method", METHODS)
def test_friedman(method):
    X, y = make_friedman1(500, n_features=30, noise=1.0, random_state=0)
    selector = KANSelector(method=method, n_features_to_select=5, random_state=0)
    assert set(selector.fit(X, y).get_support(indices=True)) == set(range(5))
    assert isinstance(selector.estimator_, KANRegressor)
    assert selector.importances_.shape == (30,)


@pytest.mark.parametrize(
    "thin, method",
    [
        (KANL1Selector, "l1"),
        (KANL2Selector, "l2"),
        (KANSISelector, "si"),
        (KANKOSelector, "ko"),
    ],
)
def test_thin_names_are_the_methods(thin, method):
    X, y = _xor()
    short = thin(KANClassifier(**SMALL)).fit(X, y)
    long = KANSelector(KANClassifier(**SMALL), method=method).fit(X, y)
    assert_array_equal(short.scores_, long.scores_)
    assert "method" not in short.get_params()
    network = KANClassifier(**SMALL).fit(X, y)
    expected = network.feature_importances(X, y, method=method)
    assert_array_equal(short.scores_, expected)


def test_task():
    X, y = make_friedman1(100, random_state=0)
    network = {"random_state": 0}
    for target, task, kind in [
        (y, "auto", KANRegressor),
        (y > 14, "auto", KANClassifier),
        ((y > 14).astype(int), "regression", KANRegressor),
        (np.column_stack([y, y]), "auto", KANRegressor),
        (np.where(y > 14, "high", "low"), "auto", KANClassifier),
    ]:
        selector = KANSelector(
            task=task, method="l1", n_features_to_select=2, **network
        )
        assert isinstance(selector.fit(X, target).estimator_, kind)
    with pytest.raises(ValueError, match="task='classification' does not fit"):
        KANSelector(KANRegressor(), task="classification").fit(X, y)


def test_shares_are_rounded_up():
    X, y = make_friedman1(60, n_features=13, random_state=0)
    for share, expected in [(0.2, 3), (0.4, 6), (1.0, 13), (0.001, 1)]:
        selector = KANSelector(
            KANRegressor(max_iter=1), method="l2", n_features_to_select=share
        )
        assert selector.fit(X, y).n_features_to_select_ == expected


def test_thresholds():
    X, y = make_friedman1(300, n_features=12, random_state=0)
    selector = KANSelector(KANRegressor(**SMALL), method="l2")
    scores = clone(selector).fit(X, y).scores_
    for threshold, value in [
        ("mean", scores.mean()),
        ("median", np.median(scores)),
        ("1.25*mean", 1.25 * scores.mean()),
        (0.1, 0.1),
    ]:
        chosen = clone(selector).set_params(threshold=threshold).fit(X, y)
        assert_array_equal(chosen.support_, scores >= value)
    by_zero = clone(selector).fit(X, y)
    assert_array_equal(
        np.flatnonzero(by_zero.support_), by_zero.estimator_.active_features_
    )
    with pytest.raises(ValueError, match="threshold='most' must be a number"):
        clone(selector).set_params(threshold="most").fit(X, y)


@pytest.mark.parametrize("method", ["l2", "omp"])
def test_nothing_left_warns(method):
    X, y = make_friedman1(200, random_state=0)
    if method == "l2":
        selector = KANSelector(KANRegressor(group_penalty=1e4), method=method)
    else:
        selector = KANSelector(KANRegressor(max_iter=5), threshold=5.0)
    with pytest.warns(UserWarning, match="No features were selected"):
        selector.fit(X, y)
    assert not selector.support_.any()


def test_omp_avoids_copies():
    """Noisy copies of one strong column against three weaker ones."""
    rng = np.random.default_rng(0)
    base = rng.standard_normal((400, 4))
    copies = base[:, :1] + 0.05 * rng.standard_normal((400, 4))
    X = np.column_stack([copies, base[:, 1:], rng.standard_normal((400, 6))])
    y = 8 * base[:, 0] + base[:, 1] + base[:, 2] + base[:, 3]
    options = {"n_features_to_select": 4, "random_state": 0}
    greedy = KANSelector(method="omp", **options).fit(X, y)
    assert greedy.support_[:4].sum() == 1
    assert greedy.support_[4:7].all()
    side_by_side = KANSelector(method="l2", **options).fit(X, y)
    assert side_by_side.support_[:4].sum() > 1


def test_omp_scores_agree_with_the_picks():
    X, y = make_friedman1(300, n_features=12, random_state=0)
    selector = KANSelector(method="omp", n_features_to_select=4, random_state=0)
    scores = selector.fit(X, y).scores_
    assert_allclose(np.sort(scores[selector.support_]), [1.25, 1.5, 1.75, 2.0])
    assert scores[~selector.support_].max() <= 1
    assert_array_equal(selector.gains_ > 0, selector.support_)
    first = np.argsort(-scores)[:3]
    fewer = clone(selector).set_params(n_features_to_select=3).fit(X, y)
    assert set(fewer.get_support(indices=True)) == set(first)


def test_omp_chooses_their_number_by_shadows():
    X, y = make_friedman1(600, n_features=30, random_state=0)
    selector = KANSelector(method="omp", random_state=0).fit(X, y)
    assert set(range(5)) <= set(selector.get_support(indices=True))
    assert selector.n_features_to_select_ <= 10


def test_omp_chooses_little_from_noise():
    chosen = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((300, 20)), rng.standard_normal(300)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No features were selected")
            selector = KANSelector(n_repeats=1, random_state=seed).fit(X, y)
        chosen.append(selector.support_.sum())
    assert np.mean(chosen) <= 2


def test_path_orders_by_disappearance():
    X, y = make_friedman1(400, n_features=10, random_state=0)
    selector = KANSelector(method="path", n_features_to_select=5, random_state=0)
    scores = selector.fit(X, y).scores_
    assert set(np.argsort(-scores)[:5]) == set(range(5))
    assert scores[:5].min() > 1.2 * scores[5:].max()


def test_folds_and_repeats():
    X, y = load_breast_cancer(return_X_y=True)
    folds = KFold(3, shuffle=True, random_state=0)
    selector = KANSelector(
        KANClassifier(max_iter=5),
        method="l2",
        cv=folds,
        n_repeats=2,
        random_state=0,
    ).fit(X, y)
    assert selector.repeat_importances_.shape == (6, 30)
    assert len(selector.estimators_) == 6
    assert_allclose(selector.scores_, selector.repeat_importances_.mean(axis=0))
    test = list(folds.split(X))[1][1]
    expected = selector.estimators_[2].feature_importances(X[test])
    assert_array_equal(selector.repeat_importances_[2], expected)


def test_importance_on_held_out_rows():
    X, y = load_breast_cancer(return_X_y=True)
    network = KANClassifier(**SMALL)
    selector = KANSelector(network, method="ko", importance_data="validation")
    selector.fit(X, y)
    rows = selector.estimator_.validation_indices_
    assert len(rows) == 57
    expected = selector.estimator_.feature_importances(X[rows], y[rows], method="ko")
    assert_array_equal(selector.scores_, expected)


def test_published_variants():
    X, y = make_friedman1(200, n_features=6, random_state=0)
    scores = {
        variant: KANSelector(KANRegressor(**SMALL), method="l1", variant=variant)
        .fit(X, y)
        .scores_
        for variant in ["centered", "coef", "paper"]
    }
    assert len({tuple(np.round(s, 6)) for s in scores.values()}) == 3
    with pytest.raises(ValueError, match="variant='coef' is not defined for"):
        KANSelector(KANRegressor(**SMALL), method="perm", variant="coef").fit(X, y)


def test_parameters_of_the_network_in_a_grid_search():
    X, y = _xor(n_features=6)
    pipeline = make_pipeline(
        KANSelector(KANClassifier(**SMALL), n_features_to_select=2),
        KNeighborsClassifier(),
    )
    grid = {"kanselector__estimator__grid_size": [3, 5]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, y)
    assert search.best_score_ > 0.8


def test_wide_table_trains_without_overflow():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 2000)).astype(np.float32)
    y = (X[:, :3].sum(axis=1) > 0).astype(int)
    selector = KANSelector(method="l2", n_features_to_select=20, random_state=0)
    selector.fit(X, y)
    assert np.isfinite(selector.scores_).all()
    assert selector.support_[:3].sum() >= 2
