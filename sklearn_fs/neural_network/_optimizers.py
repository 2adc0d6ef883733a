# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Adam and stochastic gradient descent over a list of arrays, in place.

The optimisers know no model: they see arrays and gradients of the same shapes. The
schedule of the learning rate belongs to the caller, who passes a rate to `step`.
"""

import numpy as np

from sklearn_fs.neural_network._optimizers_fast import adam_step, sgd_step


class _Optimizer:
    """What Adam and SGD share: flat views, per-array decay, groups.

    Parameters
    ----------
    params : list of ndarray
        C-contiguous float32 or float64 arrays of any shape, changed in place.
    learning_rate : float, default=1e-3
        Used by `step` unless that is given another one.
    weight_decay : float or list of float, default=0.0
        Decoupled: each step multiplies an array by `1 - learning_rate * decay`. A
        list gives each array its own, for example 0 for biases.
    groups : list of (offsets, penalties) or None, default=None
        For each array None, or how its flat form is cut into groups: group `g` is
        `flat[offsets[g]:offsets[g + 1]]`, and after the update it is multiplied by
        `max(0, 1 - learning_rate * penalties[g] / norm)`. The offsets start at 0 and
        end at the size of the array.
    """

    def __init__(self, params, *, learning_rate=1e-3, weight_decay=0.0, groups=None):
        self.params = list(params)
        self.learning_rate = learning_rate
        if np.isscalar(weight_decay):
            weight_decay = [weight_decay] * len(self.params)
        self.weight_decay = [float(w) for w in weight_decay]
        groups = [None] * len(self.params) if groups is None else groups
        if not len(self.params) == len(self.weight_decay) == len(groups):
            raise ValueError(
                f"weight_decay and groups must have one entry for each of the "
                f"{len(self.params)} arrays; got {len(self.weight_decay)} and "
                f"{len(groups)}."
            )
        self._flat = [_flat_view(p) for p in self.params]
        self._groups = [
            _check_groups(g, flat.size)
            for g, flat in zip(groups, self._flat, strict=True)
        ]
        self.n_steps = 0

    def set_penalties(self, i, penalties):
        """Give the groups of array `i` other penalties."""
        self._groups[i] = _check_groups(
            (self._groups[i][0], penalties), self._flat[i].size
        )

    def step(self, grads, learning_rate=None):
        """Update every array.

        Parameters
        ----------
        grads : list of ndarray
            Same shapes and dtypes as `params`; C-contiguous.
        learning_rate : float, default=None
            The rate of this step; None takes the one given at construction.
        """
        rate = self.learning_rate if learning_rate is None else learning_rate
        self.n_steps += 1
        for i, grad in enumerate(grads):
            self._update(i, grad.reshape(-1), rate)


class Adam(_Optimizer):
    """Adam with bias correction and decoupled weight decay.

    Kingma & Ba, arXiv 1412.6980, algorithm 1; the decay is that of Loshchilov &
    Hutter, arXiv 1711.05101, algorithm 2, without a schedule of its own. The
    optional group step is the proximal map of the group lasso with the plain
    learning rate: a shrinkage, not the exact proximal step of the loss in Adam's
    metric.

    Parameters
    ----------
    params, learning_rate, weight_decay, groups
        See `_Optimizer`.
    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of the first and second moment.
    epsilon : float, default=1e-8
        Added to the root of the second moment.
    """

    def __init__(self, params, *, beta_1=0.9, beta_2=0.999, epsilon=1e-8, **shared):
        super().__init__(params, **shared)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self._mean = [np.zeros_like(flat) for flat in self._flat]
        self._square = [np.zeros_like(flat) for flat in self._flat]

    def _update(self, i, grad, rate):
        adam_step(
            self._flat[i],
            grad,
            self._mean[i],
            self._square[i],
            rate,
            self.beta_1,
            self.beta_2,
            self.epsilon,
            self.weight_decay[i],
            self.n_steps,
            *self._groups[i],
        )


class SGD(_Optimizer):
    """Gradient descent with (Nesterov) momentum and decoupled weight decay.

    Parameters
    ----------
    params, learning_rate, weight_decay, groups
        See `_Optimizer`.
    momentum : float, default=0.9
        Share of the last velocity that is kept.
    nesterov : bool, default=False
        Move by the velocity of the next step (Sutskever et al., ICML 2013).
    """

    def __init__(self, params, *, momentum=0.9, nesterov=False, **shared):
        super().__init__(params, **shared)
        self.momentum, self.nesterov = momentum, nesterov
        self._velocity = [np.zeros_like(flat) for flat in self._flat]

    def _update(self, i, grad, rate):
        sgd_step(
            self._flat[i],
            grad,
            self._velocity[i],
            rate,
            self.momentum,
            self.nesterov,
            self.weight_decay[i],
            *self._groups[i],
        )


def cosine_rate(learning_rate, step, n_steps):
    """Cosine decay from `learning_rate` at step 0 to 0 at step `n_steps`."""
    return 0.5 * learning_rate * (1.0 + np.cos(np.pi * min(1.0, step / n_steps)))


def _flat_view(array):
    if not array.flags.c_contiguous:
        raise ValueError("params must be C-contiguous: they are updated in place.")
    return array.reshape(-1)


def _check_groups(groups, size):
    if groups is None:
        return np.array([0, size], dtype=np.intp), np.zeros(1)
    offsets = np.ascontiguousarray(groups[0], dtype=np.intp)
    penalties = np.ascontiguousarray(groups[1], dtype=np.float64)
    covers = offsets.size == penalties.size + 1 and offsets[0] == 0
    if not covers or offsets[-1] != size or (np.diff(offsets) < 0).any():
        raise ValueError(
            f"groups must cut an array of size {size} into consecutive slices, one "
            f"penalty each; got offsets {offsets} and {penalties.size} penalties."
        )
    return offsets, penalties
