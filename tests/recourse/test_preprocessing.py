# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Models behind column-wise preprocessing: reading gives what asking gives."""

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.compose import make_column_selector as selector
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)

from sklearn_fs.recourse import ActionSet, ResponsivenessScorer
from sklearn_fs.recourse._margins import read_margin

MODELS = {
    "linear": LogisticRegression(C=0.5),
    "forest": RandomForestClassifier(6, max_depth=5, random_state=0),
    "lightgbm": lgb.LGBMClassifier(
        n_estimators=6, min_child_samples=5, n_jobs=1, verbose=-1
    ),
    "xgboost": xgb.XGBClassifier(n_estimators=6, max_depth=3, n_jobs=1),
}


def _bins(encode):
    return KBinsDiscretizer(4, encode=encode, quantile_method="averaged_inverted_cdf")


def _imputed(*steps, **options):
    return make_pipeline(SimpleImputer(**options), *steps)


# Steps that take numbers with holes, and numbers that are codes in column 3.
NUMERIC = {
    "standard": _imputed(StandardScaler()),
    "robust": _imputed(RobustScaler(), strategy="median"),
    "min max": _imputed(MinMaxScaler((-1, 2))),
    "min max clipped": _imputed(MinMaxScaler(clip=True)),
    "max abs": _imputed(MaxAbsScaler()),
    "indicator": _imputed(StandardScaler(), strategy="median", add_indicator=True),
    "bins": _imputed(_bins("ordinal"), StandardScaler()),
    "bins, one-hot": _imputed(_bins("onehot-dense")),
    "bins, sparse": _imputed(_bins("onehot"), MaxAbsScaler()),
    "binarizer": _imputed(StandardScaler(), Binarizer(threshold=0.3)),
    "filled late": make_pipeline(StandardScaler(), SimpleImputer(fill_value=9.0)),
    "one-hot of numbers": ColumnTransformer(
        [
            ("hot", OneHotEncoder(handle_unknown="ignore", drop="if_binary"), [3]),
            ("rest", _imputed(StandardScaler()), [0, 1, 2]),
        ]
    ),
    "one-hot of few": _imputed(
        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20),
        strategy="most_frequent",
    ),
    "ordinal numbers": ColumnTransformer(
        [
            (
                "codes",
                OrdinalEncoder(
                    handle_unknown="use_encoded_value",
                    unknown_value=-1,
                    encoded_missing_value=-2,
                ),
                [3, 0],
            )
        ],
        remainder=_imputed(MinMaxScaler()),
    ),
    "target": _imputed(TargetEncoder(cv=3), strategy="median"),
    "union": make_union(
        _imputed(StandardScaler()), MissingIndicator(features="all"), _imputed()
    ),
    "selected": _imputed(StandardScaler(), SelectKBest(k=3)),
    "identity": _imputed("passthrough", FunctionTransformer()),
}  # fmt: skip


def _numbers(seed=0):
    rng = np.random.RandomState(seed)
    X = rng.randint(-6, 7, size=(240, 4)) / np.array([1.0, 3.0, 0.7, 1.0])
    X[:, 3] = rng.randint(5, size=240)
    raw = X[:, 0] + X[:, 1] * (X[:, 2] > 0) + 2 * np.isin(X[:, 3], [1, 4])
    y = (raw + 0.5 * rng.standard_normal(240) > 1).astype(int)
    X[rng.random_sample(X.shape) < 0.1] = np.nan
    return X, y


def _beside(values):
    values = values[np.isfinite(values)]
    return np.unique(
        np.concatenate(
            [values, np.nextafter(values, -np.inf), np.nextafter(values, np.inf)]
        )
    )


def _reads(margin, X):
    """What the margin is sure of, and where the model would be asked."""
    reached = margin.reaches(X)
    if margin.kind == "tree":
        return reached, np.ones(len(X), dtype=bool)
    return reached, np.abs(margin.margin(X)) > margin.tolerance(X)


@pytest.mark.filterwarnings("ignore:Found unknown categories")
@pytest.mark.parametrize("steps", NUMERIC)
@pytest.mark.parametrize("model", ["linear", "forest", "xgboost"])
def test_numbers_behind_steps(model, steps):
    """At every cut of every column, one float beside it, and for missing values."""
    X, y = _numbers()
    model = make_pipeline(clone(NUMERIC[steps]), clone(MODELS[model])).fit(X, y)
    margin = read_margin(model, target=1)
    if steps == "min max clipped" and margin is None:
        # Clipped lines are neither affine nor steps.
        assert type(model[-1]) is LogisticRegression
        return
    people = X[::20]
    for column in range(4):
        values = np.append(_beside(margin.cuts(column)), [0.0, 99.0, np.nan])
        made = np.repeat(people, len(values), axis=0)
        made[:, column] = np.tile(values, len(people))
        found, sure = _reads(margin, made)
        assert sure.mean() > 0.99
        np.testing.assert_array_equal(found[sure], (model.predict(made) == 1)[sure])


