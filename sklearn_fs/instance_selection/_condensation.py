# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Condensation: a subset on which one neighbour is enough for all rows."""

import numpy as np
from sklearn.utils import check_random_state

from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    BaseInstanceSelector,
)
from sklearn_fs.instance_selection._kept_rows import KeptRows
from sklearn_fs.instance_selection._walks_fast import first_wrong


class HartCNN(BaseInstanceSelector):
    """Keep rows until one nearest neighbour classifies every row.

    Condensed nearest neighbours as defined by Hart: one random row of each class to
    begin with, then sweeps over all rows in random order. A row whose nearest kept
    row has another label is kept too, and sweeps go on until one keeps nothing. The
    kept rows lie along the borders of the classes, noise included.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    metric : {"euclidean", "cosine"}, default="euclidean"
        Distance between rows.

    standardize : bool, default=True
        Divide every column by its standard deviation first.

    n_jobs : int, default=None
        Threads; the result does not depend on them.

    random_state : int, RandomState instance or None, default=None
        Seed of the first rows and of the order of the sweeps.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_selected,)
        The kept rows, ascending.

    support_ : ndarray of shape (n_samples,), bool
        Mask of the kept rows.

    scores_ : ndarray of shape (n_samples,)
        n - 1, n - 2, ... for the kept rows in the order in which they were kept; 0 for
        the others.

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
    ENN : Removes the noise that this selector keeps.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    One nearest neighbour on the kept rows classifies all of X correctly, unless equal
    rows have different labels; such rows cannot all be right and are passed over.
    The cost is O(n d) for each kept row, with O(n) memory beside the table.

    References
    ----------
    .. [1] P. E. Hart, "The condensed nearest neighbor rule", IEEE Transactions on
       Information Theory 14 (1968).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import HartCNN
    >>> X, y = load_iris(return_X_y=True)
    >>> selector = HartCNN(random_state=0).fit(X, y)
    >>> X_few, y_few = selector.select_from(X, y)
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> scaled = X / X.std(axis=0)
    >>> model = KNeighborsClassifier(1).fit(scaled[selector.support_], y_few)
    >>> float(model.score(scaled, y))
    1.0
    """

    _parameter_constraints = {
        **DISTANCE_CONSTRAINTS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        metric="euclidean",
        standardize=True,
        n_jobs=None,
        random_state=None,
    ):
        self.metric = metric
        self.standardize = standardize
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _select(self, points, codes, classes):
        rng = check_random_state(self.random_state)
        n_samples = points.n_samples
        walk = KeptRows(points, np.arange(n_samples))
        kept = []
        for code in np.unique(codes):
            kept.append(int(rng.choice(np.flatnonzero(codes == code))))
            walk.add(kept[-1])
        order = rng.permutation(n_samples)
        added = True
        while added:
            added, place = False, 0
            while True:
                place = first_wrong(order, place, walk.owner, codes, walk.best)
                if place == n_samples:
                    break
                kept.append(int(order[place]))
                walk.add(kept[-1])
                added = True
        self.scores_ = np.zeros(n_samples)
        self.scores_[kept] = n_samples - np.arange(1.0, len(kept) + 1)
        return kept
