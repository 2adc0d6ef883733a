# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The optimisers against plain numpy twins."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_fs.neural_network._optimizers import SGD, Adam, cosine_rate

SHAPES = [(4, 3), (5,), (2, 3, 2)]


def _arrays(seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape).astype(dtype) for shape in SHAPES]


def _shrink(flat, groups, rate):
    """Slow twin of the group step."""
    offsets, penalties = groups
    for start, stop, penalty in zip(offsets, offsets[1:], penalties, strict=False):
        norm = np.linalg.norm(flat[start:stop])
        if penalty > 0:
            factor = max(0.0, 1 - rate * penalty / norm) if norm > 0 else 0.0
            flat[start:stop] *= factor


def _slow_adam(params, all_grads, rates, decay, groups, b1=0.9, b2=0.999, eps=1e-8):
    """Slow twin: algorithm 1 of the paper, written as it is printed."""
    params = [p.copy() for p in params]
    mean = [np.zeros_like(p) for p in params]
    square = [np.zeros_like(p) for p in params]
    for t, (grads, rate) in enumerate(zip(all_grads, rates, strict=True), start=1):
        for i, g in enumerate(grads):
            mean[i] = b1 * mean[i] + (1 - b1) * g
            square[i] = b2 * square[i] + (1 - b2) * g**2
            m_hat, v_hat = mean[i] / (1 - b1**t), square[i] / (1 - b2**t)
            params[i] *= 1 - rate * decay[i]
            params[i] -= rate * m_hat / (np.sqrt(v_hat) + eps)
            if groups[i] is not None:
                _shrink(params[i].reshape(-1), groups[i], rate)
    return params


def _slow_sgd(params, all_grads, rates, decay, groups, momentum, nesterov):
    params = [p.copy() for p in params]
    velocity = [np.zeros_like(p) for p in params]
    for grads, rate in zip(all_grads, rates, strict=True):
        for i, g in enumerate(grads):
            velocity[i] = momentum * velocity[i] - rate * g
            move = momentum * velocity[i] - rate * g if nesterov else velocity[i]
            params[i] = params[i] * (1 - rate * decay[i]) + move
            if groups[i] is not None:
                _shrink(params[i].reshape(-1), groups[i], rate)
    return params


DECAY = [0.3, 0.0, 0.1]
GROUPS = [([0, 3, 6, 12], [0.5, 0.0, 40.0]), None, ([0, 12], [1.0])]


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("kind", ["adam", "sgd", "nesterov"])
def test_equals_the_slow_twin(kind, dtype, rtol):
    params = _arrays(0, dtype)
    all_grads = [_arrays(seed, dtype) for seed in range(1, 8)]
    rates = [cosine_rate(0.05, t, 7) for t in range(7)]
    shared = {"weight_decay": DECAY, "groups": GROUPS}
    wide = [p.astype(np.float64) for p in params]
    wide_grads = [[g.astype(np.float64) for g in grads] for grads in all_grads]
    if kind == "adam":
        optimizer = Adam(params, **shared)
        expected = _slow_adam(wide, wide_grads, rates, DECAY, GROUPS)
    else:
        nesterov = kind == "nesterov"
        optimizer = SGD(params, momentum=0.8, nesterov=nesterov, **shared)
        expected = _slow_sgd(wide, wide_grads, rates, DECAY, GROUPS, 0.8, nesterov)
    for grads, rate in zip(all_grads, rates, strict=True):
        optimizer.step(grads, learning_rate=rate)
    for got, want in zip(params, expected, strict=True):
        assert got.dtype == dtype
        assert_allclose(got, want, rtol=rtol, atol=rtol)
    assert optimizer.n_steps == 7


def test_first_adam_step_moves_by_the_rate():
    """Bias correction makes the first step rate * sign(gradient)."""
    params = [np.array([1.0, -2.0, 3.0])]
    Adam(params, learning_rate=0.1).step([np.array([5.0, -1e-3, 0.0])])
    assert_allclose(params[0], [0.9, -1.9, 3.0], rtol=1e-5)


def test_groups_reach_exact_zero_and_stay():
    params = [np.array([[3.0, 4.0], [0.3, 0.4]])]
    optimizer = SGD(
        params, momentum=0.0, learning_rate=1.0, groups=[([0, 2, 4], [1.0, 1.0])]
    )
    zero = [np.zeros((2, 2))]
    optimizer.step(zero)
    assert_allclose(params[0], [[2.4, 3.2], [0.0, 0.0]])
    for _ in range(5):
        optimizer.step(zero)
    assert_array_equal(params[0], 0.0)


def test_read_only_gradients():
    params, grads = _arrays(0), _arrays(1)
    for grad in grads:
        grad.flags.writeable = False
    Adam(params).step(grads)


def test_cosine_rate():
    assert cosine_rate(0.2, 0, 10) == pytest.approx(0.2)
    assert cosine_rate(0.2, 5, 10) == pytest.approx(0.1)
    assert cosine_rate(0.2, 10, 10) == pytest.approx(0.0)
    assert cosine_rate(0.2, 12, 10) == pytest.approx(0.0)


def test_errors():
    with pytest.raises(ValueError, match="one entry for each of the 3 arrays"):
        Adam(_arrays(0), weight_decay=[0.1])
    with pytest.raises(ValueError, match="size 12 into consecutive slices"):
        SGD(_arrays(0), groups=[([0, 5], [1.0]), None, None])
    with pytest.raises(ValueError, match="C-contiguous"):
        Adam([np.zeros((3, 4)).T])
