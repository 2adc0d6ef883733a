# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What two or three columns say about the target together and none of them alone."""

from itertools import combinations, groupby
from operator import itemgetter

import numpy as np
from scipy import special
from sklearn.utils import check_random_state

from sklearn_fs.information._joint_columns import CERTAIN_Z, join_codes
from sklearn_fs.information._null import benjamini_hochberg

# Entries of joint codes that exist at one time.
_CELLS_AT_ONCE = 2**22
# Fewer pairs with the same first column are counted with those of other columns.
_FEW = 8


def find_interactions(
    pairs, order, *, interaction_order=2, max_interactions=2048, random_state=None
):
    """Synergy of pairs, and of triples, of columns.

    Parameters
    ----------
    pairs : PairStatistics
    order : ndarray of shape (n_features,)
        Columns, best first: where there are more pairs than `max_interactions`, half
        of the budget goes to pairs of the first columns and half to random ones.
    interaction_order : {2, 3}, default=2
        With 3 there are as many triples as pairs at most: extensions of the pairs of
        largest z, and random ones.
    max_interactions : int, default=2048
        Most pairs, and most triples, that are counted.
    random_state : None, int or RandomState

    Returns
    -------
    interactions : structured ndarray
        Fields i < j (< k, or -1 for a pair), joint, synergy (corrected, in nats) and
        z, by falling synergy. Combinations that only rename one of their members, or
        of their pairs, are left out.

    Notes
    -----
    The synergy of a pair is I(i, j; Y) - I(i; Y) - I(j; Y), each term corrected, that
    of a triple I(i, j, k; Y) minus the largest corrected information of a pair in it.
    Where the stronger member (or that pair) says something for itself, the correction
    is that of shuffles within its values.
    z divides by the root of the summed variances of the terms under shuffled labels.
    """
    random_state = check_random_state(random_state)
    finder = _Finder(pairs)
    chosen = _choose(order, 2, max_interactions, random_state)
    found = finder.pairs(chosen)
    if interaction_order == 3 and len(order) > 2:
        chosen = _choose_triples(order, found, max_interactions, random_state)
        found += finder.triples(chosen)
    fields = [("i", np.intp), ("j", np.intp)]
    fields += [("k", np.intp)] if interaction_order == 3 else []
    fields += [(name, np.float64) for name in ("joint", "synergy", "z")]
    rows = np.zeros(len(found), dtype=fields)
    for row, (members, joint, synergy, z) in zip(rows, found, strict=True):
        row["i"], row["j"] = members[:2]
        if interaction_order == 3:
            row["k"] = members[2] if len(members) == 3 else -1
        row["joint"], row["synergy"], row["z"] = joint, synergy, z
    return rows[np.argsort(-rows["synergy"], kind="stable")]


def significant_interactions(found, alpha):
    """Mask of the interactions with a positive synergy beyond doubt.

    Parameters
    ----------
    found : structured ndarray
        From :func:`find_interactions`.
    alpha : float
        Rate of false discoveries among all that were looked at.
    """
    discovered = benjamini_hochberg(special.log_ndtr(-found["z"]), alpha)
    return discovered & (found["synergy"] > 0.0)


def _choose(order, size, budget, random_state):
    """Sorted sets of columns within the budget: of the best, and random ones."""
    p = len(order)
    total = p * (p - 1) // 2 if size == 2 else p * (p - 1) * (p - 2) // 6
    if total <= budget:
        return list(combinations(range(p), size))
    best = 2
    while (best + 1) * best // 2 <= max(1, budget // 2):
        best += 1
    chosen = set(combinations(sorted(order[:best].tolist()), size))
    return sorted(_fill_up(chosen, p, size, budget, random_state))


def _fill_up(chosen, p, size, budget, random_state):
    while len(chosen) < budget:
        draws = random_state.randint(p, size=(budget, size))
        for draw in np.sort(draws, axis=1).tolist():
            if len(set(draw)) == size and len(chosen) < budget:
                chosen.add(tuple(draw))
    return chosen


