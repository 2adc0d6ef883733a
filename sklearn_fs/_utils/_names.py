# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Saying which name was meant."""

from difflib import get_close_matches


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
