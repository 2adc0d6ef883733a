# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause

import pickle
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone

from sklearn_fs import QuickSelection
from sklearn_fs.neural_network._sparse_autoencoder import SMALL_WORK


def _factors_and_noise(seed, n_rows=500, generator=np.random.default_rng):
    """Ten noisy mixtures of three factors, then ninety independent columns."""
    rng = generator(seed)
    block = rng.standard_normal((n_rows, 3)) @ rng.standard_normal((3, 10))
    block += 0.3 * rng.standard_normal(block.shape)
    X = np.c_[block, rng.standard_normal((n_rows, 90))]
    return (X - X.mean(axis=0)) / X.std(axis=0)


def _counts(seed=0, shape=(120, 30), share=0.07):
    rng = np.random.default_rng(seed)
    X = (rng.random(shape) < share) * rng.integers(1, 5, shape)
    X[:, 1] = X[:, 0]
    return X.astype(float)


def _faithful(*args, **kwargs):
    return QuickSelection(*args, redundancy=None, random_state=0, **kwargs)


# What it finds


@pytest.mark.parametrize("seed", range(3))
def test_cross_importance_finds_the_block_and_strength_does_not(seed):
    X = _factors_and_noise(seed)
    cross = QuickSelection(
        10, importance="cross", redundancy=None, random_state=seed
    ).fit(X)
    assert cross.support_[:10].sum() >= 8
    strength = clone(cross).set_params(importance="strength").fit(X)
    assert strength.support_[:10].sum() >= 2


def test_cross_and_mutual_importance_equal_their_definition():
    X = _factors_and_noise(0, 150)[:, :25]
    cross = QuickSelection(
        5, redundancy=None, importance="cross", max_iter=3, random_state=0
    ).fit(X)
    mutual = clone(cross).set_params(importance="mutual").fit(X)
    first, second = (coef.toarray().astype(float) for coef in cross.coefs_)
    hidden = 1 / (1 + np.exp(-((X - cross.mean_) / cross.scale_ @ first)))
    hidden = 1 / (1 + (1 / hidden - 1) * np.exp(-cross.intercepts_[0].astype(float)))
    slopes = (hidden * (1 - hidden)).mean(axis=0)
    response = (first * slopes) @ second.T
    np.fill_diagonal(response, 0)
    given, received = (response**2).sum(axis=1), (response**2).sum(axis=0)
    assert_allclose(cross.importances_, given, rtol=1e-6)
    assert_allclose(mutual.importances_, given + received, rtol=1e-6)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("generator", [np.random.default_rng, np.random.RandomState])
def test_default_walks_over_the_factors_and_fills_with_the_block(seed, generator):
    X = _factors_and_noise(seed, generator=generator)
    selector = QuickSelection(10, random_state=seed).fit(X)
    assert selector.support_[:10].sum() >= 8
    assert 2 <= selector.n_spanned_ <= 9
    assert len(selector.shadow_scores_) == selector.n_spanned_


@pytest.mark.parametrize("redundancy", ["span", None])
def test_auto_keeps_little_of_pure_noise(redundancy):
    X = np.random.default_rng(0).standard_normal((300, 60))
    selector = QuickSelection(
        "auto", redundancy=redundancy, importance="cross", random_state=0
    ).fit(X)
    assert selector.n_features_to_select_ <= 3


@pytest.mark.parametrize("redundancy", ["span", None])
def test_auto_finds_the_structure(redundancy):
    X = _factors_and_noise(0)
    selector = QuickSelection(
        "auto", redundancy=redundancy, importance="cross", random_state=0
    ).fit(X)
    n_selected = selector.n_features_to_select_
    assert 2 <= n_selected <= 14
    assert selector.support_[:10].sum() >= min(n_selected, 8)


def test_auto_shadows_are_the_same_for_dense_and_sparse():
    X = _counts()
    options = {"n_features_to_select": "auto", "max_iter": 3, "n_shadows": 20}
    dense = _faithful(**options).fit(X)
    from_csr = _faithful(**options).fit(sparse.csr_array(X))
    assert_array_equal(dense.shadow_scores_, from_csr.shadow_scores_)
    assert_array_equal(dense.scores_, from_csr.scores_)
    assert len(dense.shadow_scores_) == 20
    assert dense.coefs_[0].shape[0] == X.shape[1]


