# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The greedy walk against a slow twin that solves least squares at every step."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_fs.projection._greedy import (
    compress_targets,
    greedy_projection,
    permuted_copies,
)


def _blocks(rng, n_samples=40, n_blocks=9, width=1):
    offsets = np.arange(n_blocks + 1) * width
    columns = rng.standard_normal((n_samples, offsets[-1]))
    columns[:, -1] = columns[:, 0] + 0.1 * columns[:, 1]
    return columns - columns.mean(axis=0), offsets


def _unexplained(chosen, targets):
    if chosen.shape[1] == 0:
        return targets
    return targets - chosen @ np.linalg.lstsq(chosen, targets, rcond=1e-10)[0]


def _slow_refit(columns, offsets, targets, n_steps, factors):
    """Orthogonal least squares by brute force."""
    chosen, order, gains = np.empty((len(columns), 0)), [], []
    for _ in range(n_steps):
        left = (_unexplained(chosen, targets) ** 2).sum()
        gain = np.full(len(offsets) - 1, -np.inf)
        for b in set(range(len(gain))) - set(order):
            both = np.c_[chosen, columns[:, offsets[b] : offsets[b + 1]]]
            gain[b] = factors[b] * (left - (_unexplained(both, targets) ** 2).sum())
        best = int(np.argmax(gain))
        order.append(best)
        gains.append(gain[best])
        chosen = np.c_[chosen, columns[:, offsets[best] : offsets[best + 1]]]
    return order, gains


def _slow_pursuit(columns, offsets, targets, n_steps, factors):
    """Orthogonal matching pursuit by brute force."""
    chosen, order, gains = np.empty((len(columns), 0)), [], []
    for _ in range(n_steps):
        products = columns.T @ _unexplained(chosen, targets)
        gain = factors * np.add.reduceat((products**2).sum(axis=1), offsets[:-1])
        gain[order] = -np.inf
        best = int(np.argmax(gain))
        order.append(best)
        gains.append(gain[best])
        chosen = np.c_[chosen, columns[:, offsets[best] : offsets[best + 1]]]
    return order, gains


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-9), (np.float32, 1e-3)])
@pytest.mark.parametrize("refit", [True, False])
@pytest.mark.parametrize("width", [1, 3])
def test_equals_the_slow_twin(width, refit, dtype, rtol):
    rng = np.random.default_rng(width)
    columns, offsets = _blocks(rng, width=width)
    targets = np.c_[columns[:, :4] * 2, rng.standard_normal((40, 3))]
    targets -= targets.mean(axis=0)
    factors = rng.uniform(0.5, 1, len(offsets) - 1)
    slow = _slow_refit if refit else _slow_pursuit
    order, gains = slow(columns, offsets, targets, 5, factors)
    path = greedy_projection(
        columns.astype(dtype),
        targets,
        5,
        offsets=offsets,
        factors=factors,
        refit=refit,
    )
    assert_array_equal(path.order, order)
    assert_allclose(path.gains, gains, rtol=rtol)
    assert path.stopped_by == "n_steps"


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_column_subset_of_low_rank_data_stops_at_the_rank(dtype):
    rng = np.random.default_rng(0)
    columns = rng.standard_normal((60, 4)) @ rng.standard_normal((4, 20))
    columns = (columns - columns.mean(axis=0)).astype(dtype)
    path = greedy_projection(columns, columns, 20)
    assert len(path.order) == 4
    assert path.stopped_by == "exhausted"
    explained = path.gains.sum() / (columns.astype(float) ** 2).sum()
    assert_allclose(explained, 1, rtol=1e-4)


def test_duplicates_are_taken_once_and_ties_go_to_the_first():
    rng = np.random.default_rng(1)
    base = rng.standard_normal((30, 3)) * [3, 2, 1]
    columns = np.c_[base[:, 2], base, base[:, 0]]
    columns -= columns.mean(axis=0)
    path = greedy_projection(columns, columns, 5)
    assert sorted(path.order) == [0, 1, 2]


