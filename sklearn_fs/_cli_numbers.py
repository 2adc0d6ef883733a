# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns of a table as numbers, for the methods that need numbers.

Numbers stay as they are; dates become days, yes and no 1 and 0. Words become a column
of 0 and 1 for each of their most frequent values, or codes for a method that takes
categories. What cannot be used is left out, with the reason.
"""

import numpy as np

from sklearn_fs._cli_common import CommandError, listed
from sklearn_fs._optional import import_optional

# Values of a column of words that get a column of 0 and 1 of their own.
N_PARTS = 20
# Words of more different values than this are taken for text or identifiers.
MAX_LEVELS = 256
# Whole numbers of more different values than this are no classes.
MAX_CLASSES = 20
_NS_OF_A_DAY = 86_400 * 10**9


class NumericTable:
    """The columns of a table as a matrix.

    Parameters
    ----------
    table : pyarrow.Table
        As `read_table` gives it.
    names : list of str
        Columns to take.
    categorical : sequence of str or "all"
        Columns of numbers that are categories.
    form : {"codes", "parts", "distances"}
        "codes": one column each, words as codes, NaN where missing. "parts": words as
        columns of 0 and 1, the median where a number is missing, and a column that
        says where. "distances": the same with numbers of mean 0 and variance 1, so
        that two different words are as far apart as the numbers of two random rows.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_parts)
        float32 for distances, else float64.
    owners : ndarray of shape (n_parts,)
        Which of `names` each part belongs to.
    names : list of str
        Columns that are used.
    kinds : dict of str to str
        How each of them was read.
    is_categorical : ndarray of shape (n_parts,), bool
        Which parts are codes.
    left_out : dict of str to str
        The reason for each column that is not used.
    doubtful : list of str
        Columns in use with another whole number in each row: identifiers, perhaps.
    missing : dict of str to float
        Share of the rows without a value, at least for the columns in use.
    """

    def __init__(self, table, names, categorical, form):
        self.form = form
        self.names, self.kinds, self.left_out, self.missing = [], {}, {}, {}
        self.doubtful = []
        parts, owners, codes = [], [], []
        for name in names:
            column = table.column(name).combine_chunks()
            if hasattr(column, "chunk"):
                column = column.chunk(0)
            wanted = categorical == "all" or name in categorical
            try:
                found, is_code = self._read(name, column, wanted)
            except _NotUsable as reason:
                self.left_out[name] = str(reason)
                continue
            owners += [len(self.names)] * len(found)
            codes += [is_code] * len(found)
            parts += found
            self.names.append(name)
        dtype = np.float32 if form == "distances" else np.float64
        self.X = np.empty((table.num_rows, len(parts)), dtype=dtype)
        for j, part in enumerate(parts):
            self.X[:, j] = part
        self.owners = np.array(owners, dtype=np.intp)
        self.is_categorical = np.array(codes, dtype=bool)

    def _read(self, name, column, wanted):
        pa = import_optional("pyarrow", needed_by="reading a file")
        kind = column.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind):
            raise _NotUsable(f"holds {kind}")
        if column.null_count == len(column):
            raise _NotUsable("has no value")
        if is_words(kind) or (wanted and not pa.types.is_boolean(kind)):
            codes, levels = encode_words(column)
            self.missing[name] = float(np.mean(codes < 0))
            return self._words(name, codes, levels), self.form == "codes"
        values, self.kinds[name] = as_numbers(column)
        self.missing[name] = float(np.mean(np.isnan(values)))
        if self.missing[name] == 1.0:
            raise _NotUsable("has no value")
        return self._numbers(name, values, pa.types.is_integer(kind)), False

    def _words(self, name, codes, levels):
        n_levels, n_rows = len(levels), len(codes)
        if n_levels > MAX_LEVELS or (n_levels > N_PARTS and n_levels > n_rows / 2):
            raise _NotUsable(f"words of {n_levels:,} different values")
        counts = np.bincount(codes[codes >= 0], minlength=n_levels)
        if n_levels == 1 and counts[0] == n_rows:
            raise _NotUsable("has one value only")
        self.kinds[name] = f"{n_levels:,} words"
        if self.form == "codes":
            return [np.where(codes < 0, np.nan, codes)]
        order = np.argsort(-counts, kind="stable")[:N_PARTS]
        if n_levels == 2 and counts.sum() == n_rows and self.form == "parts":
            order = order[1:]
        parts = [(codes == level).astype(np.float32) for level in order]
        if n_levels > N_PARTS:
            parts.append((~np.isin(codes, order) & (codes >= 0)).astype(np.float32))
        if counts.sum() < n_rows:
            parts.append((codes < 0).astype(np.float32))
        return parts

    def _numbers(self, name, values, is_integer):
        missing = np.isnan(values)
        if np.isinf(values).any():
            raise CommandError(
                f"column {name!r} holds infinite values; take them as missing with "
                f"--missing-values inf,-inf, or leave it out with --exclude {name}"
            )
        low, high = np.nanmin(values), np.nanmax(values)
        if low == high and not missing.any():
            raise _NotUsable("has one value only")
        n_rows = len(values)
        if is_integer and n_rows > N_PARTS and len(np.unique(values)) == n_rows:
            if high - low + 1 == n_rows:
                raise _NotUsable("numbers the rows")
            self.doubtful.append(name)
        if self.form == "codes":
            return [values]
        parts = [np.where(missing, np.nanmedian(values), values)]
        if self.form == "distances":
            spread = parts[0].std()
            parts[0] = (parts[0] - parts[0].mean()) / (spread if spread > 0 else 1.0)
        if missing.any():
            parts.append(missing.astype(np.float32))
        return parts

    def say_left_out(self, what):
        """Print which columns are not used, with the reasons."""
        by_reason = {}
        for name, reason in self.left_out.items():
            by_reason.setdefault(reason, []).append(name)
        for reason, names in by_reason.items():
            print(f"  {what}: {listed(names)} ({reason})")

    def say_doubtful(self, names, what):
        """Print which of the names may be identifiers, and what to do about them."""
        found = [name for name in self.doubtful if name in names]
        if found:
            print(
                f"  {listed(found)}: another whole number in each row; if that is an "
                f"identifier, {what}"
            )


class _NotUsable(Exception):
    """Why a column is left out."""


def is_words(kind):
    """Whether a type of Arrow is one of words."""
    pa = import_optional("pyarrow", needed_by="reading a file")
    return any(
        check(kind)
        for check in (
            pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view
        )
    )  # fmt: skip


def encode_words(column):
    """Codes of a column in the order of the sorted values, -1 where missing.

    Returns
    -------
    codes : ndarray of shape (n_rows,), int64
    levels : list
        Sorted, those that occur.
    """
    pa = import_optional("pyarrow", needed_by="reading a file")
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    known = column.dictionary.to_pylist()
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    codes = codes.astype(np.int64)
    used = np.unique(codes[codes >= 0])
    # NaN is no value either.
    used = [int(c) for c in used if known[c] is not None and known[c] == known[c]]
    order = sorted(used, key=lambda code: (str(type(known[code])), known[code]))
    new = np.full(len(known) + 1, -1, dtype=np.int64)
    new[order] = np.arange(len(order))
    return new[codes], [known[code] for code in order]


def as_numbers(column):
    """Values of a column of numbers, dates or truth values.

    Returns
    -------
    values : ndarray of shape (n_rows,), float64
        NaN where missing.
    kind : str
    """
    pa = import_optional("pyarrow", needed_by="reading a file")
    kind = column.type
    name, divisor = "numbers", 1
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    elif pa.types.is_boolean(kind):
        column, name = column.cast(pa.int8()), "yes or no"
    elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        naive = pa.timestamp("ms") if pa.types.is_date(kind) else pa.timestamp(
            kind.unit
        )  # fmt: skip
        unit = naive.unit
        column, name = column.cast(naive).cast(pa.int64()), "dates"
        divisor = _NS_OF_A_DAY / {"s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1}[unit]
    elif pa.types.is_time(kind) or pa.types.is_duration(kind):
        raw = pa.int32() if pa.types.is_time32(kind) else pa.int64()
        column, name = column.cast(raw), "times"
    elif pa.types.is_integer(kind):
        name = "whole numbers"
    column = column.cast(pa.float64(), safe=False)
    return column.to_numpy(zero_copy_only=False) / divisor, name


class TargetColumn:
    """The column to predict: classes or numbers, and the rows that have it.

    Parameters
    ----------
    table : pyarrow.Table
    name : str
    task : {"auto", "classification", "regression"}
        "auto": words, truth values and up to 20 different whole numbers are classes.

    Attributes
    ----------
    has_value : ndarray of shape (n_rows,), bool
        Rows with a target.
    y : ndarray of shape (n_rows_with_target,)
        Codes of classes, or numbers.
    classes : list or None
        Labels; None for numbers.
    """

    def __init__(self, table, name, task="auto"):
        pa = import_optional("pyarrow", needed_by="reading a file")
        column = table.column(name).combine_chunks()
        if hasattr(column, "chunk"):
            column = column.chunk(0)
        kind = column.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if column.null_count == len(column):
            raise CommandError(
                f"all values of the target {name!r} are missing; choose another "
                "column with --target"
            )
        words = is_words(kind) or pa.types.is_boolean(kind)
        if words and task == "regression":
            raise CommandError(
                f"--task regression: the target {name!r} holds words, not numbers; "
                "leave --task out"
            )
        self.classes = None
        if not words:
            values, _ = as_numbers(column)
            self.has_value = ~np.isnan(values)
            self.y = values[self.has_value]
            if np.isinf(self.y).any():
                raise CommandError(
                    f"the target {name!r} holds infinite values; take them as missing "
                    "with --missing-values inf,-inf"
                )
            found = np.unique(self.y)
            whole = bool((found == np.floor(found)).all())
            if task == "auto":
                words = whole and len(found) <= MAX_CLASSES
            else:
                words = task == "classification"
        if words:
            codes, self.classes = encode_words(column)
            self.has_value = codes >= 0
            self.y = codes[self.has_value]
        n_values = len(np.unique(self.y))
        if n_values < 2:
            raise CommandError(
                f"the target {name!r} has one value only; with nothing to tell apart, "
                "name another column with --target"
            )
        if words and n_values > MAX_CLASSES and n_values > len(self.y) / 2:
            raise CommandError(
                f"the target {name!r} has {n_values:,} different values in "
                f"{len(self.y):,} rows, too many for classes; name another column "
                "with --target"
            )

    @property
    def task(self):
        return "regression" if self.classes is None else "classification"

    def describe(self):
        """What it is, in a few words."""
        if self.classes is None:
            return "numbers"
        return f"{len(self.classes):,} classes"
