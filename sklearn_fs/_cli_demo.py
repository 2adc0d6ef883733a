# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs demo`: a ranking of a real table that comes with the package."""

import time
from pathlib import Path

import sklearn_fs
from sklearn_fs import datasets
from sklearn_fs._cli_ranking import show_ranking, write_ranking


def add_parser(subparsers):
    """Register the subcommand."""
    demo = subparsers.add_parser(
        "demo", help="rank the columns of a real table that comes with the package"
    )
    demo.add_argument(
        "--output",
        metavar="DIR",
        default="sklearn_fs_demo",
        help="where to write the tables and the plot (sklearn_fs_demo)",
    )
    demo.set_defaults(run=_demo)


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
    write_ranking(ranker, names, Path(arguments.output), len(names))
