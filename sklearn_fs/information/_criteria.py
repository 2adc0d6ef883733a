# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Greedy rankings: relevance, less what is known already, plus what fits together.

After each pick only the pairs of that pick with the columns that are left are counted:
k p pairs for k picks, never all of them.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import special

CRITERIA = {"mim", "3mr", "mrmr", "jmi", "cmim"}
# Values of the criterion up to this are 0 with rounding.
TOLERANCE = 1e-9
AGGREGATIONS = {"max", "mean", "median", "sum"}


@dataclass
class Settings:
    """What a criterion is made of; the parameters of OutRank of the same names."""

    criterion: str
    redundancy_weight: float = 1.0
    relation_weight: float = 1.0
    redundancy_scale: str = "unit"
    aggregation: str = "max"
    relation: str = "synergy"
    significance_gate: float | None = 1e-3

    @property
    def wants_redundancy(self):
        """Whether columns are compared with each other."""
        return self.criterion in ("3mr", "mrmr") and self.redundancy_weight != 0

    @property
    def wants_relation(self):
        """Whether columns are joined and compared with the target."""
        if self.criterion == "3mr":
            return self.relation_weight != 0
        return self.criterion in ("jmi", "cmim")

    @property
    def z_gate(self):
        """Standard deviations that a conditional term needs to count."""
        if self.significance_gate is None:
            return 0.0
        return -special.ndtri(self.significance_gate)


@dataclass
class PairRows:
    """Rows of a matrix of pairs, kept for those columns that were picked."""

    n_features: int
    rows: dict = field(default_factory=dict)

    def matrix(self):
        """All pairs, NaN where nothing was computed; symmetric."""
        full = np.full((self.n_features, self.n_features), np.nan)
        for pivot, (columns, values) in self.rows.items():
            full[pivot, columns] = full[columns, pivot] = values
        return full


@dataclass
class Ranking:
    """What a greedy ranking found."""

    order: np.ndarray  # (n_features,) best first
    n_useful: int  # first columns that are significant and add something
    redundancy: PairRows
    relation: PairRows


class Aggregate:
    """Terms of each column with the columns that were picked, added one by one."""

    def __init__(self, how, n_features):
        self.how = how
        self.value = np.zeros(n_features)
        self.n_terms = 0
        self.terms = []

    def add(self, columns, terms):
        """One more pick."""
        self.n_terms += 1
        if self.how == "max":
            first = self.n_terms == 1
            old = -np.inf if first else self.value[columns]
            self.value[columns] = np.maximum(old, terms)
        elif self.how == "min":
            old = np.inf if self.n_terms == 1 else self.value[columns]
            self.value[columns] = np.minimum(old, terms)
        elif self.how == "median":
            row = np.zeros(len(self.value))
            row[columns] = terms
            self.terms.append(row)
            stack = np.array([row[columns] for row in self.terms])
            self.value[columns] = np.median(stack, axis=0)
        elif self.how == "sum":
            self.value[columns] += terms
        else:
            old = self.value[columns]
            self.value[columns] = old + (terms - old) / self.n_terms


def rank_by_criterion(
    pairs, relevance, significant, settings, n_picks=None, potential=None
):
    """Order columns by a criterion, greedily.

    A significant column that adds something (criterion above 0) goes before all that
    do not; in each of the two groups the largest criterion is next, and ties go to the
    column that is first in the table.

    Parameters
    ----------
    pairs : PairStatistics
        What is known of pairs of columns; see its methods.
    relevance : ndarray of shape (n_features,)
        Corrected information as a share of the target's entropy.
    significant : ndarray of shape (n_features,), dtype bool
        Columns beyond doubt.
    settings : Settings
    n_picks : int, default=None
        Picks after which the rest is ordered as it stands. None: as many as are
        significant and add something.
    potential : ndarray of shape (n_features,), default=None
        For "3mr": relation that is known beforehand of each column with its best
        partner, as a share of the target's entropy.

    Returns
    -------
    ranking : Ranking

    Notes
    -----
    O(n p k) for k picks.
    """
    criterion = _Criterion(pairs, relevance, settings, potential)
    p = len(relevance)
    left = np.ones(p, dtype=bool)
    picks, n_useful = [], 0
    limit = p if n_picks is None else min(n_picks, p)
    while len(picks) < limit:
        values = criterion.values()
        useful = left & significant & (values > TOLERANCE)
        if useful.any():
            n_useful += 1
        elif n_picks is None:
            break
        group = useful if useful.any() else left
        group = np.flatnonzero(group)
        best = int(group[np.argmax(values[group])])
        picks.append(best)
        left[best] = False
        if len(picks) < limit:
            criterion.add(best, np.flatnonzero(left))
    rest = np.flatnonzero(left)
    values = criterion.values()[rest]
    behind = ~(significant[rest] & (values > TOLERANCE))
    order = np.concatenate([picks, rest[np.lexsort((-values, behind))]])
    return Ranking(
        order.astype(np.intp), n_useful, criterion.redundancy, criterion.relation
    )


