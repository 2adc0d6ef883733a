# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Checks of a table whose columns may be of any kind."""

import narwhals.stable.v1 as nw
import numpy as np
from sklearn.utils import check_array

# What check_array is asked for: columns of any kind, missing values welcome.
CHECK_PARAMS = {
    "dtype": None,
    "accept_sparse": ["csc", "csr"],
    "ensure_all_finite": False,
}


def is_frame(X):
    """Whether X is an eager dataframe of a library that narwhals knows."""
    return nw.dependencies.is_into_dataframe(X)


def check_frame_size(X):
    """What `check_array` says of an array without rows or columns."""
    for axis, what in enumerate(("sample", "feature")):
        if X.shape[axis] == 0:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape={tuple(X.shape)}) while a "
                "minimum of 1 is required."
            )


def validate_table(X):
    """Validate a table outside an estimator.

    Returns
    -------
    X : ndarray, sparse array or dataframe
    names : list of str or None
    """
    if is_frame(X):
        check_frame_size(X)
        return X, list(nw.from_native(X, eager_only=True).columns)
    return check_array(X, **CHECK_PARAMS), None


def check_frequencies(sample_weight):
    """Integer frequencies, or an error that says why nothing else can be taken."""
    rounded = np.round(sample_weight)
    if not np.array_equal(rounded, sample_weight):
        bad = np.asarray(sample_weight)[rounded != sample_weight][0]
        raise ValueError(
            f"sample_weight must hold whole numbers, got {bad}: chance is computed by "
            "counting rows, so a weight is how often a row occurs; round the weights "
            "or repeat the rows."
        )
    return rounded.astype(np.int64)
