# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Models that can be read: linear ones and trees, also behind column-wise scaling.

A margin says exactly, and without asking the model, which rows reach the goal. What
cannot be read is None, and the model is asked instead.
"""

import warnings
from dataclasses import replace

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

from sklearn_fs.recourse._goals import Wish
from sklearn_fs.recourse._linear_margin import read_linear
from sklearn_fs.recourse._monotone import last_true
from sklearn_fs.recourse._tree_readers_boosting import read_boosting_trees
from sklearn_fs.recourse._tree_readers_sklearn import read_sklearn_trees

_N_CHECKS = 64


def read_margin(estimator, *, target=None, threshold=None, method="auto"):
    """Read what a model adds up, and where the goal begins.

    Parameters
    ----------
    estimator : fitted estimator
    target : label, default=None
        The wanted class; None for a regressor.
    threshold : float, default=None
        Smallest wanted score of the class, or smallest wanted prediction.
    method : {"auto", "linear", "tree"}, default="auto"
        What kind of model to look for.

    Returns
    -------
    margin : LinearMargin, TreeMargin or None
        None for a model that cannot be read exactly.
    """
    index = None
    if target is not None:
        index = int(np.flatnonzero(np.asarray(estimator.classes_) == target)[0])
    response = "predict_proba"
    if not hasattr(estimator, "predict_proba"):
        response = "decision_function"
    return _read(estimator, Wish(index, threshold, response), method)


def _read(estimator, wish, method, maps=()):
    if isinstance(estimator, FrozenEstimator):
        return _read(estimator.estimator, wish, method, maps)
    if isinstance(estimator, (GridSearchCV, RandomizedSearchCV)):
        return _read(estimator.best_estimator_, wish, method, maps)
    if isinstance(estimator, Pipeline):
        steps = [step for _, step in estimator.steps]
        maps = [*maps, *(_affine(step) for step in steps[:-1])]
        if any(one is None for one in maps):
            return None
        return _read(steps[-1], wish, method, [m for m in maps if m != "passthrough"])
    if isinstance(estimator, (FixedThresholdClassifier, TunedThresholdClassifierCV)):
        wish = _thresholded(estimator, wish)
        return None if wish is None else _read(estimator.estimator_, wish, method, maps)
    if method in ("auto", "linear"):
        margin = read_linear(estimator, wish)
        if margin is not None:
            for _, scale, shift in reversed(maps):
                margin = margin.affine(scale, shift)
        if margin is not None or method == "linear":
            return margin
    model = read_sklearn_trees(estimator)
    if model is None:
        model = read_boosting_trees(estimator)
    if model is None:
        return None
    for one in reversed(maps):
        if (np.asarray(one[1]) <= 0).any():
            return None
        model = replace(model, table=_behind(model.table, one[0]))
    return model.margin(wish)


def _thresholded(estimator, wish):
    """The wish as one about the model inside."""
    classes = estimator.classes_
    if wish.threshold is not None or len(classes) != 2:
        return None
    inner = estimator.estimator_
    if isinstance(estimator, TunedThresholdClassifierCV):
        threshold, positive = estimator.best_threshold_, None
    else:
        threshold, positive = estimator.threshold, estimator.pos_label
    response = estimator.response_method
    if response == "auto":
        proba = hasattr(inner, "predict_proba")
        response = "predict_proba" if proba else "decision_function"
    if threshold == "auto":
        threshold = 0.5 if response == "predict_proba" else 0.0
    place = 1 if positive is None else int(np.flatnonzero(classes == positive)[0])
    return Wish(place, float(threshold), response, wanted=wish.target == place)


def _affine(step):
    """A column-wise step as a function, its scale and its shift; None if it is not."""
    if step is None or step == "passthrough":
        return "passthrough"
    if type(step) is StandardScaler:
        mean = step.mean_ if step.with_mean else np.zeros(step.n_features_in_)
        scale = step.scale_ if step.with_std else np.ones(step.n_features_in_)
        return lambda z, j: (z - mean[j]) / scale[j], 1 / scale, -mean / scale
    if type(step) is MinMaxScaler and not step.clip:
        scale, low = step.scale_, step.min_
        return lambda z, j: z * scale[j] + low[j], scale, low
    if type(step) is MaxAbsScaler and not getattr(step, "clip", False):
        scale = step.scale_
        return lambda z, j: z / scale[j], 1 / scale, np.zeros(len(scale))
    return None


def _behind(table, function):
    """The trees of a model behind a rounded, rising, column-wise map."""
    nodes = table.nodes.copy()
    inner = np.flatnonzero(nodes["feature"] >= 0)
    column, threshold = nodes["feature"][inner], nodes["threshold"][inner]
    # The largest value that still goes left: rounding keeps the order.
    with np.errstate(over="ignore", invalid="ignore"):
        nodes["threshold"][inner] = last_true(
            lambda z: function(z, column) <= threshold, len(inner)
        )
    return replace(table, nodes=nodes)


def agrees(margin, goal, table, Z, action_set, random_state):
    """Compare a margin with its model on generated rows.

    Parameters
    ----------
    margin : LinearMargin or TreeMargin
    goal : Goal
    table : ColumnTable
    Z : ndarray of shape (n_samples, n_features)
        The same rows as numbers.
    action_set : ActionSet
    random_state : RandomState

    Returns
    -------
    agrees : bool
        A warning is given where they do not.
    """
    rows = random_state.randint(len(Z), size=_N_CHECKS)
    made = Z[rows]
    # Half of the cells come from other rows: combinations that nobody has.
    others = random_state.randint(len(Z), size=made.shape)
    swap = random_state.random_sample(made.shape) < 0.5
    # Only columns that the action set can move hold numbers for sure.
    swap &= np.array([feature.actionable for feature in action_set])
    made = np.where(swap, Z[others, np.arange(Z.shape[1])], made)
    model = goal.reaches(table.changed(rows, made, Z, action_set))
    own = margin.reaches(made)
    if margin.kind == "linear":
        sure = np.abs(margin.margin(made)) > margin.tolerance(made)
        own = np.where(sure, own, model)
    if np.array_equal(own, model):
        return True
    warnings.warn(
        f"The {margin.kind} form of {type(goal.estimator).__name__} differs from its "
        f"own predictions on {int((own != model).sum())} of {_N_CHECKS} generated "
        "rows; the model is asked instead, which is slower.",
        UserWarning,
        stacklevel=2,
    )
    return False
