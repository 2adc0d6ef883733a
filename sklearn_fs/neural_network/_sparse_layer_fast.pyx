# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""One batch of a sparse autoencoder: forward, backward and the update of the links.

Everything is stored neuron by neuron with the batch contiguous, so that a link is one
axpy or one dot product on a row that sits in the first-level cache. The rows of a batch
are cut into a fixed number of tiles. A tile needs no other tile until the gradients of
the links are summed, in the order of the tiles: threads never change the result.

Tile t has the rows bounds[t] to bounds[t + 1] of the batch, padded with zeros to a
multiple of eight. Arrays:
    clean, noisy    (n_tiles, n_visible, width)   input, input with noise
    hidden, errors  (n_tiles, n_hidden, width)    activations u, back-propagated q
    gradients       (n_tiles, n_links)            one partial sum a tile and link
"""

from cython.parallel cimport prange

from libc.math cimport tanh

from sklearn_fs._utils._rng cimport mix64, next_uint64
from sklearn_fs._utils._typedefs cimport (
    float64_t, floating_t, int32_t, int64_t, intp_t, uint64_t
)
from sklearn_fs.neural_network._lanes cimport (
    backward, dots, gather, keep8, residual, scatter, sigmoid, slope
)

cdef enum:
    NOISE_LEVELS = 4096  # entries of the table of normal quantiles
    SIGMOID = 0
    TANH = 1
    RELU = 2


cdef inline intp_t padded(intp_t n_rows) noexcept nogil:
    """The next multiple of eight."""
    return (n_rows + 7) & ~(<intp_t> 7)


def add_noise(
    const floating_t[:, :, ::1] clean,       # IN
    floating_t[:, :, ::1] noisy,             # OUT
    const floating_t[::1] quantiles,         # IN, NOISE_LEVELS, times the noise factor
    uint64_t seed,
    const intp_t[::1] bounds,                # IN, n_tiles + 1
    int n_threads,
):
    """noisy = clean + noise.

    Each value takes 12 random bits, which choose one of 4096 equally probable normal
    quantiles. The state belongs to the tile and the visible unit.
    """
    cdef:
        intp_t n_tiles = bounds.shape[0] - 1, n_visible = clean.shape[1], t, i
    for t in prange(n_tiles, nogil=True, num_threads=n_threads, schedule="static"):
        for i in range(n_visible):
            _add_noise_row(
                &clean[t, i, 0], &noisy[t, i, 0], &quantiles[0],
                mix64(seed + <uint64_t> (t * n_visible + i)),
                bounds[t + 1] - bounds[t],
            )


cdef inline void _add_noise_row(
    const floating_t* clean, floating_t* noisy, const floating_t* quantiles,
    uint64_t state, intp_t n_valid,
) noexcept nogil:
    cdef intp_t b
    cdef uint64_t bits = 0
    cdef int left = 0
    for b in range(n_valid):
        if left == 0:
            bits = next_uint64(&state)
            left = 5
        noisy[b] = clean[b] + quantiles[bits & (NOISE_LEVELS - 1)]
        bits >>= 12
        left -= 1
    for b in range(n_valid, padded(n_valid)):
        noisy[b] = 0


def train_batch(
    const floating_t[:, :, ::1] clean,       # IN
    const floating_t[:, :, ::1] noisy,       # IN
    const int64_t[::1] indptr_in,            # IN, links of layer 1 by visible unit
    const int32_t[::1] indices_in,           # IN, their hidden units
    const floating_t[::1] weights_in,        # IN
    const floating_t[::1] bias_in,           # IN, n_hidden
    const int64_t[::1] indptr_out,           # IN, links of layer 2 by visible unit
    const int32_t[::1] indices_out,          # IN
    const floating_t[::1] weights_out,       # IN
    const floating_t[::1] bias_out,          # IN, n_visible
    floating_t[:, :, ::1] hidden,            # OUT
    floating_t[:, :, ::1] errors,            # OUT
    floating_t[:, ::1] gradient_in,          # OUT, sums over the rows of a tile
    floating_t[:, ::1] gradient_bias_in,     # OUT
    floating_t[:, ::1] gradient_out,         # OUT
    floating_t[:, ::1] gradient_bias_out,    # OUT
    float64_t[:, ::1] absolute_errors,       # OUT, sums of |z - x| by tile and unit
    float64_t[::1] losses,                   # OUT, half the squared error by tile
    floating_t[:, ::1] scratch,              # a row a tile
    const intp_t[::1] bounds,                # IN, n_tiles + 1
    int activation,
    bint tanh_output,
    double dropout,
    uint64_t seed,
    int n_threads,
):
    """Gradients of half the squared error of a batch, all with the old weights."""
    cdef intp_t t, n_tiles = bounds.shape[0] - 1
    cdef uint64_t dropped_below = <uint64_t> (dropout * 65536 + 0.5)
    for t in prange(n_tiles, nogil=True, num_threads=n_threads, schedule="static"):
        _encode(
            noisy[t], padded(bounds[t + 1] - bounds[t]), indptr_in, indices_in,
            weights_in, bias_in, hidden[t], activation,
            dropped_below, mix64(seed ^ mix64(<uint64_t> t)),
        )
        losses[t] = _decode(
            clean[t], indptr_out, indices_out, weights_out, bias_out, hidden[t],
            errors[t], gradient_out[t], gradient_bias_out[t], absolute_errors[t],
            &scratch[t, 0], bounds[t + 1] - bounds[t], tanh_output,
        )
        _backpropagate(
            noisy[t], padded(bounds[t + 1] - bounds[t]), indptr_in, indices_in,
            hidden[t], errors[t], gradient_in[t], gradient_bias_in[t], activation,
            dropped_below > 0,
        )


cdef void _encode(
    const floating_t[:, ::1] noisy,
    intp_t width,
    const int64_t[::1] indptr,
    const int32_t[::1] indices,
    const floating_t[::1] weights,
    const floating_t[::1] bias,
    floating_t[:, ::1] hidden,
    int activation,
    uint64_t dropped_below,
    uint64_t state,
) noexcept nogil:
    """u = m * g(W1 x + b1), with a dropout mask m of 16 random bits a unit and row."""
    cdef intp_t n_visible = noisy.shape[0], stride = noisy.shape[1]
    cdef intp_t n_hidden = hidden.shape[0], i, j, b
    cdef int64_t first
    cdef uint64_t bits
    cdef floating_t* u
    for j in range(n_hidden):
        for b in range(width):
            hidden[j, b] = bias[j]
    for i in range(n_visible):
        first = indptr[i]
        scatter(&weights[0] + first, &indices[0] + first, indptr[i + 1] - first,
                &noisy[i, 0], &hidden[0, 0], stride, width)
    for j in range(n_hidden):
        u = &hidden[j, 0]
        if activation == SIGMOID:
            sigmoid(u, width)
        elif activation == TANH:
            for b in range(width):
                u[b] = <floating_t> tanh(u[b])
        else:
            for b in range(width):
                u[b] = max(u[b], <floating_t> 0)
        if dropped_below > 0:
            for b in range(0, width, 8):
                bits = next_uint64(&state)
                keep8(u + b, bits, next_uint64(&state), dropped_below)


cdef float64_t _decode(
    const floating_t[:, ::1] clean,
    const int64_t[::1] indptr,
    const int32_t[::1] indices,
    const floating_t[::1] weights,
    const floating_t[::1] bias,
    const floating_t[:, ::1] hidden,
    floating_t[:, ::1] errors,
    floating_t[::1] gradient,
    floating_t[::1] gradient_bias,
    float64_t[::1] absolute_errors,
    floating_t* delta,
    intp_t n_valid,
    bint tanh_output,
) noexcept nogil:
    """Layer 2 in one sweep: z is formed, compared and used while it is in the cache."""
    cdef intp_t n_visible = clean.shape[0], stride = clean.shape[1], k, b
    cdef intp_t n_hidden = hidden.shape[0], width = padded(n_valid)
    cdef int64_t first
    cdef float64_t loss = 0
    cdef floating_t z
    cdef floating_t[3] sums
    for b in range(n_hidden * stride):
        (&errors[0, 0])[b] = 0
    for k in range(n_visible):
        for b in range(width):
            delta[b] = bias[k]
        first = indptr[k]
        gather(&weights[0] + first, &indices[0] + first, indptr[k + 1] - first,
               delta, &hidden[0, 0], stride, width)
        if tanh_output:
            for b in range(width):
                delta[b] = <floating_t> tanh(delta[b])
        # Padding: no difference, so no loss and no gradient.
        for b in range(n_valid, width):
            delta[b] = 0
        residual(delta, &clean[k, 0], width, sums)
        loss += 0.5 * sums[2]
        absolute_errors[k] = sums[1]
        gradient_bias[k] = sums[0]
        if tanh_output:
            gradient_bias[k] = 0
            for b in range(n_valid):
                z = delta[b] + clean[k, b]
                delta[b] *= 1 - z * z
                gradient_bias[k] += delta[b]
        backward(&weights[0] + first, &indices[0] + first, indptr[k + 1] - first,
                 delta, &hidden[0, 0], &errors[0, 0], &gradient[0] + first, stride,
                 width)
    return loss


cdef void _backpropagate(
    const floating_t[:, ::1] noisy,
    intp_t width,
    const int64_t[::1] indptr,
    const int32_t[::1] indices,
    const floating_t[:, ::1] hidden,
    floating_t[:, ::1] errors,
    floating_t[::1] gradient,
    floating_t[::1] gradient_bias,
    int activation,
    bint masked,
) noexcept nogil:
    """q = (W2' delta) * g'(a) * m, then the gradient of layer 1.

    The derivative is a function of u = m g(a); a dropped unit has u = 0.
    """
    cdef intp_t n_visible = noisy.shape[0], stride = noisy.shape[1]
    cdef intp_t n_hidden = hidden.shape[0], i, j, b
    cdef int64_t first
    cdef floating_t total
    for j in range(n_hidden):
        if activation == SIGMOID:
            gradient_bias[j] = slope(&errors[j, 0], &hidden[j, 0], width)
            continue
        total = 0
        for b in range(width):
            if activation == TANH:
                if masked and hidden[j, b] == 0:
                    errors[j, b] = 0
                else:
                    errors[j, b] *= 1 - hidden[j, b] * hidden[j, b]
            else:
                errors[j, b] *= hidden[j, b] > 0
            total += errors[j, b]
        gradient_bias[j] = total
    for i in range(n_visible):
        first = indptr[i]
        dots(&indices[0] + first, indptr[i + 1] - first, &noisy[i, 0],
             &errors[0, 0], &gradient[0] + first, stride, width)


def update(
    floating_t[::1] weights,                 # IN/OUT
    floating_t[::1] velocity,                # IN/OUT
    const floating_t[:, ::1] gradients,      # IN, partial sums, n_tiles of them valid
    intp_t n_tiles,
    double scale,
    double learning_rate,
    double momentum,
    double weight_decay,
    bint nesterov,
    int n_threads,
):
    """One step of SGD with momentum; the gradient is `scale` times the sum of the tiles.

    Classical:  v <- momentum v - rate g;  w <- w + v - decay w
    Nesterov:   v <- momentum v + g;       w <- w - rate (g + momentum v) - decay w
    """
    cdef:
        intp_t n_links = weights.shape[0], link, t
        floating_t g, v, s = <floating_t> scale, rate = <floating_t> learning_rate
        floating_t mu = <floating_t> momentum, decay = <floating_t> weight_decay
    for link in prange(
        n_links, nogil=True, num_threads=n_threads, schedule="static"
    ):
        g = gradients[0, link]
        for t in range(1, n_tiles):
            g = g + gradients[t, link]
        g = g * s
        if nesterov:
            v = mu * velocity[link] + g
            weights[link] -= rate * (g + mu * v) + decay * weights[link]
        else:
            v = mu * velocity[link] - rate * g
            weights[link] += v - decay * weights[link]
        velocity[link] = v
