# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Numbers to bins of equal mass, many columns in one call.

What quantile_edges in _binning.py says of one column, and the codes of the bins.
"""

from libc.string cimport memset

from sklearn_fs._utils._typedefs cimport (
    float64_t,
    int64_t,
    intp_t,
    uint8_t,
    uint32_t,
)


def bin_columns(
    const float64_t[:, ::1] values,     # IN  (n_columns, n_samples), NaN is missing
    float64_t[:, ::1] ordered,          # IN/TMP each row sorted, NaN last
    intp_t n_bins,
    int64_t[::1] counts,                # TMP (n_samples,)
    uint8_t[::1] is_end,                # TMP (n_samples,)
    uint32_t[:, ::1] codes,             # OUT 0 for missing, bins from 1
    int64_t[::1] n_codes,               # OUT (n_columns,), missing included
):
    """Codes of quantile bins; a column without a value has n_codes 1."""
    cdef:
        intp_t n = values.shape[1], column, i, n_edges, low, high, middle
        float64_t value
    with nogil:
        for column in range(values.shape[0]):
            n_edges = edges_of(ordered[column], n_bins, counts, is_end)
            n_codes[column] = n_edges + 2
            for i in range(n):
                value = values[column, i]
                if value != value:
                    codes[column, i] = 0
                    continue
                # The first edge that is not below the value.
                low, high = 0, n_edges
                while low < high:
                    middle = (low + high) // 2
                    if ordered[column, middle] < value:
                        low = middle + 1
                    else:
                        high = middle
                codes[column, i] = <uint32_t> low + 1


cdef intp_t edges_of(
    float64_t[::1] ordered, intp_t n_bins, int64_t[::1] counts, uint8_t[::1] is_end,
) noexcept nogil:
    """Put the upper edges first in `ordered`; return how many, or -1 without values."""
    cdef:
        intp_t n = ordered.shape[0], n_distinct = 0, n_heavy = 0, n_rest, n_edges = 0
        intp_t i, j, end
        int64_t cumulated = 0, light = 0
    while n > 0 and ordered[n - 1] != ordered[n - 1]:
        n -= 1
    for i in range(n):
        if n_distinct > 0 and ordered[i] == ordered[n_distinct - 1]:
            counts[n_distinct - 1] += 1
        else:
            ordered[n_distinct] = ordered[i]
            counts[n_distinct] = 1
            n_distinct += 1
    if n_distinct <= n_bins:
        return n_distinct - 1
    memset(&is_end[0], 0, n_distinct)
    for i in range(n_distinct):
        if counts[i] * n_bins > n:
            n_heavy += 1
            is_end[i] = 1
            if i > 0:
                is_end[i - 1] = 1
        else:
            light += counts[i]
    n_rest = max(1, n_bins - n_heavy)
    end = 0
    if counts[0] * n_bins <= n:
        cumulated = counts[0]
    for j in range(1, n_rest):
        while cumulated < <float64_t> (light * j) / <float64_t> n_rest:
            end += 1
            if counts[end] * n_bins <= n:
                cumulated += counts[end]
        is_end[end] = 1
    for i in range(n_distinct - 1):
        if is_end[i]:
            ordered[n_edges] = ordered[i]
            n_edges += 1
    return n_edges
