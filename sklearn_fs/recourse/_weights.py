# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Weights of changes."""

import numpy as np


class ChangeWeights:
    """How much each change of a column counts.

    Parameters
    ----------
    kind : {"uniform", "distance", "data"} or callable
    action_set : ActionSet
    Z : ndarray of shape (n_samples, n_features)
        Training rows as numbers.
    """

    def __init__(self, kind, action_set, Z):
        self.kind = kind
        self.names = action_set.feature_names
        self.is_category = [f.kind == "categorical" for f in action_set]
        self.labels = [
            f.values if f.kind == "categorical" else None for f in action_set
        ]
        self.scales = np.array([_scale(column) for column in Z.T])
        self.counts = {}
        if kind == "data":
            for j, column in enumerate(Z.T):
                self.counts[j] = np.unique(
                    column[~np.isnan(column)], return_counts=True
                )

    def __call__(self, j, start, new):
        """Weights of changes of column j from `start` to `new`."""
        if self.kind == "uniform":
            return np.ones(len(new))
        if self.kind == "distance":
            if self.is_category[j]:
                return np.full(len(new), 0.5)
            distance = np.nan_to_num(np.abs(new - start), nan=self.scales[j])
            return 1.0 / (1.0 + distance / self.scales[j])
        if self.kind == "data":
            values, counts = self.counts[j]
            place = np.minimum(np.searchsorted(values, new), max(len(values) - 1, 0))
            if len(values) == 0:
                return np.ones(len(new))
            return np.where(values[place] == new, counts[place], 0) + 1.0
        weights = np.empty(len(new))
        # One call for each present value.
        known = np.nan_to_num(start, nan=np.inf)
        for value in np.unique(known):
            mine = known == value
            own = start[mine][0]
            weights[mine] = self._called(j, own, new[mine])
        return weights

    def _called(self, j, own, new):
        labels = self.labels[j]
        if labels is not None:
            own = None if np.isnan(own) else labels[int(own)]
            new = np.array([labels[int(v)] for v in new], dtype=object)
        found = np.asarray(self.kind(self.names[j], own, new), dtype=np.float64)
        if found.shape != (len(new),) or not (found >= 0).all():
            raise ValueError(
                f"weights({self.names[j]!r}, ...) must return one number >= 0 for each "
                f"of {len(new)} values, got {found!r}."
            )
        return found


def _scale(column):
    column = column[~np.isnan(column)]
    if len(column) == 0:
        return 1.0
    low, high = np.percentile(column, [25, 75])
    scale = high - low
    if not scale > 0:
        scale = column.std()
    return float(scale) if scale > 0 else 1.0
