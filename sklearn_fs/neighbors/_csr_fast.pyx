# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Neighbour lists to a symmetric graph, and its restriction to some rows."""

import numpy as np

from sklearn_fs._utils._typedefs cimport float32_t, float64_t, int32_t, int64_t, intp_t


def symmetrize(
    const int32_t[:, ::1] neighbors,     # IN  (n, k), -1: none
    const float64_t[:, ::1] distances,   # IN  (n, k), any order within a row
):
    """Union of the lists and their reverse, each pair once in either direction.

    Returns
    -------
    indptr : ndarray of shape (n + 1,), int64
    indices : ndarray of shape (n_edges,), int32, ascending in each row
    lengths : ndarray of shape (n_edges,), float32
    """
    cdef:
        intp_t n = neighbors.shape[0]
        intp_t k = neighbors.shape[1]
        intp_t i, j, q, place, reverse, end
        int64_t edge
        int32_t other
    counts = np.zeros(n + 1, dtype=np.int64)
    cdef int64_t[::1] start = counts
    with nogil:
        for i in range(n):
            for q in range(k):
                if neighbors[i, q] >= 0:
                    start[neighbors[i, q] + 1] += 1
        for i in range(n):
            start[i + 1] += start[i]
    cdef intp_t n_listed = counts[n]
    reverse_sources = np.empty(n_listed, dtype=np.int32)
    reverse_lengths = np.empty(n_listed, dtype=np.float32)
    cursors = counts[:n].copy()
    indptr_ = np.zeros(n + 1, dtype=np.int64)
    indices_ = np.empty(2 * n_listed, dtype=np.int32)
    lengths_ = np.empty(2 * n_listed, dtype=np.float32)
    order_ = np.empty(k, dtype=np.intp)
    cdef:
        int32_t[::1] source = reverse_sources
        float32_t[::1] source_length = reverse_lengths
        int64_t[::1] cursor = cursors
        int64_t[::1] indptr = indptr_
        int32_t[::1] indices = indices_
        float32_t[::1] lengths = lengths_
        intp_t[::1] order = order_
    with nogil:
        # Filled by ascending i, so that every reverse list is already sorted.
        for i in range(n):
            for q in range(k):
                j = neighbors[i, q]
                if j >= 0:
                    source[cursor[j]] = <int32_t> i
                    source_length[cursor[j]] = <float32_t> distances[i, q]
                    cursor[j] += 1
        edge = 0
        for i in range(n):
            end = 0
            for q in range(k):
                if neighbors[i, q] < 0:
                    continue
                place = end
                while place > 0 and neighbors[i, order[place - 1]] > neighbors[i, q]:
                    order[place] = order[place - 1]
                    place -= 1
                order[place] = q
                end += 1
            reverse = start[i]
            q = 0
            while q < end or reverse < start[i + 1]:
                if reverse == start[i + 1] or (
                    q < end and neighbors[i, order[q]] <= source[reverse]
                ):
                    other = neighbors[i, order[q]]
                    lengths[edge] = <float32_t> distances[i, order[q]]
                    if reverse < start[i + 1] and source[reverse] == other:
                        reverse += 1
                    q += 1
                else:
                    other = source[reverse]
                    lengths[edge] = source_length[reverse]
                    reverse += 1
                indices[edge] = other
                edge += 1
            indptr[i + 1] = edge
    return indptr_, indices_[:edge], lengths_[:edge]


def restrict(
    const int64_t[::1] indptr,
    const int32_t[::1] indices,
    const float32_t[::1] weights,
    const intp_t[::1] rows,              # IN  rows to keep, no repetition
    int32_t[::1] position,               # scratch (n,), -1 before and after
    bint self_loops,                     # IN  add an edge of weight 1 to each row
):
    """The subgraph of some rows, renumbered in the order of `rows`.

    Returns
    -------
    indptr, indices, weights : the subgraph; self-loops are last in their row
    """
    cdef:
        intp_t n_rows = rows.shape[0]
        intp_t i
        int64_t e, edge
        int64_t most = n_rows * self_loops
    for i in range(n_rows):
        position[rows[i]] = <int32_t> i
        most += indptr[rows[i] + 1] - indptr[rows[i]]
    indptr_ = np.zeros(n_rows + 1, dtype=np.int64)
    indices_ = np.empty(most, dtype=np.int32)
    weights_ = np.empty(most, dtype=np.float32)
    cdef:
        int64_t[::1] out_indptr = indptr_
        int32_t[::1] out_indices = indices_
        float32_t[::1] out_weights = weights_
    with nogil:
        edge = 0
        for i in range(n_rows):
            for e in range(indptr[rows[i]], indptr[rows[i] + 1]):
                if position[indices[e]] >= 0:
                    out_indices[edge] = position[indices[e]]
                    out_weights[edge] = weights[e]
                    edge += 1
            if self_loops:
                out_indices[edge] = <int32_t> i
                out_weights[edge] = 1.0
                edge += 1
            out_indptr[i + 1] = edge
        for i in range(n_rows):
            position[rows[i]] = -1
    return indptr_, indices_[:edge], weights_[:edge]
