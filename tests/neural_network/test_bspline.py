# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The spline kernels against scipy, central differences and a plain numpy layer."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.interpolate import BSpline
from sklearn_fs.neural_network._bspline_fast import (
    basis,
    input_design,
    smoothness_penalty,
    spline_layer_backward,
    spline_layer_forward,
)

DEGREES = [1, 2, 3]
LOW, HIGH = -1.5, 2.0


def _basis(x, grid_size, degree, derivative=False, dtype=np.float64):
    x = np.asarray(x, dtype=dtype)
    out = np.empty((len(x), grid_size + degree), dtype=dtype)
    basis(x, LOW, HIGH, grid_size, degree, derivative, out)
    return out


@pytest.mark.parametrize("dtype, atol", [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("degree", DEGREES)
def test_values_equal_scipy(degree, dtype, atol):
    grid_size = 5
    step = (HIGH - LOW) / grid_size
    knots = LOW + step * np.arange(-degree, grid_size + degree + 1)
    x = np.linspace(LOW, HIGH, 201)
    expected = BSpline.design_matrix(x, knots, degree).toarray()
    assert_allclose(_basis(x, grid_size, degree, dtype=dtype), expected, atol=atol)


@pytest.mark.parametrize("degree", DEGREES)
def test_partition_of_unity_also_outside(degree):
    x = np.linspace(LOW - 3, HIGH + 3, 301)
    assert_allclose(_basis(x, 4, degree).sum(axis=1), 1, rtol=1e-13)
    assert_allclose(_basis(x, 4, degree, True).sum(axis=1), 0, atol=1e-12)


@pytest.mark.parametrize("degree", DEGREES)
def test_derivative_equals_central_differences(degree):
    # Away from the knots, where the linear spline has no derivative.
    x = np.random.default_rng(0).uniform(LOW - 1, HIGH + 1, 200)
    step = 1e-6
    slope = (_basis(x + step, 7, degree) - _basis(x - step, 7, degree)) / (2 * step)
    assert_allclose(_basis(x, 7, degree, True), slope, atol=1e-6)


@pytest.mark.parametrize("degree", DEGREES)
def test_outside_values_lie_on_the_tangent(degree):
    coef = np.random.default_rng(0).standard_normal(6 + degree)
    for end, away in [(LOW, -1.0), (HIGH, 1.0)]:
        value = _basis([end], 6, degree) @ coef
        slope = _basis([end], 6, degree, True) @ coef
        for distance in (0.1, 5.0, 1e6):
            got = _basis([end + away * distance], 6, degree) @ coef
            assert_allclose(got, value + away * distance * slope, rtol=1e-9)


def test_nan_stays_inside_the_arrays():
    assert np.isnan(_basis([np.nan], 5, 3)).any()


@pytest.mark.parametrize("base", [0, 1, 2])
def test_input_design_blocks(base):
    """A numeric block, a category with an indicator, a numeric one with NaN."""
    z = np.array([[0.3, 1.0, -0.2], [-2.0, -1.0, np.nan], [1.0, np.nan, 0.9]])
    n_basis = 5
    width = n_basis + (base != 0)
    offsets = np.cumsum([0, width, 3, width + 1]).astype(np.intp)
    out = np.empty((3, offsets[-1]))
    is_category = np.array([0, 1, 0], dtype=np.uint8)
    has_indicator = np.array([0, 1, 1], dtype=np.uint8)
    input_design(z, offsets, is_category, has_indicator, 2, 3, base, False, out)
    splines = np.empty((3, n_basis))
    basis(z[:, 0].copy(), -1.0, 1.0, 2, 3, False, splines)
    assert_allclose(out[:, :n_basis], splines)
    if base:
        x = z[:, 0]
        expected = x / (1 + np.exp(-x)) if base == 1 else x
        assert_allclose(out[:, n_basis], expected)
    # Level 1, an unknown level, a missing one.
    assert_array_equal(out[:, width : width + 3], [[0, 1, 0], [0, 0, 0], [0, 0, 1]])
    assert_array_equal(out[1, width + 3 :], np.r_[np.zeros(width), 1])
    assert_array_equal(out[[0, 2], -1], 0)


def _layer(dtype, degree, base, n=7, n_units=3, n_outputs=2, seed=0):
    rng = np.random.default_rng(seed)
    width = 4 + degree + (base != 0)
    z = rng.uniform(-2, 2, (n, n_units)).astype(dtype)
    low = rng.uniform(-1.5, -1, n_units).astype(dtype)
    scale = (4 / rng.uniform(2, 3, n_units)).astype(dtype)
    coef = rng.standard_normal((n_units * width, n_outputs)).astype(dtype)
    bias = rng.standard_normal(n_outputs).astype(dtype)
    return z, low, scale, coef, bias


def _slow_layer(z, low, scale, coef, bias, degree, base):
    """Slow twin: one design for each unit."""
    n_basis = 4 + degree
    width = n_basis + (base != 0)
    out = np.tile(bias, (len(z), 1))
    for q in range(z.shape[1]):
        splines = np.empty((len(z), n_basis))
        high = low[q] + 4 / scale[q]
        basis(z[:, q].copy(), low[q], high, 4, degree, False, splines)
        out += splines @ coef[q * width : q * width + n_basis]
        if base == 1:
            out += (z[:, q] / (1 + np.exp(-z[:, q])))[:, None] * coef[
                q * width + n_basis
            ]
        elif base == 2:
            out += z[:, q, None] * coef[q * width + n_basis]
    return out


def _forward(layer, degree, base):
    z, low, scale, coef, bias = layer
    local = (*z.shape, degree + 2)
    out = np.empty((len(z), len(bias)), dtype=z.dtype)
    values, slopes = np.empty(local, dtype=z.dtype), np.empty(local, dtype=z.dtype)
    left = np.empty(z.shape, dtype=np.int32)
    spline_layer_forward(
        z, low, scale, 4, degree, base, coef, bias, out, values, slopes, left
    )
    return out, values, slopes, left


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("base", [0, 1, 2])
@pytest.mark.parametrize("degree", DEGREES)
def test_fused_layer_equals_the_slow_twin(degree, base, dtype, rtol):
    layer = _layer(dtype, degree, base)
    wide = [a.astype(np.float64) for a in layer]
    out = _forward(layer, degree, base)[0]
    assert_allclose(out, _slow_layer(*wide, degree, base), rtol=rtol, atol=rtol)


@pytest.mark.parametrize("base", [0, 1, 2])
@pytest.mark.parametrize("degree", DEGREES)
def test_fused_layer_gradients(degree, base):
    layer = _layer(np.float64, degree, base)
    z, _, _, coef, _ = layer
    grad_out = np.random.default_rng(1).standard_normal((len(z), 2))
    _, values, slopes, left = _forward(layer, degree, base)
    grad_coef, grad_z = np.empty_like(coef), np.empty_like(z)
    spline_layer_backward(
        grad_out, coef, values, slopes, left, 4, degree, base, True, grad_coef, grad_z
    )

    def numeric(array):
        gradient = np.empty_like(array)
        for index in np.ndindex(array.shape):
            kept, ends = array[index], []
            for step in (1e-6, -1e-6):
                array[index] = kept + step
                ends.append((_forward(layer, degree, base)[0] * grad_out).sum())
            array[index] = kept
            gradient[index] = (ends[0] - ends[1]) / 2e-6
        return gradient

    assert_allclose(grad_coef, numeric(coef), atol=1e-7)
    assert_allclose(grad_z, numeric(z), atol=1e-7)


def test_smoothness_penalty_and_its_gradient():
    coef = np.random.default_rng(0).standard_normal((14, 3))
    starts, n_basis, strength = np.array([0, 8], dtype=np.intp), 6, 0.7
    second = np.diff(np.eye(n_basis), n=2, axis=0)
    penalty, expected = 0.0, np.full_like(coef, 0.25)
    for start in starts:
        part = second @ coef[start : start + n_basis]
        penalty += strength * (part**2).sum()
        expected[start : start + n_basis] += 2 * strength * second.T @ part
    grad = np.full_like(coef, 0.25)
    got = smoothness_penalty(coef, starts, n_basis, strength, grad)
    assert_allclose(got, penalty, rtol=1e-12)
    assert_allclose(grad, expected, rtol=1e-12)
