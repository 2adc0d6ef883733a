# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns of any kind to codes: the partition is what counts, not the numbering."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn_fs.information._factorize_fast import factorize_objects, factorize_words

from sklearn_fs.information._binning import distinct_values, quantile_edges
from sklearn_fs.information._encoding import TableEncoder


def _codes(X, **options):
    """Codes of the first column, missing as 0, others by first occurrence."""
    encoder = TableEncoder(X, **options)
    block = next(encoder.blocks())
    codes = block.column_codes(0)
    if block.rows is not None:
        full = np.full(encoder.n_samples, block.implicit[0])
        full[block.rows[: block.starts[1]]] = codes[: block.starts[1]]
        codes = full
    seen = {0: 0}
    return [seen.setdefault(int(c), len(seen)) for c in codes], encoder.kinds[0]


def _object(*values):
    out = np.empty((len(values), 1), dtype=object)
    out[:, 0] = values
    return out


def test_words_and_numbers_are_different_values():
    assert _codes(_object("1", 1, 1.0, True, "1"))[0] == [1, 2, 2, 2, 1]


def test_marks_for_missing():
    X = _object(
        "a", None, float("nan"), np.nan, pd.NA, pd.NaT, np.datetime64("NaT", "s"), ""
    )
    assert _codes(X)[0] == [1, 0, 0, 0, 0, 0, 0, 2]
    assert _codes(X, missing_values=("",))[0][-1] == 0


def test_values_with_separators_do_not_collide():
    assert _codes(_object("1,11", "11,1", "1", "11"))[0] == [1, 2, 3, 4]


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8])
@pytest.mark.parametrize("order", ["C", "F"])
def test_integers(dtype, order):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 100, (300, 70)).astype(dtype)
    if np.dtype(dtype).kind == "i":
        X -= 50
    X = np.asarray(X, order=order)
    X.flags.writeable = False
    for block in TableEncoder(X).blocks():
        for i, column in enumerate(block.columns):
            codes = block.column_codes(i)
            assert codes.min() >= 1
            assert_array_equal(codes - codes.min(), X[:, column] - X[:, column].min())


def test_wide_integers():
    values = np.array([2**62, -(2**62), 5, 2**62, 2**33, 5], dtype=np.int64)
    assert _codes(values[:, None])[0] == [1, 2, 3, 1, 4, 3]
    many = np.arange(600, dtype=np.int64)[:, None] * 10**12
    assert _codes(many)[1] == "numeric"
    codes, kind = _codes(many, categorical_features="all")
    assert kind == "categorical" and len(set(codes)) == 600


def test_kinds_of_integer_columns():
    few = np.arange(256)[:, None].repeat(2, 0)
    many = np.arange(257)[:, None].repeat(2, 0)
    assert _codes(few)[1] == "categorical"
    assert _codes(many)[1] == "numeric"
    assert _codes(few, categorical_features=None)[1] == "numeric"
    assert _codes(many, categorical_features=[0])[1] == "categorical"
    assert _codes(many, categorical_features=[True])[1] == "categorical"


def test_floats():
    X = np.array([[0.0], [-0.0], [np.nan], [1.5], [np.inf], [-np.inf]])
    assert _codes(X, categorical_features="all")[0] == [1, 1, 0, 2, 3, 4]
    assert _codes(X)[0] == [1, 1, 0, 2, 3, 4]  # few values: each is its own bin
    rng = np.random.default_rng(0)
    X = rng.standard_normal((1000, 1))
    codes, kind = _codes(X)
    assert kind == "numeric"
    assert_array_equal(np.bincount(codes)[1:] // 10, [6] * 15)  # 15 bins of 66 or 67
    wide = np.where(np.arange(1000)[:, None] < 5, np.inf, X)
    assert len(set(_codes(wide)[0])) == 15


def test_numbers_in_objects_are_numbers():
    X = np.arange(500.0)[:, None] / 7
    assert _codes(X.astype(object)) == _codes(X)
    X = np.arange(500)[:, None]
    assert _codes(X.astype(object)) == _codes(X)


def test_integers_with_missing_symbol():
    X = np.array([[1], [-999], [2], [1]])
    assert _codes(X, missing_values=(-999,))[0] == [1, 0, 2, 1]


@pytest.mark.parametrize("build", [pd.DataFrame, pl.DataFrame, pa.table])
@pytest.mark.parametrize(
    "values, expected",
    [
        (["x", None, "y", "x"], [1, 0, 2, 1]),
        ([True, None, False, True], [1, 0, 2, 1]),
        ([3, None, 4, 3], [1, 0, 2, 1]),
        ([0.5, None, 1.5, 0.5], [1, 0, 2, 1]),
        ([datetime.date(2020, 1, 1), None, datetime.date(2021, 1, 1)], [1, 0, 2]),
        ([datetime.datetime(2020, 1, 1), datetime.datetime(2021, 1, 1)], [1, 2]),
    ],
)
def test_frames(build, values, expected):
    assert _codes(build({"c": values}))[0] == expected


def test_categoricals():
    words = ["b", "a", None, "b"]
    unused = pd.Categorical(words, categories=["a", "unused", "b"])
    assert _codes(pd.DataFrame({"c": unused}))[0] == [1, 2, 0, 1]
    frame = pl.DataFrame({"c": pl.Series(words, dtype=pl.Categorical)})
    assert _codes(frame)[0] == [1, 2, 0, 1]
    frame = pl.DataFrame({"c": pl.Series(words, dtype=pl.Enum(["a", "b"]))})
    assert _codes(frame)[0] == [1, 2, 0, 1]
    table = pa.table({"c": pa.array(words).dictionary_encode()})
    assert _codes(table)[0] == [1, 2, 0, 1]
    nullable = pd.DataFrame({"c": pd.array([1, None, 2, 1], dtype="Int64")})
    assert _codes(nullable)[0] == [1, 0, 2, 1]
    for data in (unused, words):
        marked = _codes(pd.DataFrame({"c": data}), missing_values=("b",))[0]
        assert marked == [0, 1, 0, 0]


@pytest.mark.parametrize("dtype", [np.float64, np.int64])
@pytest.mark.parametrize("n_values", [2, 500])
def test_sparse_equals_dense(dtype, n_values):
    rng = np.random.default_rng(0)
    X = rng.integers(1, n_values, (800, 3)) * (rng.random((800, 3)) < 0.4)
    X = X.astype(dtype)
    if dtype == np.float64:
        X[3, 0] = np.nan
    for container in (sparse.csr_array, sparse.csc_array):
        matrix = container(X)
        matrix.data[0] = 0  # an explicit zero is a zero
        assert _codes(matrix) == _codes(matrix.toarray())


def test_unhashable_values_name_the_column():
    with pytest.raises(TypeError, match=r"Column 'c' holds values.*unhashable"):
        _codes(pd.DataFrame({"c": [[1], [2]]}), names=["c"])


@pytest.mark.parametrize(
    "wanted, match",
    [
        ("most", "'auto', 'all'"),
        ([True, False], "mask of shape"),
        ([1], "index 1"),
        (["d"], "names 'd'"),
    ],
)
def test_bad_categorical_features(wanted, match):
    with pytest.raises(ValueError, match=match):
        TableEncoder(np.ones((3, 1)), ["c"], categorical_features=wanted)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=200), st.integers(2, 12))
