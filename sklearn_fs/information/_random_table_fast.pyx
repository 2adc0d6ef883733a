# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Contingency tables as shuffled labels give them, drawn without the labels.

If labels are shuffled, the labels of the rows that share a value are a sample without
replacement. Given the two margins, the table is therefore a sequence of hypergeometric
draws, value by value and class by class: no row is needed.
"""

from sklearn_fs._utils._rng cimport next_uint64
from sklearn_fs._utils._typedefs cimport float64_t, int64_t, intp_t, uint64_t

# Probabilities below this share of the largest are dropped.
cdef float64_t NEGLIGIBLE = 1e-17


cdef int64_t hypergeometric(
    int64_t a, int64_t b, int64_t n, uint64_t* state
) noexcept nogil:
    """How many of `b` marked ones are among `a` drawn of `n`.

    Inversion, from the most probable number outward: the first sweep adds up the
    weights relative to its own, the second finds the share that was drawn.
    """
    cdef:
        int64_t low = max(<int64_t> 0, a + b - n)
        int64_t high = min(a, b)
        int64_t mode, up, down
        int step
        float64_t rest = <float64_t> n - <float64_t> a - <float64_t> b
        float64_t total = 0.0, wanted = 0.0, w, v
        float64_t u = (next_uint64(state) >> 11) * (1.0 / 9007199254740992.0)
    if low == high:
        return low
    mode = <int64_t> (
        ((<float64_t> a + 1.0) * (<float64_t> b + 1.0)) / (<float64_t> n + 2.0)
    )
    mode = min(max(mode, low), high)
    for step in range(2):
        if step == 1:
            wanted = u * total
        total = 1.0
        if step == 1 and total > wanted:
            return mode
        w = v = 1.0
        up = down = mode
        while w >= NEGLIGIBLE or v >= NEGLIGIBLE:
            if up < high and w >= NEGLIGIBLE:
                w *= (<float64_t> (a - up) * <float64_t> (b - up)) / (
                    <float64_t> (up + 1) * (rest + <float64_t> (up + 1)))
                up += 1
                total += w
                if step == 1 and total > wanted:
                    return up
            else:
                w = 0.0
            if down > low and v >= NEGLIGIBLE:
                v *= (<float64_t> down * (rest + <float64_t> down)) / (
                    <float64_t> (a - down + 1) * <float64_t> (b - down + 1))
                down -= 1
                total += v
                if step == 1 and total > wanted:
                    return down
            else:
                v = 0.0
    return mode


def fill_random_table(
    const int64_t[::1] row_totals,      # IN  (n_rows,)
    const int64_t[::1] class_totals,    # IN  (n_classes,) of the same sum
    uint64_t seed,
    int64_t[::1] rest,                  # TMP (n_classes,)
    int64_t[:, ::1] table,              # OUT (n_rows, n_classes)
):
    """Draw a table with these margins as shuffled labels would give it.

    O(n_classes w) a row, w about 18 standard deviations of a cell, at most its total.
    """
    cdef:
        intp_t i, j, n_classes = class_totals.shape[0]
        int64_t n = 0, a, left, b
        uint64_t state = seed
    with nogil:
        for j in range(n_classes):
            rest[j] = class_totals[j]
            n += class_totals[j]
        for i in range(row_totals.shape[0]):
            a = row_totals[i]
            left = n
            n -= a
            for j in range(n_classes):
                b = rest[j]
                table[i, j] = hypergeometric(a, b, left, &state) if a > 0 else 0
                rest[j] -= table[i, j]
                a -= table[i, j]
                left -= b
