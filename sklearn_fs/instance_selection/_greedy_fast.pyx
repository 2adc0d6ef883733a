# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Greedy walks over a neighbour graph: coverage and suppression."""

from sklearn_fs._utils._typedefs cimport float32_t, float64_t, int32_t, int64_t, intp_t


cdef inline bint before(const float64_t* gain, intp_t a, intp_t b) noexcept nogil:
    """Order of the heap: larger gain first, then the lower index."""
    return gain[a] > gain[b] or (gain[a] == gain[b] and a < b)


cdef inline void sift_down(
    intp_t* heap, intp_t size, intp_t place, const float64_t* gain
) noexcept nogil:
    cdef intp_t item = heap[place]
    cdef intp_t child
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and before(gain, heap[child + 1], heap[child]):
            child += 1
        if not before(gain, heap[child], item):
            break
        heap[place] = heap[child]
        place = child
    heap[place] = item


cdef inline float64_t gain_of(
    intp_t j,
    const int64_t* indptr,
    const int32_t* indices,
    const float32_t* weights,
    const intp_t* codes,
    float64_t trust,
    const float64_t* covered,
) noexcept nogil:
    """What row j would add to the coverage of its class."""
    cdef float64_t total = 0.0
    cdef float64_t value
    cdef int64_t e
    if trust > covered[j]:
        total = trust - covered[j]
    for e in range(indptr[j], indptr[j + 1]):
        if codes[indices[e]] == codes[j]:
            value = weights[e] * trust
            if value > covered[indices[e]]:
                total += value - covered[indices[e]]
    return total


def cover(
    const int64_t[::1] indptr,          # IN  symmetric graph
    const int32_t[::1] indices,
    const float32_t[::1] weights,
    const intp_t[::1] codes,            # IN  class of each row
    const float64_t[::1] trust,         # IN  (n,), at least 0
    const intp_t[::1] members,          # IN  rows of one class, ascending
    intp_t quota,                       # IN  at most len(members)
    float64_t[::1] covered,             # IN/OUT (n,), 0 before the call
    float64_t[::1] gain,                # scratch (n,)
    intp_t[::1] heap,                   # scratch (len(members),)
    intp_t[::1] chosen,                 # OUT (quota,), in the order of choice
    float64_t[::1] chosen_gain,         # OUT (quota,)
):
    """Lazy greedy facility location inside one class, ties by lowest index.

    A gain never grows while rows are added (submodularity), so an old gain is an
    upper bound: only the top of the heap has to be measured again.
    """
    cdef:
        intp_t size = members.shape[0]
        intp_t n_chosen = 0
        intp_t i, j
        int64_t e
        float64_t fresh, value
    if size == 0:
        return
    with nogil:
        for i in range(size):
            j = members[i]
            heap[i] = j
            gain[j] = gain_of(
                j, &indptr[0], &indices[0], &weights[0], &codes[0], trust[j],
                &covered[0],
            )
        for i in range(size // 2 - 1, -1, -1):
            sift_down(&heap[0], size, i, &gain[0])
        while n_chosen < quota:
            j = heap[0]
            fresh = gain_of(
                j, &indptr[0], &indices[0], &weights[0], &codes[0], trust[j],
                &covered[0],
            )
            if fresh < gain[j]:
                gain[j] = fresh
                sift_down(&heap[0], size, 0, &gain[0])
                if heap[0] != j:
                    continue
            chosen[n_chosen] = j
            chosen_gain[n_chosen] = fresh
            n_chosen += 1
            if trust[j] > covered[j]:
                covered[j] = trust[j]
            for e in range(indptr[j], indptr[j + 1]):
                if codes[indices[e]] == codes[j]:
                    value = weights[e] * trust[j]
                    if value > covered[indices[e]]:
                        covered[indices[e]] = value
            size -= 1
            heap[0] = heap[size]
            sift_down(&heap[0], size, 0, &gain[0])


def suppress(
    const int64_t[::1] indptr,
    const int32_t[::1] indices,
    const intp_t[::1] order,            # IN  rows of one class, best first
    intp_t quota,
    int32_t[::1] taken,                 # IN/OUT (n,), 1: taken
):
    """Take rows in order unless a neighbour is taken; fill up from the skipped.

    Rows of other classes do not suppress: `taken` is cleared between the classes.
    """
    cdef:
        intp_t n_order = order.shape[0]
        intp_t n_taken = 0
        intp_t i, j
        int64_t e
        bint free
    with nogil:
        for i in range(n_order):
            if n_taken == quota:
                break
            j = order[i]
            free = True
            for e in range(indptr[j], indptr[j + 1]):
                if taken[indices[e]]:
                    free = False
                    break
            if free:
                taken[j] = 1
                n_taken += 1
        for i in range(n_order):
            if n_taken == quota:
                break
            if not taken[order[i]]:
                taken[order[i]] = 1
                n_taken += 1
