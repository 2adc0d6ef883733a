# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The spline regressor and classifier on problems with known answers."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris, make_friedman1
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import f1_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn_fs.neural_network._bspline_fast import basis

from sklearn_fs import KANClassifier, KANRegressor

METHODS = ["l1", "l2", "si", "ko", "perm", "attr"]


@pytest.fixture(scope="module")
def friedman():
    X, y = make_friedman1(1000, n_features=50, noise=1.0, random_state=0)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.25, random_state=0
    )
    model = KANRegressor(random_state=0).fit(X_train, y_train)
    return model, X_train, y_train, X_test, y_test


def test_friedman(friedman):
    model, X_train, y_train, X_test, y_test = friedman
    assert model.score(X_test, y_test) >= 0.92
    for method in METHODS:
        scores = model.feature_importances(X_train, y_train, method=method)
        assert set(np.argsort(-scores)[:5]) == set(range(5)), method
        assert_allclose(scores.sum(), 1)


def test_fitted_attributes(friedman):
    model, X_train, _, _, _ = friedman
    assert [c.shape for c in model.coefs_] == [(50, 9, 20), (20, 9, 1)]
    assert all(c.dtype == np.float64 for c in model.coefs_)
    assert [b.shape for b in model.intercepts_] == [(20,), (1,)]
    assert [g.shape for g in model.grids_] == [(2, 50), (2, 20)]
    assert len(model.loss_curve_) == len(model.validation_scores_) == model.n_iter_
    assert model.best_validation_score_ == max(model.validation_scores_) > 0.8
    assert model.loss_curve_[-1] < 0.3 * model.loss_curve_[0]
    assert set(range(5)) <= set(model.active_features_)
    assert_allclose(model.feature_importances(X_train), model.feature_importances_)


def test_edge_functions_have_the_shape_of_the_truth():
    """y = 10 sin(pi x0 x1) + 20 (x2 - .5)^2 + 10 x3 + 5 x4, additive in 2, 3, 4."""
    X, y = make_friedman1(600, n_features=5, random_state=0)
    model = KANRegressor(hidden_layer_sizes=(), random_state=0).fit(X, y)
    x = np.linspace(0.05, 0.95, 50)
    for j, truth in [(2, 20 * (x - 0.5) ** 2), (3, 10 * x), (4, 5 * x)]:
        curve = model.edge_function(j, x, output=0)
        assert np.corrcoef(curve, truth)[0, 1] > 0.98
        assert model.edge_function(j, x).shape == (50, 1)
    with pytest.raises(ValueError, match="j=5 is not a column"):
        model.edge_function(5, x)


@pytest.mark.parametrize("problem", ["xor", "even"])
def test_no_main_effects(problem):
    rng = np.random.default_rng(0)
    if problem == "xor":
        X = rng.uniform(-1, 1, (600, 60))
        y = X[:, 0] * X[:, 1] > 0
        truth = {0, 1}
    else:
        X = rng.standard_normal((600, 30))
        y = (X[:, :4] ** 2).sum(axis=1) > 4
        truth = set(range(4))
    model = KANClassifier(random_state=0).fit(X, y)
    for method in METHODS:
        scores = model.feature_importances(X, y, method=method)
        assert set(np.argsort(-scores)[: len(truth)]) == truth, method


def test_breast_cancer():
    X, y = load_breast_cancer(return_X_y=True)
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.25, stratify=y, random_state=0
    )
    model = KANClassifier(random_state=1).fit(X, y)
    assert f1_score(y_test, model.predict(X_test), average="macro") > 0.93


def test_additive_lbfgs_equals_penalised_least_squares():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (120, 2))
    y = np.sin(3 * X[:, 0]) + X[:, 1] ** 2 + 0.1 * rng.standard_normal(120)
    model = KANRegressor(
        hidden_layer_sizes=(),
        base=None,
        solver="lbfgs",
        input_map=None,
        smoothness=0.02,
        weight_decay=1.0,
        early_stopping=False,
        max_iter=5000,
    ).fit(X, y)
    designs = []
    for j in range(2):
        design = np.empty((120, 8))
        basis(X[:, j].copy(), -1.0, 1.0, 5, 3, False, design)
        designs.append(design)
    A = np.column_stack([*designs, np.ones(120)])
    second = np.diff(np.eye(8), n=2, axis=0)
    penalty = np.zeros((17, 17))
    for start in (0, 8):
        block = 0.02 * second.T @ second + 0.5 / 120 * np.eye(8)
        penalty[start : start + 8, start : start + 8] = block
    target = (y - y.mean()) / y.std()
    coef = np.linalg.solve(A.T @ A / 120 + penalty, A.T @ target / 120)
    expected = A @ coef * y.std() + y.mean()
    assert_allclose(model.predict(X), expected, atol=1e-5)


