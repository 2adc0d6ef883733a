# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Gradients of a sparse network, of links that exist and of links that do not."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_fs.neural_network._neuron_evolution import NeuronEvolution
from sklearn_fs.neural_network._sparse_mlp import (
    NetworkPlan,
    SparseMLP,
    largest_gradients,
)
from sklearn_fs.neural_network._table_feed import BatchFeed


def _network(loss="log_loss", activation="tanh", dtype=np.float64, **changes):
    plan = {
        "hidden_layer_sizes": (6, 5),
        "n_outputs": 3 if loss == "log_loss" else 1,
        "loss": loss,
        "activation": activation,
        "epsilon": 1.5,
        "learning_rate": 0.1,
        "momentum": 0.9,
        "alpha": 0.0,
        "batch_size": 100,
        "dtype": np.dtype(dtype),
    }
    network = SparseMLP(7, NetworkPlan(**{**plan, **changes}), np.random.RandomState(0))
    for layer in network.layers:
        layer.weights *= 2
        layer.bias[:] = 0.1 * np.random.RandomState(1).standard_normal(len(layer.bias))
    return network


def _data(loss, n_rows=21):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_rows, 7))
    y = rng.integers(0, 3, n_rows)
    feed = BatchFeed([X], np.zeros(7), np.ones(7))
    return X, feed, y if loss == "log_loss" else rng.standard_normal(n_rows)


def _dense(layer):
    weights = np.zeros(layer.n_positions)
    weights[layer.keys] = layer.weights
    return weights.reshape(layer.n_visible, layer.n_hidden)


def _slow_loss(network, matrices, X, y):
    """Mean loss of dense matrices."""
    activation = {"tanh": np.tanh, "relu": lambda a: np.maximum(a, 0)}
    below = X
    for matrix, layer in zip(matrices, network.layers, strict=True):
        below = activation[network.plan.activation](below @ matrix + layer.bias)
    response = below @ network.output_weights.T + network.output_bias
    if network.plan.loss == "squared_error":
        return 0.5 * ((response[:, 0] - y) ** 2).mean()
    response -= response.max(axis=1, keepdims=True)
    logarithms = response - np.log(np.exp(response).sum(axis=1, keepdims=True))
    return -logarithms[np.arange(len(y)), y].mean()


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("loss", ["log_loss", "squared_error"])
def test_gradients_of_all_positions_equal_finite_differences(loss, activation):
    network = _network(loss, activation)
    X, feed, y = _data(loss)
    below, errors = network.sample_for_gradients(feed, y, 1)
    matrices = [_dense(layer) for layer in network.layers]
    step, largest_absent = 1e-6, 0.0
    for level, matrix in enumerate(matrices):
        gradient = below[level] @ errors[level].T
        for place in np.ndindex(matrix.shape):
            kept = matrix[place]
            matrix[place] = kept + step
            above = _slow_loss(network, matrices, X, y)
            matrix[place] = kept - step
            slope = (above - _slow_loss(network, matrices, X, y)) / (2 * step)
            matrix[place] = kept
            assert_allclose(gradient[place], slope, rtol=1e-4, atol=1e-8)
            if kept == 0:
                largest_absent = max(largest_absent, abs(slope))
    # The sum of softmax outputs, for comparison, has gradient zero everywhere.
    assert largest_absent > 1e-3


def test_one_epoch_is_one_step_of_gradient_descent():
    network = _network()
    X, feed, y = _data("log_loss")
    matrices = [_dense(layer) for layer in network.layers]
    below, errors = network.sample_for_gradients(feed, y, 1)
    gradients = [b @ e.T for b, e in zip(below, errors, strict=True)]
    loss = network.train_epoch(feed, y, 1)
    assert_allclose(loss, _slow_loss(_network(), matrices, X, y))
    for layer, matrix, gradient in zip(
        network.layers, matrices, gradients, strict=True
    ):
        expected = np.where(matrix != 0, matrix - 0.1 * gradient, 0)
        assert_allclose(_dense(layer), expected, atol=1e-12)


def test_single_precision_agrees():
    _, feed, y = _data("log_loss", 50)
    losses = [
        [_network_epochs(dtype, feed, y) for dtype in (np.float32, np.float64)],
    ]
    assert_allclose(losses[0][0], losses[0][1], rtol=1e-5)


def _network_epochs(dtype, feed, y):
    network = _network(dtype=dtype, batch_size=16)
    return [network.train_epoch(feed, y, 2) for _ in range(4)]


@pytest.mark.parametrize("n_links", [0, 1, 7, 100])
def test_largest_gradients_equal_a_full_sort(n_links):
    rng = np.random.default_rng(0)
    below, errors = rng.standard_normal((600, 9)), rng.standard_normal((4, 9))
    keys = np.sort(rng.choice(2400, 500, replace=False))
    units = np.sort(rng.choice(600, 400, replace=False))
    size = np.abs(below @ errors.T).ravel()
    size[keys] = -1
    size[~np.isin(np.arange(2400) // 4, units)] = -1
    expected = np.sort(np.argsort(-size)[:n_links])
    got = largest_gradients(keys, 4, units, below, errors, n_links)
    assert_array_equal(got, expected)


def test_largest_gradients_return_what_there_is():
    below, errors = np.ones((3, 1)), np.ones((2, 1))
    got = largest_gradients(np.array([0, 3]), 2, np.array([0, 1]), below, errors, 9)
    assert_array_equal(got, [1, 2])


def test_evolution_keeps_links_and_returns_inputs():
    network = _network(hidden_layer_sizes=(30, 20), epsilon=2.0)
    _, feed, y = _data("log_loss", 60)
    evolution = NeuronEvolution(
        network,
        n_kept=2,
        n_epochs=12,
        zeta_in=0.2,
        zeta_hidden=0.3,
        removal_fraction=0.5,
    )
    n_links = [len(layer.keys) for layer in network.layers]
    for _ in range(11):
        network.train_epoch(feed, y, 1)
        evolution.step(feed, y, 1)
        assert (np.diff(network.layers[0].keys) > 0).all()
        assert len(network.layers[1].keys) == n_links[1]
        assert len(network.layers[0].keys) <= n_links[0]
    network.train_epoch(feed, y, 1)
    assert evolution.n_active() == 7 - evolution.n_to_remove == 4
    scores = evolution.scores()
    assert (scores > 0).sum() == 4
    assert len(np.unique(evolution.removed_at[scores < 0])) > 1
