# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What OutRank promises about pairs of columns, on planted tables; one thread.

    python asv_benchmarks/outrank_acceptance.py [pairs memory 3mr xor pipeline]

pairs: all 1,225 pairs of 100,000 x 50 beside scikit-learn (20 pairs, extrapolated);
memory: extra memory of one pair of 50,000 x 50,000 categories; 3mr: what the first 12
picks are and where copies end; xor: the place of a planted product of signs among all
pairs by synergy; pipeline: a linear model with and without the joint columns.
"""

import argparse
import time
import tracemalloc
import warnings

import numpy as np
import pandas as pd
from benchmarks.datasets import make_planted_categorical
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from sklearn_fs import InteractionFeatures, OutRank
from sklearn_fs.information import mutual_info_matrix

SIZES, SEEDS = (10_000, 30_000), range(5)
# Columns that say the same thing.
GROUPS = [
    {"relevant_500", "copy_of_500"},
    {"relevant_2000", "coarse_2000"},
    {"relevant_100", "corrupted_100"},
]


def pairs():
    X = make_planted_categorical(100_000, 0)[0]
    start = time.perf_counter()
    matrix = mutual_info_matrix(X, normalize="ami", categorical_features="all")
    ours = time.perf_counter() - start
    chosen = [np.random.default_rng(s).choice(50, 2, replace=False) for s in range(20)]
    start = time.perf_counter()
    theirs = [adjusted_mutual_info_score(X[:, i], X[:, j]) for i, j in chosen]
    seconds = (time.perf_counter() - start) / len(chosen) * 1225
    error = np.abs(np.array(theirs) - [matrix[i, j] for i, j in chosen]).max()
    print(f"all pairs: {ours:.2f} s, scikit-learn {seconds:.0f} s (extrapolated),")
    print(f"  {seconds / ours:.0f} times; largest difference on 20 pairs {error:.1e}")


def memory():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 50_000, (100_000, 2))
    tracemalloc.start()
    start = time.perf_counter()
    mutual_info_matrix(X, categorical_features="all")
    seconds = time.perf_counter() - start
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(f"50,000 x 50,000 values, 100,000 rows: {peak:.1f} MB, {seconds:.2f} s")


def three_mr():
    print(
        "n, seed: relevant, partners, repeated, noise in the first 12; place of copies"
    )
    for n in SIZES:
        for seed in SEEDS:
            X, y, names, roles = make_planted_categorical(n, seed)
            options = {"criterion": "3mr", "n_features_to_select": 12}
            ranker = OutRank(categorical_features="all", **options).fit(X, y)
            order = [names[j] for j in ranker.order_]
            first, role = order[:12], dict(zip(names, roles, strict=True))
            # Of two columns that say the same, either may stand for both.
            repeated = sum(max(0, len(group & set(first)) - 1) for group in GROUPS)
            kinds = [role[name] for name in first]
            told = sum(kind in ("relevant", "numeric", "redundant") for kind in kinds)
            behind = [max(order.index(name) for name in group) + 1 for group in GROUPS]
            partners, noise = kinds.count("interacting"), kinds.count("noise")
            print(
                f"  {n}, {seed}: {told - repeated}, {partners}, {repeated}, {noise}; "
                f"{behind}"
            )


def xor():
    print("n, seed: place of the planted pair, its z, the next z; seconds")
    for n in SIZES:
        for seed in SEEDS:
            X, y, names, _ = make_planted_categorical(n, seed)
            start = time.perf_counter()
            ranker = OutRank(categorical_features="all", interaction_order=2).fit(X, y)
            seconds = time.perf_counter() - start
            found = ranker.interactions_
            wanted = {names.index("pair_left"), names.index("pair_right")}
            place = [{row["i"], row["j"]} == wanted for row in found].index(True)
            other = np.delete(found["z"], place).max()
            print(
                f"  {n}, {seed}: {place + 1}, {found['z'][place]:.1f}, {other:.1f}; "
                f"{seconds:.2f}"
            )


def pipeline():
    print("log-loss on 30 % of 30,000 rows: linear model, with joint columns; added")
    warnings.simplefilter("ignore", ConvergenceWarning)
    for seed in SEEDS:
        X, y, names, _ = make_planted_categorical(30_000, seed)
        X = pd.DataFrame(X, columns=names)
        # A linear model over a few hundred thousand indicators is no fair partner.
        X = X.loc[:, X.nunique() <= 500]
        train, test = np.arange(21_000), np.arange(21_000, 30_000)
        linear = [
            OneHotEncoder(handle_unknown="ignore", min_frequency=5),
            LogisticRegression(C=0.1),
        ]
        joined = InteractionFeatures(
            OutRank(categorical_features="all", interaction_order=2)
        ).set_output(transform="pandas")
        losses = []
        for model in (make_pipeline(*linear), make_pipeline(joined, *linear)):
            model.fit(X.iloc[train], y[train])
            losses.append(log_loss(y[test], model.predict_proba(X.iloc[test])))
        added = joined.get_feature_names_out()[X.shape[1] :]
        print(f"  seed {seed}: {losses[0]:.4f}, {losses[1]:.4f}; {list(added)}")


PARTS = {"pairs": pairs, "memory": memory, "3mr": three_mr, "xor": xor}
PARTS["pipeline"] = pipeline


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    for part in parser.parse_args().parts:
        PARTS[part]()


if __name__ == "__main__":
    main()
