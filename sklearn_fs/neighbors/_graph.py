# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Symmetric neighbour graphs with weights in (0, 1], as CSR by target row."""

from functools import partial
from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.base import clone

from sklearn_fs.neighbors._csr_fast import restrict, symmetrize
from sklearn_fs.neighbors._nearest import (
    empty_neighbors,
    merge_block,
    nearest,
    run,
)
from sklearn_fs.neighbors._partitions import (
    hash_buckets,
    projection_tree,
    sign_codes,
    stratified_batches,
    windows,
)

# Below this weight an edge says nothing, and underflow would be next.
_LEAST_WEIGHT = 1e-6
_LEAF_SIZE = 500
# Up to here the exact graph costs seconds.
EXACT_LIMIT = 20_000


class NeighborGraph(NamedTuple):
    """Edges (i <- j) of target i are indptr[i]:indptr[i + 1], j ascending.

    `batches` are index arrays in which most edges stay: the unit of work of whoever
    cannot take the whole graph at once.
    """

    indptr: np.ndarray
    indices: np.ndarray
    weights: np.ndarray
    batches: list

    def subgraph(self, rows, scratch, *, self_loops=False):
        """CSR arrays of the edges among some rows, renumbered."""
        return restrict(
            self.indptr, self.indices, self.weights, rows, scratch, self_loops
        )


def neighbor_graph(
    points,
    codes,
    *,
    graph="knn",
    n_neighbors=10,
    batch_size=1000,
    overlap=0.1,
    edge_drop=0.0,
    min_weight=0.0,
    n_bits="auto",
    n_levels=3,
    n_views=3,
    max_bucket=512,
    n_trees=6,
    bandwidth="median",
    n_jobs=None,
    rng=None,
):
    """Build the graph that a selector of rows works on.

    Parameters
    ----------
    points : Points
    codes : ndarray of shape (n_samples,)
        Class codes; only "batch" looks at them.
    graph : str, sparse array or object with `kneighbors`
        Where neighbours are looked for.
    **others : see :class:`sklearn_fs.instance_selection.GAISSelector`.

    Returns
    -------
    graph : NeighborGraph
    """
    n_samples = points.n_samples
    k = max(1, min(n_neighbors, n_samples - 1))
    search = partial(_search, points, k, n_jobs=n_jobs)
    if not isinstance(graph, str):
        lists = _foreign_lists(graph, points, k)
        edges, batches = _edges(*lists, bandwidth), _consecutive(n_samples, batch_size)
    elif graph == "knn":
        rows = np.arange(n_samples)
        lists = nearest(points, rows, rows, k, n_jobs=n_jobs)
        edges = _edges(*lists, bandwidth)
        batches = _consecutive(n_samples, batch_size)
    elif graph == "batch":
        layers = stratified_batches(codes, batch_size, rng)
        edges, batches = _edges(*search(layers), bandwidth), layers[0]
    elif graph == "chunk":
        layers = windows(n_samples, batch_size, overlap, rng)
        edges = _edges(*search(layers), bandwidth)
        batches = [block for layer in layers for block in layer]
    elif graph == "rp_forest":
        layers = [
            [leaf for leaf, _ in projection_tree(points, _LEAF_SIZE, rng)]
            for _ in range(n_trees)
        ]
        edges = _edges(*search(layers), bandwidth)
        batches = _merge_small(layers[0], batch_size)
    else:
        edges, batches = _hashed(
            points, search, graph, n_bits, n_levels, n_views, max_bucket, bandwidth, rng
        )
        batches = _merge_small(batches, batch_size)
    edges = _thin(*edges, edge_drop, min_weight, rng)
    return NeighborGraph(*edges, batches)


def resolve_graph(graph, n_samples, *, large):
    """What "auto" means: exact while that is cheap."""
    if isinstance(graph, str) and graph == "auto":
        return "knn" if n_samples <= EXACT_LIMIT else large
    return graph


def _search(points, k, layers, *, n_jobs):
    """Neighbour lists inside the blocks of all layers."""
    lists = empty_neighbors(points.n_samples, k)

    def work(rows):
        (block,) = points.blocks(rows)
        merge_block(points, block, block, rows, rows, rows, *lists)

    for layer in layers:
        run(work, [(rows,) for rows in layer], n_jobs)
    return lists


def _edges(neighbors, squared, bandwidth):
    """Symmetric weights exp(-d^2 / (2 s_i s_j)) from neighbour lists."""
    indptr, indices, lengths = symmetrize(neighbors, np.sqrt(squared))
    if bandwidth == "local":
        # The k-th neighbour, or the last one that was found.
        found = np.where(neighbors >= 0, squared, 0.0)
        scale = np.maximum(np.sqrt(found.max(axis=1, initial=0.0)), 1e-12)
        targets = np.repeat(np.arange(len(neighbors)), np.diff(indptr))
        divisor = 2.0 * scale[targets] * scale[indices]
    else:
        median = float(np.median(lengths)) if len(lengths) else 1.0
        divisor = 2.0 * max(median, 1e-12) ** 2
    # In place: at a million rows each array of edges is 80 MB.
    weights = np.square(lengths, out=lengths)
    weights /= divisor
    np.negative(weights, out=weights)
    np.exp(weights, out=weights)
    np.maximum(weights, np.float32(_LEAST_WEIGHT), out=weights)
    return indptr, indices, weights


