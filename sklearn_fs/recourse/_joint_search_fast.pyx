# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Whether some state of all blocks together reaches the goal of a sum of trees.

First a person climbs: the best state of one block after the other, as long as that
helps. Then the states are searched depth first, block by block and the most promising
state first; a branch ends where no state of the open blocks could still reach the
goal. A tree that does not ask about a block keeps its best leaf.
"""

from cython.parallel cimport parallel, prange, threadid
from libc.math cimport INFINITY
from libc.stdlib cimport qsort

import numpy as np

from sklearn_fs._utils._typedefs cimport float64_t, int32_t, intp_t, uint8_t
from sklearn_fs.recourse._joint_bounds cimport bound_here, sum_others
from sklearn_fs.recourse._joint_climb_fast cimport climb
from sklearn_fs.recourse._joint_space cimport (
    child_t,
    person_t,
    put,
    put_range,
    set_box,
    space_t,
)
from sklearn_fs.recourse._tree_bound_fast cimport best_leaves, pack
from sklearn_fs.recourse._tree_nodes cimport exact_reaches, goal_t, model_t, node_t

# The order is that of `FOUND` in `_tree_search.py`.
cdef enum:
    FIXED = 0
    JOINT = 1
    UNKNOWN = 2


cdef int by_bound(const void* a, const void* b) noexcept nogil:
    cdef const child_t* p = <const child_t*> a
    cdef const child_t* q = <const child_t*> b
    if p.bound != q.bound:
        return -1 if p.bound > q.bound else 1
    return (p.state > q.state) - (p.state < q.state)


cdef void start_box(
    const model_t* model, const space_t* space, person_t* own
) noexcept nogil:
    """All blocks open, and the best leaf of each tree."""
    cdef:
        intp_t f, b, t, k, n_best = model.goal.n_fast
    for f in range(space.n_features):
        own.low[f] = own.x[f]
        own.high[f] = own.x[f]
    for b in range(space.n_blocks):
        set_box(space, own, b)
    for t in range(model.n_trees):
        for k in range(n_best):
            own.best[t * n_best + k] = -INFINITY
        best_leaves(
            model, t, model.roots[t], own.low, own.high, own.best + t * n_best, n_best
        )


cdef intp_t expand(
    const model_t* model, const space_t* space, person_t* own, intp_t level
) noexcept nogil:
    """States of the block of a level that may still reach the goal, best first.

    Neighbouring states are looked at together, and apart only where the box around
    them has a chance. Returns the number of boxes.
    """
    cdef:
        intp_t b = own.order[level], later, first, stop, n_looked = 0, n_pending = 1
        intp_t[130] pending         # a range is halved at most 64 times
        float64_t bound
        float64_t* rest = own.sums
        child_t* child
        bint endless = False, mixed
    for later in range(level + 1, space.n_blocks):
        endless = endless or own.open_ended[own.order[later]]
    sum_others(model, space, own, level, b, rest)
    own.at[level] = 0
    own.n_children[level] = 0
    pending[0] = 0
    pending[1] = space.count[own.keys[b]]
    while n_pending > 0:
        n_pending -= 1
        first = pending[2 * n_pending]
        stop = pending[2 * n_pending + 1]
        mixed = put_range(space, own, b, first, stop)
        n_looked += 1
        bound = bound_here(model, space, own, b, rest)
        if endless or mixed:
            bound = INFINITY
        if not bound >= 0:
            continue
        if stop - first > 1:
            pending[2 * n_pending] = (first + stop) // 2
            pending[2 * n_pending + 1] = stop
            pending[2 * n_pending + 2] = first
            pending[2 * n_pending + 3] = (first + stop) // 2
            n_pending += 2
            continue
        child = own.children + own.first[level] + own.n_children[level]
        child.bound = bound
        child.state = first
        own.n_children[level] += 1
    qsort(
        own.children + own.first[level], own.n_children[level], sizeof(child_t),
        by_bound,
    )
    return n_looked


cdef void rank_blocks(
    const model_t* model, const space_t* space, person_t* own
) noexcept nogil:
    """Order the blocks: first those that have to change if the goal is to be reached.

    That is, whose columns, kept as they are, lower the bound most.
    """
    cdef:
        intp_t b, place
        float64_t bound
    for b in range(space.n_blocks):
        sum_others(model, space, own, 0, b, own.sums)
        put_range(space, own, b, 0, 1)
        bound = bound_here(model, space, own, b, own.sums)
        set_box(space, own, b)
        # Insertion by rising bound.
        place = b
        while place > 0 and own.bounds[place - 1] > bound:
            own.bounds[place] = own.bounds[place - 1]
            own.order[place] = own.order[place - 1]
            place -= 1
        own.bounds[place] = bound
        own.order[place] = b


cdef void descend(
    const model_t* model, const space_t* space, person_t* own, intp_t level
) noexcept nogil:
    """Best leaves once the block of a level is decided, for the next level."""
    cdef:
        intp_t b = own.order[level], n_best = model.goal.n_fast
        intp_t t, k, at
        intp_t size = model.n_trees * n_best
        float64_t* above = own.best + level * size
        float64_t* below = above + size
    for t in range(model.n_trees):
        at = t * n_best
        for k in range(n_best):
            below[at + k] = above[at + k]
        if space.uses[t * space.n_blocks + b]:
            for k in range(n_best):
                below[at + k] = -INFINITY
            best_leaves(
                model, t, model.roots[t], own.low, own.high, below + at, n_best
            )


cdef uint8_t search(
    const model_t* model, const space_t* space, person_t* own, intp_t budget
) noexcept nogil:
    """Depth first through the blocks; what it finds, or that there is nothing."""
    cdef:
        intp_t level = 0, looked = 0
        intp_t b
        child_t* child
    start_box(model, space, own)
    rank_blocks(model, space, own)
    looked += expand(model, space, own, 0)
    while level >= 0:
        b = own.order[level]
        if own.at[level] == own.n_children[level]:
            set_box(space, own, b)
            level -= 1
            continue
        child = own.children + own.first[level] + own.at[level]
        own.at[level] += 1
        put(space, own, b, child.state, own.low)
        put(space, own, b, child.state, own.high)
        if level + 1 == space.n_blocks:
            if exact_reaches(model, own.low, own.sums):
                return JOINT
            continue
        if looked > budget:
            return UNKNOWN
        descend(model, space, own, level)
        level += 1
        looked += expand(model, space, own, level)
    return FIXED


def search_people(
    const node_t[::1] nodes,
    const int32_t[::1] roots,
    const int32_t[::1] outputs,
    const float64_t[:, ::1] values,
    const float64_t[::1] base,
    const goal_t[::1] goal,
    const float64_t[::1] fast_base,
    const float64_t[:, ::1] X,
    const intp_t[::1] columns,
    const intp_t[::1] block_ptr,
    const uint8_t[:, ::1] uses,
    const intp_t[::1] begin,
    const intp_t[::1] count,
    const float64_t[::1] states,
    const intp_t[::1] range_at,
    const float64_t[::1] low,
    const float64_t[::1] high,
    const intp_t[:, ::1] keys,          # IN  (n_people, n_blocks)
    const uint8_t[:, ::1] open_ended,   # IN  (n_people, n_blocks)
    intp_t budget,
    uint8_t[::1] found,                 # OUT
    int n_threads,
):
    """What each person can reach: 0 nothing, 1 the goal, 2 not known."""
    cdef:
        model_t model = pack(nodes, roots, outputs, values, base, goal)
        space_t space
        intp_t i, n_best = model.goal.n_fast, n_blocks = block_ptr.shape[0] - 1
        intp_t n_outputs = max(model.goal.n_outputs, n_best)
        intp_t n_levels = n_blocks + 1, most = 0
        int thread
    space.columns = &columns[0]
    space.block_ptr = &block_ptr[0]
    space.uses = &uses[0, 0]
    space.begin = &begin[0]
    space.count = &count[0]
    space.states = &states[0]
    space.range_at = &range_at[0]
    space.low = &low[0]
    space.high = &high[0]
    space.fast_base = &fast_base[0]
    space.n_blocks = n_blocks
    space.n_features = X.shape[1]
    for i in range(count.shape[0]):
        most = max(most, count[i])
    cdef:
        intp_t n_numbers = (
            3 * space.n_features + 3 * n_outputs + n_blocks + n_levels * model.n_trees * n_best
        )
        float64_t[:, ::1] numbers = np.zeros((n_threads, n_numbers))
        intp_t[:, ::1] counts = np.zeros((n_threads, 4 * n_levels), dtype=np.intp)
        uint8_t[:, ::1] children = np.zeros(
            (n_threads, n_blocks * most * sizeof(child_t)), dtype=np.uint8
        )
    with nogil, parallel(num_threads=n_threads):
        for i in prange(X.shape[0], schedule="dynamic", chunksize=1):
            thread = threadid()
            found[i] = one_person(
                &model, &space, &X[i, 0], &keys[i, 0], &open_ended[i, 0],
                &numbers[thread, 0], &counts[thread, 0],
                <child_t*> &children[thread, 0], most, n_outputs, budget,
            )


cdef uint8_t one_person(
    const model_t* model, const space_t* space, const float64_t* x,
    const intp_t* keys, const uint8_t* open_ended,
    float64_t* numbers, intp_t* counts, child_t* children, intp_t most,
    intp_t n_outputs, intp_t budget,
) noexcept nogil:
    cdef:
        person_t own
        intp_t level
    own.x = x
    own.keys = keys
    own.open_ended = open_ended
    own.low = numbers
    own.high = own.low + space.n_features
    own.row = own.high + space.n_features
    own.sums = own.row + space.n_features
    own.bounds = own.sums + 3 * n_outputs
    own.best = own.bounds + space.n_blocks
    own.children = children
    own.first = counts
    own.n_children = counts + space.n_blocks + 1
    own.at = own.n_children + space.n_blocks + 1
    own.order = own.at + space.n_blocks + 1
    for level in range(space.n_blocks):
        own.first[level] = level * most
    if climb(model, space, &own):
        return JOINT
    return search(model, space, &own, budget)
