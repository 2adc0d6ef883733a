# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Accuracy of the spline networks, and columns found, over seeds.

python asv_benchmarks/kan_acceptance.py [--seeds 10]
"""

import argparse

import numpy as np
from sklearn import datasets
from sklearn.metrics import f1_score, r2_score
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from sklearn_fs import KANClassifier, KANRegressor, KANSelector

METHODS = ("l1", "l2", "si", "ko", "perm", "attr", "path", "omp")


def accuracy(X, y, classes, seeds):
    """Macro F1 or R2 on a quarter of the rows, one split, many seeds."""
    a, b, c, d = train_test_split(
        X, y, test_size=0.25, random_state=0, stratify=y if classes else None
    )
    values = []
    for seed in range(seeds):
        kind = KANClassifier if classes else KANRegressor
        out = kind(random_state=seed).fit(a, c).predict(b)
        values.append(
            f1_score(d, out, average="macro") if classes else r2_score(d, out)
        )
    return f"{np.mean(values):.3f} +- {np.std(values):.3f}"


def friedman(seed):
    X, y = datasets.make_friedman1(1000, n_features=50, noise=1.0, random_state=seed)
    return X, y, set(range(5))


def xor(seed):
    X = np.random.default_rng(seed).uniform(-1, 1, (600, 60))
    return X, X[:, 0] * X[:, 1] > 0, {0, 1}


def even(seed):
    X = np.random.default_rng(seed).standard_normal((600, 30))
    return X, (X[:, :4] ** 2).sum(axis=1) > 4, set(range(4))


def exact(problem, method, seeds):
    """In how many of the seeds the first columns are the true ones."""
    hits = 0
    for seed in range(seeds):
        X, y, truth = problem(seed)
        selector = KANSelector(
            method=method, n_features_to_select=len(truth), random_state=seed
        )
        hits += set(selector.fit(X, y).get_support(indices=True)) == truth
    return hits


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    load = {
        "breast_cancer (macro F1)": (datasets.load_breast_cancer, True),
        "digits (macro F1)": (datasets.load_digits, True),
        "diabetes (R2)": (datasets.load_diabetes, False),
    }
    with threadpool_limits(1):
        for name, (loader, classes) in load.items():
            X, y = loader(return_X_y=True)
            print(name, accuracy(X, y, classes, seeds), flush=True)
        for n_features in (10, 50):
            made = datasets.make_friedman1(
                1000, n_features=n_features, noise=1.0, random_state=0
            )
            name = f"friedman1, {n_features} columns (R2)"
            print(name, accuracy(*made, False, seeds), flush=True)
        for problem in (friedman, xor, even):
            for method in METHODS:
                hits = exact(problem, method, 5)
                print(problem.__name__, method, f"{hits} of 5", flush=True)


if __name__ == "__main__":
    main()
