# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank: columns ranked by mutual information without the bias of cardinality."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import (
    _safe_indexing,
    check_consistent_length,
    check_random_state,
    column_or_1d,
)
from sklearn.utils.validation import validate_data

from sklearn_fs._sklearn_compat import (
    Interval,
    RealNotInt,
    StrOptions,
    _check_sample_weight,
    _fit_context,
)
from sklearn_fs._utils._threads import effective_n_threads
from sklearn_fs.base import FeatureSelectorMixin
from sklearn_fs.feature_selection._outrank_pairs import (
    PairAttributes,
    fit_pairs,
    forget_pairs,
    needs_pairs,
)
from sklearn_fs.feature_selection._outrank_report import TableReportMixin
from sklearn_fs.feature_selection._outrank_scores import ScoreAttributes
from sklearn_fs.feature_selection._outrank_shuffles import (
    add_controls,
    needs_rows,
    resolve_permutations,
)
from sklearn_fs.feature_selection._outrank_streaming import (
    StreamingMixin,
    sample_for_pairs,
)
from sklearn_fs.information._coded_table import CodedTable
from sklearn_fs.information._criteria import AGGREGATIONS, CRITERIA
from sklearn_fs.information._encoding import TableEncoder
from sklearn_fs.information._relevance import measure_relevance, score
from sklearn_fs.information._scores import MEASURES
from sklearn_fs.information._target import encode_target
from sklearn_fs.information._validation import (
    CHECK_PARAMS,
    check_frame,
    check_frequencies,
    is_frame,
)


