# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The part of OutRank between statistics of columns and a selection."""

import numpy as np

from sklearn_fs._utils._top_k import resolve_k
from sklearn_fs.information._null import benjamini_hochberg
from sklearn_fs.information._relevance import score


class ScoreAttributes:
    """From the relevance of the columns to the attributes of :class:`OutRank`."""

    def _set_statistics(self, relevance, target, encoder):
        self.mutual_info_ = relevance.mutual_info
        self.expected_mutual_info_ = relevance.expected
        self.std_mutual_info_ = relevance.std
        self.entropy_ = relevance.entropy
        self.target_entropy_ = target.entropy
        self.cardinality_ = relevance.cardinality
        self.coverage_ = relevance.coverage
        self.pvalues_ = np.exp(relevance.log_p)
        self.z_scores_ = relevance.z
        self.kinds_ = encoder.kinds
        self.n_samples_seen_ = target.n
        # Attributes of another kind of target or option may be left from before.
        for name in (
            "classes_", "target_bin_edges_", "pvalues_adjusted_", "noise_scores_",
            "n_above_noise_",
        ):  # fmt: skip
            if hasattr(self, name):
                delattr(self, name)
        if target.classes is None:
            self.target_bin_edges_ = target.edges
        else:
            self.classes_ = target.classes
        if relevance.log_p_max_t is not None:
            self.pvalues_adjusted_ = np.exp(relevance.log_p_max_t)

    def _score(self, relevance, correction):
        return score(relevance, self.measure, correction, self.average_method)

    def _refuse_words(self, encoder):
        words = (encoder.kinds == "categorical") & (self.cardinality_ > 2)
        if words.any():
            raise ValueError(
                f"measure='pearson' needs columns that are numeric or have two values; "
                f"column {encoder.name(np.flatnonzero(words)[0])} is categorical with "
                f"{self.cardinality_[words][0]} values. Use measure='rfi', or leave "
                "such columns out."
            )

    def _select(self, log_p):
        """Order the columns and choose."""
        if self.significance_gate is None:
            order = np.argsort(-self.scores_, kind="stable")
        else:
            behind = self.pvalues_ > self.significance_gate
            order = np.lexsort((np.where(behind, log_p, -self.scores_), behind))
        self.order_ = order
        if self.n_features_to_select != "auto":
            k = resolve_k(self.n_features_to_select, len(order))
            self._set_support_from_order(order, k)
            return
        found = benjamini_hochberg(log_p, self.alpha_fdr)
        found[order[: self.min_features_to_select]] = True
        chosen_first = np.concatenate([order[found[order]], order[~found[order]]])
        self._set_support_from_order(chosen_first, int(found.sum()))
