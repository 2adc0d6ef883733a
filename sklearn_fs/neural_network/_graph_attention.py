# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Graph attention layers and the two-layer network made of them."""

from typing import NamedTuple

import numpy as np

from sklearn_fs.neural_network._graph_attention_fast import backward, forward


class Edges(NamedTuple):
    """CSR by target: the edges of target i are indptr[i]:indptr[i + 1]."""

    indptr: np.ndarray
    sources: np.ndarray
    weights: np.ndarray


class GraphAttentionLayer:
    """Multi-head attention over the edges of a graph.

    v1 is GAT (arXiv 1710.10903, eq. 1 to 5), v2 GATv2 (arXiv 2105.14491, eq. 7);
    the edge weight enters the logit through a learned factor g.

    Parameters
    ----------
    n_inputs, n_heads, n_units : int
    attention : {"v1", "v2"}
    rng : RandomState
        Glorot uniform start for W and a, zeros for g and b.
    dtype : dtype
        float32 in use; float64 to check gradients.
    """

    def __init__(self, n_inputs, n_heads, n_units, attention, rng, dtype=np.float32):
        self.shape = (n_heads, n_units)
        self.v2 = attention == "v2"
        width = n_heads * n_units

        def glorot(*shape):
            limit = np.sqrt(6.0 / (shape[0] + shape[1]))
            return rng.uniform(-limit, limit, shape).astype(dtype)

        self.W = glorot(n_inputs, width)
        if self.v2:
            self.W_t, self.a = glorot(n_inputs, width), glorot(n_heads, n_units)
            self.g = np.zeros((n_heads, n_units), dtype=dtype)
        else:
            self.a_s, self.a_t = glorot(n_heads, n_units), glorot(n_heads, n_units)
            self.g = np.zeros((n_heads, 1), dtype=dtype)
        self.b = np.zeros(width, dtype=dtype)

    @property
    def params(self):
        """Arrays in the order of the gradients; b is last."""
        own = (self.W_t, self.a) if self.v2 else (self.a_s, self.a_t)
        return [self.W, *own, self.g, self.b]

    def forward(self, X, edges, mask=None):
        """Output of shape (n, H * C), attention (E, H), and what backward needs."""
        n, dtype = X.shape[0], self.W.dtype
        Z = (X @ self.W).reshape(n, *self.shape)
        none, none3 = np.empty((0, 1), dtype), np.empty((0, 1, 1), dtype)
        if self.v2:
            P = (X @ self.W_t).reshape(n, *self.shape)
            inputs = [Z, P, none, none, self.a, self.g]
        else:
            s, t = ((Z * a).sum(axis=2) for a in (self.a_s, self.a_t))
            inputs = [Z, none3, s, t, none, self.g]
        inputs.append(none if mask is None else mask)
        alpha = np.empty((len(edges.sources), self.shape[0]), dtype)
        out = np.zeros((n, *self.shape), dtype)
        forward(*edges, *inputs, self.v2, alpha, out)
        return out.reshape(n, -1) + self.b, alpha, (X, edges, inputs, alpha)

    def backward(self, d_out, cache):
        """Gradients of the parameters, in their order, and of X."""
        X, edges, inputs, alpha = cache
        Z, n, dtype = inputs[0], X.shape[0], self.W.dtype
        d_heads = np.ascontiguousarray(d_out).reshape(n, *self.shape)
        d_Z = np.zeros_like(Z)
        d_P = np.zeros_like(Z) if self.v2 else np.empty((0, 1, 1), dtype)
        d_s, d_t = (np.zeros((n, self.shape[0]), dtype) for _ in range(2))
        d_a, d_g = np.zeros(self.shape), np.zeros(self.g.shape)
        backward(
            *edges,
            *inputs,
            self.v2,
            alpha,
            d_heads,
            np.empty_like(alpha),
            d_Z,
            d_P,
            d_s,
            d_t,
            d_a,
            d_g,
        )
        if self.v2:
            d_P = d_P.reshape(n, -1)
            own = [X.T @ d_P, d_a]
            d_X = d_P @ self.W_t.T
        else:
            own = [np.einsum("nh,nhc->hc", d, Z, dtype=np.float64) for d in (d_s, d_t)]
            d_Z += d_s[:, :, None] * self.a_s + d_t[:, :, None] * self.a_t
            d_X = 0.0
        d_Z = d_Z.reshape(n, -1)
        d_X = d_X + d_Z @ self.W.T
        grads = [X.T @ d_Z, *own, d_g, d_out.sum(axis=0, dtype=np.float64)]
        return [np.ascontiguousarray(grad, dtype=dtype) for grad in grads], d_X


