# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Names of columns: looking them up, and saying which one was meant."""

from sklearn_fs._utils._names import which_was_meant


def unknown_name(name, known, *, where):
    """Text of the error for a name that does not exist.

    Parameters
    ----------
    name : object
        What was asked for.
    known : sequence of str
        What there is.
    where : str
        Subject of the sentence.

    Returns
    -------
    text : str
    """
    return f"{where}: there is no column {name!r}; {which_was_meant(name, known)}"


def as_names(columns, *, where, least=1):
    """A tuple of distinct names.

    Parameters
    ----------
    columns : str or sequence of str
    where : str
        Subject of the error.
    least : int
        Smallest number of names.

    Returns
    -------
    names : tuple of str
    """
    names = (columns,) if isinstance(columns, str) else tuple(columns)
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"{where}: columns are given by name, got {columns!r}.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{where}: column {twice[0]!r} is named twice; name it once.")
    if len(names) < least:
        raise ValueError(
            f"{where}: needs at least {least} columns, got {list(names)!r}."
        )
    return names


def plain(value):
    """A value as JSON can hold it: numpy scalars become Python's own."""
    return value.item() if hasattr(value, "item") else value
