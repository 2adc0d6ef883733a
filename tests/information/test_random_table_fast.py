# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables drawn from their margins, beside labels that are really shuffled."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from sklearn_fs.information._random_table_fast import fill_random_table


def _draw(rows, classes, seed):
    table = np.empty((len(rows), len(classes)), dtype=np.int64)
    fill_random_table(
        np.array(rows), np.array(classes), seed, np.empty(len(classes), np.int64), table
    )
    return table


@pytest.mark.parametrize(
    "rows, classes",
    [
        ([0, 3, 1, 9, 1], [6, 8]),
        ([5, 5, 0, 40], [1, 20, 0, 29]),
        ([10**9, 3, 10**6], [10**9, 10**6 + 3]),
        ([1], [1, 0]),
    ],
)
def test_margins_are_kept(rows, classes):
    for seed in range(20):
        table = _draw(rows, classes, seed)
        assert_array_equal(table.sum(axis=1), rows)
        assert_array_equal(table.sum(axis=0), classes)
        assert (table >= 0).all()
    assert_array_equal(_draw(rows, classes, 3), _draw(rows, classes, 3))


def test_cells_have_the_law_of_shuffled_labels():
    rows, classes = [4, 11, 2, 30], [9, 25, 13]
    tables = np.array([_draw(rows, classes, seed) for seed in range(4000)])
    for i, a in enumerate(rows):
        for j, b in enumerate(classes):
            law = stats.hypergeom(sum(rows), b, a)
            k = np.arange(min(a, b) + 1)
            seen = np.bincount(tables[:, i, j], minlength=len(k))
            expected = 4000 * law.pmf(k)
            common = expected > 10
            z = (seen - expected)[common] / np.sqrt(expected[common])
            assert np.abs(z).max() < 4.5
    # Two cells of a row: the covariance of the multivariate law.
    n, a, p = sum(rows), rows[3], np.array(classes) / sum(rows)
    expected = -a * p[0] * p[1] * (n - a) / (n - 1)
    assert_allclose(np.cov(tables[:, 3, 0], tables[:, 3, 1])[0, 1], expected, rtol=0.1)


def test_large_counts_have_the_right_spread():
    a, b, n = 400_000, 10_000, 1_000_000
    draws = [_draw([a, n - a], [b, n - b], seed)[0, 0] for seed in range(300)]
    law = stats.hypergeom(n, b, a)
    assert stats.kstest(draws, law.cdf).pvalue > 1e-3
    assert_allclose(np.std(draws), law.std(), rtol=0.15)
