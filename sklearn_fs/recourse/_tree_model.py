# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a reader says about a model, and the margin that follows from it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sklearn_fs.recourse._goals import (
    LINK_DIVIDE,
    LINK_NONE,
    LINK_SOFTMAX,
    RULE_CUT,
    RULE_LARGEST,
    RULE_SHARE,
    Cut,
    monotone_cut,
)
from sklearn_fs.recourse._tree_margin import TreeMargin
from sklearn_fs.recourse._tree_table import TreeTable


@dataclass
class TreeModel:
    """Trees and what the library does with their sums.

    Attributes
    ----------
    table : TreeTable
    n_features : int
    classes : ndarray or None
        None for a regressor.
    link : int
        From sums to shares of classes, where there are several sums.
    divisor : float
        For `LINK_DIVIDE`.
    links_before_choice : bool
        Whether `predict` compares the shares or the sums.
    chosen : callable
        With one sum: whether `predict` says the second class.
    share : callable
        With one sum: the share of the second class, in the library's precision.
    value : callable or None
        For a regressor: from the sum to the prediction.
    """

    table: TreeTable
    n_features: int
    classes: np.ndarray | None
    link: int = LINK_NONE
    divisor: float = 1.0
    links_before_choice: bool = True
    chosen: Callable | None = None
    share: Callable | None = None
    value: Callable | None = None

    def margin(self, wish):
        """The `TreeMargin` for a wish, or None where no exact rule is known."""
        n_outputs = self.table.n_outputs
        if self.classes is None:
            value = self.value or (lambda raw: raw)
            if self.link == LINK_DIVIDE:
                return self._cut(
                    lambda raw: (raw / self.divisor >= wish.threshold) == wish.wanted
                )
            return self._cut(lambda raw: (value(raw) >= wish.threshold) == wish.wanted)
        if n_outputs == 1:
            return self._one_sum(wish)
        if wish.response != "predict_proba" and wish.threshold is not None:
            return None
        if wish.threshold is None:
            target = wish.target
            if not wish.wanted:
                if n_outputs > 2:
                    return None
                target = 1 - target
            return self._make(
                RULE_LARGEST,
                target=target,
                link=self.link if self.links_before_choice else LINK_NONE,
            )
        if self.link == LINK_DIVIDE:
            table = self.table
            alone = replace(
                table,
                outputs=np.zeros_like(table.outputs),
                values=np.ascontiguousarray(table.values[:, [wish.target]]),
                base=table.base[[wish.target]],
            )
            return replace(self, table=alone)._cut(
                lambda raw: (raw / self.divisor >= wish.threshold) == wish.wanted
            )
        if self.link == LINK_SOFTMAX and wish.wanted:
            cut = Cut(1.0, float(wish.threshold))
            return self._make(RULE_SHARE, target=wish.target, link=self.link, cut=cut)
        return None

    def _one_sum(self, wish):
        if wish.threshold is None:
            return self._cut(
                lambda raw: (self.chosen(raw) == bool(wish.target)) == wish.wanted
            )
        if wish.response == "decision_function":
            sign = 1.0 if wish.target else -1.0
            return self._cut(lambda raw: (sign * raw >= wish.threshold) == wish.wanted)

        def wanted(raw):
            share = self.share(raw)
            share = share if wish.target else type(share.flat[0])(1) - share
            return (share >= wish.threshold) == wish.wanted

        return self._cut(wanted)

    def _cut(self, condition):
        return self._make(RULE_CUT, cut=monotone_cut(condition))

    def _make(self, rule, **options):
        # The margin writes into the nodes: readers may hand out one model twice.
        table = replace(self.table, nodes=self.table.nodes.copy())
        return TreeMargin(table, self.n_features, rule, divisor=self.divisor, **options)


def sides_of_categories(known, goes_left, missing_left):
    """Cells of a split which compares a value with listed numbers exactly.

    Parameters
    ----------
    known : ndarray of shape (n_known,)
        Ascending. Any other value goes where missing values go.
    goes_left : ndarray of shape (n_known,), dtype bool
    missing_left : bool

    Returns
    -------
    ends, sides : ndarray
        See `TreeBuilder._split_cells`.
    """
    known = np.asarray(known, dtype=np.float64)
    ends = np.empty(2 * len(known))
    ends[0::2] = np.nextafter(known, -np.inf)
    ends[1::2] = known
    sides = np.full(2 * len(known) + 1, missing_left)
    sides[1::2] = goes_left
    return ends, sides


def sides_of_codes(listed, listed_left, ends_of):
    """Cells of a split on whole numbers, to which a value is cut off.

    Parameters
    ----------
    listed : array-like of int
        Codes which go one way; any other value, negative ones too, goes the other.
    listed_left : bool
        Which way.
    ends_of : callable
        From codes c to the largest values that are below c after the cut.

    Returns
    -------
    ends, sides : ndarray
        See `TreeBuilder._split_cells`.
    """
    listed = np.unique(np.asarray(listed, dtype=np.int64))
    bounds = np.unique(np.concatenate([listed, listed + 1]))
    sides = np.full(len(bounds) + 1, not listed_left)
    sides[np.searchsorted(bounds, listed) + 1] = listed_left
    return ends_of(bounds.astype(np.float64)), sides


def hole(cut, below, top, default_left):
    """Cells of `z <= cut` where values above `below`, up to `top`, go elsewhere.

    Parameters
    ----------
    cut, below, top : float
    default_left : bool
        Where they go.

    Returns
    -------
    ends, sides : ndarray
        See `TreeBuilder._split_cells`.
    """
    ends = np.unique([cut, below, top])
    inside = (ends > below) & (ends <= top)
    sides = np.where(inside, default_left, ends <= cut)
    return ends, np.append(sides, False)
