# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""One name for each published score of spline networks."""

from sklearn_fs.feature_selection._kan import KANSelector


class _FixedMethod(KANSelector):
    """A `KANSelector` without the parameter `method`."""

    _parameter_constraints = {
        name: constraint
        for name, constraint in KANSelector._parameter_constraints.items()
        if name != "method"
    }

    def __init__(
        self,
        estimator=None,
        *,
        task="auto",
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
        self.variant = variant
        self.n_features_to_select = n_features_to_select
        self.threshold = threshold
        self.importance_data = importance_data
        self.cv = cv
        self.n_repeats = n_repeats
        self.n_jobs = n_jobs
        self.random_state = random_state


class KANL1Selector(_FixedMethod):
    """Choose columns by the mean absolute value of their curves (KAN-L1).

    Shorthand for ``KANSelector(method="l1")``: the mean of abs(c_ijq) over rows and
    first units, where c_ijq is what column j adds to unit q on row i, less its mean
    over the rows.

    Read more in the :ref:`User Guide <kan>`.

    Parameters
    ----------
    estimator : KANClassifier, KANRegressor or None, default=None
        The network to train; None takes the defaults for the task.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" treats integers, strings and booleans as classes. Must agree with
        `estimator` if that is given.
    variant : {"centered", "coef", "paper"}, default="centered"
        "paper" is the published score, "coef" a norm of the spline coefficients;
        neither is identified, they serve for comparisons.
    n_features_to_select : int, float or None, default=None
        Number of columns, or their share in (0, 1], rounded up. None leaves the
        choice to `threshold`.
    threshold : float, str or None, default=None
        Used if `n_features_to_select` is None: keep columns whose score is at least
        this number, "mean", "median" or a multiple such as "1.25*mean". None keeps
        the columns whose score is not 0.
    importance_data : {"all", "validation"}, default="all"
        Rows on which scores are computed: all, or those which a network held out
        (all, if it held out none).
    cv : int, cross-validation generator or None, default=None
        Train on each training part and score on its test part, as published; None
        trains on all rows.
    n_repeats : int or "auto", default="auto"
        Networks with different seeds (for each fold); their scores are averaged.
        "auto" is 1.
    n_jobs : int or None, default=None
        Processes for the fits of `cv` and `n_repeats`; the result is the same.
    random_state : int, RandomState instance or None, default=None
        Seed of the networks. With None, one repeat and no `cv`, the seed of
        `estimator` counts.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        Mean of the normalised scores.
    importances_ : ndarray of shape (n_features,)
        The same as `scores_`.
    repeat_importances_ : ndarray of shape (n_fits, n_features)
        The score of each fitted network.
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
    KANSelector : All scores, and the greedy choice of columns.

    References
    ----------
    .. [1] A.-C. Akazan, V. R. Mbingui, "Splines-Based Feature Importance in
       Kolmogorov-Arnold Networks", arXiv 2509.23366.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.feature_selection import KANL1Selector
    >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 6))
    >>> selector = KANL1Selector(n_features_to_select=1, random_state=0)
    >>> selector.fit(X, X[:, 4] ** 2).get_support(indices=True)
    array([4])
    """

    def _method(self):
        return "l1"


class KANL2Selector(_FixedMethod):
    """Choose columns by the standard deviation of their curves (KAN-L2).

    Shorthand for ``KANSelector(method="l2")``: the root of the mean variance over the
    first units of what a column adds to them.

    Read more in the :ref:`User Guide <kan>`.

    Parameters
    ----------
    estimator : KANClassifier, KANRegressor or None, default=None
        The network to train; None takes the defaults for the task.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" treats integers, strings and booleans as classes. Must agree with
        `estimator` if that is given.
    variant : {"centered", "coef", "paper"}, default="centered"
        "paper" is the published score, "coef" a norm of the spline coefficients;
        neither is identified, they serve for comparisons.
    n_features_to_select : int, float or None, default=None
        Number of columns, or their share in (0, 1], rounded up. None leaves the
        choice to `threshold`.
    threshold : float, str or None, default=None
        Used if `n_features_to_select` is None: keep columns whose score is at least
        this number, "mean", "median" or a multiple such as "1.25*mean". None keeps
        the columns whose score is not 0.
    importance_data : {"all", "validation"}, default="all"
        Rows on which scores are computed: all, or those which a network held out
        (all, if it held out none).
    cv : int, cross-validation generator or None, default=None
        Train on each training part and score on its test part, as published; None
        trains on all rows.
    n_repeats : int or "auto", default="auto"
        Networks with different seeds (for each fold); their scores are averaged.
        "auto" is 1.
    n_jobs : int or None, default=None
        Processes for the fits of `cv` and `n_repeats`; the result is the same.
    random_state : int, RandomState instance or None, default=None
        Seed of the networks. With None, one repeat and no `cv`, the seed of
        `estimator` counts.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        Mean of the normalised scores.
    importances_ : ndarray of shape (n_features,)
        The same as `scores_`.
    repeat_importances_ : ndarray of shape (n_fits, n_features)
        The score of each fitted network.
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
    KANSelector : All scores, and the greedy choice of columns.

    References
    ----------
    .. [1] A.-C. Akazan, V. R. Mbingui, "Splines-Based Feature Importance in
       Kolmogorov-Arnold Networks", arXiv 2509.23366.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.feature_selection import KANL2Selector
    >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 6))
    >>> selector = KANL2Selector(n_features_to_select=1, random_state=0)
    >>> selector.fit(X, X[:, 4] ** 2).get_support(indices=True)
    array([4])
    """

    def _method(self):
        return "l2"


class KANSISelector(_FixedMethod):
    """Choose columns by the gradient of the output along them (KAN-SI).

    Shorthand for ``KANSelector(method="si")``: the mean length of the gradient of the
    outputs along a mapped column; finite differences where a column has few levels.

    Read more in the :ref:`User Guide <kan>`.

    Parameters
    ----------
    estimator : KANClassifier, KANRegressor or None, default=None
        The network to train; None takes the defaults for the task.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" treats integers, strings and booleans as classes. Must agree with
        `estimator` if that is given.
    variant : {"centered", "paper"}, default="centered"
        "paper" is the published score; not identified, for comparisons.
    n_features_to_select : int, float or None, default=None
        Number of columns, or their share in (0, 1], rounded up. None leaves the
        choice to `threshold`.
    threshold : float, str or None, default=None
        Used if `n_features_to_select` is None: keep columns whose score is at least
        this number, "mean", "median" or a multiple such as "1.25*mean". None keeps
        the columns whose score is not 0.
    importance_data : {"all", "validation"}, default="all"
        Rows on which scores are computed: all, or those which a network held out
        (all, if it held out none).
    cv : int, cross-validation generator or None, default=None
        Train on each training part and score on its test part, as published; None
        trains on all rows.
    n_repeats : int or "auto", default="auto"
        Networks with different seeds (for each fold); their scores are averaged.
        "auto" is 1.
    n_jobs : int or None, default=None
        Processes for the fits of `cv` and `n_repeats`; the result is the same.
    random_state : int, RandomState instance or None, default=None
        Seed of the networks. With None, one repeat and no `cv`, the seed of
        `estimator` counts.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        Mean of the normalised scores.
    importances_ : ndarray of shape (n_features,)
        The same as `scores_`.
    repeat_importances_ : ndarray of shape (n_fits, n_features)
        The score of each fitted network.
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
    KANSelector : All scores, and the greedy choice of columns.

    References
    ----------
    .. [1] A.-C. Akazan, V. R. Mbingui, "Splines-Based Feature Importance in
       Kolmogorov-Arnold Networks", arXiv 2509.23366.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.feature_selection import KANSISelector
    >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 6))
    >>> selector = KANSISelector(n_features_to_select=1, random_state=0)
    >>> selector.fit(X, X[:, 4] ** 2).get_support(indices=True)
    array([4])
    """

    def _method(self):
        return "si"


class KANKOSelector(_FixedMethod):
    """Choose columns by the loss without them (KAN-KO).

    Shorthand for ``KANSelector(method="ko")``: the rise of the loss when the
    contribution of a column is replaced by its mean over the rows.

    Read more in the :ref:`User Guide <kan>`.

    Parameters
    ----------
    estimator : KANClassifier, KANRegressor or None, default=None
        The network to train; None takes the defaults for the task.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" treats integers, strings and booleans as classes. Must agree with
        `estimator` if that is given.
    variant : {"centered", "paper"}, default="centered"
        "paper" is the published score; not identified, for comparisons.
    n_features_to_select : int, float or None, default=None
        Number of columns, or their share in (0, 1], rounded up. None leaves the
        choice to `threshold`.
    threshold : float, str or None, default=None
        Used if `n_features_to_select` is None: keep columns whose score is at least
        this number, "mean", "median" or a multiple such as "1.25*mean". None keeps
        the columns whose score is not 0.
    importance_data : {"all", "validation"}, default="all"
        Rows on which scores are computed: all, or those which a network held out
        (all, if it held out none).
    cv : int, cross-validation generator or None, default=None
        Train on each training part and score on its test part, as published; None
        trains on all rows.
    n_repeats : int or "auto", default="auto"
        Networks with different seeds (for each fold); their scores are averaged.
        "auto" is 1.
    n_jobs : int or None, default=None
        Processes for the fits of `cv` and `n_repeats`; the result is the same.
    random_state : int, RandomState instance or None, default=None
        Seed of the networks. With None, one repeat and no `cv`, the seed of
        `estimator` counts.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        Mean of the normalised scores.
    importances_ : ndarray of shape (n_features,)
        The same as `scores_`.
    repeat_importances_ : ndarray of shape (n_fits, n_features)
        The score of each fitted network.
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
    KANSelector : All scores, and the greedy choice of columns.

    References
    ----------
    .. [1] A.-C. Akazan, V. R. Mbingui, "Splines-Based Feature Importance in
       Kolmogorov-Arnold Networks", arXiv 2509.23366.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.feature_selection import KANKOSelector
    >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 6))
    >>> selector = KANKOSelector(n_features_to_select=1, random_state=0)
    >>> selector.fit(X, X[:, 4] ** 2).get_support(indices=True)
    array([4])
    """

    def _method(self):
        return "ko"
