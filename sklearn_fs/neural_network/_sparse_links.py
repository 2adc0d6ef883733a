# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The links of a sparse layer and their evolution.

A link joins visible unit i and hidden unit j and has the key i * n_hidden + j. Keys
are kept sorted, which is CSR over the visible units; no mask over all positions ever
exists, so that memory and time follow the links.
"""

import numpy as np


def draw_absent(keys, n_positions, n_draws, random_state):
    """Draw distinct positions that hold no link, uniformly.

    Absent positions are numbered in rising order; number q sits at position
    q + #{t : keys[t] - t <= q}, because `keys[t] - t` absent ones lie before the t-th
    link. So distinct numbers are drawn and mapped, without rejection.

    Parameters
    ----------
    keys : ndarray of int64
        Sorted keys of the present links.
    n_positions : int
        Number of positions in all.
    n_draws : int
        At most the number of absent positions.
    random_state : RandomState

    Returns
    -------
    drawn : ndarray of shape (n_draws,), dtype int64, sorted
    """
    ranks = draw_distinct(n_positions - len(keys), n_draws, random_state)
    return absent_positions(keys, ranks)


def absent_positions(keys, ranks):
    """Positions of the absent links with the given numbers, see `draw_absent`."""
    before = keys - np.arange(len(keys))
    return ranks + np.searchsorted(before, ranks, side="right")


def draw_distinct(n_items, n_draws, random_state):
    """Sorted distinct integers below `n_items`, uniformly, in O(n_draws log n_draws).

    Few draws out of many items: draw, drop duplicates, top up; then a uniform subset
    of the right size is what is left after the surplus is removed at random.
    """
    if n_draws > n_items // 4:
        return np.sort(random_state.permutation(n_items)[:n_draws]).astype(np.int64)
    drawn = np.empty(0, dtype=np.int64)
    while len(drawn) < n_draws:
        more = random_state.randint(0, n_items, n_draws + 16, dtype=np.int64)
        drawn = np.sort(np.concatenate([drawn, more]))
        # numpy's unique hashes and is many times slower than this.
        drawn = drawn[np.concatenate([[True], drawn[1:] != drawn[:-1]])]
    surplus = len(drawn) - n_draws
    if surplus:
        keep = np.ones(len(drawn), dtype=bool)
        keep[random_state.choice(len(drawn), surplus, replace=False)] = False
        drawn = drawn[keep]
    return drawn


def near_zero(values, share):
    """Mask of the links to remove: the share nearest to zero of either sign.

    Exactly floor(share * count) positive and floor(share * count) negative values,
    and all exact zeros.
    """
    drop = values == 0
    for side in (np.flatnonzero(values > 0), np.flatnonzero(values < 0)):
        n_drop = int(share * len(side))
        if n_drop:
            nearest = np.argpartition(np.abs(values[side]), n_drop - 1)[:n_drop]
            drop[side[nearest]] = True
    return drop


def grow_by_importance(keys, n_hidden, importance, n_new, random_state):
    """Absent positions of the most important visible units, row after row.

    Rows are filled completely, the most important first; what is left of the quota
    takes random positions of the last row.

    Parameters
    ----------
    keys : ndarray of int64
        Sorted keys of the present links.
    n_hidden : int
        Length of a row of positions.
    importance : ndarray of shape (n_visible,)
        Ties go to the first unit.
    n_new : int
        At most the number of absent positions.
    random_state : RandomState

    Returns
    -------
    new : ndarray of shape (n_new,), dtype int64, sorted
    """
    order = np.argsort(-importance, kind="stable")
    taken = np.bincount(keys // n_hidden, minlength=len(importance))
    room = np.cumsum(n_hidden - taken[order])
    rows = order[: int(np.searchsorted(room, n_new)) + 1]
    place = np.full(len(importance), -1)
    place[rows] = np.arange(len(rows))
    absent = np.ones((len(rows), n_hidden), dtype=bool)
    inside = place[keys // n_hidden]
    absent[inside[inside >= 0], keys[inside >= 0] % n_hidden] = False
    at_row, at_hidden = np.nonzero(absent)
    surplus = len(at_row) - n_new
    if surplus > 0:
        last = np.flatnonzero(at_row == len(rows) - 1)
        keep = np.ones(len(at_row), dtype=bool)
        keep[random_state.choice(last, surplus, replace=False)] = False
        at_row, at_hidden = at_row[keep], at_hidden[keep]
    return np.sort(rows[at_row].astype(np.int64) * n_hidden + at_hidden)


class SparseLayer:
    """Links between `n_visible` and `n_hidden` units, with weight and velocity.

    Parameters
    ----------
    n_visible, n_hidden : int
        Number of units on either side.
    keys : ndarray of int64
        Sorted keys of the links.
    weights : ndarray
        Their weights.
    bias : ndarray
        Bias of the layer's output units.

    Attributes
    ----------
    indptr : ndarray of shape (n_visible + 1,), dtype int64
        Links of visible unit i are `indptr[i]` to `indptr[i + 1]`.
    indices : ndarray of shape (n_links,), dtype int32
        Their hidden units.
    velocity, bias_velocity : ndarray
        Momentum of the weights and of the bias.
    """

    def __init__(self, n_visible, n_hidden, keys, weights, bias):
        self.n_visible, self.n_hidden = n_visible, n_hidden
        self._set_keys(keys)
        self.weights = weights
        self.velocity = np.zeros_like(weights)
        self.bias = bias
        self.bias_velocity = np.zeros_like(bias)

    def _set_keys(self, keys):
        self.keys = keys
        counts = np.bincount(keys // self.n_hidden, minlength=self.n_visible)
        self.indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.indices = (keys % self.n_hidden).astype(np.int32)

    @property
    def n_positions(self):
        return self.n_visible * self.n_hidden

    def visible_of_links(self):
        """The visible unit of every link."""
        return np.repeat(np.arange(self.n_visible), np.diff(self.indptr))

    def strength(self):
        """Sum of the absolute weights of each visible unit, in float64."""
        weights = np.abs(self.weights.astype(np.float64))
        return np.bincount(
            self.visible_of_links(), weights=weights, minlength=self.n_visible
        )

    def replace(self, drop, grow, new_weights):
        """Remove links and add as many others; the survivors keep their velocity.

        Parameters
        ----------
        drop : ndarray of bool of shape (n_links,)
            Links to remove.
        grow : callable
            `grow(kept_keys, n_new)` returns sorted absent keys.
        new_weights : callable
            `new_weights(n)` returns the weights of the new links.

        Returns
        -------
        n_replaced : int
        """
        n_new = int(drop.sum())
        if n_new:
            new_keys = grow(self.keys[~drop], n_new)
            self.resize(~drop, new_keys, new_weights(n_new))
        return n_new

    def resize(self, kept, new_keys, new_weights=0):
        """Keep some links and add others, without momentum.

        Parameters
        ----------
        kept : ndarray of bool of shape (n_links,)
            Links that stay.
        new_keys : ndarray of int64
            Sorted keys of links that do not exist.
        new_weights : ndarray or float, default=0
            Their weights.
        """
        kept = np.flatnonzero(kept)
        kept_keys = self.keys[kept]
        n_links = len(kept) + len(new_keys)
        # Merge two sorted lists: where each new key lands, the rest keeps its order.
        landing = np.searchsorted(kept_keys, new_keys) + np.arange(len(new_keys))
        is_old = np.ones(n_links, dtype=bool)
        is_old[landing] = False
        old = np.flatnonzero(is_old)
        keys = np.empty(n_links, dtype=self.keys.dtype)
        weights = np.empty(n_links, dtype=self.weights.dtype)
        velocity = np.zeros(n_links, dtype=self.velocity.dtype)
        keys[landing], keys[old] = new_keys, kept_keys
        weights[landing], weights[old] = new_weights, self.weights[kept]
        velocity[old] = self.velocity[kept]
        self._set_keys(keys)
        self.weights, self.velocity = weights, velocity
