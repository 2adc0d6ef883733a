# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The best state of one block after the other, as long as that helps."""

from libc.math cimport INFINITY

from sklearn_fs._utils._typedefs cimport float64_t, intp_t
from sklearn_fs.recourse._joint_space cimport person_t, put, space_t
from sklearn_fs.recourse._tree_nodes cimport (
    add_leaf,
    exact_reaches,
    fast_margin,
    leaf_of,
    model_t,
)


cdef bint climb(
    const model_t* model, const space_t* space, person_t* own
) noexcept nogil:
    """Whether the best state of one block after the other leads to the goal."""
    cdef:
        intp_t n_fast = model.goal.n_fast
        intp_t b, s, t, k, f, best_state
        float64_t margin, best = -INFINITY
        float64_t* total = own.sums
        float64_t* rest = own.sums + n_fast
        bint better = True
    for f in range(space.n_features):
        own.low[f] = own.x[f]
    while better:
        better = False
        for b in range(space.n_blocks):
            for f in range(space.n_features):
                own.row[f] = own.low[f]
            for k in range(n_fast):
                rest[k] = space.fast_base[k]
            for t in range(model.n_trees):
                if not space.uses[t * space.n_blocks + b]:
                    add_leaf(
                        model, t, leaf_of(model.nodes, model.roots[t], own.row), 1.0,
                        rest,
                    )
            best_state = -1
            for s in range(space.count[own.keys[b]]):
                put(space, own, b, s, own.row)
                for k in range(n_fast):
                    total[k] = rest[k]
                for t in range(model.n_trees):
                    if space.uses[t * space.n_blocks + b]:
                        add_leaf(
                            model, t, leaf_of(model.nodes, model.roots[t], own.row),
                            1.0, total,
                        )
                margin = fast_margin(&model.goal, total)
                # Rounding must not make it go round in circles.
                if margin > best + model.goal.tolerance:
                    best = margin
                    best_state = s
            if best_state >= 0:
                better = True
                put(space, own, b, best_state, own.low)
        if exact_reaches(model, own.low, own.sums):
            return True
    return False
