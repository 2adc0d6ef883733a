# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Attention over the edges of a graph in CSR by target row, and its gradient.

An edge e = (i <- j) has target i, source j = sources[e] and weight w_e. The logit is
leaky(t_i + s_j + g w_e) for v1 (arXiv 1710.10903) and <a, leaky(P_i + Z_j + g w_e)>
for v2 (arXiv 2105.14491); alpha is its softmax over the edges of i.
"""

from libc.math cimport exp

from sklearn_fs._utils._typedefs cimport (
    float32_t, float64_t, floating_t, int32_t, int64_t, intp_t,
)

cdef float64_t SLOPE = 0.2


cdef inline float64_t leaky(float64_t u) noexcept nogil:
    return u if u > 0.0 else SLOPE * u


cdef inline void softmax(
    floating_t* alpha, int64_t start, int64_t end, intp_t n_heads, intp_t h
) noexcept nogil:
    """Logits to shares in place, over the edges of one target and one head."""
    cdef:
        int64_t e
        float64_t largest = alpha[start * n_heads + h]
        float64_t total = 0.0
        float64_t value
    for e in range(start + 1, end):
        if alpha[e * n_heads + h] > largest:
            largest = alpha[e * n_heads + h]
    for e in range(start, end):
        value = exp(alpha[e * n_heads + h] - largest)
        alpha[e * n_heads + h] = <floating_t> value
        total += value
    for e in range(start, end):
        alpha[e * n_heads + h] = <floating_t> (alpha[e * n_heads + h] / total)


cdef inline float64_t logit_v2(
    const floating_t* p, const floating_t* z, const floating_t* a,
    const floating_t* g, float64_t weight, intp_t n_units,
) noexcept nogil:
    cdef:
        float64_t total = 0.0
        intp_t c
    for c in range(n_units):
        total += a[c] * leaky(p[c] + z[c] + g[c] * weight)
    return total


def forward(
    const int64_t[::1] indptr,
    const int32_t[::1] sources,
    const float32_t[::1] weights,
    const floating_t[:, :, ::1] Z,      # IN  (n, H, C)
    const floating_t[:, :, ::1] P,      # IN  (n, H, C), v2; empty for v1
    const floating_t[:, ::1] s,         # IN  (n, H), v1; empty for v2
    const floating_t[:, ::1] t,         # IN  (n, H), v1; empty for v2
    const floating_t[:, ::1] a,         # IN  (H, C), v2; empty for v1
    const floating_t[:, ::1] g,         # IN  (H, 1) for v1, (H, C) for v2
    const floating_t[:, ::1] mask,      # IN  (E, H): 0 or 1 / (1 - p); empty: ones
    bint v2,
    floating_t[:, ::1] alpha,           # OUT (E, H)
    floating_t[:, :, ::1] out,          # OUT (n, H, C), 0 before the call
):
    """Shares of attention and weighted sums; a target without edges stays 0."""
    cdef:
        intp_t n = Z.shape[0]
        intp_t n_heads = Z.shape[1]
        intp_t n_units = Z.shape[2]
        bint masked = mask.shape[0] > 0
        intp_t i, h, c, j
        int64_t e
        floating_t share
    with nogil:
        for i in range(n):
            if indptr[i] == indptr[i + 1]:
                continue
            for h in range(n_heads):
                for e in range(indptr[i], indptr[i + 1]):
                    j = sources[e]
                    if v2:
                        alpha[e, h] = <floating_t> logit_v2(
                            &P[i, h, 0], &Z[j, h, 0], &a[h, 0], &g[h, 0],
                            weights[e], n_units,
                        )
                    else:
                        alpha[e, h] = <floating_t> leaky(
                            t[i, h] + s[j, h] + g[h, 0] * weights[e]
                        )
                softmax(&alpha[0, 0], indptr[i], indptr[i + 1], n_heads, h)
                for e in range(indptr[i], indptr[i + 1]):
                    share = alpha[e, h] * mask[e, h] if masked else alpha[e, h]
                    for c in range(n_units):
                        out[i, h, c] += share * Z[sources[e], h, c]


def backward(
    const int64_t[::1] indptr,
    const int32_t[::1] sources,
    const float32_t[::1] weights,
    const floating_t[:, :, ::1] Z,
    const floating_t[:, :, ::1] P,
    const floating_t[:, ::1] s,
    const floating_t[:, ::1] t,
    const floating_t[:, ::1] a,
    const floating_t[:, ::1] g,
    const floating_t[:, ::1] mask,
    bint v2,
    const floating_t[:, ::1] alpha,     # IN  of the forward pass
    const floating_t[:, :, ::1] d_out,  # IN  (n, H, C)
    floating_t[:, ::1] d_logit,         # scratch (E, H)
    floating_t[:, :, ::1] d_Z,          # OUT, 0 before: all but the path through s, t
    floating_t[:, :, ::1] d_P,          # OUT v2
    floating_t[:, ::1] d_s,             # OUT v1
    floating_t[:, ::1] d_t,             # OUT v1
    float64_t[:, ::1] d_a,              # OUT v2
    float64_t[:, ::1] d_g,              # OUT
):
    """Gradients of a loss with respect to everything that `forward` took."""
    cdef:
        intp_t n = Z.shape[0]
        intp_t n_heads = Z.shape[1]
        intp_t n_units = Z.shape[2]
        bint masked = mask.shape[0] > 0
        intp_t i, h, c, j
        int64_t e
        float64_t mean, dot, keep, slope, value, u
    with nogil:
        for i in range(n):
            for h in range(n_heads):
                # Softmax: dl_e = alpha_e (da_e - sum alpha da).
                mean = 0.0
                for e in range(indptr[i], indptr[i + 1]):
                    j = sources[e]
                    keep = mask[e, h] if masked else 1.0
                    dot = 0.0
                    for c in range(n_units):
                        dot += d_out[i, h, c] * Z[j, h, c]
                        d_Z[j, h, c] += <floating_t> (
                            alpha[e, h] * keep * d_out[i, h, c]
                        )
                    d_logit[e, h] = <floating_t> (dot * keep)
                    mean += alpha[e, h] * dot * keep
                for e in range(indptr[i], indptr[i + 1]):
                    j = sources[e]
                    value = alpha[e, h] * (d_logit[e, h] - mean)
                    if not v2:
                        u = t[i, h] + s[j, h] + g[h, 0] * weights[e]
                        value *= 1.0 if u > 0.0 else SLOPE
                        d_t[i, h] += <floating_t> value
                        d_s[j, h] += <floating_t> value
                        d_g[h, 0] += value * weights[e]
                        continue
                    for c in range(n_units):
                        u = P[i, h, c] + Z[j, h, c] + g[h, c] * weights[e]
                        slope = 1.0 if u > 0.0 else SLOPE
                        d_a[h, c] += value * slope * u
                        u = value * a[h, c] * slope
                        d_P[i, h, c] += <floating_t> u
                        d_Z[j, h, c] += <floating_t> u
                        d_g[h, c] += u * weights[e]