@pytest.mark.parametrize("strategy", ["set", "wast", "static"])
def test_units_of_one_column_do_not_matter(strategy):
    """Where the table is not sparse, a column in other units is the same column."""
    X = _factors_and_noise(1, 200)[:, :30]
    X[:, 3] += 7
    scaling = "standard" if strategy == "wast" else "auto"
    selector = QuickSelection(
        8, strategy=strategy, scaling=scaling, max_iter=4, random_state=0
    )
    support = selector.fit(X).support_
    for column in (0, 3, 20):
        other = X.copy()
        other[:, column] *= 1000
        assert_array_equal(clone(selector).fit(other).support_, support)


def test_auto_scaling_is_global_for_counts_only():
    counts = QuickSelection(max_iter=1, random_state=0).fit(_counts())
    assert len(np.unique(counts.scale_)) == 1
    other = QuickSelection(max_iter=1, random_state=0).fit(_factors_and_noise(0) * 3)
    assert_allclose(other.scale_, 3)


def test_scores_agree_with_the_walk_and_the_importance():
    X = _factors_and_noise(0)
    selector = QuickSelection(20, random_state=0).fit(X)
    n_spanned = selector.n_spanned_
    order = np.argsort(-selector.scores_, kind="stable")
    assert_allclose(selector.scores_[order[:n_spanned]], 2 - np.arange(n_spanned) / 20)
    rest = order[n_spanned:]
    assert (selector.scores_[rest] < 1).all()
    assert (np.diff(selector.importances_[rest]) <= 0).all()
    # A larger number of columns continues the list, also where the shadows win.
    supports = [
        QuickSelection(k, random_state=0).fit(X).support_ for k in (3, 4, 5, 6, 20, 40)
    ]
    for fewer, more in pairwise(supports):
        assert (fewer <= more).all()


def test_strength_is_that_of_the_coefficients():
    selector = _faithful(5, max_iter=3).fit(_factors_and_noise(0))
    first, second = selector.coefs_
    assert first.shape == second.shape == (100, 1000)
    assert first.nnz == second.nnz == 13 * 1100
    assert selector.n_connections_ == 2 * 13 * 1100
    assert_allclose(abs(first.astype(float)).sum(axis=1), selector.scores_, rtol=1e-6)
    assert_array_equal(selector.importances_, selector.scores_)


# Training


@pytest.mark.parametrize("strategy", ["set", "wast", "static"])
def test_loss_falls_and_links_stay_as_many(strategy):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((500, 3)) @ rng.standard_normal((3, 40))
    short = QuickSelection(strategy=strategy, max_iter=1, random_state=0).fit(X)
    selector = QuickSelection(strategy=strategy, max_iter=12, random_state=0).fit(X)
    assert selector.n_iter_ == len(selector.loss_curve_) == 12
    assert len(selector.topk_overlap_) == 12
    assert selector.loss_curve_[-1] < 0.95 * selector.loss_curve_[0]
    assert selector.n_connections_ == short.n_connections_
    changed = (selector.coefs_[0] != 0) != (short.coefs_[0] != 0)
    assert (changed.nnz == 0) == (strategy == "static")


@pytest.mark.parametrize("strategy", ["set", "wast"])
def test_partial_fit_equals_fit(strategy):
    X = _factors_and_noise(0)[:250]
    whole = QuickSelection(
        10, strategy=strategy, max_iter=4, random_state=0, importance="strength"
    ).fit(X)
    parts = clone(whole)
    for _ in range(4):
        parts.partial_fit(X)
    assert_array_equal(parts.scores_, whole.scores_)
    assert parts.loss_curve_ == whole.loss_curve_
    assert parts.n_iter_ == 4


