# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The spline network for classification."""

import numpy as np
from scipy.special import expit, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets

from sklearn_fs._sklearn_compat import StrOptions
from sklearn_fs.neural_network._kan_base import BaseKAN


class KANClassifier(ClassifierMixin, BaseKAN):
    """Kolmogorov-Arnold network for classification.

    The network of :class:`KANRegressor` with one logit for two classes and one for
    each class otherwise, trained on the log-loss.

    Read more in the :ref:`User Guide <kan>`.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int, default=(20,)
        Units of each hidden layer; () is an additive model.
    grid_size : int, default=5
        Intervals of every spline.
    degree : {1, 2, 3}, default=3
        Degree of the splines.
    base : {"silu", "linear"} or None, default="silu"
        Function added to every spline; it carries the signal at the start.
    solver : {"adam", "lbfgs"}, default="adam"
        Mini-batches in float32 with all penalties, or the full batch in float64
        without the group penalty (it overfits noisy data sooner).
    learning_rate_init : float or "auto", default="auto"
        Rate of Adam, with cosine decay to 0. "auto" is min(5e-3, 4 / n_features):
        one step moves every coefficient, so a wide table needs smaller steps.
    batch_size : int or "auto", default="auto"
        "auto" is n_samples / 50 rounded to a power of 2, within 64 and 512.
    max_iter : int, default=150
        Largest number of epochs, or of L-BFGS iterations.
    max_steps : int or None, default=2000
        Largest number of mini-batch steps: above about 1500 rows it lowers the number
        of epochs, and `min_iter` and `n_iter_no_change` in proportion. None: no limit.
    early_stopping : bool, default=True
        Hold out rows, keep the best epoch, and stop when nothing improves. Off below
        100 rows and where a class is too small to be split.
    validation_fraction : float, default=0.1
        Share of the rows to hold out; stratified for classes.
    n_iter_no_change : int, default=20
        Epochs without a better held-out loss before training stops.
    min_iter : int, default=60
        Epochs before the count of `n_iter_no_change` begins: interactions without
        main effects sit on a plateau first.
    group_penalty : float, default=0.1
        Group lasso on the first-layer coefficients of each column. It acts on Adam's
        steps, so it has no unit; 0.05 to 0.2 is useful. Columns can become exactly 0.
    smoothness : float, default=0.01
        Penalty on squared second differences of spline coefficients (P-splines).
    weight_decay : float, default=0.3
        Decoupled decay for "adam". For "lbfgs" `weight_decay / (2 n_samples)` times
        the sum of squared coefficients is added to the loss.
    input_map : {"quantile", "minmax", "robust", "standard"} or None, \
            default="quantile"
        How a numeric column reaches [-1, 1]. "quantile" makes the model blind to
        increasing transformations of a column and clamps values outside the training
        range; the others are linear and continue along the tangent.
    missing : {"indicator", "error"}, default="indicator"
        "indicator" gives each column with NaN a coefficient of its own for them;
        "error" refuses NaN.
    categorical_features : array-like, "from_dtype" or None, default=None
        Mask, indices or names of columns whose values are levels; each level gets
        its own coefficient, an unknown one none. "from_dtype" takes the categorical
        columns of a dataframe.
    grid_update_epochs : tuple of int, default=()
        Epochs after which hidden grids follow the present values of their units; the
        splines are kept by least squares.
    max_design_bytes : int, default=268435456
        Memory up to which the spline values of all rows are computed once.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, scaled to mean 1 over the rows.
    warm_start : bool, default=False
        Go on from the last fit; with another `grid_size`, its splines are refitted
        on the new grid first (exactly, if it is a multiple of the old).
    random_state : int, RandomState instance or None, default=None
        Seed of the start, the held-out rows and the order of the rows.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    coefs_ : list of ndarray of shape (fan_in, n_coefficients, fan_out)
        Coefficients of each layer, in float64: the splines, then the base function,
        then the indicator of a column with NaN. Where the columns differ in their
        number of coefficients the first entry is their concatenation, of shape
        (n_coefficients, fan_out).
    intercepts_ : list of ndarray of shape (fan_out,)
        Biases of each layer.
    grids_ : list of ndarray of shape (2, fan_in)
        Left and right end of the grids of each layer.
    feature_importances_ : ndarray of shape (n_features,)
        The centred "l2" score on the training rows.
    active_features_ : ndarray of int
        Columns whose coefficients are not all 0.
    loss_curve_ : list of float
        Mean training loss of each epoch, without penalties.
    validation_scores_ : list of float
        Share of the null loss explained on the held-out rows, after each epoch (R2
        for regression, D2 for classification); empty without held-out rows.
    validation_indices_ : ndarray of int
        The rows that were held out; empty if there were none.
    best_validation_score_ : float or None
        Largest of them; its epoch is the one that was kept.
    n_iter_ : int
        Epochs that were run.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are strings.

    See Also
    --------
    KANRegressor : The same network for numbers.
    sklearn_fs.feature_selection.KANSelector : Choose columns by such a network.

    Notes
    -----
    One epoch costs about 4 n d S H + 6 n H S C operations for n rows, d columns, H
    units, C outputs and S = grid_size + degree + 1. Training is in float32 (float64
    for "lbfgs") on one thread; the fitted coefficients and all predictions are
    float64. Departures from [1]_: biases, standardised targets, a quantile map
    before a uniform grid, tangents outside the grid, and the group penalty of [3]_
    in place of the entropy penalty. There is no `sample_weight`: repeating a row
    changes the mini-batches.

    References
    ----------
    .. [1] Z. Liu et al., "KAN: Kolmogorov-Arnold Networks", arXiv 2404.19756.
    .. [2] P. H. C. Eilers, B. D. Marx, "Flexible smoothing with B-splines and
       penalties", Statistical Science 11(2), 1996.
    .. [3] J. Feng, N. Simon, "Sparse-input neural networks for high-dimensional
       nonparametric regression and classification", arXiv 1711.07592.

    Examples
    --------
    An interaction without main effects:

    >>> import numpy as np
    >>> from sklearn_fs.neural_network import KANClassifier
    >>> X = np.random.default_rng(0).uniform(-1, 1, (400, 6))
    >>> y = X[:, 0] * X[:, 1] > 0
    >>> model = KANClassifier(random_state=0).fit(X[:300], y[:300])
    >>> model.score(X[300:], y[300:]) > 0.9
    True
    """

    _parameter_constraints = {
        **BaseKAN._parameter_constraints,
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }
    _target_checks = {}

    def __init__(
        self,
        hidden_layer_sizes=(20,),
        *,
        grid_size=5,
        degree=3,
        base="silu",
        solver="adam",
        learning_rate_init="auto",
        batch_size="auto",
        max_iter=150,
        max_steps=2000,
        early_stopping=True,
        validation_fraction=0.1,
        n_iter_no_change=20,
        min_iter=60,
        group_penalty=0.1,
        smoothness=0.01,
        weight_decay=0.3,
        input_map="quantile",
        missing="indicator",
        categorical_features=None,
        grid_update_epochs=(),
        max_design_bytes=1 << 28,
        class_weight=None,
        warm_start=False,
        random_state=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.grid_size = grid_size
        self.degree = degree
        self.base = base
        self.solver = solver
        self.learning_rate_init = learning_rate_init
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.max_steps = max_steps
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.min_iter = min_iter
        self.group_penalty = group_penalty
        self.smoothness = smoothness
        self.weight_decay = weight_decay
        self.input_map = input_map
        self.missing = missing
        self.categorical_features = categorical_features
        self.grid_update_epochs = grid_update_epochs
        self.max_design_bytes = max_design_bytes
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state

    def _encode_target(self, y, continues):
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        classes, codes = np.unique(y, return_inverse=True)
        if not continues:
            if len(classes) < 2:
                raise ValueError(
                    "KANClassifier needs at least 2 classes; y has 1 class: "
                    f"{classes.tolist()[0]!r}."
                )
            self.classes_ = classes
            self._n_outputs = 1 if len(classes) == 2 else len(classes)
        elif not np.isin(classes, self.classes_).all():
            raise ValueError(
                f"y has the labels {classes}; the fitted model knows {self.classes_}."
            )
        else:
            codes = np.searchsorted(self.classes_, y)
        weights = np.empty(0)
        if self.class_weight is not None:
            weights = compute_sample_weight(self.class_weight, y)
            weights = weights / weights.mean()
        loss = "logistic" if self._n_outputs == 1 else "softmax"
        return codes[:, None].astype(np.float64), loss, weights, codes

    def decision_function(self, X):
        """Logits.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        logits : ndarray of shape (n_samples,) or (n_samples, n_classes)
            One column, of the second class, if there are two classes.
        """
        logits = self._outputs(X)
        return logits[:, 0] if self._n_outputs == 1 else logits

    def predict_proba(self, X):
        """Probability of each class.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.
        """
        logits = self.decision_function(X)
        if logits.ndim == 1:
            return np.column_stack([expit(-logits), expit(logits)])
        return softmax(logits, axis=1)

    def predict(self, X):
        """Most probable class.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Taken from `classes_`.
        """
        logits = self.decision_function(X)
        if logits.ndim == 1:
            return self.classes_[(logits > 0).astype(np.intp)]
        return self.classes_[logits.argmax(axis=1)]
