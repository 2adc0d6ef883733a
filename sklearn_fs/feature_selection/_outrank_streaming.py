# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank over tables that do not fit in memory: counts that grow and merge."""

from dataclasses import replace
from numbers import Integral
from types import SimpleNamespace

import numpy as np
from sklearn.utils import (
    _safe_indexing,
    check_consistent_length,
    check_random_state,
    column_or_1d,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_fs._sklearn_compat import _fit_context
from sklearn_fs._utils._threads import effective_n_threads
from sklearn_fs.feature_selection._outrank_pairs import fit_pairs, needs_pairs
from sklearn_fs.feature_selection._outrank_shuffles import (
    keep_controls,
    refuse_order,
    resolve_permutations,
)
from sklearn_fs.information._coded_table import CodedTable
from sklearn_fs.information._counts_frames import read_counts
from sklearn_fs.information._encoding import TableEncoder
from sklearn_fs.information._relevance import score
from sklearn_fs.information._row_sample import sampled_rows
from sklearn_fs.information._state import CountState
from sklearn_fs.information._state_relevance import coded_sample, measure_state
from sklearn_fs.information._target import Target, encode_target
from sklearn_fs.information._validation import (
    CHECK_PARAMS,
    check_frame,
    is_frame,
)

# What follows from the counts, computed when one of them is asked for.
LAZY = frozenset(
    (
        "classes_", "cardinality_", "coverage_", "entropy_", "expected_mutual_info_",
        "kinds_", "mutual_info_", "n_features_to_select_", "order_", "pvalues_",
        "ranking_", "scores_", "std_mutual_info_", "support_", "target_bin_edges_",
        "target_entropy_", "z_scores_", "interactions_", "_redundancy", "_relation",
        "noise_scores_", "n_above_noise_",
    )
)  # fmt: skip


class StreamingMixin:
    """`partial_fit`, `merge` and `from_counts` of :class:`OutRank`."""

    def __getattr__(self, name):
        # Only called for what is not there: after `fit` it never is.
        if name in LAZY and self.__dict__.get("_stale", False):
            self._score_counts()
            if name in self.__dict__:
                return self.__dict__[name]
        own = getattr(type(self), name, None)
        if isinstance(own, property):
            # It failed for a reason of its own, and says it better.
            return own.fget(self)
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}"
        )

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, row_key=None):
        """Take in some more rows; memory does not grow with their number.

        The result does not depend on how the rows were cut into chunks. Scores are
        computed when one of them is asked for. After :meth:`fit` it goes on from the
        rows that were given there: `fit` holds on to them, without a copy, so they must
        not be changed in between, and a ranker that was pickled or copied since does
        not have them.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Columns of any kind, missing values included.
        y : array-like of shape (n_samples,)
            Classes of any dtype. A continuous target is cut at the quantiles of the
            first chunk.
        classes : array-like of shape (n_classes,), default=None
            All labels that y may have, looked at in the first call. None: those of the
            first chunk; a label that comes later is an error.
        row_key : array-like of shape (n_samples,), default=None
            Whole numbers or words that name the rows: the sample of rows for pairs of
            columns then depends neither on their order nor on the chunks. None: the
            position in the stream.

        Returns
        -------
        self : OutRank
            The ranker.
        """
        if not hasattr(self, "_counts") and hasattr(self, "n_samples_seen_"):
            self._count_rows_of_fit()
        self._count(X, y, classes, row_key=row_key)
        return self

    def _count_rows_of_fit(self):
        """Counts of the rows that `fit` saw, to go on from."""
        if "_rows" not in self.__dict__:
            raise ValueError(
                "partial_fit cannot go on from this fit: the rows it saw are not "
                "copied with the ranker. Give the first rows by partial_fit too."
            )
        X, y, weights = self._rows
        if weights is not None:
            rows = np.repeat(np.arange(len(weights)), weights)
            X, y = _safe_indexing(X, rows), column_or_1d(y)[rows]
        self._count(X, y)

    def __getstate__(self):
        # The rows of `fit` are only borrowed.
        state = dict(super().__getstate__())
        state.pop("_rows", None)
        return state

    def _count(self, X, y, classes=None, *, row_key=None, first_row=None, grow=False):
        """Count a chunk; with `grow` new labels are welcome at any time."""
        refuse_order(self)
        first = not hasattr(self, "_counts")
        X = self._validate_chunk(X, reset=first)
        if first:
            self._start(X)
        target = self._chunk_target(y, first)
        check_consistent_length(X, target.codes)
        labels = target.classes
        if self._target_edges is not None:
            labels = np.arange(len(self._target_edges) + 1)
            self._counts.class_codes(labels.tolist())
        elif first and classes is not None:
            self._counts.class_codes(np.unique(classes).tolist())
        fixed = not grow and (classes is not None or not first)
        if fixed:
            new = set(labels.tolist()) - set(self._counts.classes)
            if new:
                known = ", ".join(map(repr, self._counts.classes[:8]))
                raise ValueError(
                    f"y has the label {min(new, key=repr)!r}, which is not one of the "
                    f"{len(self._counts.classes)} known classes ({known}); list all "
                    "labels as `classes` in the first call of partial_fit."
                )
        self._counts.update(
            X,
            labels.tolist(),
            target.codes,
            row_key=row_key,
            first_row=first_row,
            n_threads=effective_n_threads(self.n_jobs),
        )
        self._mark_stale()

    def _validate_chunk(self, X, reset):
        if is_frame(X):
            check_frame(X)
            validate_data(self, X, reset=reset, skip_check_array=True)
            return X
        return validate_data(self, X, reset=reset, **CHECK_PARAMS)

    def _start(self, X):
        names = getattr(self, "feature_names_in_", None)
        encoder = TableEncoder(
            X[:1], names, categorical_features=self.categorical_features
        )
        self._counts = self._new_state(
            encoder.n_features, names, encoder.categorical, encoder.auto
        )
        self._target_edges = None
        self._target_dtype = None

    def _new_state(self, n_features, names, listed=None, auto=True):
        return CountState(
            n_features,
            names,
            listed=listed,
            auto=auto,
            max_categories=self.max_categories,
            missing_values=self.missing_values,
            sample_size=self.pair_sample_size,
            seed=_seed(self),
            memory_limit=self.__dict__.get("_memory_limit"),
        )

    def _chunk_target(self, y, first):
        """Coded target of a chunk: classes, or bins of the first chunk's edges."""
        if self._target_edges is not None:
            y = np.asarray(y, dtype=np.float64)
            if np.isnan(y).any():
                raise ValueError("Input y contains NaN; drop these rows.")
            codes = np.searchsorted(self._target_edges, y, side="left")
            return Target(codes.astype(np.uint32), None, None)
        target = y if isinstance(y, Target) else encode_target(y, self.n_target_bins)
        if target.classes is None:
            if not first:
                raise ValueError(
                    "y is continuous in this chunk but was classes before; give whole "
                    "numbers or words in all chunks, or bin y beforehand."
                )
            self._target_edges = target.edges
        elif first:
            self._target_dtype = target.classes.dtype
        return target

    def merge(self, other):
        """Take in what another ranker has counted; it is left as it is.

        Parameters
        ----------
        other : OutRank
            Given rows of the same columns with the same parameters.

        Returns
        -------
        self : OutRank
            The ranker, as if it had seen the rows of both. The order of merging
            changes nothing.
        """
        for one in (self, other):
            check_is_fitted(one)
            if not hasattr(one, "_counts"):
                raise ValueError(
                    "merge needs rankers that were given their rows by partial_fit or "
                    "from_counts; fit makes no counts that merge."
                )
        if not _same_edges(self._target_edges, other._target_edges):
            raise ValueError(
                "The continuous targets of the two rankers were cut at different "
                "quantiles, those of their first chunks; bin y at edges of your own "
                "before partial_fit."
            )
        self._counts.merge(other._counts)
        self._mark_stale()
        return self

    @classmethod
    def from_counts(cls, counts, classes=None, **params):
        """Make a ranker from counts by value and label, such as GROUP BY gives.

        Parameters
        ----------
        counts : mapping of str to dataframe, or dataframe
            For each column a frame with the columns "value", "label" and "count"; or
            one long frame with "feature" in front, whose features are taken in their
            order of appearance. A missing value is null.
        classes : array-like of shape (n_classes,), default=None
            All labels; None: those that occur.
        **params : dict
            Parameters of the ranker.

        Returns
        -------
        ranker : OutRank
            As if :meth:`partial_fit` had seen the rows. It has no sample of rows, so
            that `criterion` must be one that needs none.
        """
        ranker = cls(**params)
        ranker._validate_params()
        refuse_order(ranker)
        columns = read_counts(counts)
        names = np.array(list(columns), dtype=object)
        ranker.feature_names_in_ = names
        ranker.n_features_in_ = len(names)
        # A table of one row, only to say which columns are meant.
        encoder = TableEncoder(
            np.empty((1, len(names))), names.tolist(),
            categorical_features=ranker.categorical_features,
        )  # fmt: skip
        ranker._counts = ranker._new_state(
            len(names), names, encoder.categorical, encoder.auto
        )
        ranker._target_edges = None
        ranker._target_dtype = None
        if classes is not None:
            ranker._counts.class_codes(np.unique(classes).tolist())
        ranker._counts.update_counts(columns.values())
        ranker._mark_stale()
        return ranker

    def _mark_stale(self):
        for name in (*LAZY, "_rows"):
            self.__dict__.pop(name, None)
        for name in ("_report", "_seen"):
            self.__dict__.pop(name, None)
        self._stale = True
        self.n_samples_seen_ = self._counts.n_samples
        self.n_pair_samples_ = self._counts.sample.n_kept

    def _forget_counts(self):
        for name in (
            "_counts", "_report", "_seen", "_stale", "_target_edges", "_target_dtype",
            "_rows",
            "n_pair_samples_", "n_samples_seen_",
        ):  # fmt: skip
            self.__dict__.pop(name, None)

    def _score_counts(self):
        """All that `fit` computes, from the counts."""
        state = self._counts
        order, classes = self._sorted_classes()
        totals = state.totals[order]
        if np.count_nonzero(totals) < 2:
            raise ValueError(
                "y had 1 class only so far: with nothing to tell apart no column can "
                "be ranked; go on with partial_fit, or check the target."
            )
        random_state = check_random_state(self.random_state)
        options = {
            "measure": self.measure,
            "n_bins": self.n_bins,
            "drop_missing": self.missing == "drop",
            "n_threads": effective_n_threads(self.n_jobs),
            "n_permutations": resolve_permutations(self),
        }
        relevance, kinds = measure_state(
            state, order, random_state=random_state, **options
        )
        # From here on it is as after `fit`.
        self._stale = False
        target = Target(None, totals, classes, self._target_edges)
        encoder = SimpleNamespace(kinds=kinds, name=state.name)
        self._set_statistics(relevance, target, encoder)
        if self.measure == "pearson":
            self._refuse_words(encoder)
        correction = self.correction or "none"
        self.scores_ = self._score(relevance, correction)
        if self.noise_features:
            columns = random_state.randint(state.n_features, size=self.noise_features)
            controls, _ = measure_state(
                state, order, random_state=random_state, columns=columns,
                shuffled=True, **options,
            )  # fmt: skip
            keep_controls(self, self._score(controls, correction))
        if self.criterion == "mim":
            self._select(relevance.log_p)
        if needs_pairs(self):
            fit_pairs(
                self, *self._sampled_table(order), relevance,
                score(relevance, "rfi", correction),
                random_state=random_state,
                n_threads=effective_n_threads(self.n_jobs),
            )  # fmt: skip

    def _sampled_table(self, order):
        """The sample of rows as a coded table, and its target."""
        state = self._counts
        codes, y, _ = coded_sample(state, self.n_bins)
        place = np.empty(len(order), dtype=np.uint32)
        place[order] = np.arange(len(order))
        y = place[y]
        totals = np.bincount(y, minlength=len(order))
        if np.count_nonzero(totals) < 2:
            raise ValueError(
                f"The {len(y):,} rows that were kept for pairs of columns have 1 class "
                "only, so columns cannot be compared; raise pair_sample_size (counts "
                "without rows, as of from_counts, allow criterion='mim' alone)."
            )
        return CodedTable.from_codes(codes), Target(y, totals, None)

    def _sorted_classes(self):
        labels = self._counts.classes
        order = np.array(sorted(range(len(labels)), key=labels.__getitem__), np.intp)
        if self._target_edges is not None:
            return order, None
        dtype = self._target_dtype
        if dtype is not None and dtype.kind in "UST":
            dtype = None
        if dtype is None and any(isinstance(v, str) for v in labels):
            dtype = None if all(isinstance(v, str) for v in labels) else object
        return order, np.array([labels[i] for i in order], dtype=dtype)


