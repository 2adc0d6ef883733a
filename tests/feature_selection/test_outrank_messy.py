# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank on columns as they come: a right result, or one error with its remedy."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from sklearn_fs import InteractionFeatures, OutRank

N = 400
RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, N)
# Says as much as Y with one in five wrong; HOLES are missing cells.
SIGNAL = Y ^ (RNG.random(N) < 0.2)
HOLES = RNG.random(N) < 0.1
TWO = {"cardinality": 2, "like": SIGNAL}
WITH_HOLES = {"cardinality": 2, "like": np.where(HOLES, 2, SIGNAL)}
MANY = RNG.integers(0, 1000, N) + 400 * Y


def _choose(one, other):
    return [one if s else other for s in SIGNAL]


def _holed(values, dtype=None, missing=None):
    values = [missing if hole else v for v, hole in zip(values, HOLES, strict=True)]
    return pd.Series(values, dtype=dtype)


def _pandas(values):
    return pd.DataFrame({"x": values})


def _arrow(values, kind=None):
    return pa.table({"x": pa.array(values, type=kind)})


DAY = dt.date(2020, 1, 1)
HOUR = dt.timedelta(hours=1)
EMPTY = {"cardinality": 0, "like": np.zeros(N, int)}
BINNED = {"cardinality": 10, "like": None}
COLUMNS = {
    "Int64": (_pandas(_holed(_choose(3, 5), "Int64", pd.NA)), WITH_HOLES),
    "boolean": (_pandas(_holed(_choose(True, False), "boolean", pd.NA)), WITH_HOLES),
    "unused levels": (
        _pandas(pd.Categorical(_choose("a", "b"), categories=list("zyxab"))),
        TWO,
    ),
    "datetime": (_pandas(pd.Timestamp(DAY) + MANY * HOUR), BINNED),
    "time zone": (_pandas(pd.Timestamp(DAY, tz="Europe/Zurich") + MANY * HOUR), BINNED),
    "timedelta": (_pandas(pd.to_timedelta(MANY, unit="s")), BINNED),
    "period": (_pandas(pd.PeriodIndex.from_ordinals(MANY, freq="D")), BINNED),
    "missing periods": (
        _pandas(
            _holed(
                [pd.Period(str(2000 + s), freq="Y") for s in SIGNAL],
                "period[Y]",
                pd.NaT,
            )
        ),
        WITH_HOLES,
    ),
    "interval": (_pandas(pd.cut(SIGNAL, [-1, 0, 1])), TWO),
    "objects": (_pandas(np.array(_choose((1, 2), 1.5), dtype=object)), TWO),
    "all None": (_pandas(np.array([None] * N)), EMPTY),
    "all NaN": (_pandas(np.full(N, np.nan)), EMPTY),
    "beyond 2^53": (_pandas(2**60 + SIGNAL.astype(np.int64)), TWO),
    "beyond 2^63": (_pandas(np.array([2**63 + int(s) for s in SIGNAL])), TWO),
    "beyond 64 bits": (
        _pandas(np.array([2**70 + int(s) for s in SIGNAL], dtype=object)),
        TWO,
    ),
    "objects beyond 2^53": (
        _pandas(np.array([2**60 + int(s) for s in SIGNAL], dtype=object)),
        TWO,
    ),
    "inf": (_pandas(_choose(np.inf, -np.inf)), TWO),
    "NUL": (_pandas(_choose("a\0b", "a\0c")), TWO),
    "bytes": (_pandas(np.array(_choose(b"x", b"y"), dtype=object)), TWO),
    "decimals": (
        _pandas(np.array(_choose(decimal.Decimal("1.1"), decimal.Decimal(2)))),
        TWO,
    ),
    "sparse frame": (_pandas(pd.arrays.SparseArray(SIGNAL.astype(float))), TWO),
    "pl Categorical": (
        pl.DataFrame({"x": _choose("a", "b")}, schema={"x": pl.Categorical}),
        TWO,
    ),
    "pl Enum": (
        pl.DataFrame({"x": _choose("a", "b")}, schema={"x": pl.Enum(["z", "b", "a"])}),
        TWO,
    ),
    "pl Decimal": (
        pl.DataFrame(
            {"x": _choose(decimal.Decimal("1.1"), decimal.Decimal(2))},
            schema={"x": pl.Decimal(10, 2)},
        ),
        TWO,
    ),
    "pl Date": (pl.DataFrame({"x": [DAY + i * 24 * HOUR for i in MANY]}), BINNED),
    "pl Duration": (pl.DataFrame({"x": _choose(HOUR, 2 * HOUR)}), TWO),
    "pl Time": (pl.DataFrame({"x": _choose(dt.time(1), dt.time(2))}), TWO),
    "pl Null": (pl.DataFrame({"x": [None] * N}), EMPTY),
    "pl Int128": (
        pl.DataFrame({"x": _choose(2**100, 1)}, schema={"x": pl.Int128}),
        TWO,
    ),
    "pa dictionary": (
        pa.table({"x": pa.array(_choose("a", "b")).dictionary_encode()}),
        TWO,
    ),
    "pa decimal": (
        _arrow(_choose(decimal.Decimal("1.1"), decimal.Decimal("2.0"))),
        TWO,
    ),
    "pa binary": (_arrow(_choose(b"a", b"b")), TWO),
    "pa large string": (_arrow(_choose("a", "b"), pa.large_string()), TWO),
    "pa half": (_arrow(SIGNAL.astype(np.float16)), TWO),
    "pa null": (pa.table({"x": pa.nulls(N)}), EMPTY),
    "pa bool": (_arrow(_holed(_choose(True, False)).tolist()), WITH_HOLES),
    "masked": (np.ma.masked_array(SIGNAL[:, None], mask=False), TWO),
    "NaT": (
        np.where(SIGNAL, np.datetime64("2020"), np.datetime64("NaT", "Y"))[:, None],
        {"cardinality": 1, "like": SIGNAL},
    ),
    "sparse NaN": (
        sparse.csc_array(np.where(SIGNAL, np.nan, 0)[:, None]),
        {"cardinality": 1, "like": SIGNAL},
    ),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_read_for_what_it_is(name):
    X, facts = COLUMNS[name]
    ranker = OutRank().fit(X, Y)
    assert ranker.cardinality_[0] == facts["cardinality"]
    if facts["like"] is None:
        assert ranker.kinds_[0] == "numeric"
        like = np.sort(MANY)[np.linspace(0, N - 1, 11).astype(int)[1:-1]]
        like = np.searchsorted(like, MANY)
        assert 0.1 < ranker.scores_[0] < 1
    else:
        like = facts["like"]
        expected = OutRank(categorical_features="all").fit(like[:, None], Y).scores_
        assert_allclose(ranker.scores_, expected, atol=1e-12)
    halves = slice(0, N // 3), slice(N // 3, N)
    stream = OutRank()
    for rows in halves:
        if isinstance(X, pa.Table):
            part = X.slice(rows.start, rows.stop - rows.start)
        else:
            part = X.iloc[rows] if isinstance(X, pd.DataFrame) else X[rows]
        stream.partial_fit(part, Y[rows])
    for attribute in ("scores_", "kinds_", "cardinality_", "coverage_"):
        assert_array_equal(getattr(stream, attribute), getattr(ranker, attribute))


@pytest.mark.parametrize(
    "X",
    [
        _pandas(pd.Series([[1, 2]] * N)),
        _pandas(pd.Series([{"a": 1}] * N)),
        pl.DataFrame({"x": [[1, 2]] * N}),
        pl.DataFrame({"x": [[1, 2]] * N}, schema={"x": pl.Array(pl.Int64, 2)}),
        pl.DataFrame({"x": [{"a": 1}] * N}),
        pa.table({"x": [[1, 2]] * N}),
    ],
)
def test_cells_that_hold_several_values_are_refused(X):
    message = r"Column 'x'.*unhashable.*columns of their own"
    with pytest.raises(TypeError, match=message):
        OutRank().fit(X, Y)
    with pytest.raises(TypeError, match="unhashable"):
        OutRank().partial_fit(X, Y)


def test_names_that_occur_twice_are_refused():
    X = pd.DataFrame(np.c_[SIGNAL, SIGNAL, Y], columns=["a", "a", "b"])
    table = pa.table([SIGNAL, SIGNAL], names=["a", "a"])
    for form in (X, table):
        for fit in (OutRank().fit, OutRank().partial_fit):
            with pytest.raises(ValueError, match=r"2 columns of the name 'a'.*Rename"):
                fit(form, Y)


def test_a_lazy_frame_is_refused():
    with pytest.raises(TypeError, match=r"LazyFrame.*collect"):
        OutRank().fit(pl.DataFrame({"x": SIGNAL}).lazy(), Y)


def test_weights_beyond_exact_counts_are_refused():
    with pytest.raises(ValueError, match=r"sums to 4.61e\+20.*common factor"):
        OutRank().fit(SIGNAL[:, None], Y, sample_weight=np.full(N, 2.0**60))


def test_names_of_several_levels():
    X = pd.DataFrame(np.c_[SIGNAL, Y * 0, Y])
    X.columns = pd.MultiIndex.from_tuples([("x", "a"), ("x", "b"), ("y", "a")])
    ranker = OutRank(n_features_to_select=2).fit(X, Y)
    assert_array_equal(ranker.order_, [2, 0, 1])
    assert not hasattr(ranker, "feature_names_in_")
    # As everywhere in scikit-learn, such names are not kept.
    assert list(ranker.feature_report_.index) == [0, 1, 2]


@pytest.mark.parametrize("base", [2**53 - 300, 2**60, 2**63 - 1500, -(2**63) + 5])
def test_many_wide_integers_are_binned_in_their_order(base):
    """A stream counts those that are doubles apart from those that are not."""
    X = (base + MANY).astype(np.int64)[:, None]
    ranker = OutRank().fit(X, Y)
    stream = OutRank().partial_fit(X[:100], Y[:100]).partial_fit(X[100:], Y[100:])
    expected = OutRank().fit(MANY[:, None], Y).scores_
    assert_array_equal(ranker.scores_, expected)
    assert_array_equal(stream.scores_, expected)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@pytest.mark.parametrize("criterion", ["mim", "3mr"])
def test_sparse_indices_of_any_width(dtype, criterion):
    X = sparse.random_array((N, 6), density=0.3, rng=np.random.default_rng(1)).tocsr()
    X.indices, X.indptr = X.indices.astype(dtype), X.indptr.astype(dtype)
    options = {"criterion": criterion, "n_features_to_select": 3}
    one = OutRank(**options).fit(X, Y)
    two = OutRank(**options).fit(X.toarray(), Y)
    assert_array_equal(one.order_, two.order_)
    assert_array_equal(one.scores_, two.scores_)


def test_a_search_over_size_and_criterion_in_a_mixed_pipeline():
    rng = np.random.default_rng(1)
    X = pd.DataFrame(
        {
            "word": pd.Categorical(_choose("a", "b")),
            "number": rng.normal(size=N) + Y,
            "holes": np.where(HOLES, np.nan, rng.normal(size=N)),
            "noise": rng.integers(0, 9, N),
        }
    )
    prepare = ColumnTransformer(
        [
            ("words", OrdinalEncoder(), ["word"]),
            ("numbers", StandardScaler(), ["number", "noise"]),
        ]
    )
    pipeline = make_pipeline(
        OutRank(n_features_to_select=3).set_output(transform="pandas"),
        ColumnTransformer(
            [
                ("words", OrdinalEncoder(), lambda X: [c for c in X if c == "word"]),
                ("rest", "passthrough", lambda X: [c for c in X if c == "number"]),
            ]
        ),
        LogisticRegression(),
    )
    grid = {
        "outrank__n_features_to_select": [2, 0.5, 3],
        "outrank__criterion": ["mim", "3mr"],
    }
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, Y)
    assert search.best_score_ > 0.7
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    # After an encoder, and with the names that it makes.
    after = make_pipeline(prepare.set_output(transform="polars"), OutRank())
    after[-1].set_output(transform="polars")
    out = after.fit(X, Y).transform(X)
    assert {"words__word", "numbers__number"} <= set(out.columns)


def _mixed_frame():
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "word": pd.Categorical(_choose("a", "b"), categories=["b", "a", "z"]),
            "nullable": _holed(SIGNAL.tolist(), "Int64", pd.NA),
            "day": pd.Timestamp(DAY) + MANY * HOUR,
            "noise": rng.integers(0, 9, N),
        }
    )


