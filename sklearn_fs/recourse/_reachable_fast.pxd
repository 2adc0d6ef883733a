# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The search of reachable points, for the kernel that draws from them."""

from sklearn_fs._utils._typedefs cimport float64_t, intp_t, uint8_t

# Kinds of variables, as in `_block_program.py`.
cdef enum:
    REST = 0
    LATTICE = 1
    LIST = 2
    STATES = 3


cdef class Search:
    cdef:
        intp_t n_vars, n_cols, key
        # The program (see BlockProgram).
        const intp_t[::1] var_ptr, var_cols, var_kind, opt_ptr, val_ptr
        const float64_t[::1] opt_values, step
        const intp_t[::1] link_ptr, link_src, link_when, link_clip
        const float64_t[::1] link_scale
        const intp_t[::1] sum_at, sum_ptr, sum_cols
        const float64_t[::1] sum_coefs, sum_low, sum_high
        const intp_t[::1] imp_at
        const float64_t[:, ::1] imp_rows
        const intp_t[::1] tab_at, tab_col_ptr, tab_cols, tab_ptr, tab_val_ptr
        const float64_t[::1] tab_values
        # The keys.
        const float64_t[:, ::1] starts, low, high, down, up
        const uint8_t[:, ::1] allowed, frozen, tab_allowed
        # The branch being looked at.
        float64_t[::1] final, effect, shift
        intp_t[::1] option, last_option, direct

    cdef void set_effect(self, intp_t k) noexcept
    cdef bint within(self, intp_t k) noexcept
    cdef void enter(self, intp_t v) noexcept
    cdef bint apply(self, intp_t v, intp_t o) noexcept
    cdef bint rules_hold(self, intp_t v) noexcept
