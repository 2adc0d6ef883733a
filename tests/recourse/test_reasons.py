# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reasons: scores, nearest successes, safe ranges and messages with known answers."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from sklearn_fs.recourse import (
    ActionSet,
    FunctionPredictor,
    Group,
    Link,
    OneHot,
    Ordinal,
    ResponsivenessScorer,
    Thermometer,
)
from sklearn_fs.recourse._reasons import FIELDS, share_text


def _logistic(weights, intercept):
    """A logistic model with known weights."""
    model = LogisticRegression()
    model.coef_ = np.array([weights], dtype=float)
    model.intercept_ = np.array([intercept], dtype=float)
    model.classes_ = np.array([0, 1])
    model.n_features_in_ = len(weights)
    return model


def _function(rule, X, *constraints, **options):
    aset = ActionSet.from_frame(X)
    aset.add(*constraints)
    model = FunctionPredictor(lambda X: np.asarray(rule(X)).astype(int))
    return ResponsivenessScorer(model, aset, **options).fit(X)


def _continuous(X, **features):
    aset = ActionSet.from_frame(X)
    for name, bounds in features.items():
        aset[name].kind, aset[name].step = "continuous", None
        aset[name].bounds = bounds
    return aset


GRID = pd.DataFrame({"a": [0, 1, 2, 3, 4, 5], "b": [0, 1, 0, 1, 0, 1]})


def test_grid():
    scorer = _function(lambda X: X["a"] > 2, GRID)
    (reason,) = scorer.explain(GRID[:1])
    assert tuple(reason) == FIELDS
    assert (reason["row"], reason["rank"], reason["feature"]) == (0, 1, "a")
    assert reason["score"] == reason["low"] == reason["high"] == 0.6
    assert reason["exact"] is True
    assert (reason["value_now"], reason["best_value"]) == (0, 3)
    assert reason["best_changes"] == {"a": 3}
    assert reason["safe_range"] == (3, 5)
    assert reason["message"] == (
        "a: 60 % of its feasible changes lead to the wanted prediction; the nearest: "
        "a from 0 to 3"
    )


def test_longest_interval_is_not_the_nearest():
    scorer = _function(lambda X: (X["a"] == 1) | (X["a"] >= 4), GRID)
    (reason,) = scorer.explain(GRID[:1])
    assert reason["best_value"] == 1
    assert reason["safe_range"] == (4, 5)


def test_present_value_ends_a_run():
    scorer = _function(lambda X: X["a"] != 2, GRID)
    (reason,) = scorer.explain(GRID[2:3])
    assert reason["score"] == 1
    assert reason["safe_range"] == (3, 5)
    assert reason["best_value"] in (1, 3)


def test_rank_by_score_then_distance_then_order():
    X = pd.DataFrame(
        {"a": [0, 1, 2, 3], "b": [0, 10, 20, 30], "c": [0, 1, 2, 3], "d": [0, 1, 2, 3]}
    )
    X["b"] = X["b"] // 10
    aset = ActionSet.from_frame(X)
    # b succeeds at 2 of 3 values, a at 1 (far), c and d at 1 (near).
    model = FunctionPredictor(
        lambda X: (
            (X["a"] == 3) | (X["b"] >= 2) | (X["c"] == 1) | (X["d"] == 1)
        ).astype(int)
    )
    scorer = ResponsivenessScorer(model, aset).fit(X)
    reasons = scorer.explain(X[:1])
    assert [r["feature"] for r in reasons] == ["b", "c", "d", "a"]
    assert [r["rank"] for r in reasons] == [1, 2, 3, 4]
    assert [r["feature"] for r in scorer.explain(X[:1], n_reasons=2)] == ["b", "c"]
    two = ResponsivenessScorer(model, aset, n_reasons=2).fit(X)
    assert len(two.explain(X[:1])) == 2