def test_shadows_stop_the_walk_at_the_structure():
    rng = np.random.RandomState(0)
    factors = rng.standard_normal((400, 3))
    structure = factors @ np.tile(np.eye(3), 4)
    structure += 0.2 * rng.standard_normal(structure.shape)
    noise = rng.standard_normal((400, 40))
    columns = np.c_[structure / structure.std(axis=0), noise]
    columns -= columns.mean(axis=0)
    copies, widths = permuted_copies(columns, 30, rng)
    assert_array_equal(widths, 1)
    path = greedy_projection(
        np.c_[columns, copies],
        columns,
        20,
        shadows=np.arange(82) >= 52,
        discount_own=True,
    )
    assert path.stopped_by == "shadows"
    assert len(path.order) == 3
    assert sorted(path.order % 3) == [0, 1, 2]
    assert (path.order < 12).all()
    assert (path.chance > 0).all()


def test_walk_stops_when_the_rows_are_spanned():
    rng = np.random.default_rng(0)
    columns = rng.standard_normal((10, 50))
    path = greedy_projection(columns, columns, 50, max_span=0.5)
    assert path.stopped_by == "span"
    assert len(path.order) == 5


def test_a_larger_number_of_steps_continues_the_list():
    rng = np.random.default_rng(0)
    columns = rng.standard_normal((50, 20)) @ rng.standard_normal((20, 20))
    few = greedy_projection(columns, columns, 4)
    many = greedy_projection(np.asfortranarray(columns), columns, 12)
    assert_array_equal(few.order, many.order[:4])
    assert_array_equal(few.gains, many.gains[:4])


def test_compressed_targets_have_the_same_gram_matrix_and_the_same_walk():
    rng = np.random.default_rng(0)
    targets = rng.standard_normal((12, 70)) * np.geomspace(1, 9, 70)
    small = compress_targets(targets)
    assert small.shape == (12, 12)
    assert_allclose(small @ small.T, targets @ targets.T, rtol=1e-9)
    assert compress_targets(small) is small
    assert_array_equal(
        greedy_projection(targets, targets, 6).order,
        greedy_projection(targets, small, 6).order,
    )


def test_permuted_copies_keep_the_values_of_each_block():
    rng = np.random.RandomState(0)
    columns, offsets = _blocks(np.random.default_rng(0), width=2)
    copies, widths = permuted_copies(columns, 12, rng, offsets=offsets)
    assert copies.shape == (40, 24)
    assert_array_equal(widths, 2)
    known = {tuple(np.sort(column)) for column in columns.T}
    assert {tuple(np.sort(column)) for column in copies.T} <= known


def test_judged_targets_decide_when_to_stop_and_not_what_to_take():
    rng = np.random.RandomState(0)
    columns = rng.standard_normal((200, 30))
    columns -= columns.mean(axis=0)
    copies, _ = permuted_copies(columns, 20, rng)
    # A target made from noise columns looks as if they were worth something.
    made = columns[:, :4].sum(axis=1, keepdims=True) * 5
    everything = {
        "columns": np.c_[columns, copies],
        "targets": np.c_[columns, made],
        "n_steps": 10,
        "shadows": np.arange(50) >= 30,
        "discount_own": True,
    }
    fooled = greedy_projection(**everything)
    assert set(fooled.order[:4]) == {0, 1, 2, 3}
    judged = greedy_projection(**everything, n_judged=30)
    assert judged.stopped_by == "shadows"
    assert len(judged.order) < 4


def test_margin_ends_a_walk_over_columns_that_are_not_much_better_than_shadows():
    rng = np.random.RandomState(0)
    columns = rng.standard_normal((200, 30))
    columns += 0.15 * rng.standard_normal((200, 1))  # a little in common
    columns -= columns.mean(axis=0)
    copies, _ = permuted_copies(columns, 2, rng)
    everything = {
        "columns": np.c_[columns, copies],
        "targets": columns,
        "n_steps": 10,
        "shadows": np.arange(32) >= 30,
        "discount_own": True,
    }
    path = greedy_projection(**everything)
    lead = path.judged[0] / path.chance[0] - 1  # the best of 30 against 2 shadows
    assert 0 < lead < 0.5
    assert len(greedy_projection(**everything, margin=0.9 * lead).order) > 0
    assert len(greedy_projection(**everything, margin=1.1 * lead).order) == 0
