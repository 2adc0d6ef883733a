# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Edition: remove the rows that their neighbours contradict."""

from numbers import Integral

import numpy as np

from sklearn_fs._sklearn_compat import Interval
from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    BaseInstanceSelector,
)
from sklearn_fs.neighbors._nearest import nearest


class ENN(BaseInstanceSelector):
    """Remove the rows whose nearest neighbours have another label.

    Edited nearest neighbours: every row is judged once, on the full table, by the
    plurality label of its nearest other rows. It removes noise and little else.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_neighbors : int, default=3
        How many other rows vote.

    metric : {"euclidean", "cosine"}, default="euclidean"
        Distance between rows.

    standardize : bool, default=True
        Divide every column by its standard deviation first.

    n_jobs : int, default=None
        Threads; the result does not depend on them.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_selected,)
        The kept rows, ascending.

    support_ : ndarray of shape (n_samples,), bool
        Mask of the kept rows.

    scores_ : ndarray of shape (n_samples,)
        Share of the neighbours that have the label of the row.

    weights_ : ndarray of shape (n_selected,)
        For how many rows of its class each kept row is the nearest kept one.

    sampling_strategy_ : dict
        Number of kept rows of each class.

    reduction_ : float
        Share of the rows that was left out.

    classes_ : ndarray of shape (n_classes,)
        Labels.

    n_samples_seen_ : int
        Number of rows seen in `fit`.

    n_features_in_ : int
        Number of columns seen in `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X has them.

    See Also
    --------
    DROP3 : Edition first, then a strong reduction.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    Equal distances go to the lowest index, equal votes to the first class. The
    cost is O(n^2 d) time and O(n k) memory. A class that would vanish keeps the row
    of the highest score, with a warning.

    References
    ----------
    .. [1] D. L. Wilson, "Asymptotic properties of nearest neighbor rules using edited
       data", IEEE Transactions on Systems, Man, and Cybernetics SMC-2 (1972).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import ENN
    >>> X, y = load_iris(return_X_y=True)
    >>> ENN().fit(X, y).sample_indices_.size
    142
    """

    _parameter_constraints = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        **DISTANCE_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        n_neighbors=3,
        metric="euclidean",
        standardize=True,
        n_jobs=None,
    ):
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.standardize = standardize
        self.n_jobs = n_jobs

    def _select(self, points, codes, classes):
        rows = np.arange(points.n_samples)
        neighbors, _ = nearest(points, rows, rows, self.n_neighbors, n_jobs=self.n_jobs)
        kept, self.scores_ = edit(neighbors, codes, len(classes))
        return np.flatnonzero(kept)


def edit(neighbors, codes, n_classes):
    """Which rows agree with the plurality of their neighbours.

    Returns
    -------
    agrees : ndarray of shape (n_samples,), bool
    share : ndarray of shape (n_samples,)
        Share of the neighbours with the label of the row.
    """
    n_samples = len(codes)
    agrees, share = np.empty(n_samples, dtype=bool), np.empty(n_samples)
    for start in range(0, n_samples, 8192):
        part = slice(start, start + 8192)
        near, own = neighbors[part], codes[part]
        votes = np.zeros((len(own), n_classes), dtype=np.int32)
        for column in near.T:
            found = np.flatnonzero(column >= 0)
            votes[found, codes[column[found]]] += 1
        lines = np.arange(len(own))
        # argmax takes the first class among equal votes.
        agrees[part] = votes.argmax(axis=1) == own
        share[part] = votes[lines, own] / np.maximum(votes.sum(axis=1), 1)
    return agrees, share
