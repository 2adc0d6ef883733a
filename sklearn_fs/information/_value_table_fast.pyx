# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Open-addressing tables from values to codes that outlive the rows they came from.

Codes are numbered from 1 by first occurrence, 0 is missing. A kernel codes row after
row until it needs room, and then returns where it stopped: growing is a matter of
Python, and so is what happens when a table may not grow any more.
"""

from libc.string cimport memcmp, memcpy

import numpy as np

from sklearn_fs._utils._hash64 cimport hash_bytes
from sklearn_fs._utils._rng cimport mix64
from sklearn_fs._utils._typedefs cimport (
    int32_t,
    int64_t,
    intp_t,
    uint8_t,
    uint32_t,
    uint64_t,
)

ctypedef fused offset_t:
    int32_t
    int64_t

# Stands for missing among keys: the place of a NaN.
cdef uint64_t NO_KEY = <uint64_t> 0xFFFFFFFFFFFFFFFF


cdef inline bint is_valid(const uint8_t* bits, intp_t i) noexcept nogil:
    return (bits[i >> 3] >> (i & 7)) & 1


cdef inline bint is_listed(uint64_t h, const uint64_t[::1] skip) noexcept nogil:
    cdef intp_t i
    for i in range(skip.shape[0]):
        if skip[i] == h:
            return True
    return False


def code_words(
    const offset_t[::1] offsets,    # IN  (n + 1,) word i is data[offsets[i]:...]
    const uint8_t[::1] data,        # IN  the bytes of all words
    const uint8_t[::1] valid,       # IN  bits, 0 is missing; or empty
    intp_t first_bit,               # IN  bit of the first row
    const uint64_t[::1] skip,       # IN  hashes of the words that mean missing
    uint64_t seed,
    intp_t start,                   # IN  row to begin with
    uint32_t[::1] slots,            # IN/OUT hash table of codes, 0 is empty
    uint64_t[::1] hashes,           # IN/OUT (capacity,) hash of each code
    int64_t[::1] ends,              # IN/OUT (capacity + 1,) where its text ends
    uint8_t[::1] text,              # IN/OUT room for the text of all values
    intp_t n_values,                # IN  values so far
    uint32_t[::1] codes,            # OUT (n,)
):
    """Code words until a table is full.

    Returns
    -------
    row : int
        Row to go on with; n if all are done.
    n_values : int
    """
    cdef:
        intp_t n = codes.shape[0], i, length, begin
        intp_t capacity = hashes.shape[0]
        uint64_t mask = slots.shape[0] - 1, h, slot
        uint32_t code
        bint has_bits = valid.shape[0] > 0
        const uint8_t* bits = &valid[0] if has_bits else NULL
        const uint8_t* bytes = &data[0] if data.shape[0] > 0 else NULL
        uint8_t* letters = &text[0] if text.shape[0] > 0 else NULL
        const uint8_t* word
    with nogil:
        for i in range(start, n):
            if has_bits and not is_valid(bits, first_bit + i):
                codes[i] = 0
                continue
            begin = offsets[i]
            length = offsets[i + 1] - begin
            word = bytes + begin
            h = hash_bytes(word, length, seed)
            if is_listed(h, skip):
                codes[i] = 0
                continue
            slot = h & mask
            while True:
                code = slots[slot]
                if code == 0:
                    break
                if hashes[code - 1] == h:
                    if ends[code] - ends[code - 1] == length:
                        if memcmp(letters + ends[code - 1], word, length) == 0:
                            break
                slot = (slot + 1) & mask
            if code == 0:
                if n_values == capacity or ends[n_values] + length > text.shape[0]:
                    with gil:
                        return i, n_values
                hashes[n_values] = h
                memcpy(letters + ends[n_values], word, length)
                ends[n_values + 1] = ends[n_values] + length
                n_values += 1
                code = <uint32_t> n_values
                slots[slot] = code
            codes[i] = code
    return n, n_values


def hash_words(
    const offset_t[::1] offsets,
    const uint8_t[::1] data,
    const uint8_t[::1] valid,
    intp_t first_bit,
    const uint64_t[::1] skip,
    uint64_t seed,
    uint64_t n_buckets,             # IN  0: return the hashes themselves
    uint64_t[::1] hashes,           # OUT (n,) or empty
    uint32_t[::1] codes,            # OUT (n,) bucket + 1, or empty
):
    """Hashes of words, or the buckets they fall into."""
    cdef:
        intp_t n = offsets.shape[0] - 1, i
        uint64_t h
        bint has_bits = valid.shape[0] > 0
        const uint8_t* bits = &valid[0] if has_bits else NULL
        const uint8_t* bytes = &data[0] if data.shape[0] > 0 else NULL
    with nogil:
        for i in range(n):
            if has_bits and not is_valid(bits, first_bit + i):
                if n_buckets:
                    codes[i] = 0
                else:
                    hashes[i] = 0
                continue
            h = hash_bytes(bytes + offsets[i], offsets[i + 1] - offsets[i], seed)
            if n_buckets == 0:
                hashes[i] = h
            elif is_listed(h, skip):
                codes[i] = 0
            else:
                codes[i] = <uint32_t> (h % n_buckets + 1)


def code_keys(
    const uint64_t[::1] keys,       # IN  (n,) all ones is missing
    int shift,                      # IN  low bits that are dropped
    intp_t start,
    uint32_t[::1] slots,            # IN/OUT
    uint64_t[::1] known,            # IN/OUT (capacity,) key >> shift of each code
    intp_t n_values,
    uint32_t[::1] codes,            # OUT (n,)
):
    """Code 64-bit keys until the table is full; as :func:`code_words`."""
    cdef:
        intp_t n = keys.shape[0], i
        intp_t capacity = known.shape[0]
        uint64_t mask = slots.shape[0] - 1, cell, slot
        uint32_t code
    with nogil:
        for i in range(start, n):
            if keys[i] == NO_KEY:
                codes[i] = 0
                continue
            cell = keys[i] >> shift
            slot = mix64(cell) & mask
            while True:
                code = slots[slot]
                if code == 0 or known[code - 1] == cell:
                    break
                slot = (slot + 1) & mask
            if code == 0:
                if n_values == capacity:
                    with gil:
                        return i, n_values
                known[n_values] = cell
                n_values += 1
                code = <uint32_t> n_values
                slots[slot] = code
            codes[i] = code
    return n, n_values


def bucket_keys(
    const uint64_t[::1] keys, uint64_t seed, uint64_t n_buckets, uint32_t[::1] codes
):
    """Bucket + 1 of each key, 0 for missing."""
    cdef intp_t i
    with nogil:
        for i in range(keys.shape[0]):
            if keys[i] == NO_KEY:
                codes[i] = 0
            else:
                codes[i] = <uint32_t> (mix64(keys[i] ^ seed) % n_buckets + 1)


def fill_slots(
    const uint64_t[::1] hashes,     # IN  (n_values,)
    bint mix,                       # IN  the hashes are raw keys
    uint32_t[::1] slots,            # OUT zeros, a power of two, at least 2 n_values
):
    """Enter all values into an empty table."""
    cdef:
        uint64_t mask = slots.shape[0] - 1, slot
        intp_t i
    with nogil:
        for i in range(hashes.shape[0]):
            slot = (mix64(hashes[i]) if mix else hashes[i]) & mask
            while slots[slot] != 0:
                slot = (slot + 1) & mask
            slots[slot] = <uint32_t> (i + 1)


def order_keys(
    const double[::1] values,       # IN  (n,) NaN is missing
    const uint64_t[::1] skip,       # IN  keys that mean missing
    double origin,                  # IN  subtracted before summing
    uint64_t[::1] keys,             # OUT (n,)
    double[::1] sums,               # OUT smallest, largest, sum, sum of squares
    int64_t[::1] tallies,           # OUT finite values, zeros, infinite values
):
    """Integers in the order of the numbers, and what the numbers add up to.

    The bits of a non-negative double rise with its value, those of a negative one
    fall: flip the sign bit, or all bits. -0.0 is 0.0.
    """
    cdef:
        intp_t i
        double x, d, low, high, total = 0.0, squares = 0.0
        double infinity = float("inf")
        int64_t n_finite = 0, n_zeros = 0, n_infinite = 0
        uint64_t bits, sign = <uint64_t> 1 << 63
    low, high = infinity, -infinity
    with nogil:
        for i in range(values.shape[0]):
            x = values[i] + 0.0
            if x != x:
                keys[i] = NO_KEY
                continue
            memcpy(&bits, &x, sizeof(double))
            bits = ~bits if bits & sign else bits | sign
            if is_listed(bits, skip):
                keys[i] = NO_KEY
                continue
            keys[i] = bits
            low = min(low, x)
            high = max(high, x)
            if x == infinity or x == -infinity:
                n_infinite += 1
                continue
            n_finite += 1
            n_zeros += x == 0.0
            d = x - origin
            total += d
            squares += d * d
    sums[0], sums[1], sums[2], sums[3] = low, high, total, squares
    tallies[0], tallies[1], tallies[2] = n_finite, n_zeros, n_infinite


def add_counts(
    const uint32_t[::1] codes,      # IN  (n,)
    const uint32_t[::1] y,          # IN  (n,)
    const int64_t[::1] weights,     # IN  (n,) or empty: 1
    int64_t[:, ::1] counts,         # IN/OUT (n_codes, n_classes)
):
    """counts[codes[i], y[i]] += weights[i]."""
    cdef:
        intp_t i, n_classes = counts.shape[1]
        int64_t* table = &counts[0, 0]
    with nogil:
        if weights.shape[0] > 0:
            for i in range(codes.shape[0]):
                table[codes[i] * n_classes + y[i]] += weights[i]
        else:
            for i in range(codes.shape[0]):
                table[codes[i] * n_classes + y[i]] += 1


def add_rows(
    const int64_t[:, ::1] rows, const uint32_t[::1] codes, int64_t[:, ::1] counts
):
    """counts[codes[i]] += rows[i]."""
    cdef intp_t i, j
    with nogil:
        for i in range(rows.shape[0]):
            for j in range(rows.shape[1]):
                counts[codes[i], j] += rows[i, j]


def mix_keys(const uint64_t[::1] keys, uint64_t seed):
    """h64 of 64-bit keys."""
    cdef:
        intp_t i
        uint64_t[::1] out = np.empty(keys.shape[0], dtype=np.uint64)
    with nogil:
        for i in range(keys.shape[0]):
            out[i] = mix64(keys[i] ^ seed)
    return np.asarray(out)
