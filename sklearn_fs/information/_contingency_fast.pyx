# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Joint counts of coded columns, reduced at once to what the scores need.

A contingency table is never returned: a thread counts one pair into its own scratch
table, and only the sum of n_ij log n_ij, the largest cell and the distinct row
totals leave it. Sums run over *sorted counts*, hence they do not depend on the order
of the codes, of the rows or of the columns, bit for bit.

Two ways to count, O(n + R K) and O(n + R + K): a dense table where it is small,
else rows grouped by a counting sort and one scratch row with a list of the touched
cells, so that 50,000 x 50,000 categories need no table at all.
"""

from cython cimport view
from cython.parallel cimport prange, threadid
from libc.math cimport log
from libc.string cimport memset

from sklearn_fs._utils._typedefs cimport (
    float64_t,
    int64_t,
    intp_t,
    uint8_t,
    uint32_t,
)
from sklearn_fs.information._tally cimport N_TALLY, Tally, tally_add, tally_drain

ctypedef uint32_t code_t

# Labels of up to 256 classes take a byte, so that they stay in the cache.
ctypedef fused label_t:
    uint8_t
    uint32_t

# Counters: 32 bits where all rows have weight one (half the memory, and a table of
# 100,000 x 2 is bound by the cache), 64 bits for frequency weights.
ctypedef fused count_t:
    uint32_t
    int64_t

cdef enum:
    # A table up to this size is counted in four interleaved copies: increments of
    # one cell that follow each other would wait for the store of the one before.
    N_INTERLEAVED = 1024

# Largest dense table, in cells per row of data (and at least 65,536 cells).
cdef int64_t DENSE_CELLS_PER_ROW = 4

cdef struct Summary:
    # What remains of one table.
    int64_t largest         # largest n_ij
    int64_t total           # sum of the cells


cdef inline void fill_table(
    const code_t* x, const label_t* y, const int64_t* weights, intp_t n,
    code_t offset, intp_t n_rows, intp_t n_cols, count_t* table,
) noexcept nogil:
    """Dense counts; `table` has room for four copies if it is small."""
    cdef:
        intp_t i, cell
        intp_t n_cells = n_rows * n_cols
        bint interleaved = n_cells <= N_INTERLEAVED and weights == NULL
        count_t* t1 = table + n_cells
        count_t* t2 = t1 + n_cells
        count_t* t3 = t2 + n_cells
    memset(table, 0, (4 if interleaved else 1) * n_cells * sizeof(count_t))
    if weights != NULL:
        for i in range(n):
            cell = <intp_t> <code_t> (x[i] - offset) * n_cols + y[i]
            table[cell] += <count_t> weights[i]
        return
    if not interleaved:
        for i in range(n):
            table[<intp_t> <code_t> (x[i] - offset) * n_cols + y[i]] += 1
        return
    i = 0
    while i + 4 <= n:
        table[<intp_t> <code_t> (x[i] - offset) * n_cols + y[i]] += 1
        t1[<intp_t> <code_t> (x[i + 1] - offset) * n_cols + y[i + 1]] += 1
        t2[<intp_t> <code_t> (x[i + 2] - offset) * n_cols + y[i + 2]] += 1
        t3[<intp_t> <code_t> (x[i + 3] - offset) * n_cols + y[i + 3]] += 1
        i += 4
    while i < n:
        table[<intp_t> <code_t> (x[i] - offset) * n_cols + y[i]] += 1
        i += 1
    for cell in range(n_cells):
        table[cell] += t1[cell] + t2[cell] + t3[cell]


cdef inline void harvest_table(
    const count_t* table, intp_t n_rows, intp_t n_cols, Tally* cells, Tally* rows,
    Summary* summary,
) noexcept nogil:
    """Tally the cells and the row totals of a dense table."""
    # Empty cells are tallied too, as counts of 0 that nobody reads: whether a cell of a
    # sparse table is empty is what a processor cannot predict.
    cdef:
        intp_t i, j
        int64_t count, total, largest = 0, all_rows = 0
        const count_t* row
    for i in range(n_rows):
        row = table + i * n_cols
        total = 0
        for j in range(n_cols):
            count = <int64_t> row[j]
            total += count
            largest = max(largest, count)
            tally_add(cells, count)
        all_rows += total
        tally_add(rows, total)
    summary.largest = largest
    summary.total = all_rows


cdef void count_dense(
    const code_t* x, const label_t* y, const int64_t* weights, intp_t n,
    code_t offset, intp_t n_rows, intp_t n_cols,
    intp_t implicit_code, const int64_t* col_totals, bint skip_missing,
    count_t* table, int64_t* missing_row, Tally* cells, Tally* rows, Summary* summary,
) noexcept nogil:
    """Count one column against y in a dense table and harvest it.

    Rows of a sparse column that are not stored all have the code `implicit_code`;
    what they add is the class totals minus what was stored.
    """
    cdef:
        intp_t i, j
        int64_t stored
        count_t* row
    fill_table(x, y, weights, n, offset, n_rows, n_cols, table)
    if implicit_code >= 0:
        row = table + implicit_code * n_cols
        for j in range(n_cols):
            stored = 0
            for i in range(n_rows):
                stored += <int64_t> table[i * n_cols + j]
            row[j] += <count_t> (col_totals[j] - stored)
    if missing_row != NULL:
        for j in range(n_cols):
            missing_row[j] = <int64_t> table[j]
    i = 1 if skip_missing else 0
    harvest_table(table + i * n_cols, n_rows - i, n_cols, cells, rows, summary)


cdef void count_grouped(
    const code_t* x, const label_t* y, const int64_t* weights, intp_t n,
    code_t offset, intp_t n_rows, intp_t n_cols,
    intp_t implicit_code, const int64_t* col_totals, bint skip_missing,
    intp_t* starts, intp_t* members, int64_t* row, intp_t* touched, int64_t* unstored,
    int64_t* missing_row, Tally* cells, Tally* rows, Summary* summary,
) noexcept nogil:
    """The same without a table: rows sorted by x, one scratch row, O(n + R + K)."""
    cdef:
        intp_t i, j, k, code, n_touched, begin
        int64_t count, total
    memset(starts, 0, (n_rows + 1) * sizeof(intp_t))
    for i in range(n):
        starts[<intp_t> <code_t> (x[i] - offset) + 1] += 1
    for code in range(n_rows):
        starts[code + 1] += starts[code]
    for i in range(n):
        code = <intp_t> <code_t> (x[i] - offset)
        members[starts[code]] = i
        starts[code] += 1
    # starts[code] has moved to the end of its group.
    if implicit_code >= 0:
        for j in range(n_cols):
            unstored[j] = col_totals[j]
        for i in range(n):
            unstored[y[i]] -= 1 if weights == NULL else weights[i]
    for code in range(n_rows):
        n_touched = 0
        if code == implicit_code:
            for j in range(n_cols):
                if unstored[j] > 0:
                    row[j] = unstored[j]
                    touched[n_touched] = j
                    n_touched += 1
        begin = 0 if code == 0 else starts[code - 1]
        for k in range(begin, starts[code]):
            i = members[k]
            j = y[i]
            if row[j] == 0:
                touched[n_touched] = j
                n_touched += 1
            row[j] += 1 if weights == NULL else weights[i]
        total = 0
        for k in range(n_touched):
            j = touched[k]
            count = row[j]
            row[j] = 0
            if code == 0:
                if missing_row != NULL:
                    missing_row[j] = count
                if skip_missing:
                    continue
            total += count
            tally_add(cells, count)
            if count > summary.largest:
                summary.largest = count
        if total > 0:
            summary.total += total
            tally_add(rows, total)


def logs_of_counts():
    """log(k) for the counts k that are tallied by value; entry 0 is not used.

    That of the C library, whose last digit need not be that of NumPy.
    """
    cdef intp_t k
    cdef float64_t[::1] logs = view.array((N_TALLY,), sizeof(float64_t), "d")
    logs[0] = 0.0
    for k in range(1, N_TALLY):
        logs[k] = log(<float64_t> k)
    return logs


def dense_cells_limit(int64_t n_stored):
    """Largest number of cells that is counted in a dense table."""
    return max(65536, DENSE_CELLS_PER_ROW * n_stored)


def table_size(int64_t n_cells):
    """Counters that a thread needs for dense tables of up to `n_cells`."""
    return max(n_cells, 4 * min(n_cells, N_INTERLEAVED))


def scratch_size(int64_t n_classes, int64_t n_stored, int64_t total, bint weighted):
    """Words of scratch for one thread: tallies, lists of large counts, two rows."""
    n_large = n_stored + n_classes if weighted else total // N_TALLY + 1
    return 2 * N_TALLY + 2 * n_large + 2 * n_classes


def count_columns(
    const code_t[::1] codes,            # IN  columns one after the other
    const int64_t[::1] starts,          # IN  (n_columns + 1,) where each begins
    const label_t[::1] y,                # IN  codes of the target, see `aligned`
    bint aligned,                       # IN  y as long as codes, else as one column
    const int64_t[::1] weights,         # IN  like y; empty: every row counts once
    const uint32_t[::1] offsets,        # IN  code of the first category, modulo 2^32
    const int64_t[::1] n_codes,         # IN  number of codes of each column
    const int64_t[::1] implicit_codes,  # IN  code of the rows not stored, or -1
    const int64_t[::1] class_totals,    # IN  (n_classes,) weighted
    bint skip_missing,                  # IN  leave out the rows with code 0
    const intp_t[::1] order,            # IN  columns in order of work, widest first
    intp_t dense_cells,                 # IN  larger tables are counted by groups
    const float64_t[::1] logs,          # IN  of the counts, see logs_of_counts
    count_t[:, ::1] tables,             # TMP (n_threads, dense cells), four if small
    intp_t[:, ::1] groups,              # TMP (n_threads, K + R + 1 + n) or empty
    int64_t[:, ::1] scratch,            # TMP (n_threads, ...) zeros, see scratch_size
    float64_t[::1] sum_xlogx,           # OUT sum of n_ij log n_ij
    float64_t[::1] sum_xlogx_rows,      # OUT sum of a_i log a_i
    int64_t[::1] largest,               # OUT largest cell
    int64_t[::1] totals,                # OUT sum of the cells
    int64_t[:, ::1] missing,            # OUT (n_columns or 0, n_classes): code 0
    int64_t[:, ::1] counts,             # OUT (n_columns, max distinct) rising
    int64_t[:, ::1] multiplicities,     # OUT how many categories have that count
    intp_t[::1] n_distinct,             # OUT used part of the two above
    int n_threads,
):
    """Count each column against the target; see :func:`count_against`."""
    cdef:
        intp_t n_columns = order.shape[0]
        intp_t n_classes = class_totals.shape[0]
        intp_t n_large = (scratch.shape[1] - 2 * N_TALLY - 2 * n_classes) // 2
        intp_t position
    for position in prange(
        n_columns, nogil=True, num_threads=n_threads, schedule="dynamic", chunksize=1
    ):
        count_one(
            order[position], threadid(), codes, starts, y, aligned, weights, offsets,
            n_codes, implicit_codes, class_totals, skip_missing, tables, groups,
            scratch, dense_cells, logs, n_large, sum_xlogx, sum_xlogx_rows, largest, totals,
            missing, counts, multiplicities, n_distinct,
        )


cdef void count_one(
    intp_t column, int thread,
    const code_t[::1] codes, const int64_t[::1] starts, const label_t[::1] y,
    bint aligned, const int64_t[::1] weights, const uint32_t[::1] offsets,
    const int64_t[::1] n_codes, const int64_t[::1] implicit_codes,
    const int64_t[::1] class_totals, bint skip_missing,
    count_t[:, ::1] tables, intp_t[:, ::1] groups, int64_t[:, ::1] scratch,
    intp_t dense_cells, const float64_t[::1] logs, intp_t n_large,
    float64_t[::1] sum_xlogx, float64_t[::1] sum_xlogx_rows, int64_t[::1] largest,
    int64_t[::1] totals, int64_t[:, ::1] missing, int64_t[:, ::1] counts,
    int64_t[:, ::1] multiplicities, intp_t[::1] n_distinct,
) noexcept nogil:
    cdef:
        intp_t start = starts[column]
        intp_t n = starts[column + 1] - start
        intp_t n_rows = n_codes[column]
        intp_t n_cols = class_totals.shape[0]
        intp_t n_cells = n_rows * n_cols
        # Empty columns have nowhere to point at.
        const code_t* x_ptr = &codes[start] if n > 0 else NULL
        const label_t* y_ptr = NULL
        const int64_t* w_ptr = NULL
        int64_t* missing_ptr = &missing[column, 0] if missing.shape[0] > 0 else NULL
        int64_t* free = &scratch[thread, 0]
        intp_t* group = NULL
        Tally cells, rows
        Summary summary
    if n > 0:
        y_ptr = &y[start] if aligned else &y[0]
        if weights.shape[0] > 0:
            w_ptr = &weights[start] if aligned else &weights[0]
    summary.largest = 0
    summary.total = 0
    cells.small, free = free, free + N_TALLY
    rows.small, free = free, free + N_TALLY
    cells.large, free = free, free + n_large
    rows.large, free = free, free + n_large
    cells.n_large = rows.n_large = 0
    cells.top = rows.top = 0
    if n_cells <= dense_cells:
        count_dense(
            x_ptr, y_ptr, w_ptr, n, <code_t> offsets[column], n_rows, n_cols,
            implicit_codes[column], &class_totals[0], skip_missing,
            &tables[thread, 0], missing_ptr, &cells, &rows, &summary,
        )
    else:
        group = &groups[thread, 0]
        count_grouped(
            x_ptr, y_ptr, w_ptr, n, <code_t> offsets[column], n_rows, n_cols,
            implicit_codes[column], &class_totals[0], skip_missing,
            group + n_cols, group + n_cols + n_rows + 1, free, group, free + n_cols,
            missing_ptr, &cells, &rows, &summary,
        )
    tally_drain(&cells, &logs[0], &sum_xlogx[column], NULL, NULL)
    n_distinct[column] = tally_drain(
        &rows, &logs[0], &sum_xlogx_rows[column], &counts[column, 0],
        &multiplicities[column, 0],
    )
    largest[column] = summary.largest
    totals[column] = summary.total
