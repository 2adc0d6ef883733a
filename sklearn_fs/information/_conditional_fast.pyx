# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a column seems to add to another one if it adds nothing.

Labels are shuffled within the rows of each value of the known column (a stratum), so
that what this column says is kept. The expectation is that of Vinh, Epps & Bailey,
JMLR 11 (2010), eq. 24, stratum by stratum: exact, and from counts alone.
"""

from libc.string cimport memset

from sklearn_fs._utils._typedefs cimport (
    float64_t,
    int64_t,
    intp_t,
    uint32_t,
)
from sklearn_fs.information._expected_fast cimport expected_cell


def expected_within_strata(
    const uint32_t[::1] strata,     # IN  (n,) codes of the known column
    const uint32_t[::1] x,          # IN  (n,) codes of the other one
    const uint32_t[::1] y,          # IN  (n,) codes of the target
    const int64_t[::1] weights,     # IN  (n,) or empty: every row counts once
    const float64_t[::1] logs,      # IN  logs[k] = log k, logs[0] unused
    intp_t[::1] starts,             # TMP (n_strata + 1,) zeros
    intp_t[::1] members,            # TMP (n,)
    int64_t[::1] cells,             # TMP (n_x,) zeros
    intp_t[::1] touched,            # TMP (min(n, n_x),)
    int64_t[::1] classes,           # TMP (n_classes,)
    float64_t[::1] memo,            # TMP (n_memo,) expectation by count
    intp_t[::1] stamps,             # TMP (n_memo,) zeros; stratum of the memo
):
    """Expected information of x and y given the strata, times the number of rows."""
    cdef:
        intp_t n = strata.shape[0], n_strata = starts.shape[0] - 1
        intp_t n_classes = classes.shape[0], n_memo = memo.shape[0]
        intp_t i, k, s, begin, n_touched, row, value
        int64_t weight, a, total
        float64_t result = 0.0, part
    with nogil:
        for i in range(n):
            starts[strata[i] + 1] += 1
        for s in range(n_strata):
            starts[s + 1] += starts[s]
        for i in range(n):
            s = strata[i]
            members[starts[s]] = i
            starts[s] += 1
        # starts[s] has moved to the end of its stratum.
        for s in range(n_strata):
            begin = 0 if s == 0 else starts[s - 1]
            if starts[s] - begin < 2:
                continue
            memset(&classes[0], 0, n_classes * sizeof(int64_t))
            n_touched = 0
            total = 0
            for k in range(begin, starts[s]):
                row = members[k]
                weight = weights[row] if weights.shape[0] > 0 else 1
                value = x[row]
                if cells[value] == 0:
                    touched[n_touched] = value
                    n_touched += 1
                cells[value] += weight
                classes[y[row]] += weight
                total += weight
            for i in range(n_touched):
                a = cells[touched[i]]
                cells[touched[i]] = 0
                if a < n_memo and stamps[a] == s + 1:
                    result += memo[a]
                    continue
                part = 0.0
                if a < total:
                    for k in range(n_classes):
                        if 0 < classes[k] < total:
                            part += expected_cell(
                                a, classes[k], total, &logs[0], logs.shape[0]
                            )
                if a < n_memo:
                    memo[a] = part
                    stamps[a] = s + 1
                result += part
    return result
