# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Checks of a table whose columns may be of any kind."""

from collections import Counter

import narwhals.stable.v1 as nw
import numpy as np
from sklearn.utils import check_array

# What check_array is asked for: columns of any kind, missing values welcome.
CHECK_PARAMS = {
    "dtype": None,
    "accept_sparse": ["csc", "csr"],
    "ensure_all_finite": False,
}

# Whole numbers up to here are doubles exactly.
_MOST_ROWS = 2**53


def is_frame(X):
    """Whether X is an eager dataframe of a library that narwhals knows."""
    if nw.dependencies.is_into_dataframe(X):
        return True
    if nw.dependencies.is_into_lazyframe(X):
        raise TypeError(
            f"X is a {type(X).__name__}, whose rows are not there yet; collect it "
            "first, or give its parts to partial_fit one after the other."
        )
    return False


def check_frame(X):
    """What `check_array` says of an array without rows or columns; names once each."""
    for axis, what in enumerate(("sample", "feature")):
        if X.shape[axis] == 0:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape={tuple(X.shape)}) while a "
                "minimum of 1 is required."
            )
    names = column_names(X)
    if len(set(names)) < len(names):
        name, times = Counter(names).most_common(1)[0]
        raise ValueError(
            f"X has {times} columns of the name {name!r}; names must be unique, so "
            "that a ranking says which column it means. Rename or drop the others."
        )


def column_names(X):
    """Names of the columns of a dataframe, as a list."""
    # The columns of a pyarrow table are its data.
    return list(getattr(X, "column_names", None) or X.columns)


def validate_table(X):
    """Validate a table outside an estimator.

    Returns
    -------
    X : ndarray, sparse array or dataframe
    names : list of str or None
    """
    if is_frame(X):
        check_frame(X)
        return X, column_names(X)
    return check_array(X, **CHECK_PARAMS), None


def categorical_mask(wanted, n_features, names=None):
    """Mask of the columns that the user declared categorical.

    Parameters
    ----------
    wanted : "auto", "all", None or array-like
        The parameter `categorical_features`.
    n_features : int
    names : sequence of str, default=None

    Returns
    -------
    mask : ndarray of shape (n_features,), dtype bool
        False where the data decide.
    """
    mask = np.zeros(n_features, dtype=bool)
    if wanted is None or (isinstance(wanted, str) and wanted == "auto"):
        return mask
    if isinstance(wanted, str):
        if wanted != "all":
            raise ValueError(
                f"categorical_features={wanted!r} is not known; use 'auto', 'all', "
                "None, a mask, indices or names."
            )
        return ~mask
    wanted = np.asarray(wanted)
    if wanted.size == 0:
        return mask
    if wanted.dtype == bool:
        if wanted.shape != mask.shape:
            raise ValueError(
                f"categorical_features is a mask of shape {wanted.shape}, but X "
                f"has {n_features} columns."
            )
        return wanted.copy()
    if wanted.dtype.kind in "iu":
        outside = (wanted < 0) | (wanted >= n_features)
        if outside.any():
            raise ValueError(
                f"categorical_features holds the index {wanted[outside][0]}, but X "
                f"has {n_features} columns; use 0 to {n_features - 1}."
            )
        mask[wanted] = True
        return mask
    names = [] if names is None else list(names)
    unknown = [name for name in wanted.tolist() if name not in names]
    if unknown:
        raise ValueError(
            f"categorical_features names {unknown[0]!r}, which is not a column of "
            "X; names need a dataframe with these columns."
        )
    chosen = set(wanted.tolist())
    return np.array([name in chosen for name in names])


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
    if rounded.sum() > _MOST_ROWS:
        raise ValueError(
            f"sample_weight sums to {rounded.sum():.3g}; counts are exact up to 2^53 "
            "rows. Divide the weights by a common factor."
        )
    return rounded.astype(np.int64)
