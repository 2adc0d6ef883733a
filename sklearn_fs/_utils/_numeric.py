# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which column of a table is not made of numbers, for those who cannot take it."""

from contextlib import contextmanager

import numpy as np

_REMEDY = (
    "encode it first, for example with OneHotEncoder or OrdinalEncoder in a "
    "ColumnTransformer, or leave it out"
)


@contextmanager
def numbers_only(X, remedy=_REMEDY):
    """Name the column when a table cannot be converted to numbers.

    Parameters
    ----------
    X : array-like
        The table that is converted in this context.
    remedy : str
        What to do about a column of text.

    Raises
    ------
    ValueError, TypeError
        That of the conversion, with the name of the column and the remedy.
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        found = _first_text(X)
        if found is None:
            raise
        name, value = found
        raise type(error)(
            f"{error}. Column {name!r} holds {value!r}, and {remedy}."
        ) from error


def _first_text(X):
    """Name and value of the first cell that is no number, or None."""
    columns = getattr(X, "columns", None)
    if columns is None:
        # Arrays of numbers cannot be the reason, lists may be.
        if getattr(getattr(X, "dtype", None), "kind", "O") not in "OUS":
            return None
        X = np.asarray(X, dtype=object)
        if X.ndim != 2:
            return None
        columns = range(X.shape[1])
    table = getattr(X, "iloc", X)  # pandas; names may occur twice
    for position, name in enumerate(columns):
        values = table[:, position]
        try:
            np.asarray(values, dtype=np.float64)
        except (ValueError, TypeError):
            for value in values:
                if _is_text(value):
                    return name, value
    return None


def _is_text(value):
    if not isinstance(value, str | bytes):
        return False
    try:
        float(value)
    except ValueError:
        return True
    return False
