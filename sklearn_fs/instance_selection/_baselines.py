# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The two selections that every other one has to beat."""

from numbers import Integral

import numpy as np
from sklearn.cluster import KMeans
from sklearn.utils import check_random_state

from sklearn_fs._sklearn_compat import Interval
from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    QUOTA_CONSTRAINTS,
    BaseInstanceSelector,
)

# Bytes up to which k-means makes the rows of a sparse table dense.
_DENSE = 2**28


class RandomInstanceSelector(BaseInstanceSelector):
    """Keep random rows of every class.

    The yardstick: a selector is worth its time where it beats random rows of the
    same number.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_samples : float, int or dict, default=0.1
        A float in (0, 1] is the share of every class to keep, an int the total over
        all classes in their proportion, a dict the number for each label.

    min_per_class : int, default=5
        No class is cut below this number of rows (or all that it has).

    metric : {"euclidean", "cosine"}, default="euclidean"
        Distance for `weights_`.

    standardize : bool, default=True
        Divide every column by its standard deviation, for `weights_`.

    n_jobs : int, default=None
        Threads; the result does not depend on them.

    random_state : int, RandomState instance or None, default=None
        Seed of the draw.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_selected,)
        The kept rows, ascending.

    support_ : ndarray of shape (n_samples,), bool
        Mask of the kept rows.

    scores_ : ndarray of shape (n_samples,)
        The random numbers; the highest of each class are kept.

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
    GraphCoverageSelector : Rows that cover their class.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import RandomInstanceSelector
    >>> X, y = load_iris(return_X_y=True)
    >>> RandomInstanceSelector(30, random_state=0).fit(X, y).sampling_strategy_
    {0: 10, 1: 10, 2: 10}
    """

    _parameter_constraints = {
        **QUOTA_CONSTRAINTS,
        **DISTANCE_CONSTRAINTS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_samples=0.1,
        *,
        min_per_class=5,
        metric="euclidean",
        standardize=True,
        n_jobs=None,
        random_state=None,
    ):
        self.n_samples = n_samples
        self.min_per_class = min_per_class
        self.metric = metric
        self.standardize = standardize
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _select(self, points, codes, classes):
        rng = check_random_state(self.random_state)
        quotas = self._quotas(codes, classes)
        self.scores_ = rng.random_sample(len(codes))
        order = np.argsort(-self.scores_, kind="stable")
        return np.concatenate(
            [order[codes[order] == code][:quota] for code, quota in enumerate(quotas)]
        )


# Above this many clusters the search for a spread start takes longer than all rounds
# that follow, for half a per cent of the sum of squares (4,000 clusters, 100,000 rows).
_MAX_SPREAD_START = 1000


class KMeansInstanceSelector(BaseInstanceSelector):
    """Keep the row nearest to each centroid of k-means, class by class.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_samples : float, int or dict, default=0.1
        A float in (0, 1] is the share of every class to keep, an int the total over
        all classes in their proportion, a dict the number for each label.

    min_per_class : int, default=5
        No class is cut below this number of rows (or all that it has).

    max_iter : int, default=15
        Rounds of Lloyd's algorithm at most.

    metric : {"euclidean", "cosine"}, default="euclidean"
        Distance between rows.

    standardize : bool, default=True
        Divide every column by its standard deviation first.

    n_jobs : int, default=None
        Threads of the search for the nearest rows; the result does not depend on
        them.

    random_state : int, RandomState instance or None, default=None
        Seed of the first centroids.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_selected,)
        The kept rows, ascending.

    support_ : ndarray of shape (n_samples,), bool
        Mask of the kept rows.

    scores_ : ndarray of shape (n_samples,)
        Minus the distance to the nearest centroid of the class.

    weights_ : ndarray of shape (n_selected,)
        For how many rows of its class each kept row is the nearest kept one.

    n_iter_ : int
        Most rounds that a class took.

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
    GraphCoverageSelector : Rows that cover their class.

    Notes
    -----
    Without y the rows are one class: a choice of rows to label first. Where two
    centroids have the same nearest row, the second takes the next nearest row of its
    cluster. Centroids start as k-means++ draws them, above 1,000 of a class as random
    rows. The cost is that of k-means with `n_samples` centroids, O(n d) for each
    centroid and round.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import KMeansInstanceSelector
    >>> X, y = load_iris(return_X_y=True)
    >>> KMeansInstanceSelector(30, random_state=0).fit(X, y).sampling_strategy_
    {0: 10, 1: 10, 2: 10}
    """

    _parameter_constraints = {
        **QUOTA_CONSTRAINTS,
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        **DISTANCE_CONSTRAINTS,
        "random_state": ["random_state"],
    }
    _y_is_optional = True

    def __init__(
        self,
        n_samples=0.1,
        *,
        min_per_class=5,
        max_iter=15,
        metric="euclidean",
        standardize=True,
        n_jobs=None,
        random_state=None,
    ):
        self.n_samples = n_samples
        self.min_per_class = min_per_class
        self.max_iter = max_iter
        self.metric = metric
        self.standardize = standardize
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _select(self, points, codes, classes):
        rng = check_random_state(self.random_state)
        self.scores_ = np.empty(len(codes))
        self.n_iter_ = 1
        kept = []
        for code, quota in enumerate(self._quotas(codes, classes)):
            members = np.flatnonzero(codes == code)
            seed = rng.randint(np.iinfo(np.int32).max)
            values = points.values(members)
            if points.is_sparse and 8 * values.shape[0] * values.shape[1] <= _DENSE:
                # The sums of k-means on sparse rows are rounded otherwise.
                values = values.toarray()
            # Distinct rows bound the clusters: k-means would warn about the rest.
            n_clusters = min(quota, _n_distinct(values))
            model = KMeans(
                n_clusters,
                init="k-means++" if n_clusters <= _MAX_SPREAD_START else "random",
                n_init=1,
                max_iter=self.max_iter,
                random_state=seed,
            ).fit(values)
            self.n_iter_ = max(self.n_iter_, model.n_iter_)
            to_center = _to_center(values, model)
            self.scores_[members] = -to_center
            kept.append(members[_one_each(model.labels_, to_center, quota)])
        return np.concatenate(kept)


def _n_distinct(values):
    if hasattr(values, "toarray"):
        rows = zip(
            np.split(values.indices, values.indptr[1:-1]),
            np.split(values.data, values.indptr[1:-1]),
            strict=True,
        )
        return len({(i.tobytes(), v.tobytes()) for i, v in rows})
    return len({row.tobytes() for row in values + 0.0})


def _to_center(values, model):
    """Distance of each row to its own centroid."""
    distances = np.empty(values.shape[0])
    for start in range(0, values.shape[0], 1024):
        part = slice(start, start + 1024)
        rows = values[part]
        rows = rows.toarray() if hasattr(rows, "toarray") else rows
        rows = rows - model.cluster_centers_[model.labels_[part]]
        distances[part] = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return distances


def _one_each(labels, to_center, quota):
    """The nearest row of each cluster, then the second nearest, up to the quota."""
    order = np.lexsort((to_center, labels))
    first = np.searchsorted(labels[order], np.arange(labels.max() + 1))
    place = np.empty(len(labels), dtype=np.intp)
    place[order] = np.arange(len(labels)) - first[labels[order]]
    return np.lexsort((to_center, place))[:quota]
