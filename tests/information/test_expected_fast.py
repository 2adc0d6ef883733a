# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Moments of mutual information under shuffled labels."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.special import xlogy
from sklearn.metrics.cluster import contingency_matrix, mutual_info_score
from sklearn.metrics.cluster import expected_mutual_information as sklearn_emi
from sklearn_fs.information._expected_fast import expected_cells

from sklearn_fs.information import expected_mutual_information
from sklearn_fs.information._contingency import Margins
from sklearn_fs.information._null import (
    NullMoments,
    gamma_tail,
    log_table,
    normal_quantile_of_tail,
)


def _cell(a, b, n):
    out = np.empty((1, 1))
    expected_cells(np.array([a]), np.array([b]), n, log_table(min(a, b)), out, 1)
    return out[0, 0]


def _slow_cell(a, b, n):
    """The sum over the support with scipy's hypergeometric law."""
    k = np.arange(max(0, a + b - n), min(a, b) + 1)
    mu = a * b / n
    return float(stats.hypergeom(n, a, b).pmf(k) @ (xlogy(k, k / mu) - k + mu)) / n


@pytest.mark.parametrize(
    "n, a, b, expected",
    [
        (1000, 30, 270, 3.6475761394792e-4),
        (10**5, 20, 27000, 3.827858525406658e-6),
        (10**7, 2000, 2_700_000, 3.65070280178e-8),
    ],
)
def test_cell_known_answers(n, a, b, expected):
    assert_allclose(_cell(a, b, n), expected, rtol=1e-10)


@pytest.mark.parametrize("seed", range(20))
def test_cell_equals_slow_sum(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 3000))
    a, b = rng.integers(1, n + 1, 2)
    assert_allclose(_cell(a, b, n), _slow_cell(a, b, n), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    "rows, cols, expected",
    [
        ([2, 2], [2, 2], 0.231049060187),
        ([3, 2, 1], [3, 3], 0.268086368715),
        ([1] * 6, [3, 3], np.log(2)),
        ([6], [3, 3], 0.0),
    ],
)
def test_expected_known_answers(rows, cols, expected):
    assert_allclose(expected_mutual_information(rows, cols), expected, atol=1e-12)


def test_expected_by_enumeration():
    x, y = [0, 0, 0, 1, 1, 2], [0, 1, 0, 1, 1, 2]
    mean = np.mean([mutual_info_score(x, list(p)) for p in permutations(y)])
    got = expected_mutual_information(np.bincount(x), np.bincount(y))
    assert_allclose(got, mean, atol=1e-12)


@pytest.mark.parametrize("seed", range(50))
def test_expected_equals_sklearn(seed):
    """Ten random tables a seed, degenerate ones among them."""
    rng = np.random.default_rng(seed)
    for _ in range(10):
        n = int(rng.integers(1, 400))
        x = rng.integers(0, rng.integers(1, n + 1), n)
        y = rng.integers(0, rng.integers(1, 12), n)
        expected = sklearn_emi(contingency_matrix(x, y, sparse=True), n)
        a, b = np.bincount(x), np.bincount(y)
        assert_allclose(expected_mutual_information(a, b, n), expected, atol=1e-9)


def test_products_of_counts_pass_32_bits():
    for counts in ([50_000, 50_000], [70_000, 70_000], [3_000_000, 7_000_000]):
        a = np.array(counts)
        # Chi-square limit of a 2 x 2 table: 1 / (2 n).
        assert_allclose(expected_mutual_information(a, a), 1 / (2 * a.sum()), rtol=1e-4)


@pytest.mark.parametrize(
    "rows, cols, n, match",
    [
        ([2, 2], [2, 3], None, "add up to n"),
        ([2, 2], [2, 2], 5, "add up to n"),
        ([-1, 5], [2, 2], None, "none negative"),
        ([1.5, 2.5], [2, 2], None, "none negative"),
        (["a"], [2, 2], None, "array of integers"),
    ],
)
def test_expected_refuses(rows, cols, n, match):
    with pytest.raises(ValueError, match=match):
        expected_mutual_information(rows, cols, n)


