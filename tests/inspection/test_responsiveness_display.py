# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of responsiveness show the numbers of the scorer."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from sklearn_fs.inspection import ResponsivenessDisplay
from sklearn_fs.recourse import ActionSet, FunctionPredictor, ResponsivenessScorer

plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def people():
    rng = np.random.RandomState(0)
    return pd.DataFrame(
        rng.normal(size=(60, 3)).round(2), columns=["income", "debt", "birth"]
    )


def _scorer(people, model, **options):
    aset = ActionSet.from_frame(people, immutable=["birth"])
    for name in ("income", "debt"):
        aset[name].bounds = (-3, 3)
    y = (people["income"] - people["debt"] > 0.3).astype(int)
    return ResponsivenessScorer(model, aset, **options).fit(people, y)


def test_bars(people):
    scorer = _scorer(people, LogisticRegression())
    denied = np.flatnonzero(np.isfinite(scorer.score_samples(people)[:, 0]))
    x = people.iloc[denied[:1]]
    display = ResponsivenessDisplay.from_estimator(scorer, x)
    scores = scorer.score_samples(x)[0]
    widths = [bar.get_width() for bar in display.artist_]
    assert widths == sorted(scores[:2], reverse=True)
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert set(labels) == {"income", "debt"}
    assert display.figure_ is display.ax_.figure


def test_bars_of_estimates_have_intervals():
    X = np.array([[0.0, 1.0], [10.0, 2.0], [3.0, 1.5]])
    aset = ActionSet.from_frame(X, immutable=["x1"])
    aset["x0"].kind, aset["x0"].step = "continuous", None
    model = FunctionPredictor(lambda X: (X[:, 0] >= 7).astype(int))
    scorer = ResponsivenessScorer(model, aset, random_state=0).fit(X)
    display = ResponsivenessDisplay.from_estimator(scorer, X[0])
    assert display.data["low"][0] < 0.3 < display.data["high"][0]
    assert len(display.ax_.containers) == 2


@pytest.mark.parametrize(
    "model",
    [LogisticRegression(), DecisionTreeClassifier(max_depth=4, random_state=0)],
    ids=lambda m: type(m).__name__,
)
def test_steps_agree_with_the_model(people, model):
    scorer = _scorer(people, model)
    scores = scorer.score_samples(people)[:, 0]
    row = int(np.flatnonzero(scores > 0)[0])
    x = people.iloc[row : row + 1]
    display = ResponsivenessDisplay.from_estimator(
        scorer, x, kind="steps", feature="income"
    )
    data = display.data
    z = np.linspace(-3, 3, 301)[1:-1] + 1e-7
    rows = pd.concat([x] * len(z), ignore_index=True)
    rows["income"] = z
    ok = scorer.predict(rows) == 1
    inside = np.zeros(len(z), dtype=bool)
    for low, high in data["success"]:
        inside |= (z > low) & (z < high)
    np.testing.assert_array_equal(inside, ok)
    length = sum(high - low for low, high in data["success"])
    assert length / 6 == pytest.approx(scores[row])
    drawn = np.interp(z, data["values"], data["answers"])
    assert ((drawn > 0) == ok).mean() > 0.97
    assert data["now"] == x["income"].iloc[0]
    assert display.ax_.get_xlabel() == "income"


def test_steps_pick_the_best_column(people):
    scorer = _scorer(people, LogisticRegression())
    scores = scorer.score_samples(people)
    row = int(np.flatnonzero(np.isfinite(scores[:, 0]))[0])
    display = ResponsivenessDisplay.from_estimator(
        scorer, people.iloc[row : row + 1], kind="steps"
    )
    assert display.data["name"] == people.columns[scores[row].argmax()]


def test_steps_of_a_grid_and_of_categories():
    X = pd.DataFrame({"n": [0, 1, 2, 3], "c": ["a", "b", "c", "a"]})
    model = FunctionPredictor(lambda X: ((X["n"] > 1) | (X["c"] == "b")).astype(int))
    scorer = ResponsivenessScorer(model, ActionSet.from_frame(X)).fit(X)
    grid = ResponsivenessDisplay.from_estimator(
        scorer, X[:1], kind="steps", feature="n"
    )
    assert grid.data["values"].tolist() == [1, 2, 3]
    assert grid.data["wins"].tolist() == [False, True, True]
    assert grid.data["success"] == [(2, 3)]
    category = ResponsivenessDisplay.from_estimator(
        scorer, X[:1], kind="steps", feature="c"
    )
    labels = [label.get_text() for label in category.ax_.get_xticklabels()]
    assert labels == ["a", "b", "c"]
    assert category.artist_.get_xdata().tolist() == [1]


def test_heat_map():
    scores = np.array([[0.0, 1.0], [np.nan, np.nan], [0.5, 0.7], [0.0, 0.0]])
    display = ResponsivenessDisplay.from_scores(scores, ["a", "b"])
    assert display.data["names"] == ["b", "a"]
    drawn = np.asarray(display.artist_.get_array())
    assert drawn.tolist() == [[0.7, 0.5], [1.0, 0.0], [0.0, 0.0]]


def test_given_axes(people):
    _, ax = plt.subplots()
    display = ResponsivenessDisplay.from_scores(np.ones((2, 2)), ["a", "b"], ax=ax)
    assert display.ax_ is ax


@pytest.mark.parametrize(
    "rows, options, text",
    [
        (slice(0, 2), {}, "x holds 2 people"),
        (slice(0, 1), {"kind": "pie"}, "kind='pie' is not one of"),
        (slice(0, 1), {"feature": "debt"}, "belongs to kind='steps'"),
        (slice(0, 1), {"kind": "steps", "feature": "birth"}, "cannot be changed"),
        (slice(0, 1), {"kind": "steps", "feature": "dept"}, "did you mean 'debt'"),
    ],
)
def test_errors(people, rows, options, text):
    scorer = _scorer(people, LogisticRegression())
    with pytest.raises(ValueError, match=text):
        ResponsivenessDisplay.from_estimator(scorer, people[rows], **options)


def test_error_for_approved(people):
    scorer = _scorer(people, LogisticRegression())
    approved = people[np.isnan(scorer.score_samples(people)[:, 0])][:1]
    with pytest.raises(ValueError, match="has the wanted prediction"):
        ResponsivenessDisplay.from_estimator(scorer, approved)
    with pytest.raises(ValueError, match="say with feature"):
        ResponsivenessDisplay.from_estimator(scorer, approved, kind="steps")


def test_score_errors():
    with pytest.raises(ValueError, match=r"shape \(2, 2\), but there are 1"):
        ResponsivenessDisplay.from_scores(np.ones((2, 2)), ["a"])
    with pytest.raises(ValueError, match="nobody was denied"):
        ResponsivenessDisplay.from_scores(np.full((2, 2), np.nan), ["a", "b"])
