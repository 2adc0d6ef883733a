# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the trees say along each column of a row, for all columns in one walk.

Seen along one column, with the others where they are, a sum of trees is a step
function whose steps are thresholds of that column. In each tree the row takes one
path. Where the path leaves a node that asks about a column which may move, the
other side is what the tree says when that column moves; it is walked with the
interval of cells that leads there. Every leaf found adds its difference to the
leaf of the row at the two ends of its interval; a running sum over the cells then
gives the step function.
"""

from cython.parallel cimport parallel, prange, threadid

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


cdef struct item_t:
    int32_t node
    int32_t slot
    int32_t first
    int32_t last


cdef struct scratch_t:
    float64_t* steps        # differences at cells, slot by slot; zero between rows
    float64_t* total        # fast sums of the row, then running sums, then exact ones
    float64_t* row          # a copy of the row, for exact answers
    int32_t* first          # cells still possible on the path, per slot
    int32_t* last
    int32_t* touched
    item_t* stack


cdef void walk_row(
    const model_t* model,
    const float64_t* x,
    const int32_t* slot_of,
    const intp_t* offsets,
    const int32_t* first,
    const int32_t* last,
    const uint8_t* moves,
    scratch_t* own,
) noexcept nogil:
    """Fill `own.total` with the sums of the row and `own.steps` with its steps."""
    cdef:
        const node_t* nodes = model.nodes
        intp_t n_fast = model.goal.n_fast
        intp_t t, at, n_items, n_touched
        int32_t here, leaf, slot, rank, a, b, column
        float64_t value, threshold
        bint goes_left
    for t in range(model.n_trees):
        if not moves[t]:
            add_leaf(model, t, leaf_of(nodes, model.roots[t], x), 1.0, own.total)
            continue
        n_items = 0
        n_touched = 0
        here = model.roots[t]
        while nodes[here].feature >= 0:
            column = nodes[here].feature
            value = x[column]
            goes_left = value <= nodes[here].threshold or (
                value != value and nodes[here].missing_left
            )
            slot = slot_of[column]
            if slot >= 0:
                rank = nodes[here].rank
                a = own.first[slot]
                b = own.last[slot]
                if a <= b:
                    own.touched[n_touched] = slot
                    n_touched += 1
                    if not goes_left or value != value:
                        # Cells up to `rank` lead to the left.
                        if a <= rank:
                            own.stack[n_items].node = nodes[here].left
                            own.stack[n_items].slot = slot
                            own.stack[n_items].first = a
                            own.stack[n_items].last = min(b, rank)
                            n_items += 1
                    if goes_left or value != value:
                        if b > rank:
                            own.stack[n_items].node = nodes[here].right
                            own.stack[n_items].slot = slot
                            own.stack[n_items].first = max(a, rank + 1)
                            own.stack[n_items].last = b
                            n_items += 1
                    if value != value:
                        # No number follows a missing value any further.
                        own.last[slot] = a - 1
                    elif goes_left:
                        own.last[slot] = min(b, rank)
                    else:
                        own.first[slot] = max(a, rank + 1)
            here = nodes[here].left if goes_left else nodes[here].right
        add_leaf(model, t, here, 1.0, own.total)
        leaf = here
        for at in range(n_touched):
            slot = own.touched[at]
            own.first[slot] = first[slot]
            own.last[slot] = last[slot]

        while n_items > 0:
            n_items -= 1
            here = own.stack[n_items].node
            slot = own.stack[n_items].slot
            a = own.stack[n_items].first
            b = own.stack[n_items].last
            while nodes[here].feature >= 0:
                column = nodes[here].feature
                if slot_of[column] == slot:
                    rank = nodes[here].rank
                    if b <= rank:
                        here = nodes[here].left
                    elif a > rank:
                        here = nodes[here].right
                    else:
                        own.stack[n_items].node = nodes[here].right
                        own.stack[n_items].slot = slot
                        own.stack[n_items].first = rank + 1
                        own.stack[n_items].last = b
                        n_items += 1
                        b = rank
                        here = nodes[here].left
                    continue
                value = x[column]
                threshold = nodes[here].threshold
                if value <= threshold or (
                    value != value and nodes[here].missing_left
                ):
                    here = nodes[here].left
                else:
                    here = nodes[here].right
            if here != leaf:
                at = (offsets[slot] + a) * n_fast
                add_leaf(model, t, here, 1.0, own.steps + at)
                add_leaf(model, t, leaf, -1.0, own.steps + at)
                at = (offsets[slot] + b + 1) * n_fast
                add_leaf(model, t, here, -1.0, own.steps + at)
                add_leaf(model, t, leaf, 1.0, own.steps + at)


cdef void judge_cells(
    const model_t* model,
    const float64_t* cuts,
    float64_t lower,
    float64_t upper,
    int32_t first,
    int32_t last,
    int32_t column,
    scratch_t* own,
    float64_t* steps,
    float64_t* running,
    float64_t* exact,
    float64_t* share,
) noexcept nogil:
    """Share of [lower, upper] that reaches the goal; empties the steps."""
    cdef:
        intp_t n_fast = model.goal.n_fast
        intp_t k
        int32_t cell, state = -1
        float64_t start, end, length = 0.0
        float64_t kept = own.row[column]
        bint changed
    for k in range(n_fast):
        running[k] = own.total[k]
    start = lower
    for cell in range(first, last + 1):
        changed = cell == first
        for k in range(n_fast):
            if steps[cell * n_fast + k] != 0.0:
                running[k] += steps[cell * n_fast + k]
                steps[cell * n_fast + k] = 0.0
                changed = True
        if changed:
            state = verdict(&model.goal, running)
        end = upper if cell == last else cuts[cell]
        if state == 1:
            length += end - start
        elif state == 2:
            # The model itself would be asked; its right end belongs to a cell.
            own.row[column] = end
            if exact_reaches(model, own.row, exact):
                length += end - start
        start = end
    for k in range(n_fast):
        steps[(last + 1) * n_fast + k] = 0.0
    own.row[column] = kept
    share[0] = length / (upper - lower) if upper > lower else 0.0


cdef void judge_candidates(
    const model_t* model,
    const float64_t* candidates,
    const int32_t* cells,
    intp_t n_candidates,
    int32_t first,
    int32_t last,
    int32_t column,
    scratch_t* own,
    float64_t* steps,
    float64_t* running,
    float64_t* exact,
    uint8_t* hits,
) noexcept nogil:
    """Which candidate values reach the goal; empties the steps."""
    cdef:
        intp_t n_fast = model.goal.n_fast
        intp_t k, c
        int32_t cell, state
        float64_t kept = own.row[column]
    # The running sums take the place of the steps: candidates come in any order.
    for k in range(n_fast):
        running[k] = own.total[k]
    for cell in range(first, last + 1):
        for k in range(n_fast):
            running[k] += steps[cell * n_fast + k]
            steps[cell * n_fast + k] = running[k]
    for c in range(n_candidates):
        state = verdict(&model.goal, steps + cells[c] * n_fast)
        if state == 2:
            own.row[column] = candidates[c]
            state = exact_reaches(model, own.row, exact)
        hits[c] = state
    for cell in range(first, last + 2):
        for k in range(n_fast):
            steps[cell * n_fast + k] = 0.0
    own.row[column] = kept


def walk_columns(
    const node_t[::1] nodes,
    const int32_t[::1] roots,
    const int32_t[::1] outputs,
    const float64_t[:, ::1] values,
    const float64_t[::1] base,
    const goal_t[::1] goal,
    const float64_t[::1] fast_base,     # IN  where the fast sums start
    const float64_t[:, ::1] X,
    const int32_t[::1] columns,         # IN  the columns that move, one a slot
    const int32_t[::1] slot_of,         # IN  column -> slot or -1
    const uint8_t[::1] moves,           # IN  whether a tree asks about any of them
    const intp_t[::1] offsets,          # IN  where the cells of a slot start
    const float64_t[::1] cuts,          # IN  at the same places, ascending
    const int32_t[:, ::1] first,        # IN  (n_rows, n_slots) cells in reach
    const int32_t[:, ::1] last,
    const float64_t[:, ::1] lower,      # IN  (n_rows, n_slots), or no rows
    const float64_t[:, ::1] upper,
    const float64_t[:, ::1] candidates,  # IN  (n_rows or 1, n_candidates)
    const int32_t[:, ::1] cells,        # IN  their cells
    const intp_t[::1] starts,           # IN  where the candidates of a slot start
    float64_t[:, ::1] shares,           # OUT where there are bounds
    uint8_t[:, ::1] hits,               # OUT where there are candidates
    intp_t max_depth,
    int n_threads,
):
    """Shares of intervals, or answers for candidate values, for rows and columns."""
    cdef:
        model_t model
        intp_t n_rows = X.shape[0]
        intp_t n_columns = X.shape[1]
        intp_t n_slots = columns.shape[0]
        bint has_bounds = lower.shape[0] > 0
        bint one_list = candidates.shape[0] == 1
        intp_t i, f, s, k, at, n_fast
        int thread
        scratch_t own
        float64_t* mine
    model.nodes = &nodes[0]
    model.roots = &roots[0]
    model.outputs = &outputs[0]
    model.values = &values[0, 0]
    model.base = &base[0]
    model.n_trees = roots.shape[0]
    model.n_values = values.shape[1]
    model.goal = goal[0]
    n_fast = model.goal.n_fast

    cdef:
        intp_t n_outputs = max(model.goal.n_outputs, n_fast)
        intp_t n_steps = offsets[n_slots] * n_fast
        float64_t[:, ::1] numbers = np.zeros(
            (n_threads, n_steps + 3 * n_outputs + n_columns)
        )
        int32_t[:, ::1] counts = np.zeros(
            (n_threads, 2 * n_slots + max_depth + 1), dtype=np.int32
        )
        # Pending at once: two sides of each node of the path, one of each below.
        int32_t[:, :, ::1] stacks = np.zeros(
            (n_threads, 3 * max_depth + 8, 4), dtype=np.int32
        )
    with nogil, parallel(num_threads=n_threads):
        for i in prange(n_rows, schedule="dynamic", chunksize=16):
            thread = threadid()
            one_row(
                &model, X, i, columns, slot_of, moves, offsets, cuts, first, last,
                lower, upper, candidates, cells, starts, shares, hits,
                &fast_base[0], has_bounds, one_list, n_outputs, n_steps,
                &numbers[thread, 0], &counts[thread, 0],
                <item_t*> &stacks[thread, 0, 0],
            )


cdef void one_row(
    const model_t* model, const float64_t[:, ::1] X, intp_t i,
    const int32_t[::1] columns, const int32_t[::1] slot_of,
    const uint8_t[::1] moves, const intp_t[::1] offsets,
    const float64_t[::1] cuts, const int32_t[:, ::1] first,
    const int32_t[:, ::1] last, const float64_t[:, ::1] lower,
    const float64_t[:, ::1] upper, const float64_t[:, ::1] candidates,
    const int32_t[:, ::1] cells, const intp_t[::1] starts,
    float64_t[:, ::1] shares, uint8_t[:, ::1] hits, const float64_t* fast_base,
    bint has_bounds, bint one_list, intp_t n_outputs, intp_t n_steps,
    float64_t* numbers, int32_t* counts, item_t* stack,
) noexcept nogil:
    cdef:
        scratch_t own
        intp_t n_slots = columns.shape[0]
        intp_t f, s, k, at, n_candidates
        float64_t* running = numbers + n_steps + n_outputs
        float64_t* exact = running + n_outputs
        float64_t* steps
    own.steps = numbers
    own.total = numbers + n_steps
    own.row = exact + n_outputs
    own.first = counts
    own.last = counts + n_slots
    own.touched = counts + 2 * n_slots
    own.stack = stack
    for f in range(X.shape[1]):
        own.row[f] = X[i, f]
    for s in range(n_slots):
        own.first[s] = first[i, s]
        own.last[s] = last[i, s]
    for k in range(model.goal.n_fast):
        own.total[k] = fast_base[k]
    walk_row(
        model, own.row, &slot_of[0], &offsets[0], &first[i, 0], &last[i, 0],
        &moves[0], &own,
    )
    for s in range(n_slots):
        steps = own.steps + offsets[s] * model.goal.n_fast
        if has_bounds:
            judge_cells(
                model, &cuts[offsets[s]], lower[i, s], upper[i, s], first[i, s],
                last[i, s], columns[s], &own, steps, running, exact, &shares[i, s],
            )
        else:
            at = 0 if one_list else i
            n_candidates = starts[s + 1] - starts[s]
            if n_candidates > 0:
                judge_candidates(
                    model, &candidates[at, starts[s]], &cells[at, starts[s]],
                    n_candidates, first[i, s], last[i, s], columns[s], &own, steps,
                    running, exact, &hits[i, starts[s]],
                )
