# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Counting, against NumPy doing the same slowly."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import xlogy

from sklearn_fs.information import _contingency
from sklearn_fs.information._contingency import count_against, joint_cells
from sklearn_fs.information._encoding import Block


def _block(codes, n_codes, implicit=None, rows=None, starts=None):
    k = len(n_codes)
    n = 0 if starts is not None else len(codes) // k
    return Block(
        columns=np.arange(k),
        codes=np.asarray(codes, dtype=np.uint32),
        starts=np.arange(k + 1) * n if starts is None else np.asarray(starts),
        offsets=np.zeros(k, dtype=np.uint32),
        n_codes=np.asarray(n_codes, dtype=np.int64),
        implicit=np.full(k, -1) if implicit is None else np.asarray(implicit),
        rows=rows,
    )


def _slow(x, y, n_classes, weights=None, skip=False):
    table = np.zeros((x.max() + 1, n_classes), dtype=np.int64)
    np.add.at(table, (x, y), 1 if weights is None else weights)
    missing = table[0].copy()
    if skip:
        table = table[1:]
    rows = table.sum(1)
    values, repeats = np.unique(rows[rows > 0], return_counts=True)
    return {
        "sum_xlogx": xlogy(table, table).sum(),
        "sum_xlogx_rows": xlogy(rows, rows).sum(),
        "largest": table.max(initial=0),
        "totals": table.sum(),
        "missing": missing,
        "counts": values,
        "multiplicities": repeats,
    }


def _assert_equal(joint, column, slow):
    for name in ("sum_xlogx", "sum_xlogx_rows"):
        assert_allclose(getattr(joint, name)[column], slow[name], rtol=1e-12)
    assert joint.largest[column] == slow["largest"]
    assert joint.totals[column] == slow["totals"]
    assert_array_equal(joint.missing[column], slow["missing"])
    margins = joint.margins.take([column])
    assert_array_equal(margins.counts, slow["counts"])
    assert_array_equal(margins.multiplicities, slow["multiplicities"])


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("n_values, n_classes", [(2, 2), (40, 3), (900, 300)])
def test_columns(monkeypatch, grouped, weighted, skip, n_values, n_classes):
    if grouped:
        monkeypatch.setattr(_contingency, "dense_cells_limit", lambda n: 0)
    rng = np.random.default_rng(0)
    n = 6000
    X = rng.integers(0, n_values, (3, n))
    X[1] = np.minimum(X[1], 1)  # skewed, with counts above the tally
    y = rng.integers(0, n_classes, n).astype(np.uint32)
    weights = rng.integers(1, 5000, n) if weighted else None
    totals = np.bincount(y, weights, minlength=n_classes).astype(np.int64)
    block = _block(X.ravel(), [n_values] * 3)
    options = {"weights": weights, "skip_missing": skip}
    joint = count_against(block, y, totals, **options)
    for column in range(3):
        slow = _slow(X[column], y, n_classes, weights, skip)
        _assert_equal(joint, column, slow)
    two = count_against(block, y, totals, n_threads=2, **options)
    assert_array_equal(joint.sum_xlogx, two.sum_xlogx)
    assert_array_equal(joint.margins.counts, two.margins.counts)


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_rows_that_are_not_stored(monkeypatch, grouped, weighted):
    if grouped:
        monkeypatch.setattr(_contingency, "dense_cells_limit", lambda n: 0)
    rng = np.random.default_rng(1)
    n, n_classes = 500, 3
    y = rng.integers(0, n_classes, n).astype(np.uint32)
    weights = rng.integers(1, 9, n) if weighted else None
    totals = np.bincount(y, weights, minlength=n_classes).astype(np.int64)
    X = rng.integers(1, 4, (2, n))
    X[0][rng.random(n) < 0.9] = 2  # the code of the rows that are left out
    stored = X != 2
    block = _block(
        X[stored], [4, 4], implicit=[2, 2], rows=np.nonzero(stored)[1],
        starts=np.concatenate([[0], np.cumsum(stored.sum(1))]),
    )  # fmt: skip
    joint = count_against(block, y, totals, weights=weights)
    for column in range(2):
        _assert_equal(joint, column, _slow(X[column], y, n_classes, weights))
        cells = joint_cells(block, column, y, totals, weights)
        table = np.zeros((4, n_classes), dtype=np.int64)
        np.add.at(table, (X[column], y), 1 if weights is None else weights)
        assert_array_equal(cells[2], table[table > 0])


def test_offsets_wrap_around():
    codes = np.array([2**32 - 1, 0, 1, 0], dtype=np.uint32)
    block = _block(codes, [4])
    block.offsets[:] = 2**32 - 2
    y = np.array([0, 1, 1, 0], dtype=np.uint32)
    joint = count_against(block, y, np.array([2, 2]))
    assert_array_equal(joint.margins.counts, [1, 2])
    assert_array_equal(block.column_codes(0), [1, 2, 3, 2])


def test_wide_pair_needs_no_table():
    """50,000 x 50,000 categories: the table would have 2.5e9 cells."""
    import tracemalloc

    n = 50_000
    rng = np.random.default_rng(0)
    x, y = rng.permutation(n), rng.permutation(n).astype(np.uint32)
    block = _block(x, [n])
    tracemalloc.start()
    joint = count_against(block, y, np.ones(n, dtype=np.int64), want_missing=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert joint.sum_xlogx[0] == 0.0
    assert joint.largest[0] == 1
    assert peak < 10e6
