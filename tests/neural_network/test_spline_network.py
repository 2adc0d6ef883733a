# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gradients of the whole network, changes of grid, and the importances."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_fs.neural_network._input_map import BlockLayout
from sklearn_fs.neural_network._spline_importance import METHODS, Importance
from sklearn_fs.neural_network._spline_network import SplineNetwork

N_FEATURES = 4


def _network(hidden=(3,), n_outputs=2, grid_size=4, degree=3, base="silu", seed=0):
    """Two numeric columns, a category of 3 levels, a numeric column with NaN."""
    width = grid_size + degree + (base is not None)
    widths = [width, width, 3, width + 1]
    layout = BlockLayout(
        np.cumsum([0, *widths]).astype(np.intp),
        np.array([0, 0, 1, 0], dtype=np.uint8),
        np.array([0, 0, 0, 1], dtype=np.uint8),
    )
    network = SplineNetwork.initialise(
        layout,
        [*hidden, n_outputs],
        grid_size,
        degree,
        base,
        np.random.RandomState(seed),
    )
    for bias in network.intercepts:
        bias[...] = 0.1 * np.arange(len(bias))
    network.set_hidden_grids(_rows(50))
    return network


def _rows(n, seed=1):
    rng = np.random.default_rng(seed)
    z = rng.uniform(-1, 1, (n, N_FEATURES))
    z[:, 2] = rng.integers(0, 3, n)
    z[::5, 3] = np.nan
    return z


def _target(loss, n):
    if loss == "squared":
        return np.random.default_rng(2).standard_normal((n, 2)), 2
    n_classes = 2 if loss == "logistic" else 3
    return (np.arange(n) % n_classes)[:, None].astype(float), max(1, n_classes - 1) + (
        loss == "softmax"
    )


@pytest.mark.parametrize("base", ["silu", "linear", None])
@pytest.mark.parametrize("loss", ["squared", "logistic", "softmax"])
@pytest.mark.parametrize("hidden", [(), (3,), (3, 2)])
def test_gradient_of_every_parameter(hidden, loss, base):
    n = 11
    z = _rows(n)
    target, n_outputs = _target(loss, n)
    network = _network(hidden, n_outputs, base=base)
    weights = np.random.default_rng(3).uniform(0.5, 1.5, n)
    design = network.design(z)

    def objective():
        ws = network.workspace(n)
        return sum(network.loss_and_gradient(design, target, weights, loss, 0.05, ws))

    objective()
    gradients = [g.copy() for g in network.workspace(n).grads]
    rng = np.random.default_rng(4)
    for param, gradient in zip(network.params, gradients, strict=True):
        numeric, picked = [], []
        places = rng.permutation(param.size)[:12]
        for place in places:
            index = np.unravel_index(place, param.shape)
            kept, ends = param[index], []
            for step in (1e-5, -1e-5):
                param[index] = kept + step
                ends.append(objective())
            param[index] = kept
            numeric.append((ends[0] - ends[1]) / 2e-5)
            picked.append(gradient[index])
        error = np.abs(np.subtract(numeric, picked)).max()
        assert error / max(1e-2, np.abs(numeric).max()) < 1e-7


