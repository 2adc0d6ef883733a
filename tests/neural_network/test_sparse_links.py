# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Drawing, dropping and growing links."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import chisquare

from sklearn_fs.neural_network._sparse_links import (
    SparseLayer,
    absent_positions,
    draw_absent,
    draw_distinct,
    grow_by_importance,
    near_zero,
)


def test_absent_positions_known_answer():
    keys = np.array([1, 2, 5, 8])
    assert_array_equal(absent_positions(keys, np.arange(6)), [0, 3, 4, 6, 7, 9])
    assert_array_equal(absent_positions(np.empty(0, int), np.arange(3)), [0, 1, 2])


@pytest.mark.parametrize("n_draws", [2, 5])
def test_absent_positions_are_drawn_uniformly(n_draws):
    keys = np.array([0, 3, 4, 9, 17, 39])
    random_state = np.random.RandomState(0)
    counts = np.zeros(40)
    for _ in range(3000):
        drawn = draw_absent(keys, 40, n_draws, random_state)
        assert len(drawn) == n_draws
        assert (np.diff(drawn) > 0).all()
        counts[drawn] += 1
    assert (counts[keys] == 0).all()
    assert chisquare(np.delete(counts, keys)).pvalue > 0.01


@pytest.mark.parametrize("n_items, n_draws", [(5, 5), (10, 9), (10**12, 50), (7, 0)])
def test_draw_distinct(n_items, n_draws):
    drawn = draw_distinct(n_items, n_draws, np.random.RandomState(0))
    assert drawn.dtype == np.int64
    assert len(np.unique(drawn)) == len(drawn) == n_draws
    assert_array_equal(drawn, np.sort(drawn))
    if n_draws:
        assert drawn.min() >= 0 and drawn.max() < n_items


def test_near_zero_known_answer():
    values = np.array([-0.5, -0.1, -0.3, 0.2, 0.05, 0.4, 0.6, -0.2])
    assert_array_equal(np.flatnonzero(near_zero(values, 0.5)), [1, 3, 4, 7])
    # Exact zeros go too; a share below one link takes none.
    assert_array_equal(np.flatnonzero(near_zero(np.array([1.0, 0, -2]), 0.4)), [1])


def test_grow_by_importance_fills_the_best_rows_first():
    n_hidden = 4
    keys = np.array([0, 1, 4, 9, 10, 11])  # rows 0: {0, 1}, 1: {0}, 2: {1, 2, 3}
    importance = np.array([0.1, 0.5, 0.9])
    random_state = np.random.RandomState(0)
    grown = grow_by_importance(keys, n_hidden, importance, 4, random_state)
    assert_array_equal(grown, [5, 6, 7, 8])  # row 2 has room for one, row 1 for three
    grown = grow_by_importance(keys, n_hidden, importance, 2, random_state)
    assert grown[-1] == 8
    assert grown[0] in (5, 6, 7)
    grown = grow_by_importance(keys, n_hidden, importance, 6, random_state)
    assert_array_equal(grown, [2, 3, 5, 6, 7, 8])


def test_replacing_links_keeps_count_order_and_survivors():
    random_state = np.random.RandomState(0)
    keys = draw_distinct(200, 60, random_state)
    weights = random_state.standard_normal(60).astype(np.float32)
    layer = SparseLayer(20, 10, keys, weights, np.zeros(10, np.float32))
    layer.velocity[:] = np.arange(1, 61)
    before = dict(zip(layer.keys, zip(layer.weights, layer.velocity, strict=True)))
    drop = near_zero(layer.weights, 0.3)
    kept = set(layer.keys[~drop])

    def grow(kept_keys, n_new):
        return draw_absent(kept_keys, 200, n_new, random_state)

    n_new = layer.replace(drop, grow, lambda n: np.full(n, 5.0))
    assert n_new == drop.sum() > 0
    assert len(layer.keys) == len(layer.weights) == len(layer.velocity) == 60
    assert (np.diff(layer.keys) > 0).all()
    for key, weight, velocity in zip(layer.keys, layer.weights, layer.velocity):
        if key in kept:
            assert (weight, velocity) == before[key]
        else:
            assert (weight, velocity) == (5, 0)
    rows = layer.visible_of_links()
    assert_array_equal(rows * 10 + layer.indices, layer.keys)
    assert layer.indptr[-1] == 60


def test_strength_is_the_sum_of_absolute_weights():
    weights = np.array([1.0, -2, 3])
    layer = SparseLayer(3, 2, np.array([0, 1, 5]), weights, np.zeros(2))
    assert_array_equal(layer.strength(), [3, 0, 3])


@pytest.mark.parametrize(
    "n_features, published",
    [(1024, 2.537), (617, 3.350), (500, 3.825), (784, 2.915), (19993, 1.356)],
)
def test_density_is_close_to_the_published_one(n_features, published):
    """The published program draws with replacement; ours has an exact count."""
    n_positions, n_draws = n_features * 1000, 13 * (n_features + 1000)
    with_replacement = 1 - (1 - 1 / n_positions) ** n_draws
    assert abs(100 * with_replacement - published) < 0.01
    assert abs(100 * n_draws / n_positions / published - 1) < 0.03
