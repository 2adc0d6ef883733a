# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reasons of other explanations, and whether anything can be done about them."""

from numbers import Integral

import numpy as np


def compare_attributions(scorer, X, attributions, k, action_aware, sign):
    """See :meth:`ExplanationMixin.compare_explanations`."""
    if not isinstance(k, Integral) or k < 1:
        raise ValueError(f"k={k!r} must be an integer of at least 1.")
    if sign not in ("abs", "adverse"):
        raise ValueError(f"sign={sign!r} is not one of 'abs' and 'adverse'.")
    if not hasattr(attributions, "items"):
        raise TypeError(
            "attributions must be a dict from a name to an array, an Explanation or a "
            f"function, got {type(attributions).__name__}."
        )
    shares, place, approved, _ = scorer._measure(X)
    denied = np.flatnonzero(~approved)
    score = shares.score[place[denied]]
    classes = scorer.recourse_class(X)[denied]
    can = np.array([feature.actionable for feature in scorer.action_set_])
    shape = (len(place), len(can))
    found = {}
    for name, given in attributions.items():
        values = _values_of(name, given, X, shape, scorer)[denied]
        if action_aware:
            values = np.where(can, values, 0.0)
        if sign == "adverse":
            values = np.where(values < 0, values, 0.0)
        row = {"name": name, "n_denied": len(denied)}
        row |= _counts(_reasons(values, k), score > 0, classes)
        for key, value in row.items():
            found.setdefault(key, []).append(value)
    try:
        import pandas as pd
    except ImportError:
        return found
    return pd.DataFrame(found)


def _reasons(values, k):
    """Which columns are the reasons of each person."""
    size = np.abs(values)
    order = np.argsort(-size, axis=1, kind="stable")[:, :k]
    given = np.zeros(values.shape, dtype=bool)
    np.put_along_axis(given, order, True, axis=1)
    return given & (size > 0)


def _counts(given, helps, classes):
    n_given = given.sum(axis=1)
    n_helping = (given & helps).sum(axis=1)
    has = n_given > 0
    n_given, n_helping = n_given[has], n_helping[has]

    def share(mask):
        return float(np.mean(mask)) if len(mask) else float("nan")

    return {
        "with_reasons": share(has),
        "all_unresponsive": share(n_helping == 0),
        "some_unresponsive": share(n_helping < n_given),
        "some_responsive": share(n_helping > 0),
        "all_responsive": share(n_helping == n_given),
        "mean_reasons": float(n_given.mean()) if len(n_given) else float("nan"),
        "unresponsive_slots": float(1 - n_helping.sum() / n_given.sum())
        if len(n_given)
        else float("nan"),
        "fixed_with_reasons": share(classes[has] == "fixed"),
    }


def _values_of(name, given, X, shape, scorer):
    if callable(given) and not hasattr(given, "values"):
        given = given(X)
    values = getattr(given, "values", given)
    if callable(values):
        raise TypeError(
            f"attributions[{name!r}]: values is a method; pass an array of shape "
            f"{shape}."
        )
    values = np.asarray(values, dtype=np.float64)
    if values.ndim == 3 and values.shape[:2] == shape:
        classes = list(getattr(scorer, "classes_", ()))
        if values.shape[2] != len(classes):
            raise ValueError(
                f"attributions[{name!r}] has {values.shape[2]} outputs, but the model "
                f"has {len(classes)} classes; pass those of the target, "
                f"of shape {shape}."
            )
        values = values[:, :, classes.index(scorer.target_)]
    if values.shape != shape:
        raise ValueError(
            f"attributions[{name!r}] has shape {values.shape}; it must have that of X, "
            f"{shape}."
        )
    if np.isnan(values).any():
        raise ValueError(
            f"attributions[{name!r}] has NaN, first in row "
            f"{int(np.flatnonzero(np.isnan(values).any(axis=1))[0])}; a column without "
            "an attribution counts as 0."
        )
    return values
