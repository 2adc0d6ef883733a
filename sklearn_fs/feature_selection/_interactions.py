# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Joint columns of what OutRank found to matter together."""

from numbers import Integral, Real

import narwhals.stable.v1 as nw
import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_fs._sklearn_compat import (
    HasMethods,
    Interval,
    _check_feature_names_in,
    _fit_context,
    _get_output_config,
)
from sklearn_fs.base import _DOC_LINK_TEMPLATE, output_frame
from sklearn_fs.feature_selection._outrank import OutRank
from sklearn_fs.information._column_coder import ColumnCoder
from sklearn_fs.information._interactions import significant_interactions
from sklearn_fs.information._validation import (
    CHECK_PARAMS,
    check_frame,
    is_frame,
)


class InteractionFeatures(TransformerMixin, BaseEstimator):
    """Append joint columns of the interactions that OutRank finds.

    Two columns may say nothing alone and everything together (an exclusive or). A
    linear model cannot see that; it can see a column whose values are the pairs of
    values. All input columns are passed through, and the joint columns of the best
    significant interactions come behind them, to be encoded like any category.

    Read more in the :ref:`User Guide <outrank_interactions>`.

    Parameters
    ----------
    estimator : OutRank, default=None
        With `interaction_order` 2 or 3; used as it is if it is fitted, else a clone is
        fitted. None means `OutRank(interaction_order=2)`.
    n_interactions : int, default=10
        Most joint columns that are added, of the largest synergy.
    alpha_fdr : float, default=0.05
        Rate of false discoveries among all combinations that were looked at, by the
        procedure of Benjamini and Hochberg on their z.

    Attributes
    ----------
    estimator_ : OutRank
        The fitted ranker.
    interactions_ : structured ndarray of shape (n_added,)
        The chosen rows of `estimator_.interactions_`, one for each joint column.
    n_features_in_ : int
        Number of columns seen in :term:`fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns seen in :term:`fit`; only for dataframes with string
        names.

    See Also
    --------
    OutRank : Finds the interactions.
    sklearn.preprocessing.PolynomialFeatures : All products of numeric columns.

    Notes
    -----
    In dataframes (see `set_output`) the values of a joint column are words such as
    `"red & (0.5, 1.2]"`, and `"unseen"` for every combination that was not there in
    `fit`. In arrays and sparse matrices they are whole numbers from 1, 0 for unseen.
    Numbers have no order here: encode the columns, for example with
    :class:`~sklearn.preprocessing.OneHotEncoder`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs import InteractionFeatures
    >>> rng = np.random.default_rng(0)
    >>> X = rng.integers(0, 2, (400, 5))
    >>> y = X[:, 1] ^ X[:, 4]
    >>> joined = InteractionFeatures().fit(X, y)
    >>> joined.get_feature_names_out()
    array(['x0', 'x1', 'x2', 'x3', 'x4', 'x1 & x4'], dtype=object)
    >>> joined.transform([[0, 0, 0, 0, 1], [0, 0, 0, 0, 7]])[:, -1]
    array([2, 0])
    """

    _doc_link_module = "sklearn_fs"
    _doc_link_template = _DOC_LINK_TEMPLATE

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "get_params"]), None],
        "n_interactions": [Interval(Integral, 1, None, closed="left")],
        "alpha_fdr": [Interval(Real, 0, 1, closed="neither")],
    }

    def __init__(self, estimator=None, *, n_interactions=10, alpha_fdr=0.05):
        self.estimator = estimator
        self.n_interactions = n_interactions
        self.alpha_fdr = alpha_fdr

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    # A fitted ranker is used as it is, and its parameters are its own business.
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y):
        """Find the interactions and learn the values of their members.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Columns of any kind, missing values included.
        y : array-like of shape (n_samples,)
            The target.

        Returns
        -------
        self : InteractionFeatures
            The fitted transformer.
        """
        X = self._validate(X, reset=True)
        self.estimator_ = self._fitted_ranker(X, y)
        found = self.estimator_.interactions_
        chosen = significant_interactions(found, self.alpha_fdr)
        self.interactions_ = found[chosen][: self.n_interactions]
        members = [_members(row) for row in self.interactions_]
        ranker = self.estimator_
        self._coders = {
            j: ColumnCoder(
                ranker.kinds_[j], ranker.n_bins, tuple(ranker.missing_values)
            )
            for j in sorted({j for columns in members for j in columns})
        }
        for j, coder in self._coders.items():
            coder.fit(X, j)
        codes = {j: coder.codes(X, j) for j, coder in self._coders.items()}
        self._joints = [_Joint(columns, self._coders, codes) for columns in members]
        return self

    def _fitted_ranker(self, X, y):
        if self.estimator is None:
            return OutRank(interaction_order=2).fit(X, y)
        if hasattr(self.estimator, "interactions_"):
            if self.estimator.n_features_in_ != self.n_features_in_:
                raise ValueError(
                    f"estimator was fitted on {self.estimator.n_features_in_} columns, "
                    f"but X has {self.n_features_in_}; fit both on the same columns."
                )
            return self.estimator
        if getattr(self.estimator, "interaction_order", 1) == 1:
            raise ValueError(
                f"estimator={self.estimator!r} does not look for interactions; use "
                "OutRank(interaction_order=2)."
            )
        return clone(self.estimator).fit(X, y)

    def _validate(self, X, reset):
        if is_frame(X):
            check_frame(X)
            validate_data(self, X, skip_check_array=True, reset=reset)
            return X
        return validate_data(self, X, reset=reset, **CHECK_PARAMS)

    def transform(self, X):
        """Append the joint columns.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The input.

        Returns
        -------
        X_out : {ndarray, sparse matrix, dataframe} of shape \
                (n_samples, n_features + n_added)
            The columns of X and the joint columns.
        """
        check_is_fitted(self)
        wants_frame = _get_output_config("transform", estimator=self)["dense"]
        frame = X if is_frame(X) else None
        X = self._validate(X, reset=False)
        codes = {j: coder.codes(X, j) for j, coder in self._coders.items()}
        joint = [one.codes(codes) for one in self._joints]
        if frame is not None:
            if wants_frame != "default":
                return output_frame(self._append_words(frame, joint), wants_frame)
            X = np.asarray(X)
        if not joint:
            return X.copy()
        if sparse.issparse(X):
            kind = sparse.csr_array if isinstance(X, sparse.sparray) else type(X)
            more = kind(np.column_stack(joint).astype(X.dtype))
            return sparse.hstack([X, more], format=X.format)
        more = np.column_stack(joint)
        if X.dtype.kind == "f":
            more = more.astype(X.dtype)
        elif X.dtype.kind in "USO":
            more = more.astype(object if X.dtype.kind == "O" else str)
        return np.hstack([X, more])

    def _append_words(self, X, joint):
        frame = nw.from_native(X, eager_only=True)
        if not joint:
            return frame.clone().to_native()
        names = self.get_feature_names_out()[self.n_features_in_ :]
        series = [
            nw.new_series(
                str(name), one.words[codes].tolist(), nw.String,
                backend=frame.implementation,
            )
            for name, one, codes in zip(names, self._joints, joint, strict=True)
        ]  # fmt: skip
        if frame.implementation.is_pandas():
            index = nw.maybe_get_index(frame)
            series = [nw.maybe_set_index(one, index=index) for one in series]
        return frame.with_columns(series).to_native()

    def get_feature_names_out(self, input_features=None):
        """Give the names of the columns, `"a & b"` for joint ones.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the input columns; None takes those seen in fit, or x0, x1, ...

        Returns
        -------
        names : ndarray of shape (n_features + n_added,), dtype object
            Input columns first.
        """
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        all_names = list(names)
        for one in self._joints:
            name = plain = " & ".join(names[list(one.columns)])
            copy = 1
            while name in all_names:  # a column of the table is called so
                copy += 1
                name = f"{plain} ({copy})"
            all_names.append(name)
        return np.array(all_names, dtype=object)


