# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The rows of a table as points: scaled, taken block by block, never copied whole."""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis, min_max_axis

# Half a unit in the last place of float32.
_ROUNDING = 2.0**-24


class Block(NamedTuple):
    """Some rows, exact and as the float32 copy that screens pairs of them."""

    exact: np.ndarray
    screen: np.ndarray
    norms: np.ndarray

    def __getitem__(self, part):
        return Block(self.exact[part], self.screen[part], self.norms[part])


class Points:
    """Rows of a dense or CSR table, ready to be measured.

    Parameters
    ----------
    X : ndarray or CSR array of shape (n_samples, n_features)
        Validated values.
    standardize : bool
        Divide each column by its standard deviation; a constant column becomes 0.
        The mean is not taken off: no Euclidean distance would notice, and a sparse
        table stays sparse.
    metric : {"euclidean", "cosine"}
        Cosine divides each row by its norm; the distance is Euclidean after that.
    """

    def __init__(self, X, *, standardize=True, metric="euclidean"):
        self.X = X
        self.is_sparse = sparse.issparse(X)
        self.n_samples, self.n_features = X.shape
        self.metric = metric
        mean, variance, low, high = _column_statistics(X)
        if standardize:
            # Rounded to float32: the last bits depend on the order of the rows and
            # on the container, and neither may change a distance.
            deviation = np.sqrt(variance).astype(np.float32).astype(np.float64)
            constant = (low == high) | (deviation == 0)
            self.scale = np.where(constant, 0.0, 1.0 / np.where(constant, 1, deviation))
        else:
            self.scale = None
        scale = 1.0 if self.scale is None else self.scale
        if metric == "cosine":
            self.center = np.zeros(self.n_features)
            self.unit_length = 1.0
        else:
            self.center = mean * scale
            reach = np.maximum(high - mean, mean - low) * scale
            self.unit_length = float(np.sqrt(reach @ reach)) or 1.0
        # Squared lengths of the screen over the exact ones.
        self.unit = 1.0 / self.unit_length**2

    def values(self, indices):
        """The chosen rows as a float64 ndarray, or CSR array, scaled."""
        rows = self.X[indices].astype(np.float64)
        if self.is_sparse:
            if self.scale is not None:
                rows.data *= self.scale[rows.indices]
            if self.metric == "cosine":
                norms = np.sqrt(np.add.reduce(rows.power(2).toarray(), axis=1))
                norms[norms == 0] = 1.0
                rows.data /= np.repeat(norms, np.diff(rows.indptr))
            return rows
        if self.scale is not None:
            rows *= self.scale
        if self.metric == "cosine":
            norms = np.sqrt(np.add.reduce(rows * rows, axis=1))
            norms[norms == 0] = 1.0
            rows /= norms[:, None]
        return np.ascontiguousarray(rows)

    def blocks(self, *index_lists):
        """Take rows as blocks over common columns.

        A sparse table is made dense on the columns where one of the rows has an
        entry: all other columns are equal in every pair.

        Returns
        -------
        blocks : list of Block
        """
        parts = [self.values(indices) for indices in index_lists]
        center = self.center
        if self.is_sparse:
            used = np.unique(np.concatenate([part.indices for part in parts]))
            if len(used) == 0:
                used = np.zeros(1, dtype=np.intp)
            parts = [np.ascontiguousarray(part[:, used].toarray()) for part in parts]
            center = center[used]
        blocks = []
        for exact in parts:
            screen = ((exact - center) / self.unit_length).astype(np.float32)
            norms = np.einsum("ij,ij->i", screen, screen, dtype=np.float64)
            blocks.append(Block(exact, screen, norms))
        return blocks

    def tolerance(self, n_features):
        """Relative error bound of a screened squared distance (see the kernel)."""
        return (n_features + 8) * _ROUNDING


def _column_statistics(X):
    """Mean, variance, minimum and maximum of each column, in float64."""
    if not sparse.issparse(X):
        mean = X.mean(axis=0, dtype=np.float64)
        variance = X.var(axis=0, dtype=np.float64)
        return mean, variance, X.min(axis=0) * 1.0, X.max(axis=0) * 1.0
    mean, variance = mean_variance_axis(X, axis=0)
    low, high = min_max_axis(X, axis=0)
    as_float = [np.asarray(a, dtype=np.float64) for a in (mean, variance, low, high)]
    return tuple(as_float)
