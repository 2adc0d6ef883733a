# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Calibrated models, and models that encode categories on their own, are read."""

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from sklearn_fs.recourse import ActionSet, ResponsivenessScorer
from sklearn_fs.recourse._margins import read_margin


def _numbers(seed=0):
    rng = np.random.RandomState(seed)
    X = rng.randint(-6, 7, size=(240, 3)) / np.array([1.0, 3.0, 0.7])
    y = (X[:, 0] + X[:, 1] * X[:, 2] + rng.standard_normal(240) > 0.5).astype(int)
    return X, y


CALIBRATED = {
    "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
    "svm": LinearSVC(),
    "forest": RandomForestClassifier(8, max_depth=5, random_state=0),
    "gradient boosting": GradientBoostingClassifier(n_estimators=8),
}


@pytest.mark.parametrize("threshold", [None, 0.62])
@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("name", CALIBRATED)
def test_one_calibrated_model(name, method, threshold):
    X, y = _numbers()
    model = CalibratedClassifierCV(
        clone(CALIBRATED[name]), method=method, cv=3, ensemble=False
    ).fit(X, y)
    made = X[np.random.RandomState(1).randint(len(X), size=(2000, 3)), np.arange(3)]
    for target in (0, 1):
        margin = read_margin(model, target=target, threshold=threshold)
        expected = model.predict(made) == target
        if threshold is not None:
            expected = model.predict_proba(made)[:, target] >= threshold
        found = margin.reaches(made)
        if margin.kind == "linear":
            sure = np.abs(margin.margin(made)) > margin.tolerance(made)
            assert sure.mean() > 0.99
            found, expected = found[sure], expected[sure]
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "model",
    [
        CalibratedClassifierCV(LogisticRegression(), cv=3),
        CalibratedClassifierCV(
            LogisticRegression(), cv=3, method="temperature", ensemble=False
        ),
        CalibratedClassifierCV(
            xgb.XGBClassifier(n_estimators=3, n_jobs=1), cv=3, ensemble=False
        ),
    ],
    ids=["several", "temperature", "float32 scores"],
)
def test_calibrated_models_that_are_asked(model):
    X, y = _numbers()
    assert read_margin(model.fit(X, y), target=1) is None


def _frame(seed=0, n=240):
    rng = np.random.RandomState(seed)
    X = pd.DataFrame(
        {
            "income": rng.randint(0, 9, size=n) / 2,
            "job": pd.Categorical(rng.choice(["none", "part", "full", "own"], size=n)),
            "loans": rng.randint(0, 4, size=n),
            "town": pd.Categorical(rng.choice([3, 5, 11], size=n)),
        }
    )
    raw = X["income"] - X["loans"] + 2 * X["job"].isin(["full", "own"])
    raw += X["town"].astype(int) == 5
    y = np.where(raw + 0.5 * rng.standard_normal(n) > 2.5, "yes", "no")
    X.loc[rng.random_sample(n) < 0.1, "job"] = np.nan
    return X, y


NATIVE = {
    "hist gradient boosting": HistGradientBoostingClassifier(
        max_iter=8, min_samples_leaf=5, categorical_features="from_dtype"
    ),
    "lightgbm": lgb.LGBMClassifier(
        n_estimators=8, min_child_samples=5, min_data_per_group=5, cat_smooth=1,
        n_jobs=1, verbose=-1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NATIVE)
def test_categories_that_the_model_encodes(name):
    """In a frame whose categories come in another order than when it was fitted."""
    X, y = _frame()
    model = clone(NATIVE[name]).fit(X, y)
    X["job"] = X["job"].cat.reorder_categories(["own", "part", "none", "full"])
    actions = ActionSet.from_frame(X, categorical=["town"])
    actions["income"].step = 0.5
    assert actions["town"].kind == actions["job"].kind == "categorical"
    read = ResponsivenessScorer(model, actions).fit(X)
    asked = ResponsivenessScorer(model, actions, method="enumerate").fit(X)
    assert set(read.method_.values()) == {"tree"}
    a, b = read.score_samples(X), asked.score_samples(X)
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
    assert np.nanmax(a[:, [1, 3]]) > 0
    some = X[:60]
    np.testing.assert_array_equal(read.recourse_class(some), asked.recourse_class(some))
    # Categories that the action set does not know, and that the model does.
    fewer = ActionSet.from_frame(X, categorical=["town"])
    fewer["job"].values, fewer["income"].step = ["none", "part"], 0.5
    read = ResponsivenessScorer(model, fewer).fit(X)
    asked = ResponsivenessScorer(model, fewer, method="enumerate").fit(X)
    assert set(read.method_.values()) == {"tree"}
    np.testing.assert_allclose(
        read.score_samples(some), asked.score_samples(some), rtol=0, atol=1e-12
    )


def test_categories_of_other_models_are_asked():
    X, y = _frame()
    model = xgb.XGBClassifier(n_estimators=3, n_jobs=1, enable_categorical=True)
    model.fit(X, (y == "yes").astype(int))
    actions = ActionSet.from_frame(X, categorical=["town"])
    scorer = ResponsivenessScorer(model, actions, n_samples=20).fit(X)
    assert set(scorer.method_.values()) == {"enumerate", "sample"}


def test_reasons_of_a_read_model_ask_it_once(monkeypatch):
    """Nearest changes are looked for where rounding cannot decide."""
    X, y = _numbers()
    X = X + 0.001 * np.arange(len(X))[:, None]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    scorer = ResponsivenessScorer(model, ActionSet.from_frame(X)).fit(X)
    calls, predict = [], LogisticRegression.predict
    monkeypatch.setattr(
        LogisticRegression, "predict", lambda *args: calls.append(1) or predict(*args)
    )
    frame = scorer.explain(X).to_frame()
    assert frame["best_value"].notna().sum() > 50
    # Who is approved, for everybody; and again for people without a reason.
    assert len(calls) <= 2
    # What is said to help does help.
    helped = frame[frame["best_value"].notna()]
    made = X[helped["row"]]
    columns = helped["feature"].str[1:].astype(int)
    made[np.arange(len(made)), columns] = helped["best_value"]
    assert (model.predict(made) == 1).all()
