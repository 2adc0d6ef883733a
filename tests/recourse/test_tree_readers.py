# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What each library may write down beside plain splits, read to the last bit."""

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from sklearn_fs.recourse._margins import read_margin
from sklearn_fs.recourse._monotone import float32_at_most, float32_below, last_true

LGB = {"n_estimators": 12, "min_child_samples": 5, "n_jobs": 1, "verbose": -1}
XGB = {"n_estimators": 12, "max_depth": 3, "n_jobs": 1}


def _data(seed=0, n=300):
    rng = np.random.RandomState(seed)
    X = rng.randint(-3, 4, size=(n, 4)) / np.array([1.0, 3.0, 0.7, 1.0])
    y = (X[:, 0] * (X[:, 1] > 0) + X[:, 2] + rng.standard_normal(n) > 0).astype(int)
    return X, y


def _check(model, X, extra=(), predict=None):
    """Every column at, below and above each of its thresholds, against `predict`."""
    predict = predict or model.predict
    margin = read_margin(model, target=1)
    np.testing.assert_array_equal(margin.reaches(X), predict(X) == 1)
    np.testing.assert_array_equal(margin.margin(X) >= 0, predict(X) == 1)
    people = X[::15]
    for column in range(X.shape[1]):
        cuts = margin.cuts(column)
        values = [cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf)]
        values = np.unique(np.concatenate([*values, np.asarray(extra, dtype=float)]))
        values = values[~np.isinf(values)]
        if len(values) == 0:
            continue
        made = np.repeat(people, len(values), axis=0)
        made[:, column] = np.tile(values, len(people))
        expected = (predict(made) == 1).reshape(len(people), -1)
        found = margin.grid_success(people, column, values)
        np.testing.assert_array_equal(found, expected)
        several = margin.grid_success_many(
            people, [column], [values[~np.isnan(values)]]
        )
        np.testing.assert_array_equal(several[0], expected[:, ~np.isnan(values)])
    return margin


@pytest.mark.parametrize("missing", [-9.0, 0.0, 1 / 3])
def test_xgboost_with_a_number_for_missing(missing):
    X, y = _data()
    X[::6, 0] = missing
    model = xgb.XGBClassifier(missing=missing, **XGB).fit(X, y)
    low = np.float64(np.nextafter(np.float32(missing), np.float32(-1e9)))
    _check(model, X, [missing, low, np.nan])


@pytest.mark.parametrize("options", [{"zero_as_missing": True}, {"use_missing": False}])
def test_lightgbm_and_its_zeros(options):
    X, y = _data()
    X[::7, 1] = np.nan
    model = lgb.LGBMClassifier(**LGB, **options).fit(X, y)
    tiny = float(np.float32(1e-35))
    beside = [np.nextafter(tiny, 1), np.nextafter(tiny, 0), 1e-40]
    beside = [tiny, *beside]
    _check(model, X, [0.0, np.nan, *beside, *np.negative(beside)])


def test_lightgbm_as_random_forest():
    X, y = _data()
    model = lgb.LGBMClassifier(
        boosting_type="rf", subsample=0.6, subsample_freq=1, **LGB
    ).fit(X, y)
    _check(model, X)


# Newer versions of XGBoost have other ways to dropout and forests, and say so.
@pytest.mark.filterwarnings("ignore:.*booster=dart")
@pytest.mark.filterwarnings("ignore:.*XGBRFClassifier.* is deprecated")
@pytest.mark.parametrize("options", [{}, {"booster": "dart", "rate_drop": 0.4}])
def test_xgboost_sums_are_those_of_the_library(options):
    X, y = _data()
    model = xgb.XGBClassifier(base_score=0.2, **XGB, **options).fit(X, y)
    margin = _check(model, X, [np.nan])
    # Class 1 begins above a sum of 0: the margin is the sum, up to the last bit of 1/2.
    np.testing.assert_allclose(
        margin.margin(X), model.predict(X, output_margin=True), rtol=0, atol=1e-6
    )
    _check(xgb.XGBRFClassifier(n_estimators=8, n_jobs=1).fit(X, y), X)


# Newer versions of LightGBM want two arguments, which older ones do not know.
@pytest.mark.filterwarnings("ignore:The argument 'eval_set' is deprecated")
@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_the_best_iteration_counts(library):
    X, y = _data()
    early = [(X[200:], 1 - y[200:])]
    if library == "lightgbm":
        stop = lgb.early_stopping(3, verbose=False)
        model = lgb.LGBMClassifier(**LGB)
        model.fit(X[:200], y[:200], eval_set=early, callbacks=[stop])
        assert model.best_iteration_ < 12
    else:
        model = xgb.XGBClassifier(early_stopping_rounds=3, **XGB)
        model.fit(X[:200], y[:200], eval_set=early, verbose=False)
        assert model.best_iteration < model.get_booster().num_boosted_rounds() - 1
    _check(model, X)


def test_categories_of_hist_gradient_boosting():
    rng = np.random.RandomState(0)
    X, y = _data()
    X[:, 3] = rng.choice([2.0, 5.0, 6.0, 11.0, np.nan], size=len(X))
    y = np.where(np.isin(X[:, 3], [5.0, 11.0]), 1 - y, y)
    model = HistGradientBoostingClassifier(
        max_iter=12, categorical_features=[3], min_samples_leaf=5
    ).fit(X, y)
    # Unlisted values, between and outside, go where missing ones go.
    margin = _check(model, X, [2.0, 3.0, 5.0, 5.5, 11.0, 99.0, -1.0, np.nan])
    assert margin.columns_used[3]


