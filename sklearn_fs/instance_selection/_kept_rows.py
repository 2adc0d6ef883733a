# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Distances from all rows to the rows that a walk has kept so far."""

import numpy as np

from sklearn_fs.instance_selection._walks_fast import relax_dense, relax_sparse


class KeptRows:
    """The nearest kept row of each row of a group, updated row by row.

    Parameters
    ----------
    points : Points
    rows : ndarray of intp
        The group; the walk speaks of places in it.

    Attributes
    ----------
    best : ndarray of shape (n_rows,)
        Squared distance to the nearest kept row.
    owner : ndarray of shape (n_rows,), intp
        Place of that row, ties by the lowest.
    """

    def __init__(self, points, rows):
        values = points.values(rows)
        if points.is_sparse:
            values.sum_duplicates()
            self._relax = relax_sparse
            self._values = (
                values.indptr.astype(np.int32),
                values.indices.astype(np.int32),
                values.data,
            )
        else:
            self._relax = relax_dense
            self._values = (values,)
        self.best = np.full(len(rows), np.inf)
        self.owner = np.full(len(rows), len(rows), dtype=np.intp)

    def add(self, place):
        """Keep one more row."""
        self._relax(*self._values, place, self.best, self.owner)

    def distances_from(self, place):
        """Squared distances of the whole group to one row."""
        best = np.full_like(self.best, np.inf)
        self._relax(*self._values, place, best, np.empty_like(self.owner))
        return best
