# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Known answers of the responsiveness of a column, and what is promised around it."""

import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_fs.recourse import (
    ActionSet,
    FunctionPredictor,
    IfThen,
    Link,
    OneHot,
    ResponsivenessScorer,
    Table,
    Thermometer,
)

GRID = np.array([[a, b] for a in range(6) for b in (0, 1)])


def _scorer(function, X, aset, **options):
    model = FunctionPredictor(lambda X: np.asarray(function(np.asarray(X))).astype(int))
    return ResponsivenessScorer(model, aset, **options).fit(X)


def test_two_integer_columns():
    def f(X):
        return X[:, 0] > 2

    aset = ActionSet.from_frame(GRID)
    scorer = _scorer(f, GRID, aset)
    np.testing.assert_allclose(scorer.score_samples([[0, 0]]), [[0.6, 0.0]])
    aset["x0"].direction = 1
    scorer = _scorer(f, GRID, aset)
    np.testing.assert_array_equal(scorer.score_samples([[2, 1]]), [[1.0, 0.0]])
    aset["x0"].actionable = aset["x1"].actionable = False
    scorer = _scorer(f, GRID, aset)
    np.testing.assert_array_equal(scorer.score_samples([[2, 1]]), [[0.0, 0.0]])
    assert scorer.recourse_class([[2, 1]]) == ["fixed"]


def _linear(weights, intercept):
    d = len(weights)
    model = LogisticRegression().fit(np.vstack([np.zeros(d), np.ones(d)]), [0, 1])
    model.coef_[:] = weights
    model.intercept_[:] = intercept
    return model


def test_linear_model_along_a_segment():
    X = np.array([[0.0, 0.5], [10.0, 1.5], [0.5, 3.5]])
    aset = ActionSet.from_frame(X, immutable=["x1"])
    scorer = ResponsivenessScorer(_linear([1.0, 0.0], -7.0), aset).fit(X)
    assert scorer.score_samples([[2.0, 0.5]])[0, 0] == pytest.approx(0.3, abs=1e-15)
    aset.add(Link("x0", {"x1": 1.0}, clip="widen"))
    scorer = ResponsivenessScorer(_linear([1.0, 0.5], -7.25), aset).fit(X)
    score = scorer.score_samples([[2.0, 0.5]])[0, 0]
    assert score == pytest.approx(7 / 15, abs=1e-14)
    low, high = scorer.score_intervals([[2.0, 0.5]])[0, 0]
    assert low == high == score


def test_one_hot_and_its_category():
    X = np.eye(3)
    aset = ActionSet.from_frame(X).add(OneHot(["x0", "x1", "x2"]))
    scorer = _scorer(lambda X: X[:, 1] == 1, X, aset)
    np.testing.assert_array_equal(scorer.score_samples(X[:1]), [[0.5, 1.0, 0.0]])
    frame = pd.DataFrame({"job": ["a", "b", "c"]})
    aset = ActionSet.from_frame(frame)
    model = FunctionPredictor(lambda X: (X["job"] == "b").to_numpy().astype(int))
    scorer = ResponsivenessScorer(model, aset).fit(frame)
    assert scorer.score_samples(frame[:1]) == [[0.5]]


def test_table_with_one_way_streets():
    X = np.array([[0, 0], [1, 0], [1, 1]])
    aset = ActionSet.from_frame(X).add(
        Table(["x0", "x1"], [[0, 0], [1, 0], [1, 1]], [[1, 1, 1], [0, 1, 1], [0, 0, 1]])
    )
    scorer = _scorer(lambda X: X.sum(axis=1) == 0, X, aset)
    np.testing.assert_array_equal(scorer.score_samples(X[1:]), np.zeros((2, 2)))
    assert scorer.recourse_class(X).tolist() == ["approved", "fixed", "fixed"]


