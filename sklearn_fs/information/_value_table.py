# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Counts by value and class that grow, coarsen and merge.

The content of a table depends on the multiset of (value, class) pairs that it has
seen, never on their order: a table of words turns into hash buckets exactly if it has
met more than its limit of different words, and a table of numbers has the finest
cells, among those 2^s keys wide, that are not more than its limit.
"""

from itertools import pairwise

import numpy as np

from sklearn_fs.information._value_table_fast import (
    add_counts,
    add_rows,
    bucket_keys,
    code_keys,
    code_words,
    fill_slots,
    hash_words,
    mix_keys,
)

NO_BYTES = np.empty(0, dtype=np.uint8)
NO_HASHES = np.empty(0, dtype=np.uint64)
NO_CODES = np.empty(0, dtype=np.uint32)
NO_WEIGHTS = np.empty(0, dtype=np.int64)
NO_KEY = np.uint64(2**64 - 1)
_FIRST_CAPACITY = 64


class CountTable:
    """What tables of words and of keys share: codes, counts, hash buckets.

    Parameters
    ----------
    limit : int
        Most values; what happens beyond is the subclass's.
    n_classes : int

    Attributes
    ----------
    counts : ndarray of shape (>= n_codes, n_classes), dtype int64
        Row 0 holds the missing values, row c the value of code c.
    n_values : int
        Values, or buckets.
    n_buckets : int
        0 while values are kept.
    """

    def __init__(self, limit, n_classes):
        self.limit = limit
        self.n_values = 0
        self.n_buckets = 0
        self.counts = np.zeros((_FIRST_CAPACITY + 1, n_classes), dtype=np.int64)
        self._clear(_FIRST_CAPACITY)

    @property
    def n_codes(self):
        """Codes 0, ..., n_codes - 1 are in use."""
        return self.n_values + 1

    @property
    def used_counts(self):
        """Counts of the codes in use."""
        return self.counts[: self.n_codes]

    def set_n_classes(self, n_classes):
        """Make room for classes that appeared."""
        more = n_classes - self.counts.shape[1]
        if more > 0:
            self.counts = np.pad(self.counts, ((0, 0), (0, more)))

    def add(self, codes, y, weights=None):
        """Count coded rows."""
        add_counts(codes, y, NO_WEIGHTS if weights is None else weights, self.counts)

    def add_rows(self, codes, rows):
        """Add whole rows of counts."""
        add_rows(np.ascontiguousarray(rows), codes, self.counts)

    def _grow_counts(self):
        rows = np.zeros((self.capacity + 1, self.counts.shape[1]), dtype=np.int64)
        rows[: self.n_codes] = self.used_counts
        self.counts = rows

    def _to_buckets(self, n_buckets):
        """Forget the values, or make fewer buckets; return the new code of each."""
        if self.n_buckets:
            if self.n_buckets % n_buckets:
                raise ValueError(
                    f"{self.n_buckets} hash buckets cannot become {n_buckets}: one "
                    "number must divide the other; give powers of two as "
                    "max_categories."
                )
            old = np.arange(self.n_buckets, dtype=np.uint64)
        else:
            old = self._hashes()
        remap = np.zeros(self.n_codes, dtype=np.uint32)
        remap[1:] = old % np.uint64(n_buckets) + np.uint64(1)
        rows, self.counts = self.used_counts, None
        self.counts = np.zeros((n_buckets + 1, rows.shape[1]), dtype=np.int64)
        self.add_rows(remap, rows)
        self._clear(0)
        self.n_values = self.n_buckets = n_buckets
        return remap

    def _bucketed(self, n_buckets):
        if self.n_buckets == n_buckets:
            return None
        return self._to_buckets(n_buckets)

    def _folded(self, other):
        """Codes here of the buckets of another table, at least as many."""
        if other.n_buckets % self.n_buckets:
            raise ValueError(
                f"{other.n_buckets} hash buckets cannot be merged into "
                f"{self.n_buckets}: one number must divide the other; give powers of "
                "two as max_categories."
            )
        codes = np.arange(other.n_values) % self.n_buckets + 1
        return codes.astype(np.uint32)

    def _double_capacity(self):
        # One more than the limit is enough to see that there are too many.
        self.capacity = max(self.capacity + 1, min(2 * self.capacity, self.limit + 1))

    def _remake_slots(self, hashes, mix):
        size = 1 << (2 * self.capacity - 1).bit_length()
        self.slots = np.zeros(size, dtype=np.uint32)
        fill_slots(hashes[: self.n_values], mix, self.slots)

    def __getstate__(self):
        state = self.__dict__.copy()
        state["counts"] = self.used_counts.copy()
        del state["slots"]
        return state


class WordTable(CountTable):
    """Words as bytes. Beyond `limit` of them they are counted in `limit` buckets."""

    def __init__(self, limit, n_classes, seed=0):
        self.seed = seed
        super().__init__(limit, n_classes)

    def _clear(self, capacity):
        self.capacity = capacity
        self.hashes = np.empty(capacity, dtype=np.uint64)
        self.ends = np.zeros(capacity + 1, dtype=np.int64)
        self.text = np.empty(16 * capacity, dtype=np.uint8)
        self.slots = np.zeros(2 * capacity, dtype=np.uint32)

    def _hashes(self):
        return self.hashes[: self.n_values]

    def set_limit(self, limit):
        """Lower the limit; returns how codes change, or None."""
        self.limit = min(limit, self.limit)
        if self.n_values > self.limit:
            return self._to_buckets(self.limit)
        return None

    def code(self, words, skip=NO_HASHES):
        """Codes of words, new ones included.

        Parameters
        ----------
        words : Words
        skip : ndarray of uint64
            Hashes of the words that mean missing.

        Returns
        -------
        codes : ndarray of shape (n,), dtype uint32
        remap : ndarray or None
            New code of each code given out before this call.
        """
        codes = np.empty(len(words), dtype=np.uint32)
        arguments = (words.offsets, words.data, words.valid, words.first_bit, skip)
        remap, row = None, 0
        while not self.n_buckets:
            row, self.n_values = code_words(
                *arguments, self.seed, row, self.slots, self.hashes, self.ends,
                self.text, self.n_values, codes,
            )  # fmt: skip
            if self.n_values > self.limit:
                remap = self._to_buckets(self.limit)
            elif row == len(words):
                return codes, None
            else:
                offsets = words.offsets
                self._grow(int(offsets[row + 1] - offsets[row]))
        hash_words(*arguments, self.seed, self.n_buckets, NO_HASHES, codes)
        return codes, remap

    def _grow(self, length):
        n = self.n_values
        if n == self.capacity:
            self._double_capacity()
            self.hashes = np.resize(self.hashes, self.capacity)
            self.ends = np.resize(self.ends, self.capacity + 1)
            self._remake_slots(self.hashes, False)
            self._grow_counts()
        needed = int(self.ends[n]) + length
        if needed > len(self.text):
            text = np.empty(max(2 * len(self.text), needed), dtype=np.uint8)
            text[: self.ends[n]] = self.text[: self.ends[n]]
            self.text = text

    def words(self):
        """The values of the codes 1, 2, ... as :class:`Words`."""
        n = self.n_values
        return Words(self.ends[: n + 1], self.text[: self.ends[n]])

    def merge(self, other, rows):
        """Take in another table.

        Parameters
        ----------
        other : WordTable
        rows : ndarray of shape (n_codes of other, n_classes)
            Its counts, by the classes of this table.

        Returns
        -------
        own, others : ndarray or None
            New codes of the codes that each table gave out.
        """
        own = self.set_limit(other.limit)
        theirs = None if other.n_buckets else other.words()
        if theirs is None:
            own = _then(own, self._bucketed(min(self.limit, other.n_buckets)))
            codes = self._folded(other)
        else:
            codes, remap = self.code(theirs)
            own = _then(own, remap)
        others = np.concatenate([[np.uint32(0)], codes]).astype(np.uint32)
        self.add_rows(others, rows)
        return own, others

    def memory(self):
        """Bytes that the content needs: a function of what was counted."""
        n, k = self.n_codes, self.counts.shape[1]
        return n * (8 * k + 32) + int(self.ends[self.n_values] if self.capacity else 0)

    def __getstate__(self):
        state = super().__getstate__()
        if not self.n_buckets:
            n = self.n_values
            state["capacity"] = max(n, 1)
            state["hashes"] = np.resize(self.hashes[:n], max(n, 1))
            state["ends"] = np.resize(self.ends[: n + 1], max(n, 1) + 1)
            state["text"] = self.text[: self.ends[n]].copy()
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        if self.n_buckets:
            self._clear(0)
        else:
            self._remake_slots(self.hashes, False)
            self._grow_counts()


class KeyTable(CountTable):
    """Numbers as 64-bit keys in their order.

    With `buckets` each number is a category, and beyond `limit` they are hashed; else
    neighbouring keys share a cell as soon as there are more than `limit` cells.
    """

    def __init__(self, limit, n_classes, buckets=False, seed=0):
        self.buckets = buckets
        self.seed = seed
        self.shift = 0
        super().__init__(limit, n_classes)

    def _clear(self, capacity):
        self.capacity = capacity
        self.cells = np.empty(capacity, dtype=np.uint64)
        self.slots = np.zeros(2 * capacity, dtype=np.uint32)

    def _hashes(self):
        return mix_keys(self.cells[: self.n_values], self.seed)

    def keys(self):
        """Smallest key of each cell."""
        return self.cells[: self.n_values] << np.uint64(self.shift)

    def set_limit(self, limit):
        """Lower the limit; returns how codes change, or None."""
        self.limit = min(limit, self.limit)
        if self.n_values <= self.limit:
            return None
        if self.buckets:
            return self._to_buckets(self.limit)
        return self._coarsen(self._needed_shift(NO_HASHES))

    def code(self, keys):
        """Codes of keys; as :meth:`WordTable.code`."""
        codes = np.empty(len(keys), dtype=np.uint32)
        remap, row = None, 0
        while not self.n_buckets:
            row, self.n_values = code_keys(
                keys, self.shift, row, self.slots, self.cells, self.n_values, codes
            )
            if self.n_values > self.limit:
                if self.buckets:
                    remap = self._to_buckets(self.limit)
                    break
                # One step to the width that all rows of this chunk ask for.
                step = self._coarsen(self._needed_shift(keys[row:]))
                codes[:row] = step[codes[:row]]
                remap = _then(remap, step)
            elif row == len(keys):
                return codes, remap
            else:
                self._double_capacity()
                self.cells = np.resize(self.cells, self.capacity)
                self._remake_slots(self.cells, True)
                self._grow_counts()
        bucket_keys(keys, self.seed, self.n_buckets, codes)
        return codes, remap

    def _needed_shift(self, keys):
        """Narrowest cells of which the table and the keys fill at most `limit`."""
        keys = np.concatenate([self.keys(), keys[keys != NO_KEY]])
        keys.sort()
        low, high = self.shift, 63
        while low < high:
            middle = (low + high) // 2
            cells = keys >> np.uint64(middle)
            if 1 + np.count_nonzero(cells[1:] != cells[:-1]) <= self.limit:
                high = middle
            else:
                low = middle + 1
        return low

    def _coarsen(self, shift):
        """Widen the cells; return the new code of each."""
        if shift == self.shift:
            return None
        cells, codes = np.unique(
            self.cells[: self.n_values] >> np.uint64(shift - self.shift),
            return_inverse=True,
        )
        remap = np.zeros(self.n_codes, dtype=np.uint32)
        remap[1:] = codes + 1
        rows = self.used_counts
        self.shift = shift
        self.n_values = len(cells)
        self.cells[: len(cells)] = cells
        self.counts = np.zeros_like(self.counts)
        self.add_rows(remap, rows)
        self._remake_slots(self.cells, True)
        return remap

    def merge(self, other, rows):
        """Take in another table; as :meth:`WordTable.merge`."""
        own = self.set_limit(other.limit)
        if self.buckets != other.buckets:
            raise ValueError(
                "One state takes the numbers of a column as categories, the other as "
                "quantities; use the same categorical_features for both."
            )
        if other.n_buckets or self.n_buckets:
            n_buckets = min(self.limit, other.n_buckets or self.limit)
            own = _then(own, self._bucketed(n_buckets))
        if other.n_buckets:
            codes = self._folded(other)
        else:
            if other.shift > self.shift:
                own = _then(own, self._coarsen(other.shift))
            codes, remap = self.code(other.keys())
            own = _then(own, remap)
        others = np.concatenate([[np.uint32(0)], codes]).astype(np.uint32)
        self.add_rows(others, rows)
        return own, others

    def memory(self):
        """Bytes that the content needs."""
        return self.n_codes * (8 * self.counts.shape[1] + 16)

    def __getstate__(self):
        state = super().__getstate__()
        if not self.n_buckets:
            state["capacity"] = max(self.n_values, 1)
            state["cells"] = np.resize(
                self.cells[: self.n_values], max(self.n_values, 1)
            )
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        if self.n_buckets:
            self._clear(0)
        else:
            self._remake_slots(self.cells, True)
            self._grow_counts()


class Words:
    """Words one after the other, as Arrow stores them.

    Parameters
    ----------
    offsets : ndarray of shape (n + 1,), dtype int32 or int64
    data : ndarray of dtype uint8
    valid : ndarray of dtype uint8
        Bits; empty: all are valid.
    first_bit : int
    """

    def __init__(self, offsets, data, valid=NO_BYTES, first_bit=0):
        self.offsets = offsets
        self.data = data
        self.valid = valid
        self.first_bit = first_bit

    def __len__(self):
        return len(self.offsets) - 1

    @staticmethod
    def from_list(values):
        """From str or bytes objects."""
        encoded = [
            v if isinstance(v, bytes) else v.encode("utf-8", "surrogatepass")
            for v in values
        ]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(v) for v in encoded], out=offsets[1:])
        return Words(offsets, np.frombuffer(b"".join(encoded), dtype=np.uint8))

    def take(self, rows):
        """Some of the words."""
        begins = self.offsets[rows].astype(np.int64)
        lengths = self.offsets[rows + 1] - begins
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        places = np.repeat(begins - offsets[:-1], lengths) + np.arange(offsets[-1])
        return Words(offsets, self.data[places])

    def to_list(self):
        """As str objects."""
        data, ends = self.data.tobytes(), self.offsets.tolist()
        return [data[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(ends)]

    def hashes(self, seed):
        """h64 of each word."""
        out = np.empty(len(self), dtype=np.uint64)
        hash_words(
            self.offsets, self.data, self.valid, self.first_bit, NO_HASHES, seed, 0,
            out, NO_CODES,
        )  # fmt: skip
        return out


def _then(first, second):
    """One renumbering after another; None is none."""
    if first is None or second is None:
        return second if first is None else first
    return second[first]
