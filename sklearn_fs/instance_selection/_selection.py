# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rules that turn scores and a graph into chosen rows, class by class."""

import numpy as np

from sklearn_fs.instance_selection._greedy_fast import cover, suppress


def select_cover(graph, codes, quotas, trust):
    """Greedy coverage of every class by rows of its own.

    Parameters
    ----------
    graph : NeighborGraph
    codes : ndarray of shape (n_samples,), intp
    quotas : ndarray of shape (n_classes,)
    trust : ndarray of shape (n_samples,)
        Factor of what a row covers, at least 0.

    Returns
    -------
    kept : ndarray of intp
        By falling gain over all classes.
    gains : ndarray of float64
        What each kept row added when it was chosen.
    """
    n_samples = len(codes)
    covered, gain = np.zeros(n_samples), np.zeros(n_samples)
    kept, gains = [], []
    for code, quota in enumerate(quotas):
        members = np.flatnonzero(codes == code)
        heap = np.empty(len(members), dtype=np.intp)
        chosen, chosen_gain = np.empty(quota, dtype=np.intp), np.empty(quota)
        cover(
            *graph[:3],
            codes,
            trust,
            members,
            quota,
            covered,
            gain,
            heap,
            chosen,
            chosen_gain,
        )
        kept.append(chosen)
        gains.append(chosen_gain)
    kept, gains = np.concatenate(kept), np.concatenate(gains)
    order = np.argsort(-gains, kind="stable")
    return kept[order], gains[order]


def select_suppress(graph, codes, quotas, scores):
    """Best rows that are no neighbours of each other, filled up by score."""
    kept = []
    for members, quota in _classes(codes, quotas):
        order = members[np.argsort(-scores[members], kind="stable")]
        taken = np.zeros(len(codes), dtype=np.int32)
        suppress(graph.indptr, graph.indices, order, quota, taken)
        kept.append(np.flatnonzero(taken))
    return np.concatenate(kept)


def select_top(codes, quotas, scores):
    """The best scores of each class, ties by lowest index."""
    kept = [
        members[np.argsort(-scores[members], kind="stable")[:quota]]
        for members, quota in _classes(codes, quotas)
    ]
    return np.concatenate(kept)


def select_local_max(graph, codes, scores):
    """Rows without a strictly better neighbour of their class."""
    targets = np.repeat(np.arange(len(codes)), np.diff(graph.indptr))
    sources = graph.indices
    beaten = (codes[targets] == codes[sources]) & (scores[sources] > scores[targets])
    kept = np.ones(len(codes), dtype=bool)
    kept[targets[beaten]] = False
    return np.flatnonzero(kept)


def select_threshold(codes, n_classes, scores, threshold):
    """Scores at or above a number, or above a quantile of their class ("q0.96")."""
    if not isinstance(threshold, str):
        return np.flatnonzero(scores >= threshold)
    share = float(threshold[1:])
    cuts = [np.quantile(scores[codes == code], share) for code in range(n_classes)]
    return np.flatnonzero(scores >= np.array(cuts)[codes])


def vote_scores(graph, codes):
    """Weight of the neighbours of the own label over that of all; isolated rows 0.

    Returns
    -------
    votes : ndarray of shape (n_samples,), float64
    """
    own, total = neighbor_sums(graph, codes)
    return np.divide(own, total, out=np.zeros(len(own)), where=total > 0)


def neighbor_sums(graph, codes):
    """Weights of the own class, and of all, around each row."""
    targets = np.repeat(np.arange(len(codes)), np.diff(graph.indptr))
    same = codes[targets] == codes[graph.indices]
    n_samples = len(codes)
    own = np.bincount(targets, weights=graph.weights * same, minlength=n_samples)
    total = np.bincount(targets, weights=graph.weights, minlength=n_samples)
    return own, total


def _classes(codes, quotas):
    for code, quota in enumerate(quotas):
        yield np.flatnonzero(codes == code), quota
