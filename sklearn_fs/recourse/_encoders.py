# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoders and bins as step functions of the number that they encode.

For an original category only the number of output columns matters: what they hold is
found by asking the fitted steps.
"""

import numpy as np

from sklearn_fs.recourse._column_maps import Tabled, steps_of_points


def _split_missing(categories):
    """Numbers among the categories with their places, and the place of NaN.

    Returns
    -------
    split : (numbers, places, missing) or None
        None where a category is no number; `missing` is None without NaN.
    """
    try:
        numbers = np.array(categories.tolist(), dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if any(value is None or isinstance(value, str) for value in categories.tolist()):
        return None
    unknown = np.isnan(numbers)
    places = np.flatnonzero(~unknown)
    missing = np.flatnonzero(unknown)
    return numbers[places], places, int(missing[0]) if len(missing) else None


def _infrequent(step, k):
    """Places of the infrequent categories of a column."""
    groups = getattr(step, "infrequent_categories_", None)
    if groups is None or groups[k] is None:
        return np.empty(0, dtype=np.intp)
    rare = groups[k].tolist()
    known = step.categories_[k].tolist()
    return np.array([i for i, value in enumerate(known) if value in rare])


def _grouped(step, k):
    """Number of each category once the infrequent ones are one, and of that one."""
    n = len(step.categories_[k])
    rare = _infrequent(step, k)
    if len(rare) == 0:
        return np.arange(n), None
    frequent = np.ones(n, dtype=bool)
    frequent[rare] = False
    return np.where(frequent, np.cumsum(frequent) - 1, frequent.sum()), int(
        frequent.sum()
    )


def one_hot_columns(step, k, column, inputs):
    """Columns that a OneHotEncoder makes of its column k, or None."""
    number, group = _grouped(step, k)
    n_outputs = int(number.max()) + 1
    if step.drop_idx_ is not None and step.drop_idx_[k] is not None:
        dropped = number[int(step.drop_idx_[k])]
        number = np.where(number == dropped, -1, number - (number > dropped))
        n_outputs -= 1
        if group is not None:
            group = -1 if group == dropped else group - (group > dropped)
    if isinstance(column, Tabled):
        return [column] * n_outputs
    other = -1
    if step.handle_unknown in ("infrequent_if_exist", "warn") and group is not None:
        other = group
    tables = [(number == i, other == i) for i in range(n_outputs)]
    return _looked_up(step, k, column, inputs, tables)


def ordinal_columns(step, k, column, inputs):
    """The column that an OrdinalEncoder makes of its column k, or None."""
    if isinstance(column, Tabled):
        return [column]
    number, group = _grouped(step, k)
    codes = number.astype(np.float64)
    split = _split_missing(step.categories_[k])
    if split is not None and split[2] is not None:
        if group is not None:
            return None
        codes[split[2]] = step.encoded_missing_value
    other = np.nan if step.unknown_value is None else float(step.unknown_value)
    return _looked_up(step, k, column, inputs, [(codes, other)])


def target_columns(step, k, column, inputs):
    """Columns that a TargetEncoder makes of its column k, or None."""
    n = len(step.classes_) if step.target_type_ == "multiclass" else 1
    if isinstance(column, Tabled):
        return [column] * n
    means = np.atleast_1d(step.target_mean_)
    tables = [(step.encodings_[k * n + i], float(means[i])) for i in range(n)]
    return _looked_up(step, k, column, inputs, tables)


def _looked_up(step, k, column, inputs, tables):
    """One step function for each (value of each category, value of any other)."""
    split = _split_missing(step.categories_[k])
    if split is None:
        return None
    numbers, places, missing = split
    if getattr(step, "handle_unknown", "ignore") == "error":
        # What the encoder refuses is the model's to refuse.
        if not inputs.stays_within(column, numbers):
            return None
    out = []
    for values, other in tables:
        values = np.asarray(values, dtype=np.float64)
        ends, cells = steps_of_points(numbers, values[places], float(other))
        nothing = float(other) if missing is None else values[missing]
        out.append(column.stepped(ends, cells, nothing))
    return out


def bin_columns(step, k, column, inputs):
    """Columns that a KBinsDiscretizer makes of its column k, or None."""
    n_bins = int(step.n_bins_[k])
    if isinstance(column, Tabled):
        return [column] if step.encode == "ordinal" else [column] * n_bins
    if step.dtype is not None and np.dtype(step.dtype) != column.dtype:
        return None
    # A value at an edge belongs to the bin above it.
    ends = np.nextafter(np.asarray(step.bin_edges_[k][1:-1], dtype=float), -np.inf)
    numbers = np.arange(float(n_bins))
    if step.encode == "ordinal":
        return [column.stepped(ends, numbers, np.nan)]
    return [
        column.stepped(ends, (numbers == i).astype(float), np.nan)
        for i in range(n_bins)
    ]