@pytest.mark.parametrize("name", ["lightgbm", "xgboost"])
def test_zeros_that_a_sparse_matrix_leaves_out(name):
    """XGBoost takes them for missing; LightGBM has no use for the difference."""
    X, y = _numbers()
    X[:, 0] = np.where(np.isnan(X[:, 0]), 0.0, X[:, 0])
    hot = OneHotEncoder(handle_unknown="ignore")
    steps = ColumnTransformer(
        [("hot", hot, [3]), ("rest", "passthrough", [0, 1, 2])], sparse_threshold=1.0
    )
    model = make_pipeline(steps, clone(MODELS[name])).fit(X, y)
    assert model[0].sparse_output_
    margin = read_margin(model, target=1)
    extra = [0.0, -0.0, 1e-300, -1e-300, 1.0, np.nan]
    for column in range(4):
        values = np.append(_beside(margin.cuts(column)), extra)
        # What is 1e-35 to LightGBM depends on how a matrix is stored.
        values = values[(np.abs(values) > 2e-35) | ~(np.abs(values) > 1e-36)]
        made = np.repeat(X[::20], len(values), axis=0)
        made[:, column] = np.tile(values, len(X[::20]))
        np.testing.assert_array_equal(margin.reaches(made), model.predict(made) == 1)


def _people(seed=0, n=260):
    rng = np.random.RandomState(seed)
    X = pd.DataFrame(
        {
            "age": rng.randint(18, 80, size=n),
            "income": np.round(rng.lognormal(1.0, 0.5, size=n), 3),
            "loans": rng.randint(0, 5, size=n).astype(float),
            "purpose": rng.choice(["car", "home", "study", "trip"], size=n),
            "job": pd.Categorical(rng.choice(["none", "part", "full"], size=n)),
            "owner": rng.randint(0, 2, size=n),
        }
    )
    raw = (
        0.8 * X["income"] - 0.5 * X["loans"].to_numpy() + 1.5 * (X["job"] == "full")
        + 1.2 * (X["purpose"] == "home") + 0.5 * X["owner"]
    )  # fmt: skip
    y = (raw + rng.standard_normal(n) > 3.0).astype(int)
    X.loc[rng.random_sample(n) < 0.08, "income"] = np.nan
    X.loc[rng.random_sample(n) < 0.08, "loans"] = np.nan
    X.loc[rng.random_sample(n) < 0.08, "purpose"] = None
    X.loc[rng.random_sample(n) < 0.08, "job"] = np.nan
    return X, y


def _lending(model, seed=0, **options):
    X, y = _people(seed)
    numbers = ["income", "loans", "age"]
    steps = ColumnTransformer(
        [
            ("numbers", _imputed(StandardScaler(), strategy="median"), numbers),
            ("purpose", OneHotEncoder(handle_unknown="ignore"), ["purpose"]),
            (
                "job",
                _imputed(
                    OrdinalEncoder(categories=[["none", "part", "full"]]),
                    strategy="most_frequent",
                ),
                ["job"],
            ),
        ],
        remainder="passthrough",
        **options,
    )
    return make_pipeline(steps, clone(model)).fit(X, y), X, y


def _actions(X):
    actions = ActionSet.from_frame(X, immutable=["age"])
    actions["loans"].direction = -1
    actions["income"].step = 0.25
    actions["income"].max_step = 2.0
    return actions


@pytest.mark.parametrize("sparse", [0.0, 1.0])
@pytest.mark.parametrize("model", MODELS)
def test_a_lending_pipeline(model, sparse):
    model, X = _lending(MODELS[model], sparse_threshold=sparse)[:2]
    actions = _actions(X)
    read = ResponsivenessScorer(model, actions).fit(X)
    asked = ResponsivenessScorer(model, actions, method="enumerate").fit(X)
    assert set(read.method_.values()) <= {"linear", "tree"}
    assert set(asked.method_.values()) == {"enumerate"}
    many, some = X[:130], X[:60]
    a, b = read.score_samples(many), asked.score_samples(many)
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
    assert 0 < np.nanmean(a) < 1
    np.testing.assert_array_equal(read.recourse_class(some), asked.recourse_class(some))


