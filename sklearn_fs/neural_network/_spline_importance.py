# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""How much each column matters to a trained spline network.

c_ijq is what column j adds to first unit q on row i. A constant can be moved from
one column to another without changing any prediction, because the basis functions
sum to 1; a score that sees such constants is not a property of the function. The
"centered" variants see only c_ijq minus its mean over the rows.
"""

import numpy as np

METHODS = ("l1", "l2", "si", "ko", "perm", "attr")
VARIANTS = ("centered", "coef", "paper")

# Which variants exist besides "centered".
_OTHER_VARIANTS = {
    "l1": {"coef", "paper"},
    "l2": {"coef", "paper"},
    "si": {"paper"},
    "ko": {"paper"},
    "perm": set(),
    "attr": set(),
}
_N_PERMUTATIONS = 5


class Importance:
    """Scores of all columns of one network on given rows.

    Parameters
    ----------
    network : SplineNetwork
        Of float64.
    z : ndarray of shape (n_samples, n_features)
        Mapped rows.
    target, weights, loss
        As in `TrainingData`, for these rows; the target may be None where the
        method needs none.
    is_constant : ndarray of shape (n_features,), dtype bool
        Columns whose score is 0.
    random_state : RandomState
        For "perm".
    """

    def __init__(self, network, z, target, weights, loss, is_constant, random_state):
        self.network, self.z = network, z
        self.target, self.weights, self.loss = target, weights, loss
        self.random_state = random_state
        self.n_features = z.shape[1]
        # A column whose block is zero adds nothing anywhere.
        self.columns = [
            j
            for j in range(self.n_features)
            if not is_constant[j] and network.block(j).any()
        ]

    def __call__(self, method, variant):
        """Scores of shape (n_features,), divided by their sum."""
        check_variant(method, variant)
        scores = np.zeros(self.n_features)
        compute = getattr(self, f"_{method}")
        for j, score in zip(self.columns, compute(variant), strict=True):
            scores[j] = score
        total = scores.sum()
        return scores / total if total > 0 else scores

    def _contributions(self):
        for j in self.columns:
            c = self.network.contribution(self.z, j)
            yield j, c, c.mean(axis=0)

    def _l1(self, variant):
        if variant == "coef":
            return [np.abs(self._splines(j)).sum() for j in self.columns]
        return [
            np.abs(c if variant == "paper" else c - mean).mean()
            for _, c, mean in self._contributions()
        ]

    def _l2(self, variant):
        if variant == "coef":
            return [np.linalg.norm(self._splines(j)) for j in self.columns]
        return [
            np.sqrt(np.square(c if variant == "paper" else c - mean).mean())
            for _, c, mean in self._contributions()
        ]

    def _splines(self, j):
        """Coefficients of a block without its base and indicator columns."""
        block = self.network.block(j)
        if self.network.layout.is_category[j]:
            return block[: len(block) - self.network.layout.has_indicator[j]]
        return block[: self.network.n_basis]

    def _attr(self, variant):
        """pykan's attribution: a column counts by the use of its units downstream."""
        network, use = self.network, self.unit_use()
        z0 = network.units(self.z)
        use = use / (z0.std(axis=0) + 1e-4)
        return [c.std(axis=0) @ use for _, c, _ in self._contributions()]

    def unit_use(self):
        """A_q: how far each first unit moves the outputs, of shape (H,)."""
        network = self.network
        layers = [
            np.concatenate(parts)
            for parts in zip(*(ws.z for ws in network.passes(self.z)), strict=True)
        ]
        use = np.ones(layers[-1].shape[1]) / layers[-1].shape[1]
        for layer in range(len(layers) - 1, 0, -1):
            weight = use / (layers[layer].std(axis=0) + 1e-4)
            blocks = network.coefs[layer].reshape(
                -1, network.width, network.coefs[layer].shape[1]
            )
            use = np.array(
                [
                    (network.unit_basis(layer, q, layers[layer - 1][:, q]) @ block).std(
                        axis=0
                    )
                    @ weight
                    for q, block in enumerate(blocks)
                ]
            )
        return use

    # Scores that need the outputs again

    def _outputs_from(self, units):
        ws = self.network.workspace(len(units))
        ws.z[0][...] = units
        return self.network.forward_from(ws)

    def _loss_from(self, units):
        out = self._outputs_from(units)
        return self.network.loss_of_outputs(out, self.target, self.weights, self.loss)

    def _ko(self, variant):
        """Rise of the loss when a column's contribution is replaced by its mean."""
        units = self.network.units(self.z)
        base = self._loss_from(units)
        for _, c, mean in self._contributions():
            if variant == "paper":
                yield max(0.0, self._loss_from(units - c) - base)
            else:
                yield self._loss_from(units - (c - mean)) - base

    def _perm(self, variant):
        """Rise of the loss when a column's contribution is shuffled over the rows."""
        units = self.network.units(self.z)
        base = self._loss_from(units)
        for _, c, _ in self._contributions():
            rises = [
                self._loss_from(units - c + c[self.random_state.permutation(len(c))])
                - base
                for _ in range(_N_PERMUTATIONS)
            ]
            yield np.mean(rises)

    def _si(self, variant):
        """Mean length of the output's gradient along a column."""
        units = self.network.units(self.z)
        jacobian = self._jacobian(units)
        if variant == "paper":
            signs = np.sign(self._outputs_from(units))
            jacobian = np.einsum("nhc,nc->nh", jacobian, signs)[:, :, None]
        for j in self.columns:
            yield self._sensitivity(j, units, jacobian, variant)

    def _sensitivity(self, j, units, jacobian, variant):
        layout = self.network.layout
        column = self.z[:, j]
        missing = np.isnan(column)
        total = np.zeros(len(column))
        levels = np.unique(column[~missing])
        few = layout.is_category[j] or len(levels) <= self.network.grid_size + 1
        if few and variant != "paper":
            # Between observed levels the data say nothing about the slope.
            if len(levels) > 1:
                total += self._steps(j, units, levels)
        elif len(levels) > 1:
            slope = self.network.contribution(self.z, j, derivative=True)
            moved = np.einsum("nh,nhc->nc", slope, jacobian)
            total += np.linalg.norm(moved, axis=1)
        if missing.any() and not missing.all():
            # A missing entry has no slope: what counts is what its absence changes.
            c = self.network.contribution(self.z, j)
            there = units - c + c[~missing].mean(axis=0)
            change = self._outputs_from(units).copy() - self._outputs_from(there)
            total[missing] = np.linalg.norm(change[missing], axis=1)
        return total.mean()

    def _steps(self, j, units, levels):
        """Change of the output between neighbouring levels, per unit of z."""
        layout = self.network.layout
        rest = units - self.network.contribution(self.z, j)
        gaps = np.diff(levels)
        if layout.is_category[j]:
            gaps = np.full(len(gaps), 2.0 / max(1, len(levels) - 1))
        total = np.zeros(len(units))
        last = None
        for i, level in enumerate(levels):
            out = self._outputs_from(
                rest + self.network.contribution(np.array([level]), j)
            ).copy()
            if last is not None:
                total += np.linalg.norm(out - last, axis=1) / gaps[i - 1]
            last = out
        return total / len(gaps)

    def _jacobian(self, units):
        """d output / d first unit, of shape (n, H, C)."""
        n, n_units = units.shape
        ws = self.network.workspace(n)
        ws.z[0][...] = units
        n_outputs = self.network.forward_from(ws).shape[1]
        jacobian = np.empty((n, n_units, n_outputs))
        for c in range(n_outputs):
            ws.grad_z[-1][...] = 0.0
            ws.grad_z[-1][:, c] = 1.0
            jacobian[:, :, c] = self.network.backward_to_units(ws, False)
        return jacobian


def check_variant(method, variant):
    """Raise if a method has no such variant."""
    if variant != "centered" and variant not in _OTHER_VARIANTS.get(method, ()):
        offered = sorted({"centered"} | _OTHER_VARIANTS.get(method, set()))
        raise ValueError(
            f"variant={variant!r} is not defined for method={method!r}; "
            f"use one of {offered}."
        )