def test_linear_link_is_seven_fifteenths():
    X = np.array([[2.0, 2.0], [0.0, 0.0], [10.0, 18.0]])
    aset = _continuous(X, x0=(0, 10), x1=(-20, 20))
    aset["x1"].actionable = False
    aset.add(Link("x0", {"x1": 1.0}, clip="widen"))
    scorer = ResponsivenessScorer(_logistic([1.0, 0.5], -8.0), aset).fit(X)
    (reason,) = scorer.explain(X[:1])
    assert reason["score"] == pytest.approx(7 / 15, abs=1e-15)
    assert reason["exact"]
    best = reason["best_value"]
    assert best == pytest.approx(16 / 3, abs=1e-12)
    assert reason["best_changes"]["x1"] == pytest.approx(16 / 3, abs=1e-12)
    made = np.array([[best, reason["best_changes"]["x1"]]])
    assert scorer.predict(made) == [1]
    assert reason["safe_range"] == pytest.approx((16 / 3, 10))
    # What moves along is immutable, and not named.
    assert "x1" not in reason["message"]
    assert reason["message"].endswith("x0 from 2 to 5.34")


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(max_depth=4, random_state=0),
        GradientBoostingClassifier(n_estimators=15, random_state=0),
        RandomForestClassifier(10, random_state=0),
        LogisticRegression(),
    ],
    ids=lambda m: type(m).__name__,
)
def test_best_values_succeed_and_nothing_nearer_does(model):
    rng = np.random.RandomState(0)
    X = rng.normal(size=(80, 3)).round(2)
    y = (X[:, 0] + X[:, 1] * X[:, 2] > 0.3).astype(int)
    aset = _continuous(X, x0=(-3, 3), x1=(-3, 3))
    aset["x2"].actionable = False
    scorer = ResponsivenessScorer(model, aset).fit(X, y)
    assert "enumerate" not in scorer.method_.values()
    reasons = [r for r in scorer.explain(X) if r["feature"] is not None]
    assert len(reasons) > 10
    for reason in reasons[:40]:
        j = int(reason["feature"][1:])
        now, best = reason["value_now"], reason["best_value"]
        low, high = reason["safe_range"]
        z = np.concatenate(
            [[best], np.linspace(now, best, 200)[:-1], np.linspace(low, high, 50)[1:-1]]
        )
        rows = np.repeat(X[reason["row"]][None], len(z), axis=0)
        rows[:, j] = z
        ok = scorer.predict(rows) == 1
        assert ok[0]
        assert not ok[1:200].any()
        assert ok[200:].all()
        assert high - low <= 6 * reason["score"] + 1e-9


def test_draws_have_an_interval():
    X = np.array([[0.0, 1.0], [10.0, 2.0], [3.0, 1.5]])
    aset = _continuous(X, x0=(0, 10))
    aset["x1"].actionable = False
    model = FunctionPredictor(lambda X: (X[:, 0] >= 7).astype(int))
    scorer = ResponsivenessScorer(model, aset, random_state=0).fit(X)
    (reason,) = scorer.explain(X[:1])
    assert not reason["exact"]
    assert reason["low"] < 0.3 < reason["high"]
    score = scorer.score_samples(X[:1])[0, 0]
    assert reason["score"] == pytest.approx(score, abs=1e-12)
    limits = scorer.score_intervals(X[:1])[0, 0]
    assert [reason["low"], reason["high"]] == pytest.approx(limits, abs=1e-12)
    assert 7 <= reason["best_value"] < 7.1
    assert 7 <= reason["safe_range"][0] < reason["safe_range"][1] <= 10
    assert reason["message"].startswith("x0: about ")


# Groups


def test_one_hot_equals_categorical():
    X = pd.DataFrame({"j_a": [1, 0, 0], "j_b": [0, 1, 0], "j_c": [0, 0, 1]})
    scorer = _function(lambda X: X["j_b"] == 1, X, OneHot(list(X.columns)))
    native = pd.DataFrame({"j": ["a", "b", "c"]})
    other = _function(lambda X: X["j"] == "b", native)
    for row, score in ((0, 0.5), (2, 0.5)):
        (group,) = scorer.explain(X[row : row + 1])
        (single,) = other.explain(native[row : row + 1])
        assert group["score"] == single["score"] == score
        assert group["feature"] == single["feature"] == "j"
        assert group["best_value"]["j_b"] == 1
        assert single["best_value"] == "b"
    ungrouped = _function(
        lambda X: X["j_b"] == 1, X, OneHot(list(X.columns)), group_reasons=False
    ).explain(X[:1])
    assert [(r["feature"], r["score"]) for r in ungrouped] == [
        ("j_b", 1.0),
        ("j_a", 0.5),
    ]


