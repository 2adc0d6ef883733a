# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Density inside a class: rows in the middle of their surroundings."""

from numbers import Integral

import numpy as np

from sklearn_fs._sklearn_compat import Interval, StrOptions
from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    BaseInstanceSelector,
)
from sklearn_fs.neighbors._nearest import nearest, slices, sum_over


class LDIS(BaseInstanceSelector):
    """Keep the densest rows of every neighbourhood of their class.

    Local density-based instance selection: a row is kept unless one of its nearest
    rows of the same class is strictly denser.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_neighbors : int, default=3
        Rows of the same class that a row is compared with.

    density : {"pairwise", "centroid"}, default="pairwise"
        Minus the mean distance to the rows of the class, or minus the squared
        distance to their mean, which is the same order for squared distances and
        costs O(n d).

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
        Density of each row in its class.

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
    CDIS : The same rule with another density.
    XLDIS : Removes more.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    The cost is O(n_c^2 d) time for each class of n_c rows and O(n k) memory.

    References
    ----------
    .. [1] Carbonera & Abel, "A density-based approach for instance selection", ICTAI
       2015.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import LDIS
    >>> X, y = load_iris(return_X_y=True)
    >>> LDIS().fit(X, y).sample_indices_.size
    17
    """

    _parameter_constraints = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "density": [StrOptions({"pairwise", "centroid"})],
        **DISTANCE_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        n_neighbors=3,
        density="pairwise",
        metric="euclidean",
        standardize=True,
        n_jobs=None,
    ):
        self.n_neighbors = n_neighbors
        self.density = density
        self.metric = metric
        self.standardize = standardize
        self.n_jobs = n_jobs

    def _select(self, points, codes, classes):
        self.scores_ = np.empty(points.n_samples)
        kept = []
        for code in np.unique(codes):
            members = np.flatnonzero(codes == code)
            near = own_neighbors(points, members, self.n_neighbors, self.n_jobs)
            if self.density == "centroid":
                density = centroid_density(points, members)
            else:
                density = pairwise_density(points, members, self.n_jobs)
            self.scores_[members] = density
            kept.append(members[peaks(density, near)])
        return np.concatenate(kept)


class CDIS(BaseInstanceSelector):
    """Keep the rows that are most central to their neighbourhood.

    The rule is that of :class:`LDIS`; the density counts how near the class is as a
    sum of inverse distances, and is lowered by the distance of the row to the mean
    of its neighbours.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_neighbors : int, default=3
        Rows of the same class that a row is compared with.

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
        Density of each row in its class.

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
    LDIS : The same rule with the mean distance as density.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    The cost is O(n_c^2 d) time for each class of n_c rows and O(n k) memory.

    References
    ----------
    .. [1] Carbonera & Abel, "A novel density-based approach for instance selection",
       ICTAI 2016.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import CDIS
    >>> X, y = load_iris(return_X_y=True)
    >>> CDIS().fit(X, y).sample_indices_.size
    22
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
        self.scores_ = np.empty(points.n_samples)
        kept = []
        for code in np.unique(codes):
            members = np.flatnonzero(codes == code)
            near = own_neighbors(points, members, self.n_neighbors, self.n_jobs)
            closeness = sum_over(
                points,
                members,
                members,
                lambda distances, rows, others: (1 / (1 + distances)).sum(axis=1),
                self_distance=np.inf,
                n_jobs=self.n_jobs,
            )
            offset = mean_offset(points, members, near)
            density = np.round(closeness / (1.0 + offset), 11)
            self.scores_[members] = density
            kept.append(members[peaks(density, near)])
        return np.concatenate(kept)


class XLDIS(BaseInstanceSelector):
    """Keep dense rows and remove their neighbours.

    The rows of a class are visited by falling density. A row is kept unless it was
    struck out or one of its neighbours is denser; the neighbours of a kept row are
    struck out.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_neighbors : int, default=3
        Rows of the same class that a row is compared with and strikes out.

    density : {"pairwise", "centroid"}, default="pairwise"
        Minus the mean distance to the rows of the class, or minus the squared
        distance to their mean, which is the same order for squared distances and
        costs O(n d).

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
        Density of each row in its class.

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
    LDIS : Without striking out.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    The cost is O(n_c^2 d) time for each class of n_c rows and O(n k) memory.

    References
    ----------
    .. [1] Carbonera, "An efficient approach for instance selection", DaWaK 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import XLDIS
    >>> X, y = load_iris(return_X_y=True)
    >>> XLDIS().fit(X, y).sample_indices_.size
    14
    """

    _parameter_constraints = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "density": [StrOptions({"pairwise", "centroid"})],
        **DISTANCE_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        n_neighbors=3,
        density="pairwise",
        metric="euclidean",
        standardize=True,
        n_jobs=None,
    ):
        self.n_neighbors = n_neighbors
        self.density = density
        self.metric = metric
        self.standardize = standardize
        self.n_jobs = n_jobs

    def _select(self, points, codes, classes):
        self.scores_ = np.empty(points.n_samples)
        kept = []
        for code in np.unique(codes):
            members = np.flatnonzero(codes == code)
            near = own_neighbors(points, members, self.n_neighbors, self.n_jobs)
            if self.density == "centroid":
                density = centroid_density(points, members)
            else:
                density = pairwise_density(points, members, self.n_jobs)
            self.scores_[members] = density
            peak = peaks(density, near)
            struck = np.zeros(len(members), dtype=bool)
            for place in np.argsort(-density, kind="stable"):
                if peak[place] and not struck[place]:
                    kept.append(members[place])
                    struck[near[place][near[place] >= 0]] = True
        return kept


def own_neighbors(points, members, n_neighbors, n_jobs):
    """Nearest rows of the same class, as places in `members`; -1: none."""
    near, _ = nearest(points, members, members, n_neighbors, n_jobs=n_jobs)
    places = np.searchsorted(members, near).astype(np.intp)
    places[near < 0] = -1
    return places


def peaks(density, near):
    """Rows none of whose neighbours is strictly denser."""
    around = np.where(near >= 0, density[near], -np.inf)
    return ~(around > density[:, None]).any(axis=1)


def pairwise_density(points, members, n_jobs):
    """Minus the mean distance to the members, the row itself included."""
    sums = sum_over(
        points,
        members,
        members,
        lambda distances, rows, others: distances.sum(axis=1),
        n_jobs=n_jobs,
    )
    return -sums / len(members)


def centroid_density(points, members):
    """Minus the squared distance to the mean of the members."""
    values = points.values(members)
    center = np.asarray(values.mean(axis=0)).ravel()
    squared = np.empty(len(members))
    for part in slices(len(members), 1024):
        rows = values[part]
        rows = rows.toarray() if points.is_sparse else rows
        squared[part] = np.square(rows - center).sum(axis=1)
    size = squared.max(initial=0.0)
    return -np.round(squared / size, 11) * size if size > 0 else -squared


def mean_offset(points, members, near):
    """Distance of each row to the mean of its neighbours; 0 without any."""
    offset = np.zeros(len(members))
    found = (near >= 0).sum(axis=1)
    for part in slices(len(members), 512):
        lists = near[part]
        rows, others = points.blocks(members[part], members[lists.ravel()])
        around = others.exact.reshape(*lists.shape, -1) * (lists >= 0)[:, :, None]
        count = np.maximum(found[part], 1)[:, None]
        gap = np.where(found[part, None] > 0, rows.exact - around.sum(1) / count, 0.0)
        offset[part] = np.sqrt(np.square(gap).sum(axis=1))
    return offset