def test_lbfgs_says_when_it_was_cut_short():
    X, y = make_friedman1(200, random_state=0)
    with pytest.warns(ConvergenceWarning, match="max_iter=3 iterations"):
        KANRegressor(solver="lbfgs", max_iter=3, random_state=0).fit(X, y)


def test_scale_of_inputs_and_target():
    X, y = make_friedman1(300, n_features=8, random_state=0)
    model = KANRegressor(max_iter=40, random_state=0)
    scores = clone(model).fit(X, y).feature_importances_
    assert_allclose(clone(model).fit(3 * X + 7, y).feature_importances_, scores)
    shifted = clone(model).fit(X, 5 * y + 1000).feature_importances_
    assert_allclose(shifted, scores, rtol=1e-3, atol=1e-5)
    bent = clone(model).fit(np.exp(3 * X), y).feature_importances_
    assert_allclose(bent, scores, rtol=0, atol=1e-3 * scores.max())
    turned = clone(model).fit(X, -5 * y - 1000).feature_importances_
    assert set(np.argsort(-turned)[:5]) == set(range(5))


def test_several_outputs():
    X, y = make_friedman1(400, n_features=6, random_state=0)
    Y = np.column_stack([y, 100 * X[:, 5], np.ones(400)])
    model = KANRegressor(random_state=0).fit(X, Y)
    out = model.predict(X)
    assert out.shape == (400, 3)
    assert r2_score(Y[:, :2], out[:, :2]) > 0.9
    assert_allclose(out[:, 2], 1)
    one = KANRegressor(max_iter=2, random_state=0).fit(X, y[:, None]).predict(X)
    assert one.shape == (400, 1)


def test_huge_group_penalty_predicts_the_mean():
    X, y = make_friedman1(200, n_features=6, random_state=0)
    model = KANRegressor(group_penalty=1e4, random_state=0).fit(X, y)
    assert_allclose(model.predict(X), y.mean(), atol=0.5 * y.std())
    assert np.ptp(model.predict(X)) < 1e-9
    assert_array_equal(model.feature_importances_, 0)
    assert model.active_features_.size == 0


def test_discrete_columns():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (600, 12)).astype(float)
    X[:, 6:] = rng.integers(0, 5, (600, 6))
    y = X[:, 0] + X[:, 1] - X[:, 2] + 2 * (X[:, 6] == 2) > 1
    model = KANClassifier(random_state=0).fit(X, y)
    for method in ["l1", "l2", "ko", "si"]:
        scores = model.feature_importances(X, y, method=method)
        assert set(np.argsort(-scores)[:4]) == {0, 1, 2, 6}, method


def test_duplicated_column_shares_the_score():
    X, y = make_friedman1(600, n_features=10, noise=1.0, random_state=0)
    twice = np.column_stack([X, X[:, 3]])
    alone = KANRegressor(random_state=0).fit(X, y)
    both = KANRegressor(random_state=0).fit(twice, y)
    for method in ("l2", "si", "ko"):
        scores = both.feature_importances(twice, y, method=method)
        share = scores[[3, 10]] / alone.feature_importances(X, y, method=method)[3]
        assert scores[[3, 10]].min() > scores[5:10].max()
        if method == "ko":
            assert (share < 0.5).all()
        else:
            assert ((share > 0.35) & (share < 0.75)).all()


def test_missing_entries():
    X, y = make_friedman1(500, n_features=6, random_state=0)
    rng = np.random.default_rng(0)
    X[rng.uniform(size=500) < 0.3, 3] = np.nan
    X[:, 5] = np.nan
    model = KANRegressor(random_state=0).fit(X, y)
    assert model.score(X, y) > 0.7
    assert model.feature_importances_[5] == 0
    assert model.feature_importances(X, method="si")[5] == 0
    assert set(np.argsort(-model.feature_importances_)[:5]) == set(range(5))
    # NaN where training had none is the middle of the column.
    unseen = X[:1].copy()
    unseen[0, 0] = np.nan
    assert np.isfinite(model.predict(unseen)).all()
    with pytest.raises(ValueError, match="NaN"):
        KANRegressor(missing="error").fit(X, y)


