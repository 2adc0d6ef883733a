# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The links of one visible unit, applied to rows of a batch.

In C, for two things that Cython cannot say: that rows do not overlap (restrict), and
that the compiler shall also make a version for AVX2, chosen when the library is loaded.
Rows hold a multiple of eight numbers (the padding is zero), so there is no scalar rest.
A dot product keeps eight partial sums and adds them in one fixed order; no operation is
fused or reordered, so both versions give the same bits.
"""

from sklearn_fs._utils._typedefs cimport (
    float32_t, float64_t, floating_t, int32_t, intp_t, uint64_t
)

cdef extern from * nogil:
    """
    #include <math.h>
    #include <stddef.h>
    #include <stdint.h>
    #include <string.h>

    #if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) \
        && !defined(__clang__)
    #define SKFS_CLONES __attribute__((target_clones("avx2", "default")))
    #else
    #define SKFS_CLONES
    #endif

    #define SKFS_SUM8(s) \
        (((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7])))

    /* Sums stay in registers while all links of a unit pass. */
    #define SKFS_GATHER_BLOCK(T, W)                                                 \
        for (; b + W <= n; b += W) {                                                \
            T s[W];                                                                 \
            for (int l = 0; l < W; l++) s[l] = z[b + l];                            \
            for (ptrdiff_t k = 0; k < n_links; k++) {                               \
                const T* __restrict u = hidden + (ptrdiff_t) at[k] * stride + b;    \
                const T a = w[k];                                                   \
                for (int l = 0; l < W; l++) s[l] += a * u[l];                       \
            }                                                                       \
            for (int l = 0; l < W; l++) z[b + l] = s[l];                            \
        }

    /* w: weights of the links of one visible unit, at: their hidden units; row j of a
       hidden array starts at j * stride; n: numbers used of each row. */
    #define SKFS_LINKS(T, S)                                                         \
    SKFS_CLONES static void skfs_scatter_##S(const T* __restrict w,                  \
            const int32_t* __restrict at, ptrdiff_t n_links, const T* __restrict x,  \
            T* __restrict hidden, ptrdiff_t stride, ptrdiff_t n) {                   \
        for (ptrdiff_t k = 0; k < n_links; k++) {                                    \
            T* __restrict y = hidden + (ptrdiff_t) at[k] * stride;                   \
            const T a = w[k];                                                        \
            for (ptrdiff_t b = 0; b < n; b += 8)                                     \
                for (int l = 0; l < 8; l++) y[b + l] += a * x[b + l];                \
        }                                                                            \
    }                                                                                \
    SKFS_CLONES static void skfs_gather_##S(const T* __restrict w,                  \
            const int32_t* __restrict at, ptrdiff_t n_links, T* __restrict z,       \
            const T* __restrict hidden, ptrdiff_t stride, ptrdiff_t n) {            \
        ptrdiff_t b = 0;                                                            \
        SKFS_GATHER_BLOCK(T, 32)                                                    \
        SKFS_GATHER_BLOCK(T, 16)                                                    \
        SKFS_GATHER_BLOCK(T, 8)                                                     \
    }                                                                               \
    SKFS_CLONES static void skfs_backward_##S(const T* __restrict w,                 \
            const int32_t* __restrict at, ptrdiff_t n_links,                         \
            const T* __restrict delta, const T* __restrict hidden,                   \
            T* __restrict errors, T* __restrict gradient, ptrdiff_t stride,          \
            ptrdiff_t n) {                                                           \
        for (ptrdiff_t k = 0; k < n_links; k++) {                                    \
            const T* __restrict u = hidden + (ptrdiff_t) at[k] * stride;             \
            T* __restrict q = errors + (ptrdiff_t) at[k] * stride;                   \
            const T a = w[k];                                                        \
            T s[8] = {0, 0, 0, 0, 0, 0, 0, 0};                                       \
            for (ptrdiff_t b = 0; b < n; b += 8)                                     \
                for (int l = 0; l < 8; l++) {                                        \
                    s[l] += delta[b + l] * u[b + l];                                 \
                    q[b + l] += a * delta[b + l];                                    \
                }                                                                    \
            gradient[k] = SKFS_SUM8(s);                                              \
        }                                                                            \
    }                                                                                \
    SKFS_CLONES static void skfs_dots_##S(const int32_t* __restrict at,              \
            ptrdiff_t n_links, const T* __restrict x, const T* __restrict errors,    \
            T* __restrict gradient, ptrdiff_t stride, ptrdiff_t n) {                 \
        for (ptrdiff_t k = 0; k < n_links; k++) {                                    \
            const T* __restrict q = errors + (ptrdiff_t) at[k] * stride;             \
            T s[8] = {0, 0, 0, 0, 0, 0, 0, 0};                                       \
            for (ptrdiff_t b = 0; b < n; b += 8)                                     \
                for (int l = 0; l < 8; l++) s[l] += x[b + l] * q[b + l];             \
            gradient[k] = SKFS_SUM8(s);                                              \
        }                                                                            \
    }                                                                               \
    SKFS_CLONES static void skfs_residual_##S(T* __restrict z,                      \
            const T* __restrict x, ptrdiff_t n, T* __restrict sums) {               \
        T e[8] = {0, 0, 0, 0, 0, 0, 0, 0}, a[8] = {0, 0, 0, 0, 0, 0, 0, 0};         \
        T q[8] = {0, 0, 0, 0, 0, 0, 0, 0};                                          \
        for (ptrdiff_t b = 0; b < n; b += 8)                                        \
            for (int l = 0; l < 8; l++) {                                           \
                const T d = z[b + l] - x[b + l];                                    \
                z[b + l] = d;                                                       \
                e[l] += d;                                                          \
                a[l] += d < 0 ? -d : d;                                             \
                q[l] += d * d;                                                      \
            }                                                                       \
        sums[0] = SKFS_SUM8(e);                                                     \
        sums[1] = SKFS_SUM8(a);                                                     \
        sums[2] = SKFS_SUM8(q);                                                     \
    }                                                                               \
    SKFS_CLONES static T skfs_slope_##S(T* __restrict q, const T* __restrict u,     \
            ptrdiff_t n) {                                                          \
        T s[8] = {0, 0, 0, 0, 0, 0, 0, 0};                                          \
        for (ptrdiff_t b = 0; b < n; b += 8)                                        \
            for (int l = 0; l < 8; l++) {                                           \
                q[b + l] *= u[b + l] * (1 - u[b + l]);                              \
                s[l] += q[b + l];                                                   \
            }                                                                       \
        return SKFS_SUM8(s);                                                        \
    }

    SKFS_LINKS(float, f)
    SKFS_LINKS(double, d)

    /* exp(-x) = 2^t = 2^k 2^r with k the nearest integer, |r| <= 1/2, a polynomial for
       2^r (relative error 1e-7) and k added to the exponent. The clip at |x| = 30 is one
       of integers, which needs no branch, so that the loop becomes vector code. */
    SKFS_CLONES static void skfs_sigmoid_f(float* __restrict x, ptrdiff_t n) {
        for (ptrdiff_t b = 0; b < n; b++) {
            const float t = x[b] * -1.44269504f;
            const float nearest = (t + 12582912.0f) - 12582912.0f;
            const float r = t - nearest;
            int32_t k = (int32_t) nearest;
            k = k < -43 ? -43 : k;
            k = k > 43 ? 43 : k;
            float s = 1.535336188e-4f;
            s = s * r + 1.339887440e-3f;
            s = s * r + 9.618437357e-3f;
            s = s * r + 5.550332471e-2f;
            s = s * r + 2.402264791e-1f;
            s = s * r + 6.931472028e-1f;
            s = s * r + 1.0f;
            union { float value; int32_t bits; } power;
            power.value = s;
            power.bits += k * (1 << 23);
            x[b] = 1.0f / (1.0f + power.value);
        }
    }
    /* Eight numbers stay where their 16 random bits reach the threshold. */
    #define SKFS_KEEP8(T, S)                                                        \
    static inline void skfs_keep8_##S(T* __restrict u, uint64_t low, uint64_t high,  \
                                      uint64_t threshold) {                          \
        uint16_t bits[8];                                                            \
        const int32_t limit = (int32_t) threshold;                                   \
        memcpy(bits, &low, 8);                                                       \
        memcpy(bits + 4, &high, 8);                                                  \
        for (int l = 0; l < 8; l++) u[l] = bits[l] >= limit ? u[l] : (T) 0;          \
    }
    SKFS_KEEP8(float, f)
    SKFS_KEEP8(double, d)

    static void skfs_sigmoid_d(double* __restrict x, ptrdiff_t n) {
        for (ptrdiff_t b = 0; b < n; b++) x[b] = 1.0 / (1.0 + exp(-x[b]));
    }
    """
    void skfs_scatter_f(const float32_t*, const int32_t*, intp_t, const float32_t*,
                        float32_t*, intp_t, intp_t)
    void skfs_scatter_d(const float64_t*, const int32_t*, intp_t, const float64_t*,
                        float64_t*, intp_t, intp_t)
    void skfs_gather_f(const float32_t*, const int32_t*, intp_t, float32_t*,
                       const float32_t*, intp_t, intp_t)
    void skfs_gather_d(const float64_t*, const int32_t*, intp_t, float64_t*,
                       const float64_t*, intp_t, intp_t)
    void skfs_backward_f(const float32_t*, const int32_t*, intp_t, const float32_t*,
                         const float32_t*, float32_t*, float32_t*, intp_t, intp_t)
    void skfs_backward_d(const float64_t*, const int32_t*, intp_t, const float64_t*,
                         const float64_t*, float64_t*, float64_t*, intp_t, intp_t)
    void skfs_dots_f(const int32_t*, intp_t, const float32_t*, const float32_t*,
                     float32_t*, intp_t, intp_t)
    void skfs_dots_d(const int32_t*, intp_t, const float64_t*, const float64_t*,
                     float64_t*, intp_t, intp_t)
    void skfs_keep8_f(float32_t*, uint64_t, uint64_t, uint64_t)
    void skfs_keep8_d(float64_t*, uint64_t, uint64_t, uint64_t)
    void skfs_residual_f(float32_t*, const float32_t*, intp_t, float32_t*)
    void skfs_residual_d(float64_t*, const float64_t*, intp_t, float64_t*)
    float32_t skfs_slope_f(float32_t*, const float32_t*, intp_t)
    float64_t skfs_slope_d(float64_t*, const float64_t*, intp_t)
    void skfs_sigmoid_f(float32_t*, intp_t)
    void skfs_sigmoid_d(float64_t*, intp_t)


cdef inline void scatter(
    const floating_t* w, const int32_t* at, intp_t n_links, const floating_t* x,
    floating_t* hidden, intp_t stride, intp_t n,
) noexcept nogil:
    """hidden[at[k]] += w[k] x for every link k."""
    if floating_t is float:
        skfs_scatter_f(w, at, n_links, x, hidden, stride, n)
    else:
        skfs_scatter_d(w, at, n_links, x, hidden, stride, n)


cdef inline void gather(
    const floating_t* w, const int32_t* at, intp_t n_links, floating_t* z,
    const floating_t* hidden, intp_t stride, intp_t n,
) noexcept nogil:
    """z += sum_k w[k] hidden[at[k]]"""
    if floating_t is float:
        skfs_gather_f(w, at, n_links, z, hidden, stride, n)
    else:
        skfs_gather_d(w, at, n_links, z, hidden, stride, n)


cdef inline void backward(
    const floating_t* w, const int32_t* at, intp_t n_links, const floating_t* delta,
    const floating_t* hidden, floating_t* errors, floating_t* gradient, intp_t stride,
    intp_t n,
) noexcept nogil:
    """gradient[k] = delta'hidden[at[k]] and errors[at[k]] += w[k] delta."""
    if floating_t is float:
        skfs_backward_f(w, at, n_links, delta, hidden, errors, gradient, stride, n)
    else:
        skfs_backward_d(w, at, n_links, delta, hidden, errors, gradient, stride, n)


