# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Train graph attention on batches of rows and read scores off it."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from sklearn_fs.neighbors._nearest import run
from sklearn_fs.neural_network._graph_attention import (
    Edges,
    GraphAttentionNetwork,
    softmax,
)
from sklearn_fs.neural_network._optimizers import Adam

# An exact graph is taken whole up to here.
_WHOLE_EDGES = 5_000_000
_WHOLE_VALUES = 2**26


def training_batches(graph, points, kind):
    """Index arrays of the units of training and scoring."""
    # Only searches over the whole table have neighbours across all batches.
    local = ("batch", "chunk", "lsh", "lsh_multi_level", "lsh_multi_view", "rp_forest")
    whole = not (isinstance(kind, str) and kind in local) and (
        points.n_samples <= 20_000
        and len(graph.indices) <= _WHOLE_EDGES
        and points.n_samples * points.n_features <= _WHOLE_VALUES
    )
    return [np.arange(points.n_samples)] if whole else graph.batches


def train_network(selector, points, graph, batches, codes, classes, rng):
    """Adam on the cross-entropy of every row's own label, one step a batch.

    Labels are targets and never inputs, so an edge of a row to itself does not
    give its label away.

    Returns
    -------
    network : GraphAttentionNetwork
    loss_curve : ndarray of shape (n_iter,)
    """
    network = GraphAttentionNetwork(
        points.n_features,
        len(classes),
        n_heads=selector.n_heads,
        n_units=selector.hidden_units,
        attention=selector.attention,
        dropout=selector.dropout,
        rng=rng,
    )
    most = selector.max_train_batches
    if most is not None and len(batches) > most:
        drawn = np.sort(rng.choice(len(batches), most, replace=False))
        batches = [batches[number] for number in drawn]
    label_weights = _label_weights(selector.class_weight, codes, classes)
    scratch = np.full(points.n_samples, -1, dtype=np.int32)
    data = []
    for rows in batches:
        weights = label_weights[codes[rows]]
        edges = Edges(*graph.subgraph(rows, scratch, self_loops=True))
        inputs = network_inputs(points, rows)
        # A batch may hold only labels of weight 0.
        data.append((inputs, edges, codes[rows], weights / (weights.sum() or 1.0)))
    sizes = np.array([len(rows) for rows in batches], dtype=np.float64)
    params = network.params
    penalized = [param.ndim > 1 for param in params]
    optimizer = Adam(params, learning_rate=selector.learning_rate)
    losses, best, waited = [], np.inf, 0
    context = selector._init_callback_context(max_subtasks=selector.max_iter)
    context.call_on_fit_task_begin(estimator=selector)
    for _ in range(selector.max_iter):
        task = context.subcontext(task_name="epoch")
        task.call_on_fit_task_begin(estimator=selector)
        epoch = np.zeros(len(data))
        for number in rng.permutation(len(data)):
            epoch[number], grads = network.loss_and_gradients(*data[number], rng)
            for param, grad, is_penalized in zip(params, grads, penalized, strict=True):
                if is_penalized:
                    grad += param.dtype.type(selector.alpha) * param
            optimizer.step(grads)
        losses.append(float(epoch @ sizes / sizes.sum()))
        waited = 0 if losses[-1] < best - selector.tol else waited + 1
        best = min(best, losses[-1])
        stop = task.call_on_fit_task_end(
            estimator=selector, reconstruction_attributes={}
        )
        if stop or waited >= selector.n_iter_no_change:
            break
    context.call_on_fit_task_end(estimator=selector, reconstruction_attributes={})
    if losses and not np.isfinite(losses[-1]):
        warnings.warn(
            "The loss of the graph attention is not finite; lower learning_rate or "
            "scale the columns.",
            ConvergenceWarning,
            stacklevel=2,
        )
    return network, np.array(losses)


def score_rows(network, points, graph, batches, codes, importance, n_jobs):
    """One forward pass over every batch; a row in several batches has their mean."""
    n_samples = points.n_samples
    parts = [None] * len(batches)

    def work(number, rows):
        scratch = np.full(n_samples, -1, dtype=np.int32)
        edges = Edges(*graph.subgraph(rows, scratch, self_loops=True))
        logits, shares = network.forward(network_inputs(points, rows), edges)
        parts[number] = _scores(edges, logits, shares, codes[rows], importance)

    run(work, list(enumerate(batches)), n_jobs)
    totals, appearances = np.zeros(n_samples), np.zeros(n_samples)
    # In the order of the batches, whatever thread was first.
    for rows, scores in zip(batches, parts, strict=True):
        totals[rows] += scores
        appearances[rows] += 1
    return totals / appearances


def network_inputs(points, rows):
    """Centred rows in float32; a sparse table is made dense a batch at a time."""
    values = points.values(rows)
    values = values.toarray() if points.is_sparse else values
    values -= points.center
    return values.astype(np.float32)


def _scores(edges, logits, shares, codes, importance):
    n = len(codes)
    if importance in ("confidence", "margin"):
        proba = softmax(logits)
        own = proba[np.arange(n), codes]
        if importance == "confidence":
            return own
        proba[np.arange(n), codes] = -np.inf
        other = proba.max(axis=1)
        return own - np.where(np.isfinite(other), other, 0.0)
    # Mean over the layers of the mean over the heads.
    attention = np.mean([share.mean(axis=1, dtype=np.float64) for share in shares], 0)
    targets = np.repeat(np.arange(n), np.diff(edges.indptr))
    attention[targets == edges.sources] = 0.0
    if importance == "attention":
        same = codes[targets] == codes[edges.sources]
        attention = np.where(same, attention, -attention)
    return np.bincount(edges.sources, weights=attention, minlength=n)


def _label_weights(class_weight, codes, classes):
    counts = np.bincount(codes, minlength=len(classes))
    if class_weight is None:
        return np.ones(len(classes))
    if class_weight == "balanced":
        return len(codes) / (len(classes) * np.maximum(counts, 1))
    unknown = set(class_weight) - set(classes.tolist())
    if unknown:
        raise ValueError(
            f"class_weight names labels that are not in y: {sorted(unknown, key=str)}; "
            f"the labels are {classes.tolist()}."
        )
    return np.array([float(class_weight.get(label, 1.0)) for label in classes.tolist()])
