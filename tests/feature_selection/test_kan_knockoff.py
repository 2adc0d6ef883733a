# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Knockoffs: their law, their threshold, and the rate of false discoveries."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_fs import KANClassifier, KANKnockoffSelector, KANRegressor
from sklearn_fs.feature_selection._kan_knockoff import (
    GaussianCopulaKnockoffs,
    knockoff_threshold,
)

FAST = {
    "hidden_layer_sizes": (6,),
    "max_iter": 30,
    "group_penalty": 0.05,
    "early_stopping": False,
}


def _correlated(rng, n_samples, n_features, rho):
    steps = np.subtract.outer(np.arange(n_features), np.arange(n_features))
    root = np.linalg.cholesky(rho ** np.abs(steps))
    return rng.standard_normal((n_samples, n_features)) @ root.T


def test_threshold_by_hand():
    w = np.array([5.0, 4.0, 3.0, 2.5, -2.0, 1.0, -0.5, 0.0])
    # t = 2.5: (1 + 0) / 4; t = 1: (1 + 1) / 5; t = 0.5: (1 + 2) / 5.
    assert knockoff_threshold(w, 0.25, 1) == 2.5
    assert knockoff_threshold(w, 0.4, 1) == 1.0
    assert knockoff_threshold(w, 0.2, 1) == np.inf
    assert knockoff_threshold(w, 0.1, 0) == 2.5
    assert knockoff_threshold(np.zeros(4), 0.5, 0) == np.inf


def test_knockoffs_relate_to_the_columns_as_the_columns_do():
    rng = np.random.RandomState(0)
    X = np.exp(_correlated(np.random.default_rng(0), 20_000, 4, 0.5))
    X[:, 3] = np.round(X[:, 3])
    made = GaussianCopulaKnockoffs(X, "ledoit-wolf", rng)
    copies = made.draw(rng)
    both = np.corrcoef(np.column_stack([made.z, copies]).T)
    # Same correlations among the copies, and with the other columns.
    assert_allclose(both[4:, 4:], both[:4, :4], atol=0.04)
    off = ~np.eye(4, dtype=bool)
    assert_allclose(both[:4, 4:][off], both[:4, :4][off], atol=0.04)
    # A copy is not the column, and takes its values with its frequencies.
    assert np.diag(both[:4, 4:]).max() < 0.7
    values, counts = np.unique(made.z[:, 3], return_counts=True)
    new_values, new_counts = np.unique(copies[:, 3], return_counts=True)
    assert set(new_values) <= set(values)
    assert abs(new_counts.max() / 20_000 - counts.max() / 20_000) < 0.02


def test_constant_columns_have_constant_copies():
    rng = np.random.RandomState(0)
    X = np.column_stack([rng.standard_normal(50), np.ones(50)])
    made = GaussianCopulaKnockoffs(X, 0.1, rng)
    assert_array_equal(made.draw(rng)[:, 1], 0)
    assert_array_equal(GaussianCopulaKnockoffs(X[:, 1:], 0.1, rng).draw(rng), 0)


@pytest.mark.parametrize("signal", [True, False])
def test_false_discoveries(signal):
    """Few repeats with a small network; the guide has 50 with the default one."""
    shares, found = [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        X = _correlated(rng, 400, 30, 0.3)
        y = rng.standard_normal(400)
        if signal:
            y += 2 * X[:, :5].sum(axis=1) + 3 * (X[:, 5:10] ** 2).sum(axis=1)
        selector = KANKnockoffSelector(KANRegressor(**FAST), fdr=0.2, random_state=seed)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No features were selected")
            selector.fit(X, y)
        false = selector.support_[10:].sum() if signal else selector.support_.sum()
        shares.append(false / max(1, selector.support_.sum()))
        found.append(selector.support_[:10].mean())
        assert_array_equal(selector.support_, selector.scores_ >= selector.threshold_)
    assert np.mean(shares) <= 0.35
    if signal:
        assert np.mean(found) > 0.8


def test_nothing_found_warns():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((100, 5)), rng.standard_normal(100)
    selector = KANKnockoffSelector(KANRegressor(**FAST), random_state=0)
    with pytest.warns(UserWarning, match=r"No features were selected at fdr=0\.1"):
        selector.fit(X, y)
    assert selector.threshold_ == np.inf


def test_draws_and_classes():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 12))
    y = np.where((X[:, :6]).sum(axis=1) > 0, "yes", "no")
    selector = KANKnockoffSelector(
        KANClassifier(**FAST), n_draws=3, method="l2", fdr=0.3, random_state=0
    ).fit(X, y)
    assert selector.support_[:6].all()
    assert selector.estimator_.n_features_in_ == 24
    X[0, 0] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        selector.fit(X, y)
