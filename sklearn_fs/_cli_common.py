# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all subcommands share: one kind of error, one line of text."""

import argparse


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
