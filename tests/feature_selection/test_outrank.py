# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank: known answers, invariances, the null, and refusals."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse, stats
from sklearn.feature_selection import SelectFdr, SelectKBest
from sklearn.metrics import adjusted_mutual_info_score, mutual_info_score

from sklearn_fs import OutRank
from sklearn_fs.information import ami_score, mi_corrected, mutual_info_matrix

ALL = {"categorical_features": "all"}
FITTED = ["scores_", "pvalues_", "z_scores_", "mutual_info_", "expected_mutual_info_"]


def _columns(*values):
    return np.column_stack(values)


def _table(n=2000, seed=0):
    """Words, numbers, noise of many values, an identifier; two columns matter."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    X = _columns(
        rng.integers(0, 5, n) + 2 * y * (rng.random(n) < 0.4),
        rng.integers(0, 400, n),
        rng.permutation(n),
        np.zeros(n, dtype=int),
        rng.integers(0, 30, n) + 10 * y,
    )
    return X, y


@pytest.mark.parametrize(
    "x, y, info, expected, rfi, ami",
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], 0.693147180560, 0.231049060187, 2 / 3, 1.0),
        (
            [0, 0, 0, 1, 1, 2], [0, 0, 1, 0, 1, 1],
            0.143841036226, 0.268086368715, -0.124245332489 / np.log(2),
            -0.212679898488,
        ),
        (list(range(6)), [0, 0, 1, 0, 1, 1], np.log(2), np.log(2), 0.0, 0.0),
    ],
)  # fmt: skip
def test_known_answers(x, y, info, expected, rfi, ami):
    X = np.array(x)[:, None]
    ranker = OutRank().fit(X, y)
    assert_allclose(ranker.mutual_info_[0], info, atol=1e-9)
    assert_allclose(ranker.expected_mutual_info_[0], expected, atol=1e-9)
    assert_allclose(ranker.scores_[0], rfi, atol=1e-9)
    assert_allclose(OutRank(measure="ami").fit(X, y).scores_[0], ami, atol=1e-9)


@pytest.mark.parametrize("average", ["arithmetic", "max", "min", "geometric"])
def test_ami_equals_sklearn(average):
    for seed in range(25):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(3, 300))
        X = rng.integers(0, rng.integers(1, n + 1, 4), (n, 4))
        y = rng.integers(0, rng.integers(2, 40), n)
        if len(np.unique(y)) < 2:
            continue
        ranker = OutRank(measure="ami", average_method=average, **ALL).fit(X, y)
        for j in range(4):
            expected = adjusted_mutual_info_score(X[:, j], y, average_method=average)
            assert_allclose(ranker.scores_[j], expected, atol=1e-9)


def test_identifier_and_constant_score_exactly_zero():
    X, y = _table()
    for measure in ("rfi", "mi_corrected", "ami", "z"):
        for target in (y, np.random.default_rng(1).integers(0, 7, len(y))):
            ranker = OutRank(measure=measure, **ALL).fit(X, target)
            assert_array_equal(ranker.scores_[[2, 3]], 0.0)
            assert_array_equal(ranker.pvalues_[[2, 3]], 1.0)


def test_informative_columns_come_first():
    X, y = _table()
    ranker = OutRank(**ALL).fit(X, y)
    assert set(ranker.order_[:2]) == {0, 4}
    assert_array_equal(ranker.support_, [True, False, False, False, True])
    assert_array_equal(ranker.cardinality_[2:4], [2000, 1])
    assert_array_equal(ranker.coverage_, 1.0)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_containers_agree_bit_for_bit(n_jobs):
    X, y = _table()
    names = list("abcde")
    words = np.char.add("w", X.astype(str))
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(len(y))
    sort = np.argsort(y, kind="stable")
    columns = rng.permutation(5)
    expected = OutRank(n_jobs=n_jobs, **ALL).fit(X, y)
    forms = {
        "F": (np.asfortranarray(X), y),
        "int16": (X.astype(np.int16), y),
        "float": (X.astype(float), y),
        "float32": (X.astype(np.float32), y),
        "object": (X.astype(object), y),
        "words": (words, y),
        "renamed": (X * -17 + 3, y),
        "pandas": (pd.DataFrame(X, columns=names), y),
        "polars": (pl.DataFrame(X, schema=names), y),
        "categories": (pd.DataFrame(X, columns=names).astype("category"), y),
        "words in pandas": (pd.DataFrame(words, columns=names), y),
        "words in polars": (pl.DataFrame(words, schema=names), y),
        "csr": (sparse.csr_array(X), y),
        "csc": (sparse.csc_array(X), y),
        "shuffled": (X[shuffled], y[shuffled]),
        "sorted": (X[sort], y[sort]),
        "labels": (X, np.array(["yes", "no"])[y]),
    }
    for name, (form, target) in forms.items():
        got = OutRank(n_jobs=n_jobs, **ALL).fit(form, target)
        for attribute in FITTED:
            assert_array_equal(
                getattr(got, attribute), getattr(expected, attribute), err_msg=name
            )
    got = OutRank(n_jobs=n_jobs, **ALL).fit(X[:, columns], y)
    assert_array_equal(got.scores_, expected.scores_[columns])


def test_float32_and_float64_give_the_same_bins():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((700, 3)).astype(np.float32)
    y = (X[:, 0] + rng.standard_normal(700) > 0).astype(int)
    a, b = OutRank().fit(X, y), OutRank().fit(X.astype(np.float64), y)
    c = OutRank().fit(sparse.csr_array(X), y)
    assert_array_equal(a.scores_, b.scores_)
    assert_array_equal(a.scores_, c.scores_)
    assert a.kinds_[0] == "numeric"


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_relabelling_changes_nothing(data):
    n = data.draw(st.integers(6, 60))
    x = np.array(data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)))
    y = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    if len(set(y)) < 2:
        return
    names = np.array(data.draw(st.permutations([f"v{i}" for i in range(10)])))
    rows = np.array(data.draw(st.permutations(range(n))))
    a = OutRank(**ALL).fit(x[:, None], y)
    b = OutRank(**ALL).fit(names[x][rows][:, None].astype(object), y[rows] * 3)
    for attribute in FITTED:
        assert_array_equal(getattr(a, attribute), getattr(b, attribute))
    assert_allclose(a.mutual_info_[0], mutual_info_score(x, y), atol=1e-9)


@pytest.mark.parametrize("share", [0.03, 0.3])
def test_null_is_uniform_and_blind_to_cardinality(share):
    rng = np.random.default_rng(0)
    n, p = 5000, 400
    cardinality = np.exp(rng.uniform(np.log(2), np.log(n), p)).astype(int)
    X = rng.integers(0, cardinality, (n, p))
    y = (rng.random(n) < share).astype(int)
    ranker = OutRank(**ALL).fit(X, y)
    assert 0.02 <= (ranker.pvalues_ < 0.05).mean() <= 0.08
    correlation = stats.spearmanr(ranker.scores_, cardinality).statistic
    assert abs(correlation) < 0.15
    raw = OutRank(measure="mi", **ALL).fit(X, y)
    assert stats.spearmanr(raw.scores_, cardinality).statistic > 0.9


def test_auto_is_benjamini_hochberg():
    X, y = _table()
    rng = np.random.default_rng(3)
    X = _columns(X, rng.integers(0, 9, (len(y), 40)))
    ranker = OutRank(alpha_fdr=0.2).fit(X, y)
    expected = SelectFdr(mi_corrected, alpha=0.2).fit(X, y)
    assert_array_equal(ranker.support_, expected.get_support())
    noise = rng.integers(0, 9, (300, 10))
    nothing = OutRank(min_features_to_select=3).fit(noise, rng.integers(0, 2, 300))
    assert nothing.support_.sum() == 3
    assert set(np.flatnonzero(nothing.support_)) == set(nothing.order_[:3])


def test_score_functions_in_select_k_best():
    X, y = _table()
    for function, measure in ((mi_corrected, "mi_corrected"), (ami_score, "ami")):
        best = SelectKBest(function, k=2).fit(X, y)
        ranker = OutRank(measure=measure).fit(X, y)
        assert_array_equal(best.scores_, ranker.scores_)
        assert_array_equal(best.pvalues_, ranker.pvalues_)


def test_score_functions_with_one_class():
    with pytest.warns(UserWarning, match="1 class only"):
        scores, pvalues = ami_score(np.arange(20).reshape(10, 2), np.ones(10))
    assert_array_equal(scores, 0.0)
    assert_array_equal(pvalues, 1.0)


def test_gate_orders_by_score_then_by_p():
    X, y = _table()
    ranker = OutRank(**ALL).fit(X, y)
    passed = ranker.pvalues_[ranker.order_] <= 1e-3
    assert_array_equal(passed, np.sort(passed)[::-1])
    first, rest = ranker.order_[passed], ranker.order_[~passed]
    assert (np.diff(ranker.scores_[first]) <= 0).all()
    assert (np.diff(ranker.pvalues_[rest]) >= 0).all()
    free = OutRank(significance_gate=None, **ALL).fit(X, y)
    assert (np.diff(free.scores_[free.order_]) <= 0).all()


def test_permutation_correction_approaches_the_exact_one():
    X, y = _table(600)
    exact = OutRank(measure="mi_corrected", **ALL).fit(X, y)
    many = OutRank(
        measure="mi_corrected", correction="permutation", n_permutations=300,
        random_state=0, **ALL,
    ).fit(X, y)  # fmt: skip
    error = 5 * exact.std_mutual_info_ / np.sqrt(300) + 1e-12
    assert (np.abs(exact.scores_ - many.scores_) <= error).all()
    assert_array_equal(many.scores_[[2, 3]], 0.0)
    assert (many.pvalues_adjusted_ >= 1 / 301 - 1e-12).all()
    assert (many.pvalues_adjusted_[[0, 4]] < 0.01).all()
    assert many.pvalues_adjusted_[1] > 0.05
    default = OutRank(correction="permutation", random_state=0, **ALL).fit(X, y)
    assert set(default.order_[:2]) == {0, 4}


def _slow_shift(x, y):
    """The published noise control, row by row."""

    def entropy(values):
        p = np.unique(values, return_counts=True)[1] / len(values)
        return -(p * np.log(p)).sum()

    score, n = 0.0, len(y)
    for c, b in zip(*np.unique(y, return_counts=True), strict=True):
        rows = np.flatnonzero(y == c)
        score += b / n * (entropy(x[(rows + b) % n]) - entropy(x[rows]))
    return score


def test_shift_equals_the_published_score():
    X, y = _table(500)
    expected = [_slow_shift(X[:, j], y) for j in range(X.shape[1])]
    for form in (X, sparse.csr_array(X)):
        ranker = OutRank(measure="mi_randomized", **ALL).fit(form, y)
        assert_allclose(ranker.scores_, expected, atol=1e-12)
    corrected = OutRank(measure="mi_corrected", correction="shift", **ALL).fit(X, y)
    assert_allclose(corrected.scores_[[0, 1, 4]], np.array(expected)[[0, 1, 4]])


def test_other_measures():
    X, y = _table(800)
    n, K = len(y), 2
    plain = OutRank(measure="mi", **ALL).fit(X, y).scores_
    assert_allclose(plain, OutRank(measure="mi_corrected", correction=None, **ALL)
                    .fit(X, y).scores_)  # fmt: skip
    R = np.array([len(np.unique(column)) for column in X.T])
    madow = OutRank(measure="mi_miller_madow", **ALL).fit(X, y).scores_
    assert_allclose(madow, plain - (R - 1) * (K - 1) / (2 * n), atol=1e-12)
    coverage = OutRank(measure="max_value_coverage", **ALL).fit(X, y).scores_
    for j in range(5):
        cells = np.unique(_columns(X[:, j], y), axis=0, return_counts=True)[1]
        assert coverage[j] == cells.max() / n
    numeric = OutRank(measure="pearson", n_bins=1000).fit(X[:, :3] * 1.0, y)
    for j in range(3):
        x = np.unique(X[:, j], return_inverse=True)[1]
        assert_allclose(numeric.scores_[j], abs(np.corrcoef(x, y)[0, 1]))
    with pytest.raises(ValueError, match=r"pearson.*column number 0 is categorical"):
        OutRank(measure="pearson", **ALL).fit(X, y)


def test_loo_equals_leaving_each_row_out():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 6, 80), rng.integers(0, 3, 80)
    alpha, p, gain = 50.0, np.bincount(y) / 80, 0.0
    for i in range(80):
        rest = np.arange(80) != i
        same = rest & (x == x[i])
        q = ((same & (y == y[i])).sum() + alpha * p[y[i]]) / (same.sum() + alpha)
        base = (rest & (y == y[i])).sum() / 79
        gain += (np.log(q) - np.log(base)) / 80
    ranker = OutRank(measure="loo").fit(x[:, None], y)
    assert_allclose(ranker.scores_[0], gain, atol=1e-12)


def test_missing_values():
    rng = np.random.default_rng(0)
    n = 1000
    y = rng.integers(0, 2, n)
    x = rng.integers(0, 4, n).astype(float)
    x[(y == 1) & (rng.random(n) < 0.5)] = np.nan
    keep, drop = OutRank(**ALL), OutRank(missing="drop", **ALL)
    assert keep.fit(x[:, None], y).scores_[0] > 0.1
    assert drop.fit(x[:, None], y).scores_[0] < 0.02
    present = ~np.isnan(x)
    alone = OutRank(**ALL).fit(x[present][:, None], y[present])
    for attribute in FITTED:
        assert_array_equal(getattr(drop, attribute), getattr(alone, attribute))
    assert keep.cardinality_[0] == drop.cardinality_[0] == 4
    assert_allclose(keep.coverage_[0], present.mean())
    nothing = np.full((n, 1), np.nan)
    for ranker in (keep, drop):
        assert_array_equal(ranker.fit(nothing, y).scores_, 0.0)


def test_weights_equal_repetition_for_every_option():
    X, y = _table(200)
    weights = np.random.default_rng(0).integers(0, 4, len(y))
    repeated = np.repeat(np.arange(len(y)), weights)
    for options in (
        ALL, {"missing": "drop"}, {"measure": "loo"}, {"measure": "mi_randomized"},
        {"n_bins": "uniform"}, {"categorical_features": None},
    ):  # fmt: skip
        for form in (X, sparse.csc_array(X), X.astype(float)):
            a = OutRank(**options).fit(form, y, sample_weight=weights)
            b = OutRank(**options).fit(form[repeated], y[repeated])
            for attribute in FITTED:
                assert_array_equal(getattr(a, attribute), getattr(b, attribute))


def test_continuous_target():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((900, 6))
    y = X[:, 2] ** 2 + 0.1 * rng.standard_normal(900)
    ranker = OutRank().fit(X, y)
    assert ranker.order_[0] == 2 and ranker.support_.sum() <= 2
    assert not hasattr(ranker, "classes_")
    assert len(ranker.target_bin_edges_) == 9
    ranker.fit(X, y > 1)
    assert not hasattr(ranker, "target_bin_edges_")
    assert_array_equal(ranker.classes_, [False, True])
    days = np.floor(100 * y)  # whole numbers are classes unless the user says more
    assert len(OutRank().fit(X, days).classes_) == len(np.unique(days))
    binned = OutRank(n_target_bins=3).fit(X, days)
    assert len(binned.target_bin_edges_) == 2 and binned.order_[0] == 2


def test_small_tables_work():
    """900 rows: the published package returns nothing below 1,025."""
    X, y = _table(900)
    assert set(OutRank(**ALL).fit(X, y).order_[:2]) == {0, 4}


def test_noise_controls():
    X, y = _table()
    ranker = OutRank(noise_features=15, random_state=0, **ALL).fit(X, y)
    assert ranker.noise_scores_.shape == (15,)
    assert ranker.n_above_noise_ >= 2
    assert ranker.noise_scores_.max() < ranker.scores_[[0, 4]].min()
    assert not hasattr(ranker.set_params(noise_features=0).fit(X, y), "noise_scores_")


@pytest.mark.parametrize(
    "y, error, match",
    [
        ([1] * 20, ValueError, "1 class only"),
        ([np.nan] + [0.0, 1.0] * 9 + [1.0], ValueError, "NaN"),
        ([None] + ["a", "b"] * 9 + ["a"], ValueError, "NaN or None"),
        ([np.inf] + [0.5, 1.0] * 9 + [1.0], ValueError, "infinity"),
        ([0, "a"] * 10, TypeError, "mixes types"),
        (np.zeros((20, 2)), ValueError, "1d array"),
        ([0, 1], ValueError, "inconsistent numbers of samples"),
        (None, ValueError, "requires y"),
    ],
)
def test_bad_targets(y, error, match):
    if isinstance(y, list) and (None in y or "a" in y):
        y = np.array(y, dtype=object)
    with pytest.raises(error, match=match):
        OutRank().fit(np.arange(40).reshape(20, 2), y)


def test_bad_weights():
    X, y = _table(50)
    with pytest.raises(ValueError, match="sample_weight must hold whole numbers"):
        OutRank().fit(X, y, sample_weight=np.full(50, 0.5))


def test_matrix_of_pairs():
    rng = np.random.default_rng(0)
    X = rng.integers(0, [2, 5, 30, 400], (500, 4))
    X = _columns(X, X[:, 2] * -3 + 1, np.arange(500))
    options = {"categorical_features": "all"}
    plain = mutual_info_matrix(X, correction=None, **options)
    ami = mutual_info_matrix(X, normalize="ami", **options)
    two = mutual_info_matrix(X, normalize="ami", n_jobs=2, **options)
    assert_array_equal(ami, two)
    for i in range(6):
        for j in range(6):
            assert_allclose(plain[i, j], mutual_info_score(X[:, i], X[:, j]), atol=1e-9)
            if 5 not in (i, j):
                expected = adjusted_mutual_info_score(X[:, i], X[:, j])
                assert_allclose(ami[i, j], expected, atol=1e-9)
    assert_allclose(ami[2, 4], 1.0)
    assert_array_equal(mutual_info_matrix(X, **options)[5, :5], 0.0)
    with pytest.raises(ValueError, match="not known for pairs"):
        mutual_info_matrix(X, correction="shift")
    with pytest.raises(ValueError, match="normalize='x'"):
        mutual_info_matrix(X, normalize="x")
