# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Losses of raw network outputs, with their gradients, in one pass over a batch.

Every function fills `grad`, already divided by the number of rows, and returns the
mean loss, summed in float64. `weights` has one entry a row, or none at all.
"""

from libc.math cimport exp, fabs, log, log1p

from sklearn_fs._utils._typedefs cimport float64_t, floating_t, intp_t


def squared_loss(
    const floating_t[:, ::1] out,      # IN
    const floating_t[:, ::1] target,   # IN
    const floating_t[::1] weights,     # IN
    floating_t[:, ::1] grad,           # OUT
):
    """Mean over rows and outputs of (out - target)^2."""
    cdef:
        intp_t i, c, n = out.shape[0], n_outputs = out.shape[1]
        float64_t total = 0.0, difference, weight = 1.0
        float64_t share = 1.0 / (n * n_outputs)
    with nogil:
        for i in range(n):
            if weights.shape[0] > 0:
                weight = weights[i]
            for c in range(n_outputs):
                difference = <float64_t> out[i, c] - target[i, c]
                total += weight * difference * difference
                grad[i, c] = <floating_t> (2.0 * share * weight * difference)
    return total * share


def logistic_loss(
    const floating_t[:, ::1] out,      # IN  of shape (n_samples, 1)
    const floating_t[:, ::1] target,   # IN  0 or 1, same shape
    const floating_t[::1] weights,     # IN
    floating_t[:, ::1] grad,           # OUT
):
    """Mean of softplus(out) - target * out."""
    cdef:
        intp_t i, n = out.shape[0]
        float64_t total = 0.0, x, e, probability, weight = 1.0, share = 1.0 / n
    with nogil:
        for i in range(n):
            if weights.shape[0] > 0:
                weight = weights[i]
            x = out[i, 0]
            # Only the exponential of a negative number is taken.
            e = exp(-fabs(x))
            probability = 1.0 / (1.0 + e) if x > 0 else e / (1.0 + e)
            total += weight * ((x if x > 0 else 0.0) + log1p(e) - target[i, 0] * x)
            grad[i, 0] = <floating_t> (share * weight * (probability - target[i, 0]))
    return total * share


def softmax_loss(
    const floating_t[:, ::1] out,      # IN  of shape (n_samples, n_classes)
    const floating_t[:, ::1] target,   # IN  class code as a number, shape (n, 1)
    const floating_t[::1] weights,     # IN
    floating_t[:, ::1] grad,           # OUT
):
    """Mean of log(sum exp(out)) - out[code]."""
    cdef:
        intp_t i, c, code, n = out.shape[0], n_classes = out.shape[1]
        float64_t total = 0.0, largest, sum_exp, weight = 1.0, share = 1.0 / n
    with nogil:
        for i in range(n):
            if weights.shape[0] > 0:
                weight = weights[i]
            code = <intp_t> target[i, 0]
            largest = out[i, 0]
            for c in range(1, n_classes):
                if out[i, c] > largest:
                    largest = out[i, c]
            sum_exp = 0.0
            for c in range(n_classes):
                grad[i, c] = <floating_t> exp(out[i, c] - largest)
                sum_exp += grad[i, c]
            total += weight * (log(sum_exp) + largest - out[i, code])
            for c in range(n_classes):
                grad[i, c] = <floating_t> (share * weight * grad[i, c] / sum_exp)
            grad[i, code] -= <floating_t> (share * weight)
    return total * share
