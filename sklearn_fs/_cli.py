# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The `sklearn-fs` command, for people with a file instead of an array."""

import argparse
import csv
import os
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

import sklearn_fs
from sklearn_fs import datasets
from sklearn_fs._table_files import read_table


class CommandError(Exception):
    """What the user can mend; its text is the one line that is printed."""


def main(argv=None):
    """Run the command.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments; None takes those of the process.

    Returns
    -------
    status : int
        0 only if a result was produced; 2 for wrong arguments, 1 for all else.
    """
    arguments = _parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _print_warning
            arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output, such as `head`, has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was written")
    except (CommandError, ImportError, OSError, TypeError, ValueError) as error:
        return _fail(_one_line(error))
    return 0


def _parser():
    parser = argparse.ArgumentParser(prog="sklearn-fs", description=sklearn_fs.__doc__)
    parser.add_argument(
        "--version", action="version", version=f"sklearn-fs {sklearn_fs.__version__}"
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    rank = commands.add_parser(
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
    rank.add_argument("--top", type=_positive, default=25, help="lines to show (25)")
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
    demo = commands.add_parser(
        "demo", help="rank the columns of a real table that comes with the package"
    )
    demo.add_argument(
        "--output",
        metavar="DIR",
        default="sklearn_fs_demo",
        help="where to write the tables and the plot (sklearn_fs_demo)",
    )
    demo.set_defaults(run=_demo)
    return parser


def _positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not a positive number")
    return value


def _rank(arguments):
    words = [word for word in arguments.missing_values.split(",") if word]
    table = read_table(arguments.file, encoding=arguments.encoding, null_words=words)
    names = table.column_names
    if arguments.target not in names:
        raise CommandError(
            f"--target {arguments.target!r} is not a column of {arguments.file}; "
            f"it has {_listed(names)}"
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
    _show(ranker, list(X.column_names), arguments.top)
    if arguments.output:
        _write(ranker, list(X.column_names), Path(arguments.output), arguments.top)


def _as_array(column):
    """Numbers as they are; all else, words above all, as objects."""
    values = column.to_numpy()
    if values.dtype.kind in "iuf":
        return values
    return np.array(column.to_pylist(), dtype=object)


def _demo(arguments):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    credit = datasets.load_german_credit()
    X, y, names = credit.data, credit.target, list(credit.feature_names)
    print(
        f"German credit: {X.shape[0]:,} loans, {X.shape[1]} columns of words and "
        "numbers; which columns tell good loans from bad ones?\n"
    )
    ranker = sklearn_fs.OutRank(noise_features=20, random_state=0)
    start = time.perf_counter()
    ranker.fit(X, y)
    print(f"OutRank().fit(X, y) took {1000 * (time.perf_counter() - start):.0f} ms\n")
    _show(ranker, names, len(names))
    model = make_pipeline(
        OneHotEncoder(handle_unknown="ignore", min_frequency=10),
        LogisticRegression(C=0.3, max_iter=1000),
    )
    everything = cross_val_score(model, X, y, scoring="roc_auc", cv=5)
    chosen = cross_val_score(
        make_pipeline(sklearn_fs.OutRank(), model), X, y, scoring="roc_auc", cv=5
    )
    print(
        f"\nlogistic regression, AUC over 5 folds: all {X.shape[1]} columns "
        f"{everything.mean():.3f}, make_pipeline(OutRank(), ...) {chosen.mean():.3f}"
    )
    _write(ranker, names, Path(arguments.output), len(names))


def _show(ranker, names, top):
    """Print the best columns."""
    shown = ranker.order_[:top]
    width = min(40, max([len("column"), *(len(names[j]) for j in shown)]))
    print(
        f"  {'rank':>4}  {'column':<{width}}  {ranker.measure[:10]:>10}  "
        f"{'p':>8}  {'values':>9}  {'missing':>7}"
    )
    for place, j in enumerate(shown, 1):
        name = names[j] if len(names[j]) <= width else names[j][: width - 1] + "~"
        print(
            f"{'*' if ranker.support_[j] else ' '} {place:>4}  {name:<{width}}  "
            f"{ranker.scores_[j]:>10.5f}  {ranker.pvalues_[j]:>8.1e}  "
            f"{ranker.cardinality_[j]:>9,}  {1 - ranker.coverage_[j]:>7.1%}"
        )
    if len(names) > len(shown):
        print(f"  ... and {len(names) - len(shown):,} more columns")
    chosen = f"{ranker.n_features_to_select_:,} of {len(names):,} columns"
    if ranker.pvalues_[ranker.support_].max() <= ranker.alpha_fdr:
        print(f"\n* selected: {chosen}, at most {ranker.alpha_fdr:.0%} by chance")
    else:
        print(f"\n* selected: {chosen}, the best; none is beyond chance")


COLUMNS = (
    "name", "score", "p_value", "z", "mutual_info", "expected", "cardinality",
    "missing", "selected",
)  # fmt: skip


def _write(ranker, names, folder, top):
    """Write ranking.csv and ranking.png, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial:
        written = [Path(partial) / "ranking.csv"]
        with open(written[0], "w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            for j in ranker.order_:
                writer.writerow(
                    [
                        names[j],
                        repr(float(ranker.scores_[j])),
                        repr(float(ranker.pvalues_[j])),
                        repr(float(ranker.z_scores_[j])),
                        repr(float(ranker.mutual_info_[j])),
                        repr(float(ranker.expected_mutual_info_[j])),
                        int(ranker.cardinality_[j]),
                        round(1.0 - float(ranker.coverage_[j]), 6),
                        int(ranker.support_[j]),
                    ]
                )
        try:
            picture = _draw(ranker, names, top)
        except ImportError as error:
            print(f"no plot: {_one_line(error)}", file=sys.stderr)
        else:
            written.append(Path(partial) / "ranking.png")
            picture.savefig(written[-1], dpi=150)
        for path in written:
            shutil.move(path, folder / path.name)
            print(f"wrote {folder / path.name}")


def _draw(ranker, names, top):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from sklearn_fs.inspection import RankingDisplay

    # A figure of its own: no window, no global state.
    figure = Figure(
        figsize=(7.0, min(8.0, 1.2 + 0.27 * min(top, len(names)))), layout="constrained"
    )
    FigureCanvasAgg(figure)
    RankingDisplay.from_estimator(
        ranker, top=top, feature_names=names, ax=figure.add_subplot()
    )
    return figure


def _listed(names, limit=8):
    more = "" if len(names) <= limit else f" and {len(names) - limit} more"
    return ", ".join(repr(name) for name in names[:limit]) + more


def _one_line(error):
    text = " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or ''}: {error.strerror}".lstrip(": ")
    return text or type(error).__name__


def _print_warning(message, *args, **kwargs):
    print(f"sklearn-fs: warning: {_one_line(message)}", file=sys.stderr)


def _fail(text):
    print(f"sklearn-fs: error: {text}", file=sys.stderr)
    return 1
