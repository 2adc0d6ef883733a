# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact responsiveness of trees beside asking the model, as ratios in one run.

    python asv_benchmarks/recourse_peers.py [--people 100000] [--trees 200]

Three ways to the same numbers, for every continuous column of a LightGBM model:

* `kernel`: `interval_success_many`, exact, on one thread;
* `loop`: for every person and column `predict` on 738 points, one call each;
* `batch`: all these points of a few people in one call of `predict`.

Then all people on one and on two threads, through the kernel and through
`ResponsivenessScorer`, with the memory each needs on top of what was there.
"""

import argparse
import threading
import time
import warnings

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.datasets import make_classification

from sklearn_fs.recourse import ActionSet, ResponsivenessScorer
from sklearn_fs.recourse._margins import read_margin

N_POINTS = 738  # for a half width of 0.05 at 95 %


def make_model(n_trees, n_people, n_columns=23, seed=0):
    """A LightGBM model and people, denied or not, without a repeated value."""
    X, y = make_classification(
        20_000, n_columns, n_informative=12, flip_y=0.1, random_state=seed
    )
    model = LGBMClassifier(
        n_estimators=n_trees, num_leaves=31, n_jobs=1, random_state=seed, verbose=-1
    ).fit(X, y)
    random = np.random.RandomState(seed + 1)
    rows = random.randint(len(X), size=n_people)
    people = X[rows] + random.normal(scale=0.05, size=(n_people, n_columns))
    return model, X, people


def points(people, column, low, high):
    """738 points of each person along one column, one person after the other."""
    places = (np.arange(N_POINTS) + 0.5) / N_POINTS
    rows = np.repeat(people, N_POINTS, axis=0)
    rows[:, column] = np.tile(low + places * (high - low), len(people))
    return rows


def by_loop(model, people, low, high):
    """One call of `predict` for each person and column."""
    shares = np.empty(people.shape)
    for i in range(len(people)):
        for j in range(people.shape[1]):
            rows = points(people[i : i + 1], j, low[j], high[j])
            shares[i, j] = (model.predict(rows) == 1).mean()
    return shares


def by_batch(model, people, low, high):
    """One call of `predict` for all persons and columns."""
    d = people.shape[1]
    rows = np.concatenate([points(people, j, low[j], high[j]) for j in range(d)])
    hits = (model.predict(rows) == 1).reshape(d, len(people), N_POINTS)
    return hits.mean(axis=2).T


def seconds(function, repeat=1):
    """Best of some runs, and the result."""
    best = np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        result = function()
        best = min(best, time.perf_counter() - start)
    return best, result


def resident():
    """Resident memory of this process in MB."""
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096 / 1e6


class PeakMemory:
    """Largest resident memory while a block runs, above that at its start, in MB."""

    def __enter__(self):
        self._start = resident()
        self.peak = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self):
        while not self._stop.wait(0.02):
            self.peak = max(self.peak, resident() - self._start)

    def __exit__(self, *_):
        self.peak = max(self.peak, resident() - self._start)
        self._stop.set()
        self._thread.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--trees", type=int, default=200)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    model, X, people = make_model(args.trees, args.people)
    low, high = X.min(axis=0), X.max(axis=0)
    columns = np.arange(X.shape[1])
    read, margin = seconds(lambda: read_margin(model, target=1))
    print(f"reading {args.trees} trees: {read:.2f} s")

    def kernel(some, n_threads=1):
        lower, upper = (np.broadcast_to(b, some.shape) for b in (low, high))
        return margin.interval_success_many(
            some, columns, lower, upper, n_threads=n_threads
        )

    few = people[:2000]
    one, exact = seconds(lambda: kernel(few), repeat=3)
    one /= len(few)
    loop, sampled = seconds(lambda: by_loop(model, people[:4], low, high))
    loop /= 4
    batch, batched = seconds(lambda: by_batch(model, people[:10], low, high))
    batch /= 10
    error = np.abs(exact[:10] - batched)
    print(f"ms a person: kernel {1e3 * one:.3f}  loop {1e3 * loop:.1f}", end="  ")
    print(f"batch {1e3 * batch:.1f}")
    print(f"kernel is {loop / one:.0f}x the loop, {batch / one:.0f}x the batch")
    print(f"error of 738 points: rms {np.sqrt((error**2).mean()):.4f}", end="  ")
    print(f"largest {error.max():.4f}  (loop: {np.abs(exact[:4] - sampled).max():.4f})")
    for n_threads in (1, 2):
        with PeakMemory() as memory:
            spent, _ = seconds(lambda n=n_threads: kernel(people, n))
        print(
            f"{len(people)} people x {len(columns)} columns, {n_threads} threads: "
            f"{spent:.1f} s, {memory.peak:.0f} MB"
        )
    aset = ActionSet.from_frame(X)
    scorer = ResponsivenessScorer(model, aset, target=1, n_jobs=2).fit(X)
    with PeakMemory() as memory:
        spent, scores = seconds(lambda: scorer.score_samples(people))
    print(
        f"ResponsivenessScorer, 2 threads: {spent:.1f} s, {memory.peak:.0f} MB, "
        f"{np.isnan(scores[:, 0]).mean():.0%} approved, {scorer.method_['x0']}"
    )


if __name__ == "__main__":
    main()
