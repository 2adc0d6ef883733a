# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Read the margin of a fitted model: the entrance to the exact fast paths.

`read_margin` gives an object with the methods `margin`, `reaches`,
`table_success`, `grid_success`, `interval_success`, `steps` and `best_case`, and
the attributes `kind` ("linear" or "tree") and `columns_used`. A goal is reached
exactly where `margin` is at least 0. `grid_success_many` and
`interval_success_many` answer for several columns, each moved alone, in one walk of
the trees; that is several times faster than one call a column.

All rows are float64 arrays in the columns of the outermost estimator. Categories
are the numbers which the model itself compares: the codes with which it was fitted.
"""

import warnings
from dataclasses import replace

import numpy as np
from sklearn.base import is_regressor
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.pipeline import Pipeline

from sklearn_fs.recourse._column_steps import ColumnSteps
from sklearn_fs.recourse._goals import Wish
from sklearn_fs.recourse._linear_readers import read_linear
from sklearn_fs.recourse._self_check import generated_rows
from sklearn_fs.recourse._tree_readers_boosting import read_boosting_trees
from sklearn_fs.recourse._tree_readers_sklearn import read_sklearn_trees


def read_margin(estimator, *, target=None, threshold=None, method="auto"):
    """The margin of a fitted model, where its structure is known.

    Parameters
    ----------
    estimator : estimator
        Fitted. Pipelines of scalers, `FixedThresholdClassifier`,
        `TunedThresholdClassifierCV`, `FrozenEstimator` and searches are looked
        through.
    target : object, default=None
        The wanted class; None: the last one.
    threshold : float, default=None
        The wanted class is reached where its `predict_proba` (else the
        `decision_function`) is at least this; None: where it is predicted. A
        regressor needs it: its prediction has to be at least this.
    method : {"auto", "linear", "tree"}, default="auto"
        Which kind of model to look for.

    Returns
    -------
    margin : LinearMargin, TreeMargin or None
        None for a model whose structure is not known, or which did not answer as
        its structure says on 64 generated rows (with a warning).

    Raises
    ------
    ValueError
        If `target` is no class of the model, or a regressor comes without a
        threshold.
    """
    if method not in ("auto", "linear", "tree"):
        raise ValueError(
            f"method={method!r} is not known; use 'auto', 'linear' or 'tree'."
        )
    wish = _first_wish(estimator, target, threshold)
    if wish is None:
        return None

    def ask(X):
        return ask_model(estimator, X, target=target, threshold=threshold)

    margin = _read(estimator, wish, ColumnSteps(), ask, method)
    if margin is None:
        return None
    rows = generated_rows(margin)
    try:
        said = ask(rows)
    except Exception:
        # The model wants its rows in another container: nothing can be compared.
        return None
    if not np.array_equal(margin.reaches(rows), said):
        warnings.warn(
            f"{type(estimator).__name__} does not answer as its "
            f"{'weights' if margin.kind == 'linear' else 'trees'} say on generated "
            "rows; it is asked for every prediction instead.",
            UserWarning,
            stacklevel=2,
        )
        return None
    return margin


def ask_model(estimator, X, *, target=None, threshold=None):
    """Whether the model's own answer for each row of an array is in the target set."""
    with warnings.catch_warnings():
        # Fitted on a frame, asked with an array of the same columns.
        warnings.simplefilter("ignore")
        if is_regressor(estimator):
            return np.asarray(estimator.predict(X)).ravel() >= threshold
        target = estimator.classes_[-1] if target is None else target
        if threshold is None:
            return np.asarray(estimator.predict(X)) == target
        number = np.flatnonzero(np.asarray(estimator.classes_) == target)[0]
        if hasattr(estimator, "predict_proba"):
            return np.asarray(estimator.predict_proba(X))[:, number] >= threshold
        score = np.asarray(estimator.decision_function(X))
        if score.ndim == 1:
            return (score if number else -score) >= threshold
        return score[:, number] >= threshold


def _first_wish(estimator, target, threshold):
    if is_regressor(estimator):
        if threshold is None:
            raise ValueError(
                f"{type(estimator).__name__} is a regressor: threshold=None says no "
                "goal; pass the value that a prediction has to reach."
            )
        return Wish(target=None, threshold=float(threshold))
    classes = getattr(estimator, "classes_", None)
    if classes is None or np.ndim(classes) != 1 or len(classes) < 2:
        return None
    classes = np.asarray(classes)
    if target is None:
        target = classes[-1]
    found = np.flatnonzero(classes == target)
    if not len(found):
        raise ValueError(
            f"target={target!r} is none of the classes {classes.tolist()} of "
            f"{type(estimator).__name__}."
        )
    if threshold is not None:
        threshold = float(threshold)
    return Wish(int(found[0]), threshold, _response(estimator))


def _response(estimator):
    has_shares = hasattr(estimator, "predict_proba")
    return "predict_proba" if has_shares else "decision_function"


def _read(estimator, wish, steps, ask, method):
    """Look through wrappers down to a model whose structure is known."""
    if isinstance(estimator, FrozenEstimator):
        return _read(estimator.estimator, wish, steps, ask, method)
    if isinstance(estimator, (GridSearchCV, RandomizedSearchCV)):
        return _read(estimator.best_estimator_, wish, steps, ask, method)
    if isinstance(estimator, Pipeline):
        for _, step in estimator.steps[:-1]:
            if not steps.add(step):
                return None
        return _read(estimator.steps[-1][1], wish, steps, ask, method)
    if isinstance(estimator, (FixedThresholdClassifier, TunedThresholdClassifierCV)):
        inner = getattr(estimator, "estimator_", estimator.estimator)
        if wish.threshold is None:
            wish = _wish_behind_threshold(estimator, inner, wish)
        return _read(inner, wish, steps, ask, method)
    if method != "tree":
        margin = read_linear(estimator, wish, steps, ask)
        if margin is not None or method == "linear":
            return margin
    model = read_sklearn_trees(estimator) or read_boosting_trees(estimator)
    if model is None:
        return None
    if steps:
        nodes = model.table.nodes.copy()
        inner = np.flatnonzero(nodes["feature"] >= 0)
        nodes["threshold"][inner] = steps.thresholds(
            nodes["threshold"][inner], nodes["feature"][inner]
        )
        model = replace(model, table=replace(model.table, nodes=nodes))
    return model.margin(wish)


def _wish_behind_threshold(estimator, inner, wish):
    """A class is predicted: its score, or that of the other class, at a threshold."""
    response = estimator.response_method
    if response == "auto":
        response = _response(inner)
    if isinstance(estimator, FixedThresholdClassifier):
        threshold = estimator.threshold
        if threshold == "auto":
            threshold = 0.5 if response == "predict_proba" else 0.0
        positive = estimator.pos_label
    else:
        threshold, positive = estimator.best_threshold_, None
    classes = np.asarray(estimator.classes_)
    number = 1 if positive is None else int(np.flatnonzero(classes == positive)[0])
    # Not the positive class: its score must stay below the threshold.
    return Wish(number, float(threshold), response, wanted=number == wish.target)
