# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs select`: the columns of a file that are worth keeping, as a new file."""

import argparse
import time

import numpy as np

from sklearn_fs._cli_choose import choose_kan, choose_neurofs, choose_quickselection
from sklearn_fs._cli_common import (
    CommandError,
    count_or_share,
    paragraphs,
    positive,
)
from sklearn_fs._cli_files import split_names
from sklearn_fs._cli_new_table import SourceTable, add_output_options
from sklearn_fs._cli_numbers import NumericTable, TargetColumn
from sklearn_fs._cli_ranking import show_ranking
from sklearn_fs._cli_stream import add_reading_options, read_ranker
from sklearn_fs._utils._top_k import resolve_k

# How to choose, and the form of the numbers that it needs.
_ON_NUMBERS = {
    "kan": (choose_kan, "codes"),
    "neurofs": (choose_neurofs, "parts"),
    "quickselection": (choose_quickselection, "parts"),
}
_METHODS = ("outrank", *_ON_NUMBERS)
_NO_TARGET = "quickselection"
# Options of one method: given with another they would do nothing.
_OF_OUTRANK = ("measure", "criterion", "chunk_rows", "memory_limit")


def add_parser(subparsers):
    """Register the subcommand."""
    select = subparsers.add_parser(
        "select",
        help="choose columns of a file, and write the table with these only",
        description=paragraphs(
            "Choose columns of a CSV, TSV or Parquet file, also packed (.gz, .zst), "
            "and write the table with these columns only: in the order of the input, "
            "text unchanged to the character, the target kept. Methods with a target: "
            "outrank (columns of any kind), kan, neurofs; without: quickselection."
        ),
        epilog=paragraphs(
            "Kinds of columns: outrank takes words, dates, numbers and missing cells "
            "as they are. For the other methods dates become days, missing numbers "
            "the median with a column that says where (kan has a coefficient for "
            "them), and words a column of 0 and 1 for each of their 20 most frequent "
            "values, of which the best counts (kan takes them as categories). They "
            "cannot choose words of more than 256 values, or of more than 20 that "
            "differ in most rows, whole numbers that only number the rows, and columns "
            "of one value; name those that you want to --keep.",
            "Memory: outrank reads in chunks and holds counts only, see "
            "--memory-limit; the other methods need the table in memory, 8 bytes a "
            "number. Writing takes some megabytes, but for text that becomes Parquet: "
            "there the chosen columns are held, whole numbers with leading zeros stay "
            "text, and other columns get the types that they look like.",
            "Time: seconds for most tables, but half a minute for 1,000 rows with "
            "neurofs. Ctrl-C leaves no file behind.",
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    select.add_argument(
        "--method",
        choices=_METHODS,
        default=None,
        help="outrank with --target, else quickselection",
    )
    select.add_argument(
        "-k",
        type=count_or_share,
        metavar="N",
        default=None,
        help="columns to choose: a number, or a share such as 0.2 or 20%%; without it "
        "the method decides (outrank: what is beyond chance; kan, quickselection: what "
        "shuffled columns do not reach; neurofs: half of the columns)",
    )
    add_output_options(select)
    select.add_argument(
        "--keep",
        metavar="COLS",
        default="",
        help="columns to write in any case and not to choose from, such as an "
        "identifier, with commas",
    )
    select.add_argument(
        "--exclude",
        metavar="COLS",
        default="",
        help="columns neither to choose from nor to write, with commas",
    )
    select.add_argument(
        "--task",
        choices=("auto", "classification", "regression"),
        default="auto",
        help="for kan and neurofs: auto takes words and up to 20 different whole "
        "numbers as classes",
    )
    add_reading_options(select, needs_target=False)
    # To know which were given.
    select.set_defaults(measure=None, criterion=None)
    select.add_argument("--seed", type=int, default=0, help="of the random numbers (0)")
    select.add_argument("--top", type=positive, default=25, help="lines to show (25)")
    select.set_defaults(run=_select)


def _select(arguments):
    method = arguments.method or ("outrank" if arguments.target else _NO_TARGET)
    _check_options(method, arguments)
    source = SourceTable(arguments)
    keep, exclude = split_names(arguments.keep), split_names(arguments.exclude)
    if arguments.target:
        source.check("--target", [arguments.target])
        keep.append(arguments.target)
    for option, names in (
        ("--keep", keep),
        ("--exclude", exclude),
        ("--categorical", _named_categories(arguments)),
    ):
        source.check(option, names)
    both = [name for name in exclude if name in keep]
    if both:
        raise CommandError(f"--exclude {both[0]}: this column is to be kept, too")
    aside = {*keep, *exclude}
    names = [name for name in source.names if name not in aside]
    if method == "outrank":
        # The other methods name them among what they cannot take.
        names = [name for name in names if name not in source.nested]
    if not names:
        raise CommandError(
            f"{source.path} has no column to choose from; is the separator a comma "
            "(.csv) or a tab (.tsv)?"
        )
    k = _n_wanted(arguments.k, names)
    with source.new_file() as partial:
        if method == "outrank":
            chosen = _by_outrank(arguments, names, aside, k)
        else:
            chosen = _by_numbers(method, arguments, source, names, k)
        if partial is not None:
            written = {*chosen, *(name for name in source.names if name in keep)}
            text = source.write(partial, written)
    print(text if partial is not None else "no file is written: --output FILE does so")


def _check_options(method, arguments):
    if method != _NO_TARGET and not arguments.target:
        raise CommandError(
            f"--method {method} needs a target: name its column with --target, or "
            f"take --method {_NO_TARGET}, which needs none"
        )
    if method != "outrank":
        for name in _OF_OUTRANK:
            if getattr(arguments, name) is not None:
                option = "--" + name.replace("_", "-")
                raise CommandError(
                    f"{option} belongs to --method outrank; leave it out with {method}"
                )
    if method in ("outrank", _NO_TARGET) and arguments.task != "auto":
        raise CommandError(
            f"--task belongs to --method kan and neurofs; leave it out with {method}"
        )


def _named_categories(arguments):
    if arguments.categorical in ("auto", "all"):
        return []
    return split_names(arguments.categorical)


def _n_wanted(k, names):
    if k is None:
        return None
    if isinstance(k, int) and k > len(names):
        raise CommandError(
            f"-k {k:,} is more than the {len(names):,} columns to choose from; give a "
            "smaller number"
        )
    return resolve_k(k, len(names))


# OutRank, which reads in chunks.


def _by_outrank(arguments, names, aside, k):
    arguments.measure = arguments.measure or "rfi"
    arguments.criterion = arguments.criterion or "mim"
    start = time.perf_counter()
    ranker, _, _, is_partial = read_ranker(
        arguments,
        left_out=sorted(aside - {arguments.target}),
        n_features_to_select="auto" if k is None else k,
    )
    if is_partial:
        # Half of the rows may say something else: nothing is written.
        raise KeyboardInterrupt
    seconds = time.perf_counter() - start
    ranker.scores_
    _introduce(ranker.n_samples_seen_, len(names), arguments.target, "outrank", seconds)
    show_ranking(ranker, names, arguments.top)
    return [names[j] for j in np.flatnonzero(ranker.support_)]


# Methods on numbers.


def _by_numbers(method, arguments, source, names, k):
    choose, form = _ON_NUMBERS[method]
    table = source.read()
    target = None
    if arguments.target and method != _NO_TARGET:
        import pyarrow as pa

        target = TargetColumn(table, arguments.target, arguments.task)
        if len(target.y) < table.num_rows:
            n_missing = table.num_rows - len(target.y)
            print(f"{n_missing:,} rows have no target; the choice is made without them")
            table = table.filter(pa.array(target.has_value))
    categorical = arguments.categorical
    if categorical != "all":
        categorical = _named_categories(arguments)
    numbers = NumericTable(table, names, categorical, form)
    _check_usable(method, numbers, k)
    del table
    start = time.perf_counter()
    choice = choose(numbers, target, k, arguments.seed, arguments.jobs)
    seconds = time.perf_counter() - start
    _introduce(
        len(numbers.X),
        len(names),
        None if target is None else arguments.target,
        method,
        seconds,
        "" if target is None else f" ({target.describe()})",
    )
    _show(choice, numbers, arguments.top)
    return [numbers.names[j] for j in choice.order[: choice.n_chosen]]


def _check_usable(method, numbers, k):
    left_out = numbers.left_out
    first = "".join(f"; {n!r} {why}" for n, why in list(left_out.items())[:1])
    if not numbers.names:
        raise CommandError(
            f"{method} cannot take any of these columns{first}; take --method outrank "
            "with a --target, which takes columns of any kind"
        )
    if k is not None and k > len(numbers.names):
        raise CommandError(
            f"-k {k:,} is more than the {len(numbers.names):,} columns that {method} "
            f"can take{first}; give a smaller number, or take --method outrank"
        )


def _introduce(n_rows, n_columns, target, method, seconds, kind=""):
    about = f"target {target!r}{kind}" if target else "no target"
    print(
        f"{n_rows:,} rows, {n_columns:,} columns to choose from, {about}; {method} "
        f"took {seconds:.2f} s\n"
    )


def _show(choice, numbers, top):
    """Print the best columns, and which could not be used."""
    names = numbers.names
    shown = choice.order[:top]
    width = min(40, max(len("column"), *(len(names[j]) for j in shown)))
    kinds = max(len("read as"), *(len(numbers.kinds[names[j]]) for j in shown))
    print(
        f"  {'rank':>4}  {'column':<{width}}  {'read as':<{kinds}}  {'score':>8}  "
        f"{'missing':>7}"
    )
    for place, j in enumerate(shown, 1):
        name = names[j] if len(names[j]) <= width else names[j][: width - 1] + "~"
        print(
            f"{'*' if place <= choice.n_chosen else ' '} {place:>4}  {name:<{width}}  "
            f"{numbers.kinds[names[j]]:<{kinds}}  {choice.scores[j]:>8.4f}  "
            f"{numbers.missing[names[j]]:>7.1%}"
        )
    if len(names) > len(shown):
        print(f"  ... and {len(names) - len(shown):,} more columns")
    numbers.say_left_out("cannot be chosen")
    chosen = [names[j] for j in choice.order[: choice.n_chosen]]
    numbers.say_doubtful(chosen, "--keep or --exclude it")
    print(f"\n* selected: {choice.n_chosen:,} of {len(names):,} columns")
