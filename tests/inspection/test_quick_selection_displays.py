# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from sklearn_fs import QuickSelection
from sklearn_fs.inspection import (
    ImportancePathDisplay,
    PixelMaskDisplay,
    ShadowDisplay,
)

pyplot = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def X():
    return load_digits().data[:300]


def test_pixel_mask(X):
    selector = QuickSelection(12, max_iter=1, random_state=0).fit(X)
    display = PixelMaskDisplay.from_estimator(selector, (8, 8), image=X[0])
    assert_array_equal(display.image_.get_array(), X[0].reshape(8, 8))
    places = display.points_.get_offsets()
    chosen = 8 * places[:, 1] + places[:, 0]
    assert_array_equal(np.sort(chosen), selector.get_support(indices=True))
    axes = pyplot.figure().subplots()
    assert PixelMaskDisplay(display.mask).plot(ax=axes).ax_ is axes
    with pytest.raises(ValueError, match=r"image_shape=\(8, 9\) has 72 pixels"):
        PixelMaskDisplay.from_estimator(selector, (8, 9))
    with pytest.raises(NotFittedError):
        PixelMaskDisplay.from_estimator(QuickSelection(), (8, 8))


def test_shadows_of_a_walk(X):
    selector = QuickSelection(30, max_iter=1, random_state=0).fit(X)
    display = ShadowDisplay.from_estimator(selector)
    assert_allclose(display.line_.get_ydata(), selector.span_gains_)
    assert_allclose(display.shadow_line_.get_ydata(), selector.shadow_scores_)
    assert len(selector.span_gains_) == selector.n_spanned_
    assert selector.span_gains_[0] > 10 * selector.shadow_scores_[0]


def test_shadows_of_a_network(X):
    selector = QuickSelection("auto", redundancy=None, max_iter=3, random_state=0)
    display = ShadowDisplay.from_estimator(selector.fit(X))
    drawn = display.line_.get_ydata()
    assert_allclose(drawn, np.sort(selector.importances_)[::-1])
    assert (drawn > display.shadow_line_.get_ydata().max()).sum() >= (
        selector.n_features_to_select_
    )
    without = QuickSelection(5, redundancy=None, max_iter=1).fit(X)
    with pytest.raises(ValueError, match="fitted without shadows"):
        ShadowDisplay.from_estimator(without)


def test_importance_path_is_that_of_the_training(X):
    selector = QuickSelection(
        5, redundancy=None, importance="strength", max_iter=3, random_state=0
    )
    display = ImportancePathDisplay.from_estimator(selector, X)
    assert_allclose(display.importances[-1], selector.fit(X).importances_)
    assert len(display.lines_) == 64
    assert_array_equal(np.sort(display.highlighted), selector.get_support(indices=True))
    last = display.lines_[-1].get_ydata()
    assert_allclose(last, display.importances[:, display.highlighted[-1]])
