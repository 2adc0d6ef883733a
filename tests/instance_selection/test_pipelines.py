# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The wrapper, grid searches, imbalanced-learn and the containers of the user."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from estimators import row_selectors
from numpy.testing import assert_array_equal
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_iris, make_classification
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from sklearn_fs.instance_selection import (
    ENN,
    GAISSelector,
    GraphCoverageSelector,
    InstanceSelectionEstimator,
)

X, Y = load_iris(return_X_y=True)


def test_pipeline_and_grid_search():
    wrapped = InstanceSelectionEstimator(
        KNeighborsClassifier(1), GraphCoverageSelector()
    )
    pipeline = make_pipeline(StandardScaler(), wrapped)
    name = pipeline.steps[1][0]
    grid = {
        f"{name}__selector__n_samples": [0.1, 0.3],
        f"{name}__estimator__n_neighbors": [1, 3],
    }
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, Y)
    assert search.best_score_ > 0.9
    fitted = search.best_estimator_[1]
    assert len(fitted.sample_indices_) < 60
    assert is_classifier(fitted) and not is_regressor(fitted)
    assert fitted.predict_proba(X).shape == (150, 3)
    assert not hasattr(fitted, "transform")
    assert not hasattr(fitted, "decision_function")


def test_fit_params_are_cut_to_the_kept_rows():
    weights = np.arange(1.0, 151.0)
    linear = LogisticRegression(max_iter=1000, C=0.01)
    model = InstanceSelectionEstimator(linear, GraphCoverageSelector(30))
    model.fit(X, Y, sample_weight=weights)
    rows = model.sample_indices_
    direct = clone(linear).fit(X[rows], Y[rows], sample_weight=weights[rows])
    assert_array_equal(model.estimator_.coef_, direct.coef_)
    model.set_params(use_weights=True).fit(X, Y)
    direct.fit(X[rows], Y[rows], sample_weight=model.selector_.weights_)
    assert_array_equal(model.estimator_.coef_, direct.coef_)
    with pytest.raises(ValueError, match="takes no sample_weight"):
        InstanceSelectionEstimator(KNeighborsClassifier(1), use_weights=True).fit(X, Y)


def test_one_class_is_fitted_on_all_rows():
    model = InstanceSelectionEstimator(KNeighborsClassifier(1)).fit(X, np.zeros(150))
    assert model.selector_ is None
    assert len(model.sample_indices_) == 150
    assert (model.predict(X) == 0).all()


def test_transformer_and_regressor():
    scaler = InstanceSelectionEstimator(StandardScaler()).fit(X, Y)
    assert scaler.transform(X).shape == X.shape
    model = InstanceSelectionEstimator(Ridge()).fit(X[:, :3], X[:, 3])
    assert is_regressor(model)
    assert model.score(X[:, :3], X[:, 3]) > 0.8


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_the_original_frame_comes_back_as_it_was(library):
    rng = np.random.default_rng(0)
    data = {
        "town": rng.choice(["Ulm", "Bonn", "Jena"], 90),
        "rooms": rng.integers(1, 6, 90),
        "rent": rng.random(90).astype(np.float32),
    }
    label = np.array(["cheap", "dear"])[(data["rent"] > 0.5).astype(int)]
    encode = make_pipeline(OneHotEncoder(sparse_output=False))
    numbers = np.column_stack(
        [encode.fit_transform(data["town"][:, None]), data["rooms"], data["rent"]]
    )
    selector = GraphCoverageSelector(20).fit(numbers, label)
    if library == "pandas":
        frame = pd.DataFrame(data, index=[f"id{i}" for i in range(90)])
        few, y_few = selector.select_from(frame, pd.Series(label, frame.index))
        assert list(few.index) == [f"id{i}" for i in selector.sample_indices_]
        assert list(y_few.index) == list(few.index)
        assert (few.dtypes == frame.dtypes).all()
    else:
        frame = pl.DataFrame(data)
        few, y_few = selector.select_from(frame, pl.Series(label))
        assert few.schema == frame.schema
    assert list(few["town"]) == list(data["town"][selector.sample_indices_])
    assert list(y_few) == list(label[selector.sample_indices_])
    with pytest.raises(ValueError, match="X has 10 rows, but the selection was made"):
        selector.select_from(frame[:10])


imblearn_checks = pytest.importorskip("imblearn.utils.estimator_checks")


def _imblearn_cases():
    first = {type(selector): selector for selector in row_selectors()[::-1]}
    for selector in first.values():
        if "task" in selector.get_params():
            # "auto" takes a continuous target as regression instead of refusing it.
            selector.set_params(task="classification")
        for check in imblearn_checks._yield_sampler_checks(selector):
            label = f"{type(selector).__name__}-{check.__name__}"
            yield pytest.param(selector, check, id=label)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("selector, check", list(_imblearn_cases()))
def test_checks_of_imbalanced_learn(selector, check):
    check(type(selector).__name__, clone(selector))


@pytest.mark.parametrize("selector", [GAISSelector(max_iter=2), ENN()], ids=str)
def test_pipeline_of_imbalanced_learn(selector):
    from imblearn.pipeline import make_pipeline as make_imblearn_pipeline

    X, y = make_classification(200, random_state=0)
    pipeline = make_imblearn_pipeline(StandardScaler(), selector, LogisticRegression())
    assert pipeline.fit(X, y).score(X, y) > 0.7
    assert not hasattr(selector, "transform")
