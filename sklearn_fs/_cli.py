# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The `sklearn-fs` command, for people with a file instead of an array."""

import argparse
import os
import sys
import warnings

import sklearn_fs
from sklearn_fs import (
    _cli_actions,
    _cli_demo,
    _cli_rank,
    _cli_recourse,
    _cli_reduce,
    _cli_report,
    _cli_select,
)
from sklearn_fs._cli_common import CommandError, one_line
from sklearn_fs._cli_stream import PARTIAL_STATUS

# In the order of the help; each has `add_parser(subparsers)`, which sets `run`.
_COMMANDS = (
    _cli_rank,
    _cli_report,
    _cli_select,
    _cli_reduce,
    _cli_actions,
    _cli_recourse,
    _cli_demo,
)


def main(argv=None):
    """Run the command.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments; None takes those of the process.

    Returns
    -------
    status : int
        0 only if a result was produced; 2 for wrong arguments, 130 after Ctrl-C, 1
        for all else.
    """
    arguments = _parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _print_warning
            # A subcommand may have a status of its own, such as "partial".
            status = arguments.run(arguments)
        _flush()
    except BrokenPipeError:
        # The reader of our output, such as `head`, has had enough.
        _discard_output()
        return 1
    except KeyboardInterrupt:
        return _fail("interrupted; nothing half-written is left", PARTIAL_STATUS)
    except (CommandError, ImportError, OSError, TypeError, ValueError) as error:
        return _fail(one_line(error))
    return status or 0


def _parser():
    parser = argparse.ArgumentParser(prog="sklearn-fs", description=sklearn_fs.__doc__)
    parser.add_argument(
        "--version", action="version", version=f"sklearn-fs {sklearn_fs.__version__}"
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_parser(commands)
    return parser


def _flush():
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is left in the buffer would fail again when the process ends.
        _discard_output()
        raise CommandError(f"standard output: {error.strerror}") from error


def _discard_output():
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_warning(message, *args, **kwargs):
    print(f"sklearn-fs: warning: {one_line(message)}", file=sys.stderr)


def _fail(text, status=1):
    print(f"sklearn-fs: error: {text}", file=sys.stderr)
    return status
