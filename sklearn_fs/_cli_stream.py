# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reading a file of any size into a ranker, for the commands that need one."""

import signal
import sys
import threading
import time
from contextlib import contextmanager

from sklearn_fs._cli_common import (
    CommandError,
    check_columns,
    listed,
    n_bytes,
    positive,
)
from sklearn_fs._table_files import ColumnTypeError, TableStream
from sklearn_fs.feature_selection._rank_streams import (
    count_frame,
    new_ranker,
    text_types,
)

# As a shell reports a process that was interrupted.
PARTIAL_STATUS = 130


def add_reading_options(parser, *, needs_target=True):
    """What says how a file is read and ranked."""
    parser.add_argument("file", metavar="FILE", help="table with a header line")
    parser.add_argument(
        "--target", metavar="COL", required=needs_target, help="column to predict"
    )
    parser.add_argument(
        "--measure", default="rfi", help="score, see the documentation of OutRank (rfi)"
    )
    parser.add_argument(
        "--criterion",
        default="mim",
        help="mim, 3mr, mrmr, jmi or cmim: order by each column alone (mim) or leave "
        "out what repeats others, by a sample of the rows (mim)",
    )
    parser.add_argument(
        "--categorical",
        metavar="COLS",
        default="auto",
        help="columns of numbers that are categories: names with commas, or 'all'",
    )
    parser.add_argument(
        "--text",
        metavar="COLS",
        default="",
        help="columns to read as words even where they look like numbers, with commas",
    )
    parser.add_argument(
        "--missing-values",
        metavar="WORDS",
        default="",
        help="words that mean missing, with commas; empty cells always do",
    )
    parser.add_argument("--encoding", default="utf-8", help="of a text file (utf-8)")
    parser.add_argument(
        "--delimiter", default=None, help="of a text file (as its header has it)"
    )
    parser.add_argument(
        "--decimal", choices=[".", ","], default=".", help="mark of a text file (.)"
    )
    parser.add_argument(
        "--chunk-rows",
        type=positive,
        metavar="N",
        default=None,
        help="rows to count at a time (about 65,536); the result is the same",
    )
    parser.add_argument(
        "--memory-limit",
        type=n_bytes,
        metavar="SIZE",
        default=None,
        help="such as 800M or 2G: columns of very many words are hashed to keep to it",
    )
    parser.add_argument(
        "--jobs", type=int, default=None, help="threads; -1 for all (1)"
    )


def read_ranker(arguments, *, left_out=(), **params):
    """Count a file.

    Parameters
    ----------
    arguments : Namespace
        Of `add_reading_options`.
    left_out : sequence of str
        Columns that are not ranked.
    **params : dict
        More parameters of :class:`OutRank`.

    Returns
    -------
    ranker : OutRank
    names : list of str
        Its columns, without the target, those left out, and lists and records.
    n_left_out : int
        Rows without a target.
    is_partial : bool
        Whether it was interrupted by Ctrl-C.
    """
    types = text_types(_split(arguments.text))
    while True:
        stream = TableStream(
            arguments.file,
            encoding=arguments.encoding,
            delimiter=arguments.delimiter,
            decimal=arguments.decimal,
            null_words=_split(arguments.missing_values),
            types=types,
            chunk_rows=arguments.chunk_rows,
        )
        aside = _aside(stream, arguments.target, left_out)
        try:
            ranker, n_left_out, is_partial = _count(stream, arguments, aside, params)
            break
        except ColumnTypeError as error:
            # Whole numbers that turn into fractions are no reason to give up.
            if not _is_number(error.value) or error.column in types:
                raise
            types = {**types, error.column: _float64()}
            _say(f"{error.column!r} is not of whole numbers; reading it again")
    _check_rows(ranker, n_left_out, arguments, is_partial)
    aside = {arguments.target, *aside}
    names = [name for name in stream.names if name not in aside]
    if len(stream.nested) > len(aside.intersection(left_out, stream.nested)):
        _say(f"left out: {listed(stream.nested)} (lists and records are not counted)")
    return ranker, names, n_left_out, is_partial


