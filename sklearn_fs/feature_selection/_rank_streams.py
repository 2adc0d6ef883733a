# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables larger than memory, from their frames, files or partitions to a ranking."""

import copy
import difflib

import narwhals.stable.v1 as nw
import numpy as np

from sklearn_fs._optional import import_optional
from sklearn_fs._table_files import TableStream
from sklearn_fs.feature_selection._outrank import OutRank
from sklearn_fs.information._target import Target


def new_ranker(params, memory_limit=None):
    """A ranker whose counts keep to a limit of memory."""
    ranker = OutRank(**params)
    ranker._validate_params()
    if memory_limit is not None:
        ranker._memory_limit = int(memory_limit)
    return ranker


def count_frame(ranker, frame, target, *, row_key=None, first_row=None):
    """Count the rows of a frame that have a target.

    Parameters
    ----------
    ranker : OutRank
    frame : eager dataframe
    target : str
        Its column to predict.
    row_key : str, default=None
        Its column of keys of the rows, which is not ranked.
    first_row : int, default=None
        Position of the first row that has a target.

    Returns
    -------
    n_left_out : int
        Rows without a target.
    """
    frame = nw.from_native(frame, eager_only=True)
    for name, what in ((target, "target"), (row_key, "row_key")):
        if name is not None and name not in frame.columns:
            raise ValueError(_unknown(what, name, frame.columns))
    if len(frame.columns) == 1 + (row_key is not None):
        raise ValueError(
            f"The table has no column beside the target {target!r}: there is nothing "
            "to rank. If cells were not told apart, name the delimiter of the file."
        )
    missing = frame[target].is_null()
    if frame[target].dtype.is_float() and not frame.implementation.is_pandas():
        missing = missing | frame[target].is_nan().fill_null(True)
    n_missing = int(missing.sum())
    if n_missing == len(frame):
        return n_missing
    if n_missing:
        frame = frame.filter(~missing)
    keys = None if row_key is None else frame[row_key].to_numpy()
    dropped = [target] if row_key is None else [target, row_key]
    ranker._count(
        frame.drop(dropped).to_native(),
        _target(frame[target]),
        row_key=keys,
        first_row=first_row,
        grow=True,
    )
    return n_missing


def _unknown(what, name, names):
    """Error for a column that is not there, with those that may be meant."""

    def plain(word):
        return str(word).strip().casefold()

    text = f"{what} {name!r} is not a column of the table"
    near = [other for other in names if plain(other) == plain(name)]
    near = near or difflib.get_close_matches(str(name), list(map(str, names)), n=3)
    if near:
        return f"{text}; did you mean {' or '.join(map(repr, near))}?"
    some = ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
    return f"{text}; it has {some}."


def _target(series):
    """Codes where Arrow has them, else values."""
    if not (series.implementation.is_pyarrow() and series.dtype == nw.String):
        dtype = series.dtype
        if dtype.is_numeric() or dtype == nw.Boolean:
            return series.to_numpy()
        return np.array(series.to_list(), dtype=object)
    array = series.to_native().combine_chunks()
    array = array.dictionary_encode()
    if hasattr(array, "chunk"):
        array = array.chunk(0)
    classes = np.array(array.dictionary.to_pylist(), dtype=object)
    codes = array.indices.to_numpy().astype(np.uint32)
    return Target(codes, np.bincount(codes), classes)


def rank_chunks(chunks, target, *, row_key=None, memory_limit=None, **params):
    """Rank the columns of a table that comes as frames, one after the other.

    Read more in the :ref:`User Guide <outrank_streaming>`.

    Parameters
    ----------
    chunks : iterable of dataframes
        Of pandas, polars or pyarrow, with the same columns. Rows without a target are
        left out.
    target : str
        Column to predict.
    row_key : str, default=None
        Column that names the rows, which is not ranked: the sample of rows for pairs
        of columns then does not depend on their order.
    memory_limit : int, default=None
        Bytes for the counts and the sample of rows. Where they need more,
        `max_categories` and the sample are halved until they fit.
    **params : dict
        Parameters of :class:`OutRank`.

    Returns
    -------
    ranker : OutRank
        As after :meth:`OutRank.partial_fit` of all rows.

    See Also
    --------
    rank_csv : The same for a file.
    rank_dask : The same for a Dask dataframe.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_fs.feature_selection import rank_chunks
    >>> frame = pd.DataFrame({"a": list("uvuvwu"), "y": [0, 1, 0, 1, 1, 0]})
    >>> ranker = rank_chunks([frame[:3], frame[3:]], "y")
    >>> ranker.n_samples_seen_, ranker.cardinality_
    (6, array([3]))
    """
    ranker = new_ranker(params, memory_limit)
    for chunk in chunks:
        count_frame(ranker, chunk, target, row_key=row_key)
    return _complete(ranker, target)


