# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns counted with a pivot and a target, against NumPy doing the same slowly."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import xlogy

from sklearn_fs.information import _pivot_counts
from sklearn_fs.information._coded_table import CodedTable, dense_block
from sklearn_fs.information._pivot_counts import count_pivot


def _columns(n, rng):
    """Codes from 0 (missing) with and without gaps; the last three are mostly 2."""
    rare = rng.random((3, n)) < 0.05
    return np.array(
        [
            rng.integers(0, 3, n),
            1 + rng.integers(0, 40, n) ** 2,
            1 + rng.permutation(n),
            np.ones(n, dtype=int),
            *np.where(rare, rng.integers(0, 9, (3, n)), 2),
        ]
    )


def _slow(x, pivot, y, weights):
    weights = np.ones(len(x), dtype=int) if weights is None else weights
    sums = []
    for columns in ([x, pivot, y], [x, pivot]):
        _, group = np.unique(columns, axis=1, return_inverse=True)
        counts = np.bincount(group.ravel(), weights).astype(int)
        counts = counts[counts > 0]
        sums.append(xlogy(counts, counts).sum())
    return *sums, np.unique(counts, return_counts=True)


@pytest.mark.parametrize("way", ["as chosen", "by groups", "joined codes"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
def test_counts_equal_slow_counts(way, weighted, sparse, monkeypatch):
    if way != "as chosen":
        monkeypatch.setattr(_pivot_counts, "_LEAST_TABLE", 50)
    if way == "joined codes":
        monkeypatch.setattr(_pivot_counts, "_CELLS_PER_ROW", 0)
    rng = np.random.default_rng(0)
    n = 3000
    codes = _columns(n, rng)
    rare = np.where(rng.random(n) < 0.03, codes[1], 1)
    codes = np.vstack([codes[4:], rare]) if sparse else codes[:5]
    y = rng.integers(0, 4, n).astype(np.uint32)
    weights = rng.integers(1, 5000, n) if weighted else None
    table = CodedTable.from_codes(codes, weights)
    assert all((block.rows is not None) == sparse for block in table.blocks())
    columns = np.arange(len(codes))
    for pivot in columns:
        one, two = (
            count_pivot(table, pivot, columns, y, 4, n_threads=n_threads)
            for n_threads in (1, 2)
        )
        pairs = count_pivot(table, pivot, columns)
        assert_array_equal(one.sum_xlogx, two.sum_xlogx)
        assert_array_equal(one.sum_xlogx_rows, two.sum_xlogx_rows)
        assert_array_equal(one.sum_xlogx_rows, pairs.sum_xlogx_rows)
        for j in columns:
            cells, rows, margins = _slow(codes[j], codes[pivot], y, weights)
            assert_allclose(one.sum_xlogx[j], cells, rtol=1e-12)
            assert_allclose(one.sum_xlogx_rows[j], rows, rtol=1e-12)
            for joint in (one, two, pairs):
                found = joint.margins.take([j])
                assert_array_equal(found.counts, margins[0])
                assert_array_equal(found.multiplicities, margins[1])


def test_lists_are_cut_where_they_would_be_large(monkeypatch):
    rng = np.random.default_rng(1)
    table = CodedTable.from_codes(_columns(500, rng))
    columns = np.array([0, 2, 3, 6])
    whole = count_pivot(table, 1, columns)
    monkeypatch.setattr(_pivot_counts, "_ENTRIES_AT_ONCE", 1)
    cut = count_pivot(table, 1, columns)
    assert_array_equal(whole.sum_xlogx_rows, cut.sum_xlogx_rows)
    assert_array_equal(whole.margins.indptr, cut.margins.indptr)
    assert_array_equal(whole.margins.counts, cut.margins.counts)


def test_a_thinned_table_gives_its_columns_back():
    rng = np.random.default_rng(2)
    codes = _columns(400, rng)[[4, 5, 6]].astype(np.uint32)
    table = CodedTable([dense_block(codes.copy(), codes.max(axis=1) + 1)], 400)
    (block,) = table.blocks()
    assert len(block.codes) < codes.size / 4
    for j, row in enumerate(codes):
        column, n_codes = table.column(j)
        # Codes without gaps in the same order, 0 for missing.
        values = np.union1d(row, [0])
        assert_array_equal(values[column], row)
        assert n_codes == len(values)


def test_codes_that_a_sample_lost_leave_no_gap():
    rng = np.random.default_rng(3)
    codes = _columns(1000, rng)
    keep = rng.random(1000) < 0.1
    table = CodedTable.from_codes(codes).take_rows(keep)
    direct = CodedTable.from_codes(codes[:, keep])
    for j in range(len(codes)):
        for a, b in zip(table.column(j), direct.column(j), strict=True):
            assert_array_equal(a, b)
