# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The spline network: parameters, the way forward and the way back.

The first layer is one matrix product with the design of the inputs; every further
layer is a fused kernel, because its design would change with each step. Notation: n
rows, W columns of the design, H units, C outputs, K = grid_size + degree basis
functions, S = K + 1 columns a unit with a base branch, S = K without.
"""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from sklearn_fs.neural_network._bspline_fast import (
    basis,
    input_design,
    smoothness_penalty,
    spline_layer_backward,
    spline_layer_forward,
)
from sklearn_fs.neural_network._losses_fast import (
    logistic_loss,
    softmax_loss,
    squared_loss,
)

BASES = {None: 0, "silu": 1, "linear": 2}
LOSSES = {"squared": squared_loss, "logistic": logistic_loss, "softmax": softmax_loss}

# Rows of a design that is made only to be multiplied once, in bytes.
_CHUNK_BYTES = 1 << 24


class SplineNetwork:
    """A feed-forward network whose edges are spline functions.

    Parameters
    ----------
    layout : BlockLayout
        Columns of the first layer.
    grid_size, degree : int
        Of every spline.
    base : {None, "silu", "linear"}
        The branch beside each spline.
    coefs : list of ndarray
        (W, H), (H * S, H2), ..., (H * S, C); all of one dtype, which decides the
        precision of everything.
    intercepts : list of ndarray
        One vector for each layer.
    grids : list of ndarray of shape (2, fan_in)
        Left and right end of the grid of each input of a layer; the first entry is
        always -1 and 1.
    """

    def __init__(self, layout, grid_size, degree, base, coefs, intercepts, grids):
        self.layout = layout
        self.grid_size = grid_size
        self.degree = degree
        self.base = BASES[base]
        self._base_name = base
        self.coefs = coefs
        self.intercepts = intercepts
        self.grids = grids
        self.dtype = coefs[0].dtype
        numeric = layout.offsets[:-1][layout.is_category == 0]
        self._starts = [numeric] + [
            np.arange(grid.shape[1], dtype=np.intp) * self.width for grid in grids[1:]
        ]
        self._grids_changed()

    @classmethod
    def initialise(cls, layout, sizes, grid_size, degree, base, random_state):
        """Random start: small splines, base branches that carry the signal."""
        n_basis = grid_size + degree
        width = n_basis + (base is not None)
        n_features = len(layout.offsets) - 1
        coefs, intercepts, grids = [], [], []
        for layer, fan_out in enumerate(sizes):
            fan_in = n_features if layer == 0 else sizes[layer - 1]
            rows = layout.offsets[-1] if layer == 0 else fan_in * width
            coef = random_state.standard_normal((rows, fan_out)) * 0.1
            if base is not None:
                starts = np.arange(fan_in) * width
                if layer == 0:
                    starts = layout.offsets[:-1][layout.is_category == 0]
                coef[starts + n_basis] = random_state.uniform(
                    -1, 1, (len(starts), fan_out)
                )
            coefs.append(coef / np.sqrt(fan_in))
            intercepts.append(np.zeros(fan_out))
            grids.append(np.repeat([[-1.0], [1.0]], fan_in, axis=1))
        return cls(layout, grid_size, degree, base, coefs, intercepts, grids)

    def astype(self, dtype):
        """A copy in another precision."""
        parts = (self.coefs, self.intercepts, self.grids)
        coefs, intercepts, grids = (
            [np.array(a, dtype=dtype, order="C") for a in part] for part in parts
        )
        return type(self)(
            self.layout,
            self.grid_size,
            self.degree,
            self._base_name,
            coefs,
            intercepts,
            grids,
        )

    @property
    def n_basis(self):
        return self.grid_size + self.degree

    @property
    def width(self):
        return self.n_basis + (self.base != 0)

    @property
    def params(self):
        return [*self.coefs, *self.intercepts]

    def _grids_changed(self):
        self._lows = [np.ascontiguousarray(grid[0]) for grid in self.grids]
        # Grid intervals per unit of an input.
        self._scales = [self.grid_size / (grid[1] - grid[0]) for grid in self.grids]
        self._workspaces = {}

    # The design of the first layer

    def design(self, z, derivative=False, out=None):
        """The design of mapped rows, of shape (n, W)."""
        if out is None:
            out = np.empty((len(z), self.layout.offsets[-1]), dtype=self.dtype)
        input_design(
            z, *self.layout, self.grid_size, self.degree, self.base, derivative, out
        )
        return out

    def block_design(self, z, j, derivative=False):
        """The columns of feature `j` alone, of shape (n, width of j)."""
        layout = type(self.layout)(
            np.array([0, self.layout.widths[j]], dtype=np.intp),
            self.layout.is_category[j : j + 1],
            self.layout.has_indicator[j : j + 1],
        )
        out = np.empty((len(z), layout.offsets[-1]), dtype=self.dtype)
        input_design(
            z[:, j : j + 1] if z.ndim == 2 else z[:, None],
            *layout,
            self.grid_size,
            self.degree,
            self.base,
            derivative,
            out,
        )
        return out

    def block(self, j):
        """First-layer coefficients of feature `j`, a view."""
        return self.coefs[0][self.layout.offsets[j] : self.layout.offsets[j + 1]]

    def contribution(self, z, j, derivative=False):
        """What feature `j` adds to each first unit, of shape (n, H)."""
        return self.block_design(z, j, derivative) @ self.block(j)

    def unit_basis(self, layer, q, values):
        """All columns of unit `q` of a hidden layer, of shape (n, S)."""
        low, high = self.grids[layer][:, q]
        out = np.empty((len(values), self.width), dtype=self.dtype)
        splines = np.empty((len(values), self.n_basis), dtype=self.dtype)
        values = np.ascontiguousarray(values)
        basis(values, low, high, self.grid_size, self.degree, False, splines)
        out[:, : self.n_basis] = splines
        if self.base == BASES["silu"]:
            out[:, -1] = values / (1.0 + np.exp(-np.maximum(values, -500.0)))
        elif self.base == BASES["linear"]:
            out[:, -1] = values
        return out

    # Forward and backward

    def workspace(self, n_rows):
        """Buffers of one pass over `n_rows` rows; kept for the next pass."""
        if n_rows not in self._workspaces:
            if len(self._workspaces) > 4:
                self._workspaces.clear()
            self._workspaces[n_rows] = _Workspace(self, n_rows)
        return self._workspaces[n_rows]

    def forward(self, design, ws):
        """Outputs of shape (n, C); what `backward` needs stays in `ws`."""
        np.matmul(design, self.coefs[0], out=ws.z[0])
        ws.z[0] += self.intercepts[0]
        return self.forward_from(ws)

    def forward_from(self, ws):
        """Outputs from the pre-activations of the first layer in `ws.z[0]`."""
        for layer in range(1, len(self.coefs)):
            spline_layer_forward(
                ws.z[layer - 1],
                self._lows[layer],
                self._scales[layer],
                self.grid_size,
                self.degree,
                self.base,
                self.coefs[layer],
                self.intercepts[layer],
                ws.z[layer],
                ws.values[layer - 1],
                ws.slopes[layer - 1],
                ws.left[layer - 1],
            )
        return ws.z[-1]

    def backward_to_units(self, ws, with_parameters=True):
        """From `ws.grad_z[-1]` down to the first units, of shape (n, H)."""
        for layer in range(len(self.coefs) - 1, 0, -1):
            spline_layer_backward(
                ws.grad_z[layer],
                self.coefs[layer],
                ws.values[layer - 1],
                ws.slopes[layer - 1],
                ws.left[layer - 1],
                self.grid_size,
                self.degree,
                self.base,
                with_parameters,
                ws.grad_coefs[layer],
                ws.grad_z[layer - 1],
            )
            if with_parameters:
                np.sum(ws.grad_z[layer], axis=0, out=ws.grad_intercepts[layer])
        return ws.grad_z[0]

    def loss_and_gradient(self, design, target, weights, loss, smoothness, ws):
        """Mean loss of a batch; the gradients are `ws.grads`, as in `params`.

        The penalty `smoothness * sum of squared second differences` enters the
        gradients and is returned separately.
        """
        out = self.forward(design, ws)
        value = LOSSES[loss](out, target, weights, ws.grad_z[-1])
        self.backward_to_units(ws)
        np.matmul(design.T, ws.grad_z[0], out=ws.grad_coefs[0])
        np.sum(ws.grad_z[0], axis=0, out=ws.grad_intercepts[0])
        penalty = 0.0
        if smoothness > 0:
            for layer, coef in enumerate(self.coefs):
                penalty += smoothness_penalty(
                    coef,
                    self._starts[layer],
                    self.n_basis,
                    smoothness,
                    ws.grad_coefs[layer],
                )
        return value, penalty

    def outputs(self, z):
        """Outputs of mapped rows, in chunks of bounded memory."""
        return np.concatenate([ws.z[-1] for ws in self.passes(z)])

    def units(self, z):
        """Pre-activations of the first units of mapped rows, of shape (n, H)."""
        return np.concatenate([ws.z[0] for ws in self.passes(z)])

    def passes(self, z):
        """Forward passes over consecutive chunks of rows, one workspace each."""
        row_bytes = self.layout.offsets[-1] * self.dtype.itemsize
        n_rows = max(1, min(len(z), _CHUNK_BYTES // max(1, row_bytes)))
        for start in range(0, len(z), n_rows):
            design = self.design(z[start : start + n_rows])
            ws = _Workspace(self, len(design))
            self.forward(design, ws)
            yield ws

    def mean_loss(self, z, target, weights, loss):
        """Loss without penalties, over all rows of `z`."""
        return self.loss_of_outputs(self.outputs(z), target, weights, loss)

    @staticmethod
    def loss_of_outputs(out, target, weights, loss):
        return LOSSES[loss](out, target, weights, np.empty_like(out))

    # Grids of the hidden layers

    def set_hidden_grids(self, z):
        """Put each hidden grid where its unit's values are: mean +- 3 sd."""
        for layer in range(1, len(self.coefs)):
            values = np.concatenate([ws.z[layer - 1] for ws in self.passes(z)])
            self.grids[layer] = grid_of_values(values).astype(self.dtype)
            self._grids_changed()

    def update_hidden_grids(self, z):
        """Move the hidden grids to the present values and keep every spline."""
        for layer in range(1, len(self.coefs)):
            values = np.concatenate([ws.z[layer - 1] for ws in self.passes(z)])
            grid = grid_of_values(values).astype(self.dtype)
            self._move_grid(layer, grid)

    def extend_grids(self, grid_size):
        """Refine every spline to `grid_size` intervals; returns a new network."""
        extended = self.astype(np.float64)
        n_basis = self.n_basis
        change = _refit_matrix(
            (-1.0, 1.0), self.grid_size, (-1.0, 1.0), grid_size, self.degree
        )
        for layer, coef in enumerate(extended.coefs):
            pieces, done = [], 0
            for start in self._starts[layer]:
                pieces += [coef[done:start], change @ coef[start : start + n_basis]]
                done = start + n_basis
            extended.coefs[layer] = np.concatenate([*pieces, coef[done:]])
        numeric = self.layout.is_category == 0
        widths = self.layout.widths + numeric * (grid_size - self.grid_size)
        offsets = np.concatenate([[0], np.cumsum(widths)]).astype(np.intp)
        return type(self)(
            self.layout._replace(offsets=offsets),
            grid_size,
            self.degree,
            self._base_name,
            extended.coefs,
            extended.intercepts,
            extended.grids,
        ).astype(self.dtype)

    def _move_grid(self, layer, grid):
        width, n_basis = self.width, self.n_basis
        coef = self.coefs[layer].reshape(-1, width, self.coefs[layer].shape[1])
        old = self.grids[layer]
        for q in range(len(coef)):
            change = _refit_matrix(
                old[:, q], self.grid_size, grid[:, q], self.grid_size, self.degree
            )
            coef[q, :n_basis] = change @ coef[q, :n_basis]
        self.grids[layer] = grid
        self._grids_changed()


