# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank beside what else pip can install, on the same planted tables.

For each method the average precision of the twelve columns with a signal (mean and
standard deviation over seeds), the seconds of a call, and their ratio to OutRank in
the same run. Run by hand, in this folder:

    python peers.py --n-samples 10000 --seeds 3
    python peers.py --n-samples 100000 --seeds 1 --only outrank mutual_info ami

The packages that are missing are named; `pip install "sklearn-fs[bench]"` brings them.
"""

import argparse
from time import perf_counter

import numpy as np
from benchmarks.common import average_precision_of_order
from benchmarks.datasets import make_planted_categorical, planted_positives
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import mutual_info_classif
from sklearn.metrics import adjusted_mutual_info_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from sklearn_fs import OutRank


def outrank(X, y):
    return OutRank(categorical_features="all").fit(X, y).order_


def mutual_info(X, y):
    return by_score(mutual_info_classif(X, y, discrete_features=True))


def ami(X, y):
    return by_score([adjusted_mutual_info_score(y, column) for column in X.T])


def forest(X, y):
    model = RandomForestClassifier(random_state=0, n_jobs=1)
    return by_score(model.fit(X, y).feature_importances_)


def forest_leaf_20(X, y):
    model = RandomForestClassifier(min_samples_leaf=20, random_state=0, n_jobs=1)
    return by_score(model.fit(X, y).feature_importances_)


def target_encoding(X, y):
    """AUC of the mean of the target in a category, learned on the other folds."""
    prior, weight = y.mean(), 20
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
    scores = []
    for column in X.T:
        encoded = np.empty(len(y))
        n_values = column.max() + 1
        for train, test in folds:
            count = np.bincount(column[train], minlength=n_values)
            total = np.bincount(column[train], y[train], minlength=n_values)
            encoded[test] = ((total + weight * prior) / (count + weight))[column[test]]
        scores.append(roc_auc_score(y, encoded))
    return by_score(scores)


def lightgbm_gain(X, y):
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(importance_type="gain", n_jobs=1, random_state=0, verbose=-1)
    return by_score(model.fit(X, y).feature_importances_)


def mrmr(X, y):
    import pandas as pd
    from mrmr import mrmr_classif

    # It asks for target-encoded categories, and scores them by the F statistic.
    frame = pd.DataFrame(X)
    return np.array(
        mrmr_classif(
            X=frame.astype("category"),
            y=pd.Series(y),
            K=X.shape[1],
            cat_features=list(frame.columns),
            show_progress=False,
            n_jobs=1,
        )
    )


def fastcan(X, y):
    from fastcan import FastCan

    # The fast correlations need columns that vary; the others come last.
    varies = np.flatnonzero(X.min(axis=0) < X.max(axis=0))
    columns = X[:, varies].astype(np.float64)
    model = FastCan(n_features_to_select=len(varies), verbose=0).fit(columns, y)
    return varies[model.indices_]


PEERS = [
    outrank,
    mutual_info,
    ami,
    forest,
    forest_leaf_20,
    target_encoding,
    lightgbm_gain,
    mrmr,
    fastcan,
]


def by_score(scores):
    return np.argsort(-np.asarray(scores), kind="stable")


def completed(order, n_columns):
    """An order of all columns: those that a method left out come last."""
    order = np.asarray(order, dtype=np.intp)
    return np.concatenate([order, np.setdiff1d(np.arange(n_columns), order)])


def run(method, tables):
    precisions, seconds = [], []
    for X, y, _, roles in tables:
        began = perf_counter()
        order = method(X, y)
        seconds.append(perf_counter() - began)
        order = completed(order, X.shape[1])
        precisions.append(average_precision_of_order(order, planted_positives(roles)))
    return np.array(precisions), np.array(seconds)


def main():
    names = [method.__name__ for method in PEERS]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n-samples", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=3, help="number of tables")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", choices=names, metavar="METHOD")
    options = parser.parse_args()

    seeds = range(options.first_seed, options.first_seed + options.seeds)
    tables = [make_planted_categorical(options.n_samples, seed) for seed in seeds]
    outrank(*tables[0][:2])  # the first call pays for imports
    print(f"{options.n_samples} rows x 50 columns, {options.seeds} tables")
    print(f"{'method':16} {'AP':>6} {'sd':>6} {'seconds':>9} {'ratio':>8}")
    base = None
    for method in PEERS:
        # OutRank always runs: it is what the ratios refer to.
        if options.only and method.__name__ not in options.only and base is not None:
            continue
        try:
            precisions, seconds = run(method, tables)
        except ImportError as error:
            print(f"{method.__name__:16} missing: {error}")
            continue
        base = seconds.mean() if base is None else base
        print(
            f"{method.__name__:16} {precisions.mean():6.3f} {precisions.std():6.3f} "
            f"{seconds.mean():9.3f} {seconds.mean() / base:8.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
