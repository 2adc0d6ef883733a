# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""All columns of a table as codes, kept for passes over pairs of columns."""

from dataclasses import replace

import numpy as np

from sklearn_fs.information._encoding import Block


class CodedTable:
    """Coded columns that stay in memory, 4 bytes for each stored entry.

    Sparse columns stay sparse. A table can be made from an encoder or, for a sample
    of rows that is coded already, from an array.

    Parameters
    ----------
    blocks : list of Block
        Columns 0 to p - 1 in this order; they own their memory.
    n_samples : int
        Number of rows.
    weights : ndarray of shape (n_samples,), dtype int64, default=None
        Frequency of each row.
    """

    def __init__(self, blocks, n_samples, weights=None):
        self._blocks = blocks
        self.n_samples = n_samples
        self.weights = weights
        self.n_features = sum(len(block.columns) for block in blocks)
        self._first = np.cumsum([0] + [len(block.columns) for block in blocks])

    @classmethod
    def from_encoder(cls, encoder):
        """Encode all columns once."""
        blocks = []
        for block in encoder.blocks():
            if block.rows is None:
                codes = block.codes.reshape(len(block.columns), -1)
                codes = codes - block.offsets[:, np.newaxis]
                blocks.append(_compact(codes, block.n_codes, block.columns))
            else:
                blocks.append(replace(block, codes=block.codes.copy()))
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
        block = _compact(codes, n_codes, None)
        return cls([block], codes.shape[1], weights)

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
        full = np.full(self.n_samples, max(0, block.implicit[i]))
        full[block.rows[span]] = block.column_codes(i)
        return _without_gaps(full, int(block.n_codes[i]))

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
        ends = np.searchsorted(columns, self._first)
        for b, block in enumerate(self._blocks):
            chosen = columns[ends[b] : ends[b + 1]] - self._first[b]
            if len(chosen) == len(block.columns):
                yield block
            elif len(chosen):
                yield _take(block, chosen)


def _without_gaps(codes, n_codes):
    used = np.bincount(codes, minlength=n_codes) > 0
    used[0] = True
    places = (np.cumsum(used) - 1).astype(np.uint32)
    return places[codes], int(places[-1]) + 1


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


def _compact(codes, n_codes, columns):
    """The same after the codes have been freed of gaps, in place."""
    n_codes = np.array(n_codes, dtype=np.int64)
    for i in range(len(codes)):
        if n_codes[i] > 2:
            codes[i], n_codes[i] = _without_gaps(codes[i], int(n_codes[i]))
    return dense_block(codes, n_codes, columns)


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
