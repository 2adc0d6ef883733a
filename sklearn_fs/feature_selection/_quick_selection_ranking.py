# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""From the trained network of QuickSelection to scores and a selection."""

import warnings

import numpy as np

from sklearn_fs._utils._top_k import resolve_k
from sklearn_fs.projection._span import sample_rows, span_walk


class RankingMixin:
    """What QuickSelection reads from its network, and the walk over the columns."""

    def _n_wanted(self, n_features):
        if self.n_features_to_select == "auto":
            return n_features // 2 or 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `_select` says it once
            return resolve_k(self.n_features_to_select, n_features)

    def _select(self, X):
        network, n_features = self._training, self.n_features_in_
        everything = self._importance(X)
        self.importances_ = everything[:n_features]
        self.coefs_ = [coef[:n_features] for coef in network.coefs()]
        biases = network.encoder.bias, network.decoder.bias[:n_features]
        self.intercepts_ = [bias.copy() for bias in biases]
        self.n_connections_ = sum(coef.nnz for coef in self.coefs_)
        automatic = self.n_features_to_select == "auto"
        scores = self.importances_.copy()
        k = self.n_features_to_select
        if self.redundancy == "span":
            scores, k = self._scores_with_span(X, scores)
        elif automatic:
            self.shadow_scores_ = everything[n_features:]
            beaten = (scores > self.shadow_scores_.max()) & ~self._constant
            k = max(1, int(beaten.sum()))
        # A constant column is never chosen before another one.
        scores[self._constant] = -1.0
        self.scores_ = scores
        self._set_support_from_scores(scores, k)

    def _importance(self, X):
        network, kind = self._training, self.importance
        if kind == "auto" and self.redundancy == "span":
            kind = "mutual"
        elif kind == "auto":
            kind = "accumulated" if self.strategy == "wast" else "strength"
        if kind == "accumulated":
            if self.strategy != "wast":
                raise ValueError(
                    "importance='accumulated' is collected by strategy='wast' only, "
                    f"got strategy={self.strategy!r}; use importance='strength'."
                )
            return network.accumulated_in.copy()
        if kind == "strength":
            return network.encoder.strength()
        rows = sample_rows(X.shape[0], 2000, self._seeds[2])
        mutual = kind == "mutual"
        return network.cross_importance(self._feed(X), rows, mutual=mutual)

    def _scores_with_span(self, X, importance):
        """Pick t has 2 - t / k, the rest its importance scaled to [0, 1)."""
        n_features = X.shape[1]
        automatic = self.n_features_to_select == "auto"
        n_steps = n_features if automatic else self._n_wanted(n_features)
        path = span_walk(
            X,
            self.mean_,
            self._walk_scale,
            n_steps,
            self.n_shadows,
            self._seeds[2],
            # A count of columns asks what they are worth to others.
            shared_unit=self._shared_unit and not automatic,
            # To count columns, the first beaten one is the end. To rank them on few
            # rows, one comparison may be bad luck.
            patience=1 if automatic else 3,
        )
        k = self.n_features_to_select
        if automatic:
            k = n_steps = max(1, len(path.order))
        self.n_spanned_ = len(path.order)
        self.span_gains_, self.shadow_scores_ = path.judged, path.chance
        importance = np.where(self._constant, 0.0, importance)
        largest = importance.max()
        scores = importance / (largest * (1 + 1e-9)) if largest > 0 else importance
        scores[path.order] = 2 - np.arange(len(path.order)) / n_steps
        return scores, k
