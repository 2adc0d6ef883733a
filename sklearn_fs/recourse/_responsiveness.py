# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What could this person change, and would it change the answer?"""

import copy
import warnings
from numbers import Integral, Real

import narwhals.stable.v1 as nw
import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, TransformerMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import (
    _check_feature_names_in,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from sklearn_fs._sklearn_compat import Interval, StrOptions, _fit_context
from sklearn_fs.recourse._action_set import ActionSet
from sklearn_fs.recourse._block_program import BlockProgram
from sklearn_fs.recourse._columns import ColumnTable
from sklearn_fs.recourse._explanations import ExplanationMixin
from sklearn_fs.recourse._goal import make_goal, takes_missing
from sklearn_fs.recourse._inputs import Inputs
from sklearn_fs.recourse._names import unknown_name
from sklearn_fs.recourse._people import (
    PeopleMixin,
    finite_or_nan,
    numeric_if_possible,
)
from sklearn_fs.recourse._scores import ScoreMixin
from sklearn_fs.recourse._weights import ChangeWeights


def _inner_has(name):
    def check(self):
        inner = getattr(self, "estimator_", self.estimator)
        getattr(inner, name)
        return True

    return check


class ResponsivenessScorer(
    ExplanationMixin,
    ScoreMixin,
    PeopleMixin,
    TransformerMixin,
    MetaEstimatorMixin,
    BaseEstimator,
):
    """For each person and column, the share of feasible changes that help.

    The score of a column is the share of its interventions, all else reacting as it
    must, after which the model gives the wanted prediction: 0 says that nothing which
    this person can do to the column helps, 1 that everything does [1]_. What is
    feasible is said by an :class:`ActionSet`. Scores are exact for linear models and
    for trees, and wherever a column has a list or a grid of values; elsewhere they
    are estimates with an interval.

    Read more in the :ref:`User Guide <responsiveness>`.

    Parameters
    ----------
    estimator : estimator
        Any classifier or regressor with `predict`; see :class:`FunctionPredictor` for
        a function. Best a whole pipeline that takes the raw columns.
    action_set : ActionSet, default=None
        What can be changed. None: :meth:`ActionSet.from_frame` of the data given to
        `fit`, with a warning, for then nothing is immutable.
    target : label, default=None
        The wanted class; None: the last of `classes_`.
    threshold : float, default=None
        Smallest wanted `predict_proba` (or `decision_function`) of the class instead
        of its prediction. For a regressor, which needs it, the smallest wanted
        prediction.
    features : sequence of str, default=None
        Columns of the result; None: all.
    intervention : {"minimal", "all"}, default="minimal"
        Which feasible changes count as an intervention on a column: those in which
        other columns move only as far as they must, or all that change it. Columns
        that no constraint ties to it stay as they are in both.
    weights : {"uniform", "distance", "data"} or callable, default="uniform"
        Weight of a change: 1; `1 / (1 + |v - x| / s)`, where s is the interquartile
        range of the column, or its standard deviation; the frequency of the new value
        in the training data plus 1; or a function `(name, x, values) -> weights`.
    method : {"auto", "linear", "tree", "enumerate", "sample"}, default="auto"
        How to find the answers. "auto" reads linear models and trees, and asks other
        models. "enumerate" asks the model even if it could be read, "sample" also
        draws along columns with a grid of more than `n_samples` values.
    n_samples : int or "auto", default="auto"
        Draws along a column without a grid, where they are needed. "auto" takes as
        many as bring every score within `half_width` with `confidence`: 738 for the
        defaults.
    confidence : float, default=0.95
        Coverage of :meth:`score_intervals`.
    half_width : float, default=0.05
        For `n_samples="auto"`.
    n_reasons : int, default=4
        Most reasons that :meth:`explain` gives a person.
    group_reasons : bool, default=True
        Whether columns that belong together are one reason.
    approved : {"nan", "score"}, default="nan"
        Scores of people who have the wanted prediction: NaN, or the share of changes
        that keep it.
    plausible : estimator, default=None
        Fitted; `predict` gives 1 for a plausible row and -1 else. Implausible points
        are left out of the numerator and of the denominator of all scores, and are no
        recourse: a person with no other way is "fixed". The model is then asked, also
        if it could be read.
    prefit : {"auto"} or bool, default="auto"
        Whether `estimator` is fitted already; "auto" looks.
    max_block_points : int, default=100000
        Blocks of columns with more states than this are sampled.
    max_recourse_points : int, default=200000
        Rows that may be looked at for the recourse class of one person.
    compute_fixed : bool, default=False
        Whether `fit` computes `fixed_`.
    chunk_size : int, default=250000
        Most rows that the model gets at once.
    n_jobs : int, default=None
        Threads; None means 1 and -1 all. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. They depend on it and on the values of a person alone, not
        on the order of the rows.

    Attributes
    ----------
    estimator_ : estimator
        The fitted model.
    action_set_ : ActionSet
        A checked copy.
    classes_ : ndarray of shape (n_classes,)
        Labels; only for a classifier.
    target_ : label or None
        The wanted class.
    blocks_ : list of list of str
        Columns that change together.
    scales_ : ndarray of shape (n_features,)
        Interquartile range of each column, its standard deviation where that is 0,
        and 1 where that is 0 too.
    method_ : dict of str to str
        How each actionable column is scored: "linear", "tree", "enumerate" or
        "sample".
    seed_ : int
        What the draws depend on.
    fixed_ : ndarray of shape (n_samples,), dtype bool
        People of `fit` whom no feasible change helps; only with `compute_fixed`.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, if they are all strings.

    See Also
    --------
    ActionSet : What a person can change.
    ResponsivenessDisplay : Pictures of the scores of one person or of many.

    Notes
    -----
    A score is a statement about the model and the declared changes, not about the
    world: a feasible change need not be likely, easy or lasting.

    Blocks of columns are enumerated once for each distinct state; a linear model then
    costs O(1) for a person and state, a tree ensemble one walk of the trees that use
    the block. Along a column without a grid the prediction of trees is a step
    function, of which all steps are found in one walk.

    References
    ----------
    .. [1] Cheon, Wernerfelt, Friedler, Ustun, "Feature Responsiveness Scores:
       Model-Agnostic Explanations for Recourse", ICLR 2025. arXiv:2410.22598.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.recourse import (
    ...     ActionSet, FunctionPredictor, ResponsivenessScorer
    ... )
    >>> X = np.array([[0, 0], [5, 1], [2, 1]])
    >>> model = FunctionPredictor(lambda X: (X[:, 0] > 2).astype(int))
    >>> scorer = ResponsivenessScorer(model, ActionSet.from_frame(X)).fit(X)
    >>> scorer.score_samples(np.array([[0, 0], [4, 0]]))
    array([[0.6, 0. ],
           [nan, nan]])
    """

    _parameter_constraints = {
        "estimator": "no_validation",
        "action_set": [ActionSet, None],
        "target": "no_validation",
        "threshold": [Real, None],
        "features": ["array-like", None],
        "intervention": [StrOptions({"minimal", "all"})],
        "weights": [StrOptions({"uniform", "distance", "data"}), callable],
        "method": [StrOptions({"auto", "linear", "tree", "enumerate", "sample"})],
        "n_samples": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "confidence": [Interval(Real, 0, 1, closed="neither")],
        "half_width": [Interval(Real, 0, 1, closed="neither")],
        "n_reasons": [Interval(Integral, 1, None, closed="left")],
        "group_reasons": ["boolean"],
        "approved": [StrOptions({"nan", "score"})],
        "plausible": "no_validation",
        "prefit": [StrOptions({"auto"}), "boolean"],
        "max_block_points": [Interval(Integral, 1, None, closed="left")],
        "max_recourse_points": [Interval(Integral, 1, None, closed="left")],
        "compute_fixed": ["boolean"],
        "chunk_size": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        action_set=None,
        *,
        target=None,
        threshold=None,
        features=None,
        intervention="minimal",
        weights="uniform",
        method="auto",
        n_samples="auto",
        confidence=0.95,
        half_width=0.05,
        n_reasons=4,
        group_reasons=True,
        approved="nan",
        plausible=None,
        prefit="auto",
        max_block_points=100_000,
        max_recourse_points=200_000,
        compute_fixed=False,
        chunk_size=250_000,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.action_set = action_set
        self.target = target
        self.threshold = threshold
        self.features = features
        self.intervention = intervention
        self.weights = weights
        self.method = method
        self.n_samples = n_samples
        self.confidence = confidence
        self.half_width = half_width
        self.n_reasons = n_reasons
        self.group_reasons = group_reasons
        self.approved = approved
        self.plausible = plausible
        self.prefit = prefit
        self.max_block_points = max_block_points
        self.max_recourse_points = max_recourse_points
        self.compute_fixed = compute_fixed
        self.chunk_size = chunk_size
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags = copy.deepcopy(inner.classifier_tags)
        tags.regressor_tags = copy.deepcopy(inner.regressor_tags)
        tags.target_tags = copy.deepcopy(inner.target_tags)
        tags.input_tags = copy.deepcopy(inner.input_tags)
        tags.input_tags.allow_nan = takes_missing(self.estimator)
        tags.input_tags.sparse = False
        tags.input_tags.pairwise = False
        tags.target_tags.multi_output = False
        tags.target_tags.single_output = True
        return tags

    # Fitting

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None, **fit_params):
        """Fit the model if it is not, and learn what can be changed.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,), default=None
            Target; needed if the model is not fitted.
        **fit_params : dict
            Passed to the `fit` of the model.

        Returns
        -------
        self : ResponsivenessScorer
            The fitted scorer.
        """
        X, y, table = self._fit_model(X, y, fit_params)
        self._goal, n_classes = make_goal(self.estimator_, self.target, self.threshold)
        self.target_ = self._goal.target
        if n_classes:
            self.classes_ = self.estimator_.classes_
        elif hasattr(self, "classes_"):
            del self.classes_
        if n_classes > 2 and self.target is None:
            warnings.warn(
                f"The model has {n_classes} classes; the wanted one is taken to be the "
                f"last, {self.target_!r}. Say which with target.",
                UserWarning,
                stacklevel=2,
            )
        self.action_set_ = self._make_action_set(X, table)
        self.action_set_.check_names(table.names)
        for constraint, broken in self._broken(table):
            if broken.all():
                raise ValueError(
                    f"{constraint!r} is satisfied by none of the {len(broken)} rows "
                    "given to fit; correct it, or leave it out of the action set."
                )
        self.blocks_ = self.action_set_.blocks_
        self._columns = self._wanted_columns(table.names)
        Z = table.matrix(self.action_set_)
        self._weights = ChangeWeights(self.weights, self.action_set_, Z)
        self.scales_ = self._weights.scales
        self.seed_ = int(check_random_state(self.random_state).randint(2**31 - 1))
        self._programs = [
            BlockProgram(self.action_set_, names)
            for names in self.blocks_
            if any(self.action_set_[name].actionable for name in names)
        ]
        inputs = Inputs(table, Z, self.action_set_)
        self._margin = self._read_model(inputs)
        self._missing = inputs.missing
        self.method_ = self._methods()
        if hasattr(self, "fixed_"):
            del self.fixed_
        if self.compute_fixed:
            self.fixed_ = self.recourse_class(X) == "fixed"
        return self

    def _fit_model(self, X, y, fit_params):
        prefit = self.prefit
        if prefit == "auto":
            try:
                check_is_fitted(self.estimator)
                prefit = True
            except (NotFittedError, TypeError):
                prefit = False
        is_frame = nw.dependencies.is_into_dataframe(X)
        allow_nan = takes_missing(self.estimator)
        if y is None and not prefit:
            name = type(self.estimator).__name__
            raise ValueError(
                f"{name} is not fitted, and requires y to be passed, but the target y "
                "is None; give y, or a fitted model."
            )
        checks = {"skip_check_array": True}
        if not is_frame:
            checks = {"dtype": None, "ensure_all_finite": finite_or_nan(allow_nan)}
        if y is None or is_frame:
            validated = validate_data(self, X, **checks)
            X = X if is_frame else validated
        else:
            X = validate_data(self, X, **checks)
            y = column_or_1d(y, warn=True)
            check_consistent_length(X, y)
        if not is_frame and X.dtype.kind == "O":
            X = numeric_if_possible(X)
        if prefit:
            self.estimator_ = self.estimator
        else:
            self.estimator_ = clone(self.estimator).fit(X, y, **fit_params)
        return X, y, ColumnTable(X, None if is_frame else self._array_names())

    def _array_names(self):
        if self.action_set is not None:
            names = self.action_set.feature_names
            if len(names) == self.n_features_in_:
                return names
        names = getattr(self, "feature_names_in_", None)
        return None if names is None else [str(name) for name in names]

    def _make_action_set(self, X, table):
        if self.action_set is not None:
            return copy.deepcopy(self.action_set)
        warnings.warn(
            "No action_set is given: every column counts as one that a person can "
            "change, within the range of the data. Say what is immutable with "
            "ActionSet.from_frame(X, immutable=[...]).",
            UserWarning,
            stacklevel=2,
        )
        return ActionSet.from_frame(X)

    def _wanted_columns(self, names):
        if self.features is None:
            return np.arange(len(names))
        for name in self.features:
            if name not in names:
                raise ValueError(unknown_name(name, names, where="features"))
        return np.array([names.index(name) for name in self.features], dtype=np.intp)

    def _methods(self):
        methods = {}
        for program in self._programs:
            for k in np.flatnonzero(program.actionable):
                name = program.names[k]
                if k in program.continua and not self._is_exact(self._margin):
                    methods[name] = "sample"
                else:
                    methods[name] = (
                        "enumerate" if self._margin is None else self._margin.kind
                    )
        return methods

    # As a transformer; `set_output` wraps what this very class defines.

    def transform(self, X):
        """Score people, as :meth:`score_samples` does.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.

        Returns
        -------
        scores : ndarray or dataframe of shape (n_samples, n_columns)
            Scores.
        """
        return self.score_samples(X)

    def get_feature_names_out(self, input_features=None):
        """Get the names of the columns of the result: those of the input.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the input; None takes those seen in fit.

        Returns
        -------
        names : ndarray of str
            Names of the columns that were asked for.
        """
        check_is_fitted(self, "action_set_")
        names = _check_feature_names_in(self, input_features)
        return names[self._columns]

    # The model

    @available_if(_inner_has("predict"))
    def predict(self, X):
        """Predict with the model.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            Its predictions.
        """
        X = self._checked(X)
        return self.estimator_.predict(X)

    @available_if(_inner_has("score"))
    def score(self, X, y=None):
        """Score the model.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.
        y : array-like of shape (n_samples,), default=None
            True target.

        Returns
        -------
        score : float
            What the `score` of the model returns.
        """
        X = self._checked(X)
        return self.estimator_.score(X, y)
