# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Names of columns as labels of a picture or words of a page."""


def printable(value):
    """Text of a value; "?" for what has no glyph or turns the line around."""
    return "".join(c if c.isprintable() else "?" for c in str(value))


def shorten(value, width):
    """Text of at most `width` characters: its end tells names apart, too."""
    text = printable(value)
    if len(text) <= width:
        return text
    n_end = (width - 1) // 2
    return f"{text[: width - 1 - n_end]}…{text[len(text) - n_end :]}"


def plain_labels(names):
    """Labels that show names as they are.

    Matplotlib sets what is between two dollar signs as a formula, and fails where it is
    none; fonts have no glyphs for control characters.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    labels : list of str
    """
    return [printable(name).replace("$", r"\$") for name in names]


def column_names(estimator, n_columns, given=None):
    """Names of the columns: those given, those seen in fit, or x0, x1, ...

    Parameters
    ----------
    estimator : object
        A fitted estimator.
    n_columns : int
        How many there are.
    given : array-like of str, default=None
        What the user wants to read.

    Returns
    -------
    names : list of str
    """
    names = getattr(estimator, "feature_names_in_", None) if given is None else given
    if names is None:
        names = (f"x{j}" for j in range(n_columns))
    return [str(name) for name in names]
