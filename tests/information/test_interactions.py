# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Synergy of pairs and triples beside slow twins, and its chance level."""

from itertools import combinations, permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import mutual_info_score

from sklearn_fs.information import expected_mutual_information
from sklearn_fs.information._coded_table import CodedTable
from sklearn_fs.information._interactions import find_interactions
from sklearn_fs.information._joint_columns import PairStatistics


def _statistics(codes, y, weights=None, **options):
    table = CodedTable.from_codes(codes, weights)
    y = y.astype(np.uint32)
    totals = np.bincount(y, weights).astype(np.int64)
    return PairStatistics(table, y, totals, **options)


def _corrected(codes, y):
    joint = np.unique(codes.T, axis=0, return_inverse=True)[1].ravel()
    margins = [np.unique(v, return_counts=True)[1] for v in (joint, y)]
    return mutual_info_score(joint, y) - expected_mutual_information(*margins)


def _xor(n=600, seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.integers(1, 5, (7, n))
    y = (codes[2] > 2) ^ (codes[5] > 2) ^ (rng.random(n) < 0.1)
    return codes.astype(np.uint32), y.astype(int)


def test_pairs_by_definition():
    codes, y = _xor()
    found = find_interactions(_statistics(codes, y), np.arange(7))
    assert found.dtype.names == ("i", "j", "joint", "synergy", "z")
    assert len(found) == 21
    assert tuple(found[0])[:2] == (2, 5) and found["z"][0] > 20
    assert (np.diff(found["synergy"]) <= 0).all()
    single = [_corrected(codes[[j]], y) for j in range(7)]
    for i, j, joint, synergy, _ in found.tolist():
        assert_allclose(joint, _corrected(codes[[i, j]], y), atol=1e-10)
        assert_allclose(synergy, joint - single[i] - single[j], atol=1e-10)


def test_triples_by_definition_and_a_parity_of_three():
    rng = np.random.default_rng(0)
    codes = rng.integers(1, 3, (6, 1500)).astype(np.uint32)
    y = (codes[0] + codes[2] + codes[4]) % 2
    found = find_interactions(_statistics(codes, y), np.arange(6), interaction_order=3)
    assert tuple(found[0])[:3] == (0, 2, 4)
    assert (found["k"] == -1).sum() == 15 and (found["k"] >= 0).sum() == 20
    for i, j, k, joint, synergy, _ in found[found["k"] >= 0][:5].tolist():
        assert_allclose(joint, _corrected(codes[[i, j, k]], y), atol=1e-10)
        best = max(_corrected(codes[list(p)], y) for p in combinations((i, j, k), 2))
        assert_allclose(synergy, joint - best, atol=1e-10)
    assert found["synergy"][0] == pytest.approx(0.69, abs=0.02)


def test_expected_addition_is_the_mean_over_shuffles_within_strata():
    strata = np.array([1, 1, 1, 1, 2, 2, 2, 2], dtype=np.uint32)
    x = np.array([1, 1, 2, 3, 1, 2, 2, 2], dtype=np.uint32)
    y = np.array([0, 1, 1, 0, 2, 0, 2, 2])
    pairs = _statistics(np.array([strata, x]), y)
    joint = strata * 10 + x
    values = [
        mutual_info_score(joint, np.concatenate([a, b]))
        for a in permutations(y[:4])
        for b in permutations(y[4:])
    ]
    expected = np.mean(values) - mutual_info_score(strata, y)
    found = pairs.expected_addition((strata, 3), (x, 4))
    assert_allclose(found, expected, atol=1e-12)
    weights = np.array([1, 2, 3, 1, 2, 1, 1, 4])
    rows = np.repeat(np.arange(8), weights)
    weighted = _statistics(np.array([strata, x]), y, weights)
    repeated = _statistics(np.array([strata, x])[:, rows], y[rows])
    assert_allclose(
        weighted.expected_addition((strata, 3), (x, 4)),
        repeated.expected_addition((strata[rows], 3), (x[rows], 4)),
        atol=1e-12,
    )


def test_noise_beside_a_strong_sparse_column_has_no_synergy():
    """The plain sum of corrected terms is biased where one member says a lot."""
    plain, careful = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        strong = rng.integers(1, 400, 2000)
        y = rng.random(2000) < rng.beta(0.2, 0.6, 400)[strong]
        noise = rng.integers(1, 20, 2000)
        codes = np.array([strong, noise], dtype=np.uint32)
        pairs = _statistics(codes, y)
        (joint,), (std,), (expected,), _ = pairs.joint_relevance(0, np.array([1]))
        single, single_std, _ = pairs.singles
        spread = np.sqrt(std**2 + (single_std**2).sum())
        plain.append((joint - single.sum()) / spread)
        careful.append(pairs.synergy(0, 1, joint, expected) / spread)
    assert abs(np.mean(plain)) > 3
    assert abs(np.mean(careful)) < 0.5 and np.max(careful) < 3


def test_renamed_members_are_left_out():
    rng = np.random.default_rng(0)
    fine = rng.integers(1, 13, 800)
    codes = np.array([fine, 1 + fine // 4, np.ones(800), 1 + rng.permutation(800)])
    y = rng.integers(0, 2, 800)
    found = find_interactions(_statistics(codes.astype(np.uint32), y), np.arange(4))
    assert len(found) == 0
    codes[1] = rng.integers(0, 3, 800)
    for drop_missing in (False, True):
        pairs = _statistics(codes.astype(np.uint32), y, drop_missing=drop_missing)
        found = find_interactions(pairs, np.arange(4))
        assert [tuple(row)[:2] for row in found.tolist()] == [(0, 1)]


@pytest.mark.parametrize("order", [2, 3])
def test_budget_takes_the_best_and_some_at_random(order):
    rng = np.random.default_rng(0)
    codes = rng.integers(1, 4, (30, 100)).astype(np.uint32)
    y = rng.integers(0, 2, 100)
    pairs = _statistics(codes, y)
    options = {"interaction_order": order, "max_interactions": 60, "random_state": 0}
    first, again = (
        find_interactions(pairs, np.arange(30)[::-1], **options) for _ in range(2)
    )
    assert_array_equal(first, again)
    assert len(first) == (60 if order == 2 else 120)
    members = {tuple(row)[: 2 if order == 2 else 3] for row in first.tolist()}
    assert len(members) == len(first)
    last = {(29, 28), (29, 27), (28, 27)}
    as_pairs = {tuple(sorted(m[:2], reverse=True)) for m in members}
    assert last <= as_pairs
