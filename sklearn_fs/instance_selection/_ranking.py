# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ranking: rows deep inside their class first."""

from numbers import Real

import numpy as np

from sklearn_fs._sklearn_compat import Interval
from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    BaseInstanceSelector,
)
from sklearn_fs.instance_selection._kept_rows import KeptRows
from sklearn_fs.neighbors._nearest import nearest, nearest_enemies, sum_over


class RIS1(BaseInstanceSelector):
    """Keep well-ranked rows that no kept row covers.

    Ranking-based instance selection: rows deep inside their class have high scores.
    Rows are visited by falling score, and a row is kept unless a kept row of its
    class is nearer to it than to its own nearest enemy. Scores are scaled over
    the whole table.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    threshold : float, default=0.5
        Rows with a lower score, after scaling to 0..1, are never kept.

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
        Scores scaled to 0..1.

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
    RIS2 : Scaled class by class.
    RIS3 : And the enemies are those with high scores.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    With all distances d and j != i the raw score of row i is the difference of the
    sums of exp(-d_ij) over its own class and over the others, divided by the sum over
    all. Every exponent is shifted by the nearest distance of the row, which leaves
    the ratio and removes 0/0 in high dimension. The cost is O(n^2 d) time and O(n)
    memory beside the table.

    References
    ----------
    .. [1] Cavalcanti & Soares, "Ranking-based instance selection for pattern
       classification", Expert Systems with Applications 150 (2020).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import RIS1
    >>> X, y = load_iris(return_X_y=True)
    >>> RIS1().fit(X, y).sample_indices_.size
    7
    """

    _parameter_constraints = {
        "threshold": [Interval(Real, 0, 1, closed="both")],
        **DISTANCE_CONSTRAINTS,
    }

    def __init__(
        self,
        *,
        threshold=0.5,
        metric="euclidean",
        standardize=True,
        n_jobs=None,
    ):
        self.threshold = threshold
        self.metric = metric
        self.standardize = standardize
        self.n_jobs = n_jobs

    # RIS2 and RIS3 change these.
    _per_class = False
    _enemies_with_high_scores_only = False

    def _select(self, points, codes, classes):
        rows = np.arange(points.n_samples)
        raw = relevance(points, codes, self.n_jobs)
        self.scores_ = np.empty(len(rows))
        groups = codes if self._per_class else np.zeros_like(codes)
        for group in np.unique(groups):
            members = groups == group
            low, high = raw[members].min(), raw[members].max()
            # Equal scores: nothing to rank, and nothing to reject.
            spread = (raw[members] - low) / (high - low) if high > low else 1.0
            self.scores_[members] = spread
        good = np.flatnonzero(self.scores_ >= self.threshold)
        radii = np.full(len(rows), np.inf)
        among = good if self._enemies_with_high_scores_only else rows
        _, radii[among] = nearest_enemies(points, codes, rows=among, n_jobs=self.n_jobs)
        kept = []
        for code in np.unique(codes[good]):
            members = good[codes[good] == code]
            walk = KeptRows(points, members)
            covered = np.zeros(len(members), dtype=bool)
            for place in np.argsort(-self.scores_[members], kind="stable"):
                if not covered[place]:
                    kept.append(members[place])
                    covered |= walk.distances_from(place) < radii[members[place]]
        return kept


class RIS2(RIS1):
    """Keep well-ranked rows that no kept row covers, ranked by class.

    Ranking-based instance selection: rows deep inside their class have high scores.
    Rows are visited by falling score, and a row is kept unless a kept row of its
    class is nearer to it than to its own nearest enemy. Scores are scaled class
    by class.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    threshold : float, default=0.5
        Rows with a lower score, after scaling to 0..1, are never kept.

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
        Scores scaled to 0..1.

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
    RIS1 : Scaled over the whole table.
    RIS3 : And the enemies are those with high scores.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    With all distances d and j != i the raw score of row i is the difference of the
    sums of exp(-d_ij) over its own class and over the others, divided by the sum over
    all. Every exponent is shifted by the nearest distance of the row, which leaves
    the ratio and removes 0/0 in high dimension. The cost is O(n^2 d) time and O(n)
    memory beside the table.

    References
    ----------
    .. [1] Cavalcanti & Soares, "Ranking-based instance selection for pattern
       classification", Expert Systems with Applications 150 (2020).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import RIS2
    >>> X, y = load_iris(return_X_y=True)
    >>> RIS2().fit(X, y).sample_indices_.size
    9
    """

    _per_class = True


class RIS3(RIS1):
    """Keep well-ranked rows that no kept row covers among good enemies.

    Ranking-based instance selection: rows deep inside their class have high scores.
    Rows are visited by falling score, and a row is kept unless a kept row of its
    class is nearer to it than to its own nearest enemy. Scores are scaled class
    by class, and enemies count only where their score reaches the threshold.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    threshold : float, default=0.5
        Rows with a lower score, after scaling to 0..1, are never kept.

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
        Scores scaled to 0..1.

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
    RIS1 : Scaled over the whole table.
    RIS2 : Scaled class by class.
    GraphCoverageSelector : Rows that cover their class, in the number asked for.

    Notes
    -----
    With all distances d and j != i the raw score of row i is the difference of the
    sums of exp(-d_ij) over its own class and over the others, divided by the sum over
    all. Every exponent is shifted by the nearest distance of the row, which leaves
    the ratio and removes 0/0 in high dimension. The cost is O(n^2 d) time and O(n)
    memory beside the table.

    References
    ----------
    .. [1] Cavalcanti & Soares, "Ranking-based instance selection for pattern
       classification", Expert Systems with Applications 150 (2020).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import RIS3
    >>> X, y = load_iris(return_X_y=True)
    >>> RIS3().fit(X, y).sample_indices_.size
    4
    """

    _per_class = True
    _enemies_with_high_scores_only = True


def relevance(points, codes, n_jobs):
    """Share of the own class minus share of the others in the sum of exp(-d)."""
    rows = np.arange(points.n_samples)
    _, squared = nearest(points, rows, rows, 1, n_jobs=n_jobs)
    shift = np.sqrt(squared)

    def signed(distances, part, others):
        near = np.exp(np.minimum(shift[part] - distances, 0.0))
        return np.where(codes[part, None] == codes[others], near, -near).sum(axis=1)

    def total(distances, part, others):
        return np.exp(np.minimum(shift[part] - distances, 0.0)).sum(axis=1)

    options = {"self_distance": np.inf, "n_jobs": n_jobs}
    difference = sum_over(points, rows, rows, signed, **options)
    return np.round(difference / sum_over(points, rows, rows, total, **options), 11)
