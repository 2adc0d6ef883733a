# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""One column of a stream: its counts by value and class, and its quality counters."""

from dataclasses import dataclass

import numpy as np

from sklearn_fs.information._chunk_columns import NUMBERS, OTHERS, WIDE, WORDS
from sklearn_fs.information._encoding import (
    CATEGORICAL,
    MAX_INT_CATEGORIES,
    NUMERIC,
)
from sklearn_fs.information._value_table import (
    NO_HASHES,
    KeyTable,
    Words,
    WordTable,
)
from sklearn_fs.information._value_table_fast import mix_keys, order_keys

# Most cells of a column of numbers: some thousand for each bin.
MAX_CELLS = 2**16
MIN_CELLS = 2**10
# A code of the sample is the domain of the value in the high bits, and its code there.
DOMAINS = (WORDS, NUMBERS, WIDE, OTHERS)
TAG_SHIFT = 30
# Different domains never share a bucket by more than chance.
_SEEDS = {WORDS: 0x5EED0001, NUMBERS: 0x5EED0002, WIDE: 0x5EED0003, OTHERS: 0x5EED0004}
_SIGN = np.uint64(1 << 63)


@dataclass
class Numbers:
    """What the numbers of a column add up to; missing ones apart."""

    n_finite: int = 0
    n_zeros: int = 0
    n_infinite: int = 0
    minimum: float = np.inf
    maximum: float = -np.inf
    mean: float = 0.0  # of the finite ones
    squares: float = 0.0  # sum of squared distances from their mean

    def add(self, other):
        """Take in other numbers (Chan, Golub & LeVeque, 1983, equation 2.1)."""
        n = self.n_finite + other.n_finite
        if other.n_finite:
            step = other.mean - self.mean
            self.squares += other.squares
            self.squares += step * step * (self.n_finite * other.n_finite / n)
            self.mean += step * (other.n_finite / n)
        self.n_finite = n
        self.n_zeros += other.n_zeros
        self.n_infinite += other.n_infinite
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)


