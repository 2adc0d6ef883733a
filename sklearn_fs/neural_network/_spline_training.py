# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""How a spline network is trained: mini-batches with Adam, or L-BFGS.

Both work on mapped rows and an encoded target, and leave in the network the
parameters of the best epoch where rows are held out.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import minimize

from sklearn_fs.neural_network._optimizers import Adam, cosine_rate

# The growing penalty: where it starts, how fast it grows, how often at most, and how
# many epochs at which share of the learning rate each value gets.
_PATH_START, _PATH_FACTOR, _PATH_STAGES = 0.02, 1.2, 60
_PATH_EPOCHS, _PATH_RATE = 3, 0.5


@dataclass
class TrainingData:
    """Rows of one part of the data, as the network reads them.

    Parameters
    ----------
    z : ndarray of shape (n_samples, n_features)
        All mapped rows, training and held out.
    target : ndarray of shape (n_samples, n_targets)
        Standardised targets, or class codes in one column; dtype of the network.
    weights : ndarray of shape (n_samples,) or (0,)
        Row weights of mean 1, or none.
    loss : {"squared", "logistic", "softmax"}
        What `target` means.
    train, held_out : ndarray of int
        Row numbers; `held_out` may be empty.
    """

    z: np.ndarray
    target: np.ndarray
    weights: np.ndarray
    loss: str
    train: np.ndarray
    held_out: np.ndarray

    def part(self, rows):
        weights = self.weights[rows] if self.weights.size else self.weights
        return self.target[rows], weights

    def null_loss(self, rows):
        """The loss of the best constant answer, the unit of the validation score."""
        target, weights = self.part(rows)
        w = weights if weights.size else np.ones(len(target))
        if self.loss == "squared":
            mean = np.average(target, axis=0, weights=w)
            return float(np.average((target - mean) ** 2, axis=0, weights=w).mean())
        share = np.bincount(target[:, 0].astype(np.intp), weights=w) / w.sum()
        share = share[share > 0]
        return float(-(share * np.log(share)).sum())


@dataclass
class History:
    """What happened during training."""

    loss_curve: list = field(default_factory=list)
    validation_scores: list = field(default_factory=list)
    best_validation_score: float | None = None
    converged: bool = True


class _BestSoFar:
    """Remembers the parameters of the lowest held-out loss."""

    def __init__(self, network, data, history, options):
        self.network, self.data, self.history = network, data, history
        self.options = options
        self.loss, self.params, self.n_stale = np.inf, None, 0
        if data.held_out.size:
            self.z = data.z[data.held_out]
            self.part = data.part(data.held_out)
            self.null = max(data.null_loss(data.held_out), 1e-12)

    def update(self):
        """Look at the held-out rows after an epoch; True when it is time to stop."""
        if not self.data.held_out.size:
            return False
        loss = self.network.mean_loss(self.z, *self.part, self.data.loss)
        self.history.validation_scores.append(1.0 - loss / self.null)
        if loss < self.loss:
            self.loss, self.n_stale = loss, 0
            self.params = [p.copy() for p in self.network.params]
        elif len(self.history.validation_scores) > self.options["min_iter"]:
            # Interactions sit on a plateau at first: patience starts late.
            self.n_stale += 1
        return self.n_stale >= self.options["n_iter_no_change"]

    def restore(self):
        if self.params is not None:
            for param, best in zip(self.network.params, self.params, strict=True):
                param[...] = best
            self.history.best_validation_score = 1.0 - self.loss / self.null


def train_adam(network, data, options, random_state, run_epoch):
    """Mini-batch training with decay, smoothness and the group step.

    Parameters
    ----------
    network : SplineNetwork
        Changed in place.
    data : TrainingData
        The rows.
    options : dict
        learning_rate, batch_size, max_iter, min_iter, n_iter_no_change,
        group_penalty, smoothness, weight_decay, grid_update_epochs,
        max_design_bytes.
    random_state : RandomState
        Order of the rows.
    run_epoch : callable
        Called with the epoch's work, a function; returns True to stop.

    Returns
    -------
    history : History
    """
    history = History()
    batches = _Batches(network, data, options, random_state)
    n_steps = options["max_iter"] * batches.n_batches
    best = _BestSoFar(network, data, history, options)

    def rate(step):
        return cosine_rate(options["learning_rate"], step, n_steps)

    def epoch():
        history.loss_curve.append(batches.run_epoch(rate))
        n_epochs = len(history.loss_curve)
        check_finite(history.loss_curve[-1], n_epochs, options["learning_rate"])
        if n_epochs in options["grid_update_epochs"]:
            network.update_hidden_grids(data.z[data.train[:4096]])
        return best.update()

    for _ in range(options["max_iter"]):
        if run_epoch(epoch):
            break
    best.restore()
    return history


