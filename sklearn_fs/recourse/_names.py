# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Names of columns: looking them up, and saying which one was meant."""

from difflib import get_close_matches


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


def which_was_meant(name, known):
    """A question, or the names that there are.

    Parameters
    ----------
    name : object
        What was asked for.
    known : sequence of str
        What there is.

    Returns
    -------
    text : str
    """
    known = [str(k) for k in known]
    close = get_close_matches(str(name), known, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(repr(k) for k in known[:8])
    return f"the columns are {shown}{', ...' if len(known) > 8 else ''}."


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
