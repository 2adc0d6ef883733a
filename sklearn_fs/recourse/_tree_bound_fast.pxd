# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The best of boxes, for the kernel of the joint search."""

from sklearn_fs._utils._typedefs cimport float64_t, int32_t, intp_t
from sklearn_fs.recourse._tree_nodes cimport goal_t, model_t, node_t


cdef model_t pack(
    const node_t[::1] nodes, const int32_t[::1] roots, const int32_t[::1] outputs,
    const float64_t[:, ::1] values, const float64_t[::1] base,
    const goal_t[::1] goal,
) noexcept

cdef void best_leaves(
    const model_t* model, intp_t tree, int32_t here, float64_t* low, float64_t* high,
    float64_t* best, intp_t n_best,
) noexcept nogil
