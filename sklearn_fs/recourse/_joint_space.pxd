# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The states of all blocks, and one person among them, for the joint search."""

from sklearn_fs._utils._typedefs cimport float64_t, intp_t, uint8_t


cdef struct child_t:
    float64_t bound
    intp_t state


cdef struct space_t:
    const intp_t* columns       # of all blocks, one after the other
    const intp_t* block_ptr
    const uint8_t* uses         # (n_trees, n_blocks) whether a tree asks about it
    const intp_t* begin         # of a key: where its states are
    const intp_t* count
    const float64_t* states     # the first one of a key is to stay
    const intp_t* range_at      # of a key: where its lowest and highest values are
    const float64_t* low
    const float64_t* high
    const float64_t* fast_base
    intp_t n_blocks
    intp_t n_features


cdef struct person_t:
    const float64_t* x
    const intp_t* keys          # of each block
    const uint8_t* open_ended   # blocks whose states have no bound
    float64_t* low              # the box of a branch; a decided column is a point
    float64_t* high
    float64_t* row
    float64_t* sums
    float64_t* best             # (n_blocks + 1, n_trees, n_best) best leaves in a box
    child_t* children           # of all levels, one after the other
    float64_t* bounds           # where a block stays as it is, rising
    intp_t* order               # blocks as the search takes them, by these bounds
    intp_t* first               # where the children of a level are, and how many
    intp_t* n_children
    intp_t* at


cdef inline void put(
    const space_t* space, const person_t* own, intp_t block, intp_t state,
    float64_t* row,
) noexcept nogil:
    """Write a state of a block into a row; what is missing in it stays as it is."""
    cdef:
        intp_t c, column, key = own.keys[block]
        intp_t width = space.block_ptr[block + 1] - space.block_ptr[block]
        const float64_t* values = space.states + space.begin[key] + state * width
    for c in range(width):
        column = space.columns[space.block_ptr[block] + c]
        row[column] = own.x[column] if values[c] != values[c] else values[c]


cdef inline void set_box(
    const space_t* space, const person_t* own, intp_t block
) noexcept nogil:
    """Open a block: its columns take any value that one of its states has."""
    cdef:
        intp_t c, column, key = own.keys[block]
        intp_t start = space.block_ptr[block]
        const float64_t* low = space.low + space.range_at[key]
        const float64_t* high = space.high + space.range_at[key]
    for c in range(space.block_ptr[block + 1] - start):
        column = space.columns[start + c]
        own.low[column] = own.x[column] if low[c] != low[c] else low[c]
        own.high[column] = own.x[column] if high[c] != high[c] else high[c]


cdef inline bint put_range(
    const space_t* space, const person_t* own, intp_t block, intp_t first, intp_t stop
) noexcept nogil:
    """Make the box of some states of a block; True if it has no bound.

    It has none where a column is missing in some of them and not in others.
    """
    cdef:
        intp_t c, column, s, key = own.keys[block]
        intp_t start = space.block_ptr[block]
        intp_t width = space.block_ptr[block + 1] - start
        const float64_t* values = space.states + space.begin[key]
        float64_t value, low, high
        bint mixed = False
    for c in range(width):
        low = values[first * width + c]
        high = low
        for s in range(first + 1, stop):
            value = values[s * width + c]
            mixed = mixed or (value != value) != (low != low)
            low = min(low, value)
            high = max(high, value)
        column = space.columns[start + c]
        own.low[column] = own.x[column] if low != low else low
        own.high[column] = own.x[column] if high != high else high
    return mixed