class OutRank(
    StreamingMixin,
    TableReportMixin,
    PairAttributes,
    ScoreAttributes,
    FeatureSelectorMixin,
    BaseEstimator,
):
    """Rank columns by what they say about the target, whatever their cardinality.

    Mutual information grows with the number of values of a column even where there
    is nothing to know: a column of row numbers "explains" any target. OutRank takes
    off exactly what shuffled labels would give, counts once through the table, and
    says for each column how surprising the rest is. Columns may be words, categories,
    numbers, dates or sparse counts, with missing values, in any mixture.

    Read more in the :ref:`User Guide <outrank>`.

    Parameters
    ----------
    measure : {"rfi", "mi", "mi_corrected", "ami", "z", "mi_miller_madow", \
            "mi_randomized", "max_value_coverage", "loo", "pearson"}, default="rfi"
        The score. With I the mutual information and E what chance gives:

        - "rfi": (I - E) / H(y), the reliable fraction of information [2]_;
        - "mi": I; "mi_corrected": I - E, in nats;
        - "ami": (I - E) / (mean of the entropies - E), 1 for a renaming of y;
        - "z": the normal quantile of 1 - p;
        - "mi_miller_madow": I - (R - 1)(K - 1) / (2 n), for dense tables only;
        - "mi_randomized": what the published code of OutRank computes, see
          `correction="shift"`;
        - "max_value_coverage": share of the rows in the fullest cell;
        - "loo": leave-one-out gain in log-loss of a smoothed category mean;
        - "pearson": absolute correlation of the codes, for columns that are numeric
          or have two values; others raise an error.
    correction : {"exact", "permutation", "shift", "none"} or None, default="exact"
        How E is found. "exact" is the expectation over all permutations of the
        labels [1]_; "permutation" the mean over `n_permutations` of them; "shift"
        the noise control of the published code, whose own noise is of order
        n ** -0.5; "none" or None is 0.
    criterion : {"mim", "3mr", "mrmr", "jmi", "cmim"}, default="mim"
        How columns are ordered. "mim" takes each by itself, by its score. The others
        pick one after the other, by what it says about the target beyond chance
        (rfi, whatever `measure` is) and by its pairs with those picked before:

        - "3mr": relevance - redundancy + relation, see the parameters below;
        - "mrmr": relevance - mean adjusted mutual information with the picks;
        - "jmi": mean over the picks of what the column adds to each of them;
        - "cmim": the least of these.
    redundancy_weight : float, default=1.0
        Weight of the redundancy in "3mr" and "mrmr".
    relation_weight : float, default=1.0
        Weight of the relation in "3mr"; 0 saves most of the time.
    redundancy_scale : {"unit", "relevance"}, default="unit"
        "unit" compares adjusted mutual information with relevance as a share of the
        largest, so that the copy of a pick comes last (under "max", with a weight of
        at least 1, behind everything else); "relevance" multiplies it with
        the smaller relevance of the two, so that a copy counts as a column of noise.
    aggregation : {"max", "mean", "median", "sum"}, default="max"
        How "3mr" sums up redundancy and relation over the picks.
    relation : {"synergy", "joint"}, default="synergy"
        What two columns say together beyond the sum of what each says, where that is
        beyond doubt (`significance_gate`); or all that they say together.
    pairwise : "auto" or bool, default="auto"
        Which pairs are kept in `pairwise_scores_` and `relation_scores_`: what the
        criterion needed, all pairs (True, up to 2,000 columns), or none.
    interaction_order : {1, 2, 3}, default=1
        Up to how many columns are joined in the search for `interactions_`. From 2 on
        "3mr" also picks columns that say something with a partner only.
    max_interactions : int, default=2048
        Most pairs, and most triples, that are looked at: all if they are fewer, else
        half from the best columns and half at random.
    n_features_to_select : "auto", int, float or None, default="auto"
        "auto" keeps the columns that the Benjamini-Hochberg procedure finds at
        `alpha_fdr`, and at least `min_features_to_select`; with a criterion other
        than "mim" those of them that still add something when they are picked. An int
        is a number of columns, a float in (0, 1] a share, None half of them.
    alpha_fdr : float, default=0.05
        Rate of false discoveries for "auto".
    significance_gate : float or None, default=1e-3
        Columns with a p-value up to this come first, by score; the others follow by
        p-value. None orders by score alone. Other criteria than "mim" put columns
        first that pass and whose criterion is positive.
    categorical_features : {"auto", "all"}, array-like or None, default="auto"
        Which columns of numbers are categories. Words, categoricals, booleans and
        objects always are; under "auto" also integers of at most 256 values. A mask,
        indices or names choose by hand; None: no numbers.
    n_bins : {"auto", "uniform"}, int or array-like, default="auto"
        Bins of the other numbers: "auto" is clip(sqrt(n) / 2, 4, 32) quantiles,
        "uniform" as many of equal width, an int that many quantiles, an array the
        inner edges. Values that fill a bin alone keep it.
    n_target_bins : "auto" or int, default="auto"
        Bins of a continuous target; "auto" is clip(sqrt(n) / 2, 4, 10) quantiles.
        Whole numbers are classes, as everywhere in scikit-learn; with an int they are
        binned too where they have more values than that, such as a price or an age.
    missing : {"category", "drop"}, default="category"
        Missing values are a category of their own, or their rows are left out for
        this column.
    missing_values : tuple, default=()
        Values that mean missing, beside None, NaN, NaT and NA, such as `("", "?")`.
    max_categories : int, default=1048576
        For :meth:`partial_fit`: a column of more different words than this is counted
        in as many hash buckets, which can only lower its information. Powers of two
        can be merged with each other.
    pair_sample_size : int or None, default=200000
        Rows that are used, as a uniform sample, for what looks at pairs of columns;
        what each column says alone comes from all rows. None uses all.
    n_permutations : int, default=0
        Shuffles of the labels, shared by all columns. If positive, p-values come from
        their mean and spread, and adjusted ones are added. 0 means 10 for
        `correction="permutation"`, else none.
    min_features_to_select : int, default=1
        Fewest columns that "auto" keeps.
    noise_features : int, default=0
        Shuffled copies of randomly chosen columns, ranked beside the real ones as a
        control; they are never selected. Streams draw them from their counts.
    average_method : {"arithmetic", "max", "min", "geometric"}, default="arithmetic"
        Mean of the two entropies in "ami".
    random_state : int, RandomState instance or None, default=None
        For `n_permutations`, `noise_features` and combinations chosen at random; the
        rest is deterministic.
    n_jobs : int, default=None
        Threads: None means 1, -1 all. The result does not depend on it.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The chosen score; negative values say "less than chance" and are kept.
    ranking_ : ndarray of shape (n_features,)
        1 for selected columns, then 2, 3, ... by falling order.
    support_ : ndarray of shape (n_features,), dtype bool
        Mask of the selected columns.
    order_ : ndarray of shape (n_features,)
        All columns, best first.
    n_features_to_select_ : int
        Number of selected columns.
    pvalues_ : ndarray of shape (n_features,)
        Probability of at least this information under shuffled labels.
    pvalues_adjusted_ : ndarray of shape (n_features,)
        Westfall-Young p-values over all columns; only after :meth:`fit` with
        `n_permutations`.
    z_scores_ : ndarray of shape (n_features,)
        Normal quantiles of 1 - p; 0 where chance leaves nothing open.
    mutual_info_ : ndarray of shape (n_features,)
        Plug-in mutual information I in nats.
    expected_mutual_info_ : ndarray of shape (n_features,)
        Its exact expectation under shuffled labels, in nats.
    std_mutual_info_ : ndarray of shape (n_features,)
        Its standard deviation under shuffled labels, in nats.
    entropy_ : ndarray of shape (n_features,)
        Entropy of each column as coded, in nats.
    target_entropy_ : float
        Entropy of the target in nats.
    cardinality_ : ndarray of shape (n_features,)
        Number of different values (bins for numbers), missing not counted.
    coverage_ : ndarray of shape (n_features,)
        Share of the rows that are not missing.
    pairwise_scores_ : ndarray of shape (n_features, n_features)
        Adjusted mutual information of pairs, NaN where not computed; put together
        when it is asked for.
    relation_scores_ : ndarray of shape (n_features, n_features)
        Relation of pairs as `criterion` counts it, as a share of the entropy of the
        target; NaN where not computed.
    interactions_ : structured ndarray
        Fields i, j (and k, -1 for a pair), joint, synergy and z by falling synergy:
        corrected information of the joint column with the target in nats, what of it
        is beyond the sum of its members (for a triple: beyond its best pair), and that
        in standard deviations of chance. Only with `interaction_order` above 1.
    kinds_ : ndarray of shape (n_features,), dtype object
        "categorical" or "numeric": how each column was read.
    noise_scores_ : ndarray of shape (noise_features,)
        Scores of the controls; only with `noise_features`.
    n_above_noise_ : int
        Real columns with a score above the best control; only with
        `noise_features`.
    classes_ : ndarray of shape (n_classes,)
        Labels in sorted order; only for a target that was not binned.
    target_bin_edges_ : ndarray of shape (n_bins - 1,)
        Upper edges of the bins of a continuous target; only for such a target.
    n_samples_seen_ : int
        Number of rows, or the sum of their weights.
    n_pair_samples_ : int
        Rows in the sample for pairs of columns; after :meth:`fit` only where pairs
        were looked at.
    n_features_in_ : int
        Number of columns seen in :term:`fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns seen in :term:`fit`; only for dataframes with string
        names.

    See Also
    --------
    sklearn.feature_selection.SelectKBest : Selection by a score function; with
        :func:`~sklearn_fs.information.mi_corrected` it gives the same scores.
    sklearn_fs.information.mutual_info_matrix : Columns against each other.

    Notes
    -----
    Counting is O(n) a column, or O(stored entries) for sparse input; the correction is
    O(D K w) for D distinct counts of values (at most sqrt(2 n)), K classes and a
    window w of about 18 standard deviations. Extra memory is a block of codes; what
    looks at pairs keeps all codes (at most 4 bytes a cell) and takes O(n) a pair, that
    is O(n p k) for a criterion that picks k of p columns.

    The published method [3]_ subtracts the score of a noise column of the same
    cardinality. This class subtracts the expectation of that score instead, and
    offers the published form as `correction="shift"`.

    Rows are taken to be exchangeable: for time series or repeated measurements of one
    subject the p-values are too small.

    References
    ----------
    .. [1] Vinh, Epps and Bailey, "Information theoretic measures for clusterings
       comparison", JMLR 11 (2010).
    .. [2] Mandros, Boley and Vreeken, "Discovering reliable approximate functional
       dependencies", KDD (2017), arXiv:1705.09391.
    .. [3] Skrlj and Mramor, "OutRank: Speeding up AutoML-based model search for large
       sparse data sets with cardinality-aware feature ranking", RecSys (2023),
       arXiv:2309.01552.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs import OutRank
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 1000)
    >>> X = np.column_stack([
    ...     rng.permutation(1000),               # an identifier
    ...     rng.integers(0, 200, 1000),          # noise of many values
    ...     y ^ (rng.random(1000) < 0.2),        # the target, one in five wrong
    ... ])
    >>> ranker = OutRank(categorical_features="all").fit(X, y)
    >>> ranker.order_[0], ranker.support_
    (np.int64(2), array([False, False,  True]))
    >>> float(ranker.scores_[0])
    0.0
    """

    _parameter_constraints = {
        "measure": [StrOptions(MEASURES)],
        "correction": [StrOptions({"exact", "permutation", "shift", "none"}), None],
        "criterion": [StrOptions(CRITERIA)],
        "redundancy_weight": [Interval(Real, 0, None, closed="left")],
        "relation_weight": [Interval(Real, 0, None, closed="left")],
        "redundancy_scale": [StrOptions({"unit", "relevance"})],
        "aggregation": [StrOptions(AGGREGATIONS)],
        "relation": [StrOptions({"synergy", "joint"})],
        "pairwise": [StrOptions({"auto"}), "boolean"],
        "interaction_order": [Interval(Integral, 1, 3, closed="both")],
        "max_interactions": [Interval(Integral, 1, None, closed="left")],
        "n_features_to_select": [
            StrOptions({"auto"}),
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            None,
        ],
        "alpha_fdr": [Interval(Real, 0, 1, closed="neither")],
        "significance_gate": [Interval(Real, 0, 1, closed="both"), None],
        "categorical_features": [StrOptions({"auto", "all"}), "array-like", None],
        "n_bins": [
            StrOptions({"auto", "uniform"}),
            Interval(Integral, 2, None, closed="left"),
            "array-like",
        ],
        "n_target_bins": [
            StrOptions({"auto"}),
            Interval(Integral, 2, None, closed="left"),
        ],
        "missing": [StrOptions({"category", "drop"})],
        "missing_values": [tuple, list],
        "max_categories": [Interval(Integral, 2, 2**30, closed="both")],
        "pair_sample_size": [Interval(Integral, 0, None, closed="left"), None],
        "n_permutations": [Interval(Integral, 0, None, closed="left")],
        "min_features_to_select": [Interval(Integral, 1, None, closed="left")],
        "noise_features": [Interval(Integral, 0, None, closed="left")],
        "average_method": [StrOptions({"arithmetic", "max", "min", "geometric"})],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        measure="rfi",
        correction="exact",
        criterion="mim",
        redundancy_weight=1.0,
        relation_weight=1.0,
        redundancy_scale="unit",
        aggregation="max",
        relation="synergy",
        pairwise="auto",
        interaction_order=1,
        max_interactions=2048,
        n_features_to_select="auto",
        alpha_fdr=0.05,
        significance_gate=1e-3,
        categorical_features="auto",
        n_bins="auto",
        n_target_bins="auto",
        missing="category",
        missing_values=(),
        max_categories=2**20,
        pair_sample_size=200_000,
        n_permutations=0,
        min_features_to_select=1,
        noise_features=0,
        average_method="arithmetic",
        random_state=None,
        n_jobs=None,
    ):
        self.measure = measure
        self.correction = correction
        self.criterion = criterion
        self.redundancy_weight = redundancy_weight
        self.relation_weight = relation_weight
        self.redundancy_scale = redundancy_scale
        self.aggregation = aggregation
        self.relation = relation
        self.pairwise = pairwise
        self.interaction_order = interaction_order
        self.max_interactions = max_interactions
        self.n_features_to_select = n_features_to_select
        self.alpha_fdr = alpha_fdr
        self.significance_gate = significance_gate
        self.categorical_features = categorical_features
        self.n_bins = n_bins
        self.n_target_bins = n_target_bins
        self.missing = missing
        self.missing_values = missing_values
        self.max_categories = max_categories
        self.pair_sample_size = pair_sample_size
        self.n_permutations = n_permutations
        self.min_features_to_select = min_features_to_select
        self.noise_features = noise_features
        self.average_method = average_method
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Rank the columns of X by what they say about y.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Columns of any kind, missing values included.
        y : array-like of shape (n_samples,)
            Classes of any dtype, or a continuous target, which is binned.
        sample_weight : array-like of shape (n_samples,), default=None
            How often each row counts: whole numbers. Options that shuffle labels
            repeat the rows in memory.

        Returns
        -------
        self : OutRank
            The fitted ranker.
        """
        X = self._validate_X(X)
        self._forget_counts()
        names = getattr(self, "feature_names_in_", None)
        random_state = check_random_state(self.random_state)
        X, y, weights = self._apply_weights(X, y, sample_weight)
        target = encode_target(y, self.n_target_bins, weights)
        check_consistent_length(X, target.codes)
        if np.count_nonzero(target.totals) < 2:
            raise ValueError(
                "y has 1 class only: with nothing to tell apart no column can be "
                "ranked; check that the right column is the target."
            )
        correction = self.correction or "none"
        n_threads = effective_n_threads(self.n_jobs)
        encoder = TableEncoder(
            X,
            names,
            categorical_features=self.categorical_features,
            n_bins=self.n_bins,
            missing_values=self.missing_values,
            weights=weights,
            n_threads=n_threads,
        )
        options = {
            "measure": self.measure,
            "correction": correction,
            "drop_missing": self.missing == "drop",
            "n_threads": n_threads,
        }
        table = encoder
        if needs_pairs(self):
            table = CodedTable.from_encoder(encoder)
        relevance = measure_relevance(
            # The codes of the encoder keep the distances between numbers.
            encoder if self.measure == "pearson" else table,
            target,
            n_permutations=resolve_permutations(self),
            random_state=random_state,
            **options,
        )
        self._set_statistics(relevance, target, encoder)
        if self.measure == "pearson":
            self._refuse_words(encoder)
        self.scores_ = self._score(relevance, correction)
        if self.noise_features:
            add_controls(self, encoder, target, random_state, options)
        if self.criterion == "mim":
            self._select(relevance.log_p)
        forget_pairs(self)
        if needs_pairs(self):
            shares = score(relevance, "rfi", correction)
            fit_pairs(
                self, *sample_for_pairs(self, table, target), relevance, shares,
                random_state=random_state, n_threads=n_threads,
            )  # fmt: skip
        # For partial_fit to go on from, and for reports on the table.
        self._rows = X, y, weights
        return self

    def _validate_X(self, X):
        if is_frame(X):
            check_frame(X)
            validate_data(self, X, skip_check_array=True)
            return X
        return validate_data(self, X, **CHECK_PARAMS)

    def _apply_weights(self, X, y, sample_weight):
        """Drop rows of weight zero; repeat rows where counting is not enough."""
        if sample_weight is None:
            return X, y, None
        weights = _check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        weights = check_frequencies(weights)
        if not weights.any():
            raise ValueError(
                "sample_weight is zero for all rows; at least one must count."
            )
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        if needs_rows(self):
            # What is shuffled or shifted is the rows themselves.
            rows = np.repeat(np.arange(len(weights)), weights)
            return _safe_indexing(X, rows), y[rows], None
        if weights.all():
            return X, y, weights
        rows = np.flatnonzero(weights)
        return _safe_indexing(X, rows), y[rows], weights[rows]