def test_absence_itself_can_be_the_signal():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((400, 5))
    hidden = rng.uniform(size=400) < 0.5
    X[hidden, 2] = np.nan
    model = KANClassifier(random_state=0).fit(X, hidden)
    assert model.score(X, hidden) > 0.99
    for method in METHODS:
        scores = model.feature_importances(X, hidden, method=method)
        assert scores.argmax() == 2, method


def test_constant_columns_score_zero():
    X, y = make_friedman1(200, n_features=6, random_state=0)
    X[:, 1] = 3.0
    model = KANRegressor(max_iter=5, random_state=0).fit(X, y)
    for method in METHODS:
        assert model.feature_importances(X, y, method=method)[1] == 0
    moved = X.copy()
    moved[:, 1] = -50
    assert_array_equal(model.predict(moved), model.predict(X))


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_categories_of_a_dataframe(library):
    rng = np.random.default_rng(0)
    level = rng.integers(0, 4, 400)
    noise = rng.standard_normal(400)
    names = np.array(["red", "green", "blue", "grey"])[level]
    category = "category" if library is pd else pl.Categorical
    columns = {"noise": noise, "colour": names}
    frame = library.DataFrame(columns)
    if library is pd:
        frame = frame.astype({"colour": category})
    else:
        frame = frame.with_columns(pl.col("colour").cast(category))
    y = np.isin(level, [1, 3])
    model = KANClassifier(categorical_features="from_dtype", random_state=0)
    model.fit(frame, y)
    assert model.score(frame, y) > 0.99
    assert_array_equal(model.feature_names_in_, ["noise", "colour"])
    assert [c.shape for c in model.coefs_] == [(9 + 4, 20), (20, 9, 1)]
    for method in ["l1", "l2", "si", "ko", "perm", "attr"]:
        scores = model.feature_importances(frame, y, method=method)
        assert scores.argmax() == 1, method
    if library is pd:
        unknown = pd.DataFrame({"noise": [0.0, 0.0], "colour": ["mauve", None]})
        assert np.isfinite(model.predict_proba(unknown)).all()


def test_categories_by_index_mask_or_name():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.standard_normal(300), rng.integers(0, 6, 300) * 10])
    y = np.isin(X[:, 1], [0, 20, 50]).astype(float)
    frame = pd.DataFrame(X, columns=["a", "b"])
    fits = [
        KANRegressor(max_iter=20, categorical_features=c, random_state=0).fit(data, y)
        for c, data in [([1], X), ([False, True], X), (["b"], frame)]
    ]
    for model in fits[1:]:
        assert_array_equal(model.predict(frame.to_numpy()), fits[0].predict(X)) if (
            model is fits[1]
        ) else assert_array_equal(model.predict(frame), fits[0].predict(X))
    for bad, match in [([5], "0..1"), ([True], "mask of shape"), (["b"], "names")]:
        with pytest.raises(ValueError, match=match):
            KANRegressor(categorical_features=bad).fit(X, y)


def test_warm_start_and_grid_extension():
    X, y = make_friedman1(300, n_features=6, random_state=0)
    model = KANRegressor(max_iter=30, warm_start=True, random_state=0).fit(X, y)
    first, before = model.loss_curve_[0], model.predict(X)
    model.set_params(max_iter=1, learning_rate_init=1e-12, weight_decay=0)
    model.fit(X, y)
    assert_allclose(model.predict(X), before, rtol=1e-3)
    assert model.loss_curve_[0] < 0.5 * first
    model.set_params(grid_size=10, group_penalty=0, smoothness=0).fit(X, y)
    assert model.coefs_[0].shape == (6, 14, 20)
    assert_allclose(model.predict(X), before, rtol=1e-3)
    with pytest.raises(ValueError, match="y has 2 outputs"):
        model.fit(X, np.column_stack([y, y]))
    with pytest.raises(ValueError, match="X has 5 features"):
        model.fit(X[:, :5], y)


