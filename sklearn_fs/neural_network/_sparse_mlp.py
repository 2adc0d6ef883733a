# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A supervised network with sparse hidden layers whose links follow the gradient."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import log_softmax

from sklearn_fs.neural_network._sparse_autoencoder import SMALL_WORK, tile_bounds
from sklearn_fs.neural_network._sparse_layer_fast import update
from sklearn_fs.neural_network._sparse_links import (
    SparseLayer,
    draw_distinct,
    near_zero,
)
from sklearn_fs.neural_network._sparse_mlp_fast import backward, forward

_ACTIVATIONS = {"tanh": 1, "relu": 2}
# Rows over which the gradient of absent links is taken, and a bound on the dense
# sample of a wide table.
_GRADIENT_ROWS = 2000
_GRADIENT_ENTRIES = 20_000_000
_BLOCK = 256


@dataclass(frozen=True)
class NetworkPlan:
    """Settings of the network and its training.

    Attributes
    ----------
    hidden_layer_sizes : tuple of int
        Units of the sparse layers.
    n_outputs : int
        Classes, or 1 with the squared loss.
    loss : {"log_loss", "squared_error"}
        What is minimised.
    activation : {"tanh", "relu"}
        Of the hidden units.
    epsilon : float
        A layer has epsilon * (fan_in + fan_out) links.
    learning_rate, momentum, alpha : float
        Of the gradient descent; alpha is the L2 penalty.
    batch_size : int
        Rows a step.
    dtype : dtype
        Of weights and buffers.
    """

    hidden_layer_sizes: tuple
    n_outputs: int
    loss: str
    activation: str
    epsilon: float
    learning_rate: float
    momentum: float
    alpha: float
    batch_size: int
    dtype: np.dtype


