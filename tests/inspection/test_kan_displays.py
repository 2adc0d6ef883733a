# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The pictures hold what the fitted estimators say."""

import matplotlib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_wine, make_friedman1
from sklearn.exceptions import NotFittedError

from sklearn_fs import KANRegressor, KANSelector
from sklearn_fs.inspection import KANCurvesDisplay, RankingDisplay

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    import matplotlib.pyplot

    matplotlib.pyplot.close("all")


@pytest.fixture(scope="module")
def friedman():
    X, y = make_friedman1(200, random_state=0)
    return KANRegressor(max_iter=20, random_state=0).fit(X, y), X, y


def test_curves_are_those_of_the_network(friedman):
    model, X, _ = friedman
    display = KANCurvesDisplay.from_estimator(model, X, features=[3, 0], n_curves=2)
    assert [ax.get_title() for ax in display.axes_] == ["x3", "x0"]
    for j, values, curves, lines in zip(
        [3, 0], display.values, display.curves, display.lines_, strict=True
    ):
        centred = model.edge_function(j, values) - model.edge_function(j, X[:, j]).mean(
            axis=0
        )
        spread = model.edge_function(j, X[:, j]).std(axis=0)
        order = np.argsort(-spread)[:2]
        assert_allclose(curves, centred[:, order])
        assert_allclose(lines[0].get_ydata(), curves[:, 0])


def test_curves_of_the_most_important_columns(friedman):
    model, X, y = friedman
    display = KANCurvesDisplay.from_estimator(model, X, n_features=4)
    expected = np.argsort(-model.feature_importances_)[:4]
    assert_array_equal(display.features, expected)
    assert display.figure_ is display.axes_[0].figure
    selector = KANSelector(KANRegressor(max_iter=5), method="l2", random_state=0).fit(
        X, y
    )
    assert len(KANCurvesDisplay.from_estimator(selector, X).axes_) == 6


def test_curves_by_name_and_on_given_axes(friedman):
    from matplotlib.figure import Figure

    X, y = load_wine(return_X_y=True, as_frame=True)
    model = KANRegressor(max_iter=3, random_state=0).fit(X, y)
    axes = Figure().subplots(1, 2)
    display = KANCurvesDisplay.from_estimator(
        model, X, features=["proline", "hue"], axes=axes
    )
    assert display.axes_[1] is axes[1]
    assert display.feature_names == ["proline", "hue"]
    with pytest.raises(ValueError, match="axes has 2 entries; 6 columns"):
        KANCurvesDisplay.from_estimator(model, X, axes=axes)
    with pytest.raises(ValueError, match="no column 'colour'"):
        KANCurvesDisplay.from_estimator(model, X, features=["colour"])
    with pytest.raises(ValueError, match=r"13 is not in 0\.\.12"):
        KANCurvesDisplay.from_estimator(model, X, features=[13])
    with pytest.raises(NotFittedError):
        KANCurvesDisplay.from_estimator(KANRegressor(), X)


def test_scores_with_their_spread():
    X, y = load_wine(return_X_y=True, as_frame=True)
    selector = KANSelector(
        method="l2", n_features_to_select=3, n_repeats=4, random_state=0
    )
    display = RankingDisplay.from_estimator(selector.fit(X, y), top=5)
    order = np.argsort(-selector.scores_)[:5]
    assert_array_equal(display.feature_names, X.columns[order])
    assert_array_equal(display.selected, [True] * 3 + [False] * 2)
    assert_allclose([bar.get_width() for bar in display.bars_], selector.scores_[order])
    assert len(display.dots_.get_xdata()) == 20
    one = KANSelector(method="l2", n_features_to_select=3, random_state=0).fit(
        X.to_numpy(), y
    )
    assert RankingDisplay.from_estimator(one).dots_ is None
