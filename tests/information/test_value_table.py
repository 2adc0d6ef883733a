# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables of values: kernels beside slow twins, and what depends on order (nothing)."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn_fs.information._value_table_fast import add_counts, mix_keys

from sklearn_fs.information._column_counts import Numbers, _order_keys
from sklearn_fs.information._row_sample import RowSample, sampled_rows
from sklearn_fs.information._state import CountState
from sklearn_fs.information._value_table import KeyTable, Words, WordTable

MASK = 2**64 - 1


def _mix64(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def _hash_bytes(data, seed):
    """The same hash, byte by byte, on any machine."""
    h = seed ^ (len(data) * 0x9E3779B97F4A7C15 & MASK)
    while len(data) >= 8:
        h = (h ^ int.from_bytes(data[:8], "little")) * 0xD6E8FEB86659FD93 & MASK
        h ^= h >> 32
        data = data[8:]
    n, tail = len(data), 0
    if n >= 4:
        low, high = data[:4], data[-4:]
        tail = int.from_bytes(low, "little") | int.from_bytes(high, "little") << 32
    elif n:
        tail = data[0] | data[n >> 1] << 8 | data[-1] << 16
    return _mix64(h ^ tail)


def test_hash_equals_its_slow_twin():
    rng = np.random.default_rng(0)
    words = [bytes(rng.integers(0, 256, n, dtype=np.uint8)) for n in range(40)]
    words += [b"a", b"b", b"aa", b"\0", b"\0\0"]
    for seed in (0, 12345, MASK):
        got = Words.from_list(words).hashes(seed)
        assert_array_equal(got, [_hash_bytes(w, seed) for w in words])
        assert len(set(got.tolist())) == len(words)
    # The value itself is part of the format: two workers must agree upon it.
    assert Words.from_list(["sklearn_fs"]).hashes(0)[0] == _hash_bytes(b"sklearn_fs", 0)
    keys = rng.integers(0, 2**63, 5).astype(np.uint64)
    assert_array_equal(mix_keys(keys, 7), [_mix64(int(k) ^ 7) for k in keys])


def test_words_get_the_codes_of_a_dict():
    rng = np.random.default_rng(0)
    words = [f"w{i}" * (1 + i % 5) for i in rng.integers(0, 3000, 20_000)]
    words[5] = ""
    table, known = WordTable(2**20, 2), {}
    for begin in range(0, 20_000, 3_000):
        part = words[begin : begin + 3_000]
        codes, remap = table.code(Words.from_list(part))
        assert remap is None
        expected = [known.setdefault(w, len(known) + 1) for w in part]
        assert_array_equal(codes, expected)
    assert table.words().to_list() == list(known)
    some = np.array([3, 0, 7])
    assert table.words().take(some).to_list() == [list(known)[i] for i in some]
    copy = pickle.loads(pickle.dumps(table))
    assert_array_equal(copy.code(Words.from_list(words))[0], [known[w] for w in words])
    assert copy.code(Words.from_list(["new"]))[0][0] == len(known) + 1


def test_surrogates_and_nul_bytes_are_words():
    words = ["\ud800", "a\0b", "a", "\U0001f600"]
    table = WordTable(10, 1)
    table.code(Words.from_list(words))
    assert table.words().to_list() == words


def test_counting_equals_add_at():
    rng = np.random.default_rng(0)
    codes, y = rng.integers(0, 9, 500, np.uint32), rng.integers(0, 3, 500, np.uint32)
    for weights in (np.empty(0, np.int64), rng.integers(1, 5, 500)):
        counts, expected = np.zeros((2, 9, 3), dtype=np.int64)
        add_counts(codes, y, weights, counts)
        np.add.at(expected, (codes, y), weights if len(weights) else 1)
        assert_array_equal(counts, expected)


def test_keys_rise_with_the_numbers():
    rng = np.random.default_rng(0)
    values = np.concatenate(
        [rng.standard_normal(500) * 10.0 ** rng.integers(-300, 300, 500),
         [0.0, -0.0, np.inf, -np.inf, 5e-324, -5e-324, 1.0, 1.0]]
    )  # fmt: skip
    keys, numbers = _order_keys(values)
    order = np.argsort(values, kind="stable")
    assert (np.diff(keys[order].astype(object)) >= 0).all()
    assert keys[500] == keys[501] and keys[506] == keys[507]
    assert (numbers.n_zeros, numbers.n_infinite) == (2, 2)
    with_nan = _order_keys(np.append(values, np.nan))
    assert with_nan[0][-1] == MASK and with_nan[1] == numbers


def test_sums_of_numbers_merge():
    rng = np.random.default_rng(0)
    values = 1e9 + rng.standard_normal(1000)
    total = Numbers()
    for part in np.array_split(values, 7):
        total.add(_order_keys(part)[1])
    assert total.n_finite == 1000
    assert (total.minimum, total.maximum) == (values.min(), values.max())
    assert_allclose(total.mean, values.mean(), rtol=1e-14)
    assert_allclose(total.squares / 1000, values.var(), rtol=1e-6)


@pytest.mark.parametrize("limit", [7, 64, 1000])
def test_cells_are_the_finest_that_keep_to_the_limit(limit):
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.lognormal(0, 2, 1500), -rng.random(500), [0.0] * 50])
    keys = _order_keys(values)[0]
    y = rng.integers(0, 2, len(keys), np.uint32)
    shift = next(s for s in range(64) if len(np.unique(keys >> np.uint64(s))) <= limit)
    cells, place = np.unique(keys >> np.uint64(shift), return_inverse=True)
    expected = np.zeros((len(cells), 2), dtype=np.int64)
    np.add.at(expected, (place, y), 1)
    for size in (1, 100, 5000):
        table = KeyTable(limit, 2)
        given = np.zeros(0, dtype=np.uint32)
        for begin in range(0, len(keys), size):
            rows = slice(begin, begin + size)
            codes, remap = table.code(keys[rows])
            given = given if remap is None else remap[given]
            given = np.concatenate([given, codes])
            table.add(codes, y[rows])
        assert table.shift == shift
        order = np.argsort(table.keys())
        assert_array_equal(table.keys()[order] >> np.uint64(shift), cells)
        assert_array_equal(table.used_counts[1:][order], expected)
        # Codes that were given out before follow through all renumberings.
        assert_array_equal(table.cells[given - 1], keys >> np.uint64(shift))


