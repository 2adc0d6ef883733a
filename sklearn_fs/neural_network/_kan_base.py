# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the spline regressor and the spline classifier share."""

import warnings
from functools import cache
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data
from threadpoolctl import ThreadpoolController

from sklearn_fs._sklearn_compat import Interval, StrOptions, _fit_context
from sklearn_fs._utils._numeric import numbers_only
from sklearn_fs.neural_network._categories import categorical_mask, encode_frame
from sklearn_fs.neural_network._input_map import INPUT_MAPS, InputMap
from sklearn_fs.neural_network._spline_importance import METHODS, Importance
from sklearn_fs.neural_network._spline_network import SplineNetwork
from sklearn_fs.neural_network._spline_training import (
    TrainingData,
    penalty_path,
    train_adam,
    train_lbfgs,
)

_DOC_LINK_TEMPLATE = (
    "https://sklearn-fs.readthedocs.io/en/latest/generated/"
    "{estimator_module}.{estimator_name}.html"
)

# What to do about a column of text.
_CATEGORIES = (
    "encode it first, or make it a categorical column of a dataframe and give "
    "KANClassifier or KANRegressor categorical_features='from_dtype'"
)
# Fewer rows than these cannot say when to stop.
_MIN_ROWS_TO_HOLD_OUT = 100
_MIN_HELD_OUT = 10
# Rows on which importances are computed, and rows mapped at a time.
_MAX_ROWS = 1 << 16


