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
from sklearn_fs.recourse._joint_climb_fast cimport climb
from sklearn_fs.recourse._joint_space cimport child_t, person_t, put, space_t
from sklearn_fs.recourse._tree_bound_fast cimport best_leaves, pack
from sklearn_fs.recourse._tree_nodes cimport (
    bound_of,
    exact_reaches,
    goal_t,
    model_t,
    node_t,
)

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


cdef void expand(
    const model_t* model, const space_t* space, person_t* own, intp_t level
) noexcept nogil:
    """States of the block of a level that may still reach the goal, best first."""
    cdef:
        intp_t b = own.order[level], n_best = model.goal.n_fast
        intp_t s, t, k, later
        float64_t bound
        float64_t* above = own.best + level * model.n_trees * n_best
        float64_t* rest = own.sums
        float64_t* total = own.sums + n_best
        float64_t* leaf = own.sums + 2 * n_best
        child_t* children = own.children + own.first[level]
        bint endless = False
    for later in range(level + 1, space.n_blocks):
        endless = endless or own.open_ended[own.order[later]]
    for k in range(n_best):
        rest[k] = space.fast_base[k]
        if n_best > 1:
            rest[k] = space.fast_base[model.goal.target] - space.fast_base[k]
    for t in range(model.n_trees):
        if not space.uses[t * space.n_blocks + b]:
            for k in range(n_best):
                rest[k] += above[t * n_best + k]
    own.at[level] = 0
    own.n_children[level] = 0
    for s in range(space.count[own.keys[b]]):
        put(space, own, b, s, own.low)
        put(space, own, b, s, own.high)
        for k in range(n_best):
            total[k] = rest[k]
        for t in range(model.n_trees):
            if space.uses[t * space.n_blocks + b]:
                for k in range(n_best):
                    leaf[k] = -INFINITY
                best_leaves(
                    model, t, model.roots[t], own.low, own.high, leaf, n_best
                )
                for k in range(n_best):
                    total[k] += leaf[k]
        bound = INFINITY if endless else bound_of(&model.goal, total)
        if bound >= 0 or own.keep_all:
            children[own.n_children[level]].bound = bound
            children[own.n_children[level]].state = s
            own.n_children[level] += 1
    qsort(children, own.n_children[level], sizeof(child_t), by_bound)


cdef void rank_blocks(
    const model_t* model, const space_t* space, person_t* own
) noexcept nogil:
    """Order the blocks: first those whose states lower the bound most, on average."""
    cdef:
        intp_t b, s, place, n_states
        float64_t drop
        float64_t root
    for b in range(space.n_blocks):
        own.order[0] = b
        own.keep_all = True
        expand(model, space, own, 0)
        own.keep_all = False
        n_states = own.n_children[0]
        root = own.children[own.first[0]].bound
        drop = 0.0
        for s in range(n_states):
            drop += root - own.children[own.first[0] + s].bound
        drop = drop / n_states
        set_box(space, own, b)
        # Insertion by falling drop.
        place = b
        while place > 0 and own.drops[place - 1] < drop:
            own.drops[place] = own.drops[place - 1]
            own.ranked[place] = own.ranked[place - 1]
            place -= 1
        own.drops[place] = drop
        own.ranked[place] = b
    for b in range(space.n_blocks):
        own.order[b] = own.ranked[b]


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
    looked += space.count[own.keys[own.order[0]]]
    expand(model, space, own, 0)
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
        looked += space.count[own.keys[own.order[level + 1]]]
        if looked > budget:
            return UNKNOWN
        descend(model, space, own, level)
        level += 1
        expand(model, space, own, level)
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
        intp_t[:, ::1] counts = np.zeros((n_threads, 5 * n_levels), dtype=np.intp)
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
    own.drops = own.sums + 3 * n_outputs
    own.best = own.drops + space.n_blocks
    own.children = children
    own.first = counts
    own.n_children = counts + space.n_blocks + 1
    own.at = own.n_children + space.n_blocks + 1
    own.order = own.at + space.n_blocks + 1
    own.ranked = own.order + space.n_blocks + 1
    own.keep_all = False
    for level in range(space.n_blocks):
        own.first[level] = level * most
    if climb(model, space, &own):
        return JOINT
    return search(model, space, &own, budget)
