# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Uniform draws from the reachable points of a block, by rejection.

A draw picks an option of each variable in turn. Where links move the bounds of a
grid, it has more options in some branches than in others; a branch with few is then
kept less often, so that every reachable point is equally likely.
"""

import numpy as np

from libc.math cimport floor

from sklearn_fs._utils._rng cimport next_uint64
from sklearn_fs._utils._typedefs cimport float64_t, int64_t, intp_t, uint64_t
from sklearn_fs.recourse._reachable_fast cimport LATTICE, LIST, STATES, Search


cdef inline intp_t below(uint64_t* state, intp_t n) noexcept:
    """A number in 0 .. n - 1; the bias of 64 bits is far below any draw's error."""
    return <intp_t> (next_uint64(state) % <uint64_t> n)


cdef bint draw(Search search, intp_t v, uint64_t* state) noexcept:
    """Set variable v at random; False where the draw is to be dropped."""
    cdef:
        intp_t k = search.var_cols[search.var_ptr[v]], kind = search.var_kind[v]
        intp_t first, n_options, most, o, pick
        float64_t width
    search.enter(v)
    first = search.option[v] + 1
    n_options = search.last_option[v] - first + 1
    if n_options <= 0:
        return False
    if kind == LATTICE and not search.frozen[search.key, v]:
        width = min(
            search.high[search.key, k] - search.low[search.key, k],
            search.up[search.key, k] - search.down[search.key, k],
        )
        most = <intp_t> floor(width / search.step[k] + 1e-6) + 1
        if below(state, most) >= n_options:
            return False
        return search.apply(v, first + below(state, n_options))
    if (kind == LIST or kind == STATES) and search.last_option[v] >= 0:
        # Only options that this key has; to do nothing is one of a list.
        n_options = 1 if kind == LIST else 0
        for o in range(search.last_option[v] + 1):
            n_options += search.allowed[search.key, search.opt_ptr[v] + o]
        if n_options == 0:
            return False
        pick = below(state, n_options) - (1 if kind == LIST else 0)
        if pick < 0:
            return search.apply(v, -1)
        for o in range(search.last_option[v] + 1):
            if search.allowed[search.key, search.opt_ptr[v] + o]:
                if pick == 0:
                    return search.apply(v, o)
                pick -= 1
    return search.apply(v, first)


def draw_points(
    Search search,
    const intp_t[::1] keys,             # IN  keys to draw from
    const uint64_t[::1] seeds,          # IN  one a key
    intp_t n_draws,
    intp_t patience,                    # IN  draws after which the share kept counts
    float64_t least,                    # IN  smallest share kept
    int64_t[::1] blame,                 # OUT draws dropped at each variable
):
    """Reachable points of each key, each point as likely as any other.

    Returns
    -------
    points : ndarray of shape (n_keys, n_draws, n_columns)
    n_direct : ndarray of shape (n_keys, n_draws), columns that the person moves
    failed : int, the first key of which too few draws are kept, or -1
    """
    cdef:
        intp_t i, v, k, kept, drawn
        uint64_t state
        float64_t[:, :, ::1] points = np.empty((len(keys), n_draws, search.n_cols))
        int64_t[:, ::1] n_direct = np.empty((len(keys), n_draws), dtype=np.int64)
    for i in range(keys.shape[0]):
        search.key = keys[i]
        state = seeds[i]
        kept = drawn = 0
        blame[:] = 0
        while kept < n_draws:
            drawn += 1
            if drawn > patience and kept < least * drawn:
                return np.asarray(points), np.asarray(n_direct), int(keys[i])
            for v in range(search.n_vars):
                if not draw(search, v, &state) or not search.rules_hold(v):
                    blame[v] += 1
                    break
            else:
                if search.direct[search.n_vars] == 0:
                    continue
                for k in range(search.n_cols):
                    points[i, kept, k] = search.final[k]
                n_direct[i, kept] = search.direct[search.n_vars]
                kept += 1
    return np.asarray(points), np.asarray(n_direct), -1