def cell_limit(n_classes, limit=MAX_CELLS):
    """Cells of a column of numbers: fewer where each needs many counters."""
    return max(MIN_CELLS, min(limit, 2**20 // max(1, n_classes)))


class ColumnCounts:
    """Counts of one column; equal for any order of the rows that it was given.

    Parameters
    ----------
    listed : bool
        The user says that numbers are categories here.
    auto : bool
        Whole numbers are categories where they are few.
    max_categories : int
        More different words than this are counted in as many hash buckets.
    missing_values : sequence
        Values that mean missing.

    Attributes
    ----------
    tables : dict from domain to WordTable or KeyTable
    numbers : Numbers
        Minimum, maximum, mean and so on.
    n_bytes : int
        Bytes of all words, as UTF-8.
    """

    def __init__(self, listed, auto, max_categories, missing_values=()):
        self.listed = listed
        self.auto = auto
        self.max_categories = max_categories
        self.max_cells = MAX_CELLS
        self.fractional = False
        self.categorical = False
        self.tables = {}
        self.numbers = Numbers()
        self.n_bytes = 0
        self.missing = np.zeros(0, dtype=np.int64)
        words = [v for v in missing_values if isinstance(v, str)]
        self.skip_words = Words.from_list(words).hashes(_SEEDS[WORDS])
        figures = [float(v) for v in missing_values if not isinstance(v, str)]
        self.skip_keys = _order_keys(figures)[0]

    # counting

    def update(self, raw, y, n_classes, weights=None, sampled=None):
        """Count the rows of a chunk.

        Parameters
        ----------
        raw : RawColumn
        y : ndarray of shape (n,), dtype uint32
        n_classes : int
        weights : ndarray of shape (n,), dtype int64, or None
        sampled : ndarray of int, or None
            Rows whose codes are wanted.

        Returns
        -------
        codes : ndarray of uint32
            Of the sampled rows, with the domain in the high bits.
        checks : ndarray of uint64
            A hash of their values.
        remaps : list of (tag, ndarray)
            New codes of codes given out before.
        """
        self.fractional |= raw.fractional
        self.categorical |= raw.categorical
        remaps = self.set_n_classes(n_classes)
        n = len(y)
        codes = np.zeros(0 if sampled is None else len(sampled), dtype=np.uint32)
        checks = np.zeros(len(codes), dtype=np.uint64)
        seen = None
        for piece in raw.pieces:
            table = self._table(piece.domain, n_classes)
            one, hashes, remap = self._code(table, piece, weights)
            if remap is not None:
                remaps.append((DOMAINS.index(piece.domain), remap))
            if piece.rows is None:
                table.add(one, y, weights)
                here, inside = sampled, slice(None)
            else:
                table.add(
                    one, y[piece.rows], None if weights is None else weights[piece.rows]
                )
                seen = np.zeros(n, dtype=bool) if seen is None else seen
                seen[piece.rows] = True
                if sampled is not None:
                    place = np.searchsorted(piece.rows, sampled)
                    place[place == len(piece.rows)] = 0
                    inside = np.flatnonzero(piece.rows[place] == sampled)
                    here = place[inside]
            if sampled is not None and len(here):
                found = one[here]
                tag = np.uint32(DOMAINS.index(piece.domain) << TAG_SHIFT)
                codes[inside] = np.where(found, found | tag, 0)
                checks[inside] = np.where(found, hashes(here, found), 0)
        if seen is not None and not seen.all():
            w = None if weights is None else weights[~seen]
            self.missing += np.bincount(y[~seen], w, n_classes).astype(np.int64)
        return codes, checks, remaps

    def set_n_classes(self, n_classes):
        """Make room for classes; returns renumberings as :meth:`update` does."""
        self.missing = np.pad(self.missing, (0, n_classes - len(self.missing)))
        remaps = []
        for domain, table in self.tables.items():
            table.set_n_classes(n_classes)
            remap = table.set_limit(self._limit(domain, n_classes))
            if remap is not None:
                remaps.append((DOMAINS.index(domain), remap))
        return remaps

    def _limit(self, domain, n_classes):
        if domain in (WORDS, OTHERS) or self.listed or self.categorical:
            return self.max_categories
        return cell_limit(n_classes, self.max_cells)

    def _table(self, domain, n_classes):
        if domain not in self.tables:
            limit, seed = self._limit(domain, n_classes), _SEEDS[domain]
            if domain in (WORDS, OTHERS):
                table = WordTable(limit, n_classes, seed)
            else:
                table = KeyTable(
                    limit, n_classes, self.listed or self.categorical, seed
                )
            self.tables[domain] = table
        return self.tables[domain]

    def _code(self, table, piece, weights):
        """Codes of a piece, hashes of its values, and a renumbering."""
        if piece.domain in (WORDS, OTHERS):
            skip = self.skip_words if piece.domain == WORDS else NO_HASHES
            return self._code_words(table, piece, skip, weights)
        if piece.domain == WIDE:
            keys = (piece.values.view(np.uint64) ^ _SIGN) - np.uint64(1)
            numbers = _order_keys(piece.values.astype(np.float64))[1]
        else:
            keys, numbers = _order_keys(piece.values, self.skip_keys)
        self.numbers.add(numbers)
        codes, remap = table.code(keys)
        return codes, lambda rows, found: mix_keys(keys[rows], 1), remap

    def _code_words(self, table, piece, skip, weights):
        words, index = piece.values, piece.index
        if index is None:
            codes, remap = table.code(words, skip)
            self.n_bytes += int(words.offsets[-1]) - int(words.offsets[0])
        else:
            used = np.bincount(index, minlength=len(words) + 1) > 0
            used[0] = True
            if not used.all():
                words = words.take(np.flatnonzero(used[1:]))
                index = (np.cumsum(used) - 1)[index]
            few, remap = table.code(words, skip)
            codes = np.concatenate([np.zeros(1, np.uint32), few])[index]
            lengths = np.append(0, np.diff(words.offsets))
            self.n_bytes += int(lengths[index].sum())
        limit = np.uint64(self.max_categories)

        def hashes(rows, found):
            if table.n_buckets:
                return mix_keys((found - 1).astype(np.uint64), 1)
            known = table.hashes[np.maximum(found, 1) - 1]
            return mix_keys(known % limit, 1)

        return codes, hashes, remap

    # merging

    def merge(self, other, place, n_classes):
        """Take in another column.

        Parameters
        ----------
        other : ColumnCounts
        place : ndarray of int
            Class here of each class of `other`.
        n_classes : int

        Returns
        -------
        own, others : list of (tag, ndarray)
            New codes of the codes that each column gave out.
        """
        self.fractional |= other.fractional
        self.categorical |= other.categorical
        own, others = self.lower_limits(other.max_categories, other.max_cells), []
        own += self.set_n_classes(n_classes)
        missing = np.zeros(n_classes, dtype=np.int64)
        missing[place[: len(other.missing)]] = other.missing
        self.missing += missing
        for domain, theirs in other.tables.items():
            tag = DOMAINS.index(domain)
            rows = np.zeros((theirs.n_codes, n_classes), dtype=np.int64)
            rows[:, place[: theirs.counts.shape[1]]] = theirs.used_counts
            first, second = self._table(domain, n_classes).merge(theirs, rows)
            own += [] if first is None else [(tag, first)]
            others += [] if second is None else [(tag, second)]
        self.numbers.add(other.numbers)
        self.n_bytes += other.n_bytes
        return own, others

    def lower_limits(self, max_categories, max_cells):
        """Give up detail; returns renumberings as :meth:`update` does."""
        self.max_categories = min(self.max_categories, max_categories)
        self.max_cells = min(self.max_cells, max_cells)
        return self.set_n_classes(len(self.missing))

    def memory(self):
        """Bytes of what is kept."""
        return sum(table.memory() for table in self.tables.values())

    # reading

    @property
    def kind(self):
        """How the column is read: "categorical" or "numeric"."""
        words = any(d in self.tables for d in (WORDS, OTHERS))
        if words or self.listed or self.categorical or not self.tables:
            return CATEGORICAL
        few = self._n_seen() <= MAX_INT_CATEGORIES and not self.n_buckets
        if self.auto and few and not self.fractional and not self.cell_shift:
            return CATEGORICAL
        return NUMERIC if self._n_seen() else CATEGORICAL

    def _n_seen(self):
        return sum(table.n_values for table in self.tables.values())

    @property
    def n_buckets(self):
        """Hash buckets, 0 where all values are known."""
        return max((table.n_buckets for table in self.tables.values()), default=0)

    @property
    def cell_shift(self):
        """Low bits of the numbers that were dropped; 0: all are known exactly."""
        return max((getattr(t, "shift", 0) for t in self.tables.values()), default=0)

    @property
    def missing_counts(self):
        """Missing rows by class, shape (n_classes,)."""
        rows = [table.counts[0] for table in self.tables.values()]
        return self.missing + sum(rows, np.zeros_like(self.missing))

    def read(self, with_words=True):
        """Values and their counts.

        Parameters
        ----------
        with_words : bool
            Whether words are wanted: Python objects of a million of them take long.

        Returns
        -------
        values : ndarray of shape (n_values,)
            Numbers rise, words come in a fixed order, as objects if there are both.
            Where numbers share a cell this is the smallest that it can hold; of a hash
            bucket it is the number.
        counts : ndarray of shape (n_values, n_classes), dtype int64
        places : dict from tag to ndarray
            Row of each code in `counts`.
        """
        values, counts, tags, codes = [], [], [], []
        for domain in (NUMBERS, WIDE, WORDS, OTHERS):
            table = self.tables.get(domain)
            if table is None:
                continue
            order = np.arange(table.n_values)
            if table.n_buckets:
                values.append(order)
            elif domain in (WORDS, OTHERS):
                if with_words:
                    order = np.argsort(table.hashes[: table.n_values], kind="stable")
                    values.append(_objects(table.words().take(order).to_list()))
                else:
                    values.append(order)
            else:
                keys = table.keys()
                order = np.argsort(keys)
                values.append(_from_keys(keys[order], domain))
            counts.append(table.used_counts[1:][order])
            tags.append(np.full(len(order), DOMAINS.index(domain)))
            codes.append(order + 1)
        if not values:
            return np.empty(0), np.zeros((0, len(self.missing)), dtype=np.int64), {}
        counts, tags, codes = map(np.concatenate, (counts, tags, codes))
        order = np.arange(len(counts))
        if NUMBERS in self.tables and WIDE in self.tables and not self.n_buckets:
            numbers = np.concatenate([v.astype(np.float64) for v in values[:2]])
            beyond = np.append(np.zeros(len(values[0])), _beyond_double(values[1]))
            order[: len(numbers)] = np.lexsort((beyond, numbers))
        if len(values) > 1:
            values = [_objects([x for v in values for x in v.tolist()])]
        order = order[counts[order].any(axis=1)]
        places = {}
        for tag in set(tags.tolist()):
            mine = tags[order] == tag
            places[tag] = np.zeros(int(codes[tags == tag].max()) + 1, dtype=np.intp)
            places[tag][codes[order][mine]] = np.flatnonzero(mine)
        return values[0][order], counts[order], places

    @property
    def values(self):
        """Value of each row of `counts`, see :meth:`read`."""
        return self.read()[0]

    @property
    def counts(self):
        """Counts of each value by class, shape (n_values, n_classes)."""
        return self.read()[1]


def _objects(values):
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _order_keys(values, skip=NO_HASHES):
    """Keys of doubles in their order, and what the doubles add up to."""
    values = np.ascontiguousarray(values, dtype=np.float64)
    keys = np.empty(len(values), dtype=np.uint64)
    finite = values[np.isfinite(values)][:1]
    origin = float(finite[0]) if len(finite) else 0.0
    sums, tallies = np.empty(4), np.empty(3, dtype=np.int64)
    order_keys(values, skip, origin, keys, sums, tallies)
    n_finite, n_zeros, n_infinite = tallies.tolist()
    low, high, total, squares = sums.tolist()
    mean = total / n_finite if n_finite else 0.0
    return keys, Numbers(
        n_finite, n_zeros, n_infinite, low, high, origin + mean if n_finite else 0.0,
        max(0.0, squares - mean * total),
    )  # fmt: skip


def _beyond_double(values):
    """Integers less the double that is nearest to each."""
    nearest = values.astype(np.float64)
    inside = nearest < 2.0**63
    back = np.where(inside, nearest, 0.0).astype(np.int64)
    return np.where(inside, values - back, values - np.iinfo(np.int64).max - 1)


def _from_keys(keys, domain):
    if domain == WIDE:
        return ((keys + np.uint64(1)) ^ _SIGN).view(np.int64)
    return np.where(keys & _SIGN, keys ^ _SIGN, ~keys).view(np.float64)
