# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The one place where scores become an order and an order becomes a selection."""

import warnings
from numbers import Integral

import numpy as np


def order_by_score(scores):
    """Indices by falling score; ties keep the order of the columns.

    Parameters
    ----------
    scores : ndarray of shape (n_items,)
        NaN sorts last.

    Returns
    -------
    order : ndarray of shape (n_items,), dtype intp
    """
    return np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")


def ranking_from_order(order, k):
    """Ranks in the convention of scikit-learn's RFE.

    Parameters
    ----------
    order : ndarray of shape (n_items,)
        All items, best first.
    k : int
        The first `k` items are selected and have rank 1.

    Returns
    -------
    ranking : ndarray of shape (n_items,), dtype intp
        1 for selected items, then 2, 3, ... by falling order.
    """
    ranking = np.empty(len(order), dtype=np.intp)
    ranking[order] = np.maximum(np.arange(len(order)) - k + 2, 1)
    return ranking


def resolve_k(k, n_items, *, name="n_features_to_select", what="features"):
    """Turn the parameter that asks for a number of items into that number.

    Parameters
    ----------
    k : int, float or None
        An int is a count, a float in (0, 1] a share (at least one item), None half.
    n_items : int
        How many there are. Asking for more keeps all, with a warning.
    name, what : str
        The parameter and the kind of item, for the warning.

    Returns
    -------
    k : int in 1..n_items
    """
    if k is None:
        return max(1, n_items // 2)
    if not isinstance(k, Integral):
        return max(1, int(k * n_items))
    if k > n_items:
        warnings.warn(
            f"{name}={k} is larger than n_{what}={n_items}; all {what} are kept.",
            UserWarning,
            stacklevel=3,
        )
        return n_items
    return int(k)