def test_implication_binds_the_state_after_the_change():
    X = np.array([[0, 0], [1, 0], [1, 1], [1, 2]])
    aset = ActionSet.from_frame(X).add(
        IfThen(when=("x0", "==", 0), then=("x1", "==", 0))
    )
    scorer = _scorer(lambda X: X[:, 1] == 2, X, aset)
    # Without an account there is no balance: opening one comes first.
    scores = scorer.score_samples(X[:2])
    np.testing.assert_array_equal(scores[:, 1], [0.5, 0.5])
    moves = scorer.interventions(X[:1], "x1")
    assert moves["changes"].tolist() == [{"x0": 1}, {"x0": 1}]
    assert moves["success"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ("uniform", 3 / 5),
        ("distance", (1 / 2 + 1 / (1 + 4 / 3) + 1 / (1 + 5 / 3)) / sum(
            1 / (1 + k / 3) for k in range(1, 6))),
        ("data", 3 / 5),
        (lambda name, x, values: values, 12 / 15),
    ],
)  # fmt: skip
def test_weights(weights, expected):
    X = np.arange(6)[:, None].repeat(2, axis=0).astype(float)
    aset = ActionSet.from_frame(X)
    scorer = _scorer(lambda X: X[:, 0] > 2, X, aset, weights=weights)
    if weights == "distance":
        assert scorer.scales_[0] == 3.0
    assert scorer.score_samples([[0.0]])[0, 0] == pytest.approx(expected)


def test_pairs():
    aset = ActionSet.from_frame(GRID)
    scorer = _scorer(lambda X: (X[:, 0] == 5) & (X[:, 1] == 1), GRID, aset)
    pairs = scorer.score_pairs([[0, 0], [5, 1]], [("x0", "x1")])
    np.testing.assert_allclose(pairs, [[0.2], [np.nan]])
    assert scorer.recourse_class([[0, 0], [5, 0]]).tolist() == ["joint", "single"]


def test_draws_cover_the_truth():
    X = np.array([[0.0], [1.0]])
    truth, covered = 0.1, 0
    aset = ActionSet.from_frame(np.array([[0.0], [1.0], [0.5]]))
    aset["x0"].kind, aset["x0"].bounds = "continuous", (0, 1)
    for seed in range(400):
        scorer = _scorer(
            lambda X: X[:, 0] > 1 - truth, X, aset, n_samples=50, random_state=seed
        )
        low, high = scorer.score_intervals([[0.3]])[0, 0]
        covered += low <= truth <= high
    assert covered / 400 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 400)
    assert scorer.method_ == {"x0": "sample"}
    hits = round(scorer.score_samples([[0.3]])[0, 0] * 50)
    np.testing.assert_allclose(
        [low, high],
        [
            stats.beta.ppf(0.025, hits, 51 - hits),
            stats.beta.ppf(0.975, hits + 1, 50 - hits),
        ],
    )
    wide = scorer.score_intervals([[0.3]], simultaneous=True)[0, 0]
    np.testing.assert_allclose(wide, [low, high])  # one column


def test_auto_draws_are_738():
    X = np.array([[0.0], [1.0], [0.3]])
    scorer = _scorer(lambda X: X[:, 0] > 0.9, X, ActionSet.from_frame(X))
    assert len(scorer.interventions([[0.2]], "x0")) == 738


def test_implausible_points_leave_both_sides():
    class Below(BaseEstimator):
        def predict(self, X):
            return np.where(np.asarray(X)[:, 0] <= 3, 1, -1)

    aset = ActionSet.from_frame(GRID)
    scorer = _scorer(lambda X: X[:, 0] > 2, GRID, aset, plausible=Below())
    assert scorer.score_samples([[0, 0]])[0, 0] == pytest.approx(1 / 3)
    assert scorer.interventions([[0, 0]], "x0")["plausible"].sum() == 3
    forest = IsolationForest(random_state=0).fit(GRID)
    _scorer(lambda X: X[:, 0] > 2, GRID, aset, plausible=forest).score_samples(GRID)


def test_what_is_implausible_is_no_recourse():
    class Below(BaseEstimator):
        def predict(self, X):
            return np.where(np.asarray(X).sum(axis=1) <= 3, 1, -1)

    X = np.array([[0, 0], [0, 1], [5, 2], [1, 0]])
    aset = ActionSet.from_frame(X)
    options = {"plausible": Below()}
    alone = _scorer(lambda X: X[:, 0] > 3, X, aset)
    assert alone.recourse_class(X[:2]).tolist() == ["single", "single"]
    judged = _scorer(lambda X: X[:, 0] > 3, X, aset, **options)
    assert judged.recourse_class(X[:2]).tolist() == ["fixed", "fixed"]
    both = _scorer(lambda X: X[:, 0] * X[:, 1] > 1, X, aset, **options)
    assert both.recourse_class(X[[0, 3]]).tolist() == ["joint", "single"]
    assert "these two together do" in both.explain(X[:1])[0]["message"]
    # x0 and x1 that add up to at most 3: (1, 1), (1, 2), (2, 1), of which two succeed.
    pairs = both.score_pairs(X[:1], [("x0", "x1")])
    assert pairs[0, 0] == pytest.approx(2 / 3)


