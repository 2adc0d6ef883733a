# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the selectors on spline networks share: checks and sizes."""

from numbers import Integral

import narwhals.stable.v1 as nw
import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_array, validate_data

from sklearn_fs._utils._top_k import resolve_k
from sklearn_fs.neural_network import KANClassifier, KANRegressor


def check_for_network(selector, X, y):
    """Check X and y as the network of a selector does.

    Parameters
    ----------
    selector : object
        Has the parameters `estimator` and `task`; gets `n_features_in_` and, with a
        dataframe, `feature_names_in_`.
    X, y : object
        What the user passed.

    Returns
    -------
    X : ndarray or dataframe
        A dataframe stays one, for its categorical columns.
    y : ndarray
        Targets.
    network : BaseKAN
        Unfitted; to be cloned.
    """
    if y is None:
        raise ValueError(
            f"{type(selector).__name__} requires y to be passed, but the target y is "
            "None"
        )
    validate_data(selector, X, reset=True, skip_check_array=True)
    y = check_array(y, ensure_2d=False, dtype=None, input_name="y")
    network = _network_for(selector.estimator, selector.task, y)
    checked, _ = clone(network)._check_X_y(X, y)
    if not nw.dependencies.is_into_dataframe(X):
        X = checked
    return X, y, network


def _network_for(estimator, task, y):
    """The network itself, or the default one of the kind that the target asks for."""
    if estimator is not None:
        kind = "classification" if is_classifier(estimator) else "regression"
        if task not in ("auto", kind):
            raise ValueError(
                f"task={task!r} does not fit estimator={estimator!r}; "
                'leave task="auto" when an estimator is given.'
            )
        return estimator
    if task == "auto":
        classes = type_of_target(y) in ("binary", "multiclass")
    else:
        classes = task == "classification"
    return KANClassifier() if classes else KANRegressor()


def n_wanted(k, n_features):
    """`n_features_to_select` as a number of columns, or None.

    A share is rounded up, as in the published protocol.
    """
    if k is not None and not isinstance(k, Integral):
        # 1e-9 absorbs the rounding of the product.
        k = max(1, int(np.ceil(k * n_features - 1e-9)))
    return k if k is None else resolve_k(k, n_features)