def penalty_path(network, data, options, random_state):
    """Go on training while the group penalty grows, until every block is zero.

    Parameters
    ----------
    network : SplineNetwork
        A trained one; its blocks are all zero afterwards.
    data, options, random_state
        As in `train_adam`; all rows of `data.train` are used.

    Returns
    -------
    penalties : ndarray of shape (n_features,)
        The last penalty under which a block was not zero; 0 if it was from the start.
    """
    batches = _Batches(network, data, options, random_state)
    optimizer = batches.optimizer
    unit = block_groups(network, 1.0)[1]
    starts = network.layout.offsets[:-1]
    rate = _PATH_RATE * options["learning_rate"]
    alive = np.zeros(len(unit))
    penalty = _PATH_START
    for _ in range(_PATH_STAGES):
        norms = np.add.reduceat(np.abs(network.coefs[0]).sum(axis=1), starts)
        alive[norms > 0] = penalty
        if not norms.any():
            break
        penalty *= _PATH_FACTOR
        optimizer.set_penalties(0, penalty * unit)
        for _ in range(_PATH_EPOCHS):
            batches.run_epoch(lambda step: rate)
    return alive


class _Batches:
    """Mini-batches of the training rows and one Adam over the parameters."""

    def __init__(self, network, data, options, random_state):
        self.network, self.data, self.random_state = network, data, random_state
        self.rows = data.train
        self.batch_size = min(options["batch_size"], len(self.rows))
        self.n_batches = -(-len(self.rows) // self.batch_size)
        self.smoothness = options["smoothness"]
        self.optimizer = Adam(
            network.params,
            weight_decay=[options["weight_decay"]] * len(network.coefs)
            + [0.0] * len(network.intercepts),
            groups=[block_groups(network, options["group_penalty"])]
            + [None] * (len(network.params) - 1),
        )
        # The design of all rows is computed once where memory allows.
        width = network.layout.offsets[-1]
        self.buffer = np.empty((self.batch_size, width), dtype=network.dtype)
        self.design = None
        n_bytes = len(self.rows) * width * network.dtype.itemsize
        if n_bytes <= options["max_design_bytes"]:
            self.design = network.design(data.z[self.rows])

    def run_epoch(self, rate):
        """One pass over the rows in random order; returns the mean loss."""
        network, data = self.network, self.data
        n_rows = len(self.rows)
        order = self.random_state.permutation(n_rows)
        total = 0.0
        for start in range(0, n_rows, self.batch_size):
            picks = order[start : start + self.batch_size]
            rows = self.rows[picks]
            batch = self.buffer[: len(picks)]
            if self.design is None:
                network.design(data.z[rows], out=batch)
            else:
                np.take(self.design, picks, axis=0, out=batch, mode="clip")
            ws = network.workspace(len(picks))
            target, weights = data.part(rows)
            loss, _ = network.loss_and_gradient(
                batch, target, weights, data.loss, self.smoothness, ws
            )
            total += loss * len(picks)
            self.optimizer.step(ws.grads, rate(self.optimizer.n_steps))
        return total / n_rows


def train_lbfgs(network, data, options, run_epoch):
    """Full-batch training of a float64 network.

    The objective is the mean loss, the smoothness penalty and
    `weight_decay / (2 n)` times the sum of squared coefficients; the group penalty
    has no place in it.
    """
    history = History()
    design = network.design(data.z[data.train])
    target, weights = data.part(data.train)
    ws = network.workspace(len(design))
    decay = options["weight_decay"] / len(design)
    params = network.params
    ends = np.cumsum([p.size for p in params])[:-1]
    best = _BestSoFar(network, data, history, options)
    state = {"loss": np.nan}

    def set_params(flat):
        for param, values in zip(params, np.split(flat, ends), strict=True):
            param[...] = values.reshape(param.shape)

    def objective(flat):
        set_params(flat)
        loss, penalty = network.loss_and_gradient(
            design, target, weights, data.loss, options["smoothness"], ws
        )
        state["loss"] = loss
        for grad, coef in zip(ws.grad_coefs, network.coefs, strict=True):
            penalty += 0.5 * decay * float(np.vdot(coef, coef))
            grad += decay * coef
        return loss + penalty, np.concatenate([g.ravel() for g in ws.grads])

    def one_iteration(intermediate_result):
        def epoch():
            set_params(intermediate_result.x)
            history.loss_curve.append(state["loss"])
            check_finite(state["loss"], len(history.loss_curve), None)
            return best.update()

        if run_epoch(epoch):
            raise StopIteration

    result = minimize(
        objective,
        np.concatenate([p.ravel() for p in params]),
        jac=True,
        method="L-BFGS-B",
        callback=one_iteration,
        options={
            "maxiter": options["max_iter"],
            "maxcor": 10,
            "gtol": 1e-8,
            "ftol": 1e-13,
        },
    )
    set_params(result.x)
    # Status 1: the iteration limit.
    history.converged = result.status != 1
    if not history.loss_curve:
        history.loss_curve.append(state["loss"])
    best.restore()
    return history


def block_groups(network, penalty):
    """Group step of the first layer: one group a feature, scaled by its size."""
    n_units = network.coefs[0].shape[1]
    sizes = network.layout.widths * n_units
    return network.layout.offsets * n_units, penalty * np.sqrt(sizes)


def check_finite(loss, epoch, learning_rate):
    if not np.isfinite(loss):
        change = "smoothness or weight_decay, or use solver='adam'"
        if learning_rate is not None:
            change = f"learning_rate_init (now {learning_rate:g})"
        raise ValueError(
            f"Training diverged: the loss is not finite after epoch {epoch}; lower "
            f"{change}."
        )
