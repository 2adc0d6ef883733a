# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the kernels need to know about a table of trees before they start."""

import numpy as np


def rank_thresholds(nodes, n_features):
    """Sorted distinct thresholds of each column; writes `nodes["rank"]`.

    Returns
    -------
    cuts : list of ndarray
        One a column, ascending.
    """
    feature = nodes["feature"]
    order = np.argsort(feature, kind="stable")
    starts = np.searchsorted(feature[order], np.arange(n_features + 1))
    cuts = []
    for column in range(n_features):
        here = order[starts[column] : starts[column + 1]]
        values, ranks = np.unique(nodes["threshold"][here], return_inverse=True)
        nodes["rank"][here] = ranks
        cuts.append(values)
    return cuts


def trees_with(table, n_features):
    """Which tree a node belongs to, and which trees ask about which columns.

    Returns
    -------
    tree_of : ndarray of shape (n_nodes,)
    uses : ndarray of shape (n_trees, n_features), dtype bool
    """
    n_nodes = len(table.nodes)
    sizes = np.diff(np.append(table.roots, n_nodes))
    tree_of = np.repeat(np.arange(len(sizes)), sizes)
    uses = np.zeros((len(sizes), n_features), dtype=bool)
    inner = table.nodes["feature"] >= 0
    uses[tree_of[inner], table.nodes["feature"][inner]] = True
    return tree_of, uses


def deepest(table):
    """Nodes on the longest path of any tree."""
    nodes = table.nodes
    level = np.unique(table.roots)
    depth = 0
    while len(level):
        depth += 1
        level = level[nodes["feature"][level] >= 0]
        level = np.unique(np.concatenate([nodes["left"][level], nodes["right"][level]]))
    return depth


def sums_are_exact(table, fast, tree_of, leaves, fast_base):
    """Whether no sum can be rounded, and else how far sums may be from each other.

    Leaves of forests are often whole numbers or halves; sums of such dyadic
    fractions are exact in any order, and a tie is then a tie without a doubt.

    Parameters
    ----------
    table : TreeTable
    fast : ndarray of shape (n_leaves, n_columns)
        What the fast sums add, by number of the leaf.
    tree_of : ndarray of shape (n_nodes,)
    leaves : ndarray
        Nodes which are leaves.
    fast_base : ndarray

    Returns
    -------
    exact : bool
    error : float
        Bound of the distance between a fast sum and the sum of the model.
    """
    magnitude = np.abs(np.concatenate([table.values, fast], axis=1)).max(axis=1)
    largest = np.zeros(len(table.roots))
    np.maximum.at(largest, tree_of[leaves], magnitude[table.nodes["left"][leaves]])
    start = np.abs(np.concatenate([table.base, fast_base])).max()
    total = largest.sum() + start
    scaled = (
        np.concatenate([table.values.ravel(), fast.ravel(), table.base, fast_base])
        * 2.0**20
    )
    # A float32 sum has 24 bits, a float64 sum 53; 20 of them are behind the point.
    limit = 2.0**3 if table.single else 2.0**31
    exact = bool(total < limit and np.all(scaled == np.rint(scaled)))
    n_trees, n_nodes = len(largest), len(table.nodes)
    # A walk adds two ends of each interval of a column, on top of the trees
    # themselves; a node cuts one interval in two, and every partial sum is at most
    # four times `total`.
    walk = 2.0**-53 * (4 * n_nodes + 4 * n_trees + 8) * 4.0 * total
    model = 2.0**-24 * (n_trees + 2) * total if table.single else 0.0
    return exact, walk + model
