# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Uniform B-splines: values, slopes, designs and the fused spline layer.

A spline of degree k on G equal intervals has K = G + k basis functions, of which
only k + 1 differ from 0 at any point. Outside the grid the splines continue along
their tangents, so a gradient never dies and the last grid point belongs to the grid
(the half-open intervals of the usual recursion lose both).
"""

from libc.math cimport exp, isnan

from sklearn_fs._utils._typedefs cimport (
    float32_t, float64_t, floating_t, int32_t, intp_t, uint8_t
)

cdef extern from "math.h" nogil:
    float32_t expf(float32_t)

# How the base branch b(x) is named inside the kernels.
cdef enum:
    BASE_NONE = 0
    BASE_SILU = 1
    BASE_LINEAR = 2


cdef inline intp_t _local_basis(
    floating_t u, intp_t grid_size, int degree, floating_t* w, floating_t* dw
) noexcept nogil:
    """The k + 1 values and slopes at u, in units of one interval; the first index."""
    # A NaN fails both comparisons and lands in interval 0 with NaN values.
    cdef floating_t inside = u if u > 0 else <floating_t> 0
    if inside > grid_size:
        inside = <floating_t> grid_size
    cdef intp_t left = <intp_t> inside, m
    if left > grid_size - 1:
        left = grid_size - 1
    cdef floating_t t = inside - left
    cdef floating_t r = 1 - t
    cdef floating_t beyond = u - inside
    cdef floating_t sixth = <floating_t> (1.0 / 6.0), half = <floating_t> 0.5
    if degree == 3:
        w[0] = r * r * r * sixth
        w[1] = ((3 * t - 6) * t * t + 4) * sixth
        w[2] = (((3 - 3 * t) * t + 3) * t + 1) * sixth
        w[3] = t * t * t * sixth
        dw[0] = -r * r * half
        dw[1] = (3 * t - 4) * t * half
        dw[2] = ((2 - 3 * t) * t + 1) * half
        dw[3] = t * t * half
    elif degree == 2:
        w[0] = r * r * half
        w[1] = t * r + half
        w[2] = t * t * half
        dw[0] = -r
        dw[1] = 1 - 2 * t
        dw[2] = t
    else:
        w[0] = r
        w[1] = t
        dw[0] = -1
        dw[1] = 1
    if beyond != 0:
        for m in range(degree + 1):
            w[m] += beyond * dw[m]
    return left


cdef inline void _base(
    floating_t x, int base, floating_t* value, floating_t* slope
) noexcept nogil:
    cdef floating_t s
    if base == BASE_SILU:
        # exp overflows to inf for a very negative x: s is then 0, as it should be.
        if floating_t is float:
            s = 1 / (1 + expf(-x))
        else:
            s = 1 / (1 + exp(-x))
        value[0] = x * s
        slope[0] = s * (1 + x * (1 - s))
    else:
        value[0] = x
        slope[0] = 1


def basis(
    const floating_t[::1] x,      # IN
    float64_t low,
    float64_t high,
    Py_ssize_t grid_size,
    int degree,
    bint derivative,
    floating_t[:, ::1] out,       # OUT  of shape (len(x), grid_size + degree)
):
    """All basis functions, or their derivatives, at the points x."""
    cdef:
        intp_t i, m, left
        floating_t[4] w, dw
        float64_t scale = grid_size / (high - low)
    with nogil:
        out[:, :] = 0
        for i in range(x.shape[0]):
            left = _local_basis(
                <floating_t> ((x[i] - low) * scale), grid_size, degree, w, dw
            )
            for m in range(degree + 1):
                out[i, left + m] = <floating_t> (dw[m] * scale) if derivative else w[m]


def input_design(
    const floating_t[:, :] z,           # IN   mapped inputs, splines on [-1, 1]
    const intp_t[::1] offsets,          # IN   first column of each feature's block
    const uint8_t[::1] is_category,     # IN   z holds codes, -1 for unknown
    const uint8_t[::1] has_indicator,   # IN   last column of the block marks NaN
    Py_ssize_t grid_size,
    int degree,
    int base,
    bint derivative,
    floating_t[:, ::1] out,             # OUT  of shape (n_samples, offsets[-1])
):
    """The design of the first layer: one block of columns for each feature."""
    cdef:
        intp_t i, j, m, start, n_basis = grid_size + degree
        floating_t[4] w, dw
        floating_t value, slope, u
        floating_t scale = <floating_t> (grid_size / 2.0)
    with nogil:
        out[:, :] = 0
        for i in range(z.shape[0]):
            for j in range(z.shape[1]):
                start = offsets[j]
                if isnan(z[i, j]):
                    if has_indicator[j] and not derivative:
                        out[i, offsets[j + 1] - 1] = 1
                elif is_category[j]:
                    if z[i, j] >= 0 and not derivative:
                        out[i, start + <intp_t> z[i, j]] = 1
                else:
                    u = (z[i, j] + 1) * scale
                    start += _local_basis(u, grid_size, degree, w, dw)
                    for m in range(degree + 1):
                        out[i, start + m] = dw[m] * scale if derivative else w[m]
                    if base != BASE_NONE:
                        _base(z[i, j], base, &value, &slope)
                        m = offsets[j] + n_basis
                        out[i, m] = slope if derivative else value


def spline_layer_forward(
    const floating_t[:, ::1] z,       # IN   of shape (n_samples, n_units)
    const floating_t[::1] low,        # IN   left end of each unit's grid
    const floating_t[::1] scale,      # IN   intervals per unit of z
    Py_ssize_t grid_size,
    int degree,
    int base,
    const floating_t[:, ::1] coef,    # IN   of shape (n_units * width, n_outputs)
    const floating_t[::1] bias,       # IN   of shape (n_outputs,)
    floating_t[:, ::1] out,           # OUT  of shape (n_samples, n_outputs)
    floating_t[:, :, ::1] values,     # OUT  of shape (n_samples, n_units, degree + 2)
    floating_t[:, :, ::1] slopes,     # OUT  same shape; with respect to z
    int32_t[:, ::1] left,             # OUT  first non-zero basis function
):
    """out = sum over the units of their splines; keeps what the way back needs."""
    cdef:
        intp_t i, q, m, c, first
        intp_t n_units = z.shape[1], n_outputs = out.shape[1]
        intp_t width = grid_size + degree + (base != BASE_NONE)
        floating_t total
        floating_t *row_out
        floating_t *w
        floating_t *dw
        const floating_t *t
    with nogil:
        for i in range(z.shape[0]):
            row_out = &out[i, 0]
            for c in range(n_outputs):
                row_out[c] = bias[c]
            for q in range(n_units):
                w, dw = &values[i, q, 0], &slopes[i, q, 0]
                first = _local_basis(
                    (z[i, q] - low[q]) * scale[q], grid_size, degree, w, dw
                )
                left[i, q] = <int32_t> first
                for m in range(degree + 1):
                    dw[m] *= scale[q]
                t = &coef[q * width + first, 0]
                if n_outputs == 1:
                    total = 0
                    for m in range(degree + 1):
                        total += w[m] * t[m]
                    row_out[0] += total
                else:
                    for m in range(degree + 1):
                        for c in range(n_outputs):
                            row_out[c] += w[m] * t[m * n_outputs + c]
                if base != BASE_NONE:
                    m = degree + 1
                    _base(z[i, q], base, &w[m], &dw[m])
                    t = &coef[(q + 1) * width - 1, 0]
                    for c in range(n_outputs):
                        row_out[c] += w[m] * t[c]


def spline_layer_backward(
    const floating_t[:, ::1] grad_out,   # IN   of shape (n_samples, n_outputs)
    const floating_t[:, ::1] coef,       # IN
    const floating_t[:, :, ::1] values,  # IN   from the forward pass
    const floating_t[:, :, ::1] slopes,  # IN
    const int32_t[:, ::1] left,          # IN
    Py_ssize_t grid_size,
    int degree,
    int base,
    bint with_parameters,
    floating_t[:, ::1] grad_coef,        # OUT  untouched unless with_parameters
    floating_t[:, ::1] grad_z,           # OUT  of shape (n_samples, n_units)
):
    """Gradients of the layer: for its coefficients and for its inputs."""
    cdef:
        intp_t i, q, m, c, row
        intp_t n_units = left.shape[1], n_outputs = grad_out.shape[1]
        intp_t width = grid_size + degree + (base != BASE_NONE)
        intp_t n_local = degree + 1 + (base != BASE_NONE)
        floating_t dot, total, g0
        const floating_t *g
        const floating_t *w
        const floating_t *dw
        const floating_t *t
        floating_t *gt
    with nogil:
        if with_parameters:
            grad_coef[:, :] = 0
        for i in range(grad_out.shape[0]):
            g = &grad_out[i, 0]
            g0 = g[0]
            for q in range(n_units):
                w, dw = &values[i, q, 0], &slopes[i, q, 0]
                total = 0
                for m in range(n_local):
                    # The base branch is the last row of the unit's block.
                    row = q * width
                    row += left[i, q] + m if m <= degree else width - 1
                    t = &coef[row, 0]
                    if n_outputs == 1:
                        total += dw[m] * t[0]
                        if with_parameters:
                            grad_coef[row, 0] += w[m] * g0
                        continue
                    dot = 0
                    for c in range(n_outputs):
                        dot += t[c] * g[c]
                    total += dw[m] * dot
                    if with_parameters:
                        gt = &grad_coef[row, 0]
                        for c in range(n_outputs):
                            gt[c] += w[m] * g[c]
                grad_z[i, q] = total * g0 if n_outputs == 1 else total


def smoothness_penalty(
    const floating_t[:, ::1] coef,    # IN
    const intp_t[::1] starts,         # IN   first row of each spline
    Py_ssize_t n_basis,
    float64_t strength,
    floating_t[:, ::1] grad,          # INOUT  the gradient is added
):
    """strength * sum of squared second differences (Eilers & Marx 1996)."""
    cdef:
        intp_t b, m, c, n_columns = coef.shape[1]
        floating_t second, step = <floating_t> (2.0 * strength)
        float64_t total = 0.0
        floating_t part
        const floating_t* t
        floating_t* g
    with nogil:
        for b in range(starts.shape[0]):
            for m in range(starts[b], starts[b] + n_basis - 2):
                t = &coef[m, 0]
                g = &grad[m, 0]
                part = 0
                for c in range(n_columns):
                    second = t[2 * n_columns + c] - 2 * t[n_columns + c] + t[c]
                    part += second * second
                    g[c] += step * second
                    g[n_columns + c] -= 2 * step * second
                    g[2 * n_columns + c] += step * second
                total += part
    return strength * total