def test_the_array_of_a_mixed_frame_holds_its_values():
    """scikit-learn's conversion fails on categories beside nullable integers."""
    X = _mixed_frame()
    ranker = OutRank(n_features_to_select=3).fit(X, Y)
    out = ranker.transform(X)
    assert_array_equal(ranker.get_feature_names_out(), ["word", "nullable", "day"])
    assert out.dtype == object
    assert_array_equal(out[:, 0], X["word"].astype(object))
    assert out[HOLES, 1].tolist() == [pd.NA] * HOLES.sum()
    assert out[0, 2] == X["day"][0]
    with pytest.raises(ValueError, match="feature names should match"):
        ranker.transform(X[X.columns[::-1]])


@pytest.mark.parametrize("wanted", ["pandas", "polars"])
@pytest.mark.parametrize("estimator", [OutRank(), InteractionFeatures()])
def test_a_table_of_arrow_becomes_the_frame_that_is_asked_for(wanted, estimator):
    rng = np.random.default_rng(1)
    X = pa.table({"a": SIGNAL, "b": SIGNAL ^ Y, "c": rng.integers(0, 9, N)})
    out = clone(estimator).set_output(transform=wanted).fit(X, Y).transform(X)
    assert isinstance(out, {"pandas": pd.DataFrame, "polars": pl.DataFrame}[wanted])
    assert_array_equal(out["a"].to_numpy(), SIGNAL)


def test_a_joint_column_never_takes_the_name_of_another():
    rng = np.random.default_rng(1)
    left, right = rng.integers(0, 2, (2, N))
    X = pd.DataFrame({"a": left, "b": right, "a & b": rng.integers(0, 9, N)})
    adder = InteractionFeatures().set_output(transform="pandas").fit(X, left ^ right)
    out = adder.transform(X)
    assert list(out.columns) == ["a", "b", "a & b", "a & b (2)"]
    assert_array_equal(out["a & b"], X["a & b"])


@pytest.mark.parametrize("edges", [[0.0, np.nan], [[1, 2], [3, 4]], ["a"]])
def test_edges_that_are_no_edges_are_refused(edges):
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="inner edges of the bins"):
        OutRank(n_bins=edges).fit(rng.normal(size=(N, 2)), Y)
    with pytest.raises(ValueError, match="inner edges of the bins"):
        _ = OutRank(n_bins=edges).partial_fit(rng.normal(size=(N, 2)), Y).scores_
