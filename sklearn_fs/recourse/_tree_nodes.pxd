# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Nodes, goals and the model's own arithmetic, shared by the kernels on trees."""

from libc.math cimport INFINITY, exp, expf, log

from sklearn_fs._utils._typedefs cimport float32_t, float64_t, int32_t, intp_t


cdef struct node_t:
    float64_t threshold     # of a leaf: what the fast sums add
    int32_t feature         # -1 for a leaf
    int32_t left            # of a leaf: its number
    int32_t right
    int32_t rank
    int32_t missing_left
    int32_t gadget


cdef struct goal_t:
    float64_t sign          # the fast sums are `sign` times the model's
    float64_t cut           # reached where sign * sum >= cut, or the share >= cut
    float64_t tolerance     # farther than this from the goal, rounding is no matter
    float64_t logit         # of `cut`, for a share of a softmax
    float64_t divisor       # of the shares of a forest
    int32_t rule            # RULE_*
    int32_t link            # LINK_*
    int32_t target          # the wanted output
    int32_t single          # the model adds in float32
    int32_t n_outputs       # sums of the model
    int32_t n_fast          # sums of the fast path: 1 or n_outputs


cdef enum:
    RULE_CUT = 0            # one sum against a cut
    RULE_LARGEST = 1        # the target's output is the first of the largest
    RULE_SHARE = 2          # the target's share is at least the cut
    LINK_NONE = 0
    LINK_DIVIDE = 1
    LINK_SOFTMAX = 2


cdef struct model_t:
    const node_t* nodes
    const int32_t* roots
    const int32_t* outputs
    const float64_t* values
    const float64_t* base
    intp_t n_trees
    intp_t n_values         # columns of `values`
    goal_t goal


cdef inline int32_t leaf_of(
    const node_t* nodes, int32_t here, const float64_t* x
) noexcept nogil:
    """The leaf in which a row ends."""
    cdef float64_t value
    while nodes[here].feature >= 0:
        value = x[nodes[here].feature]
        if value <= nodes[here].threshold or (
            value != value and nodes[here].missing_left
        ):
            here = nodes[here].left
        else:
            here = nodes[here].right
    return here


cdef inline void add_leaf(
    const model_t* model, intp_t tree, int32_t leaf, float64_t scale,
    float64_t* total,
) noexcept nogil:
    """Add `scale` times a leaf to the fast sums."""
    cdef intp_t k
    cdef const float64_t* row
    if model.goal.n_fast == 1:
        total[0] += scale * model.nodes[leaf].threshold
    elif model.outputs[tree] >= 0:
        total[model.outputs[tree]] += scale * model.nodes[leaf].threshold
    else:
        row = model.values + model.nodes[leaf].left * model.n_values
        for k in range(model.goal.n_fast):
            total[k] += scale * row[k]


cdef inline void exact_sums(
    const model_t* model, const float64_t* x, float64_t* total
) noexcept nogil:
    """The sums of the model, in its order and in its precision."""
    cdef:
        intp_t t, k
        int32_t leaf
        const float64_t* row
    for k in range(model.goal.n_outputs):
        total[k] = model.base[k]
    for t in range(model.n_trees):
        leaf = leaf_of(model.nodes, model.roots[t], x)
        row = model.values + model.nodes[leaf].left * model.n_values
        if model.outputs[t] >= 0:
            k = model.outputs[t]
            total[k] += row[0]
            if model.goal.single:
                total[k] = <float32_t> total[k]
        else:
            for k in range(model.goal.n_outputs):
                total[k] += row[k]


cdef inline void apply_link(const goal_t* goal, float64_t* total) noexcept nogil:
    """From sums to the numbers which the model compares, in its precision."""
    cdef:
        intp_t k
        float64_t largest, denominator
        float32_t denominator32
    if goal.link == LINK_DIVIDE:
        for k in range(goal.n_outputs):
            total[k] = total[k] / goal.divisor
    elif goal.link == LINK_SOFTMAX:
        largest = total[0]
        for k in range(1, goal.n_outputs):
            if total[k] > largest:
                largest = total[k]
        if goal.single:
            denominator = 0.0
            for k in range(goal.n_outputs):
                total[k] = expf(<float32_t> (total[k] - largest))
                denominator += total[k]
            denominator32 = <float32_t> denominator
            for k in range(goal.n_outputs):
                total[k] = <float32_t> (<float32_t> total[k] / denominator32)
        else:
            denominator = 0.0
            for k in range(goal.n_outputs):
                total[k] = exp(total[k] - largest)
                denominator += total[k]
            for k in range(goal.n_outputs):
                total[k] = total[k] / denominator


cdef inline bint exact_reaches(
    const model_t* model, const float64_t* x, float64_t* total
) noexcept nogil:
    """Whether a row reaches the goal, decided as the model decides."""
    exact_sums(model, x, total)
    return decide(&model.goal, total)


cdef inline bint decide(const goal_t* goal, float64_t* total) noexcept nogil:
    """The answer that follows from the sums of the model, which it overwrites."""
    cdef intp_t k
    if goal.rule == RULE_CUT:
        return goal.sign * total[0] >= goal.cut
    apply_link(goal, total)
    if goal.rule == RULE_SHARE:
        return total[goal.target] >= goal.cut
    for k in range(goal.n_outputs):
        # A tie goes to the first of the largest.
        if k < goal.target and total[k] >= total[goal.target]:
            return False
        if k > goal.target and total[k] > total[goal.target]:
            return False
    return True


cdef inline int32_t verdict(const goal_t* goal, const float64_t* total) noexcept nogil:
    """1 reached, 0 not reached, 2 too close for the rounding of the fast sums."""
    return sure(goal, fast_margin(goal, total))


cdef inline int32_t sure(const goal_t* goal, float64_t margin) noexcept nogil:
    if margin > goal.tolerance:
        return 1
    if margin < -goal.tolerance:
        return 0
    if goal.tolerance == 0.0 and goal.n_fast == 1:
        # The sums are exact (see `_goals.py`): a tie is a tie.
        return margin >= 0.0
    return 2


cdef inline float64_t fast_margin(
    const goal_t* goal, const float64_t* total
) noexcept nogil:
    """How far the fast sums are above the goal."""
    cdef:
        intp_t k
        float64_t largest, rest
    if goal.n_fast == 1:
        return total[0] - goal.cut
    largest = total[1] if goal.target == 0 else total[0]
    for k in range(goal.n_outputs):
        if k != goal.target and total[k] > largest:
            largest = total[k]
    if goal.rule == RULE_LARGEST:
        return total[goal.target] - largest
    rest = 0.0
    for k in range(goal.n_outputs):
        if k != goal.target:
            rest += exp(total[k] - largest)
    # The logit of a share of a softmax: log of its odds against all others.
    return total[goal.target] - largest - log(rest) - goal.logit


cdef inline float64_t bound_of(
    const goal_t* goal, const float64_t* sums
) noexcept nogil:
    """The largest margin that the best leaves allow, rounding included."""
    cdef:
        intp_t k
        float64_t least = INFINITY, rest = 0.0
    if goal.n_fast == 1:
        return sums[0] - goal.cut + goal.tolerance
    # For each other output: how much more than it the target can get.
    for k in range(goal.n_fast):
        if k != goal.target:
            least = min(least, sums[k])
            rest += exp(-sums[k])
    if goal.rule == RULE_SHARE:
        return -log(rest) - goal.logit + goal.tolerance
    return least + goal.tolerance
