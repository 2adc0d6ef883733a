# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The blocks and targets of the greedy choice."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris

from sklearn_fs import KANClassifier, KANRegressor
from sklearn_fs.feature_selection._kan_projection import (
    _column_blocks,
    _target_matrix,
    _unit_matrix,
    greedy_columns,
)

SMALL = {"hidden_layer_sizes": (4,), "max_iter": 5, "random_state": 0}


@pytest.fixture(scope="module")
def mixed():
    """Continuous, binary, missing, constant and categorical columns."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 5))
    X[:, 1] = X[:, 1] > 0
    X[:40, 2] = np.nan
    X[:, 3] = 7.0
    X[:, 4] = rng.integers(0, 3, 200)
    y = X[:, 0] + X[:, 1]
    model = KANRegressor(categorical_features=[4], **SMALL).fit(X, y)
    return model, X, y


def test_blocks_are_orthonormal_and_centred(mixed):
    model, X, y = mixed
    columns, offsets, features = _column_blocks(model._importance(X, y), slice(None))
    assert_array_equal(features, [0, 1, 2, 4])
    # Cubic; a binary column bears one function, a category one less than levels.
    assert_array_equal(np.diff(offsets), [3, 1, 4, 2])
    assert columns.dtype == np.float32
    assert_allclose(columns.sum(axis=0), 0, atol=1e-4)
    for start, stop in pairwise(offsets):
        block = columns[:, start:stop]
        assert_allclose(block.T @ block, np.eye(stop - start), atol=1e-5)


def test_targets_have_norm_one():
    X, y = load_iris(return_X_y=True)
    scorer = KANClassifier(**SMALL).fit(X, y)._importance(X, y)
    target = _target_matrix(scorer)
    assert target.shape == (150, 3)
    assert_allclose(target.sum(axis=0), 0, atol=1e-12)
    assert_allclose([np.linalg.norm(target), np.linalg.norm(_unit_matrix(scorer))], 1)


def test_gains_add_up_to_what_is_explained(mixed):
    """With equal factors the gains are about the shares that picks explain."""
    model, X, y = mixed
    ones = np.ones(5)
    order, gains = greedy_columns([model], X, y, ones, 4, np.random.RandomState(0))
    assert sorted(order) == [0, 1, 2, 4]
    assert gains[3] == 0
    assert gains[order[0]] == max(gains)
    assert 0.9 < gains.sum() < 1.4


def test_no_column_to_choose_from():
    X, y = np.ones((20, 3)), np.arange(20.0)
    model = KANRegressor(**SMALL).fit(X, y)
    order, gains = greedy_columns(
        [model], X, y, np.zeros(3), 2, np.random.RandomState(0)
    )
    assert order.size == 0
    assert_array_equal(gains, 0)
