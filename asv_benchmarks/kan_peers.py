# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Spline-network selectors on many tables, beside the recorded results of others.

Run by hand:

    export SKLEARN_FS_BENCH_DATA=FOLDER
    python asv_benchmarks/kan_peers.py [--tables wine,xor] [--splits 0,1,2] \\
        [--out kan_peers.csv]
    python asv_benchmarks/kan_peers.py --report kan_peers.csv [--splits 1,2]

The folder holds the tables, `peers.csv` and the README that describes the protocol:
three splits of 80 to 20 percent, rankings from the training rows, three classifiers on
the chosen columns.
"""

import argparse
import os
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn import datasets
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from threadpoolctl import threadpool_limits

from sklearn_fs import KANClassifier, KANRegressor, KANSelector

FOLDER = Path(os.environ.get("SKLEARN_FS_BENCH_DATA", "."))
SIZES = {
    "wine": (3, 6),
    "diabetes": (3, 6),
    "breast_cancer": (3, 10),
    "german_credit": (3, 10),
    "digits": (10, 30),
    "madelon": (10, 20),
    "friedman1": (5, 10),
    "xor": (2, 10),
}
REGRESSION = {"diabetes", "friedman1"}
# Those which ran on every table; the report compares cells that all of them have.
PEERS = ["lgbm_gain", "lgbm_shap", "xgb_gain", "rf_permutation", "rf_impurity"]
PEERS += ["fastcan", "lasso", "mrmr", "mutual_info", "f_test"]
MADE = {"madelon", "friedman1", "xor"}
KNOWN = {
    "friedman1": range(5),
    "xor": range(2),
    "madelon": [28, 48, 64, 105, 128, 153, 241, 281, 318, 336]
    + [338, 378, 433, 442, 451, 453, 455, 472, 475, 493],
}


def load(name, split):
    """X, y as float arrays of one table; mnist is sampled by the split."""
    if name in ("wine", "breast_cancer", "digits", "diabetes"):
        return getattr(datasets, f"load_{name}")(return_X_y=True)
    if name == "friedman1":
        return datasets.make_friedman1(2000, n_features=100, noise=1.0, random_state=0)
    if name == "xor":
        X = np.random.default_rng(0).standard_normal((1000, 50))
        return X, (X[:, 0] * X[:, 1] > 0).astype(int)
    if name == "german_credit":
        frame = pd.read_csv(FOLDER / "german_credit.csv.gz")
        return frame.iloc[:, 1:].to_numpy(float), frame.iloc[:, 0].to_numpy()
    stored = np.load(FOLDER / f"{'mnist' if name == 'mnist10k' else name}.npz")
    if "indptr" in stored:
        parts = (stored["data"], stored["indices"], stored["indptr"])
        X = csr_matrix(parts, shape=tuple(stored["shape"])).toarray()
    else:
        X = stored["X"]
    y = stored["y"].astype(int)
    if name == "mnist10k":
        picks, _ = train_test_split(
            np.arange(60000), train_size=10000, stratify=y[:60000], random_state=split
        )
        picks = np.concatenate([picks, np.arange(60000, 70000)])
        X, y = X[picks], y[picks]
    return X.astype(np.float64), y


def rows_of(name, y, split):
    n = len(y)
    if name == "mnist10k":
        return np.arange(10000), np.arange(10000, 20000)
    if name == "madelon" and split == 0:
        return np.arange(2000), np.arange(2000, 2600)
    stratify = None if name in REGRESSION else y
    return train_test_split(
        np.arange(n), test_size=0.2, stratify=stratify, random_state=split
    )


def evaluate(name, X, y, train, test, columns):
    """Score of each classifier on the chosen columns."""
    scaler = StandardScaler().fit(X[np.ix_(train, columns)])
    raw_train, raw_test = X[np.ix_(train, columns)], X[np.ix_(test, columns)]
    std_train, std_test = scaler.transform(raw_train), scaler.transform(raw_test)
    if name in REGRESSION:
        mean, sd = y[train].mean(), y[train].std()
        target, truth = (y[train] - mean) / sd, (y[test] - mean) / sd
        models = {
            "svc": (SVR(), True),
            "extra_trees": (ExtraTreesRegressor(100, random_state=0), False),
            "linear": (Ridge(1), True),
        }
    else:
        target, truth = y[train], y[test]
        models = {
            "svc": (SVC(), True),
            "extra_trees": (ExtraTreesClassifier(100, random_state=0), False),
            "linear": (LogisticRegression(C=1, max_iter=300), True),
        }
    for classifier, (model, standardise) in models.items():
        model.fit(std_train if standardise else raw_train, target)
        out = model.predict(std_test if standardise else raw_test)
        score = r2_score(truth, out) if name in REGRESSION else (out == truth).mean()
        yield classifier, score
    if name in KNOWN:
        known = set(KNOWN[name])
        yield "known_columns", len(known & set(columns)) / min(len(columns), len(known))


def rankings(name, X, y, k, seed):
    """Method, scores and CPU seconds; every method reads the same networks."""
    kind = KANRegressor if name in REGRESSION else KANClassifier
    start = time.process_time()
    selector = KANSelector(kind(), n_features_to_select=k, random_state=seed).fit(X, y)
    seconds = time.process_time() - start
    yield "omp", selector.scores_, seconds
    network, n_networks = selector.estimator_, len(selector.estimators_)
    for method in ("l1", "l2", "si", "ko", "perm", "attr"):
        start = time.process_time()
        scores = network.feature_importances(X, y, method=method)
        spent = time.process_time() - start
        yield method, scores, seconds / n_networks + spent
    start = time.process_time()
    scores = network._penalty_path(X, y)
    yield "path", scores, seconds / n_networks + time.process_time() - start


def run(tables, splits, out):
    rows = []
    for name in tables:
        for split in splits:
            if split and name in ("usps", "mnist10k"):
                continue
            X, y = load(name, split)
            train, test = rows_of(name, y, split)
            sizes = SIZES.get(name, (10, 50))
            cache = {}
            ranked = rankings(name, X[train], y[train], sizes[1], split)
            for method, scores, seconds in ranked:
                order = np.argsort(-scores, kind="stable")
                for k in sizes:
                    columns = tuple(order[:k])
                    if columns not in cache:
                        cache[columns] = list(
                            evaluate(name, X, y, train, test, list(columns))
                        )
                    for classifier, score in cache[columns]:
                        rows.append(
                            (method, name, k, split, classifier, score, seconds)
                        )
            print(name, split, round(seconds, 2), flush=True)
            pd.DataFrame(rows, columns=COLUMNS).to_csv(out, index=False)


COLUMNS = ["method", "dataset", "k", "split", "classifier", "score", "seconds"]


def report(paths, splits):
    """Mean rank and mean gap to random, over the cells that all methods have."""
    peers = pd.read_csv(FOLDER / "peers.csv")
    peers = peers[(peers.status == "ok") & (peers.kind != "reference")]
    random = peers[peers.method == "random"]
    peers = peers[peers.method.isin(PEERS)]
    ours = pd.concat([pd.read_csv(path) for path in paths])
    ours = ours[ours["split"].isin(splits)].copy()
    ours["method"] = "kan_" + ours["method"]
    everything = pd.concat([random, peers, ours])[COLUMNS]
    everything = everything[everything.classifier != "known_columns"]
    keys = ["dataset", "split", "k", "classifier"]
    cells = everything.pivot_table(index=keys, columns="method", values="score")
    here = ours.groupby(keys[:2]).size().index
    cells = cells[cells.index.droplevel([2, 3]).isin(here)]
    complete = cells.dropna()
    n_tables = complete.index.get_level_values(0).nunique()
    gaps = complete.sub(complete["random"], axis=0).drop(columns="random") * 100
    by_table = gaps.groupby("dataset").mean()
    ranks = by_table.rank(axis=1, ascending=False)
    real = by_table.drop(index=[t for t in MADE if t in by_table.index])
    best = by_table.mean().idxmax()
    summary = (
        pd.DataFrame(
            {
                "mean rank": ranks.mean(),
                "gap": by_table.mean(),
                "gap real": real.mean(),
                "se": real.std() / np.sqrt(len(real)),
                "minus lgbm_gain": by_table.sub(by_table["lgbm_gain"], axis=0).mean(),
                "its se": by_table.sub(by_table["lgbm_gain"], axis=0).sem(),
                "seconds": everything.groupby("method").seconds.median(),
            }
        )
        .dropna()
        .sort_values("mean rank")
    )
    print(f"{n_tables} tables, {len(complete)} cells; best mean gap: {best}")
    print(summary.round(2).to_string())
    names = [c for c in by_table if c.startswith("kan_")]
    print(
        by_table[[*names, "lgbm_gain", "rf_permutation", "fastcan"]]
        .round(1)
        .to_string()
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", default=None)
    parser.add_argument("--splits", default="0,1,2")
    parser.add_argument("--out", default="kan_peers.csv")
    parser.add_argument("--report", nargs="*")
    args = parser.parse_args()
    splits = [int(s) for s in args.splits.split(",")]
    if args.report:
        return report(args.report, splits)
    peers = pd.read_csv(FOLDER / "peers.csv")
    tables = args.tables.split(",") if args.tables else list(peers.dataset.unique())
    warnings.simplefilter("ignore")
    with threadpool_limits(1):
        run(tables, splits, args.out)


if __name__ == "__main__":
    main()
