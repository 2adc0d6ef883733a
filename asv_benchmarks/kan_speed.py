# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Time and score of the spline networks beside trees, one thread, one run.

CPU seconds, which a busy machine disturbs less than the clock on the wall.

OMP_NUM_THREADS=1 python asv_benchmarks/kan_speed.py [--memory]
"""

import argparse
import resource
import time

import numpy as np
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn import datasets
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from sklearn_fs import KANClassifier, KANRegressor


def models(classes):
    if classes:
        return {
            "kan": KANClassifier(random_state=0),
            "hist_gradient_boosting": HistGradientBoostingClassifier(random_state=0),
            "lightgbm": LGBMClassifier(n_jobs=1, verbose=-1),
            "random_forest": RandomForestClassifier(random_state=0),
        }
    return {
        "kan": KANRegressor(random_state=0),
        "hist_gradient_boosting": HistGradientBoostingRegressor(random_state=0),
        "lightgbm": LGBMRegressor(n_jobs=1, verbose=-1),
        "random_forest": RandomForestRegressor(random_state=0),
    }


def tables():
    yield "breast_cancer", *datasets.load_breast_cancer(return_X_y=True), True
    yield "digits", *datasets.load_digits(return_X_y=True), True
    yield "diabetes", *datasets.load_diabetes(return_X_y=True), False
    for n_samples, n_features in [(1000, 10), (1000, 50), (43_000, 9)]:
        made = datasets.make_friedman1(
            n_samples, n_features=n_features, noise=1.0, random_state=0
        )
        yield f"friedman1 {n_samples} x {n_features}", *made, False


def sgemm_share():
    """Speed of the first layer's products against that of a large product."""
    rng = np.random.default_rng(0)

    def rate(n, k, m, repeats):
        a = rng.standard_normal((n, k)).astype(np.float32)
        b = rng.standard_normal((k, m)).astype(np.float32)
        out = np.empty((n, m), dtype=np.float32)
        best = np.inf
        for _ in range(5):
            start = time.process_time()
            for _ in range(repeats):
                np.matmul(a, b, out=out)
            best = min(best, (time.process_time() - start) / repeats)
        return 2 * n * k * m / best / 1e9

    peak = rate(2000, 2000, 2000, 1)
    print(f"SGEMM 2000 x 2000 x 2000: {peak:.0f} GFLOP/s")
    for rows in (64, 512):
        for n_features in (30, 100, 1000):
            width = 9 * n_features
            here, back = rate(rows, width, 20, 30), rate(width, rows, 20, 30)
            print(
                f"{rows} rows, {n_features} columns, 20 units: forward {here:.0f} "
                f"({here / peak:.0%}), gradient {back:.0f} ({back / peak:.0%})"
            )


def memory():
    """Peak memory of a fit on a million rows, in units of the table."""
    rng = np.random.default_rng(0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    X = rng.standard_normal((1_000_000, 100), dtype=np.float32)
    y = X[:, 0] + X[:, 1] ** 2
    start = time.perf_counter()
    KANRegressor(max_iter=1, random_state=0).fit(X, y)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"peak {peak / 1e6:.0f} MB, {(peak - before) / X.nbytes:.2f} times the table "
        f"(itself included) above the {before / 1e6:.0f} MB of the loaded libraries; "
        f"{time.perf_counter() - start:.0f} s for one epoch"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", action="store_true")
    if parser.parse_args().memory:
        return memory()
    with threadpool_limits(1):
        sgemm_share()
        for name, X, y, classes in tables():
            a, b, c, d = train_test_split(
                X, y, test_size=0.25, random_state=0, stratify=y if classes else None
            )
            for label, model in models(classes).items():
                best = np.inf
                for _ in range(1 if len(a) > 10_000 else 3):
                    start = time.process_time()
                    model.fit(a, c)
                    best = min(best, time.process_time() - start)
                score = model.score(b, d)
                print(f"{name:25s} {label:25s} {best:7.3f} s  {score:.3f}", flush=True)


if __name__ == "__main__":
    main()
