# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The wanted prediction: which rows does the model give it to?"""

import numpy as np
from sklearn.base import BaseEstimator, is_regressor
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils import get_tags


class FunctionPredictor(BaseEstimator):
    """A function as a fitted predictor.

    Read more in the :ref:`User Guide <responsiveness>`.

    Parameters
    ----------
    function : callable
        Takes a table of rows, returns one label for each.

    classes : tuple, default=(0, 1)
        All labels that it can return; None for a function that returns numbers.

    See Also
    --------
    ResponsivenessScorer : What takes it as `estimator`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.recourse import FunctionPredictor
    >>> rule = FunctionPredictor(lambda X: (X[:, 0] > 2).astype(int))
    >>> rule.predict(np.array([[1], [3]]))
    array([0, 1])
    """

    def __init__(self, function, classes=(0, 1)):
        self.function = function
        self.classes = classes

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "regressor" if self.classes is None else "classifier"
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    @property
    def classes_(self):
        """Labels that the function can return."""
        if self.classes is None:
            raise AttributeError("FunctionPredictor with classes=None has no classes_.")
        return np.array(self.classes)

    def fit(self, X, y=None):
        """Nothing to learn.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Ignored.
        y : array-like of shape (n_samples,), default=None
            Ignored.

        Returns
        -------
        self : object
            The same object.
        """
        return self

    def predict(self, X):
        """Call the function.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            What the function returned.
        """
        return np.asarray(self.function(X))


class Goal:
    """The set of predictions that are wanted.

    Parameters
    ----------
    estimator : fitted estimator
    target : label or None
    threshold : float or None
    """

    def __init__(self, estimator, target, threshold):
        self.estimator = estimator
        self.target = target
        self.threshold = threshold

    def reaches(self, X):
        """Which rows get a wanted prediction.

        Parameters
        ----------
        X : table that the estimator takes

        Returns
        -------
        ok : ndarray of shape (n_samples,), dtype bool
        """
        if self.target is None:
            return self._scores("predict", X) >= self.threshold
        if self.threshold is None:
            labels = np.asarray(self.estimator.predict(X))
            if labels.ndim > 1:
                labels = labels.reshape(len(labels), -1)[:, 0]
            self._refuse_nan("predict", labels)
            return np.asarray(labels == self.target, dtype=bool)
        index = int(np.flatnonzero(self.estimator.classes_ == self.target)[0])
        if hasattr(self.estimator, "predict_proba"):
            return self._scores("predict_proba", X)[:, index] >= self.threshold
        decision = self._scores("decision_function", X)
        if decision.ndim == 1:
            decision = decision if index else -decision
        else:
            decision = decision[:, index]
        return decision >= self.threshold

    def _scores(self, method, X):
        values = np.asarray(getattr(self.estimator, method)(X), dtype=np.float64)
        self._refuse_nan(method, values)
        return values

    def _refuse_nan(self, method, values):
        if values.dtype.kind == "f" and np.isnan(values).any():
            raise ValueError(
                f"{type(self.estimator).__name__}.{method} returned NaN for "
                f"{int(np.isnan(values).sum())} of {values.size} rows; a prediction "
                "is either wanted or not. Mend the model, or restrict the bounds of "
                "the action set to where it works."
            )


def takes_missing(estimator):
    """Whether an estimator may be given missing values.

    Parameters
    ----------
    estimator : estimator

    Returns
    -------
    takes : bool
        For a pipeline what its first step says: its own tags do not.
    """
    if isinstance(estimator, Pipeline):
        steps = [one for _, one in estimator.steps if one not in (None, "passthrough")]
        return not steps or takes_missing(steps[0])
    if isinstance(estimator, ColumnTransformer | FeatureUnion):
        # Each column goes through steps of its own, which look for themselves.
        return True
    if get_tags(estimator).input_tags.allow_nan:
        return True
    inner = getattr(estimator, "estimator", None)
    return isinstance(inner, BaseEstimator) and takes_missing(inner)


def make_goal(estimator, target, threshold):
    """Check target and threshold against a fitted estimator.

    Parameters
    ----------
    estimator : fitted estimator
    target : label or None
    threshold : float or None

    Returns
    -------
    goal : Goal
    n_classes : int
        0 for a regressor.
    """
    name = type(estimator).__name__
    classes = getattr(estimator, "classes_", None)
    if classes is None or is_regressor(estimator):
        if threshold is None:
            raise ValueError(
                f"{name} predicts numbers, so threshold is needed: the smallest wanted "
                "prediction."
            )
        if target is not None:
            raise ValueError(
                f"target={target!r}, but {name} has no classes; leave target=None."
            )
        return Goal(estimator, None, float(threshold)), 0
    classes = np.asarray(classes)
    if target is None:
        target = classes[-1]
    elif not (classes == target).any():
        raise ValueError(
            f"target={target!r} is not a class of {name}; its classes are "
            f"{classes.tolist()!r}."
        )
    else:
        target = classes[np.flatnonzero(classes == target)[0]]
    if threshold is not None and not (
        hasattr(estimator, "predict_proba") or hasattr(estimator, "decision_function")
    ):
        raise ValueError(
            f"threshold={threshold!r} needs predict_proba or decision_function, which "
            f"{name} has not; leave threshold=None."
        )
    return Goal(estimator, target, threshold), len(classes)
