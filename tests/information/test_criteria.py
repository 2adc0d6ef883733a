# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pairs of columns and greedy criteria beside slow twins."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.metrics import adjusted_mutual_info_score, mutual_info_score

from sklearn_fs.information import expected_mutual_information
from sklearn_fs.information._coded_table import CodedTable
from sklearn_fs.information._criteria import Settings, rank_by_criterion
from sklearn_fs.information._encoding import TableEncoder
from sklearn_fs.information._joint_columns import PairStatistics, join_codes


def _data(n=400, seed=0):
    """Columns of 3 to n values with gaps in the codes and missing cells (code 0)."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n).astype(np.uint32)
    strong = y * 3 + rng.integers(0, 5, n)
    columns = [
        1 + strong,
        1 + (strong * 7) % 11,
        rng.integers(0, 5, n),
        rng.integers(0, 3, n) * 10 * (rng.random(n) < 0.7),
        1 + rng.permutation(n),
        np.ones(n, dtype=int),
        rng.integers(0, n // 3, n),
    ]
    return np.array(columns).astype(np.uint32), y


def _pairs(codes, y, weights=None, **options):
    table = CodedTable.from_codes(codes, weights)
    totals = np.bincount(y, weights).astype(np.int64)
    return PairStatistics(table, y, totals, **options)


def _corrected(x, y):
    margins = [np.unique(v, return_counts=True)[1] for v in (x, y)]
    return mutual_info_score(x, y) - expected_mutual_information(*margins)


@pytest.mark.parametrize("drop_missing", [False, True])
@pytest.mark.parametrize("n_threads", [1, 2])
def test_redundancy_is_adjusted_mutual_information(drop_missing, n_threads):
    codes, y = _data()
    pairs = _pairs(codes, y, drop_missing=drop_missing, n_threads=n_threads)
    columns = np.arange(len(codes))
    for pivot in columns:
        found = pairs.redundancy(pivot, columns)
        for j in columns:
            keep = np.ones(len(y), dtype=bool)
            if drop_missing:
                keep = (codes[pivot] > 0) & (codes[j] > 0)
            a, b = codes[pivot][keep], codes[j][keep]
            expected = adjusted_mutual_info_score(a, b)
            if len(np.unique(a)) in (1, len(a)) or len(np.unique(b)) in (1, len(b)):
                # scikit-learn has 1 for two constants or two identifiers.
                expected = 0.0
            assert_allclose(found[j], expected, atol=1e-9, err_msg=f"{pivot}, {j}")


@pytest.mark.parametrize("drop_missing", [False, True])
def test_joint_relevance_is_that_of_pairs_of_values(drop_missing):
    codes, y = _data()
    pairs = _pairs(codes, y, drop_missing=drop_missing)
    columns = np.array([0, 2, 3, 6])
    found, std, *_ = pairs.joint_relevance(3, columns)
    for value, j in zip(found, columns, strict=True):
        keep = (codes[3] > 0) & (codes[j] > 0) if drop_missing else slice(None)
        joint = np.unique(codes[[3, j]].T[keep], axis=0, return_inverse=True)[1]
        assert_allclose(value, _corrected(joint.ravel(), y[keep]), atol=1e-10)
    assert (std > 0).all()
    single = pairs.singles[0]
    keep = codes[3] > 0 if drop_missing else slice(None)
    assert_allclose(single[3], _corrected(codes[3][keep], y[keep]), atol=1e-10)


def test_weights_are_repeated_rows():
    codes, y = _data()
    weights = np.random.default_rng(1).integers(1, 4, len(y))
    columns = np.arange(len(codes))
    for options in ({}, {"drop_missing": True}, {"corrected": False}):
        weighted = _pairs(codes, y, weights, **options)
        rows = np.repeat(np.arange(len(y)), weights)
        repeated = _pairs(codes[:, rows], y[rows], **options)
        for method in ("redundancy", "joint_relevance"):
            a, b = (getattr(p, method)(3, columns) for p in (weighted, repeated))
            assert_allclose(a, b, atol=1e-12)


@pytest.mark.parametrize("drop_missing", [False, True])
def test_sparse_columns_stay_sparse_and_agree(drop_missing):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, (300, 6)) * (rng.random((300, 6)) < 0.2).astype(float)
    X[rng.random((300, 6)) < 0.05] = np.nan
    y = rng.integers(0, 2, 300).astype(np.uint32)
    results = []
    for form in (X, sparse.csr_array(X)):
        table = CodedTable.from_encoder(TableEncoder(form))
        assert next(table.blocks()).rows is not None  # few of the cells are not 0
        pairs = PairStatistics(table, y, np.bincount(y), drop_missing=drop_missing)
        columns = np.array([0, 2, 3, 5])
        results.append(
            [pairs.redundancy(1, columns), *pairs.joint_relevance(1, columns)]
        )
    assert_allclose(results[0], results[1], atol=1e-12)


def test_wide_products_of_codes_are_hashed():
    rng = np.random.default_rng(0)
    left, right = rng.integers(1, 100_000, (2, 500)).astype(np.uint32)
    right[1::2] = right[::2]
    left[1::2] = left[::2]
    codes, n_codes = join_codes(left, 100_001, right, 100_001)
    expected = np.unique(np.column_stack([left, right]), axis=0, return_inverse=True)
    assert n_codes == len(expected[0]) + 1
    assert len(np.unique(codes * 1000 + expected[1].ravel())) == len(expected[0])


def _slow_ranking(codes, y, settings, k):
    """The definitions, pair by pair, without the gate."""
    p = len(codes)
    h = -sum(s * np.log(s) for s in np.bincount(y) / len(y))
    single = np.array([_corrected(c, y) for c in codes]) / h
    joint, ami = np.zeros((2, p, p))
    for i in range(p):
        for j in range(p):
            both = np.unique(codes[[i, j]].T, axis=0, return_inverse=True)[1].ravel()
            joint[i, j] = _corrected(both, y) / h
            if {len(np.unique(codes[i])), len(np.unique(codes[j]))} & {1, len(y)}:
                continue
            ami[i, j] = np.clip(adjusted_mutual_info_score(codes[i], codes[j]), 0, 1)
    synergy = joint - single - single[:, None]
    if settings.redundancy_scale == "unit" and settings.wants_redundancy:
        scale = 1 / single.max()
    else:
        scale = 1.0
        ami *= np.maximum(np.minimum(single, single[:, None]), 0)
    related = np.maximum(synergy, 0)
    if settings.relation == "joint":
        related = joint
    how = getattr(np, settings.aggregation)
    # Rounded, so that a renamed column ties with the other one.
    picks = [int(np.argmax(single.round(9)))]
    while len(picks) < k:
        if settings.criterion == "3mr":
            value = scale * single - settings.redundancy_weight * how(ami[picks], 0)
            value += scale * settings.relation_weight * how(related[picks], 0)
            if settings == Settings("3mr", significance_gate=None):
                value[ami[picks].max(0) > 1 - 1e-9] = -1e9  # renamings come last
        elif settings.criterion == "mrmr":
            value = scale * single - ami[picks].mean(0)
        else:
            terms = single + synergy[picks]
            value = terms.mean(0)
            if settings.criterion == "cmim":
                value = np.minimum(single, terms.min(0))
        value[picks] = -np.inf
        picks.append(int(np.argmax(value.round(9))))
    return picks


@pytest.mark.parametrize(
    "options",
    [
        {"criterion": "3mr"},
        {"criterion": "3mr", "relation": "joint", "aggregation": "mean"},
        {"criterion": "3mr", "redundancy_weight": 0.3, "aggregation": "median"},
        {"criterion": "3mr", "redundancy_scale": "relevance", "aggregation": "sum"},
        {"criterion": "mrmr"},
        {"criterion": "mrmr", "redundancy_scale": "relevance"},
        {"criterion": "jmi"},
        {"criterion": "cmim"},
    ],
    ids=str,
)
def test_criteria_follow_their_definitions(options):
    codes, y = _data(seed=3)
    settings = Settings(significance_gate=None, **options)
    pairs = _pairs(codes, y)
    single = pairs.singles[0]
    shares = single / pairs.target_entropy
    ranking = rank_by_criterion(
        pairs, shares, np.ones(len(codes), dtype=bool), settings, len(codes)
    )
    # The values of the constant and of the identifier are 0 in exact arithmetic.
    expected = [j for j in _slow_ranking(codes, y, settings, len(codes)) if j < 4]
    assert [j for j in ranking.order if j < 4] == expected
    assert sorted(ranking.order) == list(range(len(codes)))


def test_only_pairs_of_picks_are_counted():
    codes, y = _data()
    pairs = _pairs(codes, y)
    settings = Settings("3mr")
    single = pairs.singles[0] / pairs.target_entropy
    significant = single > 0.05
    ranking = rank_by_criterion(pairs, single, significant, settings, 3)
    picks = ranking.order[:3]
    for rows in (ranking.redundancy, ranking.relation):
        computed = ~np.isnan(rows.matrix())
        assert computed.sum() == 2 * (6 + 5)
        assert computed[picks[0]].sum() == 6
        assert_array_equal(computed, computed.T)
