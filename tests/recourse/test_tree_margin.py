# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reading trees and linear models gives what asking the model gives, bit for bit."""

import lightgbm as lgb
import numpy as np
import pytest
import xgboost as xgb
from sklearn.base import clone
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from sklearn_fs.recourse import ActionSet, Link, ResponsivenessScorer, Thermometer
from sklearn_fs.recourse._margins import read_margin

N_TREES = 12
# Dropout was a booster of its own; now it is an option of trees, and that name warns.
XGBOOST_DART = {"rate_drop": 0.3}
if tuple(map(int, xgb.__version__.split(".")[:2])) < (3, 4):
    XGBOOST_DART["booster"] = "dart"
CLASSIFIERS = {
    "tree": DecisionTreeClassifier(max_depth=5, random_state=0),
    "forest": RandomForestClassifier(N_TREES, random_state=0),
    "extra trees": ExtraTreesClassifier(N_TREES, max_depth=6, random_state=0),
    "gradient boosting": GradientBoostingClassifier(n_estimators=N_TREES),
    "hist gradient boosting": HistGradientBoostingClassifier(max_iter=N_TREES),
    "lightgbm": lgb.LGBMClassifier(
        n_estimators=N_TREES, num_leaves=9, min_child_samples=5, n_jobs=1, verbose=-1
    ),
    "lightgbm dart": lgb.LGBMClassifier(
        n_estimators=N_TREES, boosting_type="dart", min_child_samples=5, n_jobs=1,
        verbose=-1,
    ),
    "xgboost": xgb.XGBClassifier(n_jobs=1, n_estimators=N_TREES, max_depth=3),
    "xgboost dart": xgb.XGBClassifier(
        n_jobs=1, n_estimators=N_TREES, max_depth=3, **XGBOOST_DART
    ),
}  # fmt: skip
REGRESSORS = {
    "forest": RandomForestRegressor(N_TREES, random_state=0),
    "gradient boosting": GradientBoostingRegressor(n_estimators=N_TREES),
    "hist gradient boosting": HistGradientBoostingRegressor(max_iter=N_TREES),
    "lightgbm": lgb.LGBMRegressor(
        n_estimators=N_TREES, min_child_samples=5, n_jobs=1, verbose=-1
    ),
    "xgboost": xgb.XGBRegressor(n_jobs=1, n_estimators=N_TREES, max_depth=3),
}
KNOWS_NAN = ("hist gradient boosting", "lightgbm", "lightgbm dart", "xgboost",
             "xgboost dart")  # fmt: skip


def _data(n_classes=2, missing=False, seed=0):
    rng = np.random.RandomState(seed)
    X = rng.randint(-4, 5, size=(300, 5)) / np.array([1.0, 2.0, 3.0, 0.7, 1.0])
    raw = X[:, 0] + X[:, 1] * (X[:, 2] > 0) + rng.standard_normal(300)
    y = np.digitize(raw, np.quantile(raw, np.arange(1, n_classes) / n_classes))
    if missing:
        X[rng.random_sample(X.shape) < 0.15] = np.nan
    return X, y, raw


def _beside(values):
    """Values and the floats next to them."""
    return np.unique(
        np.concatenate(
            [values, np.nextafter(values, -np.inf), np.nextafter(values, np.inf)]
        )
    )


