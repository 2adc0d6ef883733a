# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns that move together along a line: the walk of the trees and its slow twin."""

import lightgbm as lgb
import numpy as np
import pytest
import xgboost as xgb
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

from sklearn_fs.recourse import ActionSet, Link, ResponsivenessScorer
from sklearn_fs.recourse._margins import read_margin

MODELS = {
    "extra trees": ExtraTreesClassifier(10, max_depth=6, random_state=0),
    "hist gradient boosting": HistGradientBoostingClassifier(
        max_iter=10, categorical_features=[3], min_samples_leaf=5
    ),
    "lightgbm": lgb.LGBMClassifier(
        n_estimators=10, min_child_samples=5, zero_as_missing=True, n_jobs=1, verbose=-1
    ),
    "xgboost": xgb.XGBClassifier(n_estimators=10, max_depth=3, n_jobs=1),
}
EFFECTS = [{2: -0.5}, {1: 2.0, 2: 1.0}, {0: 0.25, 3: 0.5}]


def _data(n_classes, missing, seed=0):
    rng = np.random.RandomState(seed)
    X = rng.randint(-4, 5, size=(250, 4)) / np.array([1.0, 2.0, 3.0, 1.0])
    X[:, 3] += 4
    raw = X[:, 0] + X[:, 1] * (X[:, 2] > 0) + np.isin(X[:, 3], [1, 5])
    raw += 0.3 * rng.standard_normal(250)
    y = np.digitize(raw, np.quantile(raw, np.arange(1, n_classes) / n_classes))
    if missing:
        hole = rng.random_sample(X.shape) < 0.1
        hole[:, 1] = False
        X[hole] = np.nan
    return X, y


def _share(model, margin, x, column, low, high, effects):
    """Every cut of every column that moves, and the model between two of them."""
    cuts = [np.array([low, high])]
    for k, slope in {**effects, column: 1.0}.items():
        if not np.isnan(x[k]):
            cuts.append(x[column] + (margin.cuts(k) - x[k]) / slope)
    cuts = np.unique(np.concatenate(cuts))
    cuts = cuts[(cuts >= low) & (cuts <= high)]
    middle = 0.5 * (cuts[1:] + cuts[:-1])
    made = np.repeat(x[None], len(middle), axis=0)
    for k, slope in effects.items():
        made[:, k] = x[k] + slope * (middle - x[column])
    made[:, column] = middle
    return np.diff(cuts)[model.predict(made) == 1].sum() / (high - low)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("name", MODELS)
def test_shares_along_a_line(name, n_classes):
    X, y = _data(n_classes, missing=name != "extra trees")
    model = clone(MODELS[name]).fit(X, y)
    margin = read_margin(model, target=1)
    people = X[:25]
    rng = np.random.RandomState(1)
    for effects in EFFECTS:
        column = 1 if 1 not in effects else 0
        some = people[~np.isnan(people[:, column])]
        low = some[:, column] - 3 * rng.random_sample(len(some))
        high = some[:, column] + 3 * rng.random_sample(len(some))
        found = margin.interval_success(some, column, low, high, effects)
        expected = [
            _share(model, margin, x, column, a, b, effects)
            for x, a, b in zip(some, low, high, strict=True)
        ]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
        two = margin.interval_success(some, column, low, high, effects, n_threads=2)
        np.testing.assert_array_equal(two, found)


def test_edges():
    X, y = _data(2, missing=False)
    model = clone(MODELS["extra trees"]).fit(X, y)
    margin = read_margin(model, target=1)
    assert margin.interval_success(X[:0], 0, [], [], {1: 1.0}).shape == (0,)
    same = margin.interval_success(X[:3], 0, X[:3, 0], X[:3, 0], {1: 1.0})
    np.testing.assert_array_equal(same, np.zeros(3))
    alone = margin.interval_success(X[:9], 0, [-2.0] * 9, [3.0] * 9)
    still = margin.interval_success(X[:9], 0, [-2.0] * 9, [3.0] * 9, {1: 0.0})
    np.testing.assert_array_equal(alone, still)


def test_a_column_that_pulls_others_along():
    """An exact score lies inside the interval of many draws."""
    X, y = _data(2, missing=False)
    X[:, 0] += 0.01 * np.arange(len(X))
    model = clone(MODELS["xgboost"]).fit(X, y)
    aset = ActionSet.from_frame(X, immutable=["x1", "x2"])
    aset.add(Link("x0", {"x1": 0.5, "x2": -0.3}, clip="widen"))
    read = ResponsivenessScorer(model, aset).fit(X)
    drawn = ResponsivenessScorer(model, aset, method="enumerate", n_samples=3000)
    drawn.fit(X)
    assert read.method_["x0"] == "tree"
    assert drawn.method_["x0"] == "sample"
    scores = read.score_samples(X[:40])
    low, high = np.moveaxis(drawn.score_intervals(X[:40]), 2, 0)
    denied = ~np.isnan(scores[:, 0])
    assert denied.sum() > 5
    assert (low[denied] <= scores[denied] + 1e-3).all()
    assert (scores[denied] <= high[denied] + 1e-3).all()
