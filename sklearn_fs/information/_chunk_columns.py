# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The columns of a chunk as words and numbers, whatever container they came in.

A number is one value in every container: as a double where it is one exactly, else
(integers beyond 2^53) as a 64-bit integer. So 1, 1.0 and True are equal, the word "1"
is another value, and a chunk whose integers became floats changes nothing.
"""

from dataclasses import dataclass, field

import narwhals.stable.v1 as nw
import numpy as np
from scipy import sparse

from sklearn_fs.information._encoding import fits_64_bits, python_numbers
from sklearn_fs.information._factorize_fast import factorize_objects
from sklearn_fs.information._frame_columns import read_column
from sklearn_fs.information._value_table import NO_BYTES, Words

WORDS, NUMBERS, WIDE, OTHERS = "words", "numbers", "wide", "others"
_WORD_KINDS = (WORDS, OTHERS)
# Integers up to here are doubles exactly.
_EXACT = 2**53


@dataclass
class Piece:
    """Some rows of a column, of one domain.

    With `index` the words are a dictionary: row i has the word index[i] - 1, and 0 is
    missing.
    """

    domain: str
    values: object  # Words; doubles with NaN for missing; int64
    index: np.ndarray | None = None
    rows: np.ndarray | None = None  # positions in the chunk; None: all
    # A row that no piece has is missing.


@dataclass
class RawColumn:
    """A column of a chunk."""

    pieces: list = field(default_factory=list)
    # Of a dtype whose numbers are quantities, of one that is categories in itself.
    fractional: bool = False
    categorical: bool = False


def by_column(X):
    """A table in the form from which :func:`read_raw` takes columns fastest."""
    if sparse.issparse(X):
        return X.tocsc()
    # The view checks all names, which takes long once for each of many columns.
    return X if isinstance(X, np.ndarray) else nw.from_native(X, eager_only=True)


def read_raw(X, j):
    """Read column j of an array, a sparse array or an eager dataframe.

    Returns
    -------
    column : RawColumn
    """
    if isinstance(X, np.ndarray):
        return from_array(X[:, j])
    if sparse.issparse(X):
        return from_array(X[:, [j]].toarray().ravel())
    return from_series(nw.from_native(X, eager_only=True)[:, j])


def from_array(values, missing=None):
    """Read a NumPy array of any dtype."""
    kind = values.dtype.kind
    if kind == "f":
        numbers = np.ascontiguousarray(values, dtype=np.float64)
        if missing is not None:
            numbers = np.where(missing, np.nan, numbers)
        return RawColumn([Piece(NUMBERS, numbers)], fractional=True)
    if kind in "mM":
        nat = np.isnat(values)
        missing = nat if missing is None else missing | nat
        values = values.view(np.int64)
    elif kind not in "iub":
        codes = np.empty(len(values), dtype=np.uint32)
        uniques = factorize_objects(values.tolist(), codes)
        if missing is not None:
            codes[missing] = 0
        return from_uniques(codes, uniques)
    return RawColumn(_integers(values, missing))


def _integers(values, missing=None):
    """Whole numbers: doubles, and apart from them what no double can hold."""
    if values.dtype == np.uint64:
        values = values.view(np.int64)
    numbers = values.astype(np.float64)
    wide = None
    if values.dtype == np.int64 and len(values):
        if values.min() < -_EXACT or values.max() > _EXACT:
            inside = np.abs(numbers) < 2.0**63
            back = np.where(inside, numbers, 0.0).astype(np.int64)
            wide = ~np.where(inside, back == values, values == np.iinfo(np.int64).min)
    if missing is not None and missing.any():
        numbers[missing] = np.nan
        wide = None if wide is None else wide & ~missing
    if wide is None or not wide.any():
        return [Piece(NUMBERS, numbers)]
    rows = np.flatnonzero(wide)
    rest = np.flatnonzero(~wide)
    pieces = [Piece(WIDE, values[rows], rows=rows)]
    if len(rest):
        pieces.insert(0, Piece(NUMBERS, numbers[rest], rows=rest))
    return pieces


def from_series(series):
    """Read a column of a dataframe."""
    if series.implementation.is_pyarrow():
        return from_arrow(series.to_native())
    dtype = series.dtype
    values, detail, ready = read_column(series)
    if not ready:
        column = from_array(values, detail)
        if dtype.is_numeric() and not dtype.is_integer():
            column.fractional = True
        return column
    uniques = detail.to_list() if hasattr(detail, "to_list") else detail.to_pylist()
    column = from_uniques(values, list(uniques))
    column.categorical = dtype != nw.String
    return column


def from_arrow(array):
    """Read an Arrow column by its buffers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.unify_dictionaries().chunks)
    kind = array.type
    if pa.types.is_dictionary(kind):
        index = array.indices.cast(pa.int64()).fill_null(-1).to_numpy() + 1
        words = from_arrow(array.dictionary)
        column = RawColumn(categorical=True)
        column.pieces = [_through(index.astype(np.uint32), p) for p in words.pieces]
        return column
    if pa.types.is_null(kind):
        array = array.cast(pa.string())
        kind = array.type
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        array = array.cast(pa.large_string())
        kind = array.type
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    ):
        return RawColumn([Piece(WORDS, _arrow_words(array))])
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        array = array.cast(pa.float64())
        kind = array.type
    missing = (
        array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    )
    if pa.types.is_floating(kind):
        values = array.to_numpy(zero_copy_only=False)  # null becomes NaN
        return from_array(np.asarray(values, dtype=np.float64))
    if pa.types.is_boolean(kind):
        array = array.cast(pa.uint8())
    elif pa.types.is_timestamp(kind):
        # The same instant has one code, as for other dataframes.
        array = pc.cast(array, pa.timestamp("us"), safe=False).cast(pa.int64())
    elif pa.types.is_temporal(kind):
        array = array.cast(pa.int32() if array.type.bit_width == 32 else pa.int64())
    elif not pa.types.is_integer(kind):
        return from_array(np.array(array.to_pylist(), dtype=object))
    if missing is not None:
        array = array.fill_null(0)
    return from_array(array.to_numpy(), missing)


