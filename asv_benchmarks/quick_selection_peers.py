# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""QuickSelection beside the unsupervised methods of a table of peers.

Run by hand. The environment variable SKLEARN_FS_BENCH_DATA names the folder with the
tables and with `peers.csv` (columns method, kind, dataset, k, split, classifier, score,
status), which holds what other methods reach under the same protocol:

    python asv_benchmarks/quick_selection_peers.py --splits 0 1 2

Splits of 80 to 20 %, stratified; two numbers of columns for each table; SVC() and
logistic regression on standardised columns and 100 extra trees on raw ones.
"""

import argparse
import os
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn import datasets
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from sklearn_fs import QuickSelection

STORED = (
    "allaml arcene basehock coil20 colon glioma leukemia lung_small lymphoma madelon "
    "nci9 orl orlraws10p pcmac pixraw10p prostate_ge relathe usps warpar10p warppie10p "
    "yale"
).split()
OTHERS = "wine breast_cancer digits diabetes german_credit friedman1 xor".split()
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


def load(name):
    folder = Path(os.environ["SKLEARN_FS_BENCH_DATA"])
    if name in STORED:
        parts = np.load(folder / f"{name}.npz")
        if "data" not in parts:
            return parts["X"].astype(np.float64), parts["y"].astype(int)
        arrays = parts["data"], parts["indices"], parts["indptr"]
        X = sparse.csr_array(arrays, shape=tuple(parts["shape"]))
        return X.toarray().astype(np.float64), parts["y"].astype(int)
    if name == "german_credit":
        frame = pd.read_csv(folder / "german_credit.csv.gz")
        return frame.iloc[:, 1:].to_numpy(float), frame.iloc[:, 0].to_numpy()
    if name == "friedman1":
        return datasets.make_friedman1(2000, n_features=100, noise=1.0, random_state=0)
    if name == "xor":
        X = np.random.default_rng(0).standard_normal((1000, 50))
        return X, (X[:, 0] * X[:, 1] > 0).astype(int)
    return getattr(datasets, f"load_{name}")(return_X_y=True)


def split_rows(name, X, y, split):
    if name == "madelon" and split == 0:
        return np.arange(2000), np.arange(2000, 2600)
    classes = None if name in REGRESSION else y
    rows = np.arange(len(y))
    return train_test_split(rows, test_size=0.2, stratify=classes, random_state=split)


def scores(name, X_train, y_train, X_test, y_test):
    scaler = StandardScaler().fit(X_train)
    scaled = scaler.transform(X_train), scaler.transform(X_test)
    if name in REGRESSION:
        mean, deviation = y_train.mean(), y_train.std()
        y_train, y_test = (y_train - mean) / deviation, (y_test - mean) / deviation
        models = SVR(), Ridge(1), ExtraTreesRegressor(100, random_state=0)
    else:
        trees = ExtraTreesClassifier(100, random_state=0)
        models = SVC(), LogisticRegression(C=1, max_iter=300), trees
    for kind, model in zip(("svc", "linear", "extra_trees"), models, strict=True):
        first, second = (X_train, X_test) if kind == "extra_trees" else scaled
        yield kind, model.fit(first, y_train).score(second, y_test)


def measure(splits):
    rows = []
    for name in STORED + OTHERS:
        X, y = load(name)
        for split in splits:
            train, test = split_rows(name, X, y, split)
            sizes = SIZES.get(name, (10, 50))
            selector = QuickSelection(max(sizes), random_state=split).fit(X[train])
            order = np.argsort(-selector.scores_, kind="stable")
            for k in sizes:
                part = X[:, order[:k]]
                cells = scores(name, part[train], y[train], part[test], y[test])
                for classifier, score in cells:
                    row = "QuickSelection", name, k, split, classifier, score
                    rows.append(row)
            print(name, split, flush=True)
    names = "method dataset k split classifier score".split()
    return pd.DataFrame(rows, columns=names)


def report(ours, splits):
    """Mean rank and gap to random, over the cells that all methods have."""
    peers = pd.read_csv(Path(os.environ["SKLEARN_FS_BENCH_DATA"]) / "peers.csv")
    wanted = (peers.status == "ok") & (peers.kind == "unsupervised")
    wanted &= peers.split.isin(splits) & (peers.classifier != "known_columns")
    cells = pd.concat([peers[wanted], ours]).pivot_table(
        index=["dataset", "split", "k", "classifier"], columns="method", values="score"
    )
    cells = 100 * cells.dropna()
    by_table = cells.groupby(level=0).mean()
    gap = by_table.sub(by_table["random"], axis=0)
    ranks = cells.rank(axis=1, ascending=False).groupby(level=0).mean()
    summary = pd.DataFrame(
        {
            "mean rank of cells": ranks.mean(),
            "mean rank of tables": by_table.rank(axis=1, ascending=False).mean(),
            "gap to random": gap.mean(),
            "standard error": gap.sem(),
        }
    )
    print(f"{len(by_table)} tables, {len(cells)} cells")
    print(summary.sort_values("mean rank of cells").round(2).to_string())
    print(gap.round(1).to_string())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splits", nargs="*", type=int, default=[0, 1, 2])
    splits = parser.parse_args().splits
    warnings.simplefilter("ignore")  # of models that stop before they converge
    report(measure(splits), splits)


if __name__ == "__main__":
    main()
