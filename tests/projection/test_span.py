# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits

from sklearn_fs.projection import _span
from sklearn_fs.projection._span import sample_rows, span_walk


def _walk(X, n_steps=30, seed=0, shared_unit=False):
    centre, scale = np.zeros(X.shape[1]), np.ones(X.shape[1])
    return span_walk(X, centre, scale, n_steps, 20, seed, shared_unit=shared_unit)


def test_sample_rows():
    assert_array_equal(sample_rows(5, 5, 0), np.arange(5))
    rows = sample_rows(100, 10, 0)
    assert len(np.unique(rows)) == 10
    assert_array_equal(rows, np.sort(rows))
    assert_array_equal(rows, sample_rows(100, 10, 0))


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_not_walked_over(seed):
    X = np.random.default_rng(seed).standard_normal((200, 40))
    path = _walk(X, seed=seed)
    assert path.stopped_by == "shadows"
    assert len(path.order) <= 2


def test_few_principal_components_of_noise_are_targets():
    X = np.random.default_rng(0).standard_normal((200, 40)).astype(np.float32)
    random_state = np.random.RandomState(0)
    assert _span._leading_components(X - X.mean(axis=0), random_state).shape[1] <= 3
    factors = np.random.default_rng(0).standard_normal((200, 3)).astype(np.float32)
    X = np.c_[X, np.repeat(factors, 4, axis=1)]
    components = _span._leading_components(X - X.mean(axis=0), random_state)
    assert 3 <= components.shape[1] <= 5
    explained = components[:, :3] @ components[:, :3].T @ factors * components.shape[1]
    assert ((factors - explained) ** 2).sum() < 0.2 * (factors**2).sum()
    assert abs((components.astype(float) ** 2).sum() - 1) < 1e-5


def test_containers_agree_and_rows_are_sampled(monkeypatch):
    X = load_digits().data
    X[:, ::3] = 0
    expected = _walk(X).order
    assert_array_equal(_walk(sparse.csr_array(X)).order, expected)
    assert_array_equal(_walk(np.asfortranarray(X)).order, expected)
    assert not np.isin(expected, np.arange(0, 64, 3)).any()
    monkeypatch.setattr(_span, "_MAX_ROWS", 600)
    sampled = _walk(X).order
    assert len(np.intersect1d(sampled[:10], expected[:15])) >= 7


def test_own_variance_counts_where_the_unit_is_shared():
    """Large independent columns: worth keeping as counts, noise at unit variance."""
    X = np.random.default_rng(0).standard_normal((300, 30))
    X[:, :3] *= 6
    assert set(_walk(X, shared_unit=True).order[:3]) == {0, 1, 2}
    assert len(_walk(X, shared_unit=False).order) < 3
