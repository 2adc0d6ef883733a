# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Checks that every public estimator passes.

scikit-learn's own suite does not notice string labels that are refused, scores
full of NaN, a result that depends on the order of the rows, or a sample weight
that is used wrongly. The groups below do. They are driven by `estimators.py`.
"""

import pickle

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from estimators import (
    all_estimators,
    column_selectors,
    order_invariant_selectors,
    row_selectors,
)
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone, is_regressor
from sklearn.callback import CallbackSupportMixin
from sklearn.datasets import make_classification
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import has_fit_parameter

import sklearn_fs

# Reasons that a maintainer of scikit-learn would accept, or nothing.
EXPECTED_FAILED_CHECKS = {}

# The checks that scikit-learn runs on its own estimators only.
OWN_CHECKS = [
    "check_param_validation",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_output_transform_pandas",
    "check_global_set_output_transform_polars",
    "check_dataframe_column_names_consistency",
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_get_feature_names_out_error",
    "check_inplace_ensure_writeable",
]

pytestmark = pytest.mark.filterwarnings(
    # Toy budgets stop before they converge; toy tables have fewer columns than asked.
    "ignore::sklearn.exceptions.ConvergenceWarning",
    "ignore::UserWarning",
    # DecisionTreeClassifier.predict_log_proba of scikit-learn.
    "ignore:divide by zero encountered in log:RuntimeWarning",
)


def _id(estimator):
    params = ",".join(
        f"{k}={v!r}"
        for k, v in estimator.get_params(deep=False).items()
        if repr(v) != repr(_default_of(estimator, k))
    )
    return f"{type(estimator).__name__}({params})"


def _default_of(estimator, name):
    try:
        return type(estimator)().get_params(deep=False)[name]
    except TypeError:  # a meta-estimator with a required parameter
        return None


def _each(estimators):
    return pytest.mark.parametrize("estimator", estimators, ids=_id)


def _takes_classes(estimator):
    return not is_regressor(estimator)


def _is_supervised(estimator):
    return estimator.__sklearn_tags__().target_tags.required


def _classification_data(n_samples=160, n_features=8, seed=0):
    """Columns 0 to 2 matter, the rest is noise; float, without ties."""
    X, y = make_classification(
        n_samples,
        n_features,
        n_informative=3,
        n_redundant=0,
        n_clusters_per_class=1,
        class_sep=1.5,
        shuffle=False,
        random_state=seed,
    )
    return X, y


def _fitted_arrays(estimator):
    return {
        name: value
        for name, value in vars(estimator).items()
        if name.endswith("_") and isinstance(value, np.ndarray)
    }


def _assert_same_fit(a, b):
    first, second = _fitted_arrays(a), _fitted_arrays(b)
    assert first.keys() == second.keys()
    assert first
    for name, value in first.items():
        assert_array_equal(value, second[name], err_msg=name)


# 0. the list is complete


def test_every_public_estimator_is_in_the_list():
    public = {
        name
        for name in sklearn_fs.__all__
        if hasattr(getattr(sklearn_fs, name), "get_params")
    }
    assert public == {type(e).__name__ for e in all_estimators()}


# 1. scikit-learn's suite


@parametrize_with_checks(
    all_estimators(),
    expected_failed_checks=lambda e: EXPECTED_FAILED_CHECKS.get(type(e).__name__, {}),
    xfail_strict=True,
)
def test_sklearn_checks(estimator, check):
    check(estimator)


# 2. the checks that scikit-learn keeps for itself


@pytest.mark.parametrize("check", OWN_CHECKS)
@_each(all_estimators())
def test_sklearn_own_checks(estimator, check):
    if "output" in check or "names_out" in check:
        if not hasattr(estimator, "get_feature_names_out"):
            return  # A predictor has no columns to name.
    if "transform" in check and not hasattr(estimator, "fit_transform"):
        return  # Selectors of rows have names, but nothing that transforms.
    check = getattr(estimator_checks, check)
    check(type(estimator).__name__, clone(estimator))


# 3. labels of any type


@pytest.mark.parametrize("kind", ["str", "object", "bool", "float", "offset"])
@_each([e for e in all_estimators() if _takes_classes(e) and _is_supervised(e)])
def test_label_types_agree(estimator, kind):
    X, y = _classification_data()
    labels = {
        "str": np.array(["no", "yes"])[y],
        "object": np.array(["no", "yes"], dtype=object)[y],
        "bool": y.astype(bool),
        "float": y.astype(float),
        "offset": y * 7 - 3,
    }[kind]
    expected, got = clone(estimator).fit(X, y), clone(estimator).fit(X, labels)
    if hasattr(expected, "support_"):
        assert_array_equal(got.support_, expected.support_)
    elif hasattr(expected, "classes_"):
        classes, indices = np.unique(labels, return_inverse=True)
        codes = np.searchsorted(classes, got.predict(X))
        assert_array_equal(codes, expected.predict(X))
        assert_array_equal(np.unique(indices), np.arange(2))


# 4. labels that must be refused


@_each([e for e in all_estimators() if _is_supervised(e)])
def test_bad_targets_raise(estimator):
    X, y = _classification_data(60)
    with_nan = y.astype(float)
    with_nan[3] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        clone(estimator).fit(X, with_nan)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        clone(estimator).fit(X, y[:-1])
    tags = estimator.__sklearn_tags__()
    if not tags.target_tags.multi_output:
        with pytest.raises(ValueError):
            clone(estimator).fit(X, np.column_stack([y, 1 - y, y]))


# 5. what a selector of columns has after fit


@_each(column_selectors())
def test_column_selector_attributes(estimator):
    X, y = _classification_data()
    selector = clone(estimator).fit(X, y)
    n_features = X.shape[1]
    assert selector.scores_.shape == (n_features,)
    assert selector.scores_.dtype == np.float64
    assert np.isfinite(selector.scores_).all()
    assert selector.support_.dtype == bool
    assert selector.support_.sum() == selector.n_features_to_select_ >= 1
    assert_array_equal(selector.support_, selector.ranking_ == 1)
    n_selected = selector.n_features_to_select_
    assert_array_equal(
        np.sort(selector.ranking_),
        np.r_[np.ones(n_selected), np.arange(2, n_features - n_selected + 2)],
    )
    with pytest.raises(NotFittedError):
        clone(estimator).transform(X)


@pytest.mark.parametrize("k, expected", [(1, 1), (3, 3), (0.5, 4), (0.01, 1), (1.0, 8)])
@_each(column_selectors())
def test_n_features_to_select(estimator, k, expected):
    X, y = _classification_data()
    selector = clone(estimator).set_params(n_features_to_select=k).fit(X, y)
    assert selector.support_.sum() == expected
    assert selector.transform(X).shape == (len(X), expected)


@_each(column_selectors())
def test_too_many_features_asked_for(estimator):
    X, y = _classification_data()
    selector = clone(estimator).set_params(n_features_to_select=9)
    with pytest.warns(UserWarning, match="n_features_to_select=9 is larger than"):
        selector.fit(X, y)
    assert selector.support_.all()


# 6. invariances


@_each(order_invariant_selectors())
def test_order_of_rows_and_columns(estimator):
    X, y = _classification_data()
    rng = np.random.default_rng(0)
    scores = clone(estimator).fit(X, y).scores_
    columns = rng.permutation(X.shape[1])
    assert_allclose(clone(estimator).fit(X[:, columns], y).scores_, scores[columns])
    rows = rng.permutation(len(X))
    assert_allclose(
        clone(estimator).fit(X[rows], y[rows]).scores_, scores, rtol=0, atol=1e-10
    )
    twice = clone(estimator).fit(np.column_stack([X, X[:, 0]]), y).scores_
    assert_allclose(twice[-1], twice[0])


# 7. threads and seeds


@_each([e for e in all_estimators() if "n_jobs" in e.get_params()])
def test_n_jobs_does_not_change_the_result(estimator):
    X, y = _classification_data()
    _assert_same_fit(
        clone(estimator).set_params(n_jobs=1).fit(X, y),
        clone(estimator).set_params(n_jobs=2).fit(X, y),
    )


@_each(all_estimators())
def test_same_seed_same_result(estimator):
    X, y = _classification_data()
    estimator = clone(estimator)
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=3)
    _assert_same_fit(clone(estimator).fit(X, y), clone(estimator).fit(X, y))


# 8. sample weights


@_each([e for e in column_selectors() if has_fit_parameter(e, "sample_weight")])
def test_weights_equal_repetition(estimator):
    X, y = _classification_data(80)
    weights = np.random.default_rng(0).integers(0, 4, len(y))
    weighted = clone(estimator).fit(X, y, sample_weight=weights)
    repeated = clone(estimator).fit(np.repeat(X, weights, 0), np.repeat(y, weights))
    assert_allclose(weighted.scores_, repeated.scores_, rtol=0, atol=1e-10)


# 9. saving, cloning, searching


@_each(all_estimators())
def test_pickle_and_mmap(estimator, tmp_path):
    X, y = _classification_data()
    fitted = clone(estimator).fit(X, y)
    _assert_same_fit(pickle.loads(pickle.dumps(fitted)), fitted)
    joblib.dump(fitted, tmp_path / "fitted.joblib")
    mapped = joblib.load(tmp_path / "fitted.joblib", mmap_mode="r")
    _assert_same_fit(mapped, fitted)
    for method in ("transform", "predict"):
        if hasattr(fitted, method):
            assert_array_equal(getattr(mapped, method)(X), getattr(fitted, method)(X))


@_each(column_selectors())
def test_grid_search_in_a_pipeline(estimator):
    X, y = _classification_data()
    pipeline = make_pipeline(clone(estimator), LogisticRegression())
    name = pipeline.steps[0][0]
    search = GridSearchCV(pipeline, {f"{name}__n_features_to_select": [1, 3]}, cv=2)
    search.fit(X, y)
    assert search.best_estimator_[0].support_.sum() in (1, 3)
    assert search.best_score_ > 0.6


@_each(column_selectors())
def test_pipeline_set_output(estimator):
    X, y = _classification_data()
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(X.shape[1])])
    pipeline = make_pipeline(clone(estimator)).set_output(transform="pandas")
    out = pipeline.fit(frame, y).transform(frame)
    assert list(out.columns) == list(pipeline.get_feature_names_out())


# 10. dataframes


def _frame(library, X):
    """Some columns are not float64, so that a loss of dtype shows."""
    columns = {f"c{i}": X[:, i] for i in range(X.shape[1])}
    columns["c0"] = columns["c0"].astype(np.float32)
    columns["c1"] = np.round(columns["c1"] * 10).astype(np.int64)
    return library.DataFrame(columns)


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
@_each(column_selectors())
def test_dataframes_keep_names_and_dtypes(estimator, library):
    X, y = _classification_data()
    frame = _frame(library, X)
    output = library.__name__
    selector = clone(estimator).set_output(transform=output).fit(frame, y)
    out = selector.transform(frame)
    assert isinstance(out, library.DataFrame)
    names = list(selector.get_feature_names_out())
    assert list(out.columns) == names
    assert_array_equal(selector.feature_names_in_, list(frame.columns))
    for name in names:
        assert out[name].dtype == frame[name].dtype
    if library is pd:
        assert_array_equal(out.index, frame.index)


@_each(column_selectors())
def test_pandas_and_polars_agree(estimator):
    X, y = _classification_data()
    a = clone(estimator).fit(_frame(pd, X), y)
    b = clone(estimator).fit(_frame(pl, X), y)
    assert_array_equal(a.scores_, b.scores_)
    assert_array_equal(a.get_feature_names_out(), b.get_feature_names_out())


@_each(row_selectors())
def test_rows_come_back_in_their_container(estimator):
    X, y = _classification_data()
    index = np.arange(len(X))[::-1] + 1000
    frame = pd.DataFrame(X, columns=list("abcdefgh"), index=index)
    X_res, y_res = clone(estimator).fit_resample(frame, pd.Series(y, index=index))
    assert isinstance(X_res, pd.DataFrame)
    assert_array_equal(X_res.index, y_res.index)
    fitted = clone(estimator).fit(frame, y)
    assert_array_equal(X_res.index, index[fitted.sample_indices_])
    assert_array_equal(np.flatnonzero(fitted.support_), fitted.sample_indices_)
    assert fitted.sample_indices_.dtype == np.intp


# 10b. rows: what every selector of rows guarantees


@_each(row_selectors())
def test_row_selector_attributes(estimator):
    X, y = _classification_data()
    selector = clone(estimator).fit(X, y)
    kept = selector.sample_indices_
    assert (np.diff(kept) > 0).all() and 1 <= len(kept) <= len(X)
    assert selector.scores_.shape == (len(X),)
    assert selector.scores_.dtype == np.float64
    assert np.isfinite(selector.scores_).all()
    assert selector.weights_.shape == kept.shape
    assert selector.weights_.sum() == len(X) == selector.n_samples_seen_
    assert selector.reduction_ == pytest.approx(1 - len(kept) / len(X))
    labels, counts = np.unique(y[kept], return_counts=True)
    assert selector.sampling_strategy_ == dict(
        zip(labels.tolist(), counts.tolist(), strict=True)
    )
    assert not hasattr(selector, "transform")
    with pytest.raises(NotFittedError):
        clone(estimator).get_support()


@_each(row_selectors())
def test_rare_class_survives(estimator):
    X, y = _classification_data(300)
    y[:] = 0
    y[[17, 170]] = 1
    y[40] = 2
    kept = clone(estimator).fit(X, y).sample_indices_
    assert_array_equal(np.unique(y[kept]), [0, 1, 2])


@_each(row_selectors())
def test_degenerate_rows(estimator):
    X, y = _classification_data(30)
    for one_class in (np.zeros(30), np.full(30, "a")):
        with pytest.raises(ValueError, match="got 1 class"):
            clone(estimator).fit(X, one_class)
    with pytest.raises(ValueError, match=r"1 class|0 sample|at least 1"):
        clone(estimator).fit(X[:1], y[:1])
    # Fewer rows than neighbours, equal rows with different labels, constant columns.
    for rows in (X[:3], np.zeros((3, 2)), np.zeros((12, 2)), X[[0] * 6 + [1] * 6]):
        labels = np.arange(len(rows)) % 2
        selector = clone(estimator).fit(rows, labels)
        assert np.isfinite(selector.scores_).all()
        assert set(labels[selector.sample_indices_]) == {0, 1}
        assert selector.weights_.sum() == len(rows)


@_each(row_selectors())
def test_rows_of_any_container_and_layout(estimator):
    X, y = _classification_data()
    X[np.abs(X) < 0.5] = 0.0
    expected = clone(estimator).fit(X, y)
    for other in (sparse.csr_array(X), sparse.csc_matrix(X), np.asfortranarray(X)):
        got = clone(estimator).fit(other, y)
        assert_array_equal(got.sample_indices_, expected.sample_indices_)
        assert_array_equal(got.weights_, expected.weights_)
    frame = _frame(pl, np.round(X, 1))
    X_res, y_res = clone(estimator).fit_resample(frame, pl.Series("y", y))
    assert isinstance(X_res, pl.DataFrame) and isinstance(y_res, pl.Series)
    assert X_res.schema == frame.schema


@_each(row_selectors())
def test_row_selector_leaves_its_input_alone(estimator):
    X, y = _classification_data(60)
    before = X.copy(), y.copy()
    X.flags.writeable = y.flags.writeable = False
    clone(estimator).fit_resample(X, y)
    assert_array_equal(X, before[0])
    assert_array_equal(y, before[1])


# 11. callbacks


class StopAfterFirstTask:
    """A callback that asks every loop to stop after one step."""

    def setup(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context, **kwargs):
        pass

    def on_fit_task_end(self, estimator, context, **kwargs):
        return True

    def teardown(self, estimator, context):
        pass


@_each([e for e in all_estimators() if isinstance(e, CallbackSupportMixin)])
def test_stopping_callback_leaves_a_fitted_estimator(estimator):
    X, y = _classification_data()
    stopped = clone(estimator).set_callbacks(StopAfterFirstTask()).fit(X, y)
    if hasattr(stopped, "transform"):
        assert stopped.transform(X).shape[0] == len(X)
    elif hasattr(stopped, "predict"):
        assert stopped.predict(X).shape[0] == len(X)
    else:
        assert stopped.sample_indices_.size >= 1


# 12. planted signal


@_each(column_selectors())
def test_planted_columns_are_found(estimator):
    X, y = _classification_data(400, 12)
    if not _is_supervised(estimator):
        # Without labels only structure can be found: make the columns redundant.
        rng = np.random.default_rng(0)
        X[:, 3:6] = X[:, :3] + 0.1 * rng.standard_normal((len(X), 3))
        selector = clone(estimator).set_params(n_features_to_select=6).fit(X, y)
        assert selector.support_[:6].sum() >= 3
        return
    selector = clone(estimator).set_params(n_features_to_select=3).fit(X, y)
    alone = [abs(np.corrcoef(X[:, j], y)[0, 1]) for j in range(3)]
    strong = np.flatnonzero(np.array(alone) > 0.3)
    assert selector.support_[strong].all()
    assert selector.support_[:3].sum() >= 2


def test_continuous_targets_are_taken_or_refused():
    """Continuous targets are either taken or refused by name, never ignored."""
    X, y = _classification_data(80)
    target = Ridge().fit(X, y).predict(X)
    for estimator in column_selectors():
        if not _is_supervised(estimator):
            continue
        try:
            fitted = clone(estimator).fit(X, target)
        except ValueError as error:
            assert "Unknown label type" in str(error)
        else:
            assert np.isfinite(fitted.scores_).all()
