# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns chosen without labels, by a truly sparse autoencoder."""

import warnings
from numbers import Integral, Real

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from sklearn_fs._sklearn_compat import (
    Interval,
    RealNotInt,
    StrOptions,
    _fit_context,
)
from sklearn_fs._utils._numeric import numbers_only
from sklearn_fs._utils._threads import effective_n_threads
from sklearn_fs._utils._top_k import order_by_score
from sklearn_fs.base import FeatureSelectorMixin
from sklearn_fs.feature_selection._quick_selection_plan import DEFAULTS, resolve_plan
from sklearn_fs.feature_selection._quick_selection_ranking import RankingMixin
from sklearn_fs.neural_network._sparse_autoencoder import SparseAutoencoder
from sklearn_fs.neural_network._table_feed import (
    BatchFeed,
    ColumnStatistics,
    canonical_csr,
    permuted_columns,
    scaling_of,
)


class QuickSelection(
    RankingMixin, CallbackSupportMixin, FeatureSelectorMixin, BaseEstimator
):
    """Select columns without labels, by training a sparse autoencoder.

    One hidden layer with few links learns to rebuild the table from a noisy copy of
    it, while weak links are replaced by new ones. Columns that the network needs
    collect strong links. A greedy walk then keeps the columns that together rebuild
    all others, and stops where permuted columns would do as well.

    ``QuickSelection(redundancy=None)`` is the method of [1]_: columns are ranked by
    the sum of the absolute weights of their links, without the walk.

    Read more in the :ref:`User Guide <quick_selection>`.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=None
        Number of columns. A float is a share, None is half of them. "auto" keeps
        what beats the shadow columns (`n_shadows`), at least one.
    strategy : {"set", "wast", "static"}, default="set"
        How the links evolve. "set" [1]_: after every epoch the weakest are replaced
        at random. "wast" [2]_: after every batch, in favour of important columns.
        "static": never.
    max_iter : int, default=10
        Number of epochs. On the smallest tables 100 are better.
    n_hidden : int, default=None
        Hidden units. None: 1000 ("set", "static") or 200 ("wast"), and at most 10
        for each column.
    epsilon : float, default=None
        A layer has `epsilon * (n_features + n_hidden)` links. None: 13.
    density : float, default=None
        Share of all possible links instead of `epsilon`. None: 0.2 for "wast".
    zeta : float, default=None
        Share of the links replaced each time. None: 0.2 ("set") or 0.3 ("wast").
    noise_factor : float, default=0.2
        Standard deviation of the noise added to the scaled input.
    dropout : float, default=None
        Share of the hidden units left out of a step. None: 0.2, or 0 ("wast").
    activation : {"sigmoid", "tanh", "relu"}, default="sigmoid"
        Activation of the hidden units.
    output_activation : {"identity", "tanh"}, default="identity"
        Activation of the output units.
    learning_rate : float, default=None
        Step length. None: 0.01, or 0.1 ("wast", whose loss is a mean over columns).
    momentum : float, default=0.9
        Momentum of the gradient descent.
    weight_decay : float, default=None
        Share of every weight taken off in a step. None: 1e-5, or 0 ("wast").
    batch_size : int, default=None
        Rows in a step. None: 100, or 128 ("wast").
    scaling : {"auto", "standard", "minmax", "bounded", "global"} or None, \
            default="auto"
        Scale on which the columns are compared. "standard": unit variance, so that
        units of measurement do not matter. "global": one mean and deviation for the
        whole table, for columns that share one unit. "bounded": the deviation of a
        column, relative to the median column's, is kept within a factor of 3.
        "auto": "global" where at least 90 % of the entries are zero; else
        "standard" for the network ("global" with "wast") and the range of a column
        for the walk. The output of `transform` is never scaled.
    error_weight : float, default=0.9
        For "wast": weight of the reconstruction error in the importance.
    importance : {"auto", "strength", "accumulated", "cross", "mutual"}, default="auto"
        "strength": sum of the absolute weights. "accumulated": the running
        importance of "wast". "cross": response of the other outputs to an input.
        "mutual": the same plus the response of its own output to the other inputs.
        "auto": "mutual" with `redundancy="span"`, else "strength" ("set", "static")
        or "accumulated" ("wast").
    redundancy : {"span"} or None, default="span"
        "span": choose columns that rebuild the table together; the importance
        ranks what is left. None: choose by importance alone.
    n_shadows : int, default=100
        Permuted copies of columns, which show what chance would reach.
    tol : float, default=None
        Stop when the strongest columns of two epochs agree up to this share,
        `n_iter_no_change` times in a row. None: train `max_iter` epochs.
    n_iter_no_change : int, default=3
        See `tol`.
    warm_start : bool, default=False
        Continue the training of the last `fit` instead of starting anew.
    dtype : {"float32", "float64"}, default="float32"
        Precision of the network.
    n_jobs : int, default=None
        Threads. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of links, noise, batches and shadows.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The higher, the better. With "span", column t of the walk has
        2 - t / `n_features_to_select_`, and the others their importance scaled to
        [0, 1). Constant columns have -1.
    importances_ : ndarray of shape (n_features,)
        Importance by the network, unscaled.
    ranking_ : ndarray of shape (n_features,)
        1 for selected columns, then 2, 3, ... by falling score.
    support_ : ndarray of bool of shape (n_features,)
        The selected columns.
    n_features_to_select_ : int
        Number of selected columns.
    n_spanned_ : int
        Columns chosen by the walk; the rest were filled up by importance. Only with
        `redundancy="span"`.
    span_gains_ : ndarray of shape (`n_spanned_`,)
        Share of the variance of all other columns that each step of the walk
        explained. Only with `redundancy="span"`.
    shadow_scores_ : ndarray
        What shadows reached: their largest gain at each step of the walk, or their
        importances with `n_features_to_select="auto"` and `redundancy=None`.
    loss_curve_ : list of float
        Mean squared error of an entry (scaled) in each epoch.
    topk_overlap_ : list of float
        Share of the strongest columns that were among them one epoch earlier.
    n_iter_ : int
        Epochs trained.
    n_connections_ : int
        Links in both layers.
    coefs_ : list of two sparse arrays of shape (n_features, n_hidden)
        Weights between the inputs and the hidden units, and between the outputs and
        the hidden units, in CSR format.
    intercepts_ : list of two ndarray
        Biases of the hidden and of the output units.
    mean_, scale_ : ndarray of shape (n_features,)
        Centre and scale of the columns before training.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during fit, if they are all strings.

    See Also
    --------
    NeuroFS : The supervised relative.
    sklearn.feature_selection.VarianceThreshold : Removes constant columns.

    Notes
    -----
    An epoch costs O(n_samples * links), the walk O(n_features_to_select * n * d) on
    at most 20 000 rows, memory follows the links. Ranking and walk continue each
    other: one fit with a large number of columns answers for all smaller ones, by
    `scores_`.

    Departures from the published programs: the number of links is exact, noise is
    drawn anew for each batch, dropped units get no gradient, and the last partial
    batch is used. None of them changed the selection in our measurements.

    References
    ----------
    .. [1] Atashgahi et al., "Quick and Robust Feature Selection: the Strength of
       Energy-efficient Sparse Training for Autoencoders", Machine Learning 111,
       2022. arXiv:2012.00560.
    .. [2] Sokar et al., "Where to Pay Attention in Sparse Training for Feature
       Selection?", NeurIPS 2022. arXiv:2211.14627.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.feature_selection import QuickSelection
    >>> rng = np.random.RandomState(0)
    >>> hidden = rng.standard_normal((200, 2))
    >>> X = np.c_[rng.standard_normal((200, 4)), hidden, hidden + 0.1]
    >>> selector = QuickSelection(n_features_to_select=2, random_state=0).fit(X)
    >>> selector.get_support(indices=True) >= 4
    array([ True,  True])
    """

    _parameter_constraints = {
        "n_features_to_select": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            StrOptions({"auto"}),
            None,
        ],
        "strategy": [StrOptions({"set", "wast", "static"})],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_hidden": [Interval(Integral, 1, None, closed="left"), None],
        "epsilon": [Interval(Real, 0, None, closed="neither"), None],
        "density": [Interval(Real, 0, 1, closed="right"), None],
        "zeta": [Interval(Real, 0, 1, closed="left"), None],
        "noise_factor": [Interval(Real, 0, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left"), None],
        "activation": [StrOptions({"sigmoid", "tanh", "relu"})],
        "output_activation": [StrOptions({"identity", "tanh"})],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
        "momentum": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, 1, closed="left"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left"), None],
        "scaling": [
            StrOptions({"auto", "standard", "minmax", "bounded", "global"}),
            None,
        ],
        "error_weight": [Interval(Real, 0, 1, closed="both")],
        "importance": [
            StrOptions({"auto", "strength", "accumulated", "cross", "mutual"})
        ],
        "redundancy": [StrOptions({"span"}), None],
        "n_shadows": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, 1, closed="both"), None],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "warm_start": ["boolean"],
        "dtype": [StrOptions({"float32", "float64"})],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_features_to_select=None,
        *,
        strategy="set",
        max_iter=10,
        n_hidden=None,
        epsilon=None,
        density=None,
        zeta=None,
        noise_factor=0.2,
        dropout=None,
        activation="sigmoid",
        output_activation="identity",
        learning_rate=None,
        momentum=0.9,
        weight_decay=None,
        batch_size=None,
        scaling="auto",
        error_weight=0.9,
        importance="auto",
        redundancy="span",
        n_shadows=100,
        tol=None,
        n_iter_no_change=3,
        warm_start=False,
        dtype="float32",
        n_jobs=None,
        random_state=None,
    ):
        self.n_features_to_select = n_features_to_select
        self.strategy = strategy
        self.max_iter = max_iter
        self.n_hidden = n_hidden
        self.epsilon = epsilon
        self.density = density
        self.zeta = zeta
        self.noise_factor = noise_factor
        self.dropout = dropout
        self.activation = activation
        self.output_activation = output_activation
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.scaling = scaling
        self.error_weight = error_weight
        self.importance = importance
        self.redundancy = redundancy
        self.n_shadows = n_shadows
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.dtype = dtype
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Train the network and select columns.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The table; a sparse one is made dense one batch at a time.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted selector.
        """
        continued = self.warm_start and hasattr(self, "_training")
        X = self._validate(X, reset=not continued)
        if not continued:
            self._start(X)
        self._train(X, y, self.max_iter)
        self._select(X)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None):
        """Train one epoch over these rows, and select columns by what is known.

        The first call fixes the number of columns and their scaling; the walk of
        `redundancy="span"` sees the rows of the last call only.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The selector.
        """
        first = not hasattr(self, "_training")
        X = self._validate(X, reset=first)
        if first:
            self._start(X)
        self._train(X, y, 1)
        self._select(X)
        return self

    def _validate(self, X, *, reset):
        # Floats are read as they are. Small integers, such as pixels, fit float32.
        dtype = [np.float64, np.float32]
        given = getattr(X, "dtype", None)
        if isinstance(given, np.dtype) and given.kind in "iub" and given.itemsize <= 2:
            dtype = np.float32
        with numbers_only(X):
            X = validate_data(
                self,
                X,
                reset=reset,
                accept_sparse="csr",
                dtype=dtype,
                ensure_min_samples=2,
            )
        return canonical_csr(X) if sparse.issparse(X) else X

    # Training

    def _start(self, X):
        """Draw the network; everything that only the first rows decide."""
        random_state = check_random_state(self.random_state)
        # The stages own independent streams: a longer training or other shadows
        # change nothing else.
        seeds = random_state.randint(np.iinfo(np.int32).max, size=3)
        statistics = ColumnStatistics(X)
        scaling = self.scaling
        if scaling == "auto":
            scaling = DEFAULTS[self.strategy]["scaling"]
        self.mean_, self.scale_ = scaling_of(scaling, statistics)
        self._constant = statistics.constant
        self._shared_unit = statistics.zero_share >= 0.9
        self._walk_scale = self.scale_
        if self.scaling == "auto":
            # The range of a column is free of its unit too, and a column with a few
            # large values counts less than at unit variance.
            kind = "global" if self._shared_unit else "minmax"
            _, self._walk_scale = scaling_of(kind, statistics)
        self._warn_if_tiny(statistics)
        self._shadow_sources = None
        n_visible = X.shape[1]
        if self.n_features_to_select == "auto" and self.redundancy is None:
            shadows = np.random.RandomState(seeds[1])
            varying = np.flatnonzero(~statistics.constant)
            pool = varying if varying.size else np.arange(X.shape[1])
            self._shadow_sources = shadows.choice(pool, self.n_shadows)
            n_visible += self.n_shadows
        self._seeds = seeds
        plan = resolve_plan(self, n_visible)
        self._training = SparseAutoencoder(
            n_visible, plan, np.random.RandomState(seeds[0])
        )
        self.loss_curve_, self.topk_overlap_ = [], []
        self._strongest = None
        self.n_iter_ = 0

    def _warn_if_tiny(self, statistics):
        """Without signal in the inputs the links never learn anything."""
        moved = (statistics.mean - self.mean_) ** 2
        mean_square = np.mean((statistics.std**2 + moved) / self.scale_**2)
        if mean_square < 0.1 and not statistics.constant.all():
            warnings.warn(
                f"The scaled columns have a mean square of {mean_square:.2g}, too "
                "little for the links to learn from; use scaling='global' or "
                f"scaling='standard' instead of scaling={self.scaling!r}.",
                UserWarning,
                stacklevel=4,
            )

    def _feed(self, X):
        tables, centre, scale = [X], self.mean_, self.scale_
        if self._shadow_sources is not None:
            sources = self._shadow_sources
            tables.append(permuted_columns(X[:, sources], self._seeds[1]))
            centre = np.concatenate([centre, centre[sources]])
            scale = np.concatenate([scale, scale[sources]])
        return BatchFeed(tables, centre, scale)

    def _train(self, X, y, n_epochs):
        network = self._training
        feed = self._feed(X)
        n_threads = effective_n_threads(self.n_jobs, n_items=4)
        n_top = self._n_wanted(X.shape[1])
        context = self._init_callback_context(max_subtasks=n_epochs)
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        n_stable = 0
        for _ in range(n_epochs):
            epoch = context.subcontext(task_name="epoch")
            epoch.call_on_fit_task_begin(estimator=self, X=X, y=y)
            # Overflow is looked for below, where it can be explained.
            with np.errstate(over="ignore", invalid="ignore"):
                loss, n_rewired = network.train_epoch(feed, n_threads)
            if not np.isfinite(loss):
                rate = network.plan.learning_rate
                raise ValueError(
                    f"The training diverged with learning_rate={rate}: the loss is "
                    "no longer finite. Use a smaller learning_rate, or a scaling "
                    "that brings the columns near unit variance."
                )
            self.n_iter_ += 1
            self.loss_curve_.append(float(loss))
            overlap = self._overlap_of_strongest(n_top)
            stop = epoch.call_on_fit_task_end(
                estimator=self,
                X=X,
                y=y,
                metadata={
                    "loss": float(loss),
                    "n_rewired": n_rewired,
                    "topk_overlap": overlap,
                },
                reconstruction_attributes=lambda: self._state_after_epoch(X),
            )
            stable = self.tol is not None and overlap >= 1 - self.tol
            n_stable = n_stable + 1 if stable else 0
            if stop or n_stable >= self.n_iter_no_change:
                break
        context.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes={}
        )

    def _overlap_of_strongest(self, n_top):
        network = self._training
        strength = network.encoder.strength()
        if self.strategy == "wast":
            strength = network.accumulated_in
        strongest = order_by_score(strength[: self.n_features_in_])[:n_top]
        before, self._strongest = self._strongest, strongest
        overlap = 0.0
        if before is not None:
            overlap = len(np.intersect1d(before, strongest)) / n_top
        self.topk_overlap_.append(overlap)
        return overlap

    def _state_after_epoch(self, X):
        """Fitted attributes as if the training had ended here."""
        self._select(X)
        return {name: value for name, value in vars(self).items() if name[-1] == "_"}
