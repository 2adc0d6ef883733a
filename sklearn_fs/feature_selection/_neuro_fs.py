# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns chosen by a sparse network that sheds its input neurons."""

from numbers import Integral, Real

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import validate_data
from threadpoolctl import threadpool_limits

from sklearn_fs._sklearn_compat import (
    Interval,
    RealNotInt,
    StrOptions,
    _fit_context,
)
from sklearn_fs._utils._numeric import numbers_only
from sklearn_fs._utils._threads import effective_n_threads
from sklearn_fs._utils._top_k import resolve_k
from sklearn_fs.base import FeatureSelectorMixin
from sklearn_fs.neural_network._neuron_evolution import NeuronEvolution
from sklearn_fs.neural_network._sparse_mlp import NetworkPlan, SparseMLP
from sklearn_fs.neural_network._table_feed import (
    BatchFeed,
    ColumnStatistics,
    canonical_csr,
    scaling_of,
)

# Under scaling="auto", the deviation of a hidden unit's input before the training. The
# usual start has 0.24 in a sparse layer and more in a dense one.
_SMALL_START = 0.12


class NeuroFS(CallbackSupportMixin, FeatureSelectorMixin, BaseEstimator):
    """Select columns with labels, by a sparse network that sheds input neurons.

    A network with sparse hidden layers learns the target. After every epoch the
    weakest inputs lose their links, some inputs come back where the loss has the
    steepest gradient, and the links of all layers follow the gradient too. What is
    left at the end are the inputs with the strongest links [1]_.

    Read more in the :ref:`User Guide <quick_selection>`.

    Parameters
    ----------
    n_features_to_select : int, float or None, default=50
        Number of columns. A float is a share, None is half of them.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" asks :func:`~sklearn.utils.multiclass.type_of_target`. Regression
        minimises the squared error of the standardised target.
    max_iter : int, default=100
        Number of epochs; the schedule of the removal is stretched over them.
    hidden_layer_sizes : tuple of int, default=(1000, 1000, 1000)
        Units of the sparse layers.
    activation : {"tanh", "relu"}, default="tanh"
        Activation of the hidden units.
    epsilon : float, default=30
        A layer has `epsilon * (fan_in + fan_out)` links.
    zeta_in : float, default=0.2
        Share of the input's links, and of the removed inputs, that is exchanged.
    zeta_hidden : float, default=0.3
        Share of the links of the other layers that is replaced after an epoch.
    removal_fraction : float, default=0.65
        Share of the epochs after which all superfluous inputs are gone.
    learning_rate : float, default=0.01
        Step length.
    momentum : float, default=0.9
        Momentum within an epoch.
    alpha : float, default=1e-5
        L2 penalty.
    batch_size : int, default=None
        Rows in a step. None: 100, or 20 below 1000 rows.
    scaling : {"auto", "standard", "minmax", "bounded", "global"} or None, \
            default="auto"
        Scale of the columns. "auto" is "bounded", unit variance for the median
        column and the others in proportion up to a factor 3, with small weights of
        the input at the start: they have to grow to be useful, so that a strength
        says what was learned. The paper uses "minmax" ([0, 1] without centring),
        where the gradient follows the means of the columns.
    dtype : {"float32", "float64"}, default="float32"
        Precision of the network.
    n_jobs : int, default=None
        Threads. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of links and batches.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        Sum of the absolute weights of a column's links. Removed columns are
        negative, those removed first the most.
    ranking_ : ndarray of shape (n_features,)
        1 for selected columns, then 2, 3, ... by falling score.
    support_ : ndarray of bool of shape (n_features,)
        The selected columns.
    n_features_to_select_ : int
        Number of selected columns.
    n_active_ : list of int
        Columns with links after each epoch.
    loss_curve_ : list of float
        Mean loss of a row in each epoch.
    classes_ : ndarray of shape (n_classes,)
        The labels; with regression there is no such attribute.
    n_iter_ : int
        Epochs trained.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, if they are all strings.

    See Also
    --------
    QuickSelection : The unsupervised relative.
    sklearn.feature_selection.RFE : Removes columns by any model's weights.

    Notes
    -----
    An epoch costs O(n_samples * links); gradients of absent links are taken on at
    most 2000 rows, block by block, so that no array of all positions exists.

    Departures from the published program: links grow by the gradient of the loss
    (there, by that of the sum of the softmax outputs, which is zero but for
    rounding); batches are batches; the scaling is learned on the training rows; the
    network stays at its number of links to the end.

    References
    ----------
    .. [1] Atashgahi et al., "Supervised Feature Selection with Neuron Evolution in
       Sparse Neural Networks", TMLR 2023. arXiv:2303.07200.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn_fs.feature_selection import NeuroFS
    >>> X, y = make_classification(
    ...     300, 30, n_informative=3, n_redundant=0, shuffle=False, random_state=0
    ... )
    >>> selector = NeuroFS(
    ...     3, max_iter=30, hidden_layer_sizes=(50, 50), random_state=0
    ... )
    >>> selector.fit(X, y).get_support(indices=True)
    array([0, 1, 2])
    """

    _parameter_constraints = {
        "n_features_to_select": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            None,
        ],
        "task": [StrOptions({"auto", "classification", "regression"})],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "hidden_layer_sizes": [tuple, list],
        "activation": [StrOptions({"tanh", "relu"})],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "zeta_in": [Interval(Real, 0, 1, closed="left")],
        "zeta_hidden": [Interval(Real, 0, 1, closed="left")],
        "removal_fraction": [Interval(Real, 0, 1, closed="both")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "momentum": [Interval(Real, 0, 1, closed="left")],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left"), None],
        "scaling": [
            StrOptions({"auto", "standard", "minmax", "bounded", "global"}),
            None,
        ],
        "dtype": [StrOptions({"float32", "float64"})],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_features_to_select=50,
        *,
        task="auto",
        max_iter=100,
        hidden_layer_sizes=(1000, 1000, 1000),
        activation="tanh",
        epsilon=30,
        zeta_in=0.2,
        zeta_hidden=0.3,
        removal_fraction=0.65,
        learning_rate=0.01,
        momentum=0.9,
        alpha=1e-5,
        batch_size=None,
        scaling="auto",
        dtype="float32",
        n_jobs=None,
        random_state=None,
    ):
        self.n_features_to_select = n_features_to_select
        self.task = task
        self.max_iter = max_iter
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.epsilon = epsilon
        self.zeta_in = zeta_in
        self.zeta_hidden = zeta_hidden
        self.removal_fraction = removal_fraction
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.alpha = alpha
        self.batch_size = batch_size
        self.scaling = scaling
        self.dtype = dtype
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Train the network and select columns.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The table; a sparse one is made dense one batch at a time.
        y : array-like of shape (n_samples,)
            Classes, or numbers for regression.

        Returns
        -------
        self : object
            The fitted selector.
        """
        with numbers_only(X):
            X, y = validate_data(
                self,
                X,
                y,
                accept_sparse="csr",
                dtype=[np.float64, np.float32],
                ensure_min_samples=2,
            )
        if sparse.issparse(X):
            X = canonical_csr(X)
        targets, n_outputs = self._encode(y)
        n_features = X.shape[1]
        k = resolve_k(self.n_features_to_select, n_features)
        random_state = check_random_state(self.random_state)
        network = SparseMLP(
            n_features,
            self._plan(len(y), n_outputs),
            np.random.RandomState(random_state.randint(np.iinfo(np.int32).max)),
        )
        if self.scaling == "auto":
            _start_small(network.layers[0])
        evolution = NeuronEvolution(
            network,
            n_kept=k,
            n_epochs=self.max_iter,
            zeta_in=self.zeta_in,
            zeta_hidden=self.zeta_hidden,
            removal_fraction=self.removal_fraction,
        )
        statistics = ColumnStatistics(X)
        feed = BatchFeed([X], *self._scale(statistics))
        # The matrix products are small: threads of BLAS would wait for each other, and
        # their number would show in the last bits.
        with threadpool_limits(limits=1, user_api="blas"):
            self._train(X, y, network, evolution, feed, targets, statistics.constant)
        self._select(evolution, statistics.constant)
        return self

    def _scale(self, statistics):
        if self.scaling != "auto":
            return scaling_of(self.scaling, statistics)
        return scaling_of("bounded", statistics)

    def _select(self, evolution, constant):
        scores = evolution.scores()
        # A constant column is never chosen before another one.
        scores[constant] = scores.min() - 1
        self.scores_ = scores
        self._set_support_from_scores(scores, evolution.n_kept)

    def _encode(self, y):
        task = self.task
        if task == "auto":
            continuous = type_of_target(y, input_name="y").startswith("continuous")
            task = "regression" if continuous else "classification"
        if task == "regression":
            if hasattr(self, "classes_"):
                del self.classes_
            y = np.asarray(y, dtype=np.float64)
            spread = y.std()
            return (y - y.mean()) / (spread if spread > 0 else 1.0), 1
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                "NeuroFS needs at least two classes to tell apart; got 1 class."
            )
        return codes, len(self.classes_)

    def _plan(self, n_samples, n_outputs):
        batch_size = self.batch_size
        if batch_size is None:
            batch_size = 100 if n_samples >= 1000 else 20
        sizes = tuple(self.hidden_layer_sizes)
        if not sizes or not all(isinstance(s, Integral) and s > 0 for s in sizes):
            raise ValueError(
                f"hidden_layer_sizes={self.hidden_layer_sizes!r} must hold at least "
                "one positive int, for example (1000, 1000, 1000)."
            )
        classes = hasattr(self, "classes_")
        return NetworkPlan(
            hidden_layer_sizes=sizes,
            n_outputs=n_outputs,
            loss="log_loss" if classes else "squared_error",
            activation=self.activation,
            epsilon=self.epsilon,
            learning_rate=self.learning_rate,
            momentum=self.momentum,
            alpha=self.alpha,
            batch_size=batch_size,
            dtype=np.dtype(self.dtype),
        )

    def _train(self, X, y, network, evolution, feed, targets, constant):
        n_threads = effective_n_threads(self.n_jobs, n_items=4)
        self.loss_curve_, self.n_active_ = [], []
        context = self._init_callback_context(max_subtasks=self.max_iter)
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        for epoch in range(self.max_iter):
            task = context.subcontext(task_name="epoch")
            task.call_on_fit_task_begin(estimator=self, X=X, y=y)
            # Overflow is looked for below, where it can be explained.
            with np.errstate(all="ignore"):
                network.reset_velocity()
                loss = network.train_epoch(feed, targets, n_threads)
            if not np.isfinite(loss):
                raise ValueError(
                    f"The training diverged with learning_rate={self.learning_rate}: "
                    "the loss is no longer finite. Use a smaller learning_rate, or a "
                    "scaling that brings the columns near unit variance."
                )
            self.loss_curve_.append(float(loss))
            self.n_active_.append(evolution.n_active())
            if epoch + 1 < self.max_iter:  # the last links stay as they were trained
                evolution.step(feed, targets, n_threads)
            stop = task.call_on_fit_task_end(
                estimator=self,
                X=X,
                y=y,
                metadata={"loss": float(loss), "n_active": self.n_active_[-1]},
                reconstruction_attributes=lambda: self._state_after_epoch(
                    evolution, constant
                ),
            )
            if stop:
                break
        self.n_iter_ = len(self.loss_curve_)
        context.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes={}
        )

    def _state_after_epoch(self, evolution, constant):
        """Fitted attributes as if the training had ended here."""
        self.n_iter_ = len(self.loss_curve_)
        self._select(evolution, constant)
        return {name: value for name, value in vars(self).items() if name[-1] == "_"}


def _start_small(layer):
    """Shrink the weights, so that strong ones have grown."""
    squares = np.square(layer.weights, dtype=np.float64).sum()
    deviation = np.sqrt(squares / layer.n_hidden)  # for columns of unit variance
    layer.weights *= min(1.0, _SMALL_START / deviation)
