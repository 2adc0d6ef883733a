# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Local sets: the rows nearer to a row than its nearest enemy."""

import numpy as np

from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    BaseInstanceSelector,
)
from sklearn_fs.instance_selection._kept_rows import KeptRows
from sklearn_fs.neighbors._nearest import count_local_sets, nearest_enemies


class LSSm(BaseInstanceSelector):
    """Remove the rows that harm more than they help, by local sets.

    The local set of a row holds the rows that are nearer to it than its nearest
    enemy, the nearest row of another class. A row is useful to the rows in whose
    local sets it lies and harmful to the rows whose nearest enemy it is; it is kept
    when it is at least as useful as harmful. This removes noise.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
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
        Usefulness minus harmfulness.

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
    LSBo : Continues with the rows at the border.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    The cost is O(n^2 d) time and O(n) memory. Equal distances to enemies go to the
    lowest index.

    References
    ----------
    .. [1] Leyva, Gonzalez & Perez, "Three new instance selection methods based on
       local sets", Pattern Recognition 48 (2015).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import LSSm
    >>> X, y = load_iris(return_X_y=True)
    >>> LSSm().fit(X, y).sample_indices_.size
    140
    """

    _parameter_constraints = {
        **DISTANCE_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        metric="euclidean",
        standardize=True,
        n_jobs=None,
    ):
        self.metric = metric
        self.standardize = standardize
        self.n_jobs = n_jobs

    def _select(self, points, codes, classes):
        kept, self.scores_ = smooth(points, codes, self.n_jobs)
        return kept


class LSBo(BaseInstanceSelector):
    """Keep border rows after removing noise, by local sets.

    First :class:`LSSm` removes noise. Then the rows are visited from the smallest
    local set to the largest, that is from the border inwards, and a row is kept when
    no kept row lies in its local set.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
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
        Minus the size of the local set among the rows that `LSSm` keeps; rows that it
        removes come after all others.

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
    LSSm : The first half of this selector.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    The cost is O(n^2 d) time and O(n) memory beside the table. Equal sizes go to the
    lowest index.

    References
    ----------
    .. [1] Leyva, Gonzalez & Perez, "Three new instance selection methods based on
       local sets", Pattern Recognition 48 (2015).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import LSBo
    >>> X, y = load_iris(return_X_y=True)
    >>> LSBo().fit(X, y).sample_indices_.size
    17
    """

    _parameter_constraints = {
        **DISTANCE_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        metric="euclidean",
        standardize=True,
        n_jobs=None,
    ):
        self.metric = metric
        self.standardize = standardize
        self.n_jobs = n_jobs

    def _select(self, points, codes, classes):
        smoothed, _ = smooth(points, codes, self.n_jobs)
        sizes, groups = np.empty(len(smoothed)), []
        _, radii = nearest_enemies(points, codes, rows=smoothed, n_jobs=self.n_jobs)
        for code in np.unique(codes[smoothed]):
            group = np.flatnonzero(codes[smoothed] == code)
            sizes[group], _ = count_local_sets(points, smoothed[group], radii[group])
            groups.append(group)
        self.scores_ = np.full(points.n_samples, -float(points.n_samples))
        self.scores_[smoothed] = -sizes
        kept = []
        for group in groups:
            # A local set lies inside its class: the classes do not interact.
            walk = KeptRows(points, smoothed[group])
            for place in np.argsort(sizes[group], kind="stable"):
                if not walk.best[place] < radii[group[place]]:
                    walk.add(place)
                    kept.append(smoothed[group[place]])
        return kept


def smooth(points, codes, n_jobs):
    """The rows that LSSm keeps, and usefulness minus harmfulness of all rows."""
    enemies, radii = nearest_enemies(points, codes, n_jobs=n_jobs)
    harm = np.bincount(enemies[enemies >= 0], minlength=points.n_samples)
    useful = np.zeros(points.n_samples)
    for code in np.unique(codes):
        members = np.flatnonzero(codes == code)
        _, useful[members] = count_local_sets(points, members, radii[members])
    margin = useful - harm
    return np.flatnonzero(margin >= 0), margin
