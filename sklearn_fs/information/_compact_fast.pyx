# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Codes without gaps, and how common the commonest of them is."""

from libc.string cimport memset

from sklearn_fs._utils._typedefs cimport int64_t, intp_t, uint32_t


def close_gaps(
    uint32_t[::1] codes,            # IN/OUT codes, column by column
    const int64_t[::1] starts,      # IN  (n_columns + 1,) where each begins
    const uint32_t[::1] offsets,    # IN  taken off the codes, modulo 2^32
    int64_t[::1] n_codes,           # IN/OUT (n_columns,)
    int64_t[::1] implicit,          # IN/OUT code of the rows not stored, or -1
    intp_t n_samples,
    int64_t[::1] counts,            # TMP (largest n_codes,)
    int64_t[::1] commonest,         # OUT (n_columns,) a code that most rows have
    int64_t[::1] n_commonest,       # OUT (n_columns,) how many
):
    """Number the codes that occur from 1, in their order; 0 stays missing."""
    cdef:
        intp_t column, i, code, n_used
        uint32_t offset
        int64_t count
    with nogil:
        for column in range(n_codes.shape[0]):
            memset(&counts[0], 0, n_codes[column] * sizeof(int64_t))
            offset = offsets[column]
            for i in range(starts[column], starts[column + 1]):
                codes[i] -= offset
                counts[codes[i]] += 1
            if implicit[column] >= 0:
                counts[implicit[column]] += (
                    n_samples - (starts[column + 1] - starts[column])
                )
            n_commonest[column] = -1
            n_used = 1
            for code in range(n_codes[column]):
                count = counts[code]
                if code > 0:
                    # From here on the place of the code.
                    counts[code] = n_used
                    if count == 0:
                        continue
                    n_used += 1
                else:
                    counts[code] = 0
                if count > n_commonest[column]:
                    n_commonest[column] = count
                    commonest[column] = counts[code]
            if n_used < n_codes[column]:
                n_codes[column] = n_used
                for i in range(starts[column], starts[column + 1]):
                    codes[i] = <uint32_t> counts[codes[i]]
                if implicit[column] >= 0:
                    implicit[column] = counts[implicit[column]]


def leave_out(
    const uint32_t[::1] codes,      # IN  codes, column by column
    const int64_t[::1] starts,      # IN  (n_columns + 1,)
    const uint32_t[::1] rows,       # IN  row of each code, or empty: all rows
    const int64_t[::1] gone,        # IN  (n_columns,) the code to leave out, or -1
    const int64_t[::1] new_starts,  # IN  (n_columns + 1,) where what stays begins
    uint32_t[::1] new_codes,        # OUT
    uint32_t[::1] new_rows,         # OUT row of each code
):
    """Copy the entries that have another code than `gone`."""
    cdef:
        intp_t column, i, place
        bint listed = rows.shape[0] > 0
    with nogil:
        for column in range(gone.shape[0]):
            place = new_starts[column]
            for i in range(starts[column], starts[column + 1]):
                if <int64_t> codes[i] == gone[column]:
                    continue
                new_codes[place] = codes[i]
                new_rows[place] = rows[i] if listed else <uint32_t> (i - starts[column])
                place += 1
