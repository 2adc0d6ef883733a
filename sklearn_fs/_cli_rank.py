# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs rank`: the columns of a file by what they say about one of them."""

import sys
import time
from pathlib import Path

import numpy as np

import sklearn_fs
from sklearn_fs._cli_common import CommandError, listed, positive
from sklearn_fs._cli_ranking import show_ranking, write_ranking
from sklearn_fs._table_files import read_table


def add_parser(subparsers):
    """Register the subcommand."""
    rank = subparsers.add_parser(
        "rank",
        help="rank the columns of a file by what they say about one of them",
        description="Rank the columns of a CSV, TSV or Parquet file, also gzipped.",
    )
    rank.add_argument("file", metavar="FILE", help="table with a header line")
    rank.add_argument(
        "--target", metavar="COL", required=True, help="column to predict"
    )
    rank.add_argument(
        "--output", metavar="DIR", help="write ranking.csv and a plot here"
    )
    rank.add_argument("--top", type=positive, default=25, help="lines to show (25)")
    rank.add_argument(
        "--measure", default="rfi", help="score, see the documentation of OutRank (rfi)"
    )
    rank.add_argument(
        "--categorical",
        metavar="COLS",
        default="auto",
        help="columns of numbers that are categories: names with commas, or 'all'",
    )
    rank.add_argument(
        "--missing-values",
        metavar="WORDS",
        default="",
        help="words that mean missing, with commas; empty cells always do",
    )
    rank.add_argument("--encoding", default="utf-8", help="of a text file (utf-8)")
    rank.add_argument("--jobs", type=int, default=None, help="threads; -1 for all (1)")
    rank.set_defaults(run=_rank)


def _rank(arguments):
    words = [word for word in arguments.missing_values.split(",") if word]
    table = read_table(arguments.file, encoding=arguments.encoding, null_words=words)
    names = table.column_names
    if arguments.target not in names:
        raise CommandError(
            f"--target {arguments.target!r} is not a column of {arguments.file}; "
            f"it has {listed(names)}"
        )
    if len(names) < 2:
        raise CommandError(
            f"{arguments.file} has no column beside the target {arguments.target!r}; "
            "is the separator a comma (.csv) or a tab (.tsv)?"
        )
    target = table.column(arguments.target)
    if target.null_count:
        if target.null_count == len(target):
            raise CommandError(
                f"all values of the target {arguments.target!r} are missing; choose "
                "another column with --target"
            )
        print(
            f"{target.null_count:,} of {len(target):,} rows have no target and are "
            "left out",
            file=sys.stderr,
        )
        table = table.filter(target.is_valid())
        target = table.column(arguments.target)
    categorical = arguments.categorical
    if categorical not in ("auto", "all"):
        categorical = categorical.split(",")
    ranker = sklearn_fs.OutRank(
        measure=arguments.measure,
        categorical_features=categorical,
        n_jobs=arguments.jobs,
    )
    start = time.perf_counter()
    X = table.drop_columns([arguments.target])
    ranker.fit(X, _as_array(target))
    seconds = time.perf_counter() - start
    print(
        f"{len(target):,} rows, {X.num_columns:,} columns, "
        f"target {arguments.target!r}, ranked in {seconds:.2f} s\n"
    )
    show_ranking(ranker, list(X.column_names), arguments.top)
    if arguments.output:
        write_ranking(
            ranker, list(X.column_names), Path(arguments.output), arguments.top
        )


def _as_array(column):
    """Numbers as they are; all else, words above all, as objects."""
    values = column.to_numpy()
    if values.dtype.kind in "iuf":
        return values
    return np.array(column.to_pylist(), dtype=object)
