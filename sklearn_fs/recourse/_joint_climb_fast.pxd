# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The climb, for the kernel of the joint search."""

from sklearn_fs.recourse._joint_space cimport person_t, space_t
from sklearn_fs.recourse._tree_nodes cimport model_t


cdef bint climb(
    const model_t* model, const space_t* space, person_t* own
) noexcept nogil
