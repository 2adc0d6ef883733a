# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""People as numbers, and numbers as people again.

The search works on a matrix of float64 in which a category is its index. A model is
asked with tables of the very type, names and dtypes that the user passed.
"""

import narwhals.stable.v1 as nw
import numpy as np

from sklearn_fs.recourse._constraints import _is_missing


class ColumnTable:
    """Columns of a dataframe or an array, by name.

    Parameters
    ----------
    X : {dataframe, array-like} of shape (n_samples, n_features)
        Never written to.
    names : sequence of str, default=None
        Names for the columns of an array; None: x0, x1, ...
    """

    def __init__(self, X, names=None):
        self.is_frame = nw.dependencies.is_into_dataframe(X)
        if self.is_frame:
            self.X = X
            self._frame = nw.from_native(X, eager_only=True)
            self.names = [str(name) for name in self._frame.columns]
            self.n_rows = len(self._frame)
            return
        self.X = np.asarray(X)
        if self.X.ndim != 2:
            raise ValueError(f"X has {self.X.ndim} dimensions; a table has 2.")
        self.n_rows, n_columns = self.X.shape
        self.names = list(names or (f"x{j}" for j in range(n_columns)))

    def __len__(self):
        return self.n_rows

    def raw(self, name):
        """Values of a column: numbers with NaN for missing, else objects.

        Parameters
        ----------
        name : str

        Returns
        -------
        values : ndarray of shape (n_samples,)
        """
        j = self.names.index(name)
        if not self.is_frame:
            column = self.X[:, j]
            return _numbers_if_possible(column) if column.dtype == object else column
        series = self._frame[:, j]
        dtype = series.dtype
        if dtype.is_numeric() or dtype == nw.Boolean:
            if series.null_count() or dtype.is_float():
                return series.cast(nw.Float64).to_numpy().astype(np.float64)
            return np.asarray(series.to_numpy())
        values = np.array(series.to_list(), dtype=object)
        return _numbers_if_possible(values)

    def objects(self, name):
        """Values of a column as the objects that they are, None and NaN apart.

        Parameters
        ----------
        name : str

        Returns
        -------
        values : ndarray of shape (n_samples,), dtype object
        """
        j = self.names.index(name)
        if not self.is_frame:
            return self.X[:, j].astype(object)
        return np.array(self._frame[:, j].to_list(), dtype=object)

    def missing(self, name):
        """Which values of a column are missing.

        Parameters
        ----------
        name : str

        Returns
        -------
        mask : ndarray of shape (n_samples,), dtype bool
        """
        return _is_missing(self.raw(name))

    def codes(self, feature):
        """A column as float64: a category is its index in `values`.

        Parameters
        ----------
        feature : FeatureAction

        Returns
        -------
        codes : ndarray of shape (n_samples,), dtype float64
            NaN for missing and for a category that the feature does not know.
        """
        values = self.raw(feature.name)
        if feature.kind != "categorical":
            try:
                return values.astype(np.float64)
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"column {feature.name!r} is {feature.kind} in the action set, but "
                    "holds values that are no numbers; set its kind to 'categorical'."
                ) from error
        index = {value: float(i) for i, value in enumerate(feature.values or ())}
        return np.array([index.get(v, np.nan) for v in values.tolist()], dtype=float)

    def matrix(self, action_set):
        """All columns as float64.

        Parameters
        ----------
        action_set : ActionSet

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features)
        """
        plain = not self.is_frame and self.X.dtype.kind in "biuf"
        if plain and not any(f.kind == "categorical" for f in action_set):
            return np.ascontiguousarray(self.X, dtype=np.float64)
        Z = np.empty((self.n_rows, len(self.names)))
        for j, feature in enumerate(action_set):
            Z[:, j] = self.codes(feature)
        return Z

    def take(self, rows):
        """Some rows, in the container of X.

        Parameters
        ----------
        rows : ndarray of int

        Returns
        -------
        X_rows : container of X
        """
        if self.is_frame:
            return self._frame[rows].to_native()
        return self.X[rows]

    def changed(self, rows, Z, start, action_set):
        """Rows of X with new values, in the container and with the dtypes of X.

        Parameters
        ----------
        rows : ndarray of int
            The person behind each candidate.
        Z : ndarray of shape (n_candidates, n_features)
            New values as numbers.
        start : ndarray of shape (n_samples, n_features)
            Values of all people as numbers.
        action_set : ActionSet

        Returns
        -------
        X_new : container of X
        """
        before = start[rows]
        moved = (Z != before) & ~(np.isnan(Z) & np.isnan(before))
        columns = np.flatnonzero(moved.any(axis=0))
        features = list(action_set)
        if not self.is_frame:
            return self._changed_array(rows, Z, moved, columns, features)
        frame = self._frame[rows]
        new = []
        for j in columns:
            new.append(
                self._changed_series(
                    frame[:, int(j)], Z[:, j], moved[:, j], features[j]
                )
            )
        return frame.with_columns(*new).to_native() if new else frame.to_native()

    def _changed_array(self, rows, Z, moved, columns, features):
        dtype = self.X.dtype
        if dtype.kind in "biu" and (Z[:, columns] != np.floor(Z[:, columns])).any():
            dtype = np.float64
        out = self.X[rows].astype(dtype, copy=False)
        for j in columns:
            hit = moved[:, j]
            out[hit, j] = _decoded(Z[hit, j], features[j], dtype)
        return out

    def _changed_series(self, series, values, moved, feature):
        """A column of the frame with some values replaced; its dtype stays."""
        dtype = series.dtype
        if feature.kind == "categorical":
            mixed = series.to_list()
            for i in np.flatnonzero(moved):
                mixed[i] = feature.values[int(values[i])]
            return _series_like(series, mixed)
        if dtype.is_integer() or dtype == nw.Boolean:
            if not (values[moved] == np.floor(values[moved])).all():
                dtype = nw.Float64
        missing = np.isnan(values)
        if missing.any() and not dtype.is_float():
            mixed = [
                None if m else _scalar(v, dtype)
                for v, m in zip(values.tolist(), missing, strict=True)
            ]
            return _series_like(series, mixed)
        if dtype == nw.Boolean:
            values = values.astype(bool)
        elif dtype.is_integer():
            # Untouched rows keep their own integers, also those beyond 2**53.
            own = series.to_numpy()
            values = np.where(moved, np.where(moved, values, 0).astype(own.dtype), own)
        native = series.to_native()
        if hasattr(native, "iloc"):
            cast = native.dtype if dtype == series.dtype else np.float64
            return nw.from_native(
                type(native)(values, index=native.index, name=native.name).astype(cast),
                series_only=True,
            )
        return nw.new_series(
            series.name, values, dtype, backend=nw.get_native_namespace(series)
        )


def _scalar(value, dtype):
    if dtype == nw.Boolean:
        return bool(value)
    return int(value) if dtype.is_integer() else value


def _series_like(series, values):
    """A series of the same library, name, index and dtype."""
    native = series.to_native()
    if hasattr(native, "iloc"):
        made = type(native)(values, index=native.index, name=native.name, dtype=object)
        return nw.from_native(made.astype(native.dtype), series_only=True)
    return nw.new_series(
        series.name, values, series.dtype, backend=nw.get_native_namespace(series)
    )


def _decoded(values, feature, dtype):
    if feature.kind != "categorical":
        return (
            values
            if np.dtype(dtype).kind != "O"
            else [_whole(v) for v in values.tolist()]
        )
    return [feature.values[int(v)] for v in values]


def _whole(value):
    return int(value) if float(value).is_integer() else value


def _numbers_if_possible(values):
    """Objects that are all numbers become numbers; None becomes NaN."""
    kinds = {type(v) for v in values.tolist()}
    if kinds <= {int, float, bool, type(None)} and kinds != {type(None)}:
        return values.astype(np.float64)
    return values
