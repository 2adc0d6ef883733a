# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs demo`: the whole story on a real table that comes with the package."""

import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import sklearn_fs
from sklearn_fs import datasets
from sklearn_fs._cli_demo_answers import show_answers
from sklearn_fs._cli_demo_rows import show_rows
from sklearn_fs._cli_ranking import show_ranking, write_ranking


def add_parser(subparsers):
    """Register the subcommand."""
    demo = subparsers.add_parser(
        "demo",
        help="choose columns and rows of a real table that comes with the package, and "
        "say what would change the answer",
        description=(
            "The whole story on 1,000 real loans, in seconds: which columns tell good "
            "loans from bad ones, which few rows train nearly as good a model, and "
            "what would change the answer of a model for those whom it denies. Tables "
            "and pictures go to a folder; what an earlier demo left there is replaced."
        ),
    )
    demo.add_argument(
        "--output",
        metavar="DIR",
        default="sklearn_fs_demo",
        help="where to write the tables and pictures (sklearn_fs_demo)",
    )
    demo.set_defaults(run=_demo)


def _demo(arguments):
    folder = Path(arguments.output)
    credit = datasets.load_german_credit()
    X, y, names = credit.data, credit.target, list(credit.feature_names)
    # So small models only lose time by threads, above all on a busy machine.
    with threadpool_limits(limits=1, user_api="blas"):
        chosen = _show_columns(X, y, names, folder)
        show_rows(X, y, folder)
        show_answers(X[:, chosen], y, [names[j] for j in chosen], folder)
    print(
        "\nWith a table of your own: sklearn-fs rank FILE --target COL, then select, "
        "reduce and report;\nsklearn-fs actions and recourse for a model of your own."
    )


def _show_columns(X, y, names, folder):
    """The ranking; returns the chosen columns."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    print(
        f"German credit: {X.shape[0]:,} loans, {X.shape[1]} columns of words and "
        "numbers; which columns tell good loans from bad ones?\n"
    )
    ranker = sklearn_fs.OutRank(noise_features=20, random_state=0)
    start = time.perf_counter()
    ranker.fit(X, y)
    print(f"OutRank().fit(X, y) took {1000 * (time.perf_counter() - start):.0f} ms\n")
    show_ranking(ranker, names, len(names))
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
    write_ranking(ranker, names, folder, len(names))
    return np.flatnonzero(ranker.support_)
