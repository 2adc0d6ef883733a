# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all subcommands share: one kind of error, one line of text."""

import argparse
import re
import textwrap

from sklearn_fs._utils._names import which_was_meant


class CommandError(Exception):
    """What the user can mend; its text is the one line that is printed."""


def paragraphs(*texts):
    """Text for `RawDescriptionHelpFormatter`."""
    return "\n\n".join(textwrap.fill(text, 78) for text in texts)


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not a positive number")
    return value


def count_or_share(text):
    """An int of at least 1, or a float in (0, 1] for 0.3 or 30%."""
    try:
        if text.endswith("%"):
            value = float(text[:-1]) / 100
        else:
            value = float(text) if "." in text else int(text)
    except ValueError:
        value = 0
    if value < (1 if isinstance(value, int) else 1e-12) or (
        isinstance(value, float) and value > 1
    ):
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a number, such as 20, nor a share, such as 0.1 or 10%"
        )
    return value


def check_columns(option, asked, names, file):
    """Say which name of an option is no column, and which was meant."""
    for name in asked:
        if name not in names:
            raise CommandError(
                f"{option} {name!r} is not a column of {file}; "
                f"{which_was_meant(name, names)}"
            )


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
