# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""All columns of a table as codes, kept for passes over pairs of columns."""

from dataclasses import replace

import numpy as np

from sklearn_fs.information._compact_fast import close_gaps, leave_out
from sklearn_fs.information._encoding import Block


class CodedTable:
    """Coded columns that stay in memory, 4 bytes for each cell or less.

    Codes have no gaps. Blocks in which the commonest values of the columns fill most
    of the cells are stored without them, 8 bytes for each of the others.

    Parameters
    ----------
    blocks : iterable of Block
        Columns 0 to p - 1 in this order. Their codes are changed.
    n_samples : int
        Number of rows.
    weights : ndarray of shape (n_samples,), dtype int64, default=None
        Frequency of each row.
    """

    def __init__(self, blocks, n_samples, weights=None):
        self._blocks = [_compact(block, n_samples) for block in blocks]
        self.n_samples = n_samples
        self.weights = weights
        self.n_features = sum(len(block.columns) for block in self._blocks)
        self._first = np.cumsum([0] + [len(block.columns) for block in self._blocks])

    @classmethod
    def from_encoder(cls, encoder):
        """Encode all columns once."""
        # The memory of a block of the encoder is used again.
        blocks = (replace(b, codes=b.codes.copy()) for b in encoder.blocks())
        return cls(blocks, encoder.n_samples, encoder.weights)

    @classmethod
    def from_codes(cls, codes, weights=None):
        """Take an array of codes.

        Parameters
        ----------
        codes : ndarray of shape (n_features, n_samples), dtype uint32
            0 means missing; other codes need not be used without gaps.
        weights : ndarray of shape (n_samples,), dtype int64, default=None
        """
        codes = np.array(codes, dtype=np.uint32, order="C")
        n_codes = codes.max(axis=1, initial=0).astype(np.int64) + 1
        return cls([dense_block(codes, n_codes)], codes.shape[1], weights)

    def take_rows(self, keep):
        """A table of some rows.

        Parameters
        ----------
        keep : ndarray of shape (n_samples,), dtype bool
        """
        weights = None if self.weights is None else self.weights[keep]
        blocks = (restrict_rows(block, keep) for block in self._blocks)
        return CodedTable(blocks, int(keep.sum()), weights)

    def column(self, j):
        """Codes of one column, 0 for missing and then without gaps.

        Returns
        -------
        codes : ndarray of shape (n_samples,), dtype uint32
        n_codes : int
            One more than the largest code.
        """
        place = int(np.searchsorted(self._first, j, side="right")) - 1
        block, i = self._blocks[place], j - self._first[place]
        span = slice(block.starts[i], block.starts[i + 1])
        if block.rows is None:
            return block.codes[span], int(block.n_codes[i])
        full = np.full(self.n_samples, max(0, block.implicit[i]), dtype=np.uint32)
        full[block.rows[span]] = block.codes[span]
        return full, int(block.n_codes[i])

    def parts(self, columns):
        """Blocks and which of their columns are meant.

        Parameters
        ----------
        columns : ndarray of int, rising

        Yields
        ------
        block : Block
        chosen : ndarray of int
            Positions in the block.
        """
        ends = np.searchsorted(columns, self._first)
        for b, block in enumerate(self._blocks):
            chosen = columns[ends[b] : ends[b + 1]] - self._first[b]
            if len(chosen):
                yield block, chosen

    def blocks(self, columns=None):
        """The columns block after block, as an encoder has them.

        Parameters
        ----------
        columns : ndarray of int, rising, default=None
            Only these columns. None: all.

        Yields
        ------
        block : Block
        """
        if columns is None:
            yield from self._blocks
            return
        for block, chosen in self.parts(columns):
            if len(chosen) == len(block.columns):
                yield block
            else:
                yield _take(block, chosen)


def _compact(block, n_samples):
    """The same with codes from 0 or 1 on without gaps, and thinned out."""
    n_codes, implicit = block.n_codes.copy(), block.implicit.copy()
    commonest, n_commonest = np.empty((2, len(n_codes)), dtype=np.int64)
    close_gaps(
        block.codes, block.starts, block.offsets, n_codes, implicit, n_samples,
        np.empty(n_codes.max(initial=1), dtype=np.int64), commonest, n_commonest,
    )  # fmt: skip
    block = replace(
        block, offsets=np.zeros_like(block.offsets), n_codes=n_codes, implicit=implicit
    )
    if block.rows is not None:
        # Rows that are not stored have the code `implicit`, and so may others.
        lengths = np.diff(block.starts)
        stays = block.codes != np.repeat(implicit, lengths)
        ends = np.concatenate([[0], np.cumsum(stays)])
        return _without(block, implicit, np.diff(ends[block.starts]))
    # An entry with its row takes as much memory as two without.
    lengths = n_samples - n_commonest
    if 2 * lengths.sum() <= n_samples * len(n_codes):
        return _without(block, commonest, lengths)
    return block


def _without(block, implicit, lengths):
    """The same without the entries of the code `implicit`, which leaves `lengths`."""
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    codes, rows = np.empty((2, starts[-1]), dtype=np.uint32)
    listed = np.empty(0) if block.rows is None else block.rows
    leave_out(
        block.codes, block.starts, listed.astype(np.uint32, copy=False), implicit,
        starts, codes, rows,
    )  # fmt: skip
    return replace(block, codes=codes, starts=starts, implicit=implicit, rows=rows)


def dense_block(codes, n_codes, columns=None):
    """A block of an array of codes of shape (n_columns, n_samples)."""
    p, n = codes.shape
    return Block(
        columns=np.arange(p) if columns is None else np.asarray(columns),
        codes=codes.ravel(),
        starts=np.arange(p + 1, dtype=np.int64) * n,
        offsets=np.zeros(p, dtype=np.uint32),
        n_codes=np.asarray(n_codes, dtype=np.int64),
        implicit=np.full(p, -1, dtype=np.int64),
    )


def restrict_rows(block, keep):
    """A block of some rows.

    Parameters
    ----------
    block : Block
    keep : ndarray of shape (n_samples,), dtype bool
    """
    if block.rows is None:
        codes = block.codes.reshape(len(block.columns), -1)[:, keep]
        return dense_block(np.ascontiguousarray(codes), block.n_codes, block.columns)
    stored = keep[block.rows]
    ends = np.concatenate([[0], np.cumsum(stored)])
    return replace(
        block,
        codes=block.codes[stored],
        starts=ends[block.starts].astype(np.int64),
        rows=(np.cumsum(keep) - 1)[block.rows[stored]].astype(block.rows.dtype),
    )


def _take(block, chosen):
    """Some columns of a block."""
    lengths = np.diff(block.starts)[chosen]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    if block.rows is None:
        n = int(lengths[0])
        codes = block.codes.reshape(-1, n)[chosen].ravel()
        rows = None
    else:
        spans = [slice(block.starts[i], block.starts[i + 1]) for i in chosen]
        codes = np.concatenate([block.codes[span] for span in spans])
        rows = np.concatenate([block.rows[span] for span in spans])
    return Block(
        columns=block.columns[chosen],
        codes=codes,
        starts=starts,
        offsets=block.offsets[chosen],
        n_codes=block.n_codes[chosen],
        implicit=block.implicit[chosen],
        rows=rows,
    )