def test_lightgbm_with_categories_between_the_codes():
    rng = np.random.RandomState(0)
    X, y = _data()
    X[:, 3] = rng.randint(6, size=len(X))
    y = np.where(np.isin(X[:, 3], [0, 4]), 1 - y, y)
    model = lgb.LGBMClassifier(**LGB).fit(X, y, categorical_feature=[3])
    _check(model, X, [-2.0, -1.0, -0.5, 0.0, 0.5, 3.99, 4.0, 4.5, 70.0, np.nan])


def test_categorical_frames_of_hist_gradient_boosting_move_their_columns():
    X, y = _data()
    frame = pd.DataFrame(X, columns=list("abcd"))
    codes = np.abs(np.rint(X[:, 3])).astype(int)
    frame["d"] = pd.Categorical(codes)
    y = np.where(codes == 2, 1 - y, y)
    model = HistGradientBoostingClassifier(
        max_iter=12, categorical_features="from_dtype"
    ).fit(frame, y)
    margin = read_margin(model, target=1)
    X = X.copy()
    X[:, 3] = codes
    np.testing.assert_array_equal(margin.reaches(X), model.predict(frame) == 1)


def test_ties_of_forests():
    X, y = _data()
    # Many small trees with pure leaves: half of the votes is an everyday event.
    model = RandomForestClassifier(4, random_state=0).fit(X, y)
    assert (model.predict_proba(X)[:, 1] == 0.5).any()
    _check(model, X)
    model = RandomForestClassifier(6, min_samples_leaf=3, random_state=0).fit(X, y)
    _check(model, X)
    _check(ExtraTreeClassifier(random_state=0).fit(X, y), X)


def test_wrappers_are_looked_through():
    X, y = _data()
    tree = DecisionTreeClassifier(max_depth=4, random_state=0)
    _check(FrozenEstimator(tree.fit(X, y)), X)
    search = GridSearchCV(tree, {"max_depth": [2, 5]}, cv=3).fit(X, y)
    _check(search, X)


def test_what_cannot_be_read_is_none():
    X, y = _data()
    unknown = [
        AdaBoostClassifier(n_estimators=3),
        GradientBoostingClassifier(n_estimators=3, init=LogisticRegression()),
        lgb.LGBMClassifier(linear_tree=True, **LGB),
        xgb.XGBClassifier(objective="binary:hinge", **XGB),
        DummyClassifier(),
    ]
    for model in unknown:
        assert read_margin(model.fit(X, y), target=1) is None
    two = RandomForestClassifier(3).fit(X, np.column_stack([y, y]))
    assert two.n_outputs_ == 2


@pytest.mark.parametrize("n_classes", [2, 3])
def test_lines_of_several_columns(n_classes):
    X, y = _data()
    X[::9, 2] = np.nan
    y = y + (n_classes - 2) * (X[:, 3] > 0)
    model = HistGradientBoostingClassifier(max_iter=12).fit(X, y)
    margin = read_margin(model, target=1)
    effects = {1: 0.5, 2: -1.5}
    people = X[:20]
    low, high = people[:, 0] - 1.0, people[:, 0] + 2.0
    found = margin.interval_success(people, 0, low, high, effects)
    two = margin.interval_success(people, 0, low, high, effects, n_threads=2)
    np.testing.assert_array_equal(found, two)
    for i, x in enumerate(people):
        # The slow twin: all cuts of the line, and the model between them.
        ends = [margin.cuts(0)]
        ends += [x[0] + (margin.cuts(k) - x[k]) / s for k, s in effects.items()]
        ends = np.unique(np.concatenate([[low[i], high[i]], *ends]))
        ends = ends[(ends >= low[i]) & (ends <= high[i])]
        z = 0.5 * (ends[1:] + ends[:-1])
        made = np.repeat(x[None], len(z), axis=0)
        made[:, 0] = z
        for k, slope in effects.items():
            made[:, k] = x[k] + slope * (z - x[0])
        expected = np.diff(ends)[model.predict(made) == 1].sum() / 3.0
        assert found[i] == pytest.approx(expected, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, width=32), st.integers(-2, 2))
def test_thresholds_behind_a_cast(threshold, step):
    """`z <= T` and the library's comparison of float32(z) are the same."""
    with np.errstate(over="ignore"):
        for cut, compare in (
            (float32_at_most, np.less_equal),
            (float32_below, np.less),
        ):
            if compare is np.less and np.isinf(threshold):
                continue
            T = cut(np.array([threshold]))
            z = T.copy()
            for _ in range(abs(step)):
                z = np.nextafter(z, np.sign(step) * np.inf)
            expected = compare(z.astype(np.float32), np.float32(threshold))
            if np.isfinite(z[0]):
                assert (z <= T)[0] == expected[0]


@settings(max_examples=100, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_last_true_float(value):
    assert last_true(lambda z: z <= value, 1)[0] == value
    assert last_true(lambda z: z < -np.inf, 1)[0] == -np.inf
    assert last_true(lambda z: z <= np.inf, 1)[0] == np.inf
