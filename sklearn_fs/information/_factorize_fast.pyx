# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Values to integer codes: hash tables for words and objects, and tiles of integers.

Codes are numbered by first occurrence, from 1; code 0 means missing. Nothing is
sorted, and no score depends on the numbering.
"""

from cpython.dict cimport PyDict_GetItemWithError, PyDict_SetItem
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_CheckExact
from cython.parallel cimport prange

import numpy as np

from sklearn_fs._utils._rng cimport mix64
from sklearn_fs._utils._typedefs cimport (
    int8_t,
    int16_t,
    int32_t,
    int64_t,
    intp_t,
    uint8_t,
    uint16_t,
    uint32_t,
    uint64_t,
)

cdef extern from *:
    """
    #include <stddef.h>
    #include <stdint.h>
    #if defined(__SSE2__) || defined(_M_X64)
    #include <emmintrin.h>
    #define SKLEARN_FS_SSE2
    #endif

    /* Columns of a row-major tile to rows of `out`, four by four where vectors exist. */
    static void sklearn_fs_transpose(
        const int32_t* tile, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns,
        uint32_t* out, ptrdiff_t out_stride)
    {
        ptrdiff_t i, j = 0;
    #ifdef SKLEARN_FS_SSE2
        for (; j + 4 <= columns; j += 4) {
            uint32_t* o = out + j * out_stride;
            for (i = 0; i + 4 <= rows; i += 4) {
                const int32_t* t = tile + i * stride + j;
                __m128i a = _mm_loadu_si128((const __m128i*) t);
                __m128i b = _mm_loadu_si128((const __m128i*) (t + stride));
                __m128i c = _mm_loadu_si128((const __m128i*) (t + 2 * stride));
                __m128i d = _mm_loadu_si128((const __m128i*) (t + 3 * stride));
                __m128i ab = _mm_unpacklo_epi32(a, b), cd = _mm_unpacklo_epi32(c, d);
                __m128i AB = _mm_unpackhi_epi32(a, b), CD = _mm_unpackhi_epi32(c, d);
                _mm_storeu_si128((__m128i*) (o + i), _mm_unpacklo_epi64(ab, cd));
                _mm_storeu_si128(
                    (__m128i*) (o + out_stride + i), _mm_unpackhi_epi64(ab, cd));
                _mm_storeu_si128(
                    (__m128i*) (o + 2 * out_stride + i), _mm_unpacklo_epi64(AB, CD));
                _mm_storeu_si128(
                    (__m128i*) (o + 3 * out_stride + i), _mm_unpackhi_epi64(AB, CD));
            }
            for (; i < rows; i++) {
                ptrdiff_t l;
                for (l = 0; l < 4; l++)
                    o[l * out_stride + i] = (uint32_t) tile[i * stride + j + l];
            }
        }
    #endif
        for (; j < columns; j++)
            for (i = 0; i < rows; i++)
                out[j * out_stride + i] = (uint32_t) tile[i * stride + j];
    }
    """
    void sklearn_fs_transpose(
        const int32_t* tile, intp_t stride, intp_t rows, intp_t columns,
        uint32_t* out, intp_t out_stride,
    ) nogil

ctypedef fused integer_t:
    int8_t
    uint8_t
    int16_t
    uint16_t
    int32_t
    uint32_t
    int64_t

cdef enum:
    # Rows and columns of a tile: its buffer of 16 KB stays in the first-level cache.
    TILE = 64


cdef inline void narrow_row(
    const integer_t* x, intp_t n, int32_t* out, int32_t* low, int32_t* high,
    uint32_t* beyond,
) noexcept nogil:
    """Neighbours in a row: each has its own range."""
    cdef:
        intp_t j
        int32_t narrow
    for j in range(n):
        narrow = <int32_t> x[j]
        out[j] = narrow
        low[j] = min(low[j], narrow)
        high[j] = max(high[j], narrow)
        beyond[j] |= <uint32_t> (
            <uint64_t> (<int64_t> x[j] + <int64_t> 2147483648) >> 32)


cdef inline void copy_run(
    const integer_t* x, intp_t n, uint32_t* out, int32_t* low, int32_t* high,
    uint32_t* beyond,
) noexcept nogil:
    """Neighbours in a column: one range."""
    cdef:
        intp_t i
        int32_t narrow, smallest = low[0], largest = high[0]
        uint32_t outside = 0
    for i in range(n):
        narrow = <int32_t> x[i]
        out[i] = <uint32_t> narrow
        smallest = min(smallest, narrow)
        largest = max(largest, narrow)
        outside |= <uint32_t> (
            <uint64_t> (<int64_t> x[i] + <int64_t> 2147483648) >> 32)
    low[0], high[0] = smallest, largest
    beyond[0] |= outside


cdef void copy_rows(
    const integer_t[:, :] X, uint32_t[:, ::1] out, intp_t begin, intp_t end,
    int32_t* lows, int32_t* highs, uint32_t* wide,
) noexcept nogil:
    """The rows begin to end - 1 of all columns, tile after tile."""
    cdef:
        intp_t n = X.shape[0], n_columns = X.shape[1]
        intp_t top, left = 0, i, j, rows, columns
        int32_t[TILE * TILE] buffer
        int32_t[TILE] low
        int32_t[TILE] high
        uint32_t[TILE] beyond
        bint by_column = X.strides[0] == sizeof(integer_t)
        bint by_row = X.strides[1] == sizeof(integer_t)
    while left < n_columns:
        columns = min(n_columns - left, TILE)
        # On the stack: neighbours in the output belong to other threads.
        for j in range(columns):
            low[j] = 2147483647
            high[j] = -2147483647 - 1
            beyond[j] = 0
        top = begin
        while top < end:
            rows = min(end - top, TILE)
            if by_column:
                # Contiguous columns: nothing to transpose.
                for j in range(columns):
                    copy_run(
                        &X[top, left + j], rows, &out[left + j, top],
                        &low[j], &high[j], &beyond[j],
                    )
                top += TILE
                continue
            for i in range(rows):
                if by_row:
                    narrow_row(
                        &X[top + i, left], columns, buffer + i * TILE,
                        low, high, beyond,
                    )
                    continue
                for j in range(columns):
                    narrow_row(
                        &X[top + i, left + j], 1, buffer + i * TILE + j,
                        low + j, high + j, beyond + j,
                    )
            sklearn_fs_transpose(buffer, TILE, rows, columns, &out[left, top], n)
            top += TILE
        for j in range(columns):
            lows[left + j] = low[j]
            highs[left + j] = high[j]
            wide[left + j] = beyond[j]
        left += TILE


def copy_integers(
    const integer_t[:, :] X,    # IN  (n_samples, n_columns), any strides
    uint32_t[:, ::1] out,       # OUT (n_columns, n_samples) values modulo 2^32
    int32_t[:, ::1] lows,       # OUT (n_threads, n_columns) smallest value
    int32_t[:, ::1] highs,      # OUT (n_threads, n_columns) largest value
    uint32_t[:, ::1] wide,      # OUT (n_threads, n_columns) nonzero: beyond 32 bits
):
    """Transpose a block of integer columns in tiles and find their ranges.

    Rows of a tile are first narrowed into a buffer, column after column of the buffer
    is then written out: both loops run over contiguous memory, whatever X is. Each
    thread copies a run of rows; ranges hold where `wide` is 0.
    """
    cdef:
        int n_threads = lows.shape[0], t
        intp_t n = X.shape[0]
    for t in prange(n_threads, nogil=True, num_threads=n_threads, schedule="static"):
        copy_rows(
            X, out, n * t // n_threads, n * (t + 1) // n_threads,
            &lows[t, 0], &highs[t, 0], &wide[t, 0],
        )


def factorize_words(
    const uint64_t[::1] values,     # IN  (n,) 64-bit words
    const uint8_t[::1] missing,     # IN  (n,) nonzero: missing; or empty
    uint32_t[::1] codes,            # OUT (n,)
):
    """Codes of 64-bit words by an open-addressing hash table that grows.

    Returns
    -------
    first : ndarray of int64
        Position of the first row of each code; code c is at c - 1.
    """
    cdef:
        intp_t n = values.shape[0], i, n_codes = 0
        uint64_t mask = 1023, slot
        # 0 marks an empty slot; the key of a used slot is values[first[code - 1]].
        uint32_t[::1] table = np.zeros(mask + 1, dtype=np.uint32)
        int64_t[::1] first = np.empty(512, dtype=np.int64)
        uint32_t code
    for i in range(n):
        if missing.shape[0] > 0 and missing[i]:
            codes[i] = 0
            continue
        slot = mix64(values[i]) & mask
        while True:
            code = table[slot]
            if code == 0 or values[first[code - 1]] == values[i]:
                break
            slot = (slot + 1) & mask
        if code == 0:
            if n_codes == first.shape[0]:
                # Half full: double, and insert again.
                first = np.concatenate([first, np.empty_like(first)])
                table = _rehash(values, first, n_codes, 4 * <uint64_t> n_codes)
                mask = table.shape[0] - 1
                slot = mix64(values[i]) & mask
                while table[slot] != 0:
                    slot = (slot + 1) & mask
            first[n_codes] = i
            n_codes += 1
            code = <uint32_t> n_codes
            table[slot] = code
        codes[i] = code
    return np.asarray(first)[:n_codes].copy()


cdef uint32_t[::1] _rehash(
    const uint64_t[::1] values, const int64_t[::1] first, intp_t n_codes, uint64_t size
):
    cdef:
        uint32_t[::1] table = np.zeros(size, dtype=np.uint32)
        uint64_t slot
        intp_t c
    for c in range(n_codes):
        slot = mix64(values[first[c]]) & (size - 1)
        while table[slot] != 0:
            slot = (slot + 1) & (size - 1)
        table[slot] = <uint32_t> (c + 1)
    return table


def factorize_objects(values, uint32_t[::1] codes):
    """Codes of Python objects by equality: 1, 1.0 and True are one value.

    None, NaN, NaT and NA are missing.

    Parameters
    ----------
    values : sequence of length n
    codes : ndarray of shape (n,), written

    Returns
    -------
    uniques : list
        The values of the codes 1, 2, ...
    """
    cdef:
        dict known = {}
        list uniques = []
        intp_t i = 0
        object value
        PyObject* found
    for value in values:
        if not PyUnicode_CheckExact(value) and is_missing(value):
            codes[i] = 0
        else:
            # It raises the error of a value without a hash.
            found = PyDict_GetItemWithError(known, value)
            if found == NULL:
                uniques.append(value)
                PyDict_SetItem(known, value, len(uniques))
                codes[i] = <uint32_t> len(uniques)
            else:
                codes[i] = <uint32_t> <object> found
        i += 1
    return uniques


cdef bint is_missing(object value) except -1:
    if value is None:
        return True
    if isinstance(value, float):
        return value != value
    # pandas need not be installed: its marks are known by the name of their type.
    # NumPy's NaT is the one datetime that differs from itself.
    name = type(value).__name__
    if name in ("NAType", "NaTType"):
        return True
    if name in ("datetime64", "timedelta64", "float16", "float32", "Decimal"):
        return bool(value != value)
    return False