def _aside(stream, target, left_out):
    """Columns that are not counted: those left out, and those that cannot be."""
    if target in stream.nested:
        raise CommandError(f"the target {target!r} holds lists or records")
    return list(dict.fromkeys([*left_out, *stream.nested]))


def _split(text):
    return [word for word in text.split(",") if word]


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _float64():
    import pyarrow as pa

    return pa.float64()


def _count(stream, arguments, left_out, params):
    """Count the chunks of a file until its end, or until Ctrl-C."""
    names = stream.names
    check_columns("--target", [arguments.target], names, arguments.file)
    if len(set(names) - set(left_out)) < 2:
        raise CommandError(
            f"{arguments.file} has no column beside the target {arguments.target!r}; "
            "is the separator a comma (.csv) or a tab (.tsv)?"
        )
    categorical = arguments.categorical
    if categorical not in ("auto", "all"):
        categorical = categorical.split(",")
    ranker = new_ranker(
        {
            "measure": arguments.measure,
            "criterion": arguments.criterion,
            "categorical_features": categorical,
            "n_jobs": arguments.jobs,
            **params,
        },
        _limit_of_counts(arguments.memory_limit),
    )
    n_left_out, n_read = 0, 0
    progress = Progress()
    with _deferred_interrupt() as interrupted:
        for chunk in stream:
            if left_out:
                chunk = chunk.drop_columns(left_out)
            n_left_out += count_frame(ranker, chunk, arguments.target)
            n_read += chunk.num_rows
            progress.show(n_read)
            if interrupted.is_set():
                break
        progress.clear()
        return ranker, n_left_out, interrupted.is_set()


def _check_rows(ranker, n_left_out, arguments, is_partial):
    if hasattr(ranker, "n_samples_seen_"):
        if n_left_out:
            total = n_left_out + ranker.n_samples_seen_
            _say(f"{n_left_out:,} of {total:,} rows have no target and are left out")
        return
    if is_partial:
        raise CommandError("interrupted before the first rows; nothing was written")
    if n_left_out:
        raise CommandError(
            f"all values of the target {arguments.target!r} are missing; choose "
            "another column with --target"
        )
    raise CommandError(f"{arguments.file} has a header but no rows")


def _limit_of_counts(limit):
    """What the counts may take: half of what the process does not need as it is."""
    if limit is None:
        return None
    try:
        import resource
    except ImportError:  # not on Windows
        used = 2**28
    else:
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        used *= 1 if sys.platform == "darwin" else 1024
    # The blocks that the reader holds; a table that grows needs its size again.
    free = limit - used - 2**27
    if free < 2**22:
        raise CommandError(
            f"--memory-limit {limit / 2**20:,.0f}M is too little: the process and its "
            f"reader need {(used + 2**27) / 2**20:,.0f}M before they count; give more"
        )
    return free // 2


@contextmanager
def _deferred_interrupt():
    """Let a chunk be counted whole before Ctrl-C ends the reading.

    A second Ctrl-C, more than a second later, is an interrupt as usual: some shells
    and wrappers deliver the first one twice.
    """
    import pyarrow as pa

    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    first = None

    def note(signum, frame):
        nonlocal first
        now = time.perf_counter()
        if first is not None and now - first > 1.0:
            raise KeyboardInterrupt
        first = now if first is None else first
        interrupted.set()

    pa.enable_signal_handlers(False)
    before = signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
        pa.enable_signal_handlers(True)


class Progress:
    """Rows per second on standard error, rarely where it is not a terminal."""

    def __init__(self):
        self.start = self.last = time.perf_counter()
        self.is_terminal = sys.stderr.isatty()
        self.shown = False

    def show(self, n_rows):
        """Say how far it is, if it is time again."""
        now = time.perf_counter()
        if now - self.last < (0.2 if self.is_terminal else 5.0):
            return
        self.last, self.shown = now, True
        text = f"{n_rows:,} rows, {n_rows / (now - self.start):,.0f} rows/s"
        if self.is_terminal:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        else:
            _say(text)

    def clear(self):
        """Remove the line from the terminal."""
        if self.shown and self.is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _say(text):
    print(f"sklearn-fs: {text}", file=sys.stderr)
