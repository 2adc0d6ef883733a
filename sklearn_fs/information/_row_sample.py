# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A uniform sample of the rows of a stream that does not depend on its chunks.

Every row has a priority, the hash of its position in the stream or of its key, and
the rows with the smallest ones are kept: a bottom-s sample, which merges.
"""

import numpy as np

from sklearn_fs.information._column_counts import TAG_SHIFT
from sklearn_fs.information._value_table import Words
from sklearn_fs.information._value_table_fast import mix_keys

_LAST = np.uint64(2**64 - 1)
_ROW_FIELDS = ("priorities", "checks", "positions", "y")


class RowSample:
    """Coded rows with the smallest priorities.

    Parameters
    ----------
    size : int or None
        Rows to keep; None: all.
    n_features : int
    seed : int

    Attributes
    ----------
    positions : ndarray of int64
        Position in the stream, or hash of the key.
    y : ndarray of uint32
        Codes of the target.
    codes : list of n_features ndarrays of uint32
        0 is missing; the domain of the value is in the high bits.
    """

    def __init__(self, size, n_features, seed=0):
        self.size = size
        self.seed = seed
        self.threshold = _LAST
        self.priorities = np.empty(0, dtype=np.uint64)
        self.checks = np.empty(0, dtype=np.uint64)
        self.positions = np.empty(0, dtype=np.int64)
        self.y = np.empty(0, dtype=np.uint32)
        self.codes = [np.empty(0, dtype=np.uint32) for _ in range(n_features)]
        self._pending = []
        self._n_pending = 0

    def __len__(self):
        return len(self.y) + self._n_pending

    @property
    def n_kept(self):
        """Rows in the sample."""
        return len(self) if self.size is None else min(len(self), self.size)

    def choose(self, positions):
        """Rows of a chunk that belong to the sample so far.

        Returns
        -------
        rows : ndarray of int
        priorities : ndarray of uint64
        """
        priorities = row_priorities(positions, self.seed)
        # Equal priorities are told apart by what the rows hold.
        rows = np.flatnonzero(priorities <= self.threshold)
        if self.size is not None and len(rows) > 2 * self.size:
            last = np.partition(priorities[rows], self.size)[self.size]
            rows = rows[priorities[rows] <= last]
        return rows, priorities[rows]

    def add(self, priorities, positions, y, checks, codes):
        """Take in chosen rows."""
        self._pending.append((priorities, checks, positions, y, *codes))
        self._n_pending += len(y)
        if self.size is not None and len(self) > 1.5 * self.size + 1000:
            self.compact()

    def _settle(self):
        """Put the rows that were added behind the others."""
        if not self._pending:
            return
        for i, name in enumerate(_ROW_FIELDS):
            parts = [getattr(self, name), *(one[i] for one in self._pending)]
            setattr(self, name, np.concatenate(parts))
        for j, column in enumerate(self.codes):
            parts = [column, *(one[len(_ROW_FIELDS) + j] for one in self._pending)]
            self.codes[j] = np.concatenate(parts)
        self._pending, self._n_pending = [], 0

    def compact(self):
        """Drop what is more than the size."""
        self._settle()
        if self.size is None or len(self) <= self.size:
            return
        # Only the rows at the border need a full order.
        last = np.partition(self.priorities, self.size)[self.size]
        keep = np.flatnonzero(self.priorities <= last)
        order = np.lexsort((self.checks[keep], self.priorities[keep]))[: self.size]
        order = keep[order]
        self.threshold = self.priorities[order[-1]] if self.size else np.uint64(0)
        order.sort()
        for name in _ROW_FIELDS:
            setattr(self, name, getattr(self, name)[order])
        self.codes = [column[order] for column in self.codes]

    def renumber(self, j, remaps):
        """Follow a table that gave its values new codes."""
        if remaps and len(self):
            self._settle()
            self.codes[j] = renumbered(self.codes[j], remaps)

    def merge(self, other, y, codes):
        """Take in another sample, with its codes as they are here."""
        self.add(other.priorities, other.positions, y, other.checks, codes)
        self.compact()

    def memory(self):
        """Bytes of the rows."""
        return len(self) * (28 + 4 * len(self.codes))


def row_priorities(positions, seed):
    """Hash of the position or of the key of each row."""
    seed = int(mix_keys(np.array([seed], dtype=np.uint64), 0)[0])
    return mix_keys(positions.view(np.uint64), seed)


def sampled_rows(n, size, seed):
    """The rows, of n in order, that a sample of this size keeps."""
    priorities = row_priorities(np.arange(n, dtype=np.int64), seed)
    return np.sort(np.argpartition(priorities, size)[:size])


def renumbered(codes, remaps):
    """Codes after their tables were renumbered."""
    for tag, remap in remaps:
        mine = (codes >> np.uint32(TAG_SHIFT) == tag) & (codes > 0)
        low = codes[mine] & np.uint32((1 << TAG_SHIFT) - 1)
        codes = codes.copy()
        codes[mine] = remap[low] | np.uint32(tag << TAG_SHIFT)
    return codes


def positions_from_keys(row_key, n):
    """64-bit positions from the keys of the rows: integers, or words."""
    keys = np.asarray(row_key)
    if keys.shape != (n,):
        raise ValueError(
            f"row_key has shape {keys.shape}, but X has {n} rows; give one key a row."
        )
    if keys.dtype.kind in "iu":
        return np.ascontiguousarray(keys.astype(np.int64))
    words = [str(key) for key in keys.tolist()]
    return Words.from_list(words).hashes(0).view(np.int64)