class _Spy(ClassifierMixin, BaseEstimator):
    """Notes what it is asked with."""

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        self.seen_ = []
        return self

    def predict(self, X):
        self.seen_.append(X)
        age = X["age"].to_numpy() if hasattr(X, "columns") else X[:, 0]
        return (age > 40).astype(int)


@pytest.mark.parametrize("library", [pd, pl])
def test_the_model_sees_frames_like_those_it_knows(library):
    data = {
        "age": np.array([20, 30, 50, 45], dtype=np.int16),
        "job": ["a", "b", "a", "c"],
        "rate": np.array([0.5, 1.5, np.nan, 2.5], dtype=np.float32),
        "own": [True, False, True, True],
    }
    frame = library.DataFrame(data)
    if library is pd:
        frame["job"] = frame["job"].astype("category")
        frame.index = list("wxyz")
    before = copy.deepcopy(frame)
    aset = ActionSet.from_frame(frame)
    plain = aset.to_dict()
    model = _Spy().fit(frame, None)
    scorer = ResponsivenessScorer(model, aset, n_samples=20).fit(frame)
    scorer.transform(frame)
    scorer.recourse_class(frame)
    assert len(model.seen_) > 2
    for X in model.seen_:
        assert type(X) is type(frame)
        assert list(X.columns) == list(frame.columns)
        assert list(X.dtypes) == list(frame.dtypes)
    assert frame.equals(before)
    assert aset.to_dict() == plain


def test_containers_give_equal_scores():
    rng = np.random.RandomState(0)
    X = rng.randint(5, size=(80, 3)).astype(float)
    y = (X.sum(axis=1) > 6).astype(int)
    model = RandomForestClassifier(10, random_state=0).fit(X, y)
    aset = ActionSet.from_frame(X)
    expected = ResponsivenessScorer(model, aset).fit(X).score_samples(X)
    for made in (np.asfortranarray(X), X.astype(np.float32), X.astype(int)):
        scorer = ResponsivenessScorer(model, aset).fit(made)
        np.testing.assert_array_equal(scorer.score_samples(made), expected)
    names = ["x0", "x1", "x2"]
    model = RandomForestClassifier(10, random_state=0).fit(
        pd.DataFrame(X, columns=names), y
    )
    scorer = ResponsivenessScorer(model, aset).fit(pd.DataFrame(X, columns=names))
    out = scorer.set_output(transform="pandas").transform(
        pd.DataFrame(X, columns=names, index=range(5, 85))
    )
    np.testing.assert_array_equal(out.to_numpy(), expected)
    assert list(out.columns) == names
    assert out.index[0] == 5


def test_labels_and_targets():
    X = GRID.astype(float)
    y = np.where(X[:, 0] > 2, "good", "bad")
    model = RandomForestClassifier(10, random_state=0).fit(X, y)
    aset = ActionSet.from_frame(X)
    good = ResponsivenessScorer(model, aset).fit(X)
    assert good.target_ == "good"
    bad = ResponsivenessScorer(model, aset, target="bad").fit(X)
    assert (
        np.isnan(bad.score_samples(X)).all(axis=1).tolist()
        == (model.predict(X) == "bad").tolist()
    )
    assert good.predict(X).tolist() == model.predict(X).tolist()
    assert good.score(X, y) == model.score(X, y)
    with pytest.warns(UserWarning, match="3 classes; the wanted one is taken to be"):
        ResponsivenessScorer(LogisticRegression().fit(X, np.arange(12) % 3), aset).fit(
            X
        )


def test_in_a_pipeline_and_a_grid_search():
    rng = np.random.RandomState(0)
    X = rng.randint(4, size=(90, 3)).astype(float)
    y = (X[:, 0] + X[:, 1] > 3).astype(int)
    aset = ActionSet.from_frame(X)
    scorer = ResponsivenessScorer(LogisticRegression(), aset)
    search = GridSearchCV(scorer, {"estimator__C": [1e-6, 1.0]}, cv=3).fit(X, y)
    assert search.best_params_ == {"estimator__C": 1.0}
    pipeline = make_pipeline("passthrough", scorer).fit(X, y)
    np.testing.assert_array_equal(
        pipeline.transform(X), scorer.fit(X, y).score_samples(X)
    )
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    frozen = ResponsivenessScorer(FrozenEstimator(model), aset).fit(X)
    inside = ResponsivenessScorer(model, aset).fit(X)
    np.testing.assert_array_equal(frozen.transform(X), inside.transform(X))
    assert inside.method_["x0"] == "linear"
    again = pickle.loads(pickle.dumps(inside))
    np.testing.assert_array_equal(again.transform(X), inside.transform(X))


