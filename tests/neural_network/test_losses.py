# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The losses against closed forms of scikit-learn and central differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit, softmax
from sklearn.metrics import log_loss, mean_squared_error
from sklearn_fs.neural_network._losses_fast import (
    logistic_loss,
    softmax_loss,
    squared_loss,
)

CASES = {"squared": squared_loss, "logistic": logistic_loss, "softmax": softmax_loss}


def _case(name, dtype=np.float64):
    rng = np.random.default_rng(0)
    n_outputs = {"squared": 2, "logistic": 1, "softmax": 3}[name]
    out = 3 * rng.standard_normal((9, n_outputs))
    target = rng.standard_normal((9, n_outputs))
    if name != "squared":
        target = (np.arange(9) % max(2, n_outputs))[:, None].astype(float)
    return out.astype(dtype), target.astype(dtype), rng.uniform(0.5, 2, 9).astype(dtype)


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("name", CASES)
def test_value(name, dtype, rtol):
    out, target, weights = _case(name, dtype)
    if name == "squared":
        expected = mean_squared_error(target, out, sample_weight=weights)
    else:
        wide = out.astype(np.float64)
        p = softmax(wide, axis=1) if name == "softmax" else expit(wide[:, 0])
        expected = log_loss(target[:, 0], p, sample_weight=weights)
    value = CASES[name](out, target, weights, np.empty_like(out))
    assert_allclose(value / weights.mean(), expected, rtol=max(rtol, 1e-6))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_gradient(name, weighted):
    out, target, weights = _case(name)
    weights = weights if weighted else weights[:0]
    grad = np.empty_like(out)
    CASES[name](out, target, weights, grad)
    scratch = np.empty_like(out)
    for index in np.ndindex(out.shape):
        step = np.zeros_like(out)
        step[index] = 1e-6
        up, down = (
            CASES[name](out + s, target, weights, scratch) for s in (step, -step)
        )
        assert_allclose(grad[index], (up - down) / 2e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["logistic", "softmax"])
def test_extreme_logits_stay_finite(name):
    out, target, _ = _case(name)
    grad = np.empty_like(out)
    value = CASES[name](out * 1e300, target, np.empty(0), grad)
    assert np.isfinite(value)
    assert np.isfinite(grad).all()
