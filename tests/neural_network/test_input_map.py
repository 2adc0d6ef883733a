# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The maps of raw columns."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_fs.neural_network._input_map import INPUT_MAPS, InputMap


def _fit(X, kind="quantile", categories=None):
    X = np.asarray(X, dtype=float)
    mask = np.zeros(X.shape[1], bool) if categories is None else np.array(categories)
    return InputMap(kind, mask).fit(X, np.random.RandomState(0))


def _column(kind, values):
    values = np.asarray(values, dtype=float)
    return _fit(values[:, None], kind).transform_column(0, values)


def test_quantile_map_is_the_scaled_mid_rank():
    values = np.array([5.0, 1.0, 1.0, 1.0, 9.0, 7.0])
    # Ascending 1 1 1 5 7 9: mid-ranks 1, 3, 4, 5 of the distinct values.
    expected = {1.0: 1.0, 5.0: 3.0, 7.0: 4.0, 9.0: 5.0}
    z = [2 * (expected[v] - 1) / 4 - 1 for v in values]
    assert_allclose(_column("quantile", values), z)


def test_quantile_map_follows_increasing_transformations():
    values = np.random.default_rng(0).standard_normal(1000)
    # Equal at the 101 knots, interpolated between them.
    difference = _column("quantile", values) - _column("quantile", np.exp(values))
    assert np.abs(difference).max() < 0.02
    assert_allclose(_column("quantile", values), _column("quantile", 3 * values + 7))
    assert_allclose(np.sort(_column("quantile", values))[[0, -1]], [-1, 1])


def test_linear_maps():
    values = np.linspace(2.0, 12.0, 101)
    assert_allclose(_column("minmax", values), (values - 7) / 5, atol=1e-12)
    assert_allclose(_column("robust", values), (values - 7) / 4.9, atol=1e-12)
    z = (values - 7) / values.std()
    assert_allclose(_column("standard", values), z, atol=1e-12)
    assert_allclose(_column(None, values), values)


def test_outside_the_training_range():
    for kind in INPUT_MAPS:
        mapped = _fit(np.linspace(0, 1, 50)[:, None], kind)
        low, high = mapped.transform_column(0, np.array([-1.0, 2.0]))
        if kind == "quantile":
            assert (low, high) == (-1, 1)
        else:
            assert low < -1
            assert high > 1


def test_huge_values_do_not_overflow():
    values = np.array([-1e308, 0.0, 1e308])
    assert_allclose(_column("minmax", values), [-1, 0, 1], atol=1e-12)
    assert_allclose(_column("quantile", values), [-1, 0, 1])


def test_constant_and_missing_columns():
    X = np.array([[1.0, np.nan, np.nan, 2.0], [1.0, np.nan, 3.0, 4.0]])
    mapped = _fit(X)
    assert_array_equal(mapped.is_constant, [True, True, False, False])
    assert_array_equal(mapped.has_missing, [False, False, True, False])
    z = mapped.transform(X, np.float64)
    assert_array_equal(z, [[np.nan, np.nan, np.nan, -1], [np.nan, np.nan, 0, 1]])
    # NaN where training had none: the middle of the column.
    assert mapped.transform_column(3, [np.nan]) == 0


def test_categories():
    X = np.array([[7.0, 1.0], [3.0, np.nan], [7.0, 2.0], [9.0, 1.0]])
    mapped = _fit(X, categories=[True, True])
    assert_array_equal(mapped.transform(X, np.float32)[:, 0], [1, 0, 1, 2])
    assert_array_equal(mapped.transform_column(0, [8.0, np.nan, 99.0]), [-1, -1, -1])
    assert_array_equal(mapped.transform_column(1, [np.nan, 2.0]), [np.nan, 1])
    layout = mapped.layout(n_basis=8, has_base=True)
    assert_array_equal(layout.offsets, [0, 3, 6])
    assert_array_equal(layout.has_indicator, [0, 1])


def test_long_columns_are_sampled():
    values = np.random.default_rng(0).exponential(size=250_000)
    z = _column("quantile", values)
    exact = 2 * values.argsort().argsort() / (len(values) - 1) - 1
    assert np.abs(z - exact).max() < 0.02
    assert (z.min(), z.max()) == (-1, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_memory_order(dtype):
    X = np.random.default_rng(0).standard_normal((30, 4)).astype(dtype)
    X.flags.writeable = False
    mapped = _fit(X)
    z = mapped.transform(np.asfortranarray(X), dtype)
    assert z.flags.c_contiguous
    assert z.dtype == dtype
    assert_array_equal(z, mapped.transform(X, dtype))
