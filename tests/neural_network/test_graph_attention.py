# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Graph attention: hand-computed values, finite differences, dropout."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_fs.neural_network._graph_attention import (
    Edges,
    GraphAttentionLayer,
    GraphAttentionNetwork,
)

# The path 0-1-2 with self-loops.
PATH = Edges(
    np.array([0, 2, 5, 7], dtype=np.int64),
    np.array([0, 1, 0, 1, 2, 1, 2], dtype=np.int32),
    np.array([1, 0.5, 0.5, 1, 0.25, 0.25, 1], dtype=np.float32),
)


def _layer(attention="v1", n_units=1, **values):
    rng = np.random.RandomState(0)
    layer = GraphAttentionLayer(1, 1, n_units, attention, rng, dtype=np.float64)
    for name, value in values.items():
        getattr(layer, name)[...] = value
    return layer


@pytest.mark.parametrize(
    "X, g, out, dW, da_s, dg",
    [
        ([1, 2, 3], 0, [1.7310585786, 2.5752103826, 2.7310585786], 7.85495595,
         0.81762841, None),
        ([-1, -2, -3], 0, [-1.4501660027, -1.8675479206, -2.4501660027],
         -5.53816859, 0.22971133, None),
        ([1, 2, 3], 2, [1.5, 2.2705118487, 2.9241418200], 7.36748373, 0.67283006,
         -0.21357553),
    ],
)  # fmt: skip
def test_v1_known_answers(X, g, out, dW, da_s, dg):
    layer = _layer(W=1, a_s=1, a_t=0.5, g=g)
    got, alpha, cache = layer.forward(np.array(X, float)[:, None], PATH)
    assert_allclose(got[:, 0], out, rtol=1e-9)
    grads, _ = layer.backward(np.ones((3, 1)), cache)
    assert_allclose(grads[0], [[dW]], rtol=1e-7)
    assert_allclose(grads[1], [[da_s]], rtol=1e-7)
    assert_allclose(grads[2], 0, atol=1e-12)  # within one sign of u
    if dg is not None:
        assert_allclose(grads[3], [[dg]], rtol=1e-7)
    if g == 0 and X[0] > 0:
        received = np.bincount(PATH.sources, weights=alpha[:, 0])
        received -= alpha[[0, 3, 6], 0]  # without the self-loops
        assert_allclose(received, [0.0900305732, 1.0, 0.6652409558], rtol=1e-9)
        assert_allclose(grads[3], 0, atol=0.5)


def test_v2_known_answer():
    layer = _layer("v2", 2, W=[[1, -1]], W_t=[[0.5, 0.5]], a=[[1, 0.5]])
    _, alpha, _ = layer.forward(np.array([[1.0], [2.0], [3.0]]), PATH)
    ends = [0.2890504974, 0.7109495026]
    middle = [0.1051607582, 0.2586537279, 0.6361855139]
    assert_allclose(alpha[:, 0], ends + middle + ends, rtol=1e-9)


def _random_graph(n=12, seed=0):
    rng = np.random.default_rng(seed)
    linked = rng.random((n, n)) < 0.3
    linked[3] = False  # a target without edges
    indptr = np.r_[0, np.cumsum(linked.sum(axis=1))].astype(np.int64)
    sources = np.nonzero(linked)[1].astype(np.int32)
    return Edges(indptr, sources, rng.random(len(sources)).astype(np.float32))


def _network(attention, dtype=np.float64, dropout=0.0):
    network = GraphAttentionNetwork(
        5,
        3,
        n_heads=2,
        n_units=4,
        attention=attention,
        dropout=dropout,
        rng=np.random.RandomState(1),
        dtype=dtype,
    )
    rng = np.random.default_rng(2)
    for param in network.params:
        param += 0.3 * rng.standard_normal(param.shape).astype(dtype)
    return network


@pytest.mark.parametrize("attention", ["v1", "v2"])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_gradients_against_differences(attention, dropout):
    rng = np.random.default_rng(0)
    edges, network = _random_graph(), _network(attention, dropout=dropout)
    X, codes = rng.standard_normal((12, 5)), rng.integers(0, 3, 12)
    weights = rng.random(12) / 12

    def loss():
        seed = np.random.RandomState(7)
        return network.loss_and_gradients(X, edges, codes, weights, seed)

    _, grads = loss()
    for param, grad in zip(network.params, grads, strict=True):
        flat, step = param.reshape(-1), 1e-6
        for q in range(0, flat.size, 3):
            start = flat[q]
            flat[q] = start + step
            above = loss()[0]
            flat[q] = start - step
            below = loss()[0]
            flat[q] = start
            assert abs((above - below) / (2 * step) - grad.reshape(-1)[q]) < 1e-6


@pytest.mark.parametrize("attention", ["v1", "v2"])
def test_float32_agrees_with_float64(attention):
    rng = np.random.default_rng(0)
    edges, X = _random_graph(), rng.standard_normal((12, 5))
    codes, weights = rng.integers(0, 3, 12), np.full(12, 1 / 12)
    results = []
    for dtype in (np.float64, np.float32):
        network = _network(attention, dtype)
        logits, _ = network.forward(X.astype(dtype), edges)
        assert logits.dtype == dtype
        _, grads = network.loss_and_gradients(
            X.astype(dtype), edges, codes, weights.astype(dtype), None
        )
        results.append([logits, *grads])
    for double, single in zip(*results, strict=True):
        assert_allclose(single, double, rtol=1e-4, atol=1e-5)


def test_attention_sums_to_one_and_empty_targets_stay_zero():
    edges = _random_graph()
    layer = GraphAttentionLayer(5, 3, 4, "v1", np.random.RandomState(0), np.float64)
    X = np.random.default_rng(0).standard_normal((12, 5)) * 100
    out, alpha, _ = layer.forward(X, edges)
    assert np.isfinite(out).all()
    targets = np.repeat(np.arange(12), np.diff(edges.indptr))
    for head in range(3):
        total = np.bincount(targets, weights=alpha[:, head], minlength=12)
        assert_allclose(total[np.diff(edges.indptr) > 0], 1)
    assert_array_equal(out[3], 0)
