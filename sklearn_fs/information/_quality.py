# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the counts of a column by value say about the column itself."""

from numbers import Number

import numpy as np

# A histogram of repetitions: how many values occur more often than this.
REPETITIONS = (1, 10, 100, 1_000, 10_000, 100_000)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def column_statistics(columns, rare_threshold=1):
    """Statistics of each column that need no other column.

    Parameters
    ----------
    columns : sequence of objects
        One for each column, with `kind`; `values`, the distinct values that are
        present, or None; `counts` of shape (n_values, n_classes); `missing_counts` of
        shape (n_classes,); `n_buckets`, 0 where each value has a row of its own; and
        `numbers`, a :class:`NumberSummary` or None; `n_bytes`, length of all values
        as text in UTF-8, or None.
    rare_threshold : int, default=1
        Values that occur at most so often are rare.

    Returns
    -------
    statistics : dict of str to ndarray of shape (n_columns,)
        Entropies are in nats; what a column does not have is NaN.
    """
    rows = [_statistics(column, rare_threshold) for column in columns]
    names = _statistics_names()
    return {name: _as_array(name, [row[name] for row in rows]) for name in names}


def _statistics_names():
    return (
        "kind", "n", "n_missing", "coverage", "cardinality", "is_exact", "top_value",
        "top_count", "top_share", "n_singletons", "singleton_share", "rare_share",
        "entropy", "relative_entropy", "effective_cardinality", "unseen_mass",
        "mean_bytes", "min", "max", "mean", "std",
        *(f"q{round(100 * q):02d}" for q in QUANTILES),
        "zero_share", "n_infinite", "n_types", "n_variants",
        *(f"n_values_over_{k}" for k in REPETITIONS),
    )  # fmt: skip


_INTEGERS = {
    "n", "n_missing", "cardinality", "top_count", "n_singletons", "n_infinite",
    "n_types", "n_variants",
}  # fmt: skip


def _as_array(name, values):
    if name in ("kind", "top_value"):
        out = np.empty(len(values), dtype=object)
        out[:] = values
        return out
    if name == "is_exact":
        return np.array(values, dtype=bool)
    if name in _INTEGERS or name.startswith("n_values_over_"):
        return np.array(values, dtype=np.int64)
    return np.array(values, dtype=np.float64)


def _statistics(column, rare_threshold):
    totals = np.asarray(column.counts).sum(axis=1)
    used = np.flatnonzero(totals)
    counts = totals[used]
    present = int(counts.sum())
    missing = int(np.sum(column.missing_counts))
    n = present + missing
    share = counts / max(present, 1)
    entropy = float(-(share * np.log(share)).sum()) + 0.0
    singles = int((counts == 1).sum())
    rare = int(counts[counts <= rare_threshold].sum())
    top = int(np.argmax(counts)) if len(counts) else -1
    row = {
        "kind": column.kind,
        "n": n,
        "n_missing": missing,
        "coverage": present / max(n, 1),
        "cardinality": len(counts),
        "is_exact": column.n_buckets == 0,
        "top_value": _value(column, used[top]) if top >= 0 else None,
        "top_count": counts[top] if top >= 0 else 0,
        "top_share": share[top] if top >= 0 else np.nan,
        "n_singletons": singles,
        "singleton_share": singles / max(n, 1),
        "rare_share": rare / max(n, 1),
        "entropy": entropy,
        "relative_entropy": entropy / np.log(len(counts)) if len(counts) > 1 else 0.0,
        "effective_cardinality": float(np.exp(entropy)) if present else 0.0,
        # Good and Turing: the chance that the next row brings a value never seen.
        "unseen_mass": singles / max(present, 1),
        "mean_bytes": (
            np.nan if column.n_bytes is None else column.n_bytes / max(present, 1)
        ),
    }
    row["n_types"], row["n_variants"] = _spellings(column, used)
    row.update(_number_statistics(column.numbers, present))
    for k in REPETITIONS:
        row[f"n_values_over_{k}"] = int((counts > k).sum())
    return row


def _spellings(column, used):
    """How many types there are, and values that differ by case or outer space only."""
    if column.kind != "categorical" or column.values is None:
        return 1, 0
    values = column.values
    if isinstance(values, np.ndarray) and values.dtype.kind != "O":
        return 1, 0
    values = values.to_pylist() if hasattr(values, "to_pylist") else list(values)
    values = [values[i] for i in used]
    types = {"number" if isinstance(v, Number) else type(v).__name__ for v in values}
    words = [v for v in values if isinstance(v, str)]
    return len(types), len(words) - len({word.strip().casefold() for word in words})


def _value(column, position):
    """A value as Python has it, or None where values share buckets or bins."""
    if column.values is None:
        return None
    value = column.values[int(position)]
    value = value.as_py() if hasattr(value, "as_py") else value
    return value.item() if isinstance(value, np.generic) else value


def _number_statistics(numbers, present):
    names = ["min", "max", "mean", "std", *(f"q{round(100 * q):02d}" for q in QUANTILES)]
    if numbers is None or present == 0:
        return {**dict.fromkeys(names, np.nan), "zero_share": np.nan, "n_infinite": 0}
    return {
        "min": numbers.min,
        "max": numbers.max,
        "mean": numbers.mean,
        "std": numbers.std,
        **dict(zip(names[4:], numbers.quantiles, strict=True)),
        "zero_share": numbers.n_zeros / present,
        "n_infinite": numbers.n_infinite,
    }