class SparseMLP:
    """Sparse hidden layers and a dense output layer.

    Parameters
    ----------
    n_inputs : int
        Number of columns.
    plan : NetworkPlan
        The settings.
    random_state : RandomState
        Owned by the network from here on.

    Attributes
    ----------
    layers : list of SparseLayer
        From the input upwards; `n_visible` is the fan-in.
    output_weights, output_bias : ndarray
        The dense layer, of shape (n_outputs, fan_in) and (n_outputs,).
    """

    def __init__(self, n_inputs, plan, random_state):
        self.plan, self.random_state = plan, random_state
        sizes = (n_inputs, *plan.hidden_layer_sizes)
        self.layers = [
            self._new_layer(below, above) for below, above in pairwise(sizes)
        ]
        shape = plan.n_outputs, sizes[-1]
        limit = np.sqrt(6 / sum(shape))
        self.output_weights = random_state.uniform(-limit, limit, shape)
        self.output_bias = np.zeros(plan.n_outputs)
        self._reset_output_velocity()

    def _new_layer(self, fan_in, fan_out):
        plan, random_state = self.plan, self.random_state
        n_positions = fan_in * fan_out
        n_links = max(1, min(round(plan.epsilon * (fan_in + fan_out)), n_positions))
        keys = draw_distinct(n_positions, n_links, random_state)
        limit = np.sqrt(6 / (fan_in + fan_out))
        weights = random_state.uniform(-limit, limit, n_links).astype(plan.dtype)
        bias = np.zeros(fan_out, dtype=plan.dtype)
        return SparseLayer(fan_in, fan_out, keys, weights, bias)

    def _reset_output_velocity(self):
        self._output_velocity = np.zeros_like(self.output_weights)
        self._output_bias_velocity = np.zeros_like(self.output_bias)

    def reset_velocity(self):
        """Forget all momentum."""
        for layer in self.layers:
            layer.velocity[:] = 0
            layer.bias_velocity[:] = 0
        self._reset_output_velocity()

    # Training

    def train_epoch(self, feed, targets, n_threads):
        """One pass over the rows in random order; return the mean loss of a row."""
        plan = self.plan
        batch = min(plan.batch_size, feed.n_rows)
        if len(self.layers[0].keys) * batch < SMALL_WORK:
            n_threads = 1
        order = self.random_state.permutation(feed.n_rows)
        buffers = self._buffers(feed, batch)
        gradients = self._gradient_buffers(len(tile_bounds(batch)) - 1)
        loss = 0.0
        for start in range(0, feed.n_rows, batch):
            rows = order[start : start + batch]
            loss += self._step(feed, targets, rows, buffers, gradients, n_threads)
            if not np.isfinite(loss):
                break
        return loss / feed.n_rows

    def _buffers(self, feed, batch):
        """Activations from the input upwards, and errors of the hidden layers."""
        bounds = tile_bounds(batch)
        stride = -(-int(np.diff(bounds).max()) // 8) * 8
        sizes = (feed.n_columns, *self.plan.hidden_layer_sizes)
        shapes = [(len(bounds) - 1, size, stride) for size in sizes]
        activations = [np.zeros(shape, dtype=self.plan.dtype) for shape in shapes]
        errors = [np.zeros(shape, dtype=self.plan.dtype) for shape in shapes[1:]]
        return activations, errors

    def _gradient_buffers(self, n_tiles):
        dtype = self.plan.dtype
        return [
            (
                np.empty((n_tiles, len(layer.keys)), dtype=dtype),
                np.empty((n_tiles, layer.n_hidden), dtype=dtype),
            )
            for layer in self.layers
        ]

    def _step(self, feed, targets, rows, buffers, gradients, n_threads):
        plan = self.plan
        bounds = tile_bounds(len(rows))
        loss, top = self._forward(feed, targets, rows, buffers, bounds, n_threads)
        self._backward(buffers, gradients, bounds, n_threads)
        rule = (
            len(bounds) - 1,
            1.0 / len(rows),
            plan.learning_rate,
            plan.momentum,
            # Outside of the momentum, so that it does not depend on it.
            plan.learning_rate * plan.alpha,
            False,
        )
        for layer, (gradient, gradient_bias) in zip(
            self.layers, gradients, strict=True
        ):
            update(layer.weights, layer.velocity, gradient, *rule, n_threads)
            update(layer.bias, layer.bias_velocity, gradient_bias, *rule, 1)
        on_weights, on_bias = top
        for value, velocity, gradient in (
            (self.output_weights, self._output_velocity, on_weights),
            (self.output_bias, self._output_bias_velocity, on_bias),
        ):
            velocity *= plan.momentum
            velocity -= plan.learning_rate * gradient
            value += velocity - plan.learning_rate * plan.alpha * value
        return loss

    def _forward(self, feed, targets, rows, buffers, bounds, n_threads):
        """Activations and top errors; return loss and gradient of the output layer."""
        plan = self.plan
        activations, errors = buffers
        feed.fill(rows, activations[0], bounds, n_threads)
        kind = _ACTIVATIONS[plan.activation]
        for layer, below, above in zip(
            self.layers, activations[:-1], activations[1:], strict=True
        ):
            arrays = layer.indptr, layer.indices, layer.weights, layer.bias
            forward(below, *arrays, above, bounds, kind, n_threads)
        top = _rows_of(activations[-1], bounds)
        loss, error = self._output_error(top, targets[rows])
        slope = 1 - top**2 if plan.activation == "tanh" else top > 0
        _write_rows(errors[-1], (self.output_weights.T @ error) * slope, bounds)
        n_rows = len(rows)
        return loss, (error @ top.T / n_rows, error.mean(axis=1))

    def _output_error(self, top, targets):
        """Loss of all rows, and its derivative by the output pre-activations."""
        response = self.output_weights @ top + self.output_bias[:, None]
        if self.plan.loss == "squared_error":
            error = response - targets
            return 0.5 * float((error**2).sum()), error
        logarithms = log_softmax(response, axis=0)
        places = targets, np.arange(len(targets))
        error = np.exp(logarithms)
        error[places] -= 1
        return -float(logarithms[places].sum()), error

    def _backward(self, buffers, gradients, bounds, n_threads):
        activations, errors = buffers
        kind = _ACTIVATIONS[self.plan.activation]
        for level in reversed(range(len(self.layers))):
            layer, (gradient, gradient_bias) = self.layers[level], gradients[level]
            backward(
                activations[level],
                layer.indptr,
                layer.indices,
                layer.weights,
                errors[level],
                errors[max(0, level - 1)] if level else activations[0],
                gradient,
                gradient_bias,
                bounds,
                kind,
                level == 0,
                n_threads,
            )

    # Gradients of links that do not exist

    def sample_for_gradients(self, feed, targets, n_threads):
        """Activations and errors of all units on a sample of the rows.

        Parameters
        ----------
        feed : BatchFeed
            The rows.
        targets : ndarray
            Their targets.
        n_threads : int
            Never changes the result.

        Returns
        -------
        below, errors : list of ndarray
            For every sparse layer the inputs, of shape (fan_in, n), and the
            derivatives of the mean loss by its pre-activations, (fan_out, n). The
            gradient of a link, present or absent, is the product of two rows.
        """
        bound = int(np.clip(_GRADIENT_ENTRIES // feed.n_columns, 100, _GRADIENT_ROWS))
        rows = np.arange(feed.n_rows)
        if feed.n_rows > bound:
            rows = np.sort(self.random_state.permutation(feed.n_rows)[:bound])
        buffers = self._buffers(feed, len(rows))
        bounds = tile_bounds(len(rows))
        gradients = self._gradient_buffers(len(bounds) - 1)
        self._forward(feed, targets, rows, buffers, bounds, n_threads)
        self._backward(buffers, gradients, bounds, n_threads)
        activations, errors = buffers
        below = [_rows_of(tile, bounds) for tile in activations[:-1]]
        return below, [_rows_of(tile, bounds) / len(rows) for tile in errors]

    def rewire_by_gradient(self, level, zeta, below, errors):
        """Replace the weakest links of a layer by those with the largest gradient."""
        layer = self.layers[level]
        if len(layer.keys) == layer.n_positions:
            return

        def grow(kept, n_new):
            rows = np.arange(layer.n_visible)
            return largest_gradients(kept, layer.n_hidden, rows, below, errors, n_new)

        drop = near_zero(layer.weights, zeta)
        layer.replace(drop, grow, np.zeros)


def largest_gradients(keys, n_outputs, units, below, errors, n_links):
    """Absent links with the largest absolute gradient.

    Parameters
    ----------
    keys : ndarray of int64
        Sorted keys of the links that exist.
    n_outputs : int
        Output units of the layer.
    units : ndarray of intp
        Input units that may get links.
    below, errors : ndarray of shape (fan_in, n), (fan_out, n)
        See :meth:`SparseMLP.sample_for_gradients`.
    n_links : int
        Number of links to find; fewer are returned when positions run out.

    Returns
    -------
    new : ndarray of int64, sorted

    Notes
    -----
    The gradients of all positions never exist together: a block of input units is
    looked at, and its best positions join the best ones so far.
    """
    best = np.empty(0)
    best_keys = np.empty(0, dtype=np.int64)
    for start in range(0, len(units), _BLOCK):
        block = units[start : start + _BLOCK]
        size = np.abs(below[block] @ errors.T)
        candidates = (block[:, None].astype(np.int64) * n_outputs) + np.arange(
            n_outputs
        )
        size, candidates = size.ravel(), candidates.ravel()
        if len(best) == n_links and n_links:
            better = size > best.min()
            size, candidates = size[better], candidates[better]
        absent = ~np.isin(candidates, keys, assume_unique=True)
        best = np.concatenate([best, size[absent]])
        best_keys = np.concatenate([best_keys, candidates[absent]])
        if len(best) > n_links:
            keep = np.argpartition(-best, n_links - 1)[:n_links] if n_links else []
            best, best_keys = best[keep], best_keys[keep]
    return np.sort(best_keys)


def _rows_of(tiles, bounds):
    """Tiles without padding, side by side: (n_units, n_rows)."""
    parts = [tiles[t, :, :n] for t, n in enumerate(np.diff(bounds))]
    return np.concatenate(parts, axis=1)


def _write_rows(tiles, values, bounds):
    """The reverse of `_rows_of`; the padding becomes zero."""
    for t in range(len(bounds) - 1):
        start, stop = bounds[t], bounds[t + 1]
        tiles[t, :, : stop - start] = values[:, start:stop]
        tiles[t, :, stop - start :] = 0
