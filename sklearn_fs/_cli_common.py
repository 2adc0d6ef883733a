# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all subcommands share: one kind of error, one line of text."""

import argparse
import re


class CommandError(Exception):
    """What the user can mend; its text is the one line that is printed."""


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not a positive number")
    return value


def listed(names, limit=8):
    more = "" if len(names) <= limit else f" and {len(names) - limit} more"
    return ", ".join(repr(name) for name in names[:limit]) + more


def one_line(error):
    text = " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or ''}: {error.strerror}".lstrip(": ")
    return text or type(error).__name__


_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def n_bytes(text):
    """Bytes of an amount such as 500M or 1.5GB."""
    found = re.fullmatch(r"\s*([\d.]+)\s*([KMGT]?)I?B?\s*", text.upper())
    try:
        value = int(float(found[1]) * _UNITS[found[2]])
    except (TypeError, ValueError):
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an amount of memory; write for example 500M or 2G"
        )
    return value
