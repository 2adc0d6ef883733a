# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows ranked by graph attention."""

import re
from numbers import Integral, Real

import numpy as np
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state

from sklearn_fs._sklearn_compat import Interval, StrOptions
from sklearn_fs.instance_selection._attention_scores import (
    score_rows,
    train_network,
    training_batches,
)
from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    QUOTA_CONSTRAINTS,
    BaseInstanceSelector,
    top_up,
)
from sklearn_fs.instance_selection._coverage import TASK_CONSTRAINTS
from sklearn_fs.instance_selection._graph_params import GRAPH_CONSTRAINTS, build_graph
from sklearn_fs.instance_selection._quotas import class_quotas
from sklearn_fs.instance_selection._selection import (
    neighbor_sums,
    select_cover,
    select_local_max,
    select_suppress,
    select_threshold,
    select_top,
    vote_scores,
)
from sklearn_fs.instance_selection._targets import encode_target, is_regression

_COUNT = [Interval(Integral, 1, None, closed="left")]
_NOT_NEGATIVE = [Interval(Real, 0, None, closed="left")]


class GAISSelector(CallbackSupportMixin, BaseInstanceSelector):
    """Keep the rows to which graph attention points.

    A graph attention network is trained to tell the label of every row from its
    neighbours. A row that its own class attends to, and other classes do not, scores
    high; the best rows that are no neighbours of each other are kept. This family of
    methods is inspired by [1]_ and [2]_; it does not claim to reproduce their
    tables, and :class:`GraphCoverageSelector` does as well without a network.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_samples : float, int, dict or "auto", default=0.1
        A float in (0, 1] is the share of every class to keep, an int the total over
        all classes in their proportion, a dict the number for each label. "auto"
        leaves the number to `selection`, which then is "local_max" or "threshold".

    min_per_class : int, default=5
        No class is cut below this number of rows (or all that it has).

    graph : str, estimator or sparse array, default="auto"
        Where neighbours are looked for. "knn": among all rows, exactly; "rp_forest":
        in the leaves of random projection trees; "batch": in disjoint stratified
        batches; "chunk": in overlapping windows over the shuffled rows; "lsh",
        "lsh_multi_level", "lsh_multi_view": in the buckets of sign hashing with one
        code, one code at several lengths, several codes. "auto" is "knn" up to
        20 000 rows, else "batch". An object with `fit` and `kneighbors` is
        cloned and asked; a sparse array of shape (n_samples, n_samples) holds the
        distances themselves.

    n_neighbors : int, default=10
        Neighbours of each row before the graph is made symmetric; at most the number
        of other rows.

    batch_size : int, default=1000
        Rows of a batch or window.

    overlap : float, default=0.1
        Share of a window that it has in common with the next ("chunk").

    edge_drop : float, default=0.0
        Random share of the edges to leave out.

    min_weight : float, default=0.0
        Edges of a lower weight are left out.

    n_bits : int or "auto", default="auto"
        Bits of a hash code; "auto" makes buckets of about 64 rows.

    n_levels : int, default=3
        Lengths of the code ("lsh_multi_level").

    n_views : int, default=3
        Independent codes ("lsh_multi_view").

    max_bucket : int, default=512
        Larger buckets are split at random.

    n_trees : int, default=6
        Trees of "rp_forest".

    bandwidth : {"median", "local"}, default="median"
        Scale s of the weights `exp(-d^2 / (2 s_i s_j))`: the median edge, or for each
        row the distance to its last neighbour.

    metric : {"euclidean", "cosine"}, default="euclidean"
        Distance between rows.

    standardize : bool, default=True
        Divide every column by its standard deviation first.

    attention : {"v1", "v2"}, default="v1"
        GAT [3]_ or GATv2 [4]_ attention.

    n_heads : int, default=4
        Attention heads of the first layer, at most 16.

    hidden_units : int, default=8
        Units of each head.

    dropout : float, default=0.3
        Share of the inputs of both layers, and of the attention, that is left out
        while training.

    learning_rate : float, default=0.01
        Step of Adam.

    alpha : float, default=5e-4
        L2 penalty of all parameters except the intercepts.

    max_iter : int, default=60
        Epochs at most; 0 scores with a network that was not trained.

    tol : float, default=1e-4
        Least improvement of the loss that counts.

    n_iter_no_change : int, default=10
        Epochs without improvement after which training stops.

    max_train_batches : int or None, default=20
        Train on this many batches at most, drawn at random; all rows are scored.

    class_weight : "balanced", dict or None, default=None
        Weight of each label in the loss.

    importance : str, default="attention"
        Score of a row. "attention": attention received from rows of its class minus
        that from others; "attention_total": attention received; "confidence":
        probability of its label; "margin": that minus the largest other; without
        training "degree": as "attention" with the weights of the graph, and "vote":
        share of its neighbours that have its label.

    selection : str, default="suppress"
        "suppress": by falling score, unless a neighbour was taken; "topk": by score;
        "cover": greedy coverage of the class, trusting rows by `importance`
        ("vote", "confidence") or all alike; "local_max": rows without a better
        neighbour of their class; "threshold": rows at or above `threshold`.

    threshold : float or str, default=None
        For "threshold": a score, or a quantile of each class such as "q0.96".

    task : {"auto", "classification", "regression"}, default="auto"
        For regression the target is cut into strata that play the part of classes.

    n_bins : int, default=10
        Strata of a regression target.

    n_jobs : int, default=None
        Threads of the graph and of the scoring; the result does not depend on them.

    random_state : int, RandomState instance or None, default=None
        Seed of the graph, the network and the dropout.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_selected,)
        The kept rows, ascending.

    support_ : ndarray of shape (n_samples,), bool
        Mask of the kept rows.

    scores_ : ndarray of shape (n_samples,)
        `importance` of each row.

    loss_curve_ : ndarray of shape (`n_iter_`,)
        Mean loss of each epoch; empty without training.

    n_iter_ : int
        Epochs; 0 without training.

    selection_order_ : ndarray of shape (n_selected,)
        The kept rows by falling gain ("cover" only).

    gains_ : ndarray of shape (n_selected,)
        What each row of `selection_order_` added ("cover" only).

    weights_ : ndarray of shape (n_selected,)
        For how many rows of its class each kept row is the nearest kept one. They
        sum to the number of rows.

    sampling_strategy_ : dict
        Number of kept rows of each class.

    reduction_ : float
        Share of the rows that was left out.

    classes_ : ndarray of shape (n_classes,)
        Labels; for regression the mean target of each stratum.

    n_samples_seen_ : int
        Number of rows seen in `fit`.

    n_features_in_ : int
        Number of columns seen in `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X has them.

    See Also
    --------
    GraphCoverageSelector : The recommended selector on the same graph.

    Notes
    -----
    With E edges, H heads of C units and n rows an epoch costs O(n d H C + E H C) on
    the training batches. Memory is O(n k) for the graph and O(E H) for a batch.

    References
    ----------
    .. [1] Rustamov, Zaitouny, Damseh & Zaki, "GAIS: A Novel Approach to Instance
       Selection with Graph Attention Networks", arXiv 2412.19201.
    .. [2] Rustamov, Zaitouny & Zaki, "Scalable Graph Attention-based Instance
       Selection via Mini-Batch Sampling and Hierarchical Hashing", arXiv 2502.20293.
    .. [3] Veličković et al., "Graph Attention Networks", arXiv 1710.10903.
    .. [4] Brody, Alon & Yahav, "How Attentive are Graph Attention Networks?", arXiv
       2105.14491.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.instance_selection import GAISSelector
    >>> X, y = load_iris(return_X_y=True)
    >>> selector = GAISSelector(max_iter=5, random_state=0).fit(X, y)
    >>> selector.sampling_strategy_
    {0: 5, 1: 5, 2: 5}
    """

    _parameter_constraints = {
        **QUOTA_CONSTRAINTS,
        "n_samples": [*QUOTA_CONSTRAINTS["n_samples"], StrOptions({"auto"})],
        **GRAPH_CONSTRAINTS,
        **DISTANCE_CONSTRAINTS,
        "attention": [StrOptions({"v1", "v2"})],
        "n_heads": [Interval(Integral, 1, 16, closed="both")],
        "hidden_units": _COUNT,
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "alpha": _NOT_NEGATIVE,
        "max_iter": [Interval(Integral, 0, None, closed="left")],
        "tol": _NOT_NEGATIVE,
        "n_iter_no_change": _COUNT,
        "max_train_batches": [*_COUNT, None],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "importance": [
            StrOptions(
                {
                    "attention",
                    "attention_total",
                    "confidence",
                    "margin",
                    "degree",
                    "vote",
                }
            )
        ],
        "selection": [
            StrOptions({"cover", "local_max", "suppress", "threshold", "topk"})
        ],
        "threshold": [Real, str, None],
        **TASK_CONSTRAINTS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_samples=0.1,
        *,
        min_per_class=5,
        graph="auto",
        n_neighbors=10,
        batch_size=1000,
        overlap=0.1,
        edge_drop=0.0,
        min_weight=0.0,
        n_bits="auto",
        n_levels=3,
        n_views=3,
        max_bucket=512,
        n_trees=6,
        bandwidth="median",
        metric="euclidean",
        standardize=True,
        attention="v1",
        n_heads=4,
        hidden_units=8,
        dropout=0.3,
        learning_rate=0.01,
        alpha=5e-4,
        max_iter=60,
        tol=1e-4,
        n_iter_no_change=10,
        max_train_batches=20,
        class_weight=None,
        importance="attention",
        selection="suppress",
        threshold=None,
        task="auto",
        n_bins=10,
        n_jobs=None,
        random_state=None,
    ):
        self.n_samples = n_samples
        self.min_per_class = min_per_class
        self.graph = graph
        self.n_neighbors = n_neighbors
        self.batch_size = batch_size
        self.overlap = overlap
        self.edge_drop = edge_drop
        self.min_weight = min_weight
        self.n_bits = n_bits
        self.n_levels = n_levels
        self.n_views = n_views
        self.max_bucket = max_bucket
        self.n_trees = n_trees
        self.bandwidth = bandwidth
        self.metric = metric
        self.standardize = standardize
        self.attention = attention
        self.n_heads = n_heads
        self.hidden_units = hidden_units
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.alpha = alpha
        self.max_iter = max_iter
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.max_train_batches = max_train_batches
        self.class_weight = class_weight
        self.importance = importance
        self.selection = selection
        self.threshold = threshold
        self.task = task
        self.n_bins = n_bins
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _encode(self, y):
        return encode_target(
            y, task=self.task, n_bins=self.n_bins, min_per_class=self.min_per_class
        )

    def _is_regression(self, y):
        return is_regression(y, self.task)

    def _select(self, points, codes, classes):
        self._check_selection()
        rng = check_random_state(self.random_state)
        graph = build_graph(self, points, codes, rng, large="batch")
        self.loss_curve_, self.n_iter_ = np.empty(0), 0
        if self.importance == "vote":
            self.scores_ = vote_scores(graph, codes)
        elif self.importance == "degree":
            own, total = neighbor_sums(graph, codes)
            self.scores_ = 2.0 * own - total
        else:
            batches = training_batches(graph, points, self.graph)
            network, self.loss_curve_ = train_network(
                self, points, graph, batches, codes, classes, rng
            )
            self.n_iter_ = len(self.loss_curve_)
            self.scores_ = score_rows(
                network, points, graph, batches, codes, self.importance, self.n_jobs
            )
        return self._apply_selection(graph, codes, classes)

    def _check_selection(self):
        sized = self.selection not in ("local_max", "threshold")
        automatic = isinstance(self.n_samples, str)
        if sized and automatic:
            raise ValueError(
                f'n_samples="auto" leaves the number to the rule, but '
                f"selection={self.selection!r} needs one; give n_samples, or use "
                'selection="local_max" or "threshold".'
            )
        if self.selection == "threshold":
            quantile = r"q(0?\.\d+|0|1|[01]\.0*)"
            if self.threshold is None or (
                isinstance(self.threshold, str)
                and not re.fullmatch(quantile, self.threshold)
            ):
                raise ValueError(
                    f'selection="threshold" needs a number or a quantile such as '
                    f'"q0.96" as threshold, got {self.threshold!r}.'
                )

    def _apply_selection(self, graph, codes, classes):
        scores = self.scores_
        if self.selection in ("local_max", "threshold"):
            if self.selection == "local_max":
                kept = select_local_max(graph, codes, scores)
            else:
                kept = select_threshold(codes, len(classes), scores, self.threshold)
            return self._within_quotas(kept, codes, classes)
        quotas = self._quotas(codes, classes)
        if self.selection == "topk":
            return select_top(codes, quotas, scores)
        if self.selection == "suppress":
            return select_suppress(graph, codes, quotas, scores)
        trusted = self.importance in ("vote", "confidence")
        trust = scores if trusted else np.ones(len(codes))
        self.selection_order_, self.gains_ = select_cover(graph, codes, quotas, trust)
        return self.selection_order_

    def _within_quotas(self, kept, codes, classes):
        """At least min_per_class rows; at most n_samples, unless that is "auto"."""
        kept = top_up(kept, codes, classes, self.scores_, self.min_per_class)
        if isinstance(self.n_samples, str):
            return kept
        counts = np.bincount(codes, minlength=len(classes))
        quotas = class_quotas(self.n_samples, counts, classes, self.min_per_class)
        # The best of the rows that passed the rule.
        passed = np.full(len(codes), -np.inf)
        passed[kept] = self.scores_[kept]
        quotas = np.minimum(quotas, np.bincount(codes[kept], minlength=len(classes)))
        return select_top(codes, quotas, passed)