class GraphAttentionNetwork:
    """Two attention layers, ELU between them: one logit for each class.

    Parameters
    ----------
    n_inputs, n_classes, n_heads, n_units : int
    attention : {"v1", "v2"}
    dropout : float
        On the inputs of both layers and on the attention, while training.
    rng : RandomState
    dtype : dtype
    """

    def __init__(
        self,
        n_inputs,
        n_classes,
        *,
        n_heads,
        n_units,
        attention,
        dropout,
        rng,
        dtype=np.float32,
    ):
        self.dropout = dropout
        width = n_heads * n_units
        self.layers = [
            GraphAttentionLayer(n_inputs, n_heads, n_units, attention, rng, dtype),
            GraphAttentionLayer(width, 1, n_classes, attention, rng, dtype),
        ]

    @property
    def params(self):
        return [param for layer in self.layers for param in layer.params]

    def forward(self, X, edges):
        """Logits, and the attention of both layers."""
        hidden, first, _ = self.layers[0].forward(X, edges)
        logits, second, _ = self.layers[1].forward(_elu(hidden), edges)
        return logits, (first, second)

    def loss_and_gradients(self, X, edges, codes, row_weights, rng):
        """Weighted mean cross-entropy of the labels, and its gradients.

        Parameters
        ----------
        X : ndarray of shape (n, n_inputs)
        edges : Edges
        codes : ndarray of shape (n,)
        row_weights : ndarray of shape (n,)
            Sum to 1.
        rng : RandomState or None
            Of the dropout; None trains without.
        """
        first, second = self.layers
        masks = self._masks(X, edges, rng)
        hidden, _, first_cache = first.forward(X * masks[0], edges, masks[1])
        active = _elu(hidden)
        logits, _, second_cache = second.forward(active * masks[2], edges, masks[3])
        shares = softmax(logits)
        lines = np.arange(len(codes))
        chosen = np.maximum(shares[lines, codes], np.finfo(np.float32).tiny)
        loss = -float(row_weights @ np.log(chosen))
        shares[lines, codes] -= 1.0
        d_logits = (shares * row_weights[:, None]).astype(X.dtype)
        second_grads, d_active = second.backward(d_logits, second_cache)
        # The derivative of ELU is 1 above 0 and ELU + 1 below.
        d_hidden = d_active * masks[2] * np.where(hidden > 0, 1.0, active + 1.0)
        first_grads, _ = first.backward(d_hidden.astype(X.dtype), first_cache)
        return loss, first_grads + second_grads

    def _masks(self, X, edges, rng):
        if rng is None or not self.dropout:
            return 1.0, None, 1.0, None
        n_heads, n_units = self.layers[0].shape
        keep = 1.0 - self.dropout

        def mask(*shape):
            return (rng.random_sample(shape) < keep).astype(X.dtype) / X.dtype.type(
                keep
            )

        n, n_edges = X.shape[0], len(edges.sources)
        return (
            mask(*X.shape),
            mask(n_edges, n_heads),
            mask(n, n_heads * n_units),
            mask(n_edges, 1),
        )


def softmax(logits):
    """Shares of each row, in float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    shares = np.exp(shifted)
    return shares / shares.sum(axis=1, keepdims=True)


def _elu(values):
    return np.where(values > 0, values, np.expm1(np.minimum(values, 0)))