def test_features_choose_columns_of_the_result():
    aset = ActionSet.from_frame(GRID)
    scorer = _scorer(lambda X: X[:, 0] > 2, GRID, aset, features=["x1"])
    assert scorer.score_samples(GRID).shape == (12, 1)
    assert scorer.get_feature_names_out().tolist() == ["x1"]


def test_fixed_and_unknown():
    X = GRID
    aset = ActionSet.from_frame(X, monotone={"x0": -1})
    scorer = _scorer(lambda X: X[:, 0] > 4, X, aset, compute_fixed=True)
    np.testing.assert_array_equal(scorer.fixed_, X[:, 0] < 5)
    assert not scorer.has_recourse([[3, 0]])[0]
    scorer = _scorer(lambda X: X[:, 0] > 4, X, aset, max_recourse_points=1, n_samples=1)
    assert scorer.recourse_class([[3, 0]]) == ["unknown"]
    with pytest.raises(ValueError, match="nothing is proven, first in row 0"):
        scorer.has_recourse([[3, 0]])
    assert scorer.has_recourse([[3, 0]], unknown=True)[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": 7}, "target=7 is not a class of"),
        ({"features": ["x9"]}, "x9"),
        ({"method": "tree"}, "cannot be read as such a model"),
        ({"threshold": 0.5}, "needs predict_proba or decision_function"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        _scorer(lambda X: X[:, 0] > 2, GRID, ActionSet.from_frame(GRID), **options)


def test_bad_people():
    aset = ActionSet.from_frame(GRID)
    scorer = _scorer(lambda X: X[:, 0] > 2, GRID, aset)
    with pytest.raises(ValueError, match="features"):
        scorer.score_samples(np.zeros((2, 3)))
    broken = FunctionPredictor(lambda X: np.full(len(X), np.nan))
    with pytest.raises(ValueError, match="returned NaN for 12 of 12 rows"):
        ResponsivenessScorer(broken, aset).fit(GRID).score_samples(GRID)
    with pytest.raises(ValueError, match="requires y to be passed"):
        ResponsivenessScorer(LogisticRegression(), aset).fit(GRID)
    with pytest.warns(UserWarning, match="No action_set is given"):
        ResponsivenessScorer(broken, None).fit(GRID)


def test_people_outside_the_bounds_are_scored():
    aset = ActionSet.from_frame(GRID)
    scorer = _scorer(lambda X: X[:, 0] > 4, GRID, aset)
    # The bounds are widened to hold the person's own value.
    assert scorer.score_samples([[-2, 0]])[0, 0] == pytest.approx(1 / 7)
    assert aset.validate(np.array([[-2, 0]]))["n_violations"].tolist() == [1]


def test_thermometer_in_both_meanings():
    X = np.array([[1, 1, 1, 1], [0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]])
    aset = ActionSet.from_frame(X).add(Thermometer(["x0", "x1", "x2", "x3"]))
    expected = {
        "all": [[1, 1, 1, 0.75], [0.5, 1 / 3, 0, 0]],
        "minimal": [[1, 1, 1, 0], [1, 1, 0, 0]],
    }
    for intervention, scores in expected.items():
        scorer = _scorer(
            lambda X: X[:, 2] == 0, X, aset, intervention=intervention,
            approved="score",
        )  # fmt: skip
        np.testing.assert_allclose(scorer.score_samples(X[:2]), scores)


def test_people_who_break_a_rule_get_the_states_that_keep_it():
    X = np.eye(3)
    aset = ActionSet.from_frame(X).add(OneHot(["x0", "x1", "x2"]))
    scorer = _scorer(lambda X: X[:, 1] == 1, X, aset)
    broken = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    with pytest.warns(UserWarning, match=r"1 of 2 people break OneHot\(.*row 0"):
        scores = scorer.score_samples(broken)
    np.testing.assert_array_equal(scores[0], [0.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="satisfied by none of the 2 rows"):
        _scorer(lambda X: X[:, 1] == 1, np.zeros((2, 3)), aset)
