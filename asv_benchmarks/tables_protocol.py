# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The protocol of a stored table of peers: tables, splits, models, and the summary.

The environment variable SKLEARN_FS_BENCH_DATA names the folder with the tables and with
`peers.csv` (columns method, kind, dataset, k, split, classifier, score, seconds,
status), which holds what other methods reach. Splits of 80 to 20 %, stratified; two
numbers of columns for each table; SVC() and logistic regression on standardised columns
and 100 extra trees on raw ones.
"""

import os
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

STORED = (
    "allaml arcene basehock coil20 colon glioma leukemia lung_small lymphoma madelon "
    "nci9 orl orlraws10p pcmac pixraw10p prostate_ge relathe usps warpar10p warppie10p "
    "yale"
).split()
OTHERS = "wine breast_cancer digits diabetes german_credit friedman1 xor".split()
MNIST = "mnist10k"
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


def folder():
    return Path(os.environ["SKLEARN_FS_BENCH_DATA"])


def load(name):
    """X and y; all rows, training rows first where a table has its own split."""
    if name in STORED:
        parts = np.load(folder() / f"{name}.npz")
        if "data" not in parts:
            return parts["X"].astype(np.float64), parts["y"].astype(int)
        arrays = parts["data"], parts["indices"], parts["indptr"]
        X = sparse.csr_array(arrays, shape=tuple(parts["shape"]))
        return X.toarray().astype(np.float64), parts["y"].astype(int)
    if name == MNIST:
        parts = np.load(folder() / "mnist.npz")
        if "X" in parts:
            return parts["X"].astype(np.float64), parts["y"].astype(int)
        X = np.concatenate([parts["X_train"], parts["X_test"]])
        y = np.concatenate([parts["y_train"], parts["y_test"]])
        return X.astype(np.float64), y.astype(int)
    if name == "german_credit":
        frame = pd.read_csv(folder() / "german_credit.csv.gz")
        return frame.iloc[:, 1:].to_numpy(float), frame.iloc[:, 0].to_numpy()
    if name == "friedman1":
        return datasets.make_friedman1(2000, n_features=100, noise=1.0, random_state=0)
    if name == "xor":
        X = np.random.default_rng(0).standard_normal((1000, 50))
        return X, (X[:, 0] * X[:, 1] > 0).astype(int)
    return getattr(datasets, f"load_{name}")(return_X_y=True)


def split_rows(name, X, y, split):
    """Training and test rows."""
    if name == "madelon" and split == 0:
        return np.arange(2000), np.arange(2000, 2600)
    if name == MNIST:
        train, _ = train_test_split(
            np.arange(60_000), train_size=10_000, stratify=y[:60_000],
            random_state=split,
        )  # fmt: skip
        return train, np.arange(60_000, 70_000)
    classes = None if name in REGRESSION else y
    rows = np.arange(len(y))
    return train_test_split(rows, test_size=0.2, stratify=classes, random_state=split)


def scores(name, X_train, y_train, X_test, y_test):
    """(classifier, score) of each of the three models."""
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


def stored_peers(kind, splits):
    """Cells of the stored methods."""
    peers = pd.read_csv(folder() / "peers.csv")
    wanted = (peers.status == "ok") & (peers.kind == kind)
    wanted &= peers.split.isin(splits) & (peers.classifier != "known_columns")
    return peers[wanted]


def summarise(ours, peers, random=None):
    """Mean rank and gap to random, over the cells that all methods have."""
    random = peers[peers.method == "random"] if random is None else random
    index = ["dataset", "split", "k", "classifier"]
    both = pd.concat([peers, ours])
    cells = both.pivot_table(index=index, columns="method", values="score")
    cells = 100 * cells.dropna()
    chance = 100 * random.groupby(index).score.mean().reindex(cells.index)
    by_table = cells.groupby(level=0).mean()
    gap = cells.sub(chance, axis=0).groupby(level=0).mean()
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
    print(summary.sort_values("mean rank of tables").round(2).to_string())
    print(gap.round(1).to_string())
    return summary
