# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Choose columns by what a spline network has learned."""

import warnings
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.parallel import Parallel, delayed

from sklearn_fs._sklearn_compat import (
    HasMethods,
    Interval,
    RealNotInt,
    StrOptions,
    _fit_context,
)
from sklearn_fs._utils._top_k import order_by_score
from sklearn_fs.base import FeatureSelectorMixin
from sklearn_fs.feature_selection._kan_common import check_for_network, n_wanted
from sklearn_fs.feature_selection._kan_projection import greedy_columns
from sklearn_fs.neural_network import KANClassifier
from sklearn_fs.neural_network._kan_base import one_blas_thread
from sklearn_fs.neural_network._spline_importance import (
    METHODS,
    VARIANTS,
    check_variant,
)

_ALL_METHODS = {*METHODS, "omp", "path"}


class KANSelector(FeatureSelectorMixin, MetaEstimatorMixin, BaseEstimator):
    """Choose columns by the importances of Kolmogorov-Arnold networks.

    A network of splines is trained, and each column is scored by the curves which
    the network learned for it. Interactions without main effects are found, the
    target and the columns may have any scale, and no score depends on the constants
    that can be moved between columns without changing a prediction.

    Read more in the :ref:`User Guide <kan>`.

    Parameters
    ----------
    estimator : KANClassifier, KANRegressor or None, default=None
        The network to train; None takes the defaults for the task.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" treats integers, strings and booleans as classes. Must agree with
        `estimator` if that is given.
    method : {"l1", "l2", "si", "ko", "perm", "attr", "omp", "path"}, default="omp"
        How a column is scored:

        - "omp": greedy choice of columns that together rebuild the target and the
          first units; the strongest choice on most tables, above all where columns
          are correlated;
        - "l1", "l2": mean absolute value, or standard deviation, of what it adds to
          the first units;
        - "si": mean length of the gradient of the output along it;
        - "ko", "perm": rise of the loss when its contribution is replaced by its mean,
          or shuffled over the rows;
        - "attr": as "l1", each unit weighted by its use downstream;
        - "path": the group penalty at which its coefficients disappear when the
          penalty grows.
    variant : {"centered", "coef", "paper"}, default="centered"
        "paper" are the published scores ("l1", "l2", "si", "ko"), "coef" norms of the
        spline coefficients ("l1", "l2"); both depend on constants that are not
        identified, and serve for comparisons.
    n_features_to_select : int, float or None, default=None
        Number of columns, or their share in (0, 1], rounded up. None leaves the
        choice to `threshold`.
    threshold : float, str or None, default=None
        Used if `n_features_to_select` is None: keep columns whose score is at least
        this number, "mean", "median" or a multiple such as "1.25*mean". None keeps
        the columns whose score is not 0; for "omp" those that were chosen before a
        permuted copy of a column would have been.
    importance_data : {"all", "validation"}, default="all"
        Rows on which scores are computed: all, or those which a network held out
        (all, if it held out none).
    cv : int, cross-validation generator or None, default=None
        Train on each training part and score on its test part, as published; None
        trains on all rows.
    n_repeats : int or "auto", default="auto"
        Networks with different seeds (for each fold); their scores are averaged.
        "auto" is 3 for "omp" and 1 otherwise.
    n_jobs : int or None, default=None
        Processes for the fits of `cv` and `n_repeats`; the result is the same.
    random_state : int, RandomState instance or None, default=None
        Seed of the networks. With None, one repeat and no `cv`, the seed of
        `estimator` counts.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        Mean of the normalised scores. For "omp" 2 - t / K for pick number t = 0, 1,
        ... of K, and the importance scaled to [0, 1] for the columns that were not
        picked.
    importances_ : ndarray of shape (n_features,)
        The normalised scores; "attr" if the method is "omp".
    repeat_importances_ : ndarray of shape (n_fits, n_features)
        The same for each fitted network.
    gains_ : ndarray of shape (n_features,)
        "omp" only: what each picked column explained of what was left of the
        targets, 0 for the others.
    estimator_ : object
        The first fitted network.
    estimators_ : list of object
        All fitted networks.
    support_ : ndarray of shape (n_features,), dtype bool
        The chosen columns.
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
    KANKnockoffSelector : The same networks with a bound on false discoveries.
    sklearn_fs.neural_network.KANClassifier : The network, as a predictor.

    Notes
    -----
    Departures from [1]_: scores are centred over the rows (the published ones depend
    on constants that the network can move between columns, see the user guide), the
    knock-out replaces a contribution by its mean and not by 0, and all rows score by
    default. "omp" and "path" are not in [1]_. The cost is that of the fits; "ko" and
    "perm" add one pass through the second layer for each column, "omp" a greedy walk
    over n_samples x 3 n_features numbers for each pick.

    References
    ----------
    .. [1] A.-C. Akazan, V. R. Mbingui, "Splines-Based Feature Importance in
       Kolmogorov-Arnold Networks", arXiv 2509.23366.
    .. [2] Z. Liu et al., "KAN 2.0: Kolmogorov-Arnold Networks Meet Science", arXiv
       2408.10205 ("attr").

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.feature_selection import KANSelector
    >>> X = np.random.default_rng(0).uniform(-1, 1, (400, 10))
    >>> y = X[:, 2] * X[:, 7] > 0
    >>> selector = KANSelector(n_features_to_select=2, random_state=0).fit(X, y)
    >>> selector.get_support(indices=True)
    array([2, 7])
    """

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "feature_importances"]), None],
        "task": [StrOptions({"auto", "classification", "regression"})],
        "method": [StrOptions(_ALL_METHODS)],
        "variant": [StrOptions(set(VARIANTS))],
        "n_features_to_select": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            None,
        ],
        "threshold": [Interval(Real, None, None, closed="both"), str, None],
        "importance_data": [StrOptions({"all", "validation"})],
        "cv": ["cv_object"],
        "n_repeats": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator=None,
        *,
        task="auto",
        method="omp",
        variant="centered",
        n_features_to_select=None,
        threshold=None,
        importance_data="all",
        cv=None,
        n_repeats="auto",
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.task = task
        self.method = method
        self.variant = variant
        self.n_features_to_select = n_features_to_select
        self.threshold = threshold
        self.importance_data = importance_data
        self.cv = cv
        self.n_repeats = n_repeats
        self.n_jobs = n_jobs
        self.random_state = random_state

    # The thin subclasses fix the first of these.
    def _method(self):
        return self.method

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = KANClassifier() if self.estimator is None else self.estimator
        tags.input_tags.allow_nan = inner.__sklearn_tags__().input_tags.allow_nan
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y):
        """Train the networks and choose columns.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.

        Returns
        -------
        self : object
            The fitted selector.
        """
        method, random_state = self._method(), check_random_state(self.random_state)
        if method not in ("omp", "path"):
            check_variant(method, self.variant)
        X, y, prototype = check_for_network(self, X, y)
        jobs = [
            (estimator, train, test)
            for train, test in self._folds(X, y, is_classifier(prototype))
            for estimator in self._seeded(prototype, random_state)
        ]
        fits = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit_and_score)(
                estimator, X, y, train, test, method, self.variant, self.importance_data
            )
            for estimator, train, test in jobs
        )
        self.estimators_ = [estimator for estimator, _ in fits]
        self.estimator_ = self.estimators_[0]
        self.repeat_importances_ = np.array([scores for _, scores in fits])
        self.importances_ = self.repeat_importances_.mean(axis=0)
        if method == "omp":
            self._walk(X, y, random_state)
        else:
            self.scores_ = self.importances_.copy()
            self._choose()
        return self

    def _folds(self, X, y, classes):
        if self.cv is None:
            return [(None, None)]
        return list(check_cv(self.cv, y, classifier=classes).split(X, y))

    def _seeded(self, prototype, random_state):
        """One clone for each repeat."""
        own_seed = self.estimator is not None and self.random_state is None
        n_repeats = self.n_repeats
        if n_repeats == "auto":
            n_repeats = 3 if self._method() == "omp" else 1
        for _ in range(n_repeats):
            estimator = clone(prototype)
            if not (own_seed and n_repeats == 1 and self.cv is None):
                seed = random_state.randint(np.iinfo(np.int32).max)
                estimator.set_params(random_state=seed)
            yield estimator

    def _n_wanted(self):
        return n_wanted(self.n_features_to_select, self.n_features_in_)

    def _walk(self, X, y, random_state):
        """Choose greedily; the importances order what was not picked."""
        k = self._n_wanted()
        by_score = self.threshold is not None and k is None
        with one_blas_thread():
            order, self.gains_ = greedy_columns(
                self.estimators_,
                X,
                y,
                self.importances_,
                self.n_features_in_ if by_score else k,
                random_state,
            )
        largest = max(self.importances_.max(), np.finfo(np.float64).tiny)
        self.scores_ = np.clip(self.importances_ / largest, 0.0, 1.0)
        self.scores_[order] = 2.0 - np.arange(len(order)) / max(1, len(order))
        if k is None and not by_score:
            k = len(order)
            self._warn_if_empty(k)
            self._set_support_from_order(order_by_score(self.scores_), k)
        else:
            self._choose()

    def _choose(self):
        k = self._n_wanted()
        if k is None:
            if self.threshold is None:
                kept = self.scores_ != 0
            else:
                kept = self.scores_ >= _threshold_value(self.threshold, self.scores_)
            k = int(kept.sum())
            # A score of 0 may stand above negative ones, and is still not kept.
            order = np.argsort(~kept[order_by_score(self.scores_)], kind="stable")
            order = order_by_score(self.scores_)[order]
            self._warn_if_empty(k)
        else:
            order = order_by_score(self.scores_)
        self._set_support_from_order(order, k)

    def _warn_if_empty(self, k):
        if k == 0:
            warnings.warn(
                "No features were selected: all scores are 0 or below the threshold; "
                "set n_features_to_select, or lower threshold or the network's "
                "group_penalty.",
                UserWarning,
                stacklevel=4,
            )


