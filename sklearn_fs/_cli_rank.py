# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs rank`: the columns of a file by what they say about one of them."""

import time
from pathlib import Path

from sklearn_fs._cli_common import positive
from sklearn_fs._cli_files import check_not_input
from sklearn_fs._cli_ranking import show_ranking, write_ranking
from sklearn_fs._cli_stream import PARTIAL_STATUS, add_reading_options, read_ranker


def add_parser(subparsers):
    """Register the subcommand."""
    rank = subparsers.add_parser(
        "rank",
        help="rank the columns of a file by what they say about one of them",
        description=(
            "Rank the columns of a CSV, TSV or Parquet file, also packed (.gz, .zst). "
            "The file is read once, in chunks, and need not fit in memory. Ctrl-C "
            "ranks what was read so far."
        ),
    )
    add_reading_options(rank)
    rank.add_argument(
        "--output", metavar="DIR", help="write ranking.csv and a plot here"
    )
    rank.add_argument("--top", type=positive, default=25, help="lines to show (25)")
    rank.set_defaults(run=_rank)


def _rank(arguments):
    if arguments.output:
        folder = Path(arguments.output)
        names = ("ranking.csv", "ranking.partial.csv")
        outputs = [folder / name for name in names]
        check_not_input(outputs, [arguments.file], "--output")
    start = time.perf_counter()
    ranker, names, n_left_out, is_partial = read_ranker(arguments)
    seconds = time.perf_counter() - start
    n_rows = ranker.n_samples_seen_
    ranker.scores_
    if is_partial:
        print(f"PARTIAL: interrupted after {n_rows:,} rows; ranking of these\n")
    print(
        f"{n_rows:,} rows, {len(names):,} columns, target {arguments.target!r}, ranked "
        f"in {seconds:.2f} s ({(n_rows + n_left_out) / seconds:,.0f} rows/s)\n"
    )
    show_ranking(ranker, names, arguments.top)
    if arguments.output:
        write_ranking(
            ranker,
            names,
            Path(arguments.output),
            arguments.top,
            ".partial" if is_partial else "",
        )
    return PARTIAL_STATUS if is_partial else 0
