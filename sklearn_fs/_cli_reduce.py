# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs reduce`: the rows of a file that are worth keeping, as a new file."""

import argparse
import time

import numpy as np

from sklearn_fs import instance_selection
from sklearn_fs._cli_common import CommandError, count_or_share, paragraphs, positive
from sklearn_fs._cli_files import add_table_options, split_names
from sklearn_fs._cli_new_table import SourceTable, add_output_options
from sklearn_fs._cli_numbers import NumericTable, TargetColumn

# Selectors that keep as many rows as one asks for, then those that decide themselves.
_SIZED = {
    "coverage": "GraphCoverageSelector",
    "gais": "GAISSelector",
    "kmeans": "KMeansInstanceSelector",
    "random": "RandomInstanceSelector",
}
_CLASSIC = {
    "hartcnn": "HartCNN",
    "drop3": "DROP3",
    "enn": "ENN",
    "lssm": "LSSm",
    "lsbo": "LSBo",
    "ldis": "LDIS",
    "cdis": "CDIS",
    "xldis": "XLDIS",
    "egdis": "EGDIS",
    "ris1": "RIS1",
    "ris2": "RIS2",
    "ris3": "RIS3",
}
_WITHOUT_TARGET = ("coverage", "kmeans")
_WITH_NUMBERS = ("coverage", "gais")
_SHARE = 0.1


