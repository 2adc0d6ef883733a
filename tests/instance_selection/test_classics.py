# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Known answers, reference sizes and guarantees of the classic selectors."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from sklearn_fs.instance_selection import (
    CDIS,
    DROP3,
    EGDIS,
    ENN,
    LDIS,
    RIS1,
    RIS2,
    RIS3,
    XLDIS,
    HartCNN,
    LSBo,
    LSSm,
)

LINE = np.array([0, 1.1, 2.3, 3.6, 7.0, 5.0, 8.3, 9.5, 10.8, 12.2])[:, None]
LABELS = np.repeat(["a", "b"], 5)


@pytest.mark.parametrize(
    "selector, expected",
    [
        (ENN(), [0, 1, 2, 3, 6, 7, 8, 9]),
        (DROP3(), [1, 2, 3, 6, 7, 8]),
        (LSSm(), [0, 1, 2, 3, 6, 7, 8, 9]),
        (LSBo(), [0, 6]),
        (LDIS(n_neighbors=1), [1, 2, 7]),
        (LDIS(n_neighbors=2), [2, 7]),
        (CDIS(n_neighbors=1), [1, 7]),
        (XLDIS(n_neighbors=1), [2, 7]),
        (EGDIS(), [4, 5]),
        (RIS1(), [0, 9]),
        (RIS2(), [0, 9]),
        (RIS3(), [0, 9]),
        (RIS1(threshold=0), [0, 4, 5, 9]),
    ],
    ids=str,
)
def test_known_answers_on_a_line(selector, expected):
    selector.set_params(standardize=False).fit(LINE, LABELS)
    assert_array_equal(selector.sample_indices_, expected)


def test_known_densities():
    scores = LDIS(standardize=False).fit(LINE, LABELS).scores_
    assert_allclose(scores[:5], [-2.8, -2.14, -1.9, -2.16, -4.2])
    assert_allclose(scores[5:], [-4.16, -2.18, -1.94, -2.2, -3.04])
    # Squared distances to the mean give the order of the squared distances.
    by_center = LDIS(standardize=False, density="centroid").fit(LINE, LABELS).scores_
    for part in (slice(0, 5), slice(5, 10)):
        squared = np.square(LINE[part] - LINE[part].T).mean(axis=1)
        assert_allclose(-by_center[part], squared - squared.mean() / 2)


@pytest.fixture(scope="module")
def tables():
    X, y = load_digits(return_X_y=True)
    X, _, y, _ = train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)
    tables = [load_wine(return_X_y=True), load_breast_cancer(return_X_y=True), (X, y)]
    return [(StandardScaler().fit_transform(X), y) for X, y in tables]


@pytest.mark.parametrize(
    "selector, sizes",
    [
        (ENN(), [170, 549]),
        (LSSm(), [173, 552, 1286]),
        (LSBo(), [28, 50]),
        (LDIS(), [20, 28, 125]),
        (CDIS(), [20, 37, 144]),
        (XLDIS(), [18, 26, 106]),
        (EGDIS(), [25, 49]),
        (RIS1(), [14, 39]),
        (RIS2(), [16, 36]),
        (RIS3(), [10, 10]),
        (DROP3(), [28, 43, 167]),
    ],
    ids=str,
)
def test_reference_sizes(selector, sizes, tables):
    got = [
        selector.fit(X, y).sample_indices_.size
        for (X, y), _ in zip(tables, sizes, strict=False)
    ]
    assert got == sizes


def test_condensed_rows_classify_all(tables):
    for X, y in tables:
        selector = HartCNN(standardize=False, random_state=0)
        model = KNeighborsClassifier(1).fit(*selector.fit_resample(X, y))
        assert model.score(X, y) == 1.0
        assert selector.reduction_ > 0.8
        order = np.argsort(-selector.scores_, kind="stable")
        kept = order[: selector.sample_indices_.size]
        assert_array_equal(np.sort(kept), selector.sample_indices_)


def test_condensation_stops_on_contradictions():
    X = np.array([[0.0], [0.0], [0.0], [1.0], [1.0], [2.0]])
    y = [0, 1, 0, 1, 0, 1]
    selector = HartCNN(standardize=False, random_state=0).fit(X, y)
    assert set(np.array(y)[selector.sample_indices_]) == {0, 1}


def test_a_class_that_would_vanish_keeps_its_best_row():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 2))
    y = np.r_[np.zeros(58), 1, 1]
    with pytest.warns(UserWarning, match=r"remove every row of \[1.0\]"):
        selector = ENN().fit(X, y)
    assert selector.sampling_strategy_[1.0] == 1


@pytest.mark.parametrize("selector", [ENN(), LDIS(), LSSm(), EGDIS()], ids=str)
def test_order_of_rows(selector, tables):
    X, y = tables[1]
    expected = selector.fit(X, y).support_
    rows = np.random.default_rng(0).permutation(len(X))
    assert_array_equal(selector.fit(X[rows], y[rows]).support_, expected[rows])


@pytest.mark.parametrize(
    "selector", [ENN(), LDIS(), LSSm(), LSBo(), CDIS(), DROP3()], ids=str
)
def test_invariant_to_translation_and_rotation(selector, tables):
    X, y = tables[0]
    selector.set_params(standardize=False)
    expected = selector.fit(X, y).support_
    rotation, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((13, 13)))
    assert_array_equal(selector.fit(X @ rotation + 5.0, y).support_, expected)


def test_drop3_searches_anew_when_its_lists_run_out():
    # Many removals in one dense cluster use up the four nearest of k = 1.
    rng = np.random.default_rng(0)
    X = np.r_[rng.standard_normal((150, 2)), rng.standard_normal((150, 2)) + 4]
    y = np.repeat([0, 1], 150)
    selector = DROP3(n_neighbors=1).fit(X, y)
    assert selector.sample_indices_.size < 30
    model = KNeighborsClassifier(1).fit(*selector.select_from(X, y))
    assert model.score(X, y) > 0.9