class _Criterion:
    """The value of each column, given what was picked so far."""

    def __init__(self, pairs, relevance, settings, potential):
        self.pairs = pairs
        self.relevance = relevance
        self.settings = settings
        p = len(relevance)
        how = settings.aggregation if settings.criterion == "3mr" else "mean"
        self.redundant = Aggregate(how, p)
        if settings.criterion == "cmim":
            how = "min"
        self.related = Aggregate(how, p)
        self.potential = np.zeros(p) if potential is None else potential
        self.redundancy, self.relation = PairRows(p), PairRows(p)
        # Renamings of a pick. On the unit scale the copy of the strongest column would
        # stand at 0, in the middle of the noise.
        self.copies = np.zeros(p, dtype=bool)
        self.copies_last = (
            settings.criterion == "3mr"
            and settings.redundancy_scale == "unit"
            and settings.aggregation == "max"
            and settings.redundancy_weight >= 1.0
        )
        top = relevance.max(initial=0.0)
        unit = settings.redundancy_scale == "unit" and settings.wants_redundancy
        self.scale = 1.0 / top if unit and top > 0.0 else 1.0

    def values(self):
        """The criterion for all columns."""
        if self.settings.criterion in ("jmi", "cmim"):
            if not self.related.n_terms:
                return self.relevance
            if self.settings.criterion == "jmi":
                return self.related.value
            return np.minimum(self.relevance, self.related.value)
        value = self.scale * self.relevance
        if self.settings.wants_redundancy:
            value = value - self.settings.redundancy_weight * self.redundant.value
        if self.settings.criterion == "3mr" and self.settings.wants_relation:
            weight = self.settings.relation_weight * self.scale
            value = value + weight * np.maximum(self.related.value, self.potential)
        if self.copies_last:
            value = np.where(self.copies, -np.inf, value)
        return value

    def add(self, pick, columns):
        """Count the pairs of a pick with the columns that are left."""
        # Counting the joint columns counts the pairs as well, so this comes first.
        if self.settings.wants_relation:
            terms = self._related(pick, columns) / self.pairs.target_entropy
            self.relation.rows[pick] = columns, terms
            self.related.add(columns, terms)
        if self.settings.wants_redundancy:
            ami = self.pairs.redundancy(pick, columns)
            self.redundancy.rows[pick] = columns, ami
            self.copies[columns[ami >= 1.0 - TOLERANCE]] = True
            terms = np.clip(ami, 0.0, 1.0)
            if self.settings.redundancy_scale == "relevance":
                stake = np.minimum(self.relevance[pick], self.relevance[columns])
                terms = terms * np.maximum(stake, 0.0)
            self.redundant.add(columns, terms)

    def _related(self, pick, columns):
        """Terms in nats; what chance alone may have given counts nothing."""
        joint, std, expected, _ = self.pairs.joint_relevance(pick, columns)
        if self.settings.relation == "joint" and self.settings.criterion == "3mr":
            return joint
        single, single_std, _ = self.pairs.singles
        synergy = joint - single[pick] - single[columns]
        variance = std**2 + single_std[pick] ** 2 + single_std[columns] ** 2
        least = self.settings.z_gate * np.sqrt(variance)
        for t in np.flatnonzero(synergy > least):
            synergy[t] = self.pairs.synergy(pick, columns[t], joint[t], expected[t])
        synergy = np.where(np.abs(synergy) <= least, 0.0, synergy)
        if self.settings.criterion == "3mr":
            return np.maximum(synergy, 0.0)
        # Information about the target that the pick does not have, I(f; Y | pick).
        return single[columns] + synergy
