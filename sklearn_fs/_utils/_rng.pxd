# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""splitmix64: a random number generator of one 64-bit word.

Each item of a parallel loop owns a state seeded from Python, so that a result
depends on the seed of the item and never on the thread that computed it
(Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014).
"""

from sklearn_fs._utils._typedefs cimport uint64_t


cdef inline uint64_t mix64(uint64_t z) noexcept nogil:
    """The finalizer of splitmix64: a bijection of 64-bit words."""
    z = (z ^ (z >> 30)) * <uint64_t> 0xBF58476D1CE4E5B9
    z = (z ^ (z >> 27)) * <uint64_t> 0x94D049BB133111EB
    return z ^ (z >> 31)


cdef inline uint64_t next_uint64(uint64_t* state) noexcept nogil:
    """Advance the state and return 64 random bits."""
    state[0] += <uint64_t> 0x9E3779B97F4A7C15
    return mix64(state[0])
