# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A denoising autoencoder whose layers are sparse while they are trained."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import expit
from scipy.stats import norm

from sklearn_fs.neural_network._sparse_layer_fast import (
    add_noise,
    train_batch,
    update,
)
from sklearn_fs.neural_network._sparse_links import (
    SparseLayer,
    draw_absent,
    draw_distinct,
    grow_by_importance,
    near_zero,
)

# Tiles of a batch: the number of threads that can work, and never what they find.
N_TILES = 4
# Links times rows of a batch below which threads cost more than they bring.
SMALL_WORK = 500_000
_NOISE_LEVELS = 4096
_ACTIVATIONS = {"sigmoid": 0, "tanh": 1, "relu": 2}


@dataclass(frozen=True)
class TrainingPlan:
    """All settings of a training, resolved.

    Attributes
    ----------
    strategy : {"set", "wast", "static"}
        Rewire by magnitude after an epoch, by importance after a batch, or never.
    n_hidden, n_links : int
        Hidden units, and links of each layer.
    zeta : float
        Share of the links that is replaced.
    noise_factor, dropout : float
        Deviation of the input noise, share of the hidden units dropped.
    activation, output_activation : str
        Of the hidden and of the output units.
    learning_rate, momentum, weight_decay : float
        Of the gradient descent.
    batch_size : int
        Rows a step.
    error_weight : float
        Share of the reconstruction error in the accumulated importance.
    dtype : dtype
        Of weights and buffers.
    """

    strategy: str
    n_hidden: int
    n_links: int
    zeta: float
    noise_factor: float
    dropout: float
    activation: str
    output_activation: str
    learning_rate: float
    momentum: float
    weight_decay: float
    batch_size: int
    error_weight: float
    dtype: np.dtype