@pytest.mark.parametrize("intervention", ["minimal", "all"])
def test_thermometer_equals_ordinal_and_level(intervention):
    options = {"intervention": intervention}
    names = ["s_geq_25", "s_geq_50", "s_geq_75", "s_geq_100"]
    levels = np.arange(5)
    warm = pd.DataFrame((levels[:, None] > np.arange(4)).astype(int), columns=names)
    warm_scorer = _function(
        lambda X: X["s_geq_75"] == 0, warm, Thermometer(names), **options
    )
    names = [f"s_is_{i}" for i in range(5)]
    hot = pd.DataFrame(np.eye(5, dtype=int), columns=names)
    hot_scorer = _function(
        lambda X: X["s_is_3"] + X["s_is_4"] == 0, hot, Ordinal(names), **options
    )
    level = pd.DataFrame({"s": levels, "t": levels % 2})
    level_scorer = _function(lambda X: X["s"] < 3, level, **options)
    for row in (3, 4):
        (a,) = warm_scorer.explain(warm[row : row + 1])
        (b,) = hot_scorer.explain(hot[row : row + 1])
        (c,) = level_scorer.explain(level[row : row + 1])
        assert a["score"] == b["score"] == c["score"] == 0.75
        assert a["feature"] == "s"
        assert c["best_value"] == 2
        assert b["best_value"]["s_is_2"] == 1


def test_group_across_blocks_counts_interventions():
    scorer = _function(lambda X: X["a"] > 2, GRID, Group("both", ["a", "b"]))
    (reason,) = scorer.explain(GRID[:1])
    # 5 changes of a, 3 of them good, and 1 of b.
    assert reason["feature"] == "both"
    assert reason["score"] == pytest.approx(3 / 6)
    assert reason["best_value"] == {"a": 3}
    assert reason["value_now"] == {"a": 0, "b": 0}


def test_group_with_a_column_without_a_grid():
    X = np.array([[2.0, 0.0], [0.0, 1.0], [10.0, 1.0]])
    aset = _continuous(X, x0=(0, 10))
    aset.add(Group("both", ["x0", "x1"]))
    scorer = ResponsivenessScorer(_logistic([1.0, 0.0], -7.0), aset).fit(X)
    (reason,) = scorer.explain(X[:1])
    assert reason["score"] == pytest.approx((0.3 + 0.0) / 2)
    assert reason["exact"]


# People without a reason


def test_joint_names_a_pair():
    X = pd.DataFrame({"a": [0, 1, 2], "b": [0, 1, 2], "c": [0, 1, 0]})
    scorer = _function(lambda X: (X["a"] >= 1) & (X["b"] >= 2), X)
    reasons = scorer.explain(pd.DataFrame({"a": [0], "b": [0], "c": [0]}))
    (row,) = reasons
    assert row["feature"] is None
    assert np.isnan(row["score"])
    assert row["best_changes"] == {"a": 1, "b": 2}
    assert row["message"] == (
        "no single change suffices; these two together do: a from 0 to 1, b from 0 to 2"
    )


def test_joint_of_three_names_none():
    X = pd.DataFrame({"a": [0, 1, 1], "b": [0, 1, 1], "c": [0, 1, 1]})
    scorer = _function(lambda X: X.sum(axis=1) == 3, X)
    (row,) = scorer.explain(X[:1])
    assert row["message"] == "no single change suffices; several together do"
    assert row["best_changes"] == {}


def test_pair_within_one_block():
    X = pd.DataFrame({"a": [0, 1, 1], "b": [0, 0, 1], "c": [5, 6, 7]})
    aset = ActionSet.from_frame(X, immutable=["c"])
    aset.add(Link("a", {"c": 1}, clip="widen"), Link("b", {"c": 1}, clip="widen"))
    model = FunctionPredictor(lambda X: (X["c"] == 7).astype(int))
    scorer = ResponsivenessScorer(model, aset).fit(X)
    (row,) = scorer.explain(pd.DataFrame({"a": [0], "b": [0], "c": [5]}))
    assert row["best_changes"] == {"a": 1, "b": 1, "c": 7}
    assert "a from 0 to 1, b from 0 to 1" in row["message"]
    assert "c from" not in row["message"]


def test_linear_pair():
    X = np.array([[0.0, 0.0, 0.0], [10.0, 10.0, 1.0]])
    aset = _continuous(X, x0=(0, 10), x1=(0, 10))
    scorer = ResponsivenessScorer(_logistic([1.0, 1.0, 0.0], -15.0), aset).fit(X)
    (row,) = scorer.explain(X[:1])
    made = X[:1].copy()
    for name, value in row["best_changes"].items():
        made[0, int(name[1:])] = value
    assert set(row["best_changes"]) == {"x0", "x1"}
    assert scorer.predict(made) == [1]


