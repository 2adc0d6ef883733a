# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""GAISSelector: every graph, attention, score and rule, and what it refuses."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import make_classification, make_friedman1
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from sklearn_fs.instance_selection import GAISSelector, RandomInstanceSelector

X, Y = make_classification(
    500, 8, n_informative=5, n_classes=3, class_sep=1.5, random_state=0
)


def _selector(n_samples=0.1, **params):
    params = {"max_iter": 3, "batch_size": 150, "random_state": 0, **params}
    return GAISSelector(n_samples, **params)


@pytest.mark.parametrize("attention", ["v1", "v2"])
@pytest.mark.parametrize(
    "graph",
    ["knn", "batch", "chunk", "lsh", "lsh_multi_level", "lsh_multi_view", "rp_forest"],
)
def test_every_graph(graph, attention):
    selector = _selector(graph=graph, attention=attention).fit(X, Y)
    assert selector.sample_indices_.size == 50
    assert np.isfinite(selector.scores_).all()
    assert selector.loss_curve_.shape == (selector.n_iter_,) == (3,)
    other = _selector(graph=graph, attention=attention, n_jobs=2).fit(X, Y)
    assert_array_equal(selector.scores_, other.scores_)


def test_object_with_kneighbors():
    selector = _selector(graph=NearestNeighbors()).fit(X, Y)
    expected = _selector(graph="knn").fit(X, Y)
    assert_allclose(selector.scores_, expected.scores_, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    "importance",
    ["attention", "attention_total", "confidence", "margin", "degree", "vote"],
)
def test_every_importance(importance):
    selector = _selector(importance=importance).fit(X, Y)
    scores = selector.scores_
    assert scores.shape == (500,) and scores.std() > 0
    if importance in ("confidence", "vote"):
        assert 0 <= scores.min() and scores.max() <= 1
    trained = importance not in ("degree", "vote")
    assert (selector.n_iter_ > 0) is trained


def test_attention_received_sums_to_what_is_paid():
    # Every row pays 1 in all, some of it to itself.
    total = _selector(importance="attention_total").fit(X, Y).scores_
    signed = _selector(importance="attention").fit(X, Y).scores_
    assert (total >= np.abs(signed) - 1e-12).all()
    assert 0 < total.sum() < 500


def test_training_lowers_the_loss_and_stops():
    curve = _selector(max_iter=40, dropout=0.0).fit(X, Y).loss_curve_
    assert curve[-1] < 0.5 * curve[0]
    stopped = _selector(max_iter=40, tol=10.0, n_iter_no_change=2).fit(X, Y)
    assert stopped.n_iter_ == 3
    assert _selector(max_iter=0).fit(X, Y).n_iter_ == 0


@pytest.mark.parametrize("selection", ["suppress", "topk", "cover"])
def test_rules_with_a_number(selection):
    selector = _selector(n_samples=60, selection=selection).fit(X, Y)
    assert selector.sample_indices_.size == 60
    if selection == "cover":
        assert (np.diff(selector.gains_) <= 0).all()


def test_rules_with_a_size_of_their_own():
    full = _selector("auto", selection="local_max", min_per_class=1).fit(X, Y)
    assert 3 <= full.sample_indices_.size < 250
    top = _selector("auto", selection="threshold", threshold="q0.9").fit(X, Y)
    for code in range(3):
        members = Y == code
        cut = np.quantile(top.scores_[members], 0.9)
        assert_array_equal(top.support_[members], top.scores_[members] >= cut)
    # A number caps what passes.
    few = _selector(20, selection="threshold", threshold="q0.8").fit(X, Y)
    assert few.sample_indices_.size == 20
    with pytest.warns(UserWarning, match="fewer than min_per_class=5"):
        none = _selector("auto", selection="threshold", threshold=1e9).fit(X, Y)
    assert none.sampling_strategy_ == {0: 5, 1: 5, 2: 5}


def test_refusals():
    with pytest.raises(ValueError, match="leaves the number to the rule"):
        _selector("auto").fit(X, Y)
    for threshold in (None, "0.9", "q1.5"):
        with pytest.raises(ValueError, match=r"a quantile such as"):
            _selector(selection="threshold", threshold=threshold).fit(X, Y)
    with pytest.raises(ValueError, match="class_weight names labels"):
        _selector(class_weight={7: 1.0}).fit(X, Y)


def test_class_weight_changes_the_network():
    plain = _selector(importance="confidence").fit(X, Y).scores_
    heavy = _selector(importance="confidence", class_weight={0: 50.0}).fit(X, Y)
    assert heavy.scores_[Y == 0].mean() > plain[Y == 0].mean()
    balanced = _selector(importance="confidence", class_weight="balanced")
    assert np.isfinite(balanced.fit(X, Y).scores_).all()


def test_max_train_batches_still_scores_all_rows():
    selector = _selector(graph="batch", batch_size=50, max_train_batches=2).fit(X, Y)
    assert (selector.scores_ != 0).mean() > 0.95


def test_sparse_equals_dense():
    dense = _selector().fit(X, Y)
    csr = _selector().fit(sparse.csr_array(X), Y)
    assert_array_equal(dense.sample_indices_, csr.sample_indices_)


def test_better_than_random():
    def accuracy(selector):
        return KNeighborsClassifier(1).fit(*selector.fit_resample(X, Y)).score(X, Y)

    random = [accuracy(RandomInstanceSelector(0.05, random_state=s)) for s in range(5)]
    assert accuracy(_selector(n_samples=0.05, max_iter=20)) > np.mean(random)


def test_regression():
    X_r, y_r = make_friedman1(300, random_state=0)
    selector = _selector(n_bins=5).fit(X_r, y_r)
    assert len(selector.classes_) == 5
    _, y_few = selector.select_from(X_r, y_r)
    assert np.isin(y_few, y_r).all()
    with pytest.raises(ValueError, match="Unknown label type"):
        _selector(task="classification").fit(X_r, y_r)