def tile_bounds(n_rows):
    """Cut the rows of a batch into at most N_TILES tiles.

    All but the last tile have a multiple of eight rows: the kernels work on eight rows
    at once, and only the last tile is padded.
    """
    n_groups = -(-n_rows // 8)
    n_tiles = min(N_TILES, n_groups)
    # The first tiles are the smaller ones, so that the padded one is not.
    bounds = 8 * (np.arange(n_tiles + 1) * n_groups // n_tiles)
    bounds[-1] = n_rows
    return bounds.astype(np.intp)


class _Workspace:
    """Buffers of one batch, reused by all."""

    def __init__(self, plan, n_visible, n_rows):
        self.quantiles = _normal_quantiles(plan.noise_factor, plan.dtype)
        batch = min(plan.batch_size, n_rows)
        self.batch = batch
        bounds = tile_bounds(batch)
        n_tiles = len(bounds) - 1
        width = -(-int(np.diff(bounds).max()) // 8) * 8

        def empty(*shape):
            return np.empty((n_tiles, *shape), dtype=plan.dtype)

        self.clean, self.noisy = empty(n_visible, width), empty(n_visible, width)
        self.hidden = empty(plan.n_hidden, width)
        self.errors = empty(plan.n_hidden, width)
        self.gradient_in, self.gradient_out = empty(plan.n_links), empty(plan.n_links)
        self.gradient_bias_in = empty(plan.n_hidden)
        self.gradient_bias_out = empty(n_visible)
        self.scratch = empty(width)
        self.absolute_errors = np.zeros((n_tiles, n_visible))
        self.losses = np.zeros(n_tiles)


class SparseAutoencoder:
    """Sparse weights, their training and the importance of the inputs.

    Parameters
    ----------
    n_visible : int
        Number of inputs.
    plan : TrainingPlan
        The settings.
    random_state : RandomState
        Owned by the network from here on.

    Attributes
    ----------
    encoder, decoder : SparseLayer
        Links to the hidden units from the inputs and from the outputs.
    accumulated_in, accumulated_out : ndarray of shape (n_visible,)
        Importance that grows with every batch (strategy "wast").
    n_epochs : int
        Epochs trained.
    """

    def __init__(self, n_visible, plan, random_state):
        self.plan, self.random_state = plan, random_state
        self.n_visible = n_visible
        self.encoder = self._new_layer(n_visible, plan.n_hidden, into_hidden=True)
        self.decoder = self._new_layer(plan.n_hidden, n_visible, into_hidden=False)
        self.accumulated_in = np.zeros(n_visible)
        self.accumulated_out = np.zeros(n_visible)
        self.n_epochs = 0

    def _new_layer(self, fan_in, fan_out, *, into_hidden):
        plan, random_state = self.plan, self.random_state
        n_positions = self.n_visible * plan.n_hidden
        keys = draw_distinct(n_positions, plan.n_links, random_state)
        if plan.strategy == "wast":
            limit = fan_in**-0.5
            weights = random_state.uniform(-limit, limit, plan.n_links)
            bias = random_state.uniform(-limit, limit, fan_out)
        else:
            weights = self._small_weights(plan.n_links)
            bias = np.zeros(fan_out)
        return SparseLayer(
            self.n_visible,
            plan.n_hidden,
            keys,
            weights.astype(plan.dtype),
            bias.astype(plan.dtype),
        )

    def _small_weights(self, n_weights):
        return 0.1 * self.random_state.standard_normal(n_weights)

    # Training

    def train_epoch(self, feed, n_threads):
        """One pass over the rows, in random order.

        Parameters
        ----------
        feed : BatchFeed
            The rows.
        n_threads : int
            Never changes the result.

        Returns
        -------
        loss : float
            Mean squared error of an entry; not finite when the training diverged.
        n_rewired : int
            Links that were replaced.
        """
        plan = self.plan
        n_rewired = 0
        if plan.strategy == "set" and self.n_epochs:
            # Before the epoch, so that the last one ends with trained links.
            n_rewired = self._rewire_by_magnitude()
        work = _Workspace(plan, self.n_visible, feed.n_rows)
        if plan.n_links * work.batch < SMALL_WORK:
            n_threads = 1
        order = self.random_state.permutation(feed.n_rows)
        starts = range(0, feed.n_rows, work.batch)
        seeds = self.random_state.randint(
            0, np.iinfo(np.int64).max, (len(starts), 2), dtype=np.int64
        )
        loss = 0.0
        for start, seed in zip(starts, seeds, strict=True):
            rows = order[start : start + work.batch]
            loss += self._step(work, feed, rows, seed, n_threads)
            if not np.isfinite(loss):
                break
            if plan.strategy == "wast":
                self._accumulate(work, len(rows))
                n_rewired += self._rewire_by_importance()
        self.n_epochs += 1
        return 2 * loss / (feed.n_rows * self.n_visible), n_rewired

    def _step(self, work, feed, rows, seeds, n_threads):
        """Train one batch; return half its squared error."""
        plan, encoder, decoder = self.plan, self.encoder, self.decoder
        n_rows = len(rows)
        bounds = tile_bounds(n_rows)
        n_tiles = len(bounds) - 1
        feed.fill(rows, work.clean, bounds, n_threads)
        noisy = work.clean
        if plan.noise_factor > 0:
            noisy = work.noisy
            add_noise(work.clean, noisy, work.quantiles, seeds[0], bounds, n_threads)
        train_batch(
            work.clean,
            noisy,
            encoder.indptr,
            encoder.indices,
            encoder.weights,
            encoder.bias,
            decoder.indptr,
            decoder.indices,
            decoder.weights,
            decoder.bias,
            work.hidden,
            work.errors,
            work.gradient_in,
            work.gradient_bias_in,
            work.gradient_out,
            work.gradient_bias_out,
            work.absolute_errors,
            work.losses,
            work.scratch,
            bounds,
            _ACTIVATIONS[plan.activation],
            plan.output_activation == "tanh",
            plan.dropout,
            seeds[1],
            n_threads,
        )
        nesterov = plan.strategy == "wast"
        scale = 1.0 / n_rows
        if nesterov:  # the mean over rows and columns of the squared error
            scale *= 2.0 / self.n_visible
        rule = (
            n_tiles,
            scale,
            plan.learning_rate,
            plan.momentum,
            plan.weight_decay,
            nesterov,
        )
        for layer, gradient, gradient_bias in (
            (encoder, work.gradient_in, work.gradient_bias_in),
            (decoder, work.gradient_out, work.gradient_bias_out),
        ):
            update(layer.weights, layer.velocity, gradient, *rule, n_threads)
            update(layer.bias, layer.bias_velocity, gradient_bias, *rule, 1)
        return work.losses[:n_tiles].sum()

    def _accumulate(self, work, n_rows):
        """I += lam * mean |x - z| + (1 - lam) * strength, on either side."""
        n_tiles = len(tile_bounds(n_rows)) - 1
        share = self.plan.error_weight
        error = share * work.absolute_errors[:n_tiles].sum(axis=0) / n_rows
        self.accumulated_in += error + (1 - share) * self.encoder.strength()
        self.accumulated_out += error + (1 - share) * self.decoder.strength()

    # Evolution of the links

    def _rewire_by_magnitude(self):
        n_rewired = 0
        for layer in (self.encoder, self.decoder):
            if len(layer.keys) == layer.n_positions:
                continue  # a dense layer has no free position

            def grow(kept, n_new, n_positions=layer.n_positions):
                return draw_absent(kept, n_positions, n_new, self.random_state)

            drop = near_zero(layer.weights, self.plan.zeta)
            n_rewired += layer.replace(drop, grow, self._small_weights)
        return n_rewired

    def _rewire_by_importance(self):
        n_rewired = 0
        sides = (
            (self.encoder, self.accumulated_in),
            (self.decoder, self.accumulated_out),
        )
        for layer, importance in sides:
            if len(layer.keys) == layer.n_positions:
                continue

            def grow(kept, n_new, n_hidden=layer.n_hidden, importance=importance):
                return grow_by_importance(
                    kept, n_hidden, importance, n_new, self.random_state
                )

            products = layer.weights * importance[layer.visible_of_links()]
            drop = near_zero(products, self.plan.zeta)
            n_rewired += layer.replace(drop, grow, np.zeros)
        return n_rewired

    # What the network says about its inputs

    def coefs(self):
        """Weights as CSR arrays of shape (n_visible, n_hidden), both layers."""
        shape = (self.n_visible, self.plan.n_hidden)
        return [
            sparse.csr_array((layer.weights, layer.indices, layer.indptr), shape=shape)
            for layer in (self.encoder, self.decoder)
        ]

    def cross_importance(self, feed, rows, *, mutual=False):
        """Response of all OTHER outputs to an input, linearised.

        A_ik = sum_j w1_ij D_j w2_kj, with D_j the mean slope of hidden unit j over the
        rows; an input's importance is the sum of A_ik^2 over k != i. A unit that
        copies one independent input adds to A_ii only.

        Parameters
        ----------
        feed : BatchFeed
            The rows.
        rows : ndarray of intp
            Rows over which the slopes are averaged.
        mutual : bool, default=False
            Add the response of the column's own output to all other inputs.

        Returns
        -------
        importance : ndarray of shape (n_visible,), dtype float64
        """
        first, second = (coef.astype(np.float64) for coef in self.coefs())
        bias = self.encoder.bias.astype(np.float64)[:, None]
        slopes = np.zeros(self.plan.n_hidden)
        width = 64
        tile = np.empty((1, self.n_visible, width))
        for start in range(0, len(rows), width):
            some = rows[start : start + width]
            feed.fill(some, tile, np.array([0, len(some)]), 1)
            response = first.T @ tile[0, :, : len(some)] + bias
            slopes += _slope(response, self.plan.activation).sum(axis=1)
        first = (first @ sparse.diags_array(slopes / len(rows))).tocsr()
        own = first.multiply(second).sum(axis=1)
        given, received = np.empty(self.n_visible), np.zeros(self.n_visible)
        turned = second.T.tocsr()
        for start in range(0, self.n_visible, 512):
            block = slice(start, start + 512)
            response = first[block] @ turned
            squared = response.multiply(response)
            given[block] = squared.sum(axis=1)
            received += squared.sum(axis=0)
        # A difference of sums of squares may fall below zero by rounding.
        given, received = (np.maximum(s - own**2, 0.0) for s in (given, received))
        return given + received if mutual else given


def _slope(response, activation):
    """Derivative of the hidden activation."""
    if activation == "sigmoid":
        value = expit(response)
        return value * (1 - value)
    if activation == "tanh":
        return 1 - np.tanh(response) ** 2
    return (response > 0).astype(np.float64)


def _normal_quantiles(deviation, dtype):
    """Equally probable normal values with exactly the deviation asked for."""
    values = norm.ppf((np.arange(_NOISE_LEVELS) + 0.5) / _NOISE_LEVELS)
    return (deviation * values / values.std()).astype(dtype)
