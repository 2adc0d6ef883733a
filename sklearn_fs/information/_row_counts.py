# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""How often the values of some rows occurred among those that were counted."""

from copy import deepcopy

import numpy as np

from sklearn_fs.information._chunk_columns import NUMBERS
from sklearn_fs.information._column_counts import DOMAINS, TAG_SHIFT


def rows_seen(column, raw, n_rows):
    """Look up the rows of a chunk in the counts of a column.

    Parameters
    ----------
    column : ColumnCounts
        It is left as it is.
    raw : RawColumn
    n_rows : int

    Returns
    -------
    seen : ndarray of shape (n_rows,), dtype int64
        Rows counted with the value of each row; where values share a bucket or a
        cell, with any of them.
    missing, zero : ndarray of shape (n_rows,), dtype bool
    """
    # The rows are counted in a copy, which gives them codes, and taken off again.
    copy = deepcopy(column)
    y = np.zeros(n_rows, dtype=np.uint32)
    n_classes = len(column.missing_counts)
    codes, _, _ = copy.update(raw, y, n_classes, sampled=np.arange(n_rows))
    missing = codes == 0
    seen = np.full(n_rows, column.missing_counts.sum())
    tags = codes >> np.uint32(TAG_SHIFT)
    low = codes & np.uint32((1 << TAG_SHIFT) - 1)
    for domain, table in copy.tables.items():
        mine = ~missing & (tags == DOMAINS.index(domain))
        counts = table.used_counts.sum(axis=1)
        counts -= np.bincount(low[mine], minlength=len(counts))
        seen[mine] = counts[low[mine]]
    zero = np.zeros(n_rows, dtype=bool)
    for piece in raw.pieces:
        if piece.domain == NUMBERS:
            zero[slice(None) if piece.rows is None else piece.rows] = piece.values == 0
    return seen, missing, zero
