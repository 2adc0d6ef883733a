# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""RankingDisplay draws what the selector says."""

import matplotlib
import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from sklearn_fs import OutRank
from sklearn_fs.inspection import RankingDisplay

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    matplotlib.pyplot.close("all")


@pytest.fixture
def ranker():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    X = np.column_stack([rng.integers(0, 9, (300, 4)), y ^ (rng.random(300) < 0.2)])
    return OutRank(noise_features=3, random_state=0).fit(X, y)


def test_bars_in_order(ranker):
    display = RankingDisplay.from_estimator(ranker, top=3)
    widths = [bar.get_width() for bar in display.bars_]
    assert_allclose(widths, ranker.scores_[ranker.order_[:3]])
    labels = [text.get_text() for text in display.ax_.get_yticklabels()]
    assert labels[0] == "x4" and len(labels) == 3
    assert display.bars_.errorbar is not None
    assert display.noise_line_.get_xdata()[0] == ranker.noise_scores_.max()
    assert display.figure_ is display.ax_.figure


def test_chosen_columns_have_colour(ranker):
    display = RankingDisplay.from_estimator(ranker)
    colours = [bar.get_facecolor() for bar in display.bars_]
    assert colours[0] != colours[-1]


def test_any_selector_with_scores():
    class Repeated(BaseEstimator):
        scores_ = np.array([0.1, 0.5, 0.3])
        support_ = np.array([False, True, False])
        repeat_importances_ = np.array([[0.1, 0.4, 0.3], [0.1, 0.6, 0.3]])

        def fit(self, X, y=None):
            return self

    figure, ax = matplotlib.pyplot.subplots()
    display = RankingDisplay.from_estimator(
        Repeated(), feature_names=["a", "b", "c"], ax=ax
    )
    assert display.ax_ is ax and display.figure_ is figure
    assert [text.get_text() for text in ax.get_yticklabels()] == ["b", "c", "a"]
    assert len(display.dots_.get_xdata()) == 6
    assert display.noise_line_ is None


def test_not_fitted():
    with pytest.raises(NotFittedError):
        RankingDisplay.from_estimator(OutRank())
