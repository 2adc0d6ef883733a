# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank by chunks: equal to one table in memory, however the rows were cut."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse, stats
from sklearn.base import clone

from sklearn_fs import OutRank

ALL = {"categorical_features": "all"}
FITTED = [
    "scores_", "pvalues_", "z_scores_", "mutual_info_", "expected_mutual_info_",
    "std_mutual_info_", "entropy_", "cardinality_", "coverage_", "kinds_", "order_",
    "support_", "ranking_", "classes_", "n_samples_seen_", "target_entropy_",
]  # fmt: skip


def _frame(n=3000, seed=0):
    """Columns of every kind."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    mixed = np.array([1, "1", True, None, 2.5, (1, 2), ""], dtype=object)
    X = pd.DataFrame(
        {
            "few": rng.integers(0, 5, n) + y,
            "word": rng.choice(["u", "v", "é", "a longer word", "a,b", 'q"'], n),
            "number": rng.standard_normal(n) + 0.3 * y,
            "id": [f"u{i}" for i in range(n)],
            "many": rng.integers(0, 2000, n) * (y == 0),
            "holes": np.where(rng.random(n) < 0.3, np.nan, rng.integers(0, 3, n)),
            "category": pd.Categorical(rng.choice(list("xyz"), n)),
            "mixed": mixed[rng.integers(0, len(mixed), n)],
            "day": pd.Timestamp("2020") + pd.to_timedelta(rng.integers(0, 500, n), "D"),
            "hash": rng.integers(-(2**62), 2**62, 40)[rng.integers(0, 40, n)],
            "empty": [None] * n,
            "flag": rng.random(n) < 0.5,
        }
    )
    return X, y


def _assert_equal(a, b, exact=True):
    for name in FITTED:
        got, expected = getattr(a, name), getattr(b, name)
        if not exact and np.asarray(got).dtype.kind == "f":
            assert_allclose(got, expected, rtol=0, atol=1e-12, err_msg=name)
        else:
            assert_array_equal(got, expected, err_msg=name)


def _in_chunks(X, y, size, **options):
    ranker = OutRank(**options)
    for begin in range(0, len(y), size):
        rows = slice(begin, begin + size)
        ranker.partial_fit(X[rows], y[rows], classes=np.unique(y))
    return ranker


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"categorical_features": "all"},
        {"categorical_features": None, "measure": "z"},
        {"missing": "drop", "measure": "ami"},
        {"measure": "loo", "n_bins": 7},
        {"n_bins": "uniform"},
        {"n_bins": [0.0, 1.0]},
        {"missing_values": ("u", 2), "n_jobs": 2},
    ],
)
def test_chunks_give_what_fit_gives(options):
    X, y = _frame()
    _assert_equal(_in_chunks(X, y, 700, **options), OutRank(**options).fit(X, y))


@pytest.mark.parametrize("size", [1, 137, 5000])
def test_any_chunking_is_bitwise_equal(size):
    X, y = _frame(90 if size == 1 else 3000)
    _assert_equal(_in_chunks(X, y, size), OutRank().fit(X, y))


@pytest.mark.parametrize("max_categories", [2**20, 64])
def test_any_order_of_rows_and_of_merging(max_categories):
    X, y = _frame()
    rng = np.random.default_rng(1)
    options = {"max_categories": max_categories}
    whole = OutRank(**options).partial_fit(X, y)
    for _ in range(3):
        parts = np.array_split(rng.permutation(len(y)), 6)
        rankers = [
            OutRank(**options).partial_fit(X.iloc[rows], y[rows]) for rows in parts
        ]
        rng.shuffle(rankers)
        # A tree, and through a pickle as between workers.
        left, right = rankers[:3], pickle.loads(pickle.dumps(rankers[3:]))
        a = left[0].merge(left[1]).merge(left[2])
        b = right[0].merge(right[1].merge(right[2]))
        _assert_equal(a.merge(b), whole)


def test_numbers_beyond_the_cells():
    """More different numbers than are counted apart: still independent of chunks."""
    rng = np.random.default_rng(0)
    n = 150_000
    y = rng.integers(0, 2, n)
    X = np.column_stack(
        [
            rng.standard_normal(n) + y * 0.2,
            1.7e9 + rng.integers(0, 10**7, n),
            np.where(rng.random(n) < 0.5, 0.0, rng.lognormal(0, 3, n)) * (1 + y),
            rng.integers(-(2**62), 2**62, n).astype(float),
        ]
    )
    a = _in_chunks(X, y, 40_000)
    b = _in_chunks(X[::-1], y[::-1], 7_001)
    left = OutRank().partial_fit(X[:99_999], y[:99_999])
    right = OutRank().partial_fit(X[99_999:], y[99_999:])
    _assert_equal(a, b)
    _assert_equal(right.merge(left), a)
    assert all(column.cell_shift > 0 for column in a._counts.columns)
    # The bins are those of exact quantiles, but for the width of a cell.
    exact = OutRank().fit(X, y)
    assert_allclose(a.mutual_info_, exact.mutual_info_, atol=2e-5)
    assert_array_equal(a.kinds_, "numeric")


def test_integers_that_become_floats_on_the_way():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2000)
    x = rng.integers(0, 900, 2000)
    ranker = OutRank()
    ranker.partial_fit(pd.DataFrame({"x": x[:1000]}), y[:1000])
    later = pd.DataFrame({"x": np.where(x[1000:] % 7 == 0, np.nan, x[1000:])})
    ranker.partial_fit(later, y[1000:])
    together = np.where((np.arange(2000) >= 1000) & (x % 7 == 0), np.nan, x)
    expected = OutRank().fit(pd.DataFrame({"x": together}), y)
    _assert_equal(ranker, expected)


def test_threads_change_nothing():
    rng = np.random.default_rng(0)
    X = rng.integers(0, [3, 9, 300, 5000, 2, 7, 90, 40_000, 12], (40_000, 9))
    y = rng.integers(0, 2, 40_000)
    options = {"categorical_features": "all", "pair_sample_size": 500}
    one, two = (_in_chunks(X, y, 30_000, n_jobs=n, **options) for n in (1, 2))
    _assert_equal(one, two)
    for a, b in zip(one._counts.sample.codes, two._counts.sample.codes, strict=True):
        assert_array_equal(a, b)


def test_containers_agree():
    X, y = _frame()
    X = X.drop(columns=["mixed", "empty"])
    expected = OutRank().fit(X, y)
    for form in (X, pl.from_pandas(X), pa.Table.from_pandas(X)):
        _assert_equal(_in_chunks(form, y, 999), expected)
    Z = X[["few", "many"]].to_numpy()
    expected = OutRank().fit(Z, y)
    for form in (Z, np.asfortranarray(Z), Z.astype(object), Z.astype(np.int32)):
        _assert_equal(_in_chunks(form, y, 500), expected)
    _assert_equal(_in_chunks(sparse.csr_array(Z), y, 500), OutRank().fit(Z, y))
    Z.setflags(write=False)
    _assert_equal(_in_chunks(Z, y, 500), expected)


def test_arrow_columns_with_offsets_nulls_and_dictionaries():
    rng = np.random.default_rng(0)
    words = np.array(["a", "", "ß", None, "a much longer word"], dtype=object)
    values = words[rng.integers(0, 5, 600)]
    numbers = np.where(rng.random(600) < 0.2, None, rng.integers(0, 50, 600))
    y = rng.integers(0, 2, 600)
    table = pa.table(
        {
            "s": pa.array(values, pa.string()),
            "l": pa.array(values, pa.large_string()),
            "v": pa.array(values, pa.string_view()),
            "d": pa.array(values, pa.string()).dictionary_encode(),
            "n": pa.array(numbers, pa.int16()),
            "nd": pa.array(numbers, pa.int64()).dictionary_encode(),
        }
    )
    ranker = _in_chunks(table, y, 77)
    expected = OutRank(categorical_features="all").fit(
        np.column_stack([values, values, values, values, numbers, numbers]), y
    )
    for name in ("mutual_info_", "cardinality_", "coverage_"):
        assert_array_equal(getattr(ranker, name), getattr(expected, name))


def test_new_labels():
    X, y = np.arange(12).reshape(6, 2), np.array([0, 1, 0, 1, 2, 1])
    with pytest.raises(ValueError, match=r"label 2.*list all labels as `classes`"):
        OutRank().partial_fit(X[:4], y[:4]).partial_fit(X[4:], y[4:])
    with pytest.raises(ValueError, match="label 2"):
        OutRank().partial_fit(X, y, classes=[0, 1])
    ranker = OutRank().partial_fit(X[:4], y[:4], classes=[2, 1, 0, 7])
    ranker.partial_fit(X[4:], y[4:])
    assert_array_equal(ranker.classes_, [0, 1, 2, 7])
    assert_allclose(ranker.scores_, OutRank().fit(X, y).scores_, atol=1e-15)


def test_one_class_so_far_is_an_error_only_when_asked():
    X = np.arange(12).reshape(6, 2)
    ranker = OutRank().partial_fit(X, [0] * 6, classes=[0, 1])
    with pytest.raises(ValueError, match="1 class only so far"):
        ranker.scores_
    ranker.partial_fit(X, [0, 1] * 3)
    assert ranker.scores_.shape == (2,)
    assert not hasattr(ranker, "target_bin_edges_")


def test_continuous_target_keeps_the_edges_of_the_first_chunk():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((2000, 3))
    y = X[:, 1] + 0.2 * rng.standard_normal(2000)
    ranker = OutRank().partial_fit(X[:1500], y[:1500]).partial_fit(X[1500:], y[1500:])
    first = OutRank().fit(X[:1500], y[:1500])
    assert_array_equal(ranker.target_bin_edges_, first.target_bin_edges_)
    binned = np.searchsorted(first.target_bin_edges_, y, side="left")
    assert_array_equal(ranker.scores_, OutRank().fit(X, binned).scores_)
    assert not hasattr(ranker, "classes_")
    other = OutRank().partial_fit(X[:500], y[:500])
    with pytest.raises(ValueError, match="cut at different quantiles"):
        ranker.merge(other)
    with pytest.raises(ValueError, match="NaN"):
        ranker.partial_fit(X[:2], [0.5, np.nan])


def test_what_cannot_be_counted_is_refused():
    X, y = np.arange(12).reshape(6, 2), [0, 1] * 3
    for options in ({"correction": "shift"}, {"measure": "mi_randomized"}):
        with pytest.raises(ValueError, match=r"order of the rows.*Use fit"):
            OutRank(**options).partial_fit(X, y)
    ranker = OutRank().partial_fit(X, y)
    with pytest.raises(ValueError, match="3 features"):
        ranker.partial_fit(np.zeros((4, 3)), [0, 1, 0, 1])
    with pytest.raises(ValueError, match="same columns"):
        ranker.merge(OutRank().partial_fit(X[:, :1], y))
    with pytest.raises(ValueError, match="inconsistent numbers"):
        ranker.partial_fit(X, y[:3])
    with pytest.raises(ValueError, match="row_key has shape"):
        ranker.partial_fit(X, y, row_key=[1, 2])
    with pytest.raises(ValueError, match="different seeds"):
        ranker.merge(OutRank(random_state=1).partial_fit(X, y))
    assert not hasattr(clone(ranker), "n_samples_seen_")


@pytest.mark.parametrize("weighted", [False, True])
def test_partial_fit_goes_on_from_fit(weighted):
    X, y = _frame(900)
    weights = np.arange(600) % 3 if weighted else None
    ranker = OutRank().fit(X[:600], y[:600], sample_weight=weights)
    copied = pickle.loads(pickle.dumps(ranker))
    ranker.partial_fit(X[600:], y[600:])
    rows = np.arange(900) if weights is None else (
        np.append(np.repeat(np.arange(600), weights), np.arange(600, 900))
    )  # fmt: skip
    _assert_equal(ranker, OutRank().fit(X.iloc[rows], y[rows]))
    with pytest.raises(ValueError, match="cannot go on from this fit"):
        copied.partial_fit(X[600:], y[600:])
    with pytest.raises(ValueError, match="fit makes no counts"):
        OutRank().partial_fit(X, y).merge(copied)


def test_a_chunk_that_failed_halfway_is_not_forgotten():
    X = pd.DataFrame({"a": [1, 2, 3, 4], "b": ["u", "v", "w", "u"]}, dtype=object)
    bad = X.assign(b=[["a list"], "v", "w", "u"])
    ranker = OutRank().partial_fit(X, [0, 1, 0, 1])
    with pytest.raises(TypeError):
        ranker.partial_fit(bad, [0, 1, 0, 1])
    for action in (
        lambda: ranker.partial_fit(X, [0, 1, 0, 1]),
        lambda: OutRank().partial_fit(X, [0, 1, 0, 1]).merge(ranker),
    ):
        with pytest.raises(ValueError, match="count again from the start"):
            action()


def test_fit_starts_anew():
    X, y = _frame(500)
    ranker = OutRank().partial_fit(X, y).fit(X[:300], y[:300])
    _assert_equal(ranker, OutRank().fit(X[:300], y[:300]))
    assert not hasattr(ranker, "n_pair_samples_")


SALTED = """
import numpy as np, pandas as pd
from sklearn_fs import OutRank
rng = np.random.default_rng(0)
X = pd.DataFrame({"w": [f"w{i}" for i in rng.integers(0, 500, 3000)],
                  "o": [(i,) for i in rng.integers(0, 500, 3000)]})
