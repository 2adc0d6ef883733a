# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank over tables that do not fit in memory: counts that grow and merge."""

from numbers import Integral
from types import SimpleNamespace

import numpy as np
from sklearn.utils import _safe_indexing, check_consistent_length
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_fs._sklearn_compat import _fit_context
from sklearn_fs._utils._threads import effective_n_threads
from sklearn_fs.information._counts_frames import read_counts
from sklearn_fs.information._encoding import TableEncoder
from sklearn_fs.information._state import CountState
from sklearn_fs.information._state_relevance import measure_state
from sklearn_fs.information._target import Target, encode_target
from sklearn_fs.information._validation import (
    CHECK_PARAMS,
    check_frame_size,
    is_frame,
)

# What follows from the counts, computed when one of them is asked for.
LAZY = frozenset(
    (
        "classes_", "cardinality_", "coverage_", "entropy_", "expected_mutual_info_",
        "kinds_", "mutual_info_", "n_features_to_select_", "order_", "pvalues_",
        "ranking_", "scores_", "std_mutual_info_", "support_", "target_bin_edges_",
        "target_entropy_", "z_scores_",
    )
)  # fmt: skip

# What decides how a table is counted.
_COUNTING_PARAMS = (
    "categorical_features", "max_categories", "missing", "missing_values", "n_bins",
    "n_target_bins", "pair_sample_size", "random_state", "n_jobs",
)  # fmt: skip


class StreamingMixin:
    """`partial_fit`, `merge` and `from_counts` of :class:`OutRank`."""

    def __getattr__(self, name):
        # Only called for what is not there: after `fit` it never is.
        if name in LAZY and self.__dict__.get("_stale", False):
            self._score_counts()
            if name in self.__dict__:
                return self.__dict__[name]
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}"
        )

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, row_key=None):
        """Take in some more rows; memory does not grow with their number.

        The result does not depend on how the rows were cut into chunks. Scores are
        computed when one of them is asked for.

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
        self._count(X, y, classes, row_key=row_key)
        return self

    def _count(self, X, y, classes=None, *, row_key=None, first_row=None, grow=False):
        """Count a chunk; with `grow` new labels are welcome at any time."""
        self._refuse_shuffles()
        after_fit = not hasattr(self, "_counts") and hasattr(self, "_kept")
        if after_fit:
            self._count_kept()
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
        elif (first or after_fit) and classes is not None:
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

    def _keep(self, X, y, weights):
        """Keep what was given to fit, by reference, until its counts are wanted."""
        self._kept = (X, y, weights)

    def _count_kept(self):
        """Count the table that was given to fit; the scores stay those of fit."""
        if not hasattr(self, "_kept"):
            raise ValueError(
                "The table given to fit is not kept when an estimator is pickled, so "
                "that its counts are not there; fit again, or use partial_fit, which "
                "keeps counts."
            )
        X, y, weights = self._kept
        if weights is not None:
            rows = np.repeat(np.arange(len(weights)), weights)
            X, y = _safe_indexing(X, rows), y[rows]
        counter = type(self)(**{name: getattr(self, name) for name in _COUNTING_PARAMS})
        counter._count(X, y)
        for name in ("_counts", "_target_edges", "_target_dtype"):
            setattr(self, name, getattr(counter, name))
        self.n_pair_samples_ = counter.n_pair_samples_
        del self._kept

    def __getstate__(self):
        state = super().__getstate__()
        # A pickle holds what was learned, not the data.
        return {name: value for name, value in state.items() if name != "_kept"}

    def _refuse_shuffles(self):
        if (
            self.n_permutations
            or self.noise_features
            or self.correction in ("permutation", "shift")
            or self.measure == "mi_randomized"
        ):
            raise ValueError(
                "n_permutations, noise_features, correction='permutation' or 'shift' "
                "and measure='mi_randomized' shuffle or shift the rows, of which a "
                "stream keeps only counts; use fit, or correction='exact'."
            )

    def _validate_chunk(self, X, reset):
        if is_frame(X):
            check_frame_size(X)
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
        seed = self.random_state if isinstance(self.random_state, Integral) else 0
        return CountState(
            n_features,
            names,
            listed=listed,
            auto=auto,
            max_categories=self.max_categories,
            missing_values=self.missing_values,
            sample_size=self.pair_sample_size,
            seed=int(seed),
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
                one._count_kept()
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
        ranker._refuse_shuffles()
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
        for name in LAZY:
            self.__dict__.pop(name, None)
        self.__dict__.pop("_report", None)
        self._stale = True
        self.n_samples_seen_ = self._counts.n_samples
        self.n_pair_samples_ = self._counts.sample.n_kept

    def _forget_counts(self):
        for name in (
            "_counts", "_kept", "_report", "_stale", "_target_edges", "_target_dtype",
        ):  # fmt: skip
            self.__dict__.pop(name, None)
        self.__dict__.pop("n_pair_samples_", None)

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
        relevance, kinds = measure_state(
            state,
            order,
            measure=self.measure,
            n_bins=self.n_bins,
            drop_missing=self.missing == "drop",
            n_threads=effective_n_threads(self.n_jobs),
        )
        # From here on it is as after `fit`.
        self._stale = False
        target = Target(None, totals, classes, self._target_edges)
        encoder = SimpleNamespace(kinds=kinds, name=state.name)
        self._set_statistics(relevance, target, encoder)
        if self.measure == "pearson":
            self._refuse_words(encoder)
        self.scores_ = self._score(relevance, self.correction or "none")
        self._select(relevance.log_p)

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


def _same_edges(a, b):
    if a is None or b is None:
        return a is b
    return np.array_equal(a, b)
