# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows that cover their class on a neighbour graph."""

from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from sklearn_fs._sklearn_compat import Interval, StrOptions
from sklearn_fs.instance_selection._base import (
    DISTANCE_CONSTRAINTS,
    QUOTA_CONSTRAINTS,
    BaseInstanceSelector,
)
from sklearn_fs.instance_selection._graph_params import GRAPH_CONSTRAINTS, build_graph
from sklearn_fs.instance_selection._selection import (
    select_cover,
    select_suppress,
    select_top,
    vote_scores,
)
from sklearn_fs.instance_selection._targets import encode_target, is_regression

TASK_CONSTRAINTS = {
    "task": [StrOptions({"auto", "classification", "regression"})],
    "n_bins": [Interval(Integral, 1, None, closed="left")],
}


class GraphCoverageSelector(BaseInstanceSelector):
    """Keep the rows that best cover their class on a neighbour graph.

    A row covers its neighbours of the same class, the more the nearer they are and
    the more its own neighbourhood agrees with its label. The kept rows maximise the
    covered total (sparse facility location), found greedily, which is within
    1 - 1/e of the optimum. Rows with a wrong label have few friends around them and
    are therefore left out.

    Read more in the :ref:`User Guide <instance_selection>`.

    Parameters
    ----------
    n_samples : float, int or dict, default=0.1
        A float in (0, 1] is the share of every class to keep, an int the total over
        all classes in their proportion, a dict the number for each label (labels
        that it does not name keep all rows).

    min_per_class : int, default=5
        No class is cut below this number of rows (or all that it has).

    graph : str, estimator or sparse array, default="auto"
        Where neighbours are looked for. "knn": among all rows, exactly; "rp_forest":
        in the leaves of random projection trees; "batch": in disjoint stratified
        batches; "chunk": in overlapping windows over the shuffled rows; "lsh",
        "lsh_multi_level", "lsh_multi_view": in the buckets of sign hashing with one
        code, one code at several lengths, several codes. "auto" is "knn" up to
        20 000 rows, else "rp_forest". An object with `fit` and `kneighbors` is
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

    importance : {"vote"} or None, default="vote"
        How far a row is trusted to cover others: the weighted share of its
        neighbours that have its label, or all rows alike.

    selection : {"cover", "suppress", "topk"}, default="cover"
        "cover" is greedy coverage; "suppress" takes rows by falling `importance`
        unless a neighbour was taken; "topk" takes them by `importance` alone. With
        `importance=None` the last two rank the rows by the weight of their edges.

    task : {"auto", "classification", "regression"}, default="auto"
        For regression the target is cut into strata that play the part of classes.

    n_bins : int, default=10
        Strata of a regression target.

    n_jobs : int, default=None
        Threads; the result does not depend on them.

    random_state : int, RandomState instance or None, default=None
        Seed of the approximate graphs. "knn" uses no random numbers.

    Attributes
    ----------
    sample_indices_ : ndarray of shape (n_selected,)
        The kept rows, ascending.

    support_ : ndarray of shape (n_samples,), bool
        Mask of the kept rows.

    selection_order_ : ndarray of shape (n_selected,)
        The kept rows by falling gain ("cover" only).

    gains_ : ndarray of shape (n_selected,)
        What each row of `selection_order_` added to the coverage of its class when
        it was chosen; never rising ("cover" only).

    scores_ : ndarray of shape (n_samples,)
        `importance` of each row.

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
    GAISSelector : The same graph, ranked by graph attention.
    InstanceSelectionEstimator : Fit any estimator on the kept rows in a pipeline.

    Notes
    -----
    The graph is that of scalable graph-attention instance selection [1]_, without
    the network; the coverage is ours. With n rows, d columns and k neighbours the
    approximate graphs cost O(n d) for each row of a leaf or batch, the exact one
    O(n^2 d); the selection costs O(n k log n). Memory is O(n k).

    A continuous `y` is taken as regression; pass `task="classification"` to have it
    refused. `weights_` comes from an exact search up to 2e9 pairs and from a search
    in projection trees above.

    References
    ----------
    .. [1] Rustamov, Zaitouny & Zaki, "Scalable Graph Attention-based Instance
       Selection via Mini-Batch Sampling and Hierarchical Hashing", arXiv 2502.20293.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn_fs.instance_selection import GraphCoverageSelector
    >>> X, y = load_digits(return_X_y=True)
    >>> X_few, y_few = GraphCoverageSelector(n_samples=0.05).fit_resample(X, y)
    >>> X_few.shape
    (90, 64)
    """

    _parameter_constraints = {
        **QUOTA_CONSTRAINTS,
        **GRAPH_CONSTRAINTS,
        **DISTANCE_CONSTRAINTS,
        "importance": [StrOptions({"vote"}), None],
        "selection": [StrOptions({"cover", "suppress", "topk"})],
        **TASK_CONSTRAINTS,
        "random_state": ["random_state"],
    }
    _y_is_optional = True

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
        importance="vote",
        selection="cover",
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
        self.importance = importance
        self.selection = selection
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
        rng = check_random_state(self.random_state)
        quotas = self._quotas(codes, classes)
        graph = build_graph(self, points, codes, rng, large="rp_forest")
        # Without labels every neighbour agrees: all rows are trusted alike.
        if self.importance == "vote" and len(classes) > 1:
            self.scores_ = vote_scores(graph, codes)
            trust = self.scores_
        else:
            self.scores_ = np.zeros(len(codes))
            linked = np.diff(graph.indptr) > 0
            self.scores_[linked] = np.add.reduceat(
                graph.weights, graph.indptr[:-1][linked], dtype=np.float64
            )
            trust = np.ones(len(codes))
        if self.selection == "cover":
            self.selection_order_, self.gains_ = select_cover(
                graph, codes, quotas, trust
            )
            return self.selection_order_
        if self.selection == "suppress":
            return select_suppress(graph, codes, quotas, self.scores_)
        return select_top(codes, quotas, self.scores_)