y = rng.choice(["yes", "no"], 3000)
r = OutRank(max_categories=64, pair_sample_size=100)
for i in range(0, 3000, 500):
    r.partial_fit(X[i:i + 500], y[i:i + 500])
c = r._counts
print(r.scores_.tobytes().hex(), [k.counts.tolist() for k in c.columns],
      np.sort(c.sample.positions[:100]).tolist())
"""


def test_no_dependence_on_the_salt_of_the_process():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SALTED], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "12345")
    }  # fmt: skip
    assert len(outputs) == 1 and len(outputs.pop()) > 1000


def test_buckets_only_beyond_the_limit():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 4000)
    words = np.array([f"w{i}" for i in rng.integers(0, 64, 4000)], dtype=object)
    X = pd.DataFrame({"at": words, "above": np.where(y, words, "one more")})
    exact = OutRank().fit(X, y)
    ranker = _in_chunks(X, y, 100, max_categories=64)
    assert [c.n_buckets for c in ranker._counts.columns] == [0, 64]
    assert ranker.mutual_info_[0] == exact.mutual_info_[0]
    # Putting values together cannot add information.
    assert ranker.mutual_info_[1] <= exact.mutual_info_[1]
    assert ranker.cardinality_[1] <= 64
    with pytest.raises(ValueError, match="powers of two"):
        other = _in_chunks(X, y, 100, max_categories=48)
        ranker.merge(other)


@pytest.mark.parametrize("criterion", ["3mr", "mrmr", "jmi", "cmim"])
@pytest.mark.parametrize("pair_sample_size", [200_000, 900])
def test_criteria_by_the_sample_of_rows(criterion, pair_sample_size):
    X, y = _frame(2000)
    options = {"criterion": criterion, "pair_sample_size": pair_sample_size}
    ranker = _in_chunks(X, y, 300, **options)
    expected = OutRank(**options).fit(X, y)
    _assert_equal(ranker, expected)
    assert ranker.n_pair_samples_ == expected.n_pair_samples_
    assert ranker.n_pair_samples_ == min(2000, pair_sample_size)
    if criterion in ("3mr", "mrmr"):
        assert_array_equal(ranker.pairwise_scores_, expected.pairwise_scores_)


def test_pairs_of_a_stream():
    X, y = _frame(1500)
    X = X[["few", "word", "many", "number"]]
    options = {"pairwise": True, "interaction_order": 2, "random_state": 0}
    ranker = _in_chunks(X, y, 400, **options)
    expected = OutRank(**options).fit(X, y)
    assert_array_equal(ranker.pairwise_scores_, expected.pairwise_scores_)
    assert_array_equal(ranker.interactions_, expected.interactions_)
    with pytest.raises(AttributeError, match="pairs of columns were not looked at"):
        OutRank().partial_fit(X, y).pairwise_scores_
    with pytest.raises(AttributeError, match="no attribute 'nothing_'"):
        ranker.nothing_


def test_samples_merge_in_any_order_even_where_positions_repeat():
    X, y = _frame(1200)
    options = {"criterion": "mrmr", "pair_sample_size": 150}
    parts = [slice(0, 300), slice(300, 900), slice(900, 1200)]
    results = []
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        rankers = [OutRank(**options).partial_fit(X[parts[i]], y[parts[i]])
                   for i in order]  # fmt: skip
        results.append(rankers[0].merge(rankers[1].merge(rankers[2])))
    for other in results[1:]:
        _assert_equal(other, results[0])
        assert_array_equal(other.pairwise_scores_, results[0].pairwise_scores_)


def test_counts_alone_have_no_pairs():
    frame = pd.DataFrame({"value": ["u", "v"], "label": [0, 1], "count": [3, 4]})
    ranker = OutRank.from_counts({"a": frame}, criterion="3mr")
    with pytest.raises(ValueError, match="criterion='mim' alone"):
        ranker.scores_


SHUFFLES = [
    {"noise_features": 6},
    {"n_permutations": 5},
    {"correction": "permutation", "noise_features": 2, "missing": "drop"},
    {"noise_features": 4, "measure": "loo"},
    {"noise_features": 4, "measure": "ami", "criterion": "3mr"},
]


@pytest.mark.parametrize("options", SHUFFLES)
def test_shuffles_of_counts_do_not_depend_on_the_chunks(options):
    rng = np.random.default_rng(0)
    n = 600
    y = rng.integers(0, 3, n)
    X = pd.DataFrame(
        {
            "word": rng.choice([*"abcdefg", None], n),
            "number": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n) + y),
            "key": rng.permutation(n).astype(str),
            "code": rng.integers(0, 40, n),
        }
    )
    keys = np.arange(n)
    rankers = []
    for order, n_chunks in ((np.arange(n), 1), (rng.permutation(n), 7)):
        parts = [OutRank(random_state=3, **options) for _ in range(2)]
        for i, rows in enumerate(np.array_split(order, n_chunks)):
            parts[i % 2].partial_fit(
                X.iloc[rows], y[rows], classes=[0, 1, 2], row_key=keys[rows]
            )
        if n_chunks > 1:
            parts[1].merge(parts[0])
        rankers.append(parts[1 if n_chunks > 1 else 0])
    for name in ("scores_", "pvalues_", "order_", "noise_scores_", "n_above_noise_"):
        if hasattr(rankers[0], name):
            assert_array_equal(*(getattr(ranker, name) for ranker in rankers))
    assert hasattr(rankers[0], "noise_scores_") == ("noise_features" in options)
    # What shuffles say of the largest of all columns takes the same for all columns.
    assert not hasattr(rankers[0], "pvalues_adjusted_")
    # A key says nothing, whatever the labels.
    assert rankers[0].scores_[2] == 0.0 or options.get("measure") == "loo"


def test_shuffles_of_counts_are_those_of_rows():
    rng = np.random.default_rng(1)
    n = 800
    y = (rng.random(n) < 0.3).astype(int)
    X = rng.integers(0, 60, (n, 2))
    options = {"measure": "mi", "noise_features": 400, "random_state": 0, **ALL}
    rows = OutRank(**options).fit(X, y).noise_scores_
    counts = OutRank(**options).partial_fit(X, y).noise_scores_
    assert stats.ks_2samp(rows, counts).pvalue > 0.01
    options = {"n_permutations": 300, "random_state": 0, **ALL}
    rows, counts = OutRank(**options).fit(X, y), OutRank(**options).partial_fit(X, y)
    assert_allclose(rows.z_scores_, counts.z_scores_, atol=0.3)
    exact = OutRank(**ALL).fit(X, y)
    options = {"correction": "permutation", **options}
    assert_allclose(
        OutRank(**options).partial_fit(X, y).scores_, exact.scores_, atol=2e-3
    )


def test_counts_of_a_database_have_controls_too():
    counts = pd.DataFrame(
        {
            "feature": ["good"] * 2 + ["bad"] * 4,
            "value": [*"ab", *"cdcd"],
            "label": [0, 1, 0, 0, 1, 1],
            "count": [50, 50, 25, 25, 25, 25],
        }
    )
    ranker = OutRank.from_counts(counts, noise_features=8, random_state=0)
    assert ranker.noise_scores_.shape == (8,)
    assert ranker.n_above_noise_ == 1
