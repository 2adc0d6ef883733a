# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Steps of a pipeline that treat each column alone and keep its order."""

import numpy as np
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

from sklearn_fs.recourse._monotone import last_true


class ColumnSteps:
    """What scalers do to columns, in their own floating-point operations.

    Every operation is rounded and none turns the order of a column, so a threshold
    behind the steps has an exact threshold in front of them.
    """

    def __init__(self):
        self._operations = []

    def __bool__(self):
        return bool(self._operations)

    def add(self, step):
        """Append a fitted step; False when it is of another kind."""
        if step is None or (isinstance(step, str) and step == "passthrough"):
            return True
        if isinstance(step, StandardScaler):
            if step.with_mean:
                self._operations.append((np.subtract, step.mean_))
            if step.with_std:
                self._operations.append((np.divide, step.scale_))
            return True
        if isinstance(step, MinMaxScaler):
            self._operations.append((np.multiply, step.scale_))
            self._operations.append((np.add, step.min_))
            if step.clip:
                low, high = step.feature_range
                n_columns = len(step.scale_)
                self._operations.append((np.maximum, np.full(n_columns, float(low))))
                self._operations.append((np.minimum, np.full(n_columns, float(high))))
            return True
        if isinstance(step, MaxAbsScaler):
            if getattr(step, "clip", False):
                return False
            self._operations.append((np.divide, step.scale_))
            return True
        return False

    def forward(self, z, columns):
        """Values behind the steps; `columns[i]` is the column of `z[i]`."""
        with np.errstate(over="ignore", invalid="ignore"):
            for operation, numbers in self._operations:
                z = operation(z, numbers[columns])
        return z

    def thresholds(self, thresholds, columns):
        """T such that `z <= T` equals `forward(z) <= threshold`."""
        if not self._operations:
            return thresholds
        pairs = np.stack([columns.astype(np.float64), thresholds], axis=1)
        unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
        at, wanted = unique[:, 0].astype(np.intp), unique[:, 1]
        found = last_true(lambda z: self.forward(z, at) <= wanted, len(wanted))
        return found[np.ravel(inverse)]

    def affine(self, n_columns):
        """`scale, shift` of all steps, or None where one of them is not affine."""
        scale, shift = np.ones(n_columns), np.zeros(n_columns)
        for operation, numbers in self._operations:
            if operation is np.subtract:
                shift = shift - numbers
            elif operation is np.add:
                shift = shift + numbers
            elif operation is np.multiply:
                scale, shift = scale * numbers, shift * numbers
            elif operation is np.divide:
                scale, shift = scale / numbers, shift / numbers
            else:
                return None
        return scale, shift
