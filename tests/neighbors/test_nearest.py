# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Searches against the matrix of all differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from sklearn_fs.neighbors._nearest import (
    count_local_sets,
    nearest,
    nearest_enemies,
    nearest_of_class,
    sum_over,
)
from sklearn_fs.neighbors._points import Points


def _table(kind, n=200, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 6))
    if kind == "ties":  # a grid with repeated rows: equal distances everywhere
        X = np.round(X[:, :3] * 1.5)
    elif kind == "far":  # far from the origin, one row far from all others
        X = X + 1e6
        X[7] += 1e9
    elif kind == "constant":
        X[:] = 3.0
    return X


def _all_squared(X):
    squared = np.zeros((len(X), len(X)))
    for column in X.T:
        squared += np.square(column[:, None] - column)
    return squared


def _slow_nearest(squared, rows, candidates, k, exclude_self):
    neighbors = np.full((len(rows), k), -1)
    distances = np.full((len(rows), k), np.inf)
    for place, row in enumerate(rows):
        pairs = [
            (squared[row, c], c) for c in candidates if not (exclude_self and c == row)
        ]
        for q, (value, c) in enumerate(sorted(pairs)[:k]):
            neighbors[place, q], distances[place, q] = c, value
    return neighbors, distances


@pytest.mark.parametrize("kind", ["normal", "ties", "far", "constant"])
@pytest.mark.parametrize("k, exclude_self", [(1, False), (5, True), (250, True)])
def test_nearest_is_exact(kind, k, exclude_self):
    X = _table(kind)
    rng = np.random.default_rng(1)
    rows = rng.permutation(len(X))[:50]
    candidates = np.sort(rng.permutation(len(X))[:120])
    expected = _slow_nearest(_all_squared(X), rows, candidates, k, exclude_self)
    for table in (X, sparse.csr_array(X), np.asfortranarray(X)):
        points = Points(table, standardize=False)
        got = nearest(points, rows, candidates, k, exclude_self=exclude_self)
        assert_array_equal(got[0], expected[0])
        assert_array_equal(got[1], expected[1])


def test_nearest_float32_and_threads():
    X = _table("normal", 3000).astype(np.float32)
    points, rows = Points(X), np.arange(len(X))
    one, two = (nearest(points, rows, rows, 4, n_jobs=n) for n in (1, 2))
    assert_array_equal(one[0], two[0])
    assert_array_equal(one[1], two[1])
    as_double = nearest(Points(X.astype(np.float64)), rows, rows, 4)
    assert np.mean(as_double[0] == one[0]) > 0.999


def test_cosine_and_standardize():
    X = _table("normal") * np.array([1, 10, 100, 1, 1, 1])
    X[:, 5] = 2.0
    rows = np.arange(len(X))
    _, got = nearest(Points(X), rows, rows, 3)
    scaled = X[:, :5] / X[:, :5].std(axis=0)
    expected = _slow_nearest(_all_squared(scaled), rows, rows, 3, True)[1]
    assert_allclose(got, expected, rtol=1e-6)  # the scale is rounded to float32
    _, got = nearest(Points(X, standardize=False, metric="cosine"), rows, rows, 3)
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    assert_allclose(got, _slow_nearest(_all_squared(unit), rows, rows, 3, True)[1])


@pytest.mark.parametrize("kind", ["normal", "ties"])
def test_local_sets(kind):
    X = _table(kind, 120)
    codes = (X[:, 0] + X[:, 1] > 0).astype(np.intp)
    squared, points = _all_squared(X), Points(X, standardize=False)
    foe = np.where(codes[:, None] != codes, squared, np.inf)
    enemies, radii = nearest_enemies(points, codes)
    assert_array_equal(enemies, foe.argmin(axis=1))
    assert_array_equal(radii, foe.min(axis=1))
    members = np.flatnonzero(codes == 1)
    inside = squared[np.ix_(members, members)] < radii[members][:, None]
    np.fill_diagonal(inside, False)
    sizes, memberships = count_local_sets(points, members, radii[members])
    assert_array_equal(sizes, inside.sum(axis=1))
    assert_array_equal(memberships, inside.sum(axis=0))


def test_sum_over():
    X = _table("normal")
    points, rows = Points(X, standardize=False), np.arange(len(X))
    got = sum_over(points, rows, rows, lambda d, a, b: d.sum(axis=1))
    assert_allclose(got, np.sqrt(_all_squared(X)).sum(axis=1))
    twice = np.r_[X, X]
    got = sum_over(
        Points(twice, standardize=False),
        np.arange(len(twice)),
        np.arange(len(twice)),
        lambda d, a, b: d.sum(axis=1),
    )
    assert_array_equal(got[: len(X)], got[len(X) :])


def test_nearest_of_class(monkeypatch):
    X = _table("normal", 2000)
    codes = (X[:, 0] > 0.3).astype(np.intp)
    kept = np.sort(np.random.default_rng(0).permutation(len(X))[:800])
    squared, points = _all_squared(X), Points(X, standardize=False)
    allowed = codes[:, None] == codes[kept]
    exact = kept[np.where(allowed, squared[:, kept], np.inf).argmin(axis=1)]
    assert_array_equal(nearest_of_class(points, codes, kept), exact)
    # The search in trees finds nearly always the nearest, and always the own class.
    monkeypatch.setattr("sklearn_fs.neighbors._nearest._PAIR_LIMIT", 0)
    near = nearest_of_class(points, codes, kept)
    assert_array_equal(codes[near], codes)
    assert np.isin(near, kept).all()
    assert np.mean(near == exact) > 0.8
