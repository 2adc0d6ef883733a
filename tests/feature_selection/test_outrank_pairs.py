# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank looking at two columns at a time."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.metrics import adjusted_mutual_info_score

from sklearn_fs import OutRank
from sklearn_fs.information import mutual_info_matrix
from sklearn_fs.information._row_sample import sampled_rows

CRITERIA = ["3mr", "mrmr", "jmi", "cmim"]
ALL = {"categorical_features": "all"}


def _table(n=4000, seed=0):
    """Two columns that matter, a renamed copy of each, two halves of an xor."""
    rng = np.random.default_rng(seed)
    strong, weak = rng.integers(0, 12, n), rng.integers(0, 4, n)
    left, right = rng.integers(0, 2, (2, n))
    logit = 1.2 * rng.normal(size=12)[strong] + 0.7 * rng.normal(size=4)[weak]
    y = rng.random(n) < 1 / (1 + np.exp(-logit - 1.2 * (2 * (left ^ right) - 1)))
    X = np.column_stack(
        [
            rng.integers(0, 50, n),
            strong,
            rng.permutation(12)[strong],
            weak,
            rng.permutation(4)[weak],
            left,
            right,
            rng.permutation(n),
            np.zeros(n, dtype=int),
        ]
    )
    return X, y


@pytest.mark.parametrize("criterion", CRITERIA)
def test_copies_come_behind_and_auto_leaves_them_out(criterion):
    X, y = _table()
    alone = OutRank(**ALL).fit(X, y)
    assert alone.support_[[1, 2, 3, 4]].all()
    ranker = OutRank(criterion=criterion, **ALL).fit(X, y)
    assert ranker.order_[0] == 1
    # A mean over the picks lets a copy pass once there are others.
    if criterion in ("3mr", "cmim"):
        assert_array_equal(ranker.support_[1:5], [True, False, True, False])
    assert_array_equal(np.sort(ranker.order_), np.arange(9))
    assert_array_equal(ranker.scores_, alone.scores_)
    assert ranker.n_features_to_select_ == ranker.support_.sum()


def test_three_mr_puts_a_renamed_copy_last():
    X, y = _table()
    ranker = OutRank(criterion="3mr", n_features_to_select=4, **ALL).fit(X, y)
    # Of the strongest column as of another one.
    assert set(ranker.order_[-2:]) == {2, 4}
    assert ranker.pairwise_scores_[1, 2] == pytest.approx(1.0)
    # As far as noise with the other scale, not behind it.
    ranker.set_params(redundancy_scale="relevance").fit(X, y)
    assert 4 not in ranker.order_[[0, 1, 2, -1]]
    ranker.set_params(redundancy_scale="unit", redundancy_weight=0.5).fit(X, y)
    assert set(ranker.order_[:3]) == {1, 2, 3}


def test_relation_draws_in_the_partner():
    X, y = _table()
    with_relation = OutRank(criterion="3mr", n_features_to_select=9, **ALL).fit(X, y)
    without = OutRank(
        criterion="3mr", relation_weight=0, n_features_to_select=9, **ALL
    ).fit(X, y)
    relation = with_relation.relation_scores_
    assert relation[5, 6] > 0.02
    assert relation[5, 6] == np.nanmax(relation)
    place = {m: np.argsort(m.order_)[[5, 6]] for m in (with_relation, without)}
    assert np.ptp(place[with_relation]) == 1
    with pytest.raises(AttributeError, match=r"relation_scores_.*use criterion"):
        without.relation_scores_


@pytest.mark.parametrize("criterion", CRITERIA)
def test_containers_missing_and_weights(criterion):
    X, y = _table(600)
    X = X.astype(float)
    X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    for missing in ("category", "drop"):
        ranker = OutRank(
            criterion=criterion, missing=missing, n_features_to_select=6, **ALL
        )
        expected = ranker.fit(X, y)
        order, ranking = expected.order_, expected.ranking_
        for form in (pd.DataFrame(X).astype("category"), sparse.csr_array(X)):
            assert_array_equal(ranker.fit(form, y).order_, order)
            assert_array_equal(ranker.ranking_, ranking)
        weights = np.random.default_rng(1).integers(0, 3, len(y))
        rows = np.repeat(np.arange(len(y)), weights)
        order = ranker.fit(X[rows], y[rows]).order_
        assert_array_equal(ranker.fit(X, y, sample_weight=weights).order_, order)


@pytest.mark.parametrize("pairwise", ["auto", True, False])
def test_which_pairs_are_kept(pairwise):
    X, y = _table(500)
    ranker = OutRank(
        criterion="3mr", pairwise=pairwise, n_features_to_select=3, **ALL
    ).fit(X, y)
    if pairwise is False:
        with pytest.raises(AttributeError, match="pairwise=True"):
            ranker.pairwise_scores_
        return
    scores = ranker.pairwise_scores_
    matrix = mutual_info_matrix(X, normalize="ami", categorical_features="all")
    known = ~np.isnan(scores)
    assert known.all() == (pairwise is True)
    assert_allclose(scores[known], matrix[known], atol=1e-9)


def test_all_pairs_do_not_change_the_order_and_have_a_limit():
    X, y = _table(500)
    plain = OutRank(**ALL).fit(X, y)
    ranker = OutRank(pairwise=True, **ALL).fit(X, y)
    assert_array_equal(ranker.order_, plain.order_)
    assert ranker.pairwise_scores_.shape == (9, 9)
    wide = np.zeros((5, 2001))
    with pytest.raises(ValueError, match="pairwise=True asks for all pairs of 2001"):
        OutRank(pairwise=True).fit(wide, [0, 1, 0, 1, 1])


def test_uncorrected_criterion_falls_for_the_identifier():
    X, y = _table(1000)
    ranker = OutRank(
        correction="none", criterion="3mr", n_features_to_select=4,
        significance_gate=None, **ALL,
    ).fit(X, y)  # fmt: skip
    assert ranker.order_[0] == 7


def test_three_mr_with_interactions_finds_what_says_nothing_alone():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, (1500, 12))
    y = ((X[:, 3] > 1) ^ (X[:, 8] > 1)) + 2 * (X[:, 5] > 2)
    options = {"criterion": "3mr", "relation_weight": 1.0}
    without = OutRank(**options).fit(X, y)
    assert_array_equal(without.get_support(indices=True), [5])
    ranker = OutRank(interaction_order=2, **options).fit(X, y)
    assert_array_equal(ranker.get_support(indices=True), [3, 5, 8])
    ranker.set_params(n_features_to_select=3, relation_weight=0).fit(X, y)
    assert not ranker.support_[[3, 8]].all()


def test_pairs_of_a_sample_that_lost_categories():
    """The pivot's codes had gaps then, and its pairs were counted wrongly."""
    rng = np.random.default_rng(0)
    n = 3000
    y = rng.integers(0, 2, n)
    X = np.column_stack(
        [y * 3 + rng.integers(0, 3, n), rng.integers(0, 700, n), rng.integers(0, 5, n)]
    )
    options = {"criterion": "3mr", "pairwise": True, "n_features_to_select": 2}
    ranker = OutRank(categorical_features="all", pair_sample_size=300, **options)
    scores = ranker.fit(X, y).pairwise_scores_
    rows = sampled_rows(n, 300, 0)
    assert scores[1, 2] == pytest.approx(
        adjusted_mutual_info_score(X[rows, 1], X[rows, 2]), abs=1e-9
    )