def _check(margin, wanted, X):
    """The margin against the model, everywhere around its thresholds."""
    np.testing.assert_array_equal(margin.reaches(X), wanted(X))
    people = X[::20]
    for column in range(X.shape[1]):
        candidates = _beside(margin.cuts(column))
        candidates = candidates[np.isfinite(candidates)]
        if len(candidates) == 0:
            continue
        made = np.repeat(people, len(candidates), axis=0)
        made[:, column] = np.tile(candidates, len(people))
        expected = wanted(made).reshape(len(people), -1)
        found = margin.grid_success(people, column, candidates)
        np.testing.assert_array_equal(found, expected)
        states = margin.table_success(people, [column], candidates[:, None])
        np.testing.assert_array_equal(states, expected)
        two = margin.grid_success(people, column, candidates, n_threads=2)
        np.testing.assert_array_equal(two, expected)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers(name, n_classes):
    X, y, _ = _data(n_classes, missing=name in KNOWS_NAN)
    model = clone(CLASSIFIERS[name]).fit(X, y)
    margin = read_margin(model, target=n_classes - 1)
    assert margin.kind == "tree"
    _check(margin, lambda X: model.predict(X) == n_classes - 1, X)
    margin = read_margin(model, target=0)
    _check(margin, lambda X: model.predict(X) == 0, X)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_thresholds_of_probabilities(name):
    X, y, _ = _data()
    model = clone(CLASSIFIERS[name]).fit(X, y)
    threshold = float(np.median(model.predict_proba(X)[:, 1]))
    margin = read_margin(model, target=1, threshold=threshold)
    _check(margin, lambda X: model.predict_proba(X)[:, 1] >= threshold, X)


@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors(name):
    X, _, raw = _data(missing=name in KNOWS_NAN)
    model = clone(REGRESSORS[name]).fit(X, raw)
    threshold = float(np.median(model.predict(X)))
    margin = read_margin(model, threshold=threshold)
    _check(margin, lambda X: model.predict(X) >= threshold, X)


@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler((-1, 3))])
@pytest.mark.parametrize("name", ["forest", "lightgbm", "xgboost"])
def test_trees_behind_a_scaler(name, scaler):
    X, y, _ = _data()
    model = make_pipeline(clone(scaler), clone(CLASSIFIERS[name])).fit(X, y)
    _check(read_margin(model, target=1), lambda X: model.predict(X) == 1, X)


@pytest.mark.parametrize("library", [lgb.LGBMClassifier, xgb.XGBClassifier])
def test_categorical_splits(library):
    rng = np.random.RandomState(0)
    X = np.column_stack([rng.randint(6, size=400), rng.standard_normal(400)])
    y = np.isin(X[:, 0], [1, 4]) ^ (X[:, 1] > 1)
    options = {"n_estimators": 6, "n_jobs": 1}
    fit = {}
    if library is lgb.LGBMClassifier:
        options |= {"verbose": -1, "min_child_samples": 5}
        fit = {"categorical_feature": [0]}
    else:
        options |= {"enable_categorical": True, "feature_types": ["c", "q"],
                    "max_cat_to_onehot": 1}  # fmt: skip
    model = library(**options).fit(X, y, **fit)
    margin = read_margin(model, target=True)
    made = X.copy()
    made[:, 0] = rng.randint(6, size=400)
    np.testing.assert_array_equal(
        margin.reaches(made), model.predict(made).astype(bool)
    )
    values = np.arange(6.0)
    found = margin.grid_success(X[:50], 0, values)
    for value in values:
        made = X[:50].copy()
        made[:, 0] = value
        np.testing.assert_array_equal(
            found[:, int(value)], model.predict(made).astype(bool)
        )


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_lengths_of_intervals(name):
    X, y, _ = _data()
    model = clone(CLASSIFIERS[name]).fit(X, y)
    margin = read_margin(model, target=1)
    people = X[:10]
    for column in range(5):
        cuts = margin.cuts(column)
        inside = np.unique(cuts[(cuts > -2) & (cuts < 3)])
        ends = np.concatenate([[-2.0], inside, [3.0]])
        middle = 0.5 * (ends[1:] + ends[:-1])
        expected = []
        for x in people:
            made = np.repeat(x[None], len(middle), axis=0)
            made[:, column] = middle
            expected.append(np.diff(ends)[model.predict(made) == 1].sum() / 5.0)
        found = margin.interval_success(people, column, [-2.0] * 10, [3.0] * 10)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_best_case_is_a_bound(name):
    X, y, _ = _data()
    model = clone(CLASSIFIERS[name]).fit(X, y)
    margin = read_margin(model, target=1)
    rng = np.random.RandomState(0)
    lows, highs = (
        X[:40] - rng.random_sample((40, 5)),
        X[:40] + rng.random_sample((40, 5)),
    )
    best = margin.best_case(X[:40], lows, highs)
    for _ in range(60):
        made = lows + rng.random_sample((40, 5)) * (highs - lows)
        assert (best[margin.reaches(made)] >= 0).all()
    np.testing.assert_array_equal(
        margin.best_case(X, X, X) >= 0, margin.reaches(X) | (margin.margin(X) > -1e-6)
    )


