# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The part of OutRank that looks at columns two and three at a time."""

import numpy as np

from sklearn_fs._utils._top_k import resolve_k
from sklearn_fs.information._criteria import (
    PairRows,
    Settings,
    rank_by_criterion,
)
from sklearn_fs.information._interactions import (
    find_interactions,
    significant_interactions,
)
from sklearn_fs.information._joint_columns import PairStatistics
from sklearn_fs.information._null import benjamini_hochberg

# Columns up to which all pairs are computed.
MAX_PAIRWISE = 2000


class PairAttributes:
    """Matrices over pairs of columns, put together when they are asked for."""

    @property
    def pairwise_scores_(self):
        """Adjusted mutual information of pairs of columns, NaN where not computed.

        Returns
        -------
        matrix : ndarray of shape (n_features, n_features)
        """
        return self._matrix("pairwise_scores_", "_redundancy", "pairwise=True")

    @property
    def relation_scores_(self):
        """What pairs say about the target together, NaN where not computed.

        Returns
        -------
        matrix : ndarray of shape (n_features, n_features)
        """
        return self._matrix(
            "relation_scores_", "_relation", "criterion='3mr', 'jmi' or 'cmim'"
        )

    def _matrix(self, name, rows, remedy):
        rows = getattr(self, rows, None)
        if rows is None:
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r}: pairs of columns "
                f"were not looked at in fit; use {remedy}."
            )
        return rows.matrix()


def needs_pairs(ranker):
    """Whether a fit with these parameters needs the coded table."""
    return (
        ranker.criterion != "mim"
        or ranker.pairwise is True
        or ranker.interaction_order > 1
    )


def fit_pairs(
    ranker, table, target, relevance, shares, *, random_state=None, n_threads=1
):
    """Order the columns by `ranker.criterion`; set what belongs to pairs.

    Parameters
    ----------
    ranker : OutRank
        With `pvalues_` and, for the criterion "mim", `order_` set.
    table : CodedTable
        All rows, or a sample of them.
    target : Target
        Of the rows of the table.
    relevance : Relevance
        Of all rows that were seen.
    shares : ndarray of shape (n_features,)
        Corrected information with the target as a share of its entropy.
    random_state : None, int or RandomState
        For the choice of combinations.
    n_threads : int
    """
    pairs = PairStatistics(
        table,
        target.codes,
        target.totals,
        corrected=ranker.correction not in (None, "none"),
        drop_missing=ranker.missing == "drop",
        average_method=ranker.average_method,
        n_threads=n_threads,
    )
    forget_pairs(ranker)
    if ranker.interaction_order > 1:
        by_relevance = np.argsort(-shares, kind="stable")
        ranker.interactions_ = find_interactions(
            pairs,
            by_relevance,
            interaction_order=ranker.interaction_order,
            max_interactions=ranker.max_interactions,
            random_state=random_state,
        )
    if ranker.criterion != "mim":
        _rank(ranker, pairs, relevance, shares)
    if ranker.pairwise is True:
        ranker._redundancy = _all_pairs(pairs)


def forget_pairs(ranker):
    """Remove what an earlier fit left."""
    for name in ("_redundancy", "_relation", "interactions_"):
        if hasattr(ranker, name):
            delattr(ranker, name)


def _rank(ranker, pairs, relevance, shares):
    settings = Settings(
        ranker.criterion,
        redundancy_weight=ranker.redundancy_weight,
        relation_weight=ranker.relation_weight,
        redundancy_scale=ranker.redundancy_scale,
        aggregation=ranker.aggregation,
        relation=ranker.relation,
        significance_gate=ranker.significance_gate,
    )
    auto = ranker.n_features_to_select == "auto"
    if auto:
        n_picks = None
        significant = benjamini_hochberg(relevance.log_p, ranker.alpha_fdr)
    else:
        n_picks = resolve_k(ranker.n_features_to_select, len(shares))
        gate = 1.0 if ranker.significance_gate is None else ranker.significance_gate
        significant = ranker.pvalues_ <= gate
    potential = _potential(ranker, pairs, settings)
    ranking = rank_by_criterion(
        pairs, shares, significant | (potential > 0.0), settings, n_picks, potential
    )
    ranker.order_ = ranking.order
    if auto:
        n_picks = max(ranking.n_useful, ranker.min_features_to_select)
        n_picks = min(n_picks, len(shares))
    ranker._set_support_from_order(ranking.order, n_picks)
    if settings.wants_redundancy and ranker.pairwise != False:  # noqa: E712
        ranker._redundancy = ranking.redundancy
    if settings.wants_relation and ranker.pairwise != False:  # noqa: E712
        ranker._relation = ranking.relation


def _potential(ranker, pairs, settings):
    """Synergy of each column in the best interaction beyond doubt, as a share.

    Without it a greedy ranking has no reason to pick either of two columns that say
    nothing alone.
    """
    potential = np.zeros(len(ranker.pvalues_))
    wanted = settings.criterion == "3mr" and settings.wants_relation
    if ranker.interaction_order == 1 or not wanted or settings.relation == "joint":
        return potential
    found = ranker.interactions_
    found = found[significant_interactions(found, ranker.alpha_fdr)]
    for name in ("i", "j", "k"):
        if name in found.dtype.names:
            there = found[name] >= 0
            np.maximum.at(
                potential,
                found[name][there],
                found["synergy"][there] / pairs.target_entropy,
            )
    return potential


def _all_pairs(pairs):
    p = pairs.table.n_features
    if p > MAX_PAIRWISE:
        raise ValueError(
            f"pairwise=True asks for all pairs of {p} columns; at most {MAX_PAIRWISE} "
            "are compared that way. Use pairwise='auto', which computes what the "
            "criterion needs, or select columns first."
        )
    rows = PairRows(p)
    for pivot in range(p):
        columns = np.arange(pivot, p)
        rows.rows[pivot] = columns, pairs.redundancy(pivot, columns)
    return rows