class BaseKAN(CallbackSupportMixin, BaseEstimator):
    """Fit a spline network to mapped inputs and an encoded target.

    A subclass says how a target is encoded (`_encode_target`) and how outputs are
    read. The constructor is written out in each subclass.
    """

    _doc_link_module = "sklearn_fs"
    _doc_link_template = _DOC_LINK_TEMPLATE

    _parameter_constraints = {
        "hidden_layer_sizes": [
            "array-like",
            Interval(Integral, 1, None, closed="left"),
        ],
        "grid_size": [Interval(Integral, 1, None, closed="left")],
        "degree": [Interval(Integral, 1, 3, closed="both")],
        "base": [StrOptions({"silu", "linear"}), None],
        "solver": [StrOptions({"adam", "lbfgs"})],
        "learning_rate_init": [
            StrOptions({"auto"}),
            Interval(Real, 0, None, closed="neither"),
        ],
        "batch_size": [
            StrOptions({"auto"}),
            Interval(Integral, 1, None, closed="left"),
        ],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "max_steps": [Interval(Integral, 1, None, closed="left"), None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "min_iter": [Interval(Integral, 0, None, closed="left")],
        "group_penalty": [Interval(Real, 0, None, closed="left")],
        "smoothness": [Interval(Real, 0, None, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "input_map": [StrOptions(set(INPUT_MAPS)), None],
        "missing": [StrOptions({"indicator", "error"})],
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
        "grid_update_epochs": ["array-like"],
        "max_design_bytes": [Interval(Integral, 0, None, closed="left")],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
    }

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.missing == "indicator"
        tags.input_tags.categorical = self.categorical_features is not None
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Train the network.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Training rows; NaN marks a missing entry.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets; a classifier takes one column of labels.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        random_state = check_random_state(self.random_state)
        continues = self.warm_start and hasattr(self, "coefs_")
        X, y = self._check_X_y(X, y, continues)
        target, loss, weights, labels = self._encode_target(y, continues)
        if not continues:
            self._input_map = InputMap(
                self.input_map,
                categorical_mask(
                    self.categorical_features,
                    self.n_features_in_,
                    getattr(self, "feature_names_in_", None),
                    self._frame_levels,
                ),
            ).fit(X, random_state)
        dtype = np.float32 if self.solver == "adam" else np.float64
        train, self.validation_indices_ = self._split(len(X), labels, random_state)
        data = TrainingData(
            self._input_map.transform(X, dtype),
            np.ascontiguousarray(target, dtype=dtype),
            weights.astype(dtype),
            loss,
            train,
            self.validation_indices_,
        )
        network = self._continued() if continues else self._initial(random_state)
        network = network.astype(dtype)
        with one_blas_thread():
            if not continues:
                network.set_hidden_grids(data.z[data.train[:4096]])
            history = self._train(network, data, X, y, random_state)
            if not history.converged:
                warnings.warn(
                    f"L-BFGS stopped after max_iter={self.max_iter} iterations before "
                    "it converged; increase max_iter, or use solver='adam'.",
                    ConvergenceWarning,
                    stacklevel=3,
                )
            rows = _some_rows(len(X))
            importance = Importance(
                self._network(),
                data.z[rows].astype(np.float64),
                None,
                np.empty(0),
                loss,
                self._input_map.is_constant,
                random_state,
            )
            self.feature_importances_ = importance("l2", "centered")
        self.active_features_ = np.array(importance.columns, dtype=np.intp)
        return self

    def _check_X_y(self, X, y, continues=False):
        levels = self._frame_levels if continues else None
        X, self._frame_levels = encode_frame(X, self.categorical_features, levels)
        finite = "allow-nan" if self.missing == "indicator" else True
        with numbers_only(X, _CATEGORIES):
            return validate_data(
                self,
                X,
                y,
                reset=not continues,
                dtype=[np.float64, np.float32],
                ensure_all_finite=finite,
                **self._target_checks,
            )

    def _check_X(self, X):
        check_is_fitted(self)
        X, _ = encode_frame(X, self.categorical_features, self._frame_levels)
        finite = "allow-nan" if self.missing == "indicator" else True
        with numbers_only(X, _CATEGORIES):
            return validate_data(
                self,
                X,
                reset=False,
                dtype=[np.float64, np.float32],
                ensure_all_finite=finite,
            )

    def _split(self, n_samples, labels, random_state):
        """Rows to train on and rows to hold out (perhaps none)."""
        everything = np.arange(n_samples)
        nothing = everything[:0]
        if not self.early_stopping or n_samples < _MIN_ROWS_TO_HOLD_OUT:
            return everything, nothing
        n_held_out = int(np.ceil(self.validation_fraction * n_samples))
        if labels is not None:
            counts = np.bincount(labels)
            too_small = min(n_held_out, n_samples - n_held_out) < len(counts)
            if counts.min() < 2 or too_small:
                return everything, nothing
        if n_held_out < _MIN_HELD_OUT or n_samples - n_held_out < 1:
            return everything, nothing
        train, held_out = train_test_split(
            everything,
            test_size=n_held_out,
            stratify=labels,
            random_state=random_state,
        )
        return train, held_out

    def _continued(self):
        """The fitted network, on the grid that is asked for now."""
        network = self._network()
        if self.grid_size != network.grid_size:
            network = network.extend_grids(self.grid_size)
        return network

    def _initial(self, random_state):
        """A random network of the sizes that are asked for."""
        hidden = self.hidden_layer_sizes
        hidden = [hidden] if isinstance(hidden, Integral) else list(hidden)
        if any(not isinstance(size, Integral) or size < 1 for size in hidden):
            raise ValueError(
                f"hidden_layer_sizes={self.hidden_layer_sizes!r} must hold integers "
                "of at least 1; use () for an additive model."
            )
        n_basis = self.grid_size + self.degree
        return SplineNetwork.initialise(
            self._input_map.layout(n_basis, self.base is not None),
            [*hidden, self._n_outputs],
            self.grid_size,
            self.degree,
            self.base,
            random_state,
        )

    def _options(self, n_train):
        """Training options with every "auto" resolved."""
        options = {
            "batch_size": self.batch_size,
            "max_iter": self.max_iter,
            "min_iter": self.min_iter,
            "n_iter_no_change": self.n_iter_no_change,
            "group_penalty": self.group_penalty,
            "smoothness": self.smoothness,
            "weight_decay": self.weight_decay,
            "grid_update_epochs": tuple(self.grid_update_epochs),
            "max_design_bytes": self.max_design_bytes,
            "learning_rate": self.learning_rate_init,
        }
        if self.batch_size == "auto":
            power = 2.0 ** np.round(np.log2(max(1.0, n_train / 50)))
            options["batch_size"] = int(np.clip(power, 64, 512))
        if self.max_steps is not None and self.solver == "adam":
            # A long table takes as many steps in fewer epochs; the whole timetable
            # shrinks with them.
            n_batches = -(-n_train // options["batch_size"])
            epochs = min(self.max_iter, -(-self.max_steps // n_batches))
            for name in ("max_iter", "min_iter", "n_iter_no_change"):
                options[name] = int(np.ceil(options[name] * epochs / self.max_iter))
        if self.learning_rate_init == "auto":
            # One step moves a pre-activation by about 4 d rates.
            options["learning_rate"] = min(5e-3, 4.0 / self.n_features_in_)
        return options

    def _train(self, network, data, X, y, random_state):
        options = self._options(len(data.train))
        context = self._init_callback_context(max_subtasks=options["max_iter"])
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)

        def run_epoch(epoch):
            task = context.subcontext(task_name="epoch")
            task.call_on_fit_task_begin(estimator=self, X=X, y=y)
            done = epoch()
            stop = task.call_on_fit_task_end(
                estimator=self,
                X=X,
                y=y,
                reconstruction_attributes=lambda: self._attributes_of(network),
            )
            return done or stop

        if self.solver == "adam":
            history = train_adam(network, data, options, random_state, run_epoch)
        else:
            history = train_lbfgs(network, data, options, run_epoch)
        self._store(network, history)
        context.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes={}
        )
        return history

    def _attributes_of(self, network):
        shape = (self.n_features_in_, -1, network.coefs[0].shape[1])
        widths = network.layout.widths
        wide = [np.array(c, dtype=np.float64) for c in network.coefs]
        if (widths == widths[0]).all():
            wide[0] = wide[0].reshape(shape)
        wide[1:] = [c.reshape(-1, network.width, c.shape[1]) for c in wide[1:]]
        return {
            "coefs_": wide,
            "intercepts_": [np.array(b, dtype=np.float64) for b in network.intercepts],
            "grids_": [np.array(g, dtype=np.float64) for g in network.grids],
            "_spline_shape": (network.grid_size, self.degree, self.base),
        }

    def _store(self, network, history):
        for name, value in self._attributes_of(network).items():
            setattr(self, name, value)
        self.loss_curve_ = history.loss_curve
        self.validation_scores_ = history.validation_scores
        self.best_validation_score_ = history.best_validation_score
        self.n_iter_ = len(history.loss_curve)

    def _network(self):
        """The fitted network; its arrays are views of the fitted attributes."""
        grid_size, degree, base = self._spline_shape
        return SplineNetwork(
            self._input_map.layout(grid_size + degree, base is not None),
            grid_size,
            degree,
            base,
            [c.reshape(-1, c.shape[-1]) for c in self.coefs_],
            self.intercepts_,
            self.grids_,
        )

    def _outputs(self, X):
        """Raw outputs of the network, of shape (n_samples, n_outputs)."""
        X = self._check_X(X)
        network = self._network()
        with one_blas_thread():
            return np.concatenate(
                [
                    network.outputs(
                        self._input_map.transform(
                            X[start : start + _MAX_ROWS], np.float64
                        )
                    )
                    for start in range(0, len(X), _MAX_ROWS)
                ]
            )

    def feature_importances(self, X, y=None, *, method="l2", variant="centered"):
        """How much each column matters on given rows.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows; above 65536, as many evenly spaced ones are used.
        y : array-like, default=None
            Their targets; needed by "ko" and "perm" only.
        method : {"l1", "l2", "si", "ko", "perm", "attr"}, default="l2"
            The score, see the :ref:`User Guide <kan>`.
        variant : {"centered", "coef", "paper"}, default="centered"
            "centered" depends on the learned function only; "coef" are norms of the
            spline coefficients ("l1", "l2"); "paper" is the published code.

        Returns
        -------
        scores : ndarray of shape (n_features,)
            Divided by their sum, unless all are 0.
        """
        if method not in METHODS:
            raise ValueError(f"method={method!r} must be one of {list(METHODS)}.")
        if y is None and method in ("ko", "perm"):
            raise ValueError(f"method={method!r} measures a loss: it needs y.")
        with one_blas_thread():
            return self._importance(X, y)(method, variant)

    def _importance(self, X, y=None):
        """The scores of the fitted network on given rows, not yet computed."""
        X = self._check_X(X)
        rows = _some_rows(len(X))
        target, weights, loss = None, np.empty(0), "squared"
        if y is not None:
            y = check_array(y, ensure_2d=False, dtype=None)
            if len(y) != len(X):
                raise ValueError(f"X has {len(X)} rows, y has {len(y)}.")
            target, loss, weights, _ = self._encode_target(y, True)
            target = np.ascontiguousarray(target[rows], dtype=np.float64)
            weights = weights[rows] if weights.size else weights
        return Importance(
            self._network(),
            self._input_map.transform(X[rows], np.float64),
            target,
            weights,
            loss,
            self._input_map.is_constant,
            check_random_state(0 if self.random_state is None else self.random_state),
        )

    def _penalty_path(self, X, y):
        """The group penalty at which each column's coefficients disappear."""
        importance = self._importance(X, y)
        network = self._network().astype(np.float32)
        data = TrainingData(
            importance.z.astype(np.float32),
            importance.target.astype(np.float32),
            importance.weights.astype(np.float32),
            importance.loss,
            np.arange(len(importance.z)),
            np.arange(0),
        )
        options = self._options(len(importance.z))
        with one_blas_thread():
            path = penalty_path(network, data, options, importance.random_state)
            # Columns that disappear together stand by their score before.
            return path + 1e-6 * importance("l2", "centered")

    def edge_function(self, j, x, output=None):
        """The learned curves of one column.

        Parameters
        ----------
        j : int
            The column.
        x : array-like of shape (n_points,)
            Values of that column, in its own unit.
        output : int, default=None
            One unit of the first layer (of the output if there is no hidden layer);
            None returns all.

        Returns
        -------
        curves : ndarray of shape (n_points, n_units) or (n_points,)
            What the column adds to each unit; identified up to a constant.
        """
        check_is_fitted(self)
        if not 0 <= j < self.n_features_in_:
            raise ValueError(
                f"j={j} is not a column: it must be in 0..{self.n_features_in_ - 1}."
            )
        x = check_array(x, ensure_2d=False, ensure_all_finite="allow-nan", dtype=float)
        z = self._input_map.transform_column(j, x.reshape(-1))
        curves = self._network().contribution(z, j)
        return curves if output is None else curves[:, output]


@cache
def _blas():
    # Finding the libraries takes milliseconds: once is enough.
    return ThreadpoolController()


def one_blas_thread():
    """Small products lose time to threads, and the sums depend on their number."""
    return _blas().limit(limits=1, user_api="blas")


def _some_rows(n_samples):
    """All rows, or `_MAX_ROWS` evenly spaced ones."""
    if n_samples <= _MAX_ROWS:
        return slice(None)
    return np.linspace(0, n_samples - 1, _MAX_ROWS).astype(np.intp)
