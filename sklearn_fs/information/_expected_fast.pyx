# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Moments of mutual information when the labels are shuffled.

For a category of `a` rows and a class of `b` rows out of `n`, let k be the number of
rows that they share and mu = ab/n. The mutual information of a table is
(1/n) sum F(k_ij) with F(k) = k log(k/mu) - k + mu >= 0, because the terms -k + mu
cancel over a table. So all that is needed are moments of F:

- under the hypergeometric law of k (both margins fixed): the exact expectation, Vinh,
  Epps & Bailey, JMLR 11 (2010), eq. 24;
- under the binomial law (only `a` fixed): variance and covariances for the standard
  deviation, see `_null.py`.

One sweep from the mode of the law outwards gives both. Weights follow from their
ratio to the neighbour and are normalised by their own sum, so there is no lgamma and
no loss of digits for large n; F is a sum of non-negative terms, so nothing cancels.
"""

from cython.parallel cimport prange
from libc.math cimport log, log1p, sqrt

from sklearn_fs._utils._typedefs cimport float64_t, int64_t, intp_t

cdef enum:
    # Highest Krawtchouk polynomial kept in the covariance between two classes.
    MAX_DEGREE = 8

# Weights below this share of the largest are dropped.
cdef float64_t NEGLIGIBLE = 1e-17


cdef inline float64_t term(
    int64_t k, float64_t mu, float64_t log_mu, const float64_t* logs, int64_t n_logs
) noexcept nogil:
    """F(k) = k log(k / mu) - k + mu."""
    cdef float64_t d
    if k == 0:
        return mu
    if k < n_logs:
        return k * (logs[k] - log_mu) - k + mu
    d = (k - mu) / mu
    if -0.1 < d < 0.1:
        # k log(k/mu) and -k + mu would cancel: mu ((1 + d) log(1 + d) - d).
        return mu * series(d)
    return k * (log(<float64_t> k) - log_mu) - k + mu


cdef inline float64_t series(float64_t d) noexcept nogil:
    """(1 + d) log(1 + d) - d for |d| < 0.1: sum of (-d)^m / (m (m - 1)), m >= 2."""
    cdef float64_t x = -d
    if -0.01 < d < 0.01:
        return d * d * (1 / 2. + x * (1 / 6. + x * (1 / 12. + x * (1 / 20. + x * (
            1 / 30. + x * (1 / 42. + x * (1 / 56. + x / 72.)))))))
    return (1.0 + d) * log1p(d) - d


cdef float64_t expected_cell(
    int64_t a, int64_t b, int64_t n, const float64_t* logs, int64_t n_logs
) noexcept nogil:
    """E[F(k)] for k ~ Hypergeometric(n, a, b)."""
    cdef:
        int64_t low = max(<int64_t> 0, a + b - n)
        int64_t high = min(a, b)
        int64_t mode = <int64_t> (
            ((<float64_t> a + 1.0) * (<float64_t> b + 1.0)) / (<float64_t> n + 2.0)
        )
        int64_t k
        float64_t mu = <float64_t> a * (<float64_t> b / <float64_t> n)
        float64_t log_mu = log(mu)
        float64_t w, total = 0.0, acc = 0.0
        float64_t rest = <float64_t> n - <float64_t> a - <float64_t> b
    mode = min(max(mode, low), high)
    w = 1.0
    k = mode
    while True:
        total += w
        acc += w * term(k, mu, log_mu, logs, n_logs)
        if k >= high:
            break
        w *= (<float64_t> (a - k) * <float64_t> (b - k)) / (
            <float64_t> (k + 1) * (rest + <float64_t> (k + 1)))
        if w < NEGLIGIBLE:
            break
        k += 1
    w = 1.0
    k = mode
    while k > low:
        w *= (<float64_t> k * (rest + <float64_t> k)) / (
            <float64_t> (a - k + 1) * <float64_t> (b - k + 1))
        if w < NEGLIGIBLE:
            break
        k -= 1
        total += w
        acc += w * term(k, mu, log_mu, logs, n_logs)
    return acc / total


cdef void binomial_moments(
    int64_t a, int64_t b, int64_t n, intp_t degree,
    const float64_t* logs, int64_t n_logs, float64_t* coefficients, float64_t* square,
) noexcept nogil:
    """Coefficients of F in the orthonormal Krawtchouk polynomials of Binomial(a, b/n).

    `coefficients[m]` = E[F e_m], m = 0..degree, and `square` = E[F^2].
    Three-term recurrence x e_m = alpha_m e_m + beta_{m+1} e_{m+1} + beta_m e_{m-1},
    alpha_m = a p + m (1 - 2 p), beta_m^2 = m (a - m + 1) p (1 - p).
    """
    cdef:
        int64_t mode = min(a, <int64_t> ((a + 1) * (<float64_t> b / <float64_t> n)))
        int64_t k = mode
        int step
        intp_t m
        float64_t p = <float64_t> b / <float64_t> n
        float64_t q = <float64_t> (n - b) / <float64_t> n
        float64_t odds = p / q
        float64_t mu = a * p
        float64_t log_mu = log(mu)
        float64_t w, value, total = 0.0, sq = 0.0
        float64_t e, e_before, e_next
        float64_t[MAX_DEGREE + 1] beta
        float64_t[MAX_DEGREE + 1] inverse
    for m in range(degree + 1):
        coefficients[m] = 0.0
        beta[m] = sqrt(m * (a - m + 1) * p * q)
        # beta_0 = 0 is never divided by.
        inverse[m] = 1.0 / beta[m] if m > 0 else 0.0
    for step in range(2):
        # 0: from the mode upward; 1: from below the mode downward.
        k = mode
        w = 1.0
        while True:
            if step == 1:
                if k == 0:
                    break
                w *= k / ((a - k + 1) * odds)
                k -= 1
                if w < NEGLIGIBLE:
                    break
            value = term(k, mu, log_mu, logs, n_logs)
            total += w
            sq += w * value * value
            e_before = 0.0
            e = 1.0
            coefficients[0] += w * value
            for m in range(degree):
                e_next = (
                    (k - mu - m * (q - p)) * e - beta[m] * e_before
                ) * inverse[m + 1]
                e_before = e
                e = e_next
                coefficients[m + 1] += w * value * e
            if step == 0:
                if k == a:
                    break
                w *= (a - k) * odds / (k + 1)
                k += 1
                if w < NEGLIGIBLE:
                    break
    for m in range(degree + 1):
        coefficients[m] /= total
    square[0] = sq / total


def expected_cells(
    const int64_t[::1] row_counts,      # IN  (n_a,) distinct counts
    const int64_t[::1] col_counts,      # IN  (n_b,) distinct counts
    int64_t n,
    const float64_t[::1] logs,          # IN  logs[k] = log k, logs[0] unused
    float64_t[:, ::1] out,              # OUT (n_a, n_b) E[F] / n
    int n_threads,
):
    """Expected contribution of a cell with the given margins, in nats."""
    cdef intp_t i, j
    for i in prange(
        row_counts.shape[0], nogil=True, num_threads=n_threads, schedule="dynamic"
    ):
        for j in range(col_counts.shape[0]):
            out[i, j] = expected_cell(
                row_counts[i], col_counts[j], n, &logs[0], logs.shape[0]
            ) / n


def null_of_two_classes(
    const int64_t[::1] row_counts,      # IN  (n_a,) distinct counts
    int64_t b,                          # IN  rows of the first class, 0 < b < n
    int64_t n,
    const float64_t[::1] logs,
    float64_t[::1] mean,                # OUT (n_a,) n times the share in the mean
    float64_t[::1] residual,            # OUT (n_a,) Var F left by the regression on k
    float64_t[::1] slope,               # OUT (n_a,) slope of that regression
    int n_threads,
):
    """Moments of a whole row of a two-class table, for each row total."""
    cdef:
        intp_t i
        float64_t p = <float64_t> b / n
        float64_t pq = p * (<float64_t> (n - b) / n)
    for i in prange(
        row_counts.shape[0], nogil=True, num_threads=n_threads, schedule="dynamic"
    ):
        null_row(row_counts[i], b, n, pq, logs, &mean[i], &residual[i], &slope[i])


cdef void null_row(
    int64_t a, int64_t b, int64_t n, float64_t pq, const float64_t[::1] logs,
    float64_t* mean, float64_t* residual, float64_t* slope,
) noexcept nogil:
    """One sweep with both weights, since F of the row is the costly part.

    F here is that of both cells, F_1(k) + F_2(a - k). Where the support of the
    hypergeometric law ends, its weight becomes 0 by itself.
    """
    cdef:
        const float64_t* table = &logs[0]
        int64_t n_logs = logs.shape[0]
        int64_t mode, k
        int step
        float64_t p = <float64_t> b / n
        float64_t odds = <float64_t> b / <float64_t> (n - b)
        float64_t mu = a * p
        float64_t mu_c = a * (<float64_t> (n - b) / n)
        float64_t log_mu = log(mu)
        float64_t log_mu_c = log(mu_c)
        float64_t rest = <float64_t> n - a - b
        float64_t value, w, u, x
        float64_t total = 0.0, first = 0.0, second = 0.0, cross = 0.0
        float64_t total_h = 0.0, first_h = 0.0
    mode = <int64_t> (
        ((<float64_t> a + 1.0) * (<float64_t> b + 1.0)) / (<float64_t> n + 2.0)
    )
    mode = min(max(mode, max(<int64_t> 0, a + b - n)), min(a, b))
    for step in range(2):
        # 0: from the mode upward; 1: from below the mode downward.
        k = mode
        w = u = 1.0  # binomial, hypergeometric
        while True:
            if step == 1:
                if k == 0:
                    break
                x = k / <float64_t> (a - k + 1)
                w *= x / odds
                u *= x * (rest + k) / <float64_t> (b - k + 1)
                k -= 1
                if w < NEGLIGIBLE:
                    break
            value = term(k, mu, log_mu, table, n_logs)
            value = value + term(a - k, mu_c, log_mu_c, table, n_logs)
            total += w
            first += w * value
            second += w * value * value
            cross += w * value * (k - mu)
            total_h += u
            first_h += u * value
            if step == 0:
                if k == a:
                    break
                x = (a - k) / <float64_t> (k + 1)
                w *= x * odds
                # Past the last possible k the weight is 0 and stays so.
                u *= x * (b - k) / (rest + k + 1) if k < b else 0.0
                k += 1
                if w < NEGLIGIBLE:
                    break
    mean[0] = first_h / total_h
    first /= total
    cross /= total
    residual[0] = max(0.0, second / total - first * first - cross * cross / (a * pq))
    slope[0] = cross / (a * pq)


def null_of_many_classes(
    const int64_t[::1] row_counts,      # IN  (n_a,) distinct counts
    const int64_t[::1] col_counts,      # IN  (n_b,) distinct class counts, each < n
    const int64_t[::1] repeats,         # IN  (n_b,) classes that have that count
    int64_t n,
    const float64_t[::1] logs,
    float64_t[::1] mean,                # OUT (n_a,) n times the share in the mean
    float64_t[::1] residual,            # OUT (n_a,)
    float64_t[:, ::1] slopes,           # OUT (n_a, n_b), sum of p_j slope_j is 0
    int n_threads,
):
    """The same for more than two classes."""
    cdef intp_t i
    for i in prange(
        row_counts.shape[0], nogil=True, num_threads=n_threads, schedule="dynamic"
    ):
        null_row_many(
            row_counts[i], col_counts, repeats, n, logs, &mean[i], &residual[i],
            &slopes[i, 0],
        )


cdef void null_row_many(
    int64_t a, const int64_t[::1] col_counts, const int64_t[::1] repeats, int64_t n,
    const float64_t[::1] logs, float64_t* mean, float64_t* residual, float64_t* slopes,
) noexcept nogil:
    """Variance of a row and its regression on the class totals of the row.

    Two classes of a multinomial row are sums of `a` correlated pairs of 0/1 variables,
    so e_m of the one and e_m of the other have correlation rho^m, rho = -sqrt(o_j o_l)
    with the odds o = p / (1 - p), and are uncorrelated for different m. Hence
    sum_{j != l} Cov(F_j, F_l)
        = sum_m (-1)^m [(sum_j o_j^{m/2} f_jm)^2 - sum_j o_j^m f_jm^2].
    """
    cdef:
        intp_t j, m
        intp_t degree = min(a, MAX_DEGREE)
        float64_t square, p, q, root, power, weight, variance = 0.0, expected = 0.0
        float64_t drift = 0.0, covariance
        float64_t[MAX_DEGREE + 1] c
        float64_t[MAX_DEGREE + 1] sums
        float64_t[MAX_DEGREE + 1] squares
    for m in range(MAX_DEGREE + 1):
        sums[m] = squares[m] = 0.0
    for j in range(col_counts.shape[0]):
        weight = <float64_t> repeats[j]
        p = <float64_t> col_counts[j] / n
        q = <float64_t> (n - col_counts[j]) / n
        expected += weight * expected_cell(
            a, col_counts[j], n, &logs[0], logs.shape[0]
        )
        binomial_moments(
            a, col_counts[j], n, degree, &logs[0], logs.shape[0], c, &square
        )
        variance += weight * (square - c[0] * c[0])
        root = sqrt(p / q)
        power = 1.0
        for m in range(1, degree + 1):
            power *= root
            sums[m] += weight * power * c[m]
            squares[m] += weight * (power * c[m]) * (power * c[m])
        # Cov(F_j, k_j); with it E[k_l | k_j], which is linear, gives Cov(F_j, k_l).
        covariance = c[1] * sqrt(a * p * q)
        slopes[j] = covariance / q
        drift += weight * covariance / q
    for m in range(1, degree + 1):
        if m % 2 == 0:
            variance += sums[m] * sums[m] - squares[m]
        else:
            variance -= sums[m] * sums[m] - squares[m]
    for j in range(col_counts.shape[0]):
        # Cov(F, k_j) = c_j (1 + p/q) - p sum_l c_l / q_l, divided by a p_j.
        p = <float64_t> col_counts[j] / n
        covariance = slopes[j] - p * drift
        slopes[j] = covariance / (a * p)
        variance -= repeats[j] * covariance * slopes[j]
    mean[0] = expected
    residual[0] = max(0.0, variance)


def sum_over_rows(
    const int64_t[::1] indptr,          # IN  (n_columns + 1,)
    const intp_t[::1] index,            # IN  which distinct count
    const int64_t[::1] repeats,         # IN  how many categories have it
    const int64_t[::1] row_counts,      # IN  (n_a,) the distinct counts
    const float64_t[::1] shares,        # IN  (n_b,) p_j of the class counts
    const int64_t[::1] class_repeats,   # IN  (n_b,)
    int64_t n,
    const float64_t[::1] mean,          # IN  (n_a,)
    const float64_t[::1] residual,      # IN  (n_a,)
    const float64_t[:, ::1] slopes,     # IN  (n_a, n_b)
    float64_t[::1] expected,            # OUT (n_columns,) expected information
    float64_t[::1] variance,            # OUT (n_columns,) its variance
    float64_t[::1] slope,               # TMP (n_b,)
):
    """Add up the rows of each table; the class totals are held by regression.

    With beta = sum_i a_i slope_i / n, the variance is that of the residuals of all
    rows about one common beta: a sum of non-negative terms, so that it cannot become
    negative where rare classes would make a difference of large numbers cancel.
    """
    cdef:
        intp_t column, t, j
        intp_t n_classes = shares.shape[0]
        int64_t n_categories
        float64_t weight, total, spread, centre, d
    for column in range(indptr.shape[0] - 1):
        total = 0.0
        spread = 0.0
        n_categories = 0
        for j in range(n_classes):
            slope[j] = 0.0
        for t in range(indptr[column], indptr[column + 1]):
            weight = <float64_t> repeats[t] * row_counts[index[t]] / n
            for j in range(n_classes):
                slope[j] += weight * slopes[index[t], j]
        for t in range(indptr[column], indptr[column + 1]):
            weight = <float64_t> repeats[t]
            n_categories += repeats[t]
            total += weight * mean[index[t]]
            d = 0.0
            centre = 0.0
            for j in range(n_classes):
                d += class_repeats[j] * shares[j] * (
                    (slope[j] - slopes[index[t], j]) * (slope[j] - slopes[index[t], j])
                )
                centre += class_repeats[j] * shares[j] * (
                    slope[j] - slopes[index[t], j]
                )
            spread += weight * (
                residual[index[t]] + row_counts[index[t]] * max(0., d - centre * centre)
            )
        expected[column] = total / n
        variance[column] = 0.0
        if n_categories > 1:
            variance[column] = (
                spread * (n_categories - 1) / n_categories / (<float64_t> n * n)
            )
