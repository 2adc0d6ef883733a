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
        One for each column, with `kind`; `read()`, which gives its values and their
        counts by class; `missing_counts` of shape (n_classes,); `n_buckets` and
        `cell_shift`, 0 where each value is counted for itself; `fractional`;
        `numbers`; and `n_bytes`, the length of all words in UTF-8.
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
    values, by_class = column.read()[:2]
    counts = by_class.sum(axis=1)
    present = int(counts.sum())
    missing = int(np.sum(column.missing_counts))
    n = present + missing
    share = counts / max(present, 1)
    entropy = float(-(share * np.log(share)).sum()) + 0.0
    singles = int((counts == 1).sum())
    rare = int(counts[counts <= rare_threshold].sum())
    top = int(np.argmax(counts)) if len(counts) else -1
    exact = column.n_buckets == 0 and column.cell_shift == 0
    words = [value for value in values.tolist() if isinstance(value, str)]
    has_words = len(words) > 0 and exact
    row = {
        "kind": column.kind,
        "n": n,
        "n_missing": missing,
        "coverage": present / max(n, 1),
        "cardinality": len(counts),
        "is_exact": exact,
        "top_value": _value(column, values[top]) if top >= 0 and exact else None,
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
        "mean_bytes": column.n_bytes / present if column.n_bytes else np.nan,
        "n_types": _n_types(values) if exact else 1,
        "n_variants": (
            len(words) - len({word.strip().casefold() for word in words})
            if has_words
            else 0
        ),
    }
    numeric = values.dtype.kind in "iuf" and column.n_buckets == 0
    row.update(_number_statistics(column.numbers, values, counts, numeric))
    for k in REPETITIONS:
        row[f"n_values_over_{k}"] = int((counts > k).sum())
    return row


def _value(column, value):
    """A value as Python has it; counting takes all numbers as floats."""
    if isinstance(value, (float, np.floating)) and not column.fractional:
        return int(value) if np.isfinite(value) else float(value)
    return value.item() if isinstance(value, np.generic) else value


def _n_types(values):
    if values.dtype.kind != "O":
        return 1
    types = {
        "number" if isinstance(value, Number) else type(value).__name__
        for value in values.tolist()
    }
    return max(1, len(types))


def _number_statistics(numbers, values, counts, numeric):
    names = [
        "min",
        "max",
        "mean",
        "std",
        *(f"q{round(100 * q):02d}" for q in QUANTILES),
    ]
    total = numbers.n_finite + numbers.n_infinite
    if not numeric or total == 0:
        return {
            **dict.fromkeys(names, np.nan),
            "zero_share": np.nan,
            "n_infinite": numbers.n_infinite,
        }
    # The smallest value which at least this share of the rows does not exceed.
    places = np.searchsorted(np.cumsum(counts), np.array(QUANTILES) * counts.sum())
    finite = max(numbers.n_finite, 1)
    return {
        "min": numbers.minimum,
        "max": numbers.maximum,
        "mean": numbers.mean if numbers.n_finite else np.nan,
        "std": np.sqrt(numbers.squares / finite),
        **dict(zip(names[4:], values[places].astype(float), strict=True)),
        "zero_share": numbers.n_zeros / total,
        "n_infinite": numbers.n_infinite,
    }
