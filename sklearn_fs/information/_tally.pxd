# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A multiset of counts, from which sums are taken in rising order of the count.

Sums over *sorted counts* do not depend on the order of the codes, of the rows or of
the columns, bit for bit.
"""

from libc.math cimport log
from libc.stdlib cimport qsort

from sklearn_fs._utils._typedefs cimport float64_t, int64_t, intp_t

cdef enum:
    # Counts below this are tallied by value, the few above are sorted.
    N_TALLY = 2048

cdef struct Tally:
    # Multiset of counts; `small` is indexed by the count, `large` is a list.
    int64_t* small
    int64_t* large
    intp_t n_large
    int64_t top             # largest of the small ones


cdef inline void tally_add(Tally* tally, int64_t count) noexcept nogil:
    if count < N_TALLY:
        tally.small[count] += 1
        tally.top = max(tally.top, count)
    else:
        tally.large[tally.n_large] = count
        tally.n_large += 1


cdef inline int compare_counts(const void* a, const void* b) noexcept nogil:
    cdef int64_t x = (<const int64_t*> a)[0]
    cdef int64_t y = (<const int64_t*> b)[0]
    return (x > y) - (x < y)


cdef inline intp_t tally_drain(
    Tally* tally, const float64_t* logs, float64_t* sum_xlogx, int64_t* values,
    int64_t* multiplicities,
) noexcept nogil:
    """Empty the tally in rising order of the count.

    Adds up count * log(count) and, unless `values` is NULL, writes the distinct counts
    and how often each occurs. Returns the number of distinct counts. `logs` holds the
    logarithms of the counts below N_TALLY.
    """
    cdef:
        intp_t n_distinct = 0, i
        int64_t count, m, begin
        float64_t total = 0.0
    tally.small[0] = 0
    for begin in range(0, tally.top + 1, 32):
        # Most are 0 in a column of few, common values; a block is looked at in one go.
        m = 0
        for i in range(32):
            m |= tally.small[begin + i]
        if m == 0:
            continue
        for count in range(begin, begin + 32):
            m = tally.small[count]
            if m == 0:
                continue
            tally.small[count] = 0
            total += <float64_t> m * (<float64_t> count * logs[count])
            if values != NULL:
                values[n_distinct] = count
                multiplicities[n_distinct] = m
            n_distinct += 1
    if tally.n_large > 1:
        qsort(tally.large, tally.n_large, sizeof(int64_t), &compare_counts)
    i = 0
    while i < tally.n_large:
        count = tally.large[i]
        m = 0
        while i < tally.n_large and tally.large[i] == count:
            m += 1
            i += 1
        total += <float64_t> m * (<float64_t> count * log(<float64_t> count))
        if values != NULL:
            values[n_distinct] = count
            multiplicities[n_distinct] = m
        n_distinct += 1
    tally.n_large = 0
    tally.top = 0
    sum_xlogx[0] = total
    return n_distinct
