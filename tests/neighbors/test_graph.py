# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Neighbour graphs: structure, weights and recall."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.neighbors import NearestNeighbors, kneighbors_graph
from sklearn_fs.neighbors._csr_fast import restrict, symmetrize

from sklearn_fs.neighbors._graph import neighbor_graph
from sklearn_fs.neighbors._partitions import (
    hash_buckets,
    projection_tree,
    stratified_batches,
    windows,
)
from sklearn_fs.neighbors._points import Points

GRAPHS = [
    "knn",
    "batch",
    "chunk",
    "lsh",
    "lsh_multi_level",
    "lsh_multi_view",
    "rp_forest",
]


def _data(n=1500, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 5)), rng.integers(0, 3, n)


def _build(X, codes, graph, **params):
    rng = np.random.RandomState(params.pop("seed", 0))
    params = {"batch_size": 300, **params}
    points = Points(X, standardize=False)
    return neighbor_graph(points, codes, graph=graph, rng=rng, **params)


def _dense(graph):
    n = len(graph.indptr) - 1
    return sparse.csr_array(graph[:3][::-1], shape=(n, n)).toarray()


@pytest.mark.parametrize("graph", GRAPHS)
def test_graph_is_symmetric_and_simple(graph):
    X, codes = _data()
    built = _build(X, codes, graph)
    matrix = _dense(built)
    assert_array_equal(matrix, matrix.T)
    assert_array_equal(np.diagonal(matrix), 0)
    assert (built.weights > 0).all() and (built.weights <= 1).all()
    for start, end in zip(built.indptr[:-1], built.indptr[1:], strict=True):
        assert (np.diff(built.indices[start:end]) > 0).all()
    covered = np.unique(np.concatenate(built.batches))
    assert_array_equal(covered, np.arange(len(X)))
    again = _build(X, codes, graph, n_jobs=2)
    assert_array_equal(built.indices, again.indices)
    assert_array_equal(built.weights, again.weights)


def test_recall_is_in_the_expected_order():
    X, codes = _data(2000)
    exact = _dense(_build(X, codes, "knn")) > 0

    def recall(graph):
        return (_dense(_build(X, codes, graph)) > 0)[exact].mean()

    assert recall("batch") < recall("lsh") < recall("lsh_multi_view")
    assert recall("lsh_multi_view") < recall("rp_forest")
    assert recall("rp_forest") > 0.8


def test_weights():
    X = np.array([[0.0], [1.0], [3.0], [7.0]])
    codes = np.zeros(4, dtype=np.intp)
    matrix = _dense(_build(X, codes, "knn", n_neighbors=1))
    # Edges of length 1, 2 and 4, each in both directions: the median is 2.
    lengths = {(0, 1): 1, (1, 2): 2, (2, 3): 4}
    expected = np.zeros((4, 4))
    for (i, j), length in lengths.items():
        expected[i, j] = expected[j, i] = np.exp(-(length**2) / 8)
    assert_allclose(matrix, expected, rtol=1e-6)
    local = _dense(_build(X, codes, "knn", n_neighbors=1, bandwidth="local"))
    assert_allclose(local[1, 2], np.exp(-4 / (2 * 1 * 2)), rtol=1e-6)


def test_edge_drop_and_min_weight():
    X, codes = _data()
    full = _build(X, codes, "knn")
    half = _dense(_build(X, codes, "knn", edge_drop=0.5))
    assert_array_equal(half, half.T)
    assert 0.45 < np.count_nonzero(half) / len(full.weights) < 0.55
    strong = _build(X, codes, "knn", min_weight=0.5)
    assert len(strong.weights) == np.count_nonzero(full.weights >= 0.5)


def test_searches_of_the_user():
    X, codes = _data(300)
    expected = _dense(_build(X, codes, "knn", n_neighbors=6))
    foreign = [
        NearestNeighbors(algorithm="kd_tree"),
        kneighbors_graph(X, 6, mode="distance"),
    ]
    for graph in foreign:
        got = _dense(_build(X, codes, graph, n_neighbors=6))
        assert_allclose(got, expected, rtol=1e-5)
    with pytest.raises(ValueError, match="one row and one column for each"):
        _build(X[:-1], codes[:-1], foreign[1])


def test_symmetrize_and_restrict_against_slow_twins():
    rng = np.random.default_rng(0)
    n, k = 40, 4
    neighbors = np.stack([rng.permutation(n)[:k] for _ in range(n)]).astype(np.int32)
    neighbors[neighbors == np.arange(n)[:, None]] = -1
    lengths = np.abs(np.subtract.outer(np.arange(n), np.arange(n))) + 1.0
    distances = lengths[np.arange(n)[:, None], neighbors]
    linked = np.zeros((n, n), dtype=bool)
    for i in range(n):
        linked[i, neighbors[i][neighbors[i] >= 0]] = True
    linked |= linked.T
    indptr, indices, found = symmetrize(neighbors, distances)
    got = sparse.csr_array((found, indices, indptr), shape=(n, n)).toarray()
    assert_array_equal(got, np.where(linked, lengths, 0))
    rows = rng.permutation(n)[:15]
    scratch = np.full(n, -1, dtype=np.int32)
    part = restrict(indptr, indices, found, rows, scratch, True)
    sub = sparse.csr_array(part[::-1], shape=(15, 15)).toarray()
    assert_array_equal(sub, got[np.ix_(rows, rows)] + np.eye(15))
    assert_array_equal(scratch, -1)


def test_partitions():
    rng = np.random.RandomState(0)
    codes = np.repeat([0, 1, 2], [700, 250, 50])
    (batches,) = stratified_batches(codes, 100, rng)
    counts = np.stack([np.bincount(codes[b], minlength=3) for b in batches])
    assert (np.ptp(counts, axis=0) <= 1).all()
    assert np.ptp(counts.sum(axis=1)) <= 1
    for overlap in (0.0, 0.3, 0.7):
        layers = windows(1000, 120, overlap, rng)
        for layer in layers:
            together = np.concatenate(layer)
            assert len(np.unique(together)) == len(together)
        flat = np.concatenate([block for layer in layers for block in layer])
        assert len(np.unique(flat)) == 1000
    buckets = hash_buckets(np.array([0, 0, 1, 6, 6, 7, 12]), 4, 512, rng)[0]
    # Row 2 joins code 0, row 5 joins code 6; row 6 has no code at distance 1.
    assert [b.tolist() for b in buckets] == [[0, 1, 2], [3, 4, 5], [6]]
    X = np.zeros((1300, 2))
    leaves = projection_tree(Points(X), 500, rng)
    assert max(len(leaf) for leaf, _ in leaves) <= 500
