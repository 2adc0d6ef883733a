# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a column of a dataframe library gives: codes where it has them, else values."""

import narwhals.stable.v1 as nw
import numpy as np


def read_column(series):
    """Read one column.

    Parameters
    ----------
    series : narwhals Series
        A column of pandas, polars or pyarrow.

    Returns
    -------
    values : ndarray of shape (n_samples,)
        Codes of dtype uint32 with 0 for missing if `ready`, else values.
    detail : sized iterable, ndarray of bool, or None
        If `ready` the values of the codes 1, 2, ..., still in the library's own
        container; else a mask of the missing rows, or None where the values tell.
    ready : bool
    """
    dtype = series.dtype
    if dtype == nw.Categorical or isinstance(dtype, nw.Enum) or dtype == nw.Enum:
        return *_category_codes(series), True
    if dtype == nw.String:
        return *_string_codes(series), True
    if dtype == nw.Datetime:
        series = series.dt.timestamp("us")
        dtype = series.dtype
    if dtype.is_numeric() or dtype == nw.Boolean:
        if dtype == nw.Int128 or dtype == nw.UInt128:
            # NumPy has no such integers.
            return np.array(series.to_list(), dtype=object), None, False
        if dtype.is_decimal():
            return series.cast(nw.Float64).to_numpy(), None, False
        missing = series.is_null().to_numpy()
        if not missing.any():
            return np.asarray(series.to_numpy()), None, False
        if dtype.is_float():
            return np.asarray(series.cast(nw.Float64).to_numpy()), missing, False
        filler = False if dtype == nw.Boolean else 0
        values = np.asarray(series.fill_null(filler).to_numpy())
        if values.dtype == object:  # booleans of pandas with None in between
            return values, None, False
        return values, missing, False
    native = series.to_native()
    if str(getattr(native, "dtype", "")).startswith("period["):
        # Periods are ordered like the instants that they begin with.
        return native.array.asi8, native.isna().to_numpy(), False
    values = np.asarray(series.to_numpy())
    if values.ndim != 1:
        # Cells that are arrays of one size: one Python object each.
        cells = series.to_list()
        values = np.empty(len(cells), dtype=object)
        values[:] = cells
    return values, None, False


def _category_codes(series):
    native = series.to_native()
    if series.implementation.is_pandas():
        codes = native.cat.codes.to_numpy().astype(np.int64)
        return (codes + 1).astype(np.uint32), native.cat.categories
    if series.implementation.is_polars():
        return _polars_codes(native)
    return _arrow_codes(native)


def _string_codes(series):
    native = series.to_native()
    if series.implementation.is_pandas():
        codes, uniques = native.factorize()
        return (codes + 1).astype(np.uint32), uniques
    if series.implementation.is_polars():
        return _polars_codes(native)
    return _arrow_codes(native)


def _polars_codes(native):
    import polars as pl

    # Physical codes may come from a pool that is shared with other columns.
    words = native.cast(pl.Categorical) if native.dtype == pl.String else native
    physical = words.to_physical()
    distinct = physical.drop_nulls().unique(maintain_order=True)
    table = np.zeros(int(distinct.max() or 0) + 1, dtype=np.uint32)
    table[distinct.to_numpy()] = np.arange(1, len(distinct) + 1)
    codes = table[physical.fill_null(0).to_numpy()]
    codes[native.is_null().to_numpy()] = 0
    uniques = words.drop_nulls().unique(maintain_order=True).cast(pl.String)
    return codes, uniques


def _arrow_codes(native):
    import pyarrow as pa

    array = native.combine_chunks() if isinstance(native, pa.ChunkedArray) else native
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.unify_dictionaries().chunks)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    indices = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return (indices.astype(np.int64) + 1).astype(np.uint32), array.dictionary
