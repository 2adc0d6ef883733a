# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Trees of LightGBM and XGBoost, from what the libraries write down themselves.

Neither library is imported: a fitted model brings its own along.
"""

import json

import numpy as np

from sklearn_fs.recourse._goals import (
    LINK_SOFTMAX,
    sigmoid32,
)
from sklearn_fs.recourse._monotone import float32_at_most, float32_below
from sklearn_fs.recourse._tree_model import TreeModel, hole, sides_of_codes
from sklearn_fs.recourse._tree_table import TreeBuilder

# LightGBM calls a number this close to 0 a zero: float32(1e-35), as a double.
_LIGHTGBM_ZERO = float(np.float32(1e-35))
_XGBOOST_IDENTITY = {
    "reg:squarederror",
    "reg:absoluteerror",
    "reg:pseudohubererror",
    "reg:squaredlogerror",
    "reg:quantileerror",
}
_XGBOOST_EXP = {"count:poisson", "reg:gamma", "reg:tweedie"}


def read_boosting_trees(estimator):
    """The trees of a fitted LightGBM or XGBoost estimator, or None.

    Parameters
    ----------
    estimator : estimator

    Returns
    -------
    model : TreeModel or None
    """
    names = {base.__module__.partition(".")[0] for base in type(estimator).__mro__}
    if "lightgbm" in names and hasattr(estimator, "booster_"):
        return _read_lightgbm(estimator)
    if "xgboost" in names and hasattr(estimator, "get_booster"):
        return _read_xgboost(estimator)
    return None


def loses_zeros(estimator):
    """Whether zeros which a sparse matrix leaves out are missing to an estimator."""
    names = {base.__module__.partition(".")[0] for base in type(estimator).__mro__}
    return "xgboost" in names


# LightGBM -------------------------------------------------------------------


def _read_lightgbm(estimator):
    dump = estimator.booster_.dump_model()
    objective, *options = str(dump.get("objective", "")).split(" ")
    options = dict(o.split(":", 1) for o in options if ":" in o)
    n_outputs = dump["num_tree_per_iteration"]
    classes = getattr(estimator, "classes_", None)
    model = _lightgbm_link(objective, options, classes, n_outputs)
    if model is None:
        return None
    builder = TreeBuilder(n_outputs)
    for number, tree in enumerate(dump["tree_info"]):
        arrays = _flatten_lightgbm(tree["tree_structure"])
        if arrays is None:
            return None
        *columns, cells = arrays
        builder.add(*columns, number % n_outputs, cells)
    if not dump["tree_info"]:
        return None
    model["table"] = builder.build(np.zeros(n_outputs))
    if dump.get("average_output"):
        # Random forest: sums over the number of rounds, before anything else.
        if n_outputs > 1:
            return None
        rounds = len(dump["tree_info"])
        for name in ("chosen", "share", "value"):
            function = model.get(name)
            if function is not None:
                model[name] = lambda raw, f=function: f(raw / rounds)
        if classes is None and model.get("value") is None:
            model["value"] = lambda raw: raw / rounds
    return TreeModel(n_features=estimator.n_features_in_, classes=classes, **model)


def _lightgbm_link(objective, options, classes, n_outputs):
    """How LightGBM turns sums into answers, as arguments of `TreeModel`."""
    if classes is None:
        if objective in ("regression", "huber", "fair", "quantile", "mape"):
            return None if "sqrt" in options else {}
        if objective in ("regression_l1", "regression_l2", "mean_squared_error"):
            return {}
        if objective in ("poisson", "gamma", "tweedie"):
            return {"value": np.exp}
        return None
    if objective == "binary" and n_outputs == 1:
        slope = float(options.get("sigmoid", 1.0))

        def share(raw):
            return 1.0 / (1.0 + np.exp(-slope * raw))

        # `predict` takes the larger of [1 - p, p]; the first one wins a tie.
        return {"share": share, "chosen": lambda raw: share(raw) > 1.0 - share(raw)}
    if objective == "multiclass":
        return {"link": LINK_SOFTMAX}
    return None


def _flatten_lightgbm(root):
    """Arrays of a nested tree, in depth-first order; None for linear leaves."""
    feature, threshold, left, right, missing, value = [], [], [], [], [], []
    cells = {}
    pending = [(root, None, None)]
    while pending:
        node, parent, side = pending.pop()
        at = len(feature)
        if parent is not None:
            (left if side else right)[parent] = at
        left.append(0)
        right.append(0)
        if "split_feature" not in node:
            if "leaf_const" in node:
                return None
            feature.append(-1)
            threshold.append(0.0)
            missing.append(0)
            value.append(float(node.get("leaf_value", 0.0)))
            continue
        feature.append(node["split_feature"])
        value.append(0.0)
        kind = node["missing_type"]
        if node["decision_type"] == "==":
            codes = [int(c) for c in str(node["threshold"]).split("||")]
            cells[at] = sides_of_codes(codes, True, _below_code)
            threshold.append(0.0)
            missing.append(0)  # a missing category goes right
        else:
            cut = _beyond_zero(float(node["threshold"]))
            default = bool(node["default_left"])
            threshold.append(cut)
            if kind == "None":
                missing.append(int(0.0 <= cut))  # a missing value is 0
            else:
                missing.append(int(default))
            if kind == "Zero":
                cells[at] = hole(
                    cut, np.nextafter(-_LIGHTGBM_ZERO, -1.0), _LIGHTGBM_ZERO, default
                )
        pending.append((node["right_child"], at, False))
        pending.append((node["left_child"], at, True))
    return feature, threshold, left, right, missing, value, cells


def _beyond_zero(cut):
    """Where LightGBM really cuts: it takes a row's tiny numbers for 0 beforehand."""
    if -_LIGHTGBM_ZERO <= cut < 0:
        return float(np.nextafter(-_LIGHTGBM_ZERO, -1.0))
    return _LIGHTGBM_ZERO if 0 <= cut < _LIGHTGBM_ZERO else cut