def rank_csv(
    path, target, *, chunk_rows=None, encoding="utf-8", delimiter=None, decimal=".",
    null_words=(), text=(), row_key=None, memory_limit=None, **params,
):  # fmt: skip
    """Rank the columns of a file that need not fit in memory.

    Read more in the :ref:`User Guide <outrank_streaming>`.

    Parameters
    ----------
    path : str or Path
        A CSV, TSV or Parquet file; text may be packed (.gz, .zst, .bz2). Needs
        pyarrow.
    target : str
        Column to predict.
    chunk_rows : int, default=None
        Rows that are counted at a time. None: about 65,536.
    encoding : str, default="utf-8"
        Of a text file.
    delimiter : str, default=None
        Of a text file. None: a tab for .tsv and .tab; else a comma, unless the header
        has none but semicolons, tabs or bars.
    decimal : {".", ","}, default="."
        Decimal mark of a text file.
    null_words : sequence of str, default=()
        Words that mean missing, beside the empty cell.
    text : sequence of str, default=()
        Columns that are words even where they look like numbers.
    row_key : str, default=None
        As in :func:`rank_chunks`.
    memory_limit : int, default=None
        As in :func:`rank_chunks`.
    **params : dict
        Parameters of :class:`OutRank`.

    Returns
    -------
    ranker : OutRank
        As after :meth:`OutRank.partial_fit` of all rows.

    See Also
    --------
    rank_chunks : The same for frames.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from sklearn_fs.feature_selection import rank_csv
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "t.csv"
    ...     _ = path.write_text("a,b,y\\n" + "u,1,0\\nv,1,1\\n" * 50)
    ...     ranker = rank_csv(path, "y")
    >>> ranker.get_feature_names_out()
    array(['a'], dtype=object)
    """
    types = text_types(text)
    stream = TableStream(
        path, encoding=encoding, null_words=null_words, types=types,
        chunk_rows=chunk_rows, delimiter=delimiter, decimal=decimal,
    )  # fmt: skip
    return rank_chunks(
        stream, target, row_key=row_key, memory_limit=memory_limit, **params
    )


def text_types(names):
    """Arrow types of columns that are to be read as words."""
    pa = import_optional("pyarrow", needed_by="reading a file")
    return {name: pa.string() for name in names}


def rank_dask(frame, target, *, row_key=None, split_every=8, **params):
    """Rank the columns of a Dask dataframe by counts of its partitions.

    Each partition is counted where it lies, and the counts are merged in a tree. The
    result is that of one machine: it depends neither on the partitions nor on the
    workers.

    Read more in the :ref:`User Guide <outrank_streaming>`.

    Parameters
    ----------
    frame : dask.dataframe.DataFrame
        Rows without a target are left out. A continuous target must be binned before:
        partitions do not know each other's quantiles.
    target : str
        Column to predict.
    row_key : str, default=None
        Column that names the rows, which is not ranked. None: the rows are numbered,
        for which the target is read once before.
    split_every : int, default=8
        Counts that are merged at a time.
    **params : dict
        Parameters of :class:`OutRank`.

    Returns
    -------
    ranker : OutRank
        As after :meth:`OutRank.partial_fit` of all rows.

    See Also
    --------
    rank_chunks : The same for frames, one after the other.
    OutRank.from_counts : From the counts that a database makes.

    Examples
    --------
    >>> import dask.dataframe as dd
    >>> import pandas as pd
    >>> from sklearn_fs.feature_selection import rank_dask
    >>> frame = pd.DataFrame({"a": list("uvuvwu"), "y": [0, 1, 0, 1, 1, 0]})
    >>> rank_dask(dd.from_pandas(frame, npartitions=2), "y").n_samples_seen_
    6
    """
    dask = import_optional("dask", needed_by="rank_dask")
    if split_every < 2:
        raise ValueError(
            f"split_every={split_every} must be at least 2: a tree merges pairs."
        )
    if not hasattr(frame, "to_delayed"):
        raise TypeError(
            f"frame must be a Dask dataframe, got {type(frame).__name__}; use "
            "rank_chunks([frame], target) for a table in memory."
        )
    new_ranker(params)
    if target not in frame.columns:
        raise ValueError(f"target {target!r} is not a column of the table.")
    first_rows = [None] * frame.npartitions
    if row_key is None:
        count = dask.delayed(_n_with_target)
        lengths = dask.compute(*(count(part) for part in frame[target].to_delayed()))
        first_rows = np.concatenate([[0], np.cumsum(lengths)[:-1]]).tolist()
    count = dask.delayed(_count_partition)
    merge = dask.delayed(_merge_all)
    parts = [
        count(part, target, row_key, first, params)
        for part, first in zip(frame.to_delayed(), first_rows, strict=True)
    ]
    while len(parts) > 1:
        parts = [
            merge(parts[begin : begin + split_every])
            for begin in range(0, len(parts), split_every)
        ]
    return _complete(merge(parts).compute(), target)


def _n_with_target(series):
    return int(series.notna().sum())


def _count_partition(part, target, row_key, first_row, params):
    ranker = new_ranker(params)
    if len(part):
        count_frame(ranker, part, target, row_key=row_key, first_row=first_row)
    return ranker


def _merge_all(rankers):
    """One ranker of several; those without rows add nothing."""
    counted = [ranker for ranker in rankers if hasattr(ranker, "_counts")]
    if not counted:
        return rankers[0]
    # A scheduler may ask for the same counts once more, so they stay as they are.
    first, *rest = counted
    first = copy.deepcopy(first)
    for ranker in rest:
        first.merge(ranker)
    return first


def _complete(ranker, target):
    if not hasattr(ranker, "_counts"):
        raise ValueError(f"No row has a value in the target {target!r}.")
    return ranker