def test_chunks_and_precision_agree():
    network, z = _network((5, 4)), _rows(300)
    expected = network.outputs(z)
    assert_allclose(np.concatenate([network.outputs(r[None]) for r in z]), expected)
    small = network.astype(np.float32).outputs(z.astype(np.float32))
    assert small.dtype == np.float32
    assert_allclose(small, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_doubling_the_grid_changes_no_output(degree):
    network, z = _network((3, 2), degree=degree), _rows(80)
    z[:4, :2] = [[-3, 2], [4, -2], [1, 1], [-1, -1]]
    finer = network.extend_grids(8)
    assert finer.grid_size == 8
    assert_allclose(finer.outputs(z), network.outputs(z), atol=1e-9)


def test_moving_hidden_grids_keeps_the_function_nearly():
    network, z = _network((3,), grid_size=6), _rows(200)
    before = network.outputs(z)
    old = network.grids[1].copy()
    network.coefs[0] *= 1.1
    expected = network.outputs(z)
    network.update_hidden_grids(z)
    assert np.abs(network.grids[1] - old).max() > 0.05
    moved = network.outputs(z)
    scale = before.std()
    # Random splines are rough: least squares keeps them only nearly.
    assert np.abs(moved - expected).max() < 0.15 * scale


def _importance(network, z, seed=0):
    target = np.random.default_rng(2).standard_normal((len(z), 2))
    return Importance(
        network,
        z,
        target,
        np.empty(0),
        "squared",
        np.zeros(N_FEATURES, dtype=bool),
        np.random.RandomState(seed),
    )


@pytest.mark.parametrize("method", METHODS)
def test_constants_move_between_columns_without_a_trace(method):
    """The basis sums to 1: no centred score may see where a constant is kept."""
    network, z = _network(), _rows(200)
    scores = _importance(network, z)(method, "centered")
    paper = _importance(network, z)("l1", "paper")
    outputs = network.outputs(z)
    network.block(0)[: network.n_basis] += 1.5
    network.block(1)[: network.n_basis] -= 1.5
    assert_allclose(network.outputs(z), outputs, atol=1e-10)
    assert_allclose(_importance(network, z)(method, "centered"), scores, atol=1e-8)
    assert np.abs(_importance(network, z)("l1", "paper") - paper).max() > 0.1


def test_scores_equal_their_definitions():
    network, z = _network(), _rows(60)
    z = z[:, [0, 1, 2, 3]]
    z[np.isnan(z)] = 0.4
    importance = _importance(network, z)
    c = np.stack([network.contribution(z, j) for j in range(N_FEATURES)])
    centred = c - c.mean(axis=1, keepdims=True)

    def check(method, variant, expected):
        expected = np.asarray(expected)
        assert_allclose(importance(method, variant), expected / expected.sum())

    check("l1", "centered", np.abs(centred).mean(axis=(1, 2)))
    check("l2", "centered", np.sqrt((centred**2).mean(axis=(1, 2))))
    check("l1", "paper", np.abs(c).mean(axis=(1, 2)))
    check("l2", "paper", np.sqrt((c**2).mean(axis=(1, 2))))
    splines = [network.block(j)[: network.n_basis] for j in (0, 1)]
    coef = [np.abs(s).sum() for s in splines]
    got = importance("l1", "coef")
    assert_allclose(got[0] / got[1], coef[0] / coef[1])

    def loss(units):
        ws = network.workspace(len(units))
        ws.z[0][...] = units
        return ((network.forward_from(ws) - importance.target) ** 2).mean()

    units = network.units(z)
    rises = [loss(units - part) - loss(units) for part in centred]
    check("ko", "centered", rises)
    zeroed = [max(0, loss(units - part) - loss(units)) for part in c]
    check("ko", "paper", zeroed)


def test_sensitivity_equals_central_differences():
    network = _network()
    z = np.random.default_rng(0).uniform(-0.99, 0.99, (40, N_FEATURES))
    z[:, 2] = 1.0
    expected = np.zeros(N_FEATURES)
    for j in (0, 1, 3):
        step = np.zeros(N_FEATURES)
        step[j] = 1e-6
        slope = (network.outputs(z + step) - network.outputs(z - step)) / 2e-6
        expected[j] = np.linalg.norm(slope, axis=1).mean()
    got = _importance(network, z)("si", "centered")
    assert_allclose(got, expected / expected.sum(), rtol=1e-6)


def test_blocks_of_zeros_score_zero():
    network, z = _network(), _rows(30)
    network.block(1)[...] = 0.0
    for method in METHODS:
        assert _importance(network, z)(method, "centered")[1] == 0
    for j in range(N_FEATURES):
        network.block(j)[...] = 0.0
    assert_array_equal(_importance(network, z)("l2", "centered"), 0)


def test_unknown_variants_are_named():
    with pytest.raises(ValueError, match=r"variant='coef' is not defined for method"):
        _importance(_network(), _rows(9))("si", "coef")