def test_warm_start_continues():
    X = _factors_and_noise(0)
    whole = _faithful(max_iter=5).fit(X)
    twice = _faithful(max_iter=2, warm_start=True).fit(X)
    twice.set_params(max_iter=3).fit(X)
    assert_array_equal(twice.scores_, whole.scores_)
    assert twice.n_iter_ == 5
    cold = _faithful(max_iter=2).fit(X)
    cold.set_params(max_iter=3).fit(X)
    assert cold.n_iter_ == 3


def test_tol_stops_when_the_strongest_stay():
    X = _factors_and_noise(0)
    selector = _faithful(50, tol=0.5, n_iter_no_change=2, max_iter=30).fit(X)
    assert 3 <= selector.n_iter_ < 30
    assert min(selector.topk_overlap_[-2:]) >= 0.5


class _Monitor:
    def __init__(self):
        self.seen, self.scores = [], []

    def setup(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context, **kwargs):
        pass

    def on_fit_task_end(self, estimator, context, *, metadata=None, **kwargs):
        if metadata is not None:
            self.seen.append(metadata)

    def teardown(self, estimator, context):
        pass


def test_callbacks_are_told_loss_links_and_overlap():
    monitor = _Monitor()
    selector = _faithful(10, max_iter=3).set_callbacks(monitor)
    selector.fit(_factors_and_noise(0))
    assert [task["loss"] for task in monitor.seen] == selector.loss_curve_
    overlap = [task["topk_overlap"] for task in monitor.seen]
    assert overlap == selector.topk_overlap_
    rewired = [task["n_rewired"] for task in monitor.seen]
    assert rewired[0] == 0
    assert rewired[1] >= 0.19 * selector.n_connections_


# Same data, same result


@pytest.mark.parametrize("options", [{}, {"strategy": "wast"}, {"dtype": "float64"}])
def test_containers_orders_and_threads_give_the_same_bits(options):
    X = _counts()
    expected = QuickSelection(8, max_iter=2, random_state=0, **options).fit(X)
    tables = {
        "Fortran": np.asfortranarray(X),
        "csr": sparse.csr_array(X),
        "csc": sparse.csc_array(X),
        "explicit zeros": _with_explicit_zeros(X),
        "duplicates": _with_duplicates(X),
    }
    for name, table in tables.items():
        got = clone(expected).set_params(n_jobs=2).fit(table)
        assert_array_equal(got.scores_, expected.scores_, err_msg=name)
        assert got.loss_curve_ == expected.loss_curve_, name
        for mine, other in zip(got.coefs_, expected.coefs_, strict=True):
            assert_array_equal(mine.data, other.data, err_msg=name)
        assert_array_equal(got.mean_, expected.mean_)


@pytest.mark.parametrize("strategy", ["set", "wast"])
def test_threads_give_the_same_bits(strategy):
    """Large enough for the threads to be used."""
    X = np.random.default_rng(0).standard_normal((230, 400))
    one, many = (
        QuickSelection(
            30, strategy=strategy, max_iter=2, random_state=0, n_jobs=n_jobs
        ).fit(X)
        for n_jobs in (1, 3)
    )
    assert one.n_connections_ // 2 * 100 > SMALL_WORK
    assert_array_equal(one.scores_, many.scores_)
    assert_array_equal(one.coefs_[1].data, many.coefs_[1].data)
    assert one.loss_curve_ == many.loss_curve_


def _with_explicit_zeros(X):
    full = sparse.csr_array(np.where(X == 0, 1.0, X))
    full.data[(X == 0).ravel()] = 0
    return full


def _with_duplicates(X):
    rows, columns = np.nonzero(X)
    halves = np.tile(X[rows, columns] / 2, 2)
    places = np.tile(columns, 2), np.tile(rows, 2)
    table = sparse.coo_array((halves, places[::-1]), shape=X.shape)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(table.row, minlength=120))])
    order = np.argsort(table.row, kind="stable")
    return sparse.csr_array((table.data[order], table.col[order], indptr), X.shape)


