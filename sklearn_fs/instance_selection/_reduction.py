# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Decremental reduction: remove a row when its associates do without it."""

from numbers import Integral

import numpy as np

from sklearn_fs._sklearn_compat import Interval
from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    BaseInstanceSelector,
)
from sklearn_fs.instance_selection._edition import edit
from sklearn_fs.neighbors._nearest import nearest, nearest_enemies


class DROP3(BaseInstanceSelector):
    """Remove every row without which its associates are voted as well.

    :class:`ENN` removes noise first. The other rows are visited from the one farthest
    from its nearest enemy to the nearest. The associates of a row are the rows that
    have it among their nearest k + 1; the row is removed when at least as many of
    them get their own label from their k nearest rows without it as with it.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_neighbors : int, default=3
        Votes for each row, in both steps.

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
        Minus the distance to the nearest enemy among the rows that `ENN` keeps; rows
        that it removes have minus the largest of these distances.

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
    ENN : The first step alone.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    Removed rows stay associates of others. A row keeps a list of its 4 k nearest rows
    and searches anew when the list is used up. Time is O(n^2 d), memory O(n k).

    References
    ----------
    .. [1] D. R. Wilson & T. R. Martinez, "Reduction techniques for instance-based
       learning algorithms", Machine Learning 38 (2000).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import DROP3
    >>> X, y = load_iris(return_X_y=True)
    >>> DROP3().fit(X, y).sample_indices_.size
    20
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
        agrees, share = edit(neighbors, codes, len(classes))
        rows = np.flatnonzero(agrees)
        self.scores_ = share - 1.0
        if len(rows) < 2:
            return rows
        _, squared = nearest_enemies(points, codes, rows=rows, n_jobs=self.n_jobs)
        finite = np.isfinite(squared)
        far = np.sqrt(squared[finite]).max(initial=0.0)
        distance = np.where(finite, np.sqrt(np.where(finite, squared, 0.0)), far)
        self.scores_ = np.full(points.n_samples, -far)
        self.scores_[rows] = -distance
        reduction = _Reduction(points, codes, rows, self.n_neighbors, self.n_jobs)
        for place in np.argsort(-squared, kind="stable"):
            reduction.visit(place)
        return rows[reduction.alive]


class _Reduction:
    """Lists of the nearest surviving rows, and who has whom in its list.

    Rows are places in `rows`; `lists[a]` are the k + 1 nearest survivors of a.
    """

    def __init__(self, points, codes, rows, k, n_jobs):
        self.points, self.rows, self.k = points, rows, k
        self.codes = codes[rows].tolist()
        self.alive = np.ones(len(rows), dtype=bool)
        near, _ = nearest(points, rows, rows, max(4 * k, k + 1), n_jobs=n_jobs)
        self.reserve = [
            np.searchsorted(rows, line[line >= 0]).tolist() for line in near
        ]
        self.lists = [line[: k + 1] for line in self.reserve]
        self.reserve = [line[k + 1 :][::-1] for line in self.reserve]
        # A short first list holds all rows there are: nothing is left to search.
        n_listed = min(max(4 * k, k + 1), len(rows) - 1)
        self.exhausted = [n_listed == len(rows) - 1] * len(rows)
        self.associates = [[] for _ in rows]
        for a, line in enumerate(self.lists):
            for p in line:
                self.associates[p].append(a)

    def visit(self, p):
        """Remove p when its associates do as well without it."""
        gain = 0
        for a in self.associates[p]:
            line = self.lists[a]
            with_p = self._vote(line[: self.k])
            without_p = self._vote([q for q in line if q != p][: self.k])
            own = self.codes[a]
            gain += (without_p == own) - (with_p == own)
        if gain < 0:
            return
        self.alive[p] = False
        for a in self.associates[p]:
            self.lists[a].remove(p)
            new = self._next(a)
            if new is not None:
                self.lists[a].append(new)
                self.associates[new].append(a)

    def _vote(self, line):
        """Plurality label, ties to the first class."""
        labels = [self.codes[q] for q in line]
        return max(sorted(set(labels)), key=labels.count, default=-1)

    def _next(self, a):
        """The nearest survivor that is not in the list of a; None: there is none."""
        while True:
            while self.reserve[a]:
                new = self.reserve[a].pop()
                if self.alive[new]:
                    return new
            if self.exhausted[a]:
                return None
            wanted = 5 * self.k + 1
            survivors = self.rows[self.alive]
            near, _ = nearest(self.points, self.rows[[a]], survivors, wanted)
            found = np.searchsorted(self.rows, near[0][near[0] >= 0]).tolist()
            self.exhausted[a] = len(found) < wanted
            known = set(self.lists[a])
            self.reserve[a] = [q for q in found if q not in known][::-1]
            if not self.reserve[a]:
                return None
