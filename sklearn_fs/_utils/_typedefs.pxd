# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fixed-width names for C types, so that a kernel says what it means."""

ctypedef unsigned char uint8_t
ctypedef unsigned short uint16_t
ctypedef unsigned int uint32_t
ctypedef unsigned long long uint64_t
ctypedef signed char int8_t
ctypedef short int16_t
ctypedef int int32_t
ctypedef long long int64_t
ctypedef Py_ssize_t intp_t
ctypedef float float32_t
ctypedef double float64_t

ctypedef fused floating_t:
    float
    double
