# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""One update of one flat parameter array, in place and in one pass over memory.

An array may be cut into consecutive groups. A group with a positive threshold is
then moved towards zero by the proximal map of the group lasso while it is still in
the cache, so a penalty costs no further pass over the parameters.
"""

from libc.math cimport sqrt

from sklearn_fs._utils._typedefs cimport float64_t, floating_t, intp_t


cdef inline floating_t _root(floating_t x) noexcept nogil:
    # A float32 root of a float32 number vectorises twice as wide as a float64 one;
    # the compiler narrows sqrt of a value that is rounded at once.
    return <floating_t> sqrt(x)


cdef inline void _shrink_group(
    floating_t* param, intp_t size, float64_t threshold
) noexcept nogil:
    """param *= max(0, 1 - threshold / norm(param))."""
    cdef intp_t i, k
    cdef float64_t square = 0.0
    # Four sums: one would wait for each addition to finish.
    cdef float64_t[4] part
    cdef floating_t factor
    for k in range(4):
        part[k] = 0.0
    for i in range(0, size - 3, 4):
        for k in range(4):
            part[k] += <float64_t> param[i + k] * <float64_t> param[i + k]
    for i in range(size - size % 4, size):
        square += <float64_t> param[i] * <float64_t> param[i]
    square += (part[0] + part[1]) + (part[2] + part[3])
    if square <= threshold * threshold:
        # Covers the norm 0 too: nothing is divided by it.
        for i in range(size):
            param[i] = 0
    else:
        factor = <floating_t> (1.0 - threshold / sqrt(square))
        for i in range(size):
            param[i] *= factor


def adam_step(
    floating_t[::1] param,            # INOUT
    const floating_t[::1] grad,       # IN
    floating_t[::1] mean,             # INOUT  first moment
    floating_t[::1] square,           # INOUT  second moment
    float64_t learning_rate,
    float64_t beta_1,
    float64_t beta_2,
    float64_t epsilon,
    float64_t weight_decay,
    Py_ssize_t step,
    const intp_t[::1] offsets,        # IN  of shape (n_groups + 1,)
    const float64_t[::1] thresholds,  # IN  of shape (n_groups,)
):
    """Adam with bias correction and decoupled decay (AdamW), then the group step.

    The decay multiplies the parameter by `1 - learning_rate * weight_decay` before
    the gradient moves it. `step` counts from 1. The threshold of a group is
    `learning_rate * thresholds[g]`.
    """
    cdef:
        intp_t g, i
        floating_t b1 = <floating_t> beta_1, c1 = <floating_t> (1.0 - beta_1)
        floating_t b2 = <floating_t> beta_2, c2 = <floating_t> (1.0 - beta_2)
        # Both corrections are folded into the two constants of the update.
        float64_t root = sqrt(1.0 - beta_2 ** step)
        floating_t rate = <floating_t> (learning_rate * root / (1.0 - beta_1 ** step))
        floating_t eps = <floating_t> (epsilon * root)
        floating_t keep = <floating_t> (1.0 - learning_rate * weight_decay)
    with nogil:
        for g in range(thresholds.shape[0]):
            for i in range(offsets[g], offsets[g + 1]):
                mean[i] = b1 * mean[i] + c1 * grad[i]
                square[i] = b2 * square[i] + c2 * grad[i] * grad[i]
                param[i] = keep * param[i] - rate * mean[i] / (_root(square[i]) + eps)
            if thresholds[g] > 0 and offsets[g + 1] > offsets[g]:
                _shrink_group(
                    &param[offsets[g]],
                    offsets[g + 1] - offsets[g],
                    learning_rate * thresholds[g],
                )


def sgd_step(
    floating_t[::1] param,            # INOUT
    const floating_t[::1] grad,       # IN
    floating_t[::1] velocity,         # INOUT
    float64_t learning_rate,
    float64_t momentum,
    bint nesterov,
    float64_t weight_decay,
    const intp_t[::1] offsets,        # IN  of shape (n_groups + 1,)
    const float64_t[::1] thresholds,  # IN  of shape (n_groups,)
):
    """Momentum, decoupled decay, then the group step, as in `adam_step`.

    velocity = momentum * velocity - learning_rate * grad; the parameter moves by the
    velocity, or by the velocity of the next step if `nesterov`.
    """
    cdef:
        intp_t g, i
        floating_t rate = <floating_t> learning_rate
        floating_t m = <floating_t> momentum
        floating_t keep = <floating_t> (1.0 - learning_rate * weight_decay)
        floating_t ahead = m if nesterov else <floating_t> 1.0
        floating_t extra = rate if nesterov else <floating_t> 0.0
    with nogil:
        for g in range(thresholds.shape[0]):
            for i in range(offsets[g], offsets[g + 1]):
                velocity[i] = m * velocity[i] - rate * grad[i]
                param[i] = keep * param[i] + ahead * velocity[i] - extra * grad[i]
            if thresholds[g] > 0 and offsets[g + 1] > offsets[g]:
                _shrink_group(
                    &param[offsets[g]],
                    offsets[g + 1] - offsets[g],
                    learning_rate * thresholds[g],
                )
