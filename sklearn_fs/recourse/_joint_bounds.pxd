# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Bounds of the joint search; trees that do not ask about a block keep theirs."""

from libc.math cimport INFINITY

from sklearn_fs._utils._typedefs cimport float64_t, intp_t
from sklearn_fs.recourse._joint_space cimport person_t, space_t
from sklearn_fs.recourse._tree_bound_fast cimport best_leaves
from sklearn_fs.recourse._tree_nodes cimport bound_of, model_t


cdef inline void sum_others(
    const model_t* model, const space_t* space, person_t* own, intp_t level,
    intp_t block, float64_t* rest,
) noexcept nogil:
    """What the trees that do not ask about a block can give in the box of a level."""
    cdef:
        intp_t t, k, n_best = model.goal.n_fast
        const float64_t* above = own.best + level * model.n_trees * n_best
    for k in range(n_best):
        rest[k] = space.fast_base[k]
        if n_best > 1:
            rest[k] = space.fast_base[model.goal.target] - space.fast_base[k]
    for t in range(model.n_trees):
        if not space.uses[t * space.n_blocks + block]:
            for k in range(n_best):
                rest[k] += above[t * n_best + k]


cdef inline float64_t bound_here(
    const model_t* model, const space_t* space, person_t* own, intp_t block,
    const float64_t* rest,
) noexcept nogil:
    """The bound in the present box; only trees that ask about a block are new."""
    cdef:
        intp_t t, k, n_best = model.goal.n_fast
        float64_t* total = own.sums + n_best
        float64_t* leaf = own.sums + 2 * n_best
    for k in range(n_best):
        total[k] = rest[k]
    for t in range(model.n_trees):
        if space.uses[t * space.n_blocks + block]:
            for k in range(n_best):
                leaf[k] = -INFINITY
            best_leaves(model, t, model.roots[t], own.low, own.high, leaf, n_best)
            for k in range(n_best):
                total[k] += leaf[k]
    return bound_of(&model.goal, total)
