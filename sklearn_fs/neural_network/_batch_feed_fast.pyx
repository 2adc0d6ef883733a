# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of a table, dense or CSR, become scaled tiles with the batch contiguous.

The same arithmetic, (value - mean) / scale in float64, serves both containers, so that
they give the same bits. Only one batch of a sparse table is ever dense.
"""

from cython.parallel cimport prange

from sklearn_fs._utils._typedefs cimport (
    float32_t, float64_t, floating_t, int32_t, int64_t, intp_t
)

ctypedef fused value_t:
    float32_t
    float64_t


def feed_dense(
    const value_t[:, :] X,                   # IN
    const intp_t[::1] rows,                  # IN, rows of X in this batch
    const float64_t[::1] means,              # IN, by visible unit
    const float64_t[::1] factors,            # IN, one over the scale
    floating_t[:, :, ::1] tiles,             # OUT, (n_tiles, n_visible, stride)
    const intp_t[::1] bounds,                # IN, first row of each tile, and the end
    intp_t first,                            # visible unit of the first column of X
    int n_threads,
):
    """Fill the tiles of one batch from the rows of a dense table."""
    cdef:
        intp_t n_columns = X.shape[1], n_tiles = bounds.shape[0] - 1
        intp_t t, i, b, n_valid
    for t in prange(n_tiles, nogil=True, num_threads=n_threads, schedule="static"):
        n_valid = bounds[t + 1] - bounds[t]
        for i in range(n_columns):
            for b in range(n_valid):
                tiles[t, first + i, b] = <floating_t> (
                    (X[rows[bounds[t] + b], i] - means[first + i]) * factors[first + i]
                )
            for b in range(n_valid, (n_valid + 7) & ~(<intp_t> 7)):
                tiles[t, first + i, b] = 0


def feed_csr(
    const value_t[::1] data,                 # IN
    const int32_t[::1] indices,              # IN
    const int32_t[::1] indptr,               # IN
    intp_t n_columns,
    const intp_t[::1] rows,                  # IN
    const float64_t[::1] means,              # IN
    const float64_t[::1] factors,            # IN
    floating_t[:, :, ::1] tiles,             # OUT
    const intp_t[::1] bounds,                # IN
    intp_t first,
    int n_threads,
):
    """Fill the tiles of one batch from the rows of a CSR table."""
    cdef:
        intp_t n_tiles = bounds.shape[0] - 1, t, i, b, row, entry, n_valid
        float64_t zero
    for t in prange(n_tiles, nogil=True, num_threads=n_threads, schedule="static"):
        n_valid = bounds[t + 1] - bounds[t]
        for i in range(first, first + n_columns):
            zero = (0.0 - means[i]) * factors[i]
            for b in range(n_valid):
                tiles[t, i, b] = <floating_t> zero
            for b in range(n_valid, (n_valid + 7) & ~(<intp_t> 7)):
                tiles[t, i, b] = 0
        for b in range(n_valid):
            row = rows[bounds[t] + b]
            for entry in range(indptr[row], indptr[row + 1]):
                i = first + indices[entry]
                tiles[t, i, b] = <floating_t> (
                    (data[entry] - means[i]) * factors[i]
                )


def sums_dense(
    const value_t[:, :] X,                   # IN
    const float64_t[::1] means,              # IN
    float64_t[::1] sums,                     # OUT, of the non-zero values
    float64_t[::1] squares,                  # OUT, of their distances to the mean
    float64_t[::1] minima,                   # OUT
    float64_t[::1] maxima,                   # OUT
    int64_t[::1] counts,                     # OUT, number of non-zero values
):
    """Sums over the non-zero values of each column, in the order of the rows."""
    cdef intp_t n_rows = X.shape[0], n_columns = X.shape[1], i, row
    # The inner loop runs along the memory; the order within a column is the same.
    cdef bint by_rows = X.strides[1] <= X.strides[0]
    with nogil:
        if by_rows:
            for row in range(n_rows):
                for i in range(n_columns):
                    _add(X[row, i], means[i], &sums[i], &squares[i], &minima[i],
                         &maxima[i], &counts[i])
        else:
            for i in range(n_columns):
                for row in range(n_rows):
                    _add(X[row, i], means[i], &sums[i], &squares[i], &minima[i],
                         &maxima[i], &counts[i])


def sums_csr(
    const value_t[::1] data,                 # IN
    const int32_t[::1] indices,              # IN
    const float64_t[::1] means,              # IN
    float64_t[::1] sums,                     # OUT
    float64_t[::1] squares,                  # OUT
    float64_t[::1] minima,                   # OUT
    float64_t[::1] maxima,                   # OUT
    int64_t[::1] counts,                     # OUT
):
    """As `sums_dense`, for the entries of a CSR table."""
    cdef intp_t n_entries = data.shape[0], entry, i
    with nogil:
        for entry in range(n_entries):
            i = indices[entry]
            _add(data[entry], means[i], &sums[i], &squares[i], &minima[i],
                 &maxima[i], &counts[i])


cdef inline void _add(
    float64_t value, float64_t mean, float64_t* total, float64_t* square,
    float64_t* low, float64_t* high, int64_t* count,
) noexcept nogil:
    if value != 0:
        total[0] += value
        square[0] += (value - mean) * (value - mean)
        low[0] = min(low[0], value)
        high[0] = max(high[0], value)
        count[0] += 1
