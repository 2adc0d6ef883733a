# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Density in the whole table: dense inner rows and the border."""

from numbers import Integral

import numpy as np

from sklearn_fs._sklearn_compat import Interval
from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    BaseInstanceSelector,
)
from sklearn_fs.instance_selection._density import pairwise_density, peaks
from sklearn_fs.neighbors._nearest import nearest


class EGDIS(BaseInstanceSelector):
    """Keep the densest inner rows and the rows at the border.

    Enhanced global density-based instance selection: among its nearest rows of all
    classes, a row with neighbours of its own class only is kept when none of them is
    denser; a row of which at least half the neighbours are of other classes is kept
    as border.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_neighbors : int, default=3
        Rows of all classes that a row is compared with.

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
        Density of each row in the whole table: minus its mean distance to all rows.

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
    LDIS : Density inside each class.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    The cost is O(n^2 d) time and O(n k) memory.

    References
    ----------
    .. [1] Malhat, El Menshawy, Mousa & El Sisi, "A new approach for instance
       selection: algorithms, evaluation, and comparisons", Expert Systems with
       Applications 149 (2020).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import EGDIS
    >>> X, y = load_iris(return_X_y=True)
    >>> EGDIS().fit(X, y).sample_indices_.size
    25
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
        near, _ = nearest(points, rows, rows, self.n_neighbors, n_jobs=self.n_jobs)
        self.scores_ = pairwise_density(points, rows, self.n_jobs)
        foreign = ((near >= 0) & (codes[near] != codes[:, None])).sum(axis=1)
        inner = (foreign == 0) & peaks(self.scores_, near)
        border = (foreign > 0) & (foreign >= self.n_neighbors / 2)
        return np.flatnonzero(inner | border)