def _fit_and_score(estimator, X, y, train, test, method, variant, importance_data):
    """Fit one network and score its columns; a module function for processes."""
    if train is None:
        X_train, y_train = X, y
    else:
        X_train, y_train = _safe_indexing(X, train), _safe_indexing(y, train)
    estimator.fit(X_train, y_train)
    held_out = estimator.validation_indices_
    if test is not None:
        X, y = _safe_indexing(X, test), _safe_indexing(y, test)
    elif importance_data == "validation" and held_out.size:
        X, y = _safe_indexing(X, held_out), _safe_indexing(y, held_out)
    if method == "path":
        scores = estimator._penalty_path(X_train, y_train)
        total = scores.sum()
        return estimator, scores / total if total > 0 else scores
    if method == "omp":
        method, variant = "attr", "centered"
    needs_y = method in ("ko", "perm")
    return estimator, estimator.feature_importances(
        X, y if needs_y else None, method=method, variant=variant
    )


def _threshold_value(threshold, scores):
    """The number that "mean", "median", "1.25*mean" or a number stands for."""
    if not isinstance(threshold, str):
        return float(threshold)
    factor, _, name = threshold.rpartition("*")
    references = {"mean": np.mean, "median": np.median}
    try:
        return float(factor or 1.0) * references[name.strip()](scores)
    except (KeyError, ValueError):
        raise ValueError(
            f'threshold={threshold!r} must be a number, "mean", "median", or a '
            'multiple such as "1.25*mean".'
        ) from None