def _hashed(
    points, search, kind, n_bits, n_levels, n_views, max_bucket, bandwidth, rng
):
    """Sign hashing: one code, the code at several lengths, or several codes."""
    n_samples = points.n_samples
    if n_bits == "auto":
        n_bits = max(1, int(np.floor(np.log2(max(n_samples / 64, 1)))))
    if kind == "lsh":
        lengths = [n_bits]
    elif kind == "lsh_multi_level":
        lengths = sorted({max(1, n_bits - 2 * q) for q in range(n_levels)})[::-1]
    else:
        lengths = [n_bits] * n_views
    graphs, batches = [], None
    code = None
    for bits in lengths:
        if code is None or kind == "lsh_multi_view":
            code = sign_codes(points, bits, rng)
        # A shorter code is a prefix of the long one: levels are nested.
        layer = hash_buckets(code & ((np.int64(1) << bits) - 1), bits, max_bucket, rng)
        graphs.append(_edges(*search(layer), bandwidth))
        batches = layer[0] if batches is None else batches
    return _mean_graph(graphs, n_samples), batches


def _mean_graph(graphs, n_samples):
    """Mean weight over graphs, absent edges counted as 0, largest weight 1."""
    if len(graphs) == 1:
        return graphs[0]
    shape = (n_samples, n_samples)
    total = sum(sparse.csr_array((w, i, p), shape=shape) for p, i, w in graphs)
    total.sort_indices()
    weights = total.data.astype(np.float32)
    if len(weights):
        weights /= weights.max()
    return total.indptr.astype(np.int64), total.indices.astype(np.int32), weights


def _thin(indptr, indices, weights, edge_drop, min_weight, rng):
    """Remove weak edges, and a random share of the pairs."""
    if not edge_drop and not min_weight:
        return indptr, indices, weights
    n_samples = len(indptr) - 1
    keep = weights >= min_weight
    if edge_drop:
        targets = np.repeat(np.arange(n_samples), np.diff(indptr))
        # One number per unordered pair, so that both directions go together.
        low = np.minimum(targets, indices).astype(np.uint64)
        high = np.maximum(targets, indices).astype(np.uint64)
        seed = np.uint64(rng.randint(np.iinfo(np.int32).max))
        keep &= _mix(_mix(low + seed) ^ high) >= edge_drop * 2.0**64
    counts = np.r_[0, np.cumsum(keep)]
    return counts[indptr].astype(np.int64), indices[keep], weights[keep]


def _mix(z):
    """The finalizer of splitmix64 on an array of uint64."""
    with np.errstate(over="ignore"):
        z = z + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _foreign_lists(graph, points, k):
    """Lists from a sparse matrix of distances, or from a search of the user."""
    n_samples = points.n_samples
    neighbors, squared = empty_neighbors(n_samples, k)
    if sparse.issparse(graph):
        if graph.shape != (n_samples, n_samples):
            raise ValueError(
                f"graph has shape {graph.shape}, but X has {n_samples} rows; a "
                "precomputed graph holds one row and one column for each of them."
            )
        graph = sparse.csr_array(graph)
        rows = (
            (graph.indices[a:b], graph.data[a:b])
            for a, b in zip(graph.indptr[:-1], graph.indptr[1:], strict=True)
        )
    else:
        values = points.values(slice(None))
        search = clone(graph).fit(values)
        distances, indices = search.kneighbors(
            values, n_neighbors=min(k + 1, n_samples)
        )
        rows = zip(np.asarray(indices), np.asarray(distances), strict=True)
    for i, (indices, distances) in enumerate(rows):
        # By index: the row itself need not be its own nearest among equal rows.
        other = (indices != i) & (indices >= 0)
        indices, distances = indices[other], np.asarray(distances[other], float)
        order = np.lexsort((indices, distances))[:k]
        neighbors[i, : len(order)] = indices[order]
        squared[i, : len(order)] = distances[order] ** 2
    return neighbors, squared


def _consecutive(n_samples, batch_size):
    n_parts = -(-n_samples // batch_size)
    return np.array_split(np.arange(n_samples), n_parts)


def _merge_small(blocks, batch_size):
    """Join blocks in their order to about `batch_size` rows each."""
    batches, open_batch, size = [], [], 0
    for block in blocks:
        if open_batch and size + len(block) > batch_size:
            batches.append(np.concatenate(open_batch))
            open_batch, size = [], 0
        open_batch.append(block)
        size += len(block)
    batches.append(np.concatenate(open_batch))
    return batches