def sample_for_pairs(ranker, table, target):
    """The rows of a table in memory that a stream would have kept for pairs.

    Parameters
    ----------
    ranker : OutRank
    table : CodedTable
    target : Target

    Returns
    -------
    table : CodedTable
    target : Target
    """
    n, size = table.n_samples, ranker.pair_sample_size
    ranker.n_pair_samples_ = n
    # Rows with frequencies are not sampled: a heavy one would be in or out at once.
    if size is None or n <= size or table.weights is not None:
        return table, target
    keep = np.zeros(n, dtype=bool)
    keep[sampled_rows(n, size, _seed(ranker))] = True
    codes = target.codes[keep]
    totals = np.bincount(codes, minlength=len(target.totals))
    if np.count_nonzero(totals) < 2:
        raise ValueError(
            f"The sample of pair_sample_size={size} rows has 1 class only; raise "
            "pair_sample_size."
        )
    ranker.n_pair_samples_ = size
    return table.take_rows(keep), replace(target, codes=codes, totals=totals)


def _seed(ranker):
    """Seed of the sample of rows: that of all workers, hence never random."""
    seed = ranker.random_state
    return int(seed) if isinstance(seed, Integral) else 0


def _same_edges(a, b):
    if a is None or b is None:
        return a is b
    return np.array_equal(a, b)