def test_divergence_names_the_parameter():
    X, y = make_friedman1(100, random_state=0)
    model = KANRegressor(learning_rate_init=1e30, input_map="standard")
    with np.errstate(all="ignore"):
        with pytest.raises(ValueError, match="lower learning_rate_init"):
            model.fit(X, y)


def test_tiny_and_wide_tables():
    X, y = make_friedman1(60, n_features=10, random_state=0)
    assert KANRegressor(max_iter=3).fit(X[:1], y[:1]).predict(X[:1]) == y[:1]
    KANRegressor(max_iter=3).fit(X[:, :1], y).predict(X[:, :1])
    assert_allclose(KANRegressor(max_iter=3).fit(X, np.full(60, 7)).predict(X), 7)
    same = KANRegressor(random_state=0).fit(np.repeat(X[:1], 2, 0), [1.0, 2.0])
    assert_allclose(same.predict(X[:1]), 1.5, atol=0.1)
    wide = np.random.default_rng(0).standard_normal((60, 3000))
    model = KANRegressor(max_iter=10, random_state=0).fit(wide, wide[:, 0])
    assert np.isfinite(model.loss_curve_).all()
    assert max(model.loss_curve_) < 10


def test_design_in_memory_or_by_batch_is_the_same():
    X, y = make_friedman1(300, random_state=0)
    model = KANRegressor(max_iter=5, random_state=0)
    expected = clone(model).fit(X, y).predict(X)
    assert_array_equal(
        model.set_params(max_design_bytes=0).fit(X, y).predict(X), expected
    )


def test_class_weight_moves_the_boundary():
    rng = np.random.default_rng(0)
    X = np.r_[rng.standard_normal((300, 2)), rng.standard_normal((30, 2)) + 1]
    y = np.repeat(["many", "few"], [300, 30])
    plain = KANClassifier(random_state=0).fit(X, y)
    balanced = KANClassifier(class_weight="balanced", random_state=0).fit(X, y)
    assert (balanced.predict(X) == "few").mean() > (plain.predict(X) == "few").mean()


def test_probabilities():
    X, y = load_iris(return_X_y=True)
    model = KANClassifier(max_iter=60, random_state=0).fit(X, y)
    proba = model.predict_proba(X)
    assert proba.shape == model.decision_function(X).shape == (150, 3)
    assert_allclose(proba.sum(axis=1), 1)
    assert model.score(X, y) > 0.95
    two = KANClassifier(max_iter=60, random_state=0).fit(X[:100], y[:100])
    assert two.decision_function(X).shape == (150,)
    assert_allclose(two.predict_proba(X).sum(axis=1), 1)


def test_stopping():
    X, y = make_friedman1(300, random_state=0)
    shared = {"random_state": 0, "max_iter": 200}
    early = KANRegressor(min_iter=20, n_iter_no_change=3, **shared).fit(X, y)
    assert 20 < early.n_iter_ < 200
    full = KANRegressor(early_stopping=False, **shared).fit(X, y)
    assert full.n_iter_ == 200
    assert full.validation_scores_ == []
    assert full.best_validation_score_ is None
    assert KANRegressor(**shared).fit(X[:80], y[:80]).validation_scores_ == []


def test_long_tables_take_fewer_epochs():
    X, y = make_friedman1(2000, n_features=5, random_state=0)
    model = KANRegressor(max_iter=50, max_steps=100, min_iter=20, random_state=0)
    # 1800 rows in batches of 64: 29 steps an epoch, 4 epochs for 100 steps.
    assert model.fit(X, y).n_iter_ == 4
    assert model.set_params(max_steps=None, max_iter=6).fit(X, y).n_iter_ == 6


def test_bad_arguments():
    X, y = make_friedman1(50, random_state=0)
    with pytest.raises(ValueError, match="integers of at least 1"):
        KANRegressor(hidden_layer_sizes=(3, 0)).fit(X, y)
    model = KANRegressor(max_iter=1).fit(X, y)
    with pytest.raises(ValueError, match="it needs y"):
        model.feature_importances(X, method="ko")
    with pytest.raises(ValueError, match="method='l3' must be one of"):
        model.feature_importances(X, method="l3")
    with pytest.raises(ValueError, match="X has 50 rows, y has 3"):
        model.feature_importances(X, y[:3], method="ko")
    with pytest.raises(ValueError, match="1 class"):
        KANClassifier().fit(X, np.zeros(50))