def _members(row):
    names = [name for name in ("i", "j", "k") if name in row.dtype.names]
    return tuple(int(row[name]) for name in names if row[name] >= 0)


class _Joint:
    """Combinations of values that were seen; code 0 is for all others."""

    def __init__(self, columns, coders, codes):
        self.columns = columns
        self.sizes = [coders[j].n_codes for j in columns]
        table = np.column_stack([codes[j] for j in columns])
        seen = np.unique(table, axis=0)
        self.known = {tuple(row): i + 1 for i, row in enumerate(seen.tolist())}
        labels = [[coders[j].labels[c] for j, c in zip(columns, row)] for row in seen]
        words = [" & ".join(parts) for parts in labels]
        if len(set(words)) < len(words) or "unseen" in words:
            # Values that contain the separator, or the text of another value.
            words = [
                f"{row}: {word}"
                for row, word in zip(map(tuple, seen.tolist()), words, strict=True)
            ]
        self.words = np.array(["unseen", *words], dtype=object)

    def codes(self, codes):
        """Codes of new rows from the codes of the members."""
        table = np.column_stack([codes[j] for j in self.columns])
        rows, inverse = np.unique(table, axis=0, return_inverse=True)
        places = np.array([self.known.get(tuple(row), 0) for row in rows.tolist()])
        return places[inverse.ravel()]
