# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The joint search in trees: what its kernel gets, and what it says."""

import numpy as np

from sklearn_fs.recourse._joint_search_fast import search_people

# What the kernel writes for a person, see `_joint_search_fast.pyx`.
NOTHING, REACHED = 0, 1


def search_trees(margin, X, blocks, key_of, budget, *, n_threads=1):
    """Whether the states of all blocks together reach the goal, for people.

    Parameters
    ----------
    margin : TreeMargin
    X : ndarray of shape (n_people, n_features)
        As the margin takes them.
    blocks : list of BlockStates
    key_of : list of ndarray of shape (n_people,)
        Which of the keys of each block people have.
    budget : int
        States that may be looked at for one person.
    n_threads : int, default=1

    Returns
    -------
    reached : ndarray of shape (n_people,), dtype bool
        People for whom a state was found that reaches the goal.
    proven : ndarray of shape (n_people,), dtype bool
        People for whom none of the states does.
    """
    X = np.ascontiguousarray(X, dtype=np.float64)
    found = np.full(len(X), NOTHING, dtype=np.uint8)
    if len(X):
        first_key = np.cumsum([0] + [len(block.keys) for block in blocks])
        keys = np.stack([own + k for own, k in zip(key_of, first_key, strict=False)], 1)
        states = [
            np.vstack([now, finals])
            for block in blocks
            for now, finals in zip(block.keys, block.finals, strict=True)
        ]
        count = np.array([len(one) for one in states], dtype=np.intp)
        widths = np.array([one.shape[1] for one in states])
        search_people(
            *margin.arrays(),
            X,
            np.concatenate([block.columns for block in blocks]).astype(np.intp),
            np.cumsum([0] + [len(block.columns) for block in blocks]).astype(np.intp),
            margin.asks_about([block.columns for block in blocks]),
            _starts(count * widths),
            count,
            np.concatenate([one.ravel() for one in states]),
            _starts(widths),
            np.concatenate([block.low.ravel() for block in blocks]),
            np.concatenate([block.high.ravel() for block in blocks]),
            np.ascontiguousarray(keys, dtype=np.intp),
            _open_ended(margin, X, blocks, key_of),
            budget,
            found,
            n_threads,
        )
    return found == REACHED, found == NOTHING


def _starts(sizes):
    return (np.cumsum(sizes) - sizes).astype(np.intp)


def _open_ended(margin, X, blocks, key_of):
    """Blocks in which a missing value may stay missing, of which boxes know nothing."""
    open_ended = np.zeros((len(X), len(blocks)), dtype=np.uint8)
    for b, (block, own) in enumerate(zip(blocks, key_of, strict=True)):
        used = margin.columns_used[block.columns]
        missing = np.isnan(X[:, block.columns]) & ~np.isnan(block.low[own])
        open_ended[:, b] = (missing & used).any(axis=1)
    return open_ended
