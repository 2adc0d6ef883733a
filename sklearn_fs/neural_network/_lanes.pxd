# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Vector operations on short contiguous rows, in C so that they can say restrict.

Rows hold a multiple of four numbers (the padding is zero), which compilers turn into
vector instructions without a scalar rest. A dot product keeps four partial sums, always
in the same order: the result does not depend on what the compiler makes of it.
"""

from sklearn_fs._utils._typedefs cimport float32_t, float64_t, floating_t, intp_t

cdef extern from * nogil:
    """
    #include <math.h>
    #include <stddef.h>
    #include <stdint.h>
    #include <string.h>

    #define SKFS_LANES(T, S)                                                        \
    static inline void skfs_axpy_##S(T a, const T* __restrict x, T* __restrict y,   \
                                     ptrdiff_t n) {                                 \
        for (ptrdiff_t b = 0; b < n; b += 4)                                        \
            for (int l = 0; l < 4; l++) y[b + l] += a * x[b + l];                   \
    }                                                                               \
    static inline T skfs_dot_##S(const T* __restrict x, const T* __restrict y,      \
                                 ptrdiff_t n) {                                     \
        T s[4] = {0, 0, 0, 0};                                                      \
        for (ptrdiff_t b = 0; b < n; b += 4)                                        \
            for (int l = 0; l < 4; l++) s[l] += x[b + l] * y[b + l];                \
        return (s[0] + s[1]) + (s[2] + s[3]);                                       \
    }                                                                               \
    static inline T skfs_dot_axpy_##S(T a, const T* __restrict x,                   \
            const T* __restrict u, T* __restrict q, ptrdiff_t n) {                  \
        T s[4] = {0, 0, 0, 0};                                                      \
        for (ptrdiff_t b = 0; b < n; b += 4)                                        \
            for (int l = 0; l < 4; l++) {                                           \
                s[l] += x[b + l] * u[b + l];                                        \
                q[b + l] += a * x[b + l];                                           \
            }                                                                       \
        return (s[0] + s[1]) + (s[2] + s[3]);                                       \
    }

    SKFS_LANES(float, f)
    SKFS_LANES(double, d)

    /* 2^t = 2^k 2^r with k the nearest integer, |r| <= 1/2, and a polynomial for 2^r
       (relative error 1e-7); no branch and no call, so the loop becomes vectors. */
    static inline void skfs_sigmoid_f(float* __restrict x, ptrdiff_t n) {
        for (ptrdiff_t b = 0; b < n; b++) {
            float t = x[b];
            t = t < -30.0f ? -30.0f : t;
            t = t > 30.0f ? 30.0f : t;
            t *= -1.44269504f;
            float k = (t + 12582912.0f) - 12582912.0f;
            float r = t - k;
            float p = 1.535336188e-4f;
            p = p * r + 1.339887440e-3f;
            p = p * r + 9.618437357e-3f;
            p = p * r + 5.550332471e-2f;
            p = p * r + 2.402264791e-1f;
            p = p * r + 6.931472028e-1f;
            p = p * r + 1.0f;
            int32_t bits, shift = (int32_t) k;
            memcpy(&bits, &p, 4);
            bits += (int32_t) ((uint32_t) shift << 23);
            memcpy(&p, &bits, 4);
            x[b] = 1.0f / (1.0f + p);
        }
    }
    static inline void skfs_sigmoid_d(double* __restrict x, ptrdiff_t n) {
        for (ptrdiff_t b = 0; b < n; b++) x[b] = 1.0 / (1.0 + exp(-x[b]));
    }
    """
    void skfs_axpy_f(float32_t, const float32_t*, float32_t*, intp_t)
    void skfs_axpy_d(float64_t, const float64_t*, float64_t*, intp_t)
    float32_t skfs_dot_f(const float32_t*, const float32_t*, intp_t)
    float64_t skfs_dot_d(const float64_t*, const float64_t*, intp_t)
    float32_t skfs_dot_axpy_f(
        float32_t, const float32_t*, const float32_t*, float32_t*, intp_t)
    float64_t skfs_dot_axpy_d(
        float64_t, const float64_t*, const float64_t*, float64_t*, intp_t)
    void skfs_sigmoid_f(float32_t*, intp_t)
    void skfs_sigmoid_d(float64_t*, intp_t)


cdef inline void axpy(
    floating_t a, const floating_t* x, floating_t* y, intp_t n
) noexcept nogil:
    """y += a x"""
    if floating_t is float:
        skfs_axpy_f(a, x, y, n)
    else:
        skfs_axpy_d(a, x, y, n)


cdef inline floating_t dot(
    const floating_t* x, const floating_t* y, intp_t n
) noexcept nogil:
    """x'y"""
    if floating_t is float:
        return skfs_dot_f(x, y, n)
    else:
        return skfs_dot_d(x, y, n)


cdef inline floating_t dot_axpy(
    floating_t a, const floating_t* x, const floating_t* u, floating_t* q, intp_t n
) noexcept nogil:
    """q += a x, and return x'u: x is read once."""
    if floating_t is float:
        return skfs_dot_axpy_f(a, x, u, q, n)
    else:
        return skfs_dot_axpy_d(a, x, u, q, n)


cdef inline void sigmoid(floating_t* x, intp_t n) noexcept nogil:
    """x = 1 / (1 + exp(-x)), in place."""
    if floating_t is float:
        skfs_sigmoid_f(x, n)
    else:
        skfs_sigmoid_d(x, n)
