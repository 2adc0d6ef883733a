# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows, states of a few columns, and the best a box of values can give."""

from cython.parallel cimport parallel, prange, threadid
from libc.math cimport INFINITY, nextafter

import numpy as np

from sklearn_fs._utils._typedefs cimport float64_t, int32_t, intp_t, uint8_t
from sklearn_fs.recourse._tree_nodes cimport (
    add_leaf,
    decide,
    exact_reaches,
    exact_sums,
    goal_t,
    leaf_of,
    model_t,
    node_t,
    verdict,
)


cdef model_t pack(
    const node_t[::1] nodes, const int32_t[::1] roots, const int32_t[::1] outputs,
    const float64_t[:, ::1] values, const float64_t[::1] base,
    const goal_t[::1] goal,
) noexcept:
    cdef model_t model
    model.nodes = &nodes[0]
    model.roots = &roots[0]
    model.outputs = &outputs[0]
    model.values = &values[0, 0]
    model.base = &base[0]
    model.n_trees = roots.shape[0]
    model.n_values = values.shape[1]
    model.goal = goal[0]
    return model


def evaluate_rows(
    const node_t[::1] nodes,
    const int32_t[::1] roots,
    const int32_t[::1] outputs,
    const float64_t[:, ::1] values,
    const float64_t[::1] base,
    const goal_t[::1] goal,
    const float64_t[:, ::1] X,
    float64_t[:, ::1] sums,             # OUT (n_rows, n_outputs) as the model adds
    uint8_t[::1] hits,                  # OUT whether the goal is reached
    int n_threads,
):
    """The sums of the model and its answer, for rows."""
    cdef:
        model_t model = pack(nodes, roots, outputs, values, base, goal)
        intp_t n_outputs = model.goal.n_outputs
        intp_t i, k
        int thread
        float64_t[:, ::1] scratch = np.zeros((n_threads, n_outputs))
    for i in prange(
        X.shape[0], nogil=True, num_threads=n_threads, schedule="static"
    ):
        thread = threadid()
        exact_sums(&model, &X[i, 0], &sums[i, 0])
        for k in range(n_outputs):
            scratch[thread, k] = sums[i, k]
        hits[i] = decide(&model.goal, &scratch[thread, 0])


cdef void judge_states(
    const model_t* model,
    const uint8_t* moves,
    const int32_t* columns,
    intp_t n_columns,
    const float64_t* states,
    intp_t n_states,
    const float64_t* fast_base,
    float64_t* row,                     # IN/OUT restored at the end
    float64_t* rest,                    # what the trees without these columns say
    float64_t* total,
    float64_t* kept,
    uint8_t* hits,
) noexcept nogil:
    cdef:
        intp_t n_fast = model.goal.n_fast
        intp_t t, k, c, m
        int32_t state
    for k in range(n_fast):
        rest[k] = fast_base[k]
    for t in range(model.n_trees):
        if not moves[t]:
            add_leaf(model, t, leaf_of(model.nodes, model.roots[t], row), 1.0, rest)
    for c in range(n_columns):
        kept[c] = row[columns[c]]
    for m in range(n_states):
        for c in range(n_columns):
            row[columns[c]] = states[m * n_columns + c]
        for k in range(n_fast):
            total[k] = rest[k]
        for t in range(model.n_trees):
            if moves[t]:
                add_leaf(
                    model, t, leaf_of(model.nodes, model.roots[t], row), 1.0, total
                )
        state = verdict(&model.goal, total)
        if state == 2:
            state = exact_reaches(model, row, total)
        hits[m] = state
    for c in range(n_columns):
        row[columns[c]] = kept[c]