def add_parser(subparsers):
    """Register the subcommand."""
    reduce = subparsers.add_parser(
        "reduce",
        help="choose rows of a file, and write the table with these only",
        description=paragraphs(
            "Choose the rows of a CSV, TSV or Parquet file, also packed (.gz, .zst), "
            "that stand best for all, and write them as they are, text unchanged to "
            "the character, in the order of the input. A model trained on them is "
            "nearly as good in a fraction of the time."
        ),
        epilog=paragraphs(
            "Methods: coverage, the strong default, keeps rows that cover their class "
            "on a neighbour graph and leaves wrong labels out; gais, kmeans and random "
            "(the yardstick) also keep as many rows as asked for. "
            + ", ".join(_CLASSIC)
            + " decide on the number themselves, need classes and take time with the "
            "square of the rows.",
            "Distances between rows: numbers and dates are divided by their standard "
            "deviation, missing ones become the median with a column that says where; "
            "words become a column of 0 and 1 for each of their 20 most frequent "
            "values, so that two different words are as far apart as the numbers of "
            "two random rows. Words of more than 256 values, or of more than 20 that "
            "differ in most rows, and whole numbers that only number the rows do not "
            "count.",
            "Memory: the table must fit, and 4 bytes for each row and encoded column; "
            "writing takes some megabytes. Ctrl-C leaves no file behind.",
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    reduce.add_argument("file", metavar="FILE", help="table with a header line")
    reduce.add_argument(
        "--target",
        metavar="COL",
        default=None,
        help="column of labels or numbers, of which all classes or ranges stay in "
        "proportion; coverage and kmeans work without",
    )
    reduce.add_argument(
        "--method",
        choices=(*_SIZED, *_CLASSIC),
        metavar="NAME",
        default="coverage",
        help=f"{', '.join((*_SIZED, *_CLASSIC))} (coverage)",
    )
    reduce.add_argument(
        "-n",
        type=count_or_share,
        metavar="N",
        default=None,
        help="rows to keep: a number, or a share such as 0.05 or 5%% of each class, "
        "but at least 5 of it (0.1)",
    )
    add_output_options(reduce)
    reduce.add_argument(
        "--exclude",
        metavar="COLS",
        default="",
        help="columns that do not count for the choice, such as an identifier, with "
        "commas; they are written like all others",
    )
    reduce.add_argument(
        "--categorical",
        metavar="COLS",
        default="",
        help="columns of numbers that are categories, with commas, or 'all'",
    )
    reduce.add_argument(
        "--text",
        metavar="COLS",
        default="",
        help="columns to read as words even where they look like numbers, with commas",
    )
    add_table_options(reduce)
    reduce.add_argument(
        "--task",
        choices=("auto", "classification", "regression"),
        default="auto",
        help="auto takes words and up to 20 different whole numbers as classes",
    )
    reduce.add_argument(
        "--weight-column",
        metavar="NAME",
        default=None,
        help="add a column with the number of rows that each kept row stands for",
    )
    reduce.add_argument(
        "--row-column",
        metavar="NAME",
        default=None,
        help="add a column with the number of the row in FILE, counted from 0",
    )
    reduce.add_argument("--seed", type=int, default=0, help="of the random numbers (0)")
    reduce.add_argument(
        "--jobs", type=int, default=None, help="threads; -1 for all (1)"
    )
    reduce.add_argument("--top", type=positive, default=25, help="classes to show (25)")
    reduce.set_defaults(run=_reduce)


def _reduce(arguments):
    _check_options(arguments)
    source = SourceTable(arguments)
    exclude = split_names(arguments.exclude)
    categorical = arguments.categorical
    if categorical != "all":
        categorical = split_names(categorical)
        source.check("--categorical", categorical)
    source.check("--exclude", exclude)
    if arguments.target is not None:
        source.check("--target", [arguments.target])
    added = [n for n in (arguments.row_column, arguments.weight_column) if n]
    for name in added:
        if name in source.names or added.count(name) > 1:
            raise CommandError(f"there is a column {name!r} already; give another name")
    with source.new_file() as partial:
        table = source.read()
        n_rows = table.num_rows
        target = None
        if arguments.target is not None:
            target = TargetColumn(table, arguments.target, arguments.task)
            table = _with_target(table, target)
        aside = {arguments.target, *exclude}
        names = [name for name in source.names if name not in aside]
        numbers = NumericTable(table, names, categorical, "distances")
        del table
        if not numbers.names:
            why = "".join(f"; {n!r} {w}" for n, w in list(numbers.left_out.items())[:1])
            raise CommandError(f"no column tells the rows of {source.path} apart{why}")
        selector, seconds = _choose(arguments, numbers, target)
        if target is not None:
            _show(arguments, selector, target, n_rows, seconds)
        else:
            _introduce(arguments, selector, n_rows, seconds)
        numbers.say_left_out("does not count")
        numbers.say_doubtful(numbers.names, "--exclude it from the choice")
        if partial is None:
            print("no file is written: --output FILE does so")
            return
        kept, rows = selector.sample_indices_, np.zeros(n_rows, dtype=bool)
        if target is not None:
            kept = np.flatnonzero(target.has_value)[kept]
        rows[kept] = True
        extra = {}
        if arguments.row_column:
            extra[arguments.row_column] = kept.astype(np.int64)
        if arguments.weight_column:
            extra[arguments.weight_column] = selector.weights_.astype(np.int64)
        text = source.write(partial, source.names, rows, extra)
    print(text)


def _check_options(arguments):
    method = arguments.method
    if arguments.target is None:
        if method not in _WITHOUT_TARGET:
            raise CommandError(
                f"--method {method} needs a target: name its column with --target, or "
                f"take --method coverage, which needs none"
            )
        if arguments.task != "auto":
            raise CommandError("--task says how to read a --target; leave it out")
    if method in _CLASSIC and arguments.n is not None:
        raise CommandError(
            f"--method {method} decides itself how many rows to keep; leave -n out, or "
            "take --method coverage"
        )


def _with_target(table, target):
    import pyarrow as pa

    if len(target.y) < table.num_rows:
        n_missing = table.num_rows - len(target.y)
        print(f"{n_missing:,} rows have no target and are not kept")
        return table.filter(pa.array(target.has_value))
    return table


def _choose(arguments, numbers, target):
    """A fitted selector, and the seconds that it took."""
    method = arguments.method
    n_rows = len(numbers.X)
    params = {"standardize": False, "n_jobs": arguments.jobs}
    if method in _SIZED:
        n = _SHARE if arguments.n is None else arguments.n
        if isinstance(n, int) and n > n_rows:
            raise CommandError(
                f"-n {n:,} is more than the {n_rows:,} rows to choose from; give a "
                "smaller number, or a share"
            )
        params |= {"n_samples": n, "random_state": arguments.seed}
        if isinstance(n, int):
            params |= _least(n, target)
        selector = getattr(instance_selection, _SIZED[method])
    else:
        selector = getattr(instance_selection, _CLASSIC[method])
    if method in _WITH_NUMBERS and target is not None:
        params["task"] = target.task
    elif target is not None and target.classes is None:
        raise CommandError(
            f"--method {method} needs classes, and the target {arguments.target!r} "
            "holds numbers; take --method coverage, or say --task classification"
        )
    known = selector().get_params()
    params = {name: value for name, value in params.items() if name in known}
    start = time.perf_counter()
    selector = selector(**params).fit(numbers.X, _labels(target))
    return selector, time.perf_counter() - start


def _least(n, target):
    """Fewer rows of each class than usual, where so few are wanted."""
    if target is None:
        return {"min_per_class": min(5, n)}
    if target.classes is None:
        # Ranges of the target take the place of classes.
        return {"min_per_class": min(5, n), "n_bins": max(1, min(10, n // 5))}
    n_classes = len(target.classes)
    if n < n_classes:
        raise CommandError(
            f"-n {n} is less than the {n_classes:,} classes of the target, of which "
            f"each keeps a row; give at least {n_classes:,}"
        )
    return {"min_per_class": min(5, n // n_classes)}


def _labels(target):
    """The target in its own words, for what a selector says about it."""
    if target is None or target.classes is None:
        return None if target is None else target.y
    return np.array(target.classes)[target.y]


def _introduce(arguments, selector, n_rows, seconds):
    kept, target = len(selector.sample_indices_), arguments.target
    about = "no target" if target is None else f"target {target!r}"
    print(
        f"{n_rows:,} rows, {about}; {arguments.method} kept {kept:,} "
        f"({kept / n_rows:.1%}) in {seconds:.2f} s; each stands for "
        f"{selector.weights_.mean():,.1f} rows, at most {selector.weights_.max():,.0f}"
    )


def _show(arguments, selector, target, n_rows, seconds):
    """Rows before and after, class by class."""
    _introduce(arguments, selector, n_rows, seconds)
    if target.classes is None:
        return
    counts = np.bincount(target.y, minlength=len(target.classes))
    kept = np.bincount(target.y[selector.sample_indices_], minlength=len(counts))
    labels = [str(label) for label in target.classes]
    order = np.argsort(-counts, kind="stable")[: arguments.top]
    width = min(40, max(len("class"), *(len(labels[c]) for c in order)))
    print(f"\n  {'class':<{width}}  {'rows':>9}  {'kept':>9}  {'share':>7}")
    for c in order:
        label = labels[c] if len(labels[c]) <= width else labels[c][: width - 1] + "~"
        print(
            f"  {label:<{width}}  {counts[c]:>9,}  {kept[c]:>9,}  "
            f"{kept[c] / counts[c]:>7.1%}"
        )
    if len(order) < len(counts):
        print(f"  ... and {len(counts) - len(order):,} more classes")
    print()