class _Workspace:
    """Every array that one pass forward and back writes to."""

    def __init__(self, network, n_rows):
        sizes = [len(b) for b in network.intercepts]
        dtype = network.dtype
        self.z = [np.empty((n_rows, size), dtype=dtype) for size in sizes]
        local = [(n_rows, size, network.degree + 2) for size in sizes[:-1]]
        self.values = [np.empty(shape, dtype=dtype) for shape in local]
        self.slopes = [np.empty(shape, dtype=dtype) for shape in local]
        self.left = [np.empty((n_rows, s), dtype=np.int32) for s in sizes[:-1]]
        self._network = network

    def __getattr__(self, name):
        # A pass that only predicts never asks for these.
        if name == "grad_z":
            value = [np.empty_like(z) for z in self.z]
        elif name == "grad_coefs":
            value = [np.empty_like(c) for c in self._network.coefs]
        elif name == "grad_intercepts":
            value = [np.empty_like(b) for b in self._network.intercepts]
        else:
            raise AttributeError(name)
        setattr(self, name, value)
        return value

    @property
    def grads(self):
        return [*self.grad_coefs, *self.grad_intercepts]


def grid_of_values(values):
    """Mean - 3 sd and mean + 3 sd of each column, of shape (2, n_columns)."""
    mean = values.mean(axis=0, dtype=np.float64)
    sd = np.maximum(values.std(axis=0, dtype=np.float64), 1e-3)
    return np.stack([mean - 3 * sd, mean + 3 * sd])


def _refit_matrix(ends, grid_size, new_ends, new_grid_size, degree):
    """The linear map from old to new spline coefficients.

    Least squares at uniform points of the new grid; for a refined grid the spaces
    are nested and the map is exact.
    """
    n_new = new_grid_size + degree
    points = np.linspace(*new_ends, 4 * n_new, dtype=np.float64)
    old = np.empty((len(points), grid_size + degree))
    new = np.empty((len(points), n_new))
    basis(points, *ends, grid_size, degree, False, old)
    basis(points, *new_ends, new_grid_size, degree, False, new)
    gram = new.T @ new
    gram[np.diag_indices(n_new)] += 1e-12
    return cho_solve(cho_factor(gram), new.T @ old)