def _margins(x):
    values, repeats = np.unique(np.unique(x, return_counts=True)[1], return_counts=True)
    return Margins(np.array([0, len(values)]), values, repeats)


def _slow_variance(row_counts, p, n):
    """Enumeration of all multinomial rows; the formula of `_null.py`."""
    K = len(p)
    rows = []
    for a in row_counts:
        grid = np.stack(np.meshgrid(*[np.arange(a + 1)] * (K - 1)), -1).reshape(
            -1, K - 1
        )
        grid = grid[grid.sum(1) <= a]
        k = np.column_stack([grid, a - grid.sum(1)])
        w = stats.multinomial(a, p).pmf(k)
        f = xlogy(k, k / (a * p)).sum(1)
        rows.append((a, w, f - w @ f, k - a * p))
    covariance = sum((w * f) @ d for _, w, f, d in rows)[: K - 1]
    S = n * (np.diag(p) - np.outer(p, p))[: K - 1, : K - 1]
    beta = np.linalg.solve(S, covariance)
    total = sum(w @ (f - d[:, : K - 1] @ beta) ** 2 for _, w, f, d in rows)
    R = len(row_counts)
    return total * (R - 1) / R / n**2


@pytest.mark.parametrize("counts", [[4, 2], [3, 3], [5, 3, 2], [6, 1, 1, 4]])
@pytest.mark.parametrize("rows", [[1, 2, 3], [7, 5], [1, 1, 4, 6]])
def test_variance_equals_enumeration(rows, counts):
    """The expansion in Krawtchouk polynomials is exact, not an approximation."""
    counts = np.array(counts) * sum(rows)
    p, rows = counts / counts.sum(), np.array(rows)
    n = int(counts.sum())
    values, repeats = np.unique(rows, return_counts=True)
    margins = Margins(np.array([0, len(values)]), values, repeats)
    # The rows need not fill the table for the formula to be compared.
    std = NullMoments(counts)(margins)[1]
    assert_allclose(std[0] ** 2, _slow_variance(rows, p, n), rtol=1e-7)


@pytest.mark.parametrize(
    "n_values, shares",
    [(2, [0.73, 0.27]), (300, [0.73, 0.27]), (40, [0.99, 0.01]), (30, [0.2] * 5)],
)
def test_moments_equal_permutations(n_values, shares):
    rng = np.random.default_rng(0)
    n = 2000
    x = rng.integers(0, n_values, n)
    y = rng.choice(len(shares), n, p=shares)
    mean, std = NullMoments(np.bincount(y))(_margins(x))
    draws = [mutual_info_score(x, rng.permutation(y)) for _ in range(300)]
    assert abs(np.mean(draws) - mean[0]) < 4 * std[0] / np.sqrt(300)
    assert 0.85 < std[0] / np.std(draws) < 1.15


def test_gamma_tail_equals_scipy_and_does_not_underflow():
    mean, std = np.full(4, 2.0), np.full(4, 0.5)
    values = np.array([0.5, 2.0, 5.0, 20.0])
    law = stats.gamma(16, scale=0.125)
    assert_allclose(gamma_tail(values, mean, std), law.logsf(values), rtol=1e-10)
    far = gamma_tail(np.array([100.0, 1000.0]), mean[:2], std[:2])
    # log sf(x) ~ (k - 1) log x - x - log Gamma(k) for x far beyond the mean.
    x = np.array([800.0, 8000.0])
    assert_allclose(far, 15 * np.log(x) - x - 27.89927138384089, rtol=1e-4)


def test_no_spread_means_p_of_one():
    log_p = gamma_tail(np.array([1.0]), np.array([1.0]), np.array([0.0]))
    assert log_p[0] == 0.0
    assert normal_quantile_of_tail(log_p, np.array([0.0]))[0] == 0.0
    z = normal_quantile_of_tail(np.log([0.05, 0.5, 1.0]), np.ones(3))
    assert_allclose(z[:2], [1.6448536269514722, 0.0], atol=1e-12)
    assert np.isfinite(z[2]) and z[2] < -8
