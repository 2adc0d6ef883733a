# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The compiled batch against numpy, finite differences and a worked example."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn_fs.neural_network._batch_feed_fast import feed_dense
from sklearn_fs.neural_network._sparse_layer_fast import add_noise, train_batch

from sklearn_fs.neural_network._sparse_autoencoder import (
    SparseAutoencoder,
    TrainingPlan,
    _normal_quantiles,
    tile_bounds,
)
from sklearn_fs.neural_network._table_feed import BatchFeed

TOLERANCE = {np.float64: 1e-12, np.float32: 1e-5}


def _plan(**changes):
    plan = {
        "strategy": "static",
        "n_hidden": 6,
        "n_links": 20,
        "zeta": 0.2,
        "noise_factor": 0.0,
        "dropout": 0.0,
        "activation": "sigmoid",
        "output_activation": "identity",
        "learning_rate": 0.1,
        "momentum": 0.9,
        "weight_decay": 0.01,
        "batch_size": 100,
        "error_weight": 0.9,
        "dtype": np.dtype(np.float64),
    }
    return TrainingPlan(**{**plan, **changes})


def _feed(X):
    return BatchFeed([X], np.zeros(X.shape[1]), np.ones(X.shape[1]))


def _gradients(X, network, *, dropout=0.0, seed=0):
    """Call the kernel; return loss, gradients and the hidden activations."""
    plan, dtype = network.plan, network.plan.dtype
    bounds = tile_bounds(len(X))
    n_tiles, width = len(bounds) - 1, -(-int(np.diff(bounds).max()) // 8) * 8
    n_visible, n_hidden = network.n_visible, plan.n_hidden
    encoder, decoder = network.encoder, network.decoder

    def empty(*shape, kind=dtype):
        return np.full((n_tiles, *shape), 7, dtype=kind)

    clean, hidden = empty(n_visible, width), empty(n_hidden, width)
    feed = _feed(np.ascontiguousarray(X))
    feed.fill(np.arange(len(X)), clean, bounds, 1)
    parts = [empty(plan.n_links), empty(n_hidden), empty(plan.n_links)]
    parts.append(empty(n_visible))
    absolute, losses = empty(n_visible, kind=float), empty(kind=float)
    train_batch(
        clean,
        clean,
        encoder.indptr,
        encoder.indices,
        encoder.weights,
        encoder.bias,
        decoder.indptr,
        decoder.indices,
        decoder.weights,
        decoder.bias,
        hidden,
        empty(n_hidden, width),
        *parts,
        absolute,
        losses,
        empty(width),
        bounds,
        {"sigmoid": 0, "tanh": 1, "relu": 2}[plan.activation],
        plan.output_activation == "tanh",
        dropout,
        seed,
        1,
    )
    activations = np.concatenate(
        [hidden[t, :, : bounds[t + 1] - bounds[t]] for t in range(n_tiles)], axis=1
    )
    sums = [part.astype(float).sum(axis=0) for part in parts]
    return losses.sum(), sums, activations, absolute.sum(axis=0)


def _dense(layer):
    weights = np.zeros(layer.n_positions)
    weights[layer.keys] = layer.weights
    return weights.reshape(layer.n_visible, layer.n_hidden)


def _slow_loss(X, W1, b1, W2, b2, plan, mask=1.0):
    """Half the squared error, and all gradients, with dense matrices."""
    activations = {
        "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda g: g * (1 - g)),
        "tanh": (np.tanh, lambda g: 1 - g**2),
        "relu": (lambda a: np.maximum(a, 0), lambda g: (g > 0).astype(float)),
    }
    function, derivative = activations[plan.activation]
    g = function(X @ W1 + b1)
    u = g * mask
    z = u @ W2.T + b2
    if plan.output_activation == "tanh":
        z = np.tanh(z)
    error = z - X
    delta = error * (1 - z**2 if plan.output_activation == "tanh" else 1)
    q = (delta @ W2) * derivative(g) * mask
    gradients = X.T @ q, q.sum(axis=0), delta.T @ u, delta.sum(axis=0)
    return 0.5 * (error**2).sum(), gradients, u, np.abs(error).sum(axis=0)


def _network(n_visible, dtype=np.float64, **changes):
    random_state = np.random.RandomState(0)
    plan = _plan(dtype=np.dtype(dtype), **changes)
    network = SparseAutoencoder(n_visible, plan, random_state)
    for bias in (network.encoder.bias, network.decoder.bias):
        bias[:] = 0.3 * random_state.standard_normal(len(bias))
    for layer in (network.encoder, network.decoder):
        layer.weights *= 5
    return network


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n_rows", [1, 7, 8, 45, 100])
@pytest.mark.parametrize("output_activation", ["identity", "tanh"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_batch_equals_the_slow_twin(activation, output_activation, n_rows, dtype):
    network = _network(
        9, dtype, activation=activation, output_activation=output_activation
    )
    X = np.random.default_rng(1).standard_normal((n_rows, 9))
    encoder, decoder = network.encoder, network.decoder
    W1, W2 = _dense(encoder), _dense(decoder)
    expected = _slow_loss(X, W1, encoder.bias, W2, decoder.bias, network.plan)
    loss, gradients, hidden, absolute = _gradients(X, network)
    tolerance = {"rtol": TOLERANCE[dtype], "atol": 100 * TOLERANCE[dtype]}
    assert_allclose(loss, expected[0], **tolerance)
    assert_allclose(hidden.T, expected[2], **tolerance)
    assert_allclose(absolute, expected[3], **tolerance)
    dense = expected[1]
    at_1, at_2 = (
        np.unravel_index(layer.keys, (9, network.plan.n_hidden))
        for layer in (encoder, decoder)
    )
    assert_allclose(gradients[0], dense[0][at_1], **tolerance)
    assert_allclose(gradients[1], dense[1], **tolerance)
    assert_allclose(gradients[2], dense[2][at_2], **tolerance)
    assert_allclose(gradients[3], dense[3], **tolerance)


def test_gradients_equal_finite_differences():
    network = _network(7)
    X = np.random.default_rng(2).standard_normal((11, 7))
    _, gradients, _, _ = _gradients(X, network)
    arrays = [
        network.encoder.weights,
        network.encoder.bias,
        network.decoder.weights,
        network.decoder.bias,
    ]
    step = 1e-6
    for array, gradient in zip(arrays, gradients, strict=True):
        for place in range(len(array)):
            kept = array[place]
            array[place] = kept + step
            above = _gradients(X, network)[0]
            array[place] = kept - step
            below = _gradients(X, network)[0]
            array[place] = kept
            slope = (above - below) / (2 * step)
            assert_allclose(gradient[place], slope, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_dropped_units_are_out_of_both_passes(activation):
    network = _network(9, n_hidden=40, n_links=120, activation=activation)
    X = np.random.default_rng(1).standard_normal((100, 9))
    _, _, hidden, _ = _gradients(X, network, dropout=0.3, seed=5)
    mask = (hidden != 0).T.astype(float)
    assert abs(mask.mean() - 0.7) < 0.03
    encoder, decoder = network.encoder, network.decoder
    expected = _slow_loss(
        X,
        _dense(encoder),
        encoder.bias,
        _dense(decoder),
        decoder.bias,
        network.plan,
        mask,
    )
    loss, gradients, _, _ = _gradients(X, network, dropout=0.3, seed=5)
    assert_allclose(loss, expected[0])
    at = np.unravel_index(encoder.keys, (9, 40))
    assert_allclose(gradients[0], expected[1][0][at], atol=1e-12)


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-6), (np.float32, 1e-4)])
def test_worked_example(dtype, rtol):
    """Two steps on two rows, computed by hand elsewhere."""
    X = np.array([[1, 0, -1], [0.5, 2, 0]], dtype=dtype)
    network = SparseAutoencoder(
        3,
        _plan(n_hidden=2, n_links=4, dtype=np.dtype(dtype)),
        np.random.RandomState(0),
    )
    for layer, weights in (
        (network.encoder, [0.2, -0.3, 0.1, 0.4]),
        (network.decoder, [0.5, -0.2, 0.1, 0.3]),
    ):
        layer._set_keys(np.array([0, 3, 4, 5]))
        layer.weights[:] = weights
        layer.bias[:] = 0
    tolerance = {"rtol": rtol, "atol": rtol}
    _, gradients, _, _ = _gradients(X, network)
    expected = [
        [-0.03776845, 0.10565578, 0.0313548, -0.04419836],
        [-0.0441821, 0.09702625],
        [-0.25593282, -0.3830048, 0.34955546, 0.26348301],
        [-0.48751041, -1.0755656, 0.66584632],
    ]
    for gradient, known in zip(gradients, expected, strict=True):
        assert_allclose(gradient / 2, known, **tolerance)
    feed = _feed(X)
    loss, _ = network.train_epoch(feed, 1)
    assert_allclose(loss, 1.04936078, **tolerance)
    first, second = network.encoder, network.decoder
    known = [0.20177684, -0.30756558, 0.09586452, 0.40041984]
    assert_allclose(first.weights, known, **tolerance)
    known = [0.52059328, -0.15969952, 0.06404445, 0.2706517]
    assert_allclose(second.weights, known, **tolerance)
    assert_allclose(first.bias, [0.00441821, -0.00970263], **tolerance)
    loss, _ = network.train_epoch(feed, 1)
    assert_allclose(loss, 0.9076827, **tolerance)
    known = [0.20724033, -0.32144244, 0.08855246, 0.40379819]
    assert_allclose(first.weights, known, **tolerance)
    known = [0.56093328, -0.0905428, 0.0019655, 0.22171647]
    assert_allclose(second.weights, known, **tolerance)
    known = [0.20724033, 0.32144244, 0.49235064]
    assert_allclose(first.strength(), known, **tolerance)


def test_dense_training_equals_a_dense_autoencoder():
    """All links present, no rewiring: five steps of ordinary momentum."""
    n_visible, plan = 5, _plan(n_hidden=4, n_links=20, batch_size=30)
    network = _network(n_visible, n_hidden=4, n_links=20, batch_size=30)
    X = np.random.default_rng(3).standard_normal((30, n_visible))
    parameters = [
        _dense(network.encoder),
        network.encoder.bias.copy(),
        _dense(network.decoder),
        network.decoder.bias.copy(),
    ]
    velocity = [np.zeros_like(p) for p in parameters]
    for _ in range(5):
        _, gradients, _, _ = _slow_loss(X, *parameters, plan)
        for i, gradient in enumerate(gradients):
            velocity[i] = 0.9 * velocity[i] - 0.1 * gradient / 30
            parameters[i] = parameters[i] + velocity[i] - 0.01 * parameters[i]
        network.train_epoch(_feed(X), 1)
    assert_allclose(_dense(network.encoder), parameters[0], atol=1e-12)
    assert_allclose(network.encoder.bias, parameters[1], atol=1e-12)
    assert_allclose(_dense(network.decoder), parameters[2], atol=1e-12)
    assert_allclose(network.decoder.bias, parameters[3], atol=1e-12)


def test_noise_is_normal_and_belongs_to_its_place():
    quantiles = _normal_quantiles(0.2, np.float32)
    assert_allclose(quantiles.std(), 0.2, rtol=1e-5)
    bounds = tile_bounds(100)
    clean = np.zeros((len(bounds) - 1, 300, 32), dtype=np.float32)
    noisy, again = np.empty_like(clean), np.empty_like(clean)
    add_noise(clean, noisy, quantiles, 42, bounds, 1)
    add_noise(clean, again, quantiles, 42, bounds, 2)
    valid = np.concatenate(
        [noisy[t, :, :n].ravel() for t, n in enumerate(np.diff(bounds))]
    )
    assert abs(valid.mean()) < 0.005
    assert_allclose(valid.std(), 0.2, rtol=0.02)
    assert_allclose((valid**4).mean() / valid.var() ** 2, 3, rtol=0.05)
    for t, n in enumerate(np.diff(bounds)):
        padded = -(-n // 8) * 8
        assert_array_equal(noisy[t, :, :padded], again[t, :, :padded])
        assert_array_equal(noisy[t, :, n:padded], 0)
    rows = noisy[0, :, :24]
    close = np.abs(np.corrcoef(rows) - np.eye(300)) > 0.9
    assert not close.any()


@pytest.mark.parametrize("n_rows", [1, 2, 8, 9, 31, 32, 33, 100, 128, 1000])
def test_tiles_cover_the_batch(n_rows):
    bounds = tile_bounds(n_rows)
    sizes = np.diff(bounds)
    assert bounds[0] == 0 and bounds[-1] == n_rows
    assert len(sizes) <= 4
    assert (sizes > 0).all()
    assert (sizes[:-1] % 8 == 0).all()
    assert sizes.max() - sizes.min() < 16


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_feed_is_the_scaled_batch_for_every_container(dtype):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 6)).astype(dtype)
    X[rng.random(X.shape) < 0.7] = 0
    centre, scale = rng.standard_normal(6), rng.uniform(0.5, 2, 6)
    rows, bounds = rng.permutation(50)[:20], tile_bounds(20)
    expected = ((X[rows] - centre) / scale).astype(np.float32)
    results = []
    for table in (X, np.asfortranarray(X), sparse.csr_array(X)):
        tiles = np.full((len(bounds) - 1, 6, 8), 7, dtype=np.float32)
        BatchFeed([table], centre, scale).fill(rows, tiles, bounds, 2)
        results.append(tiles)
        for t, (start, stop) in enumerate(pairwise(bounds)):
            got = tiles[t, :, : stop - start].T
            assert_allclose(got, expected[start:stop], rtol=1e-5, atol=1e-6)
            assert_array_equal(tiles[t, :, stop - start :], 0)
    assert_array_equal(results[0], results[1])
    assert_array_equal(results[0], results[2])


def test_feed_takes_read_only_rows():
    X = np.ones((4, 2))
    X.flags.writeable = False
    tiles = np.empty((1, 2, 8))
    bounds = tile_bounds(4)
    feed_dense(X, np.arange(4), np.zeros(2), np.ones(2), tiles, bounds, 0, 1)
    assert_array_equal(tiles[0, :, :4], 1)
