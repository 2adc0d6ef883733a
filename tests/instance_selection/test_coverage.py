# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""GraphCoverageSelector: the greedy walk, quotas, anchors and what it refuses."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits, make_friedman1
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from sklearn_fs.instance_selection import (
    GraphCoverageSelector,
    KMeansInstanceSelector,
    RandomInstanceSelector,
)
from sklearn_fs.instance_selection._quotas import class_quotas
from sklearn_fs.instance_selection._selection import (
    select_cover,
    select_suppress,
    vote_scores,
)
from sklearn_fs.neighbors._graph import neighbor_graph
from sklearn_fs.neighbors._points import Points


def _blobs(n=200, seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 2, n).astype(np.intp)
    return rng.standard_normal((n, 3)) + codes[:, None], codes


def _graph(X, codes):
    graph = neighbor_graph(Points(X), codes, graph="knn")
    matrix = sparse.csr_array(graph[:3][::-1], shape=(len(X), len(X))).toarray()
    return graph, matrix.astype(np.float64)


def _dense_cover(matrix, codes, quotas, trust):
    """Greedy by the definition: recompute every gain at every step."""
    matrix = matrix + np.eye(len(codes))
    kept, gains = [], []
    for code, quota in enumerate(quotas):
        members = np.flatnonzero(codes == code)
        covered, left = np.zeros(len(members)), members.tolist()
        for _ in range(quota):
            value = matrix[np.ix_(members, left)] * trust[left]
            gain = np.maximum(value - covered[:, None], 0).sum(axis=0)
            best = np.flatnonzero(gain >= gain.max() - 1e-12)[0]
            kept.append(left[best])
            gains.append(gain[best])
            covered = np.maximum(covered, value[:, best])
            del left[best]
    return np.array(kept), np.array(gains)


@pytest.mark.parametrize("trusting", [True, False])
def test_lazy_greedy_equals_dense_greedy(trusting):
    X, codes = _blobs()
    graph, matrix = _graph(X, codes)
    trust = np.ones(len(X)) if trusting else vote_scores(graph, codes)
    kept, gains = select_cover(graph, codes, [40, 25], trust)
    expected, expected_gains = _dense_cover(matrix, codes, [40, 25], trust)
    assert_array_equal(np.sort(kept), np.sort(expected))
    assert_allclose(gains, np.sort(expected_gains)[::-1])
    assert (np.diff(gains) <= 0).all()


def test_votes_and_suppression_against_slow_twins():
    X, codes = _blobs()
    graph, matrix = _graph(X, codes)
    same = codes[:, None] == codes
    assert_allclose(
        vote_scores(graph, codes), (matrix * same).sum(1) / matrix.sum(1), rtol=1e-6
    )
    scores = np.random.default_rng(0).random(len(X))
    expected = []
    for code, quota in enumerate([10, 60]):
        taken = []
        order = [i for i in np.argsort(-scores) if codes[i] == code]
        for i in order:
            if len(taken) < quota and not matrix[i, taken].any():
                taken.append(i)
        rest = [i for i in order if i not in taken]
        expected += taken + rest[: quota - len(taken)]
    got = select_suppress(graph, codes, [10, 60], scores)
    assert_array_equal(np.sort(got), np.sort(expected))


@pytest.mark.parametrize(
    "n_samples, minimum, expected",
    [
        (0.1, 5, [100, 10, 5, 1]),
        (1.0, 5, [1000, 100, 20, 1]),
        (112, 1, [99, 10, 2, 1]),
        (112, 5, [96, 10, 5, 1]),
        (3, 1, [1, 1, 1, 1]),
        ({"a": 7, "c": 50}, 5, [7, 100, 20, 1]),
    ],
)
@pytest.mark.filterwarnings("ignore:n_samples=3 cannot hold:UserWarning")
def test_quotas(n_samples, minimum, expected):
    counts, classes = np.array([1000, 100, 20, 1]), np.array(list("abcd"))
    got = class_quotas(n_samples, counts, classes, minimum)
    assert_array_equal(got, expected)


