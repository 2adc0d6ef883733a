# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The columns of people as a model that is read sees them."""

import narwhals.stable.v1 as nw
import numpy as np

from sklearn_fs.recourse._column_maps import Rising, Steps, Tabled
from sklearn_fs.recourse._preprocessing import Block


class Numbers:
    """Columns of which nothing is known but that they are numbers.

    Parameters
    ----------
    n_columns : int
    """

    def __init__(self, n_columns):
        self.n_columns = n_columns

    def block(self):
        """The columns before the first step."""
        return Block([Rising(j) for j in range(self.n_columns)])

    def stays_within(self, column, numbers):
        """Whether a column can take no other value than these numbers."""
        return False


class Inputs:
    """Columns of some people.

    A category is the number of its place in the action set. Categories that it does
    not know, and which a person therefore keeps, get the numbers behind: the model
    may know them. So do missing categories written down in a second way, which
    encoders tell apart.

    Parameters
    ----------
    table : ColumnTable
    Z : ndarray of shape (n_people, n_columns)
        The people as numbers.
    action_set : ActionSet

    Attributes
    ----------
    seen : ndarray of shape (n_people, n_columns)
        The people with a number for every category; Z itself where it has them all.
    strangers : dict of int to list of (type, value)
        Categories that the action set does not know, by column.
    missing : dict of int to type or None
        How a missing category is written down first, by column; None without one.
    """

    def __init__(self, table, Z, action_set):
        self.table, self.Z, self.action_set = table, Z, action_set
        self.n_columns = Z.shape[1]
        self.seen = Z
        self.strangers, self.missing = {}, {}
        for j, feature in enumerate(action_set):
            if feature.kind != "categorical":
                continue
            empty = np.flatnonzero(np.isnan(Z[:, j]))
            self.missing[j] = None
            if len(empty):
                self._look_at(j, empty)

    def _look_at(self, j, empty):
        feature = list(self.action_set)[j]
        raw = self.table.objects(feature.name)[empty]
        missing = self.table.missing(feature.name)[empty]
        # NaN differs from itself: missing values are known by their type.
        names = [
            (type(value), None) if absent else (type(value), value)
            for value, absent in zip(raw.tolist(), missing, strict=True)
        ]
        self.missing[j] = next((n[0] for n in names if n[1] is None), None)
        strange = [n for n in names if n != (self.missing[j], None)]
        if strange:
            found = list(dict.fromkeys(strange))
            self.strangers[j] = found
            number = {n: len(feature.values or ()) + i for i, n in enumerate(found)}
            if self.seen is self.Z:
                self.seen = self.Z.copy()
            self.seen[empty, j] = [number.get(name, np.nan) for name in names]

    def is_beyond(self, missing):
        """Whether there are categories for which a model has not been read.

        Parameters
        ----------
        missing : dict of int to type or None
            That of the people for whom it has.
        """
        return bool(self.strangers) or any(
            kind is not None and kind is not missing[j]
            for j, kind in self.missing.items()
        )

    def can_be_read(self):
        """Whether every category keeps its number until it gets another one."""
        return not any(
            list(self.action_set)[j].missing == "reachable" for j in self.strangers
        )

    def block(self):
        """The columns before the first step."""
        columns = []
        for j, feature in enumerate(self.action_set):
            if feature.kind == "categorical":
                columns.append(Tabled(j))
            else:
                columns.append(Rising(j, dtype=self._dtype(j)))
        names = self.action_set.feature_names if self.table.is_frame else None
        return Block(columns, names=names)

    def _dtype(self, j):
        """The dtype in which numpy sees a column; float64 where it is none."""
        if not self.table.is_frame:
            dtype = self.table.X.dtype
            return dtype if dtype.kind in "biuf" else np.dtype(np.float64)
        frame = nw.from_native(self.table.X, eager_only=True)
        dtype = frame.schema[frame.columns[j]]
        if dtype == nw.Boolean:
            return np.dtype(bool)
        if dtype.is_numeric() and not dtype.is_decimal():
            return np.dtype(str(dtype).lower())
        return np.dtype(np.float64)

    def stays_within(self, column, numbers):
        """Whether a column can take no other value than these numbers."""
        if not isinstance(column, Rising | Steps):
            return True
        feature = list(self.action_set)[column.source]
        linked = any(
            feature.name in getattr(constraint, "targets", ())
            for constraint in self.action_set.constraints
        )
        if linked:
            return False
        if not feature.actionable:
            return True
        if isinstance(column, Steps) or column.function:
            return False
        values = feature.codes
        if values is None and feature.grid == 1.0 and feature.bounds and len(numbers):
            # Whole numbers, from anybody's own one to the bounds.
            low = min(np.ceil(feature.bounds[0]), np.min(numbers))
            high = max(np.floor(feature.bounds[1]), np.max(numbers))
            values = np.arange(low, high + 1)
        return values is not None and bool(np.isin(values, numbers).all())

    def tabulate(self, j, transform):
        """What a category, in place of column j of a row, becomes behind some steps.

        Parameters
        ----------
        j : int
        transform : callable
            From a table of people to the table behind the steps.

        Returns
        -------
        values : ndarray of shape (n_categories + 1, n_outputs)
            The last row for a missing one; NaN where nobody has a missing one.
        """
        feature = list(self.action_set)[j]
        codes = np.arange(float(len(feature.values or ())))
        rows, made = np.zeros(len(codes), dtype=np.intp), []
        own = self.seen[:, j]
        others = [
            int(np.argmax(own == len(codes) + i))
            for i in range(len(self.strangers.get(j, ())))
        ]
        empty = np.flatnonzero(np.isnan(own))[:1]
        rows = np.concatenate([rows, others, empty]).astype(np.intp)
        made = self.Z[rows]
        made[: len(codes), j] = codes
        table = self.table.changed(rows, made, self.Z, self.action_set)
        values = transform(table)
        if hasattr(values, "toarray"):
            values = values.toarray()
        values = np.asarray(values).astype(np.float64)
        if len(empty) == 0:
            values = np.vstack([values, np.full(values.shape[1], np.nan)])
        return values
