# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Trees of scikit-learn: single trees, forests, both kinds of gradient boosting."""

import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
)

from sklearn_fs._sklearn_compat import boosting_start, hist_gradient_boosting_parts
from sklearn_fs.recourse._goals import (
    LINK_DIVIDE,
    LINK_NONE,
    LINK_SOFTMAX,
    sigmoid64,
)
from sklearn_fs.recourse._monotone import float32_at_most
from sklearn_fs.recourse._tree_model import TreeModel, sides_of_categories
from sklearn_fs.recourse._tree_table import TreeBuilder

# ExtraTreeClassifier and ExtraTreeRegressor are subclasses of the single trees.
_TREES = (DecisionTreeClassifier, DecisionTreeRegressor)
_FORESTS = (
    RandomForestClassifier,
    RandomForestRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
)
_BOOSTED = (GradientBoostingClassifier, GradientBoostingRegressor)
_BINNED = (HistGradientBoostingClassifier, HistGradientBoostingRegressor)


def read_sklearn_trees(estimator, coded=()):
    """The trees of a fitted scikit-learn model, or None.

    Parameters
    ----------
    estimator : estimator
    coded : sequence of int, default=()
        Categorical columns whose values are read as places among those that the model
        knows; other ones are read as the numbers that they are.

    Returns
    -------
    model : TreeModel or None
    """
    if isinstance(estimator, _TREES):
        return _read_forest(estimator, [estimator])
    if isinstance(estimator, _FORESTS):
        return _read_forest(estimator, estimator.estimators_)
    if isinstance(estimator, _BOOSTED):
        return _read_boosted(estimator)
    if isinstance(estimator, _BINNED):
        return _read_binned(estimator, set(coded))
    return None


def _add_tree(builder, tree, values, output, cuts):
    """One `tree_`; `cuts` are its thresholds for float64 values."""
    builder.add(
        np.where(tree.children_left < 0, -1, tree.feature),
        cuts,
        tree.children_left,
        tree.children_right,
        tree.missing_go_to_left,
        values,
        output,
    )


def _read_forest(estimator, trees):
    if estimator.n_outputs_ != 1:
        return None
    classes = getattr(estimator, "classes_", None)
    n_outputs = 1 if classes is None else len(classes)
    if classes is not None and n_outputs < 2:
        return None
    builder = TreeBuilder(n_outputs)
    for member in trees:
        tree = member.tree_
        cuts = float32_at_most(tree.threshold)
        values = tree.value[:, 0, :n_outputs]
        _add_tree(builder, tree, values, -1 if classes is not None else 0, cuts)
    return TreeModel(
        table=builder.build(np.zeros(n_outputs)),
        n_features=estimator.n_features_in_,
        classes=classes,
        link=LINK_DIVIDE,
        divisor=float(len(trees)),
    )


def _read_boosted(estimator):
    """Start from a constant; a model as `init` depends on the row and is not read."""
    n_outputs = estimator.n_trees_per_iteration_
    init = estimator.init_
    if not (
        isinstance(init, str) or isinstance(init, (DummyClassifier, DummyRegressor))
    ):
        return None
    if isinstance(init, DummyClassifier) and init.strategy in ("stratified", "uniform"):
        return None
    start = boosting_start(estimator)
    builder = TreeBuilder(n_outputs)
    for stage in estimator.estimators_:
        for k, member in enumerate(stage):
            tree = member.tree_
            values = estimator.learning_rate * tree.value[:, 0, 0]
            _add_tree(builder, tree, values, k, float32_at_most(tree.threshold))
    classes = getattr(estimator, "classes_", None)
    exponential = getattr(estimator, "loss", None) == "exponential"
    return TreeModel(
        table=builder.build(start),
        n_features=estimator.n_features_in_,
        classes=classes,
        link=LINK_NONE if n_outputs == 1 else LINK_SOFTMAX,
        links_before_choice=False,
        chosen=lambda raw: raw >= 0,
        share=(lambda raw: sigmoid64(2.0 * raw)) if exponential else sigmoid64,
    )


def _read_binned(estimator, coded):
    parts = hist_gradient_boosting_parts(estimator)
    for column, known in parts.categories.items():
        if parts.columns[column] in coded:
            parts.categories[column] = np.arange(len(known))
        elif not np.issubdtype(known.dtype, np.number):
            return None
    n_outputs = estimator.n_trees_per_iteration_
    builder = TreeBuilder(n_outputs)
    for stage in parts.predictors:
        for k, predictor in enumerate(stage):
            nodes = predictor.nodes
            leaf = nodes["is_leaf"].astype(bool)
            feature = np.where(leaf, -1, parts.columns[nodes["feature_idx"]])
            cells = {}
            for at in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf):
                column = nodes["feature_idx"][at]
                known = parts.categories[column]
                bits = predictor.raw_left_cat_bitsets[nodes["bitset_idx"][at]]
                codes = np.arange(len(known))
                left = (bits[codes // 32] >> (codes % 32).astype(np.uint32)) & 1
                cells[at] = sides_of_categories(
                    known, left.astype(bool), bool(nodes["missing_go_to_left"][at])
                )
            builder.add(
                feature,
                nodes["num_threshold"],
                nodes["left"],
                nodes["right"],
                nodes["missing_go_to_left"],
                nodes["value"],
                k,
                cells,
            )
    classes = getattr(estimator, "classes_", None)
    identity = classes is not None or estimator.loss in (
        "squared_error",
        "absolute_error",
        "quantile",
    )
    return TreeModel(
        table=builder.build(np.ravel(parts.baseline)),
        n_features=estimator.n_features_in_,
        classes=classes,
        link=LINK_NONE if n_outputs == 1 else LINK_SOFTMAX,
        links_before_choice=False,
        chosen=lambda raw: raw > 0,
        share=sigmoid64,
        value=None if identity else np.exp,
    )
