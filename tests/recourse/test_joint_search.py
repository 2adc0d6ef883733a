# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The compiled search over all blocks against the product of all states."""

import itertools

import lightgbm as lgb
import numpy as np
import pytest
import xgboost as xgb
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression

from sklearn_fs.recourse import ActionSet, Link, ResponsivenessScorer, Thermometer

MODELS = {
    "extra trees": ExtraTreesClassifier(12, max_depth=6, random_state=0),
    "lightgbm": lgb.LGBMClassifier(
        n_estimators=12, min_child_samples=5, n_jobs=1, verbose=-1
    ),
    "xgboost": xgb.XGBClassifier(n_estimators=12, max_depth=3, n_jobs=1),
}


def _data(seed, n_classes=2):
    rng = np.random.RandomState(seed)
    X = rng.randint(0, 3, size=(160, 6)).astype(float)
    X[:, 0] = rng.randint(0, 2, size=160)
    X[:, 1] = np.minimum(X[:, 0], rng.randint(0, 2, size=160))
    raw = X @ [1.0, 1.5, 0.7, -0.5, 0.8, 0.3] + X[:, 2] * X[:, 4]
    raw += 0.4 * rng.standard_normal(160)
    cuts = np.quantile(raw, [0.8] if n_classes == 2 else [0.4, 0.85])
    return X, np.digitize(raw, cuts), raw


def _actions(X):
    actions = ActionSet.from_frame(X, immutable=["x5"], monotone={"x3": -1})
    actions["x2"].max_step = 1
    actions["x4"].max_step = (0, 1)
    actions.add(Thermometer(["x0", "x1"], direction=1))
    return actions.add(Link("x4", {"x3": 1.0}, clip="reject"))


def _by_products(people, wanted):
    """The same rules once more, by hand: whom does one block help, whom several?"""
    found = []
    for x in people:
        free = [
            [(0, 0), (1, 0), (1, 1)],
            [x[2] + step for step in (-1, 0, 1)],
            [(a, b) for a in (0, 1) for b in (-3, -2, -1, 0)],
        ]
        free[0] = [s for s in free[0] if s[0] >= x[0] and s[1] >= x[1]]
        free[1] = [v for v in free[1] if 0 <= v <= 2]
        free[2] = [
            (x[3] + a + b, x[4] + a)
            for a, b in free[2]
            if x[4] + a <= 2 and 0 <= x[3] + a + b <= 2
        ]
        rows = np.array(
            [
                [*first, second, *third, x[5]]
                for first, second, third in itertools.product(*free)
            ]
        )
        found.append(bool(wanted(rows).any()))
    return np.array(found)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("name", MODELS)
def test_against_all_products(name, n_classes):
    for seed in range(2):
        X, y, _ = _data(seed, n_classes)
        model = clone(MODELS[name]).fit(X, y)
        scorer = ResponsivenessScorer(model, _actions(X), target=n_classes - 1).fit(X)
        assert set(scorer.method_.values()) == {"tree"}
        classes = scorer.recourse_class(X)
        expected = _by_products(X, lambda rows: model.predict(rows) == n_classes - 1)
        np.testing.assert_array_equal(classes != "fixed", expected)
        assert {"joint", "fixed"} <= set(classes)
        two = scorer.set_params(n_jobs=2).recourse_class(X)
        np.testing.assert_array_equal(two, classes)


@pytest.mark.parametrize("name", ["extra trees", "xgboost"])
def test_shares_of_three_classes(name):
    X, y, _ = _data(0, 3)
    model = clone(MODELS[name]).fit(X, y)
    threshold = float(np.quantile(model.predict_proba(X)[:, 2], 0.97))
    scorer = ResponsivenessScorer(model, _actions(X), target=2, threshold=threshold)
    classes = scorer.fit(X).recourse_class(X)
    assert set(scorer.method_.values()) == {"tree"}
    expected = _by_products(
        X, lambda rows: model.predict_proba(rows)[:, 2] >= threshold
    )
    np.testing.assert_array_equal(classes != "fixed", expected)


def test_a_regressor():
    X, _, raw = _data(1)
    model = RandomForestRegressor(10, max_depth=6, random_state=0).fit(X, raw)
    threshold = float(np.quantile(raw, 0.95))
    scorer = ResponsivenessScorer(model, _actions(X), threshold=threshold).fit(X)
    classes = scorer.recourse_class(X)
    expected = _by_products(X, lambda rows: model.predict(rows) >= threshold)
    np.testing.assert_array_equal(classes != "fixed", expected)
    assert {"joint", "fixed"} <= set(classes)


def test_a_budget_that_is_spent_proves_nothing():
    X, _, _ = _data(0)
    # Parity: a bound that looks at one tree at a time cannot see it.
    y = (X[:, [0, 2, 4]].sum(axis=1) % 2 == 0) & (X[:, 3] == 1)
    model = clone(MODELS["extra trees"]).fit(X, y)
    scorer = ResponsivenessScorer(model, _actions(X)).fit(X)
    classes = scorer.recourse_class(X)
    few = scorer.set_params(max_recourse_points=1).recourse_class(X)
    assert "unknown" in few
    known = few != "unknown"
    np.testing.assert_array_equal(few[known], classes[known])


def test_nothing_to_change():
    X, y, _ = _data(0)
    for model in (clone(MODELS["xgboost"]), LogisticRegression()):
        model.fit(X, y)
        actions = ActionSet.from_frame(X, immutable=[f"x{j}" for j in range(6)])
        classes = ResponsivenessScorer(model, actions).fit(X).recourse_class(X)
        assert set(classes) == {"approved", "fixed"}
