# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Walks whose every step needs distances to rows that the walk itself has kept."""

from sklearn_fs._utils._typedefs cimport float64_t, int32_t, intp_t


cdef inline float64_t dense_distance(
    const float64_t* a, const float64_t* b, intp_t n_features
) noexcept nogil:
    cdef:
        float64_t total = 0.0
        float64_t difference
        intp_t f
    for f in range(n_features):
        difference = a[f] - b[f]
        total += difference * difference
    return total


cdef inline float64_t sparse_distance(
    const int32_t* indices_a, const float64_t* a, intp_t n_a,
    const int32_t* indices_b, const float64_t* b, intp_t n_b,
) noexcept nogil:
    """The same sum in the same order: columns without an entry add exactly 0."""
    cdef:
        float64_t total = 0.0
        float64_t difference
        intp_t p = 0
        intp_t q = 0
    while p < n_a or q < n_b:
        if q == n_b or (p < n_a and indices_a[p] < indices_b[q]):
            difference = a[p]
            p += 1
        elif p == n_a or indices_b[q] < indices_a[p]:
            difference = -b[q]
            q += 1
        else:
            difference = a[p] - b[q]
            p += 1
            q += 1
        total += difference * difference
    return total


cdef inline void relax(
    intp_t r, intp_t added, float64_t value,
    float64_t* best, intp_t* owner,
) noexcept nogil:
    """Nearest kept row, ties by lowest index."""
    if value < best[r] or (value == best[r] and added < owner[r]):
        best[r] = value
        owner[r] = added


def relax_dense(
    const float64_t[:, ::1] X,
    intp_t added,
    float64_t[::1] best,                # IN/OUT squared distance to the nearest kept
    intp_t[::1] owner,                  # IN/OUT index of that row
):
    """Tell all rows that one more row is kept."""
    cdef intp_t r
    with nogil:
        for r in range(X.shape[0]):
            relax(
                r, added, dense_distance(&X[r, 0], &X[added, 0], X.shape[1]),
                &best[0], &owner[0],
            )


def relax_sparse(
    const int32_t[::1] indptr,
    const int32_t[::1] indices,         # IN  ascending in each row
    const float64_t[::1] data,
    intp_t added,
    float64_t[::1] best,
    intp_t[::1] owner,
):
    """`relax_dense` for CSR rows."""
    cdef:
        intp_t n_samples = indptr.shape[0] - 1
        intp_t start = indptr[added]
        intp_t size = indptr[added + 1] - indptr[added]
        intp_t r
        float64_t value
    if indices.shape[0] == 0:
        for r in range(n_samples):
            relax(r, added, 0.0, &best[0], &owner[0])
        return
    with nogil:
        for r in range(n_samples):
            value = sparse_distance(
                &indices[0] + indptr[r], &data[0] + indptr[r],
                indptr[r + 1] - indptr[r],
                &indices[0] + start, &data[0] + start, size,
            )
            relax(r, added, value, &best[0], &owner[0])


def first_wrong(
    const intp_t[::1] order,
    intp_t start,
    const intp_t[::1] owner,
    const intp_t[::1] codes,
    const float64_t[::1] best,
):
    """Place of the next row whose nearest kept row has another label.

    A row equal to a kept row of another label can never be right; it is passed over.
    """
    cdef intp_t place, row
    for place in range(start, order.shape[0]):
        row = order[place]
        if codes[owner[row]] != codes[row] and best[row] > 0.0:
            return place
    return order.shape[0]