def test_fixed_unknown_and_approved():
    X = pd.DataFrame({"a": [0, 1], "b": [0, 1], "f": [0, 1]})
    aset = ActionSet.from_frame(X, immutable=["f"])
    model = FunctionPredictor(lambda X: (X["f"] == 1).astype(int))
    scorer = ResponsivenessScorer(model, aset).fit(X)
    fixed, approved = scorer.explain(X)
    assert fixed["message"] == (
        "no feasible change leads to approval; ask for human review"
    )
    assert "already" in approved["message"]
    poor = ResponsivenessScorer(model, aset, max_recourse_points=1).fit(X)
    assert poor.recourse_class(X)[0] == "unknown"
    (unknown,) = poor.explain(X[:1])
    assert "no feasible change" not in unknown["message"]
    assert "not known" in unknown["message"]
    assert not unknown["exact"]


def test_columns_that_were_not_asked_about():
    scorer = _function(lambda X: X["a"] > 2, GRID, features=["b"])
    (row,) = scorer.explain(GRID[:1])
    assert row["feature"] is None
    assert "another one does" in row["message"]


def test_plausible_points_only():
    class Plausible:
        def predict(self, X):
            return np.where(X["a"] < 5, 1, -1)

    scorer = _function(lambda X: X["a"] > 2, GRID, plausible=Plausible())
    (reason,) = scorer.explain(GRID[:1])
    assert reason["score"] == scorer.score_samples(GRID[:1])[0, 0] == 0.5
    assert reason["safe_range"] == (3, 4)


@pytest.mark.parametrize("weights", ["distance", "data"])
def test_weighted_scores_are_those_of_score_samples(weights):
    scorer = _function(lambda X: X["a"] > 2, GRID, weights=weights)
    (reason,) = scorer.explain(GRID[:1])
    assert reason["score"] == pytest.approx(scorer.score_samples(GRID[:1])[0, 0])


def test_missing_value():
    X = pd.DataFrame({"a": [np.nan, 1.0, 2.0, 3.0], "b": [0.0, 1.0, 0.0, 1.0]})
    aset = ActionSet.from_frame(X)
    aset["a"].values = [1, 2, 3]
    aset["a"].missing = "reachable"
    model = FunctionPredictor(lambda X: (X["a"] > 1).astype(int))
    scorer = ResponsivenessScorer(model, aset).fit(X)
    (reason,) = scorer.explain(X[:1])
    assert reason["value_now"] is None
    assert reason["score"] == pytest.approx(2 / 3)
    assert reason["safe_range"] == (2, 3)
    assert reason["best_value"] > 1
    assert "a to " in reason["message"]


# The container


@pytest.mark.parametrize("chunk_size", [1, 7, 250_000])
def test_order_and_chunks_do_not_matter(chunk_size):
    scorer = _function(lambda X: (X["a"] > 2) & (X["b"] == 1), GRID)
    other = _function(
        lambda X: (X["a"] > 2) & (X["b"] == 1), GRID, chunk_size=chunk_size
    )
    order = [3, 0, 5, 0, 1]
    expected = {r["row"]: r["message"] for r in scorer.explain(GRID)}
    got = [r["message"] for r in other.explain(GRID.iloc[order])]
    assert got == [expected[i] for i in order]


def test_table_json_and_html():
    scorer = _function(lambda X: X["a"] > 2, GRID.rename(columns={"b": "<b>"}))
    reasons = scorer.explain(GRID.rename(columns={"b": "<b>"}))
    assert len(reasons) == len(list(reasons)) == 6
    assert repr(reasons) == "Reasons(n_people=6, n_reasons=3)"
    frame = reasons.to_frame()
    assert list(frame.columns) == list(FIELDS)
    assert frame["feature"].tolist() == ["a"] * 3 + [None] * 3
    rows = json.loads(reasons.to_json())
    assert rows[0]["safe_range"] == [3, 5]
    assert rows[5]["score"] is None
    html = reasons._repr_html_()
    assert "<table>" in html
    assert "<b>a" not in html
    assert len(scorer.explain(GRID.rename(columns={"b": "<b>"})[:0])) == 0


@pytest.mark.parametrize("n_reasons", [0, 1.5, -1])
def test_n_reasons_error(n_reasons):
    scorer = _function(lambda X: X["a"] > 2, GRID)
    with pytest.raises(ValueError, match=f"n_reasons={n_reasons} must be an integer"):
        scorer.explain(GRID, n_reasons=n_reasons)


@pytest.mark.parametrize(
    "share, text",
    [
        (1.0, "100 %"),
        (0.999, "more than 99 %"),
        (0.001, "less than 1 %"),
        (0.5, "50 %"),
    ],
)
def test_shares_are_not_rounded_to_all_or_nothing(share, text):
    assert share_text(share) == text
