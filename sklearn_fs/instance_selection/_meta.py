# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Any selector of rows and any estimator, in a plain scikit-learn pipeline."""

import numpy as np
from sklearn.base import (
    BaseEstimator,
    MetaEstimatorMixin,
    clone,
    is_classifier,
)
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import (
    check_is_fitted,
    has_fit_parameter,
    validate_data,
)

from sklearn_fs._sklearn_compat import HasMethods, _fit_context
from sklearn_fs._utils._numeric import numbers_only
from sklearn_fs.base import _DOC_LINK_TEMPLATE
from sklearn_fs.instance_selection._base import take_rows
from sklearn_fs.instance_selection._coverage import GraphCoverageSelector
from sklearn_fs.instance_selection._targets import check_finite_target


def _estimator_has(name):
    """Offer a method where the estimator (fitted, if it is) has it."""

    def check(self):
        getattr(getattr(self, "estimator_", self.estimator), name)
        return True

    return check


class InstanceSelectionEstimator(MetaEstimatorMixin, BaseEstimator):
    """Fit an estimator on the rows that a selector keeps.

    scikit-learn's pipeline has no step that removes rows. This wraps the selection
    and the estimator into one estimator, so that a pipeline, a grid search and a
    cross-validation see nothing unusual. Rows are removed in `fit` only.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    estimator : estimator
        Fitted on the kept rows. Classifier, regressor or transformer.

    selector : selector of rows, default=None
        None means `GraphCoverageSelector()`.

    use_weights : bool, default=False
        Pass `weights_` of the selector as `sample_weight`: each kept row then counts
        for the rows that it stands for.

    Attributes
    ----------
    selector_ : estimator
        The fitted selector; None when y had one class and nothing was selected.

    estimator_ : estimator
        The fitted estimator.

    sample_indices_ : ndarray of shape (n_selected,)
        The rows that the estimator was fitted on.

    classes_ : ndarray of shape (n_classes,)
        Labels, if the estimator has them.

    n_features_in_ : int
        Number of columns seen in `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X has them.

    See Also
    --------
    GraphCoverageSelector : The default selector.

    Notes
    -----
    Where `y` has one class there is nothing to choose between: the estimator is
    fitted on all rows. Fit parameters with one value for each row are cut to the
    kept rows.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn_fs.instance_selection import InstanceSelectionEstimator
    >>> X, y = load_digits(return_X_y=True)
    >>> model = InstanceSelectionEstimator(KNeighborsClassifier(1)).fit(X, y)
    >>> len(model.sample_indices_), model.score(X, y) > 0.9
    (179, True)
    """

    _parameter_constraints = {
        "estimator": [HasMethods("fit")],
        "selector": [HasMethods(["fit", "fit_resample"]), None],
        "use_weights": ["boolean"],
    }
    _doc_link_module = "sklearn_fs"
    _doc_link_template = _DOC_LINK_TEMPLATE

    def __init__(self, estimator, selector=None, *, use_weights=False):
        self.estimator = estimator
        self.selector = selector
        self.use_weights = use_weights

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.estimator_type = inner.estimator_type
        tags.classifier_tags = inner.classifier_tags
        tags.regressor_tags = inner.regressor_tags
        tags.transformer_tags = inner.transformer_tags
        tags.target_tags = inner.target_tags
        tags.target_tags.required = True
        tags.target_tags.multi_output = False
        if tags.classifier_tags is not None:
            tags.classifier_tags.multi_label = False
        tags.input_tags.sparse = inner.input_tags.sparse
        # The selector measures distances; it takes no missing values.
        tags.input_tags.allow_nan = False
        return tags

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, **fit_params):
        """Select rows and fit the estimator on them.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Training rows.
        y : array-like of shape (n_samples,)
            Their targets.
        **fit_params : dict
            Passed to `fit` of the estimator, cut to the kept rows where they have
            one value for each row.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        if y is None:
            validate_data(self, X, y)  # raises and says why
        accept = get_tags(self).input_tags.sparse and ("csr", "csc")
        with numbers_only(X):
            checked = validate_data(self, X, accept_sparse=accept)
        n_samples = checked.shape[0]
        check_finite_target(y)
        selector = GraphCoverageSelector() if self.selector is None else self.selector
        if is_classifier(self.estimator) and _one_class(y):
            self.selector_ = None
            self.sample_indices_ = np.arange(n_samples)
        else:
            self.selector_ = clone(selector).fit(X, y)
            self.sample_indices_ = self.selector_.sample_indices_
        rows = self.sample_indices_
        fit_params = {
            name: take_rows(value, rows)
            if hasattr(value, "__len__") and len(value) == n_samples
            else value
            for name, value in fit_params.items()
        }
        estimator = clone(self.estimator)
        if self.use_weights and self.selector_ is not None:
            if not has_fit_parameter(estimator, "sample_weight"):
                raise ValueError(
                    f"use_weights=True, but {type(estimator).__name__} takes no "
                    "sample_weight; set use_weights=False."
                )
            weights = self.selector_.weights_
            fit_params["sample_weight"] = weights * fit_params.get("sample_weight", 1)
        self.estimator_ = estimator.fit(
            take_rows(X, rows), take_rows(y, rows), **fit_params
        )
        if hasattr(self.estimator_, "classes_"):
            self.classes_ = self.estimator_.classes_
        return self

    @available_if(_estimator_has("predict"))
    def predict(self, X):
        """Predict with the estimator fitted on the kept rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            Predictions.
        """
        return self._delegate("predict", X)

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X):
        """Class probabilities of the estimator fitted on the kept rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities.
        """
        return self._delegate("predict_proba", X)

    @available_if(_estimator_has("predict_log_proba"))
    def predict_log_proba(self, X):
        """Compute the logarithms of the class probabilities.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            Logarithms of probabilities.
        """
        return self._delegate("predict_log_proba", X)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X):
        """Decision function of the estimator fitted on the kept rows.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Values of the decision function.
        """
        return self._delegate("decision_function", X)

    @available_if(_estimator_has("transform"))
    def transform(self, X):
        """Transform with the estimator fitted on the kept rows; no row is removed.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows to transform.

        Returns
        -------
        X_out : array of shape (n_samples, n_features_out)
            The transformed rows.
        """
        return self._delegate("transform", X)

    @available_if(_estimator_has("score"))
    def score(self, X, y, **score_params):
        """Score of the estimator fitted on the kept rows, on all rows given here.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows to predict.
        y : array-like of shape (n_samples,)
            Their targets.
        **score_params : dict
            Passed to `score` of the estimator.

        Returns
        -------
        score : float
            Accuracy or R2, as the estimator has it.
        """
        check_is_fitted(self)
        self._check_columns(X)
        return self.estimator_.score(X, y, **score_params)

    def _delegate(self, name, X):
        check_is_fitted(self)
        self._check_columns(X)
        return getattr(self.estimator_, name)(X)

    def _check_columns(self, X):
        """Same names and number of columns; the rest is the estimator's to check."""
        validate_data(self, X, reset=False, accept_sparse=("csr", "csc"))


def _one_class(y):
    y = np.asarray(y)
    return (y.ndim == 1 or y.shape[1:] == (1,)) and len(set(y.ravel().tolist())) == 1
