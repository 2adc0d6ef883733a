# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""h64: a hash of bytes that is the same on every machine and in every process.

Words of eight little-endian bytes are multiplied in one after the other; the length
and a seed go in first and `mix64` comes last. Python's own hash is salted by process
and so cannot name a bucket that two workers have to agree upon.
"""

from sklearn_fs._utils._rng cimport mix64
from sklearn_fs._utils._typedefs cimport intp_t, uint8_t, uint32_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    static inline uint64_t sklearn_fs_load64(const unsigned char* p) {
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        uint64_t w = 0;
        for (int i = 7; i >= 0; i--) w = (w << 8) | p[i];
        return w;
    #else
        uint64_t w;
        memcpy(&w, p, 8);
        return w;
    #endif
    }
    static inline uint64_t sklearn_fs_load32(const unsigned char* p) {
        return (uint64_t) p[0] | ((uint64_t) p[1] << 8) | ((uint64_t) p[2] << 16)
            | ((uint64_t) p[3] << 24);
    }
    """
    uint64_t load64 "sklearn_fs_load64"(const uint8_t* p) noexcept nogil
    uint64_t load32 "sklearn_fs_load32"(const uint8_t* p) noexcept nogil


cdef inline uint64_t hash_bytes(
    const uint8_t* p, intp_t n, uint64_t seed
) noexcept nogil:
    """Hash of the bytes p[0], ..., p[n - 1]."""
    cdef:
        uint64_t h = seed ^ (<uint64_t> n * <uint64_t> 0x9E3779B97F4A7C15)
        uint64_t tail = 0
    while n >= 8:
        h = (h ^ load64(p)) * <uint64_t> 0xD6E8FEB86659FD93
        h ^= h >> 32
        p += 8
        n -= 8
    if n >= 4:
        # Two halves that overlap; the length tells them apart.
        tail = load32(p) | (load32(p + n - 4) << 32)
    elif n > 0:
        tail = (
            <uint64_t> p[0] | (<uint64_t> p[n >> 1] << 8) | (<uint64_t> p[n - 1] << 16)
        )
    return mix64(h ^ tail)
