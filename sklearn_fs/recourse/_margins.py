# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Models that can be read: linear ones and trees, also behind column-wise steps.

A margin says exactly, and without asking the model, which rows reach the goal. What
cannot be read is None, and the model is asked instead.
"""

import warnings
from dataclasses import replace

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.pipeline import Pipeline

from sklearn_fs.recourse._column_maps import Rising, Tabled, make_steps
from sklearn_fs.recourse._goals import Wish, monotone_cut
from sklearn_fs.recourse._inputs import Numbers
from sklearn_fs.recourse._linear_margin import read_linear
from sklearn_fs.recourse._monotone import next_above
from sklearn_fs.recourse._native_categories import native_codes
from sklearn_fs.recourse._preprocessing import follow
from sklearn_fs.recourse._tree_behind import table_behind
from sklearn_fs.recourse._tree_readers_boosting import (
    loses_zeros,
    read_boosting_trees,
)
from sklearn_fs.recourse._tree_readers_sklearn import read_sklearn_trees

_N_CHECKS = 64


def read_margin(estimator, *, target=None, threshold=None, method="auto", inputs=None):
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
    inputs : Inputs, default=None
        The original columns; None: they are all numbers.

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
    if inputs is None:
        inputs = Numbers(estimator.n_features_in_)
    reader = _Reader(inputs, method)
    return reader.read(estimator, Wish(index, threshold, response))


class _Reader:
    """Goes through the wrappers and the steps of a model down to what adds up.

    Parameters
    ----------
    inputs : Inputs or Numbers
    method : {"auto", "linear", "tree"}
    """

    def __init__(self, inputs, method):
        self.inputs, self.method = inputs, method
        self.block, self.steps = inputs.block(), []

    def read(self, estimator, wish):
        """The margin of an estimator that gets the present columns, or None."""
        if isinstance(estimator, FrozenEstimator):
            return self.read(estimator.estimator, wish)
        if isinstance(estimator, GridSearchCV | RandomizedSearchCV):
            return self.read(estimator.best_estimator_, wish)
        if isinstance(estimator, FixedThresholdClassifier | TunedThresholdClassifierCV):
            wish = _thresholded(estimator, wish)
            return None if wish is None else self.read(estimator.estimator_, wish)
        if isinstance(estimator, CalibratedClassifierCV):
            wish = _calibrated(estimator, wish)
            inner = estimator.calibrated_classifiers_[0].estimator
            return None if wish is None else self.read(inner, wish)
        if not isinstance(estimator, Pipeline):
            return self._inner(estimator, wish)
        for _, step in estimator.steps[:-1]:
            self.block = follow(step, self.block, self.inputs)
            if self.block is None:
                return None
            self.steps.append(step)
        return self.read(estimator.steps[-1][1], wish)

    def _inner(self, estimator, wish):
        margin = model = None
        if self.method in ("auto", "linear"):
            margin = read_linear(estimator, wish)
        if margin is None and self.method != "linear":
            coded = [
                k for k, c in enumerate(self.block.columns) if isinstance(c, Tabled)
            ]
            model = read_sklearn_trees(estimator, [] if self.steps else coded)
            model = model or read_boosting_trees(estimator)
        if margin is None and model is None:
            return None
        n_features = len(margin.weights) if model is None else model.n_features
        columns = self._columns(estimator)
        if columns is None or len(columns) != n_features:
            return None
        n_sources = self.inputs.n_columns
        plain = n_features == n_sources and all(
            _is_plain(column, j) for j, column in enumerate(columns)
        )
        if model is None:
            return margin if plain else margin.behind(columns, n_sources)
        if not plain:
            zeros = self.block.sparse and loses_zeros(estimator)
            table = table_behind(model.table, columns, zero_is_missing=zeros)
            model = replace(model, table=table, n_features=n_sources)
        return model.margin(wish)

    def _columns(self, estimator):
        """The columns that the model gets, those of categories as steps of codes."""
        columns = list(self.block.columns)
        for j in {c.source for c in columns if isinstance(c, Tabled)}:
            # What a column of a category becomes is asked, once for each category.
            try:
                values = self.inputs.tabulate(
                    j, self._transform if self.steps else native_codes(estimator)
                )
            except (TypeError, ValueError):
                return None
            for k, column in enumerate(columns):
                if isinstance(column, Tabled) and column.source == j:
                    ends = np.arange(float(len(values) - 2))
                    columns[k] = make_steps(j, ends, values[:-1, k], values[-1, k])
        return columns

    def _transform(self, X):
        for step in self.steps:
            X = X if step in (None, "passthrough") else step.transform(X)
        return X


def _is_plain(column, j):
    return (
        isinstance(column, Rising)
        and column.source == j
        and column.function is None
        and np.isnan(column.missing)
    )


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


def _calibrated(estimator, wish):
    """The wish as one about the single model whose scores are calibrated."""
    classifiers = estimator.calibrated_classifiers_
    if len(classifiers) != 1 or len(estimator.classes_) != 2:
        return None
    inner, calibrators = classifiers[0].estimator, classifiers[0].calibrators
    if estimator.method == "temperature" or loses_zeros(inner):
        # Temperatures act on two scores; XGBoost's scores are float32.
        return None
    if wish.threshold is not None and wish.response != "predict_proba":
        return None
    decides = hasattr(inner, "decision_function")
    response = "decision_function" if decides else "predict_proba"

    def wanted(raw):
        share = calibrators[0].predict(np.clip(raw, -1e300, 1e300))
        rest = 1.0 - share
        if wish.threshold is None:
            # The first class wins a tie.
            reached = share > rest if wish.target else share <= rest
        else:
            reached = (share if wish.target else rest) >= wish.threshold
        return reached == wish.wanted

    cut = monotone_cut(wanted)
    if cut.sign > 0:
        return Wish(1, cut.cut, response)
    return Wish(1, float(next_above(-cut.cut)), response, wanted=False)


def agrees(margin, goal, inputs, random_state):
    """Compare a margin with its model on generated rows.

    Parameters
    ----------
    margin : LinearMargin or TreeMargin
    goal : Goal
    inputs : Inputs
        Some people.
    random_state : RandomState

    Returns
    -------
    agrees : bool
        A warning is given where they do not.
    """
    Z, action_set = inputs.Z, inputs.action_set
    rows = random_state.randint(len(Z), size=_N_CHECKS)
    made = Z[rows]
    # Half of the cells come from other rows: combinations that nobody has.
    others = random_state.randint(len(Z), size=made.shape)
    swap = random_state.random_sample(made.shape) < 0.5
    # Only columns that the action set can move hold numbers for sure.
    swap &= np.array([feature.actionable for feature in action_set])
    new = Z[others, np.arange(Z.shape[1])]
    # A category without a number can be kept, but not given to somebody else.
    swap &= ~np.isnan(new) | [f.kind != "categorical" for f in action_set]
    made = np.where(swap, new, made)
    model = goal.reaches(inputs.table.changed(rows, made, Z, action_set))
    made = np.where(swap, made, inputs.seen[rows])
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
