# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The pictures hold what the selection says."""

import matplotlib
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

from sklearn_fs.inspection import KeptRowsDisplay, SizeCurveDisplay
from sklearn_fs.instance_selection import GraphCoverageSelector, search_instances

matplotlib.use("Agg")
X, Y = load_iris(return_X_y=True)


@pytest.fixture(autouse=True)
def _close():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def test_kept_rows():
    selector = GraphCoverageSelector(15).fit(X, Y)
    display = KeptRowsDisplay.from_estimator(selector, X, Y, columns=(2, 3))
    assert_allclose(display.kept_.get_offsets(), X[selector.support_][:, [2, 3]])
    assert len(display.rows_.get_offsets()) == 135
    assert display.ax_.get_title() == "15 of 150 rows kept"
    other = KeptRowsDisplay.from_estimator(
        selector, sparse.csr_array(X), Y, ax=display.ax_
    )
    assert other.ax_ is display.ax_
    two = GraphCoverageSelector(15).fit(X[:, :2])
    assert KeptRowsDisplay.from_estimator(two, X[:, :2]).axis_names[1] == "column 1"


def test_size_curve():
    results = search_instances(
        GraphCoverageSelector(),
        X,
        Y,
        KNeighborsClassifier(1),
        [0.1, 30],
        cv=3,
        random_state=0,
    )
    assert_allclose(results.n_selected, [15, 30])
    assert results.full_score > 0.9
    display = SizeCurveDisplay.from_results(results, name="coverage")
    assert_allclose(display.line_.get_ydata(), results.score)
    assert_allclose(display.random_line_.get_ydata(), results.random_score)
    assert_allclose(display.full_line_.get_ydata(), results.full_score)
    again = search_instances(
        GraphCoverageSelector(),
        X,
        Y,
        KNeighborsClassifier(1),
        [0.1, 30],
        cv=3,
        random_state=0,
    )
    assert np.array_equal(again.random_score, results.random_score)