LINEAR = [
    LogisticRegression(C=0.3),
    RidgeClassifier(),
    LinearSVC(),
    make_pipeline(StandardScaler(), LogisticRegression()),
    FixedThresholdClassifier(LogisticRegression(), threshold=0.3),
]


def _aset(X):
    aset = ActionSet.from_frame(X, immutable=["x4"], monotone={"x1": 1})
    aset["x0"].step = 0.5
    return aset.add(Link("x1", {"x4": 0.5}, clip="widen"))


@pytest.mark.parametrize("model", [*LINEAR, *CLASSIFIERS.values()], ids=str)
def test_the_scorer_reads_what_it_could_ask(model):
    X, y, _ = _data()
    model = clone(model).fit(X, y)
    aset = _aset(X)
    read = ResponsivenessScorer(model, aset, random_state=0).fit(X)
    asked = ResponsivenessScorer(
        model, aset, method="enumerate", n_samples=4000, random_state=0
    ).fit(X)
    assert set(read.method_.values()) <= {"linear", "tree"}
    assert asked.method_["x0"] == "enumerate"
    assert asked.method_["x2"] == "sample"
    people = X[:30]
    a, b = read.score_samples(people), asked.score_samples(people)
    np.testing.assert_array_equal(a[:, [0, 4]], b[:, [0, 4]])
    np.testing.assert_allclose(a, b, rtol=0, atol=2e-3)
    low, high = np.moveaxis(asked.score_intervals(people), 2, 0)
    present = ~np.isnan(a)
    assert (low[present] <= a[present] + 1e-9).all()
    assert (a[present] <= high[present] + 1e-9).all()


@pytest.mark.parametrize("model", [LINEAR[0], *CLASSIFIERS.values()], ids=str)
def test_recourse_classes_with_and_without_reading(model):
    rng = np.random.RandomState(3)
    X = (rng.random_sample((250, 6)) < 0.5).astype(float)
    X[:, 1] = np.minimum(X[:, 0], X[:, 1])
    y = (X.sum(axis=1) + 0.5 * rng.standard_normal(250) > 4).astype(int)
    model = clone(model).fit(X, y)
    aset = ActionSet.from_frame(X, immutable=["x2"], monotone={"x3": 1})
    aset.add(Thermometer(["x0", "x1"], direction=1))
    read = ResponsivenessScorer(model, aset).fit(X).recourse_class(X)
    asked = ResponsivenessScorer(model, aset, method="enumerate").fit(X)
    np.testing.assert_array_equal(read, asked.recourse_class(X))
    assert "unknown" not in read


def test_a_regressor_needs_a_threshold():
    X, _, raw = _data()
    model = LinearRegression().fit(X, raw)
    aset = ActionSet.from_frame(X)
    with pytest.raises(ValueError, match="threshold is needed"):
        ResponsivenessScorer(model, aset).fit(X)
    scorer = ResponsivenessScorer(model, aset, threshold=1.0).fit(X)
    scores = scorer.score_samples(X)
    assert np.isnan(scores[model.predict(X) >= 1.0]).all()
    assert not np.isnan(scores[model.predict(X) < 1.0]).any()