def _arrow_words(array):
    import pyarrow as pa

    large = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
    valid, offsets, data = array.buffers()
    offsets = np.frombuffer(offsets, dtype=np.int64 if large else np.int32)
    return Words(
        offsets[array.offset : array.offset + len(array) + 1],
        NO_BYTES if data is None else np.frombuffer(data, dtype=np.uint8),
        NO_BYTES
        if valid is None or not array.null_count
        else np.frombuffer(valid, dtype=np.uint8),
        array.offset,
    )


def _through(index, piece):
    """A piece of a dictionary to a piece of the rows that look into it."""
    if piece.domain in _WORD_KINDS:
        return Piece(piece.domain, piece.values, index=index)
    if piece.domain == NUMBERS and piece.rows is None:
        return Piece(NUMBERS, np.append(np.nan, piece.values)[index])
    place = np.zeros(int(max(index.max(initial=0), piece.rows.max())) + 2, np.intp)
    place[piece.rows + 1] = np.arange(1, len(piece.rows) + 1)
    rows = np.flatnonzero(place[index])
    return Piece(piece.domain, piece.values[place[index[rows]] - 1], rows=rows)


def from_uniques(codes, uniques):
    """Read codes from 1 (0 is missing) with a list of Python values."""
    domains = [_domain(value) for value in uniques]
    if all(d == WORDS for d in domains):
        return RawColumn([Piece(WORDS, Words.from_list(uniques), codes)])
    column = RawColumn()
    table = np.array(["", *domains])[codes]
    for domain in (WORDS, NUMBERS, OTHERS):
        members = [i for i, d in enumerate(domains) if d == domain]
        if not members:
            continue
        place = np.zeros(len(uniques) + 1, dtype=np.uint32)
        place[np.array(members) + 1] = np.arange(1, len(members) + 1)
        rows = np.flatnonzero(table == domain)
        values = [uniques[i] for i in members]
        index = place[codes[rows]]
        if domain == NUMBERS:
            pieces = _python_numbers(values, column)
        else:
            if domain == OTHERS:
                values = [_other_bytes(value) for value in values]
            pieces = [Piece(domain, Words.from_list(values))]
        for piece in pieces:
            one = _through(index, piece)
            one.rows = rows if one.rows is None else rows[one.rows]
            column.pieces.append(one)
    return column


def _domain(value):
    if isinstance(value, str):
        return WORDS
    if fits_64_bits(value) or isinstance(value, (bool, np.bool_)):
        return NUMBERS
    return OTHERS


def _python_numbers(values, column):
    numbers = python_numbers(values)
    if numbers.dtype == np.int64:
        return _integers(numbers)
    column.fractional = True
    return [Piece(NUMBERS, numbers)]


def _other_bytes(value):
    """Bytes of any other value, the same in every process."""
    if isinstance(value, bytes):
        return b"bytes\0" + value
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}\0{value!r}".encode()