def _below_code(codes):
    """LightGBM cuts towards 0: anything above -1 and below 1 is category 0."""
    return np.where(codes == 0, -1.0, np.nextafter(codes, -np.inf))


# XGBoost --------------------------------------------------------------------


def _read_xgboost(estimator):
    learner = json.loads(estimator.get_booster().save_raw("json"))["learner"]
    booster = learner["gradient_booster"]
    weights = None
    if booster["name"] == "dart":
        weights = booster["weight_drop"]
        booster = booster["gbtree"]
    elif booster["name"] == "gbtree":
        # Since XGBoost 3.4 dropout is an option of trees, not a booster of its own.
        weights = booster["model"].get("weight_drop")
    else:
        return None
    if weights is not None:
        weights = np.asarray(weights, dtype=np.float32)
    classes = getattr(estimator, "classes_", None)
    n_outputs = max(1, int(learner["learner_model_param"]["num_class"]))
    if int(learner["learner_model_param"].get("num_target", 1)) > 1:
        return None
    objective = learner["objective"]["name"]
    link = _xgboost_link(objective, classes, n_outputs)
    start = xgboost_base_score(learner, objective, n_outputs)
    if link is None or start is None:
        return None
    missing = float(estimator.missing) if estimator.missing is not None else np.nan
    trees = booster["model"]["trees"]
    # Without an evaluation set there is no best iteration, and all trees count.
    best = getattr(estimator, "best_iteration", None) if _stopped(estimator) else None
    if best is not None:
        trees = trees[: booster["model"]["iteration_indptr"][best + 1]]
    builder = TreeBuilder(n_outputs)
    for number, (tree, output) in enumerate(
        zip(trees, booster["model"]["tree_info"], strict=False)
    ):
        if int(tree["tree_param"]["size_leaf_vector"]) > 1:
            return None
        weight = None if weights is None else weights[number]
        begin = np.float32(start[output])
        _add_xgboost_tree(builder, tree, output, missing, weight, begin)
    if not trees:
        return None
    return TreeModel(
        table=builder.build(start, single=True),
        n_features=estimator.n_features_in_,
        classes=classes,
        **link,
    )


def _stopped(estimator):
    return "best_iteration" in estimator.get_booster().attributes()


def _xgboost_link(objective, classes, n_outputs):
    """How XGBoost turns float32 sums into answers, as arguments of `TreeModel`."""
    if classes is None:
        if objective in _XGBOOST_IDENTITY:
            return {}
        if objective in ("reg:logistic", "binary:logistic"):
            return {"value": sigmoid32}
        if objective in _XGBOOST_EXP:
            return {"value": lambda raw: np.exp(raw).astype(np.float32)}
        return None
    if objective == "binary:logistic" and n_outputs == 1:
        return {"share": sigmoid32, "chosen": lambda raw: sigmoid32(raw) > 0.5}
    if objective in ("multi:softprob", "multi:softmax") and n_outputs > 1:
        return {"link": LINK_SOFTMAX}
    return None


def xgboost_base_score(learner, objective, n_outputs):
    """Where the float32 sums of XGBoost start, or None."""
    text = str(learner["learner_model_param"]["base_score"]).strip("[]")
    score = np.array([float(s) for s in text.split(",")], dtype=np.float32)
    if objective in ("binary:logistic", "reg:logistic"):
        # As the library writes the logit, in float32 throughout.
        one = np.float32(1.0)
        with np.errstate(divide="ignore"):
            odds = (one / score - one).astype(np.float64)
            score = (-np.log(odds)).astype(np.float32)
    elif objective in _XGBOOST_EXP:
        with np.errstate(divide="ignore"):
            score = np.log(score.astype(np.float64)).astype(np.float32)
    if len(score) not in (1, n_outputs):
        return None
    return np.broadcast_to(score, n_outputs).astype(np.float64)


def _add_xgboost_tree(builder, tree, output, missing, weight, start):
    left = np.asarray(tree["left_children"], dtype=np.int64)
    condition = np.asarray(tree["split_conditions"], dtype=np.float32)
    leaf = left < 0
    values = condition
    if weight is not None:
        # DART lets each tree predict from the start of the sums, takes that away
        # again and weighs what is left, all of it in float32.
        values = ((condition + start) - start) * weight
    default = np.asarray(tree["default_left"], dtype=bool)
    cuts = float32_below(np.where(leaf, np.float32(0.0), condition))
    cells = {}
    for place, at in enumerate(tree["categories_nodes"]):
        first = tree["categories_segments"][place]
        size = tree["categories_sizes"][place]
        listed = tree["categories"][first : first + size]
        # Listed categories go right, and so does nothing else.
        cells[at] = sides_of_codes(listed, False, float32_below)
    if not np.isnan(missing):
        # The library compares in float32, the marker too.
        missing = np.float32(missing)
        below, top = float32_below([missing])[0], float32_at_most([missing])[0]
        for at in np.flatnonzero(~leaf):
            if at in cells:
                return None
            cells[at] = hole(cuts[at], below, top, bool(default[at]))
    builder.add(
        np.where(leaf, -1, tree["split_indices"]),
        cuts,
        left,
        np.asarray(tree["right_children"], dtype=np.int64),
        default,
        values.astype(np.float64),
        output,
        cells,
    )
