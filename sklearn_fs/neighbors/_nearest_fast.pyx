# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact nearest rows out of a float32 matrix product.

The product of two blocks is fast and inexact, the sum of squared differences is
exact and slow. So the product only screens: a pair is measured when its rounding
bounds leave a doubt, and what is reported never depends on the product. Ties, equal
rows and the number of BLAS threads therefore cannot change a result.
"""

from libc.math cimport INFINITY

from sklearn_fs._utils._typedefs cimport float32_t, float64_t, int32_t, intp_t


cdef inline float64_t squared_distance(
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


cdef inline void insert_bound(float64_t* bounds, intp_t k, float64_t value) noexcept nogil:
    """Keep the k smallest values, ascending; value < bounds[k - 1]."""
    cdef intp_t place = k - 1
    while place > 0 and bounds[place - 1] > value:
        bounds[place] = bounds[place - 1]
        place -= 1
    bounds[place] = value


cdef inline void insert_neighbor(
    int32_t* ids, float64_t* distances, intp_t k, int32_t new_id, float64_t value
) noexcept nogil:
    """Insert into the k nearest, ordered by distance, then by index; once only."""
    cdef intp_t place = k - 1
    cdef intp_t q
    if value > distances[place] or (value == distances[place] and new_id > ids[place]):
        return
    for q in range(k):
        if ids[q] == new_id:
            return
    while place > 0 and (
        distances[place - 1] > value
        or (distances[place - 1] == value and ids[place - 1] > new_id)
    ):
        distances[place] = distances[place - 1]
        ids[place] = ids[place - 1]
        place -= 1
    distances[place] = value
    ids[place] = new_id


def update_neighbors(
    const float32_t[:, ::1] product,    # IN  screen_rows @ screen_candidates.T
    const float64_t[:, ::1] rows,       # IN  exact values
    const float64_t[:, ::1] candidates,  # IN
    const float64_t[::1] row_norms,     # IN  squared norms of the screened rows
    const float64_t[::1] candidate_norms,  # IN
    const intp_t[::1] row_ids,          # IN  a candidate of this index is skipped
    const intp_t[::1] candidate_ids,    # IN
    const intp_t[::1] places,           # IN  line of the output for each row
    float64_t unit,                     # IN  screened over exact squared distance
    float64_t tolerance,                # IN  relative error of the screen
    float64_t[::1] bounds,              # scratch (k,)
    int32_t[:, ::1] neighbors,          # IN/OUT (n, k), nearest first, -1: none
    float64_t[:, ::1] distances,        # IN/OUT squared, inf: none
):
    """Merge a block of candidates into the k nearest rows known so far."""
    cdef:
        intp_t n_rows = product.shape[0]
        intp_t n_candidates = product.shape[1]
        intp_t n_features = rows.shape[1]
        intp_t k = neighbors.shape[1]
        intp_t i, j, q, place
        float64_t norm, value, slack, cut
    if n_rows == 0 or n_candidates == 0:
        return
    with nogil:
        for i in range(n_rows):
            place = places[i]
            norm = row_norms[i]
            # First sweep: the k-th smallest upper bound cuts almost everything off.
            cut = distances[place, k - 1] * unit
            for q in range(k):
                bounds[q] = INFINITY
            for j in range(n_candidates):
                value = norm + candidate_norms[j] - 2.0 * product[i, j]
                value += tolerance * (norm + candidate_norms[j])
                if value < bounds[k - 1] and candidate_ids[j] != row_ids[i]:
                    insert_bound(&bounds[0], k, value)
            if bounds[k - 1] < cut:
                cut = bounds[k - 1]
            # Bounds and exact values are rounded; a relative 1e-9 covers both.
            cut += 1e-9 * cut + 1e-30
            for j in range(n_candidates):
                slack = norm + candidate_norms[j]
                value = slack - 2.0 * product[i, j] - tolerance * slack
                if value <= cut and candidate_ids[j] != row_ids[i]:
                    insert_neighbor(
                        &neighbors[place, 0],
                        &distances[place, 0],
                        k,
                        <int32_t> candidate_ids[j],
                        squared_distance(
                            &rows[i, 0], &candidates[j, 0], n_features
                        ),
                    )


def count_closer(
    const float32_t[:, ::1] product,
    const float64_t[:, ::1] rows,
    const float64_t[:, ::1] candidates,
    const float64_t[::1] row_norms,
    const float64_t[::1] candidate_norms,
    const intp_t[::1] row_ids,
    const intp_t[::1] candidate_ids,
    const float64_t[::1] radii,         # IN  squared radius of each row
    float64_t unit,
    float64_t tolerance,
    int32_t[::1] row_counts,            # OUT += candidates closer than the radius
    int32_t[::1] candidate_counts,      # OUT += rows whose radius holds the candidate
):
    """Count the pairs (row, candidate) strictly closer than the radius of the row."""
    cdef:
        intp_t n_rows = product.shape[0]
        intp_t n_candidates = product.shape[1]
        intp_t n_features = rows.shape[1]
        intp_t i, j
        float64_t slack, value, radius
        bint closer
    if n_rows == 0 or n_candidates == 0:
        return
    with nogil:
        for i in range(n_rows):
            radius = radii[i] * unit
            for j in range(n_candidates):
                slack = row_norms[i] + candidate_norms[j]
                value = slack - 2.0 * product[i, j]
                slack = tolerance * slack + 1e-9 * radius + 1e-30
                if value > radius + slack or candidate_ids[j] == row_ids[i]:
                    continue
                closer = value < radius - slack
                if not closer:
                    closer = radii[i] > squared_distance(
                        &rows[i, 0], &candidates[j, 0], n_features
                    )
                if closer:
                    row_counts[i] += 1
                    candidate_counts[j] += 1
