# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Inputs of a sparse network that leave, come back, and grow links by the gradient."""

import numpy as np

from sklearn_fs.neural_network._sparse_links import near_zero
from sklearn_fs.neural_network._sparse_mlp import largest_gradients


class NeuronEvolution:
    """The schedule of NeuroFS (Atashgahi et al., TMLR 2023, algorithm 1).

    In the first two epochs the links of the input layer are rewired like those of
    any layer. From then on superfluous inputs leave, until `n_kept` and a margin of
    `zeta_in` are left; of those that left, a falling share is exchanged for stronger
    ones after every epoch.

    Parameters
    ----------
    network : SparseMLP
        Changed in place.
    n_kept : int
        Inputs to keep.
    n_epochs : int
        Length of the whole training.
    zeta_in, zeta_hidden, removal_fraction : float
        As in :class:`~sklearn_fs.feature_selection.NeuroFS`.
    """

    def __init__(
        self, network, *, n_kept, n_epochs, zeta_in, zeta_hidden, removal_fraction
    ):
        self.network, self.n_kept, self.n_epochs = network, n_kept, n_epochs
        self.zeta_in, self.zeta_hidden = zeta_in, zeta_hidden
        layer = network.layers[0]
        self.n_inputs = layer.n_visible
        self.n_links = len(layer.keys)
        self.n_to_remove = max(0, int((1 - zeta_in) * self.n_inputs - n_kept))
        self.last_removal = int(removal_fraction * n_epochs)
        self.n_removed = 0
        self.epoch = 0
        self.age = np.zeros(self.n_inputs, dtype=np.intp)
        self.removed_at = np.full(self.n_inputs, n_epochs)

    def strength(self):
        """Sum of the absolute weights of every input."""
        return self.network.layers[0].strength()

    def n_active(self):
        """Number of inputs that have a link with a weight."""
        return int((self.strength() > 0).sum())

    def scores(self):
        """Strength; inputs without links are negative, the first to leave most."""
        strength = self.strength()
        gone = self.removed_at / self.n_epochs - 1.5
        return np.where(strength > 0, strength, gone)

    def step(self, feed, targets, n_threads):
        """Change the links after an epoch.

        Parameters
        ----------
        feed : BatchFeed
            The rows.
        targets : ndarray
            Their targets.
        n_threads : int
            Never changes the result.
        """
        network = self.network
        below, errors = network.sample_for_gradients(feed, targets, n_threads)
        if self.epoch < 2:
            network.rewire_by_gradient(0, self.zeta_hidden, below[0], errors[0])
            self.age += 1
        else:
            self._exchange_inputs(below[0], errors[0])
        for level in range(1, len(network.layers)):
            network.rewire_by_gradient(
                level, self.zeta_hidden, below[level], errors[level]
            )
        self.epoch += 1

    def _exchange_inputs(self, below, errors):
        strength = self.strength()
        active = np.flatnonzero(strength > 0)
        kept = self._survivors(active, strength)
        inactive = np.setdiff1d(np.arange(self.n_inputs), active)
        n_added = min(self.n_swapped, len(inactive))
        added = _steepest(inactive, below, errors, n_added)
        self.age[kept] += 1
        gone = np.setdiff1d(active, kept)
        self.age[gone] = 0
        self.age[added] = 0
        self.removed_at[gone] = self.epoch
        self._relink(kept, np.sort(np.concatenate([kept, added])), below, errors)

    def _survivors(self, active, strength):
        """The strongest inputs; those just added may stay while inputs still leave."""
        ahead = self.n_to_remove - self.n_removed
        n_swapped = int(
            self.n_removed * self.zeta_in * (1 - self.epoch / self.n_epochs)
        )
        n_leaving = 0
        if ahead > 0:
            n_leaving = -(-ahead // max(1, self.last_removal - self.epoch))
        removable = active
        if self.n_removed < self.n_to_remove:
            removable = active[self.age[active] > 0]
        # Inputs that lost all their links count among those that leave.
        surplus = len(active) - (self.n_inputs - self.n_removed)
        n_out = max(0, surplus + n_leaving + n_swapped)
        n_short = max(0, n_out - len(removable))
        fewer_swaps = min(n_short, n_swapped)
        n_swapped -= fewer_swaps
        n_leaving = max(0, n_leaving - (n_short - fewer_swaps))
        n_out = min(max(0, surplus + n_leaving + n_swapped), len(active) - 1)
        n_out = min(n_out, len(removable))
        weakest = removable[np.argsort(strength[removable], kind="stable")[:n_out]]
        self.n_removed += n_leaving
        self.n_swapped = n_swapped
        return np.setdiff1d(active, weakest)

    def _relink(self, kept, allowed, below, errors):
        """Drop the weak links of the kept inputs, then fill up by the gradient."""
        layer = self.network.layers[0]
        of_kept = np.isin(layer.visible_of_links(), kept)
        stays = of_kept.copy()
        stays[of_kept] = ~near_zero(layer.weights[of_kept], self.zeta_in)
        room = len(allowed) * layer.n_hidden - int(stays.sum())
        n_new = min(self.n_links - int(stays.sum()), room)
        keys = layer.keys[stays]
        new = largest_gradients(keys, layer.n_hidden, allowed, below, errors, n_new)
        layer.resize(stays, new)


def _steepest(units, below, errors, n_units):
    """The units whose best absent link has the largest absolute gradient."""
    if n_units == 0:
        return np.empty(0, dtype=np.intp)
    steepest = np.concatenate(
        [
            np.abs(below[units[start : start + 256]] @ errors.T).max(axis=1)
            for start in range(0, len(units), 256)
        ]
    )
    return units[np.argsort(-steepest, kind="stable")[:n_units]]
