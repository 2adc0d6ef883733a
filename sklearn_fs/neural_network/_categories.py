# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which columns are categorical, and how their levels become numbers."""

import narwhals.stable.v1 as nw
import numpy as np


def encode_frame(X, categorical_features, levels):
    """Replace the levels of a dataframe's categorical columns by codes.

    Parameters
    ----------
    X : object
        Anything but an eager dataframe is returned as it is.
    categorical_features : "from_dtype", array-like or None
        Which columns are encoded: those of a categorical type, and with an explicit
        list also the string columns that it names.
    levels : dict or None
        What an earlier call returned; None finds the levels.

    Returns
    -------
    X : object
        A dataframe of the same library whose encoded columns hold floats, NaN where
        missing and -1 where the level is new.
    levels : dict
        From column name to its sorted levels; only encoded columns.
    """
    if categorical_features is None or not nw.dependencies.is_into_dataframe(X):
        return X, {}
    frame = nw.from_native(X, eager_only=True)
    found = {} if levels is None else levels
    if levels is None:
        takes_strings = not isinstance(categorical_features, str)
        for name, dtype in frame.schema.items():
            category = dtype in (nw.Categorical, nw.Enum)
            text = dtype in (nw.String, nw.Object) and takes_strings
            if category or text:
                present = frame[name].drop_nulls().unique().to_list()
                found[name] = sorted(map(str, present))
    columns = []
    for name, known in found.items():
        codes = {level: float(code) for code, level in enumerate(known)}
        values = [
            None if _is_missing(v) else codes.get(str(v), -1.0)
            for v in frame[name].to_list()
        ]
        array = np.array([np.nan if v is None else v for v in values], dtype=float)
        columns.append(
            nw.new_series(
                name, array, nw.Float64, backend=nw.get_native_namespace(frame)
            )
        )
    if not columns:
        return X, found
    if hasattr(X, "index"):
        columns = [nw.maybe_set_index(c, index=X.index) for c in columns]
    return frame.with_columns(*columns).to_native(), found


def _is_missing(value):
    return value is None or value != value


def categorical_mask(categorical_features, n_features, names, frame_levels):
    """The parameter `categorical_features` as a mask.

    Parameters
    ----------
    categorical_features : "from_dtype", array-like or None
        A mask, indices or names of columns; "from_dtype" takes the columns of a
        categorical type.
    n_features : int
        Number of columns.
    names : ndarray of shape (n_features,) or None
        Column names, if there are any.
    frame_levels : dict
        What `encode_frame` returned.

    Returns
    -------
    mask : ndarray of shape (n_features,), dtype bool
    """
    mask = np.zeros(n_features, dtype=bool)
    if names is not None:
        mask |= np.isin(names.astype(str), list(frame_levels))
    if categorical_features is None or isinstance(categorical_features, str):
        return mask
    given = np.asarray(categorical_features)
    if given.size == 0:
        return mask
    if given.dtype == bool:
        if given.shape != (n_features,):
            raise ValueError(
                f"categorical_features is a mask of shape {given.shape}; it must have "
                f"one entry for each of the {n_features} columns."
            )
        return mask | given
    if given.dtype.kind in "iu":
        if given.min() < 0 or given.max() >= n_features:
            raise ValueError(
                f"categorical_features={given.tolist()} must hold column numbers in "
                f"0..{n_features - 1}."
            )
        mask[given] = True
        return mask
    unknown = set(given.astype(str)) - set([] if names is None else names)
    if unknown:
        raise ValueError(
            f"categorical_features names columns that X does not have: "
            f"{sorted(unknown)}; pass names only with a dataframe."
        )
    return mask | np.isin(names.astype(str), given.astype(str))
