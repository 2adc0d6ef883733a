# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Mixins that all families share: what it means to choose columns, or rows."""

import narwhals.stable.v1 as nw
import numpy as np
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_fs._sklearn_compat import _get_output_config
from sklearn_fs._utils._top_k import order_by_score, ranking_from_order, resolve_k

__all__ = ["FeatureSelectorMixin", "InstanceSelectorMixin"]

_DOC_LINK_TEMPLATE = (
    "https://sklearn-fs.readthedocs.io/en/latest/generated/"
    "{estimator_module}.{estimator_name}.html"
)


class FeatureSelectorMixin(SelectorMixin):
    """Mixin for all estimators that choose columns.

    It adds two things to scikit-learn's `SelectorMixin`. `transform` keeps the
    dtypes of every eager dataframe when a dataframe is asked for, not only of
    pandas (scikit-learn#28875); and :meth:`_set_support_from_scores` is the one
    rule by which scores become `support_` and `ranking_`.
    """

    _doc_link_module = "sklearn_fs"
    _doc_link_template = _DOC_LINK_TEMPLATE

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # Selected columns are passed through as they are.
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _get_support_mask(self):
        check_is_fitted(self)
        return self.support_

    def transform(self, X):
        """Reduce X to the selected columns.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The input.

        Returns
        -------
        X_r : {ndarray, sparse array, dataframe} of shape (n_samples, n_selected)
            The selected columns, in the order of the input. A dataframe keeps the
            dtype of each column when `set_output` asks for a dataframe.
        """
        wants_frame = _get_output_config("transform", estimator=self)["dense"]
        if not nw.dependencies.is_into_dataframe(X):
            return super().transform(X)
        if wants_frame == "default":
            try:
                return super().transform(X)
            except ValueError:
                if _is_numeric(X):
                    raise
        check_is_fitted(self)
        validate_data(self, X, reset=False, skip_check_array=True)
        frame = nw.from_native(X, eager_only=True)
        chosen = frame[:, np.flatnonzero(self.get_support()).tolist()]
        if wants_frame == "default":
            # scikit-learn's conversion gives an array one dtype and fails where words
            # stand beside numbers of pandas that may be missing.
            return _as_objects(chosen)
        return output_frame(chosen.to_native(), wants_frame)

    def _set_support_from_scores(self, scores, k):
        """Set `n_features_to_select_`, `ranking_` and `support_` from scores.

        Parameters
        ----------
        scores : ndarray of shape (n_features,)
            Higher is better; ties are broken by the order of the columns.
        k : int, float or None
            As in the parameter `n_features_to_select`.
        """
        order = order_by_score(scores)
        self._set_support_from_order(order, resolve_k(k, len(order)))

    def _set_support_from_order(self, order, k):
        """Set the fitted attributes of a selection from an order, best first."""
        self.n_features_to_select_ = k
        self.ranking_ = ranking_from_order(order, k)
        self.support_ = self.ranking_ == 1


def _is_numeric(X):
    """Whether all columns of a dataframe hold numbers or booleans."""
    kinds = nw.from_native(X, eager_only=True).schema.values()
    return all(kind.is_numeric() or kind == nw.Boolean for kind in kinds)


def _as_objects(frame):
    columns = np.empty(frame.shape, dtype=object)
    for j in range(frame.shape[1]):
        columns[:, j] = frame[:, j].to_list()
    return columns


def output_frame(frame, wanted):
    """A dataframe in a form that the output container of scikit-learn is made from.

    Parameters
    ----------
    frame : eager dataframe
    wanted : {"pandas", "polars"}

    Returns
    -------
    frame : eager dataframe
        pandas cannot make a frame from a table of pyarrow by itself.
    """
    if wanted == "pandas" and nw.dependencies.is_pyarrow_table(frame):
        return frame.to_pandas()
    return frame


class InstanceSelectorMixin:
    """Mixin for all estimators that choose rows.

    A transformer of scikit-learn must keep the rows, so there is no `transform`:
    `fit_resample` returns the chosen rows of `X` and `y` in their containers, which
    is also what the pipeline of imbalanced-learn asks for. A subclass sets
    `sample_indices_` (sorted) and `support_` in `fit`.
    """

    _doc_link_module = "sklearn_fs"
    _doc_link_template = _DOC_LINK_TEMPLATE

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    def get_support(self, indices=False):
        """Mask or indices of the chosen rows.

        Parameters
        ----------
        indices : bool, default=False
            Return sorted indices instead of a mask.

        Returns
        -------
        support : ndarray of shape (n_samples,) or (n_selected,)
            Mask over all rows, or indices of the chosen ones.
        """
        check_is_fitted(self)
        return self.sample_indices_ if indices else self.support_

    def fit_resample(self, X, y):
        """Choose rows and return them.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            The rows to choose from.
        y : array-like of shape (n_samples,)
            Their targets.

        Returns
        -------
        X_res : same container as X, of shape (n_selected, n_features)
        y_res : same container as y, of shape (n_selected,)
        """
        self.fit(X, y)
        return (
            _safe_indexing(X, self.sample_indices_),
            _safe_indexing(y, self.sample_indices_),
        )
