# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The same work by pip-installable peers: seconds, kept rows, accuracy, ratios.

Run by hand: python asv_benchmarks/instance_selection_peers.py [n_samples]. A peer that
is not installed is left out: imbalanced-learn, apricot-select, kmedoids, fastcan. MNIST
is added when SKLEARN_FS_BENCH_DATA names a folder with mnist.npz (X, y; the last 10 000
rows are the test rows).
"""

import os
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from sklearn_fs.instance_selection import (
    ENN,
    GAISSelector,
    GraphCoverageSelector,
    HartCNN,
    KMeansInstanceSelector,
    RandomInstanceSelector,
)


def ours(selector):
    # The columns are standardised already, and the peers do not do it themselves.
    selector.set_params(standardize=False)
    return lambda X, y: selector.fit(X, y).sample_indices_


def imblearn_condensed(X, y):
    from imblearn.under_sampling import CondensedNearestNeighbour

    sampler = CondensedNearestNeighbour(random_state=0)
    sampler.fit_resample(X, y)
    return sampler.sample_indices_


def imblearn_edited(X, y):
    from imblearn.under_sampling import EditedNearestNeighbours

    sampler = EditedNearestNeighbours(
        sampling_strategy="all", n_neighbors=3, kind_sel="mode"
    )
    sampler.fit_resample(X, y)
    return sampler.sample_indices_


def by_class(select):
    """4 % of every class by a peer that knows no classes."""

    def run(X, y):
        kept = []
        for label in np.unique(y):
            rows = np.flatnonzero(y == label)
            kept.append(rows[select(X[rows], max(5, round(0.04 * len(rows))))])
        return np.sort(np.concatenate(kept))

    return run


@by_class
def apricot_facility_location(X, n):
    from apricot import FacilityLocationSelection

    return FacilityLocationSelection(n, metric="euclidean").fit(X).ranking


@by_class
def fasterpam(X, n):
    import kmedoids

    distances = np.sqrt(((X[:, None] - X) ** 2).sum(2, dtype=np.float32))
    return kmedoids.fasterpam(distances, n, random_state=0).medoids.astype(int)


@by_class
def fastcan_minibatch(X, n):
    from fastcan import minibatch
    from sklearn.decomposition import PCA

    # Rows as columns; the targets are the rows in the space of the components.
    target = PCA(min(10, X.shape[1])).fit_transform(X.T)
    return minibatch(X.T, target, n, batch_size=n, verbose=0)


PAIRS = [
    ("HartCNN", ours(HartCNN(random_state=0)), imblearn_condensed),
    ("ENN", ours(ENN()), imblearn_edited),
]
SINGLES = [
    ("coverage", ours(GraphCoverageSelector(0.04, random_state=0))),
    ("attention", ours(GAISSelector(0.04, random_state=0))),
    ("k-means", ours(KMeansInstanceSelector(0.04, random_state=0))),
    ("random", ours(RandomInstanceSelector(0.04, random_state=0))),
    ("apricot facility location", apricot_facility_location),
    ("kmedoids FasterPAM", fasterpam),
    ("fastcan minibatch", fastcan_minibatch),
]


def measure(name, select, data):
    X, X_test, y, y_test = data
    start = perf_counter()
    try:
        rows = select(X, y)
    except ImportError as error:
        print(f"{name:28s} left out: {error}")
        return np.nan
    seconds = perf_counter() - start
    model = KNeighborsClassifier(1).fit(X[rows], y[rows])
    print(
        f"{name:28s} {len(rows):7d} rows {seconds:8.2f} s"
        f"  test {model.score(X_test, y_test):.3f}  train {model.score(X, y):.3f}",
        flush=True,
    )
    return seconds


def main(n_samples):
    X, y = make_classification(
        n_samples,
        20,
        n_informative=10,
        n_redundant=5,
        n_classes=3,
        flip_y=0.05,
        random_state=0,
    )
    data = train_test_split(
        StandardScaler().fit_transform(X), y, stratify=y, random_state=0
    )
    for name, select, peer in PAIRS:
        mine = measure(name, select, data)
        theirs = measure(f"{name}, imbalanced-learn", peer, data)
        print(f"    peer / ours: {theirs / mine:.1f}")
    for name, select in SINGLES:
        measure(name, select, data)
    folder = os.environ.get("SKLEARN_FS_BENCH_DATA")
    if folder:
        table = np.load(Path(folder) / "mnist.npz")
        X, y = table["X"].astype(np.float32), table["y"]
        mnist = X[:-10_000], X[-10_000:], y[:-10_000], y[-10_000:]
        for name, selector in [
            ("MNIST coverage", GraphCoverageSelector(0.04)),
            ("MNIST coverage, exact graph", GraphCoverageSelector(0.04, graph="knn")),
            ("MNIST attention", GAISSelector(0.04)),
            ("MNIST k-means", KMeansInstanceSelector(0.04)),
            ("MNIST random", RandomInstanceSelector(0.04)),
        ]:
            selector.set_params(random_state=0)
            measure(name, ours(selector), mnist)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 6_667)