def test_quota_errors():
    X, y = _blobs()
    for n_samples, message in [
        ({5: 3}, "names the label 5, which is not in y"),
        ({0: 0}, "must be an int of at least 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            GraphCoverageSelector(n_samples).fit(X, y)
    with pytest.warns(UserWarning, match="n_samples=500 is larger than the 200 rows"):
        assert GraphCoverageSelector(500).fit(X, y).support_.all()
    with pytest.warns(UserWarning, match="cannot hold min_per_class=5"):
        assert GraphCoverageSelector(2).fit(X, y).support_.sum() == 10


def test_weights_are_the_rows_that_are_nearest():
    X, y = _blobs()
    selector = GraphCoverageSelector(0.2, standardize=False).fit(X, y)
    kept = selector.sample_indices_
    squared = np.square(X[:, None] - X[kept]).sum(axis=2)
    squared[y[:, None] != y[kept]] = np.inf
    expected = np.bincount(squared.argmin(axis=1), minlength=len(kept))
    assert_array_equal(selector.weights_, expected)
    assert selector.weights_.sum() == len(X)
    assert selector.reduction_ == pytest.approx(1 - len(kept) / len(X))


def _anchor(X_train, y_train, X_test, y_test, rows):
    models = [
        KNeighborsClassifier(1),
        KNeighborsClassifier(5),
        LogisticRegression(max_iter=1000),
        RandomForestClassifier(random_state=0),
    ]
    fits = (model.fit(X_train[rows], y_train[rows]) for model in models)
    return np.mean([model.score(X_test, y_test) for model in fits])


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.25, stratify=y, random_state=0
    )
    scaler = StandardScaler().fit(X)
    return scaler.transform(X), y, scaler.transform(X_test), y_test


@pytest.mark.parametrize(
    "n_samples, size, anchor", [(0.04, 50, 0.894), (0.1, 136, 0.93)]
)
def test_anchors_on_digits(digits, n_samples, size, anchor):
    X, y, X_test, y_test = digits
    rows = GraphCoverageSelector(n_samples).fit(X, y).sample_indices_
    assert len(rows) == size
    assert _anchor(X, y, X_test, y_test, rows) >= anchor - 0.01


def test_wrong_labels_are_left_out(digits):
    X, y, X_test, y_test = digits
    rng = np.random.RandomState(0)
    wrong = rng.choice(len(y), len(y) // 5, replace=False)
    noisy = y.copy()
    noisy[wrong] = (noisy[wrong] + rng.randint(1, 10, len(wrong))) % 10
    rows = GraphCoverageSelector(0.1).fit(X, noisy).sample_indices_
    assert np.isin(rows, wrong).mean() < 0.03
    assert _anchor(X, noisy, X_test, y_test, rows) >= 0.9


def test_without_labels():
    X, _ = _blobs()
    for selector in (GraphCoverageSelector(20), KMeansInstanceSelector(20)):
        X_few, y_few = selector.fit_resample(X)
        assert X_few.shape == (20, 3) and y_few is None
    assert GraphCoverageSelector().fit([[1.0, 2.0]]).sample_indices_.tolist() == [0]
    with pytest.raises(ValueError, match="got 1 class"):
        GraphCoverageSelector().fit(X, np.zeros(len(X)))
    with pytest.raises(ValueError, match="requires y to be passed"):
        RandomInstanceSelector().fit(X)


def test_regression_strata():
    X, y = make_friedman1(400, random_state=0)
    selector = GraphCoverageSelector(0.1, n_bins=8).fit(X, y)
    assert len(selector.classes_) == 8
    assert (np.diff(selector.classes_) > 0).all()
    kept = y[selector.sample_indices_]
    assert kept.min() < np.quantile(y, 0.1) and kept.max() > np.quantile(y, 0.9)
    # Many equal targets: thin strata are joined, none has fewer than 10 rows.
    y = np.where(y < np.quantile(y, 0.7), 1.5, y)
    codes, _ = selector._encode(y)
    assert np.bincount(codes).min() >= 10
    with pytest.raises(ValueError, match="Unknown label type"):
        GraphCoverageSelector(task="classification").fit(X, y)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("graph", ["knn", "batch", "rp_forest", "lsh"])
def test_sparse_equals_dense(graph, metric):
    rng = np.random.default_rng(0)
    X = rng.poisson(0.3, (400, 30)) * rng.random((400, 30))
    y = rng.integers(0, 3, 400)
    options = {"graph": graph, "metric": metric, "random_state": 0, "batch_size": 150}
    dense = GraphCoverageSelector(**options).fit(X, y)
    for container in (sparse.csr_array, sparse.csc_matrix, sparse.coo_array):
        other = GraphCoverageSelector(**options).fit(container(X), y)
        assert_array_equal(other.sample_indices_, dense.sample_indices_)
        assert_array_equal(other.weights_, dense.weights_)
    X_few, _ = dense.select_from(sparse.coo_array(X), y)
    assert_allclose(X_few.toarray(), X[dense.support_])


@pytest.mark.parametrize("graph", ["batch", "rp_forest"])
def test_memory_stays_linear(graph):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30_000, 4)), rng.integers(0, 2, 30_000)
    selector = GraphCoverageSelector(0.01, graph=graph, n_trees=2, random_state=0)
    tracemalloc.start()
    selector.fit(X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6  # a matrix of all distances would take 7 GB


def test_two_fits_do_not_know_each_other():
    X, y = _blobs()
    selector = GraphCoverageSelector(0.2, graph="batch", random_state=0)
    first = selector.fit(X, y).sample_indices_
    selector.fit(X[:50], y[:50])
    assert_array_equal(selector.fit(X, y).sample_indices_, first)


def test_k_means_fills_up_where_clusters_are_missing():
    X = np.repeat(np.arange(4.0), 10)[:, None]
    y = np.repeat([0, 1], 20)
    selector = KMeansInstanceSelector(12, random_state=0).fit(X, y)
    assert selector.sampling_strategy_ == {0: 6, 1: 6}
    assert set(X[selector.sample_indices_, 0]) == {0.0, 1.0, 2.0, 3.0}