def _choose_triples(order, found, budget, random_state):
    p = len(order)
    if p * (p - 1) * (p - 2) // 6 <= budget:
        return list(combinations(range(p), 3))
    chosen = set()
    # Pairs from the most surprising one on, each with the columns from the best on.
    for members, *_ in sorted(found, key=lambda row: -row[3])[: budget // 2]:
        for other in order[: max(1, budget // 64)].tolist():
            if other not in members and len(chosen) < budget // 2:
                chosen.add(tuple(sorted((*members, other))))
    return sorted(_fill_up(chosen, p, 3, budget, random_state))


class _Finder:
    """Counts joint columns; remembers the pairs for the triples."""

    def __init__(self, pairs):
        self.statistics = pairs
        self.variance = pairs.singles[1] ** 2
        self.known = {}

    def pairs(self, chosen):
        found = []
        self._count_pairs(chosen)
        for i, j in chosen:
            joint, variance, expected, n_rows = self.known[i, j]
            if self._only_renames((i, j), [(i,), (j,)], n_rows):
                continue
            synergy = self.statistics.synergy(i, j, joint, expected)
            variance = variance + self.variance[i] + self.variance[j]
            found.append(((i, j), joint, synergy, _z(synergy, variance)))
        return found

    def triples(self, chosen):
        parts = [pair for triple in chosen for pair in combinations(triple, 2)]
        self._count_pairs(sorted(set(parts) - self.known.keys()))
        self._count(chosen)
        found = []
        for triple in chosen:
            joint, variance, expected, n_rows = self.known[triple]
            inside = list(combinations(triple, 2))
            if self._only_renames(triple, inside, n_rows):
                continue
            pair = max(inside, key=self.known.__getitem__)
            best, best_variance, best_expected, _ = self.known[pair]
            synergy = joint - best
            if self.statistics.corrected and best > CERTAIN_Z * best_variance**0.5:
                (other,) = set(triple) - set(pair)
                more = self.statistics.expected_addition(
                    self.codes(pair), self.codes((other,))
                )
                synergy += expected - best_expected - more
            z = _z(synergy, variance + best_variance)
            found.append((triple, joint, synergy, z))
        return found

    def _only_renames(self, members, parts, n_rows):
        """Whether the joint column has as many values as a part of it."""
        if not self.statistics.drop_missing:
            return n_rows in [self._n_values(part) for part in parts]
        present = self.codes(members)[0] > 0
        return n_rows in [len(np.unique(self.codes(p)[0][present])) for p in parts]

    def _n_values(self, members):
        if len(members) > 1:
            return self.known[members][-1]
        if members not in self.known:
            self.known[members] = len(np.unique(self.codes(members)[0]))
        return self.known[members]

    def _count_pairs(self, chosen):
        """Pairs in rising order: many with the same first column together."""
        single = []
        for first, group in groupby(chosen, key=itemgetter(0)):
            columns = np.array([second for _, second in group], dtype=np.intp)
            if len(columns) < _FEW:
                single += [(first, second) for second in columns.tolist()]
                continue
            found = self.statistics.joint_relevance(first, columns)
            for second, joint, std, *rest in zip(columns, *found, strict=True):
                self.known[first, int(second)] = joint, std**2, *rest
        self._count(single)

    def _count(self, chosen):
        table = self.statistics.table
        n = table.n_samples
        width = max(1, _CELLS_AT_ONCE // max(1, n))
        for begin in range(0, len(chosen), width):
            part = chosen[begin : begin + width]
            codes = np.empty((len(part), n), dtype=np.uint32)
            n_codes = np.empty(len(part), dtype=np.int64)
            for i, members in enumerate(part):
                codes[i], n_codes[i] = self.codes(members)
            found = self.statistics.relevance_of(codes, n_codes)
            for members, joint, std, *rest in zip(part, *found, strict=True):
                self.known[members] = joint, std**2, *rest

    def codes(self, members):
        """Codes of a joint column and their number."""
        codes, n_codes = self.statistics.table.column(members[0])
        for column in members[1:]:
            codes, n_codes = join_codes(
                codes, n_codes, *self.statistics.table.column(column),
                self.statistics.drop_missing,
            )  # fmt: skip
        return codes, n_codes


def _z(synergy, variance):
    return synergy / np.sqrt(variance) if variance > 0 else 0.0