cdef inline void dots(
    const int32_t* at, intp_t n_links, const floating_t* x, const floating_t* errors,
    floating_t* gradient, intp_t stride, intp_t n,
) noexcept nogil:
    """gradient[k] = x'errors[at[k]]"""
    if floating_t is float:
        skfs_dots_f(at, n_links, x, errors, gradient, stride, n)
    else:
        skfs_dots_d(at, n_links, x, errors, gradient, stride, n)


cdef inline void sigmoid(floating_t* x, intp_t n) noexcept nogil:
    """x = 1 / (1 + exp(-x)), in place."""
    if floating_t is float:
        skfs_sigmoid_f(x, n)
    else:
        skfs_sigmoid_d(x, n)


cdef inline void residual(
    floating_t* z, const floating_t* x, intp_t n, floating_t* sums
) noexcept nogil:
    """z -= x; sums of z, |z| and z^2."""
    if floating_t is float:
        skfs_residual_f(z, x, n, sums)
    else:
        skfs_residual_d(z, x, n, sums)


cdef inline floating_t slope(
    floating_t* q, const floating_t* u, intp_t n
) noexcept nogil:
    """q *= u (1 - u), the derivative of the logistic function; return the sum."""
    if floating_t is float:
        return skfs_slope_f(q, u, n)
    else:
        return skfs_slope_d(q, u, n)


cdef inline void keep8(
    floating_t* u, uint64_t low, uint64_t high, uint64_t threshold
) noexcept nogil:
    """Set to zero those of eight numbers whose 16 bits are below the threshold."""
    if floating_t is float:
        skfs_keep8_f(u, low, high, threshold)
    else:
        skfs_keep8_d(u, low, high, threshold)