@pytest.mark.parametrize("model", ["linear", "xgboost"])
def test_categories_nobody_had_when_the_scorer_was_fitted(model):
    """Some the model knows, some it does not; and the first missing value."""
    model, X = _lending(MODELS[model])[:2]
    known = X[X["purpose"].isin(["car", "home"]) & X["job"].notna()]
    actions = _actions(known)
    assert actions["purpose"].values == ["car", "home"]
    new = X[:100].copy()
    new.loc[new.index[::9], "purpose"] = "boat"
    read = ResponsivenessScorer(model, actions).fit(known)
    asked = ResponsivenessScorer(model, actions, method="enumerate").fit(known)
    assert set(read.method_.values()) <= {"linear", "tree"}
    a, b = read.score_samples(new), asked.score_samples(new)
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(read.recourse_class(new), asked.recourse_class(new))
    # What one person gets does not depend on the others.
    np.testing.assert_allclose(read.score_samples(new[9:10]), a[9:10], atol=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_segments_behind_steps(model):
    """Exact lengths along a column without a grid lie within intervals of draws."""
    X, y = _people()
    bins = _bins("onehot-dense")
    both = FeatureUnion([("bins", bins), ("line", StandardScaler())])
    steps = ColumnTransformer(
        [
            ("income", _imputed(both), ["income"]),
            (
                "job",
                OneHotEncoder(handle_unknown="ignore"),
                selector(pattern="job"),
            ),
        ],
        remainder=_imputed(StandardScaler()),
    )
    X = X.drop(columns="purpose")
    model = make_pipeline(steps, clone(MODELS[model])).fit(X, y)
    actions = ActionSet.from_frame(X, immutable=["age"])
    read = ResponsivenessScorer(model, actions).fit(X)
    drawn = ResponsivenessScorer(model, actions, method="enumerate", n_samples=2000)
    drawn.fit(X)
    assert read.method_["income"] in ("linear", "tree")
    assert drawn.method_["income"] == "sample"
    scores = read.score_samples(X[:60])
    low, high = np.moveaxis(drawn.score_intervals(X[:60]), 2, 0)
    denied = ~np.isnan(scores)
    assert (low[denied] <= scores[denied] + 2e-3).all()
    assert (scores[denied] <= high[denied] + 2e-3).all()
    np.testing.assert_array_equal(
        read.recourse_class(X[:60]) == "approved", np.isnan(scores[:, 0])
    )


def test_what_wraps_a_pipeline():
    pipe, X, y = _lending(MODELS["linear"])
    search = GridSearchCV(pipe, {"logisticregression__C": [0.1, 1.0]}, cv=3).fit(X, y)
    cut = FixedThresholdClassifier(pipe, threshold=0.4, pos_label=1).fit(X, y)
    numbers = X[["age", "owner"]].astype(float)
    inside = make_pipeline(
        StandardScaler(),
        FixedThresholdClassifier(LogisticRegression(), threshold=0.4, pos_label=1),
    ).fit(numbers, y)
    for model, rows in ((search, X), (cut, X), (inside, numbers)):
        scorer = ResponsivenessScorer(model, ActionSet.from_frame(rows), target=1)
        assert set(scorer.fit(rows).method_.values()) == {"linear"}
        asked = clone(scorer).set_params(estimator=model, method="enumerate")
        some = rows[:50].assign(age=40)
        np.testing.assert_array_equal(
            np.isnan(scorer.score_samples(some)[:, 0]), model.predict(some) == 1
        )
        asked.set_params(prefit=True).fit(rows)


def test_a_regressor_behind_steps():
    X, _ = _numbers()
    target = np.nan_to_num(X).sum(axis=1)
    model = _imputed(_bins("onehot-dense"), LinearRegression()).fit(X, target)
    actions = ActionSet.from_frame(X)
    options = {"threshold": 3.0, "n_samples": 300}
    read = ResponsivenessScorer(model, actions, **options).fit(X)
    asked = ResponsivenessScorer(model, actions, method="enumerate", **options).fit(X)
    assert read.method_["x3"] == "linear"
    np.testing.assert_allclose(
        read.score_samples(X)[:, 3], asked.score_samples(X)[:, 3], atol=1e-12
    )


def test_steps_that_mix_columns_are_asked():
    X, y = _numbers()
    X = np.nan_to_num(X) / 3
    actions = ActionSet.from_frame(X)
    for step in (
        PCA(2), PolynomialFeatures(2), FunctionTransformer(np.abs),
        make_union(StandardScaler(), PCA(2)),
    ):  # fmt: skip
        model = make_pipeline(step, LogisticRegression()).fit(X, y)
        assert read_margin(model, target=1) is None
        scorer = ResponsivenessScorer(model, actions, n_samples=50).fit(X)
        assert set(scorer.method_.values()) <= {"enumerate", "sample"}
        with pytest.raises(ValueError, match="cannot be read"):
            scorer.set_params(method="linear").fit(X)


def test_an_encoder_that_refuses_is_asked():
    """What the model would refuse is not read as if it did not."""
    X, y = _numbers()
    X = np.nan_to_num(X)
    hot = ColumnTransformer([("hot", OneHotEncoder(), [3])], remainder="passthrough")
    model = make_pipeline(hot, LogisticRegression()).fit(X, y)
    actions = ActionSet.from_frame(X)
    assert actions["x3"].kind == "integer"
    assert read_margin(model, target=1) is None
    for values in (None, [0, 1, 2, 3, 4]):
        actions["x3"].values = values
        scorer = ResponsivenessScorer(model, actions).fit(X)
        assert set(scorer.method_.values()) == {"linear"}
    actions["x3"].values, actions["x3"].bounds = None, (0, 9)
    scorer = ResponsivenessScorer(model, actions, n_samples=20).fit(X)
    assert set(scorer.method_.values()) == {"enumerate", "sample"}
    actions["x3"].values = [0, 1, 7]
    scorer = ResponsivenessScorer(model, actions, n_samples=20).fit(X)
    with pytest.raises(ValueError, match="unknown categories"):
        scorer.score_samples(X)


def test_columns_of_float32_that_are_scaled_are_asked():
    """Numpy scales them in float32; the margin would round elsewhere."""
    X, y = _numbers()
    X = np.nan_to_num(X).astype(np.float32)
    for scaler in (StandardScaler(), MinMaxScaler(clip=True)):
        model = make_pipeline(scaler, GradientBoostingClassifier(n_estimators=3))
        model.fit(X, y)
        actions = ActionSet.from_frame(X)
        scorer = ResponsivenessScorer(model, actions, n_samples=20).fit(X)
        assert "tree" not in scorer.method_.values()
    model = GradientBoostingClassifier(n_estimators=3).fit(X, y)
    scorer = ResponsivenessScorer(model, actions).fit(X)
    assert set(scorer.method_.values()) == {"tree"}


@pytest.mark.parametrize("model", ["linear", "forest", "xgboost"])
def test_people_whose_missing_value_may_be_mended(model):
    """No bound may forget that a value can also stay missing."""
    X, y = _people()
    X = X[["loans", "owner", "job"]].assign(other=np.arange(len(X)) % 3)
    X.loc[X.index[::2], "loans"] = np.nan
    X["job"] = X["job"].astype(object).where(X["loans"].notna(), "none")
    y = (X["loans"].isna() & (X["owner"] + X["other"] > 2)).astype(int)
    steps = ColumnTransformer(
        [
            ("loans", _imputed(StandardScaler(), add_indicator=True), ["loans"]),
            ("job", OneHotEncoder(), ["job"]),
        ],
        remainder="passthrough",
    )
    model = make_pipeline(steps, clone(MODELS[model])).fit(X, y)
    actions = ActionSet.from_frame(X)
    actions["loans"].values = [0, 1]
    actions["loans"].missing = "reachable"
    X = X[:60]
    read = ResponsivenessScorer(model, actions).fit(X)
    asked = ResponsivenessScorer(model, actions, method="enumerate").fit(X)
    assert set(read.method_.values()) <= {"linear", "tree"}
    np.testing.assert_allclose(
        read.score_samples(X), asked.score_samples(X), rtol=0, atol=1e-12
    )
    classes = read.recourse_class(X)
    np.testing.assert_array_equal(classes, asked.recourse_class(X))
    assert (classes[X["loans"].isna()] == "joint").any()


def test_columns_are_known_by_name():
    """A ColumnTransformer takes frames with more columns, in another order."""
    model, X = _lending(MODELS["forest"])[:2]
    other = X[X.columns[::-1]].assign(extra=1.0)
    actions = _actions(other)
    scorer = ResponsivenessScorer(model, actions).fit(other)
    assert set(scorer.method_.values()) == {"tree"}
    plain = ResponsivenessScorer(model, _actions(X)).fit(X)
    np.testing.assert_array_equal(
        scorer.score_samples(other)[:, :-1][:, ::-1], plain.score_samples(X)
    )


def test_missing_categories_written_in_two_ways():
    """Encoders tell None from NaN, and so do answers for two people in one table."""
    X, y = _people()
    X = X[["age", "purpose", "owner"]].copy()
    X["purpose"] = X["purpose"].astype(object)
    X.loc[X.index[:80], "purpose"] = [None, np.nan] * 40
    y = np.where(X["purpose"].map(lambda v: v is None), "yes", "no")
    hot = ColumnTransformer([("hot", OneHotEncoder(), ["purpose"])])
    model = make_pipeline(hot, LogisticRegression(C=10)).fit(X, y)
    actions = ActionSet.from_frame(X, immutable=["purpose"])
    for method in ("auto", "enumerate"):
        scorer = ResponsivenessScorer(model, actions, method=method, approved="score")
        scores = scorer.fit(X).score_samples(X[:80].assign(age=30, owner=1))
        assert (scores[0::2, 0] == 1).all()
        assert (scores[1::2, 0] == 0).all()
    assert set(scorer.method_.values()) == {"enumerate"}