def test_sample_is_uniform_and_has_no_memory_of_chunks():
    positions = np.arange(20_000)
    whole, parts = RowSample(1000, 1), RowSample(1000, 1)
    for sample, size in ((whole, 20_000), (parts, 77)):
        for begin in range(0, 20_000, size):
            here = positions[begin : begin + size]
            rows, priorities = sample.choose(here)
            zeros = np.zeros(len(rows), dtype=np.uint32)
            sample.add(priorities, here[rows], zeros, zeros.astype(np.uint64), [zeros])
        sample.compact()
        assert sample.n_kept == len(sample) == 1000
    assert_array_equal(np.sort(whole.positions), np.sort(parts.positions))
    assert_array_equal(np.sort(whole.positions), sampled_rows(20_000, 1000, 0))
    shares = np.histogram(whole.positions, 10, (0, 20_000))[0]
    assert abs(shares - 100).max() < 40


def test_state_of_another_format_is_refused():
    state = CountState(2)
    content = state.__getstate__()
    assert content["version"] == 1
    with pytest.raises(ValueError, match="written in format 99"):
        CountState(2).__setstate__({**content, "version": 99})


def test_columns_can_be_read():
    state = CountState(2, ["a", "b"])
    X = np.array([["u", 1.5], ["v", None], ["u", 2.0], [None, 1.5]], dtype=object)
    state.update(X, ["no", "yes"], np.array([0, 1, 1, 0], dtype=np.uint32))
    a, b = state.columns
    assert (a.kind, b.kind) == ("categorical", "numeric")
    assert dict(zip(a.values, a.counts.tolist(), strict=True)) == {
        "u": [1, 1], "v": [0, 1],
    }  # fmt: skip
    assert_array_equal(a.missing_counts, [1, 0])
    assert_array_equal(b.values, [1.5, 2.0])
    assert_array_equal(b.counts, [[2, 0], [0, 1]])
    assert_array_equal(b.missing_counts, [0, 1])
    assert (a.n_bytes, a.n_buckets, b.numbers.maximum) == (3, 0, 2.0)
