# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of pairs, of interactions and of the bias of cardinality."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

matplotlib.use("Agg")

from matplotlib import pyplot

from sklearn_fs import InteractionFeatures, OutRank
from sklearn_fs.inspection import (
    CardinalityBiasDisplay,
    InteractionDisplay,
    PairwiseDisplay,
)


@pytest.fixture(autouse=True)
def _close():
    yield
    pyplot.close("all")


def _fitted(**options):
    rng = np.random.default_rng(0)
    a, b, c, d = rng.integers(0, 4, (4, 800))
    X = pd.DataFrame({"a": a, "b": b, "copy of a": 3 - a, "c": c, "d": d})
    y = ((b > 1) ^ (d > 1)) + 2 * (a > 1)
    return OutRank(**options).fit(X, y)


def test_heat_map_puts_copies_side_by_side():
    display = PairwiseDisplay.from_estimator(_fitted(pairwise=True))
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert abs(names.index("a") - names.index("copy of a")) == 1
    assert_allclose(np.diagonal(display.image_.get_array()), 1.0)
    bold = [
        label.get_text()
        for label in display.ax_.get_xticklabels()
        if label.get_fontweight() == "bold"
    ]
    assert set(bold) == {"a", "copy of a"}


def test_tree_joins_copies_first():
    _, ax = pyplot.subplots()
    ranker = _fitted(pairwise=True)
    display = PairwiseDisplay.from_estimator(ranker, kind="dendrogram", ax=ax)
    assert display.ax_ is ax and display.image_ is None
    assert display.linkage_[0, 2] == pytest.approx(0.0, abs=1e-9)
    first = [display.feature_names[int(i)] for i in display.linkage_[0, :2]]
    assert set(first) == {"a", "copy of a"}


def test_pairs_that_were_not_computed_are_refused():
    ranker = _fitted(criterion="3mr", n_features_to_select=2)
    with pytest.raises(ValueError, match="fit with pairwise=True"):
        PairwiseDisplay.from_estimator(ranker)
    assert len(PairwiseDisplay.from_estimator(ranker, top=2).leaves_) == 2
    with pytest.raises(ValueError, match="at least 2 columns, got 1"):
        PairwiseDisplay.from_estimator(ranker, top=1)
    with pytest.raises(ValueError, match="kind='tree' must be"):
        PairwiseDisplay.from_estimator(ranker, top=2, kind="tree")


@pytest.mark.parametrize("order", [2, 3])
def test_interactions(order):
    ranker = _fitted(interaction_order=order)
    display = InteractionDisplay.from_estimator(ranker, top=4)
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert names[0] == "b & d" and len(display.bars_) == 4
    assert_allclose(
        [bar.get_width() for bar in display.bars_], ranker.interactions_["synergy"][:4]
    )
    network = InteractionDisplay.from_estimator(ranker, top=4, kind="network")
    widths = [line.get_linewidth() for line in network.lines_]
    assert len(widths) == 4 and widths[0] == max(widths) == 5.5
    with pytest.raises(ValueError, match="kind='table' must be"):
        InteractionDisplay.from_estimator(ranker, kind="table")


def test_interactions_of_the_transformer():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (500, 4))
    joined = InteractionFeatures().fit(X, X[:, 0] ^ X[:, 2])
    display = InteractionDisplay.from_estimator(joined)
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == ["x0 & x2"]


def test_cardinality_bias():
    ranker = _fitted()
    display = CardinalityBiasDisplay.from_estimator(ranker)
    seen, chance, rest = (p.get_offsets()[:, 1] for p in display.points_)
    assert_allclose(seen - chance, rest, atol=1e-12)
    assert_allclose(chance, ranker.expected_mutual_info_)
    _, axes = pyplot.subplots(1, 2)
    again = CardinalityBiasDisplay(
        ranker.cardinality_, ranker.mutual_info_, ranker.expected_mutual_info_
    ).plot(axes)
    assert again.axes_[1] is axes[1]