def test_precisions_agree():
    X = _factors_and_noise(0)
    single = _faithful(max_iter=1).fit(X)
    double = _faithful(max_iter=1, dtype="float64").fit(X)
    assert single.coefs_[0].dtype == np.float32
    assert double.coefs_[0].dtype == np.float64
    assert_allclose(single.coefs_[0].data, double.coefs_[0].data, atol=1e-3)


def test_small_integers_and_their_floats_agree():
    X = _counts()
    expected = _faithful(max_iter=2).fit(X)
    assert_array_equal(
        _faithful(max_iter=2).fit(X.astype(np.uint8)).scores_, expected.scores_
    )


def test_read_only_memmap(tmp_path):
    X = _factors_and_noise(0)[:60]
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    expected = _faithful(max_iter=2).fit(X).scores_
    assert_array_equal(_faithful(max_iter=2).fit(mapped).scores_, expected)


def test_pickled_selector_continues_its_training():
    X = _factors_and_noise(0)[:100]
    selector = _faithful(max_iter=2).fit(X)
    copy = pickle.loads(pickle.dumps(selector))
    expected = selector.partial_fit(X).scores_
    assert_array_equal(copy.partial_fit(X).scores_, expected)


# Odd tables


@pytest.mark.parametrize("shape", [(2, 1), (2, 5), (3, 2), (101, 1), (50, 2)])
@pytest.mark.parametrize(
    "options", [{}, {"strategy": "wast"}, {"redundancy": None}], ids=str
)
def test_tiny_tables(shape, options):
    X = np.random.default_rng(0).standard_normal(shape)
    selector = QuickSelection(1, max_iter=2, random_state=0, **options).fit(X)
    assert np.isfinite(selector.scores_).all()
    assert selector.support_.sum() == 1


@pytest.mark.parametrize("redundancy", ["span", None])
@pytest.mark.parametrize("value", [0.0, 1.1e8, -3.3])
def test_constant_columns_come_last(redundancy, value):
    X = _factors_and_noise(0)[:80, :6]
    X[:, [0, 4]] = value
    selector = QuickSelection(4, redundancy=redundancy, max_iter=2, random_state=0)
    selector.fit(X)
    assert_array_equal(selector.get_support(indices=True), [1, 2, 3, 5])
    assert_array_equal(selector.scores_[[0, 4]], -1)
    everything = QuickSelection(2, redundancy=redundancy, max_iter=1).fit(X * 0)
    assert_array_equal(everything.get_support(indices=True), [0, 1])


def test_walk_takes_only_one_of_two_equal_columns():
    X = _factors_and_noise(0)[:200, 10:20]
    X = np.c_[X, X, X[:, 0]]
    selector = QuickSelection(10, n_shadows=1, max_iter=1, random_state=0).fit(X)
    walked = np.argsort(-selector.scores_)[: selector.n_spanned_]
    assert len(np.unique(walked % 10)) == len(walked)


# Errors and warnings


def test_divergence_names_the_learning_rate():
    with pytest.raises(ValueError, match=r"diverged with learning_rate=1000000\.0"):
        _faithful(learning_rate=1e6).fit(_factors_and_noise(0))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_values_are_refused(value):
    X = _factors_and_noise(0)[:20].copy()
    X[3, 4] = value
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        _faithful().fit(X)


def test_epsilon_and_density_exclude_each_other():
    with pytest.raises(ValueError, match=r"epsilon=5 and density=0\.1 both set"):
        _faithful(epsilon=5, density=0.1).fit(_factors_and_noise(0))
    selector = _faithful(density=0.1, max_iter=1).fit(_factors_and_noise(0))
    assert selector.coefs_[0].nnz == 0.1 * 100 * 1000


def test_accumulated_importance_belongs_to_wast():
    with pytest.raises(ValueError, match="collected by strategy='wast' only"):
        _faithful(importance="accumulated", max_iter=1).fit(_factors_and_noise(0))


def test_tiny_inputs_are_warned_about():
    with pytest.warns(UserWarning, match="mean square of .* scaling='global'"):
        _faithful(scaling="minmax", max_iter=1).fit(_counts(share=0.01))