@settings(max_examples=60, deadline=None)
def test_quantile_edges_have_equal_mass(values, n_bins):
    values = np.array(values)
    distinct, counts = distinct_values(values)
    edges = quantile_edges(distinct, counts, n_bins)
    codes = np.searchsorted(edges, values)
    sizes = np.bincount(codes, minlength=len(edges) + 1)
    assert (sizes > 0).all()
    for value, count in zip(distinct, counts, strict=True):
        if count * n_bins > len(values) or len(distinct) <= n_bins:
            assert sizes[codes[values == value][0]] == count  # a bin of its own
    # Invariant under increasing maps and under repetition of the table.
    again = np.exp(values / 10.0)
    assert_array_equal(
        codes, np.searchsorted(quantile_edges(*distinct_values(again), n_bins), again)
    )
    weights = np.full(len(values), 3)
    weighted = quantile_edges(*distinct_values(values, weights), n_bins)
    assert_array_equal(
        weighted, quantile_edges(*distinct_values(np.repeat(values, 3)), n_bins)
    )


@given(st.lists(st.integers(0, 2**64 - 1), max_size=300))
@settings(max_examples=40, deadline=None)
def test_factorize_words_equals_dict(values):
    words = np.array(values * 7, dtype=np.uint64)
    codes = np.empty(len(words), dtype=np.uint32)
    first = factorize_words(words, np.empty(0, dtype=np.uint8), codes)
    known = {}
    assert [known.setdefault(v, len(known) + 1) for v in values * 7] == codes.tolist()
    assert words[first].tolist() == list(known)


def test_factorize_words_grows():
    words = np.arange(5000, dtype=np.uint64) * 3
    codes = np.empty(5000, dtype=np.uint32)
    missing = np.zeros(5000, dtype=np.uint8)
    missing[7] = 1
    factorize_words(words, missing, codes)
    assert codes[7] == 0
    assert_array_equal(np.delete(codes, 7), np.arange(1, 5000))


def test_factorize_objects_returns_values_in_order():
    codes = np.empty(4, dtype=np.uint32)
    assert factorize_objects(["b", None, "a", "b"], codes) == ["b", "a"]
    assert codes.tolist() == [1, 0, 2, 1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_float_columns_are_binned_as_one_by_one(dtype):
    rng = np.random.default_rng(0)
    n = 700
    X = rng.normal(size=(n, 9))
    X[:, 1] = rng.integers(0, 5, n)
    X[:, 2] = np.where(rng.random(n) < 0.8, 0.0, X[:, 2])
    X[:, 3] = np.where(rng.random(n) < 0.4, -0.0, rng.integers(0, 2, n))
    X[rng.random(n) < 0.3, 4] = np.nan
    X[:, 5] = np.nan
    X[:, 6] = np.round(rng.exponential(size=n), 1)
    X[::7, 7], X[1::7, 7], X[2::7, 7] = np.inf, -np.inf, np.nan
    X[:, 8] = 3.0
    X = X.astype(dtype)
    for n_bins in ("auto", 2, 3, 50):
        many = TableEncoder(X, n_bins=n_bins)
        (block,) = many.blocks()
        codes = block.codes.reshape(9, n).copy()
        for j in range(9):
            # Weights of one each take the way of one column at a time.
            alone = TableEncoder(X, n_bins=n_bins, weights=np.ones(n, np.int64))
            (one,) = alone.blocks(np.array([j]))
            assert_array_equal(codes[j], one.codes)
            assert block.n_codes[j] == one.n_codes[0]
            assert many.kinds[j] == alone.kinds[j]
