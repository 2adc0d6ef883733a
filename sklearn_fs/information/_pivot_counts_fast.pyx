# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns counted against two others at once: a pivot column and the target.

The codes of pivot and target are joined beforehand. One pass over the rows of a column
then gives its table with the pivot and its table with the joined column, reduced to the
sums of n log n and the distinct counts, as in _contingency_fast.pyx.

Three ways to count: a table where it has fewer cells than the column has rows; a table
that is harvested, and emptied, by a second pass over the rows where it has more; and
where a table would be too large, rows grouped by their code and such a table for one
code at a time. Rows which hold the commonest value need not be stored.
"""

from cython.parallel cimport prange, threadid
from libc.string cimport memset

from sklearn_fs._utils._typedefs cimport (
    float64_t,
    int64_t,
    intp_t,
    uint32_t,
)
from sklearn_fs.information._tally cimport N_TALLY, Tally, tally_add, tally_drain

# 64 bits for frequency weights.
ctypedef fused count_t:
    uint32_t
    int64_t

cdef enum:
    # Tables up to this size are counted in four copies; see _contingency_fast.pyx.
    N_INTERLEAVED = 1024

cdef struct Shape:
    intp_t n_pivot          # codes of the pivot
    intp_t n_joined         # codes of the pivot joined with the target
    intp_t n_classes        # joined // n_classes = pivot, or 0: look it up

cdef struct Counted:
    Tally cells             # of column, pivot and target
    Tally pairs             # of column and pivot


cdef void count_by_table(
    const uint32_t* x, const uint32_t* z, const int64_t* w, intp_t n, intp_t n_codes,
    Shape shape, intp_t implicit, const int64_t* rest, count_t* table,
    Counted* counted,
) noexcept nogil:
    """Fill a table, go through its cells."""
    cdef:
        intp_t i, j, k
        intp_t width = shape.n_joined, n_classes = shape.n_classes
        intp_t n_cells = n_codes * width
        bint interleaved = n_cells <= N_INTERLEAVED and w == NULL
        int64_t total
        # Copies, which the compiler knows nobody else to write.
        Tally cells = counted.cells, pairs = counted.pairs
        count_t* t1 = table + n_cells
        count_t* t2 = t1 + n_cells
        count_t* t3 = t2 + n_cells
    i = 0
    if w != NULL:
        for i in range(n):
            table[x[i] * width + z[i]] += <count_t> w[i]
    elif interleaved:
        while i + 4 <= n:
            table[x[i] * width + z[i]] += 1
            t1[x[i + 1] * width + z[i + 1]] += 1
            t2[x[i + 2] * width + z[i + 2]] += 1
            t3[x[i + 3] * width + z[i + 3]] += 1
            i += 4
        while i < n:
            table[x[i] * width + z[i]] += 1
            i += 1
        for k in range(n_cells):
            table[k] += t1[k] + t2[k] + t3[k]
    else:
        for i in range(n):
            table[x[i] * width + z[i]] += 1
    if implicit >= 0:
        for k in range(width):
            table[implicit * width + k] += <count_t> rest[k]
    # Empty cells are tallied as well, as counts that nobody reads: whether a cell is
    # empty is what a processor cannot predict.
    if n_classes == 1:
        for k in range(n_cells):
            tally_add(&pairs, <int64_t> table[k])
    else:
        for i in range(n_codes * shape.n_pivot):
            total = 0
            for j in range(n_classes):
                total += <int64_t> table[i * n_classes + j]
            if total == 0:
                continue
            for j in range(n_classes):
                tally_add(&cells, <int64_t> table[i * n_classes + j])
            tally_add(&pairs, total)
    memset(table, 0, (4 if interleaved else 1) * n_cells * sizeof(count_t))
    counted.cells, counted.pairs = cells, pairs


cdef void count_by_rows(
    const uint32_t* x, const uint32_t* z, const int64_t* w, intp_t n, Shape shape,
    const uint32_t* pivot_of, count_t* table, count_t* pairs, intp_t* touched,
    Counted* counted,
) noexcept nogil:
    """Fill a table of zeros; visit and empty only those cells that were touched.

    Without `x` all rows have the same code.
    """
    cdef:
        intp_t i, cell, pair, n_touched = 0, n_pairs = 0
        intp_t offset = 0, pair_offset = 0
        int64_t count
        count_t one = 1
        intp_t* touched_pairs = touched + n
        Tally cells = counted.cells, pair_tally = counted.pairs
    for i in range(n):
        if x != NULL:
            offset = x[i] * shape.n_joined
            pair_offset = x[i] * shape.n_pivot
        if w != NULL:
            one = <count_t> w[i]
        cell = offset + z[i]
        # Written each time, kept where the cell was empty: no branch.
        touched[n_touched] = cell
        touched_pairs[n_touched] = pair_offset + pivot_of[z[i]]
        n_touched += table[cell] == 0
        table[cell] += one
    for i in range(n_touched):
        cell = touched[i]
        count = <int64_t> table[cell]
        table[cell] = 0
        if shape.n_classes == 1:
            tally_add(&pair_tally, count)
            continue
        tally_add(&cells, count)
        pair = touched_pairs[i]
        touched[n_pairs] = pair
        n_pairs += pairs[pair] == 0
        pairs[pair] += <count_t> count
    for i in range(n_pairs):
        tally_add(&pair_tally, <int64_t> pairs[touched[i]])
        pairs[touched[i]] = 0
    counted.cells, counted.pairs = cells, pair_tally


cdef void count_rest(
    const int64_t* rest, Shape shape, const uint32_t* pivot_of, count_t* pairs,
    Counted* counted,
) noexcept nogil:
    """The rows that are not stored, which share one code."""
    cdef intp_t k
    for k in range(shape.n_joined):
        tally_add(&counted.cells, rest[k])
        pairs[pivot_of[k]] += <count_t> rest[k]
    for k in range(shape.n_pivot):
        tally_add(&counted.pairs, <int64_t> pairs[k])
        pairs[k] = 0


cdef void count_by_groups(
    const uint32_t* x, const uint32_t* z, const int64_t* w, intp_t n, intp_t n_codes,
    Shape shape, const uint32_t* pivot_of, intp_t* starts, uint32_t* z_sorted,
    int64_t* w_sorted, count_t* table, count_t* pairs, intp_t* touched,
    Counted* counted,
) noexcept nogil:
    """Sort the rows by their code; one code after the other."""
    cdef:
        intp_t i, code, place, begin
    memset(starts, 0, (n_codes + 1) * sizeof(intp_t))
    for i in range(n):
        starts[x[i] + 1] += 1
    for code in range(n_codes):
        starts[code + 1] += starts[code]
    for i in range(n):
        place = starts[x[i]]
        starts[x[i]] = place + 1
        z_sorted[place] = z[i]
        if w != NULL:
            w_sorted[place] = w[i]
    # starts[code] has moved to the end of its group.
    begin = 0
    for code in range(n_codes):
        count_by_rows(
            NULL, z_sorted + begin, w_sorted + begin if w != NULL else NULL,
            starts[code] - begin, shape, pivot_of, table, pairs, touched, counted,
        )
        begin = starts[code]


def count_with_pivot(
    const intp_t[::1] chosen,           # IN  columns of the block
    const uint32_t[::1] codes,          # IN  codes of the block, column by column
    const int64_t[::1] starts,          # IN  (n_columns + 1,) where each begins
    const uint32_t[::1] rows,           # IN  row of each code, or empty: all rows
    const int64_t[::1] n_codes,         # IN  (n_columns,)
    const int64_t[::1] implicit,        # IN  (n_columns,) code of other rows, or -1
    const uint32_t[::1] joined,         # IN  (n_samples,) pivot with target
    const int64_t[::1] joined_totals,   # IN  (n_joined,) weighted
    const uint32_t[::1] pivot_of,       # IN  (n_joined,) code of the pivot
    intp_t n_pivot,
    intp_t n_classes,                   # IN  0 if joined // n_classes is not the pivot
    const int64_t[::1] weights,         # IN  (n_samples,) or empty
    intp_t largest_table,               # IN  cells; larger ones go by groups
    count_t[:, ::1] tables,             # TMP (n_threads, ...) zeros
    count_t[:, ::1] pair_tables,        # TMP (n_threads, ...) zeros
    int64_t[:, ::1] scratch,            # TMP (n_threads, ...) zeros
    uint32_t[:, ::1] gathered,          # TMP (n_threads, 2 n_samples)
    intp_t[:, ::1] groups,              # TMP (n_threads, 2 n_samples + n_codes + 1)
    const float64_t[::1] logs,          # IN  of the counts, see logs_of_counts
    float64_t[::1] sum_cells,           # OUT (n_chosen,) sum of n log n, three-way
    float64_t[::1] sum_pairs,           # OUT (n_chosen,) the same with the pivot
    int64_t[:, ::1] counts,             # OUT (n_chosen, max distinct) with the pivot
    int64_t[:, ::1] multiplicities,     # OUT
    intp_t[::1] n_distinct,             # OUT (n_chosen,)
    int n_threads,
):
    """Count columns of a block against a pivot and a target."""
    cdef:
        intp_t n_chosen = chosen.shape[0], position
        intp_t n_large
        Shape shape
    shape.n_pivot = n_pivot
    shape.n_joined = joined_totals.shape[0]
    shape.n_classes = n_classes
    n_large = scratch.shape[1] - 2 * N_TALLY - shape.n_joined
    n_large = (n_large - (2 * joined.shape[0] if weights.shape[0] > 0 else 0)) // 2
    for position in prange(
        n_chosen, nogil=True, num_threads=n_threads, schedule="dynamic", chunksize=4
    ):
        count_one(
            position, chosen[position], threadid(), codes, starts, rows, n_codes,
            implicit, joined, joined_totals, pivot_of, shape, weights, largest_table,
            tables, pair_tables, scratch, gathered, groups, logs, n_large, sum_cells,
            sum_pairs, counts, multiplicities, n_distinct,
        )


cdef void count_one(
    intp_t position, intp_t column, int thread, const uint32_t[::1] codes,
    const int64_t[::1] starts, const uint32_t[::1] rows, const int64_t[::1] n_codes,
    const int64_t[::1] implicit, const uint32_t[::1] joined,
    const int64_t[::1] joined_totals, const uint32_t[::1] pivot_of, Shape shape,
    const int64_t[::1] weights, intp_t largest_table, count_t[:, ::1] tables,
    count_t[:, ::1] pair_tables, int64_t[:, ::1] scratch, uint32_t[:, ::1] gathered,
    intp_t[:, ::1] groups, const float64_t[::1] logs, intp_t n_large,
    float64_t[::1] sum_cells,
    float64_t[::1] sum_pairs, int64_t[:, ::1] counts, int64_t[:, ::1] multiplicities,
    intp_t[::1] n_distinct,
) noexcept nogil:
    cdef:
        intp_t start = starts[column]
        intp_t n = starts[column + 1] - start
        intp_t n_samples = joined.shape[0]
        intp_t n_cells = n_codes[column] * shape.n_joined
        intp_t i
        bint weighted = weights.shape[0] > 0
        const uint32_t* x = &codes[start] if n > 0 else NULL
        const uint32_t* z = &joined[0]
        const int64_t* w = &weights[0] if weighted else NULL
        uint32_t* own = &gathered[thread, 0]
        intp_t* touched = &groups[thread, 0]
        int64_t* free = &scratch[thread, 0]
        int64_t* rest
        int64_t* w_own
        count_t* table = &tables[thread, 0]
        count_t* pairs = &pair_tables[thread, 0]
        Counted counted
    counted.cells.small, free = free, free + N_TALLY
    counted.pairs.small, free = free, free + N_TALLY
    counted.cells.large, free = free, free + n_large
    counted.pairs.large, free = free, free + n_large
    counted.cells.n_large = counted.pairs.n_large = 0
    counted.cells.top = counted.pairs.top = 0
    rest, free = free, free + shape.n_joined
    w_own = free
    if rows.shape[0] > 0:
        for i in range(n):
            own[i] = joined[rows[start + i]]
        z = own
        if weighted:
            for i in range(n):
                w_own[i] = weights[rows[start + i]]
            w = w_own
    if implicit[column] >= 0:
        for i in range(shape.n_joined):
            rest[i] = joined_totals[i]
        for i in range(n):
            rest[z[i]] -= w[i] if weighted else 1
    if shape.n_classes > 0 and n_cells <= min(n, largest_table):
        count_by_table(
            x, z, w, n, n_codes[column], shape, implicit[column], rest, table,
            &counted,
        )
    else:
        if implicit[column] >= 0:
            count_rest(rest, shape, &pivot_of[0], pairs, &counted)
        if n_cells <= largest_table:
            count_by_rows(
                x, z, w, n, shape, &pivot_of[0], table, pairs, touched, &counted
            )
        else:
            count_by_groups(
                x, z, w, n, n_codes[column], shape, &pivot_of[0],
                touched + 2 * n_samples, own + n_samples, w_own + n_samples, table,
                pairs, touched, &counted,
            )
    tally_drain(&counted.cells, &logs[0], &sum_cells[position], NULL, NULL)
    n_distinct[position] = tally_drain(
        &counted.pairs, &logs[0], &sum_pairs[position], &counts[position, 0],
        &multiplicities[position, 0],
    )
