# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns found, and CPU seconds, beside LassoNet and Boruta; one thread.

Needs an environment with torch, lassonet and boruta:

OMP_NUM_THREADS=1 python asv_benchmarks/kan_selector_peers.py [--seeds 2]

Each selector names as many columns as matter. LassoNet: 100 units, its path with
multiplier 1.05 and at most 300 and 50 epochs, standardised columns and target.
Boruta: at most 50 rounds of 100 trees of depth 5, columns by its ranking (ties in
order of the columns, which favours it: the true ones stand first).
"""

import argparse
import contextlib
import io
import time

import numpy as np
import torch
from boruta import BorutaPy
from lassonet import LassoNetClassifier, LassoNetRegressor
from sklearn import datasets
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from sklearn_fs import KANSelector


def problems(seed):
    """(name, X, y, how many columns matter, are there classes)."""
    X, y = datasets.make_friedman1(1000, n_features=50, noise=1.0, random_state=seed)
    yield "friedman1, 1000 x 50", X, y, 5, False
    X = np.random.default_rng(seed).uniform(-1, 1, (600, 60))
    yield "sign of a product, 600 x 60", X, (X[:, 0] * X[:, 1] > 0).astype(int), 2, True
    X = np.random.default_rng(seed).standard_normal((600, 30))
    y = ((X[:, :4] ** 2).sum(axis=1) > 4).astype(int)
    yield "four squares, 600 x 30", X, y, 4, True


def kan(X, y, k, classes, seed):
    selector = KANSelector(n_features_to_select=k, random_state=seed).fit(X, y)
    return selector.get_support(indices=True)


def boruta(X, y, k, classes, seed):
    kind = RandomForestClassifier if classes else RandomForestRegressor
    forest = kind(n_jobs=1, max_depth=5, max_features="sqrt", random_state=seed)
    selector = BorutaPy(forest, n_estimators=100, max_iter=50, random_state=seed)
    return np.argsort(selector.fit(X, y).ranking_, kind="stable")[:k]


def lassonet(X, y, k, classes, seed):
    X = StandardScaler().fit_transform(X)
    if not classes:
        y = ((y - y.mean()) / y.std()).astype(np.float32)
    kind = LassoNetClassifier if classes else LassoNetRegressor
    model = kind(
        hidden_dims=(100,),
        n_iters=(300, 50),
        path_multiplier=1.05,
        verbose=0,
        random_state=seed,
        torch_seed=seed,
    )
    with contextlib.redirect_stdout(io.StringIO()):
        model.path(X, y, return_state_dicts=False)
    return np.argsort(-model.feature_importances_.numpy(), kind="stable")[:k]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=2)
    n_seeds = parser.parse_args().seeds
    torch.set_num_threads(1)
    with threadpool_limits(1):
        for seed in range(n_seeds):
            for name, X, y, k, classes in problems(seed):
                for method in (kan, boruta, lassonet):
                    start = time.process_time()
                    found = method(X, y, k, classes, seed)
                    seconds = time.process_time() - start
                    print(
                        f"{seed} {name:28s} {method.__name__:9s} {seconds:6.2f} s  "
                        f"{np.sum(found < k)} of {k}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
