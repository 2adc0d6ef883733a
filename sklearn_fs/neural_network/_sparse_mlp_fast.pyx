# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""One sparse layer of a feed-forward network, forward and backward.

Batches are tiles as in `_sparse_layer_fast`: (n_tiles, n_units, stride), tile t with the
rows bounds[t] to bounds[t + 1], padded to a multiple of eight. Tiles never meet, so that
the number of threads does not change a bit.
"""

from cython.parallel cimport prange

from sklearn_fs._utils._typedefs cimport floating_t, int32_t, int64_t, intp_t
from sklearn_fs.neural_network._lanes cimport dots, gather, scatter, sigmoid

cdef enum:
    TANH = 1


def forward(
    const floating_t[:, :, ::1] inputs,      # IN
    const int64_t[::1] indptr,               # IN, links by input unit
    const int32_t[::1] indices,              # IN, their output units
    const floating_t[::1] weights,           # IN
    const floating_t[::1] bias,              # IN, n_outputs
    floating_t[:, :, ::1] outputs,           # OUT
    const intp_t[::1] bounds,                # IN, n_tiles + 1
    int activation,                          # tanh or relu
    int n_threads,
):
    """outputs = activation(W' inputs + bias)"""
    cdef intp_t t, n_tiles = bounds.shape[0] - 1
    for t in prange(n_tiles, nogil=True, num_threads=n_threads, schedule="static"):
        _forward_tile(
            inputs[t], indptr, indices, weights, bias, outputs[t],
            (bounds[t + 1] - bounds[t] + 7) & ~(<intp_t> 7), activation,
        )


cdef void _forward_tile(
    const floating_t[:, ::1] inputs,
    const int64_t[::1] indptr,
    const int32_t[::1] indices,
    const floating_t[::1] weights,
    const floating_t[::1] bias,
    floating_t[:, ::1] outputs,
    intp_t width,
    int activation,
) noexcept nogil:
    cdef intp_t i, j, b, stride = outputs.shape[1]
    cdef int64_t first
    for j in range(outputs.shape[0]):
        for b in range(width):
            outputs[j, b] = bias[j]
    for i in range(inputs.shape[0]):
        first = indptr[i]
        scatter(&weights[0] + first, &indices[0] + first, indptr[i + 1] - first,
                &inputs[i, 0], &outputs[0, 0], stride, width)
    for j in range(outputs.shape[0]):
        if activation == TANH:  # tanh(a) = 2 / (1 + exp(-2 a)) - 1
            for b in range(width):
                outputs[j, b] *= 2
            sigmoid(&outputs[j, 0], width)
            for b in range(width):
                outputs[j, b] = 2 * outputs[j, b] - 1
        else:
            for b in range(width):
                outputs[j, b] = max(outputs[j, b], <floating_t> 0)


def backward(
    const floating_t[:, :, ::1] inputs,      # IN, outputs of the layer below
    const int64_t[::1] indptr,               # IN
    const int32_t[::1] indices,              # IN
    const floating_t[::1] weights,           # IN
    const floating_t[:, :, ::1] errors,      # IN, by pre-activation; padding is zero
    floating_t[:, :, ::1] errors_below,      # OUT, by pre-activation of the layer below
    floating_t[:, ::1] gradient,             # OUT, sums over the rows of a tile
    floating_t[:, ::1] gradient_bias,        # OUT
    const intp_t[::1] bounds,                # IN
    int activation,
    bint lowest,                             # no layer below: no errors are wanted
    int n_threads,
):
    """Gradient of every link, and the errors passed on to the layer below."""
    cdef intp_t t, n_tiles = bounds.shape[0] - 1
    for t in prange(n_tiles, nogil=True, num_threads=n_threads, schedule="static"):
        _backward_tile(
            inputs[t], indptr, indices, weights, errors[t], errors_below[t],
            gradient[t], gradient_bias[t],
            (bounds[t + 1] - bounds[t] + 7) & ~(<intp_t> 7), activation, lowest,
        )


cdef void _backward_tile(
    const floating_t[:, ::1] inputs,
    const int64_t[::1] indptr,
    const int32_t[::1] indices,
    const floating_t[::1] weights,
    const floating_t[:, ::1] errors,
    floating_t[:, ::1] errors_below,
    floating_t[::1] gradient,
    floating_t[::1] gradient_bias,
    intp_t width,
    int activation,
    bint lowest,
) noexcept nogil:
    cdef intp_t i, j, b, n_links, stride = errors.shape[1]
    cdef int64_t first
    cdef floating_t total
    for j in range(errors.shape[0]):
        total = 0
        for b in range(width):
            total += errors[j, b]
        gradient_bias[j] = total
    for i in range(inputs.shape[0]):
        first = indptr[i]
        n_links = indptr[i + 1] - first
        dots(&indices[0] + first, n_links, &inputs[i, 0], &errors[0, 0],
             &gradient[0] + first, stride, width)
        if lowest:
            continue
        for b in range(width):
            errors_below[i, b] = 0
        gather(&weights[0] + first, &indices[0] + first, n_links,
               &errors_below[i, 0], &errors[0, 0], stride, width)
        for b in range(width):
            if activation == TANH:
                errors_below[i, b] *= 1 - inputs[i, b] * inputs[i, b]
            else:
                errors_below[i, b] *= inputs[i, b] > 0
