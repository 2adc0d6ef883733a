# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns with a bound on the share of false ones, by knockoffs."""

import warnings
from numbers import Integral, Real

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.covariance import ledoit_wolf
from sklearn.utils import check_random_state

from sklearn_fs._sklearn_compat import (
    HasMethods,
    Interval,
    Options,
    RealNotInt,
    StrOptions,
    _fit_context,
)
from sklearn_fs._utils._top_k import order_by_score
from sklearn_fs.base import FeatureSelectorMixin
from sklearn_fs.feature_selection._kan_common import check_for_network, n_wanted
from sklearn_fs.neural_network._input_map import InputMap
from sklearn_fs.neural_network._kan_base import one_blas_thread
from sklearn_fs.neural_network._spline_importance import METHODS


class KANKnockoffSelector(FeatureSelectorMixin, MetaEstimatorMixin, BaseEstimator):
    """Choose columns with a bound on the expected share of false discoveries.

    Each column gets a knockoff: a random column that relates to all others as the
    original does, but knows nothing more about the target. A spline network is
    trained on both, and a column is chosen when its score exceeds that of its
    knockoff by more than chance explains.

    Read more in the :ref:`User Guide <kan>`.

    Parameters
    ----------
    estimator : KANClassifier, KANRegressor or None, default=None
        The network. None takes the defaults for the task with `group_penalty=0.05`,
        `max_iter=100` and without early stopping: a strong penalty removes a column
        and its knockoff alike. `input_map` has no effect, since columns and
        knockoffs share one quantile map.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" treats integers, strings and booleans as classes.
    fdr : float, default=0.1
        Target of the false discovery rate, the expected share of chosen columns that
        do not matter.
    offset : {0, 1}, default=1
        1 (knockoff+) bounds the rate itself and needs at least 1 / fdr discoveries
        to make any; 0 is more liberal.
    shrinkage : {"ledoit-wolf"} or float, default="ledoit-wolf"
        Shrinkage of the correlation matrix towards the identity, in [0, 1].
    n_draws : int, default=1
        Draws of the knockoffs, with a network each; the differences are averaged,
        which steadies the choice but is not covered by the proof.
    method : {"l1", "l2", "si", "ko", "perm", "attr"}, default="si"
        The score that is compared, see :class:`KANSelector`.
    n_features_to_select : int, float or None, default=None
        None chooses by `fdr`; a number or share takes that many columns of largest
        difference instead, without any bound.
    random_state : int, RandomState instance or None, default=None
        Seed of the knockoffs and the networks.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        Score of each column minus that of its knockoff.
    threshold_ : float
        Columns with a score of at least this are chosen; inf if there are none.
    estimator_ : object
        The last fitted network; its inputs are the mapped columns, then the mapped
        knockoffs.
    support_ : ndarray of shape (n_features,), dtype bool
        The chosen columns; possibly none.
    ranking_ : ndarray of shape (n_features,)
        1 for chosen columns, then 2, 3, ... by falling score.
    n_features_to_select_ : int
        Number of chosen columns.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are strings.

    See Also
    --------
    KANSelector : Scores without knockoffs, at half the cost.

    Notes
    -----
    The knockoffs are second-order Gaussian ones (equicorrelated, [1]_ section 3.4.2)
    for the normal scores of the columns, put back on each column's own values: a
    Gaussian copula. The bound is exact for a known law of the columns; here its
    correlations are estimated, so it is approximate. Strong correlation between
    columns leaves little room between a column and its knockoff, and little power.

    References
    ----------
    .. [1] E. Candes, Y. Fan, L. Janson, J. Lv, "Panning for gold: model-X knockoffs
       for high-dimensional controlled variable selection", arXiv 1610.02351.
    .. [2] Y. Lu, Y. Fan, J. Lv, W. S. Noble, "DeepPINK: reproducible feature
       selection in deep neural networks", arXiv 1809.01185.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.feature_selection import KANKnockoffSelector
    >>> X = np.random.default_rng(0).standard_normal((500, 20))
    >>> y = X[:, :10] @ np.ones(10)
    >>> selector = KANKnockoffSelector(fdr=0.2, random_state=0).fit(X, y)
    >>> selector.support_[:10].all()
    np.True_
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "feature_importances"]), None],
        "task": [StrOptions({"auto", "classification", "regression"})],
        "fdr": [Interval(Real, 0, 1, closed="neither")],
        "offset": [Options(Integral, {0, 1})],
        "shrinkage": [StrOptions({"ledoit-wolf"}), Interval(Real, 0, 1, closed="both")],
        "n_draws": [Interval(Integral, 1, None, closed="left")],
        "method": [StrOptions(set(METHODS))],
        "n_features_to_select": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            None,
        ],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator=None,
        *,
        task="auto",
        fdr=0.1,
        offset=1,
        shrinkage="ledoit-wolf",
        n_draws=1,
        method="si",
        n_features_to_select=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.task = task
        self.fdr = fdr
        self.offset = offset
        self.shrinkage = shrinkage
        self.n_draws = n_draws
        self.method = method
        self.n_features_to_select = n_features_to_select
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y):
        """Draw knockoffs, train the networks and choose columns.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Training rows, numeric and without NaN.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.

        Returns
        -------
        self : object
            The fitted selector.
        """
        random_state = check_random_state(self.random_state)
        _, y, network = check_for_network(self, X, y)
        network = clone(network)
        if self.estimator is None:
            network.set_params(group_penalty=0.05, max_iter=100, early_stopping=False)
        # The columns arrive mapped; a missing entry has no knockoff.
        network.set_params(input_map=None, missing="error", categorical_features=None)
        X, _ = clone(network)._check_X_y(X, y)
        differences = np.zeros((self.n_draws, X.shape[1]))
        with one_blas_thread():
            knockoffs = GaussianCopulaKnockoffs(X, self.shrinkage, random_state)
            draws = [knockoffs.draw(random_state) for _ in range(self.n_draws)]
        for draw, copies in enumerate(draws):
            pairs = np.column_stack([knockoffs.z, copies])
            self.estimator_ = clone(network).set_params(
                random_state=random_state.randint(np.iinfo(np.int32).max)
            )
            scores = self.estimator_.fit(pairs, y).feature_importances(
                pairs, y, method=self.method
            )
            differences[draw] = np.subtract(*np.split(scores, 2))
        self.scores_ = differences.mean(axis=0)
        self.threshold_ = knockoff_threshold(self.scores_, self.fdr, self.offset)
        k = n_wanted(self.n_features_to_select, self.n_features_in_)
        if k is None:
            k = int((self.scores_ >= self.threshold_).sum())
            if k == 0:
                warnings.warn(
                    f"No features were selected at fdr={self.fdr} with "
                    f"offset={self.offset}; a larger fdr, offset=0 or more rows give "
                    "more power.",
                    UserWarning,
                    stacklevel=2,
                )
        self._set_support_from_order(order_by_score(self.scores_), k)
        return self


class GaussianCopulaKnockoffs:
    """Knockoffs of mapped columns.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Columns without NaN.
    shrinkage : "ledoit-wolf" or float
        Of the correlation matrix of the normal scores.
    random_state : RandomState
        For the knots of long columns.

    Attributes
    ----------
    z : ndarray of shape (n_samples, n_features)
        The columns under the quantile map, in [-1, 1]; 0 where constant.
    """

    def __init__(self, X, shrinkage, random_state):
        n_samples, n_features = X.shape
        mapped = InputMap("quantile", np.zeros(n_features, bool)).fit(X, random_state)
        self.z = np.nan_to_num(mapped.transform(X, np.float64))
        # Rank r of n as a normal score; ties share their mean rank.
        self.scores = ndtri((rankdata(X, axis=0) - 0.5) / n_samples)
        sd = self.scores.std(axis=0)
        self.varies = sd > 0
        self.scores = self.scores[:, self.varies] / sd[self.varies]
        self.ascending = np.sort(self.z[:, self.varies], axis=0)
        if not self.varies.any():
            return
        correlation = _correlation(self.scores, shrinkage)
        # The largest equal distance of a column from its knockoff that is possible.
        smallest = np.linalg.eigvalsh(correlation)[0]
        s = 0.999 * min(1.0, max(2.0 * smallest, 0.0))
        inverse = np.linalg.pinv(correlation, hermitian=True)
        self.mean_map = np.eye(len(inverse)) - s * inverse
        covariance = 2.0 * s * np.eye(len(inverse)) - s * s * inverse
        values, vectors = np.linalg.eigh(covariance)
        self.root = vectors * np.sqrt(np.maximum(values, 0.0))

    def draw(self, random_state):
        """One draw of the mapped knockoffs, with the values of each column."""
        knockoffs = np.zeros_like(self.z)
        if self.varies.any():
            noise = random_state.standard_normal(self.scores.shape)
            scores = self.scores @ self.mean_map + noise @ self.root.T
            ranks = (ndtr(scores) * len(scores)).astype(np.intp)
            np.minimum(ranks, len(scores) - 1, out=ranks)
            knockoffs[:, self.varies] = np.take_along_axis(self.ascending, ranks, 0)
        return knockoffs


def _correlation(scores, shrinkage):
    """Shrunk correlation matrix of columns of mean 0 and variance 1."""
    if shrinkage == "ledoit-wolf":
        correlation = ledoit_wolf(scores, assume_centered=True)[0]
        unit = np.sqrt(np.diag(correlation))
        return correlation / np.outer(unit, unit)
    correlation = (1.0 - shrinkage) * (scores.T @ scores) / len(scores)
    correlation[np.diag_indices_from(correlation)] = 1.0
    return correlation


def knockoff_threshold(differences, fdr, offset):
    """Smallest t with (offset + #{W <= -t}) / max(1, #{W >= t}) <= fdr, or inf.

    Parameters
    ----------
    differences : ndarray of shape (n_features,)
        W, positive where a column beats its knockoff.
    fdr : float
        Target.
    offset : {0, 1}
        See [1]_ equations (3.9) and (3.10).

    Returns
    -------
    threshold : float
    """
    for t in np.unique(np.abs(differences[differences != 0])):
        false = offset + np.count_nonzero(differences <= -t)
        if false / max(1, np.count_nonzero(differences >= t)) <= fdr:
            return float(t)
    return np.inf
