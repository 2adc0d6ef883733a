# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the trees say along a line on which several columns of a row move together.

Column k is at `x[k] + slope[k] * (z - x[column])` when the leading column is at z. A
node that asks about a moving column is a cut of z; each leaf found begins and ends
at cuts of one row, which are sorted and summed up from below.
"""

from cython.parallel cimport parallel, prange, threadid
from libc.stdlib cimport qsort

import numpy as np

from sklearn_fs._utils._typedefs cimport float64_t, int32_t, intp_t, uint8_t
from sklearn_fs.recourse._tree_nodes cimport (
    add_leaf,
    exact_reaches,
    goal_t,
    leaf_of,
    model_t,
    node_t,
    verdict,
)


cdef struct event_t:
    float64_t z
    float64_t sign
    int32_t tree
    int32_t leaf


cdef struct span_t:
    float64_t low
    float64_t high
    int32_t node
    int32_t unused


cdef int by_place(const void* a, const void* b) noexcept nogil:
    cdef const event_t* p = <const event_t*> a
    cdef const event_t* q = <const event_t*> b
    if p.z != q.z:
        return 1 if p.z > q.z else -1
    # Any fixed order of ties gives the same sums every time.
    if p.tree != q.tree:
        return 1 if p.tree > q.tree else -1
    return (p.leaf > q.leaf) - (p.leaf < q.leaf)


cdef intp_t find_events(
    const model_t* model, intp_t tree, const float64_t* x, const float64_t* slopes,
    int32_t column, float64_t lower, float64_t upper, span_t* stack,
    event_t* events, intp_t n_events,
) noexcept nogil:
    """Leaves of one tree between `lower` and `upper`."""
    cdef:
        const node_t* node
        intp_t n_spans = 1
        int32_t here, c
        float64_t low, high, cut, slope
    stack[0].node = model.roots[tree]
    stack[0].low = lower
    stack[0].high = upper
    while n_spans > 0:
        n_spans -= 1
        here = stack[n_spans].node
        low = stack[n_spans].low
        high = stack[n_spans].high
        node = &model.nodes[here]
        while node.feature >= 0:
            c = node.feature
            slope = slopes[c]
            if c == column:
                cut = node.threshold
            elif slope == 0.0 or x[c] != x[c]:
                if x[c] <= node.threshold or (x[c] != x[c] and node.missing_left):
                    here = node.left
                else:
                    here = node.right
                node = &model.nodes[here]
                continue
            else:
                cut = x[column] + (node.threshold - x[c]) / slope
            # Below the cut lies the left side, or the right one of a falling column.
            if cut >= high:
                here = node.left if slope > 0.0 else node.right
            elif cut <= low:
                here = node.right if slope > 0.0 else node.left
            else:
                stack[n_spans].node = node.right if slope > 0.0 else node.left
                stack[n_spans].low = cut
                stack[n_spans].high = high
                n_spans += 1
                high = cut
                here = node.left if slope > 0.0 else node.right
            node = &model.nodes[here]
        events[n_events].z = low
        events[n_events].sign = 1.0
        events[n_events].tree = <int32_t> tree
        events[n_events].leaf = here
        events[n_events + 1] = events[n_events]
        events[n_events + 1].z = high
        events[n_events + 1].sign = -1.0
        n_events += 2
    return n_events


cdef float64_t length_reached(
    const model_t* model, const float64_t* x, const float64_t* slopes,
    int32_t column, intp_t n_features, float64_t lower, float64_t upper,
    const uint8_t* moves, const float64_t* fast_base, float64_t* row,
    float64_t* running, float64_t* exact, span_t* stack, event_t* events,
) noexcept nogil:
    cdef:
        intp_t t, k, e, f, n_events = 0
        int32_t state
        float64_t start, end, middle, length = 0.0
    for k in range(model.goal.n_fast):
        running[k] = fast_base[k]
    for t in range(model.n_trees):
        if moves[t]:
            n_events = find_events(
                model, t, x, slopes, column, lower, upper, stack, events, n_events
            )
        else:
            add_leaf(model, t, leaf_of(model.nodes, model.roots[t], x), 1.0, running)
    qsort(events, n_events, sizeof(event_t), by_place)
    e = 0
    start = lower
    while start < upper:
        while e < n_events and events[e].z <= start:
            add_leaf(model, events[e].tree, events[e].leaf, events[e].sign, running)
            e += 1
        end = events[e].z if e < n_events else upper
        state = verdict(&model.goal, running)
        if state == 2:
            middle = start + 0.5 * (end - start)
            for f in range(n_features):
                row[f] = x[f]
                if slopes[f] != 0.0:
                    row[f] = x[f] + slopes[f] * (middle - x[column])
            row[column] = middle
            state = exact_reaches(model, row, exact)
        if state == 1:
            length += end - start
        start = end
    return length


def walk_linked(
    const node_t[::1] nodes,
    const int32_t[::1] roots,
    const int32_t[::1] outputs,
    const float64_t[:, ::1] values,
    const float64_t[::1] base,
    const goal_t[::1] goal,
    const float64_t[::1] fast_base,
    const float64_t[:, ::1] X,
    int32_t column,                     # IN  the leading column
    const float64_t[::1] slopes,        # IN  (n_features,), 1 for the leading column
    const uint8_t[::1] moves,           # IN  whether a tree asks about a moving one
    const float64_t[::1] lower,
    const float64_t[::1] upper,
    float64_t[::1] shares,              # OUT
    intp_t max_depth,
    int n_threads,
):
    """Share of [lower, upper] in which the goal is reached, for rows."""
    cdef:
        model_t model
        intp_t i, n_features = X.shape[1]
        intp_t n_outputs
        int thread
        float64_t* own
    model.nodes = &nodes[0]
    model.roots = &roots[0]
    model.outputs = &outputs[0]
    model.values = &values[0, 0]
    model.base = &base[0]
    model.n_trees = roots.shape[0]
    model.n_values = values.shape[1]
    model.goal = goal[0]
    n_outputs = max(model.goal.n_outputs, model.goal.n_fast)
    cdef:
        float64_t[:, ::1] numbers = np.zeros((n_threads, n_features + 2 * n_outputs))
        # Two cuts of a tree never coincide inside disjoint spans: a tree begins at
        # most one leaf at each of its nodes.
        uint8_t[:, ::1] found = np.empty(
            (n_threads, 2 * (nodes.shape[0] + roots.shape[0]) * sizeof(event_t)),
            dtype=np.uint8,
        )
        uint8_t[:, ::1] stacks = np.empty(
            (n_threads, (max_depth + 2) * sizeof(span_t)), dtype=np.uint8
        )
    with nogil, parallel(num_threads=n_threads):
        for i in prange(X.shape[0], schedule="dynamic", chunksize=16):
            thread = threadid()
            own = &numbers[thread, 0]
            if upper[i] > lower[i]:
                shares[i] = length_reached(
                    &model, &X[i, 0], &slopes[0], column, n_features, lower[i],
                    upper[i], &moves[0], &fast_base[0], own, own + n_features,
                    own + n_features + n_outputs, <span_t*> &stacks[thread, 0],
                    <event_t*> &found[thread, 0],
                ) / (upper[i] - lower[i])
