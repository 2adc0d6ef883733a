# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""From the table of people that a fitted scorer is given to what is asked about it."""

import warnings

import narwhals.stable.v1 as nw
import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_fs._utils._threads import effective_n_threads
from sklearn_fs.recourse._columns import ColumnTable
from sklearn_fs.recourse._goal import takes_missing
from sklearn_fs.recourse._inputs import Inputs
from sklearn_fs.recourse._margins import agrees, read_margin
from sklearn_fs.recourse._moves import MoveMaker
from sklearn_fs.recourse._oracle import Oracle
from sklearn_fs.recourse._reachable import auto_samples
from sklearn_fs.recourse._rows_fast import distinct_rows


class PeopleMixin:
    """Checks tables of people and prepares what answers for them."""

    def _prepare(self, X):
        """Distinct people as numbers, where the rows went, and the oracle."""
        X = self._checked(X)
        is_frame = nw.dependencies.is_into_dataframe(X)
        table = ColumnTable(X, None if is_frame else self.action_set_.feature_names)
        if not hasattr(self, "feature_names_in_"):
            # Fitted on an array: columns are known by their place alone.
            table.names = self.action_set_.feature_names
        self.action_set_.check_names(table.names)
        for constraint, broken in self._broken(table):
            warnings.warn(
                f"{int(broken.sum())} of {len(broken)} people break {constraint!r}, "
                f"first in row {int(np.flatnonzero(broken)[0])}. What they can reach "
                "are the states that satisfy it; check these rows.",
                UserWarning,
                stacklevel=4,
            )
        inputs = Inputs(table, table.matrix(self.action_set_), self.action_set_)
        first, inverse = distinct_rows(np.ascontiguousarray(inputs.seen))
        margin = self._margin
        if margin is not None and inputs.is_beyond(self._missing):
            # Categories that the model has not been read for.
            margin = self._read_model(inputs)
        n_threads = effective_n_threads(self.n_jobs)
        oracle = Oracle(
            self._goal, margin, table, inputs, self.chunk_size, n_threads,
            self.plausible,
        )  # fmt: skip
        return oracle, first, inverse

    def _checked(self, X):
        """A table that fits the one of `fit`."""
        check_is_fitted(self, "action_set_")
        if nw.dependencies.is_into_dataframe(X):
            validate_data(self, X, reset=False, skip_check_array=True)
            return X
        allow_nan = takes_missing(self.estimator)
        X = validate_data(
            self, X, reset=False, dtype=None, ensure_all_finite=finite_or_nan(allow_nan)
        )
        return numeric_if_possible(X) if X.dtype.kind == "O" else X

    def _broken(self, table):
        """Constraints that some rows break as they are, with the mask of these rows."""
        if not self.action_set_.constraints:
            return []
        columns = {name: table.raw(name) for name in table.names}
        masks = [(c, ~c.check(columns)) for c in self.action_set_.constraints]
        return [(constraint, mask) for constraint, mask in masks if mask.any()]

    def _maker(self, oracle):
        n_samples = self.n_samples
        if n_samples == "auto":
            n_samples = auto_samples(self.confidence, self.half_width)
        return MoveMaker(
            self._programs,
            self._weights,
            intervention=self.intervention,
            exact=self._is_exact(oracle.margin),
            n_samples=n_samples,
            max_points=n_samples if self.method == "sample" else self.max_block_points,
            seed=self.seed_,
        )

    def _read_model(self, inputs):
        if self.method in ("enumerate", "sample") or self.plausible is not None:
            return None
        margin = None
        if inputs.can_be_read():
            margin = read_margin(
                self.estimator_,
                target=self.target_,
                threshold=self.threshold,
                method=self.method,
                inputs=inputs,
            )
        if margin is not None and not agrees(
            margin, self._goal, inputs, np.random.RandomState(0)
        ):
            margin = None
        if margin is None and self.method in ("linear", "tree"):
            raise ValueError(
                f"method={self.method!r}, but {type(self.estimator_).__name__} cannot "
                "be read as such a model with these columns; use method='auto'."
            )
        return margin

    def _is_exact(self, margin):
        return margin is not None and self.weights == "uniform"


def finite_or_nan(allow_nan):
    """What `ensure_all_finite` is to be."""
    return "allow-nan" if allow_nan else True


def numeric_if_possible(X):
    """An array of objects as numbers, if all of them are."""
    try:
        return X.astype(np.float64)
    except (TypeError, ValueError):
        return X
