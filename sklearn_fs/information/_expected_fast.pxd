# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The expectation of one cell, for kernels that sum over tables of their own."""

from sklearn_fs._utils._typedefs cimport float64_t, int64_t


cdef float64_t expected_cell(
    int64_t a, int64_t b, int64_t n, const float64_t* logs, int64_t n_logs
) noexcept nogil
