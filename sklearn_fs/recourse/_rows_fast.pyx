# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Distinct rows of a matrix, by hashing their bytes."""

import numpy as np

from libc.string cimport memcpy

from sklearn_fs._utils._rng cimport mix64
from sklearn_fs._utils._typedefs cimport float64_t, intp_t, uint64_t


cdef inline uint64_t word(float64_t value) noexcept nogil:
    """The bits of a number; all NaN are one, and so are the two zeros."""
    cdef uint64_t bits
    if value == 0.0:
        return 0
    if value != value:
        return <uint64_t> 0x7FF8000000000000
    memcpy(&bits, &value, sizeof(bits))
    return bits


def distinct_rows(
    const float64_t[:, ::1] X,   # IN (n_rows, n_columns)
):
    """First row of each distinct row, in order of appearance, and where rows went.

    Returns
    -------
    first : ndarray of shape (n_distinct,)
    inverse : ndarray of shape (n_rows,)
    """
    cdef:
        intp_t n = X.shape[0], d = X.shape[1], i, j, other, n_distinct = 0
        uint64_t mask = 1, slot, h
        intp_t[::1] first = np.empty(n, dtype=np.intp)
        intp_t[::1] inverse = np.empty(n, dtype=np.intp)
        intp_t[::1] table
        bint equal
    while mask < 2 * <uint64_t> n:
        mask *= 2
    # 0 marks an empty slot; else the number of a distinct row, from 1.
    table = np.zeros(mask, dtype=np.intp)
    mask -= 1
    with nogil:
        for i in range(n):
            h = 0
            for j in range(d):
                h = mix64(h ^ word(X[i, j])) + <uint64_t> 0x9E3779B97F4A7C15
            slot = h & mask
            while table[slot] != 0:
                other = first[table[slot] - 1]
                equal = True
                for j in range(d):
                    if word(X[i, j]) != word(X[other, j]):
                        equal = False
                        break
                if equal:
                    break
                slot = (slot + 1) & mask
            if table[slot] == 0:
                first[n_distinct] = i
                n_distinct += 1
                table[slot] = n_distinct
            inverse[i] = table[slot] - 1
    return np.asarray(first)[:n_distinct].copy(), np.asarray(inverse)


def uniform_draws(
    const float64_t[:, ::1] keys,   # IN  (n_keys, n_columns)
    uint64_t seed,
    float64_t[:, ::1] out,          # OUT (n_keys, n_draws) in [0, 1)
):
    """Uniform numbers that depend on the seed and the values of the key alone."""
    cdef:
        intp_t k, j
        uint64_t state
    with nogil:
        for k in range(keys.shape[0]):
            state = mix64(seed + <uint64_t> 0x9E3779B97F4A7C15)
            for j in range(keys.shape[1]):
                state = mix64(state ^ word(keys[k, j])) + <uint64_t> 0x9E3779B97F4A7C15
            for j in range(out.shape[1]):
                state += <uint64_t> 0x9E3779B97F4A7C15
                out[k, j] = (mix64(state) >> 11) * (1.0 / 9007199254740992.0)