def evaluate_states(
    const node_t[::1] nodes,
    const int32_t[::1] roots,
    const int32_t[::1] outputs,
    const float64_t[:, ::1] values,
    const float64_t[::1] base,
    const goal_t[::1] goal,
    const float64_t[::1] fast_base,
    const float64_t[:, ::1] X,
    const int32_t[::1] columns,
    const float64_t[:, :, ::1] states,  # IN  (n_rows or 1, n_states, n_columns)
    const uint8_t[::1] moves,           # IN  whether a tree asks about the columns
    uint8_t[:, ::1] hits,               # OUT (n_rows, n_states)
    int n_threads,
):
    """Answers for rows whose `columns` are put into states."""
    cdef:
        model_t model = pack(nodes, roots, outputs, values, base, goal)
        intp_t n_features = X.shape[1]
        intp_t n_columns = columns.shape[0]
        intp_t n_outputs = max(model.goal.n_outputs, model.goal.n_fast)
        bint shared = states.shape[0] == 1
        intp_t i, f
        int thread
        float64_t[:, ::1] scratch = np.zeros(
            (n_threads, n_features + 2 * n_outputs + n_columns)
        )
        float64_t* own
    with nogil, parallel(num_threads=n_threads):
        for i in prange(X.shape[0], schedule="dynamic", chunksize=16):
            thread = threadid()
            own = &scratch[thread, 0]
            for f in range(n_features):
                own[f] = X[i, f]
            judge_states(
                &model, &moves[0], &columns[0], n_columns,
                &states[0 if shared else i, 0, 0], states.shape[1], &fast_base[0],
                own, own + n_features, own + n_features + n_outputs,
                own + n_features + 2 * n_outputs, &hits[i, 0],
            )


cdef void best_leaves(
    const model_t* model, intp_t tree, int32_t here, float64_t* low, float64_t* high,
    float64_t* best, intp_t n_best,
) noexcept nogil:
    """Raise `best[k]` to the best of the leaves that a box of values can reach."""
    cdef:
        const node_t* node = &model.nodes[here]
        int32_t column
        float64_t kept, value
        intp_t k, target
        const float64_t* row
    while node.feature >= 0:
        column = node.feature
        if low[column] != low[column]:
            # A missing value stays what it is.
            here = node.left if node.missing_left else node.right
        elif high[column] <= node.threshold:
            here = node.left
        elif low[column] > node.threshold:
            here = node.right
        else:
            kept = high[column]
            high[column] = node.threshold
            best_leaves(model, tree, node.left, low, high, best, n_best)
            high[column] = kept
            kept = low[column]
            low[column] = nextafter(node.threshold, INFINITY)
            best_leaves(model, tree, node.right, low, high, best, n_best)
            low[column] = kept
            return
        node = &model.nodes[here]
    if n_best == 1:
        if node.threshold > best[0]:
            best[0] = node.threshold
        return
    # For each other output: how much more this tree gives to the target.
    target = model.goal.target
    row = model.values + node.left * model.n_values
    for k in range(n_best):
        if model.outputs[tree] < 0:
            value = row[target] - row[k]
        elif model.outputs[tree] == target:
            value = node.threshold
        elif model.outputs[tree] == k:
            value = -node.threshold
        else:
            value = 0.0
        if value > best[k]:
            best[k] = value


def best_of_boxes(
    const node_t[::1] nodes,
    const int32_t[::1] roots,
    const int32_t[::1] outputs,
    const float64_t[:, ::1] values,
    const float64_t[::1] base,
    const goal_t[::1] goal,
    const float64_t[::1] fast_base,
    const float64_t[:, ::1] lows,
    const float64_t[:, ::1] highs,
    float64_t[:, ::1] bounds,           # OUT (n_rows, n_fast)
    int n_threads,
):
    """Sums over trees of the best leaf in reach, as if each tree chose alone.

    With one fast sum: a bound of it. With several: for each output a bound of the
    target's sum less that output's.
    """
    cdef:
        model_t model = pack(nodes, roots, outputs, values, base, goal)
        intp_t n_features = lows.shape[1]
        intp_t n_fast = model.goal.n_fast
        intp_t i, f, t, k
        int thread
        float64_t[:, ::1] scratch = np.zeros((n_threads, 2 * n_features + n_fast))
        float64_t* own
    with nogil, parallel(num_threads=n_threads):
        for i in prange(lows.shape[0], schedule="dynamic", chunksize=16):
            thread = threadid()
            own = &scratch[thread, 0]
            for f in range(n_features):
                own[f] = lows[i, f]
                own[n_features + f] = highs[i, f]
            for k in range(n_fast):
                bounds[i, k] = fast_base[k]
                if n_fast > 1:
                    bounds[i, k] = fast_base[model.goal.target] - fast_base[k]
            for t in range(model.n_trees):
                for k in range(n_fast):
                    own[2 * n_features + k] = -INFINITY
                best_leaves(
                    &model, t, model.roots[t], own, own + n_features,
                    own + 2 * n_features, n_fast,
                )
                for k in range(n_fast):
                    bounds[i, k] = bounds[i, k] + own[2 * n_features + k]
