# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Some columns and rows of a table in a file, as another file."""

import os

import numpy as np

from sklearn_fs._optional import import_optional
from sklearn_fs._table_files import one_kind_of_error, parse_options
from sklearn_fs._table_text import TextCopy, changed

_NEEDED_BY = "writing a table"
# Rows that are held at a time on the way to or from Parquet.
_BATCH_ROWS = 1 << 17
# Numbers that would not come back as they stand: leading zeros or plus signs, and
# more digits than a float has.
_NO_NUMBER = r"^\s*(\+|[+-]?0\d|[+-]?\d{17})"


class OutputError(Exception):
    """The new file cannot be written; the text says why."""


def copy_table(
    source, sink, *, old, new, columns, rows=None, extra=None, encoding="utf-8",
    null_words=(), decimal=".",
):  # fmt: skip
    """Write some columns and rows of a table to a new file.

    From text to text every field is copied as it stands, and from Parquet to Parquet
    every value and type, some at a time. From text to Parquet the chosen part is held
    in memory, and columns get the types that they look like.

    Parameters
    ----------
    source : Path
        What `TableStream` reads.
    sink : Path
        New file.
    old, new : TableForm
        Formats of both.
    columns : ndarray of shape (n_columns,), bool
        Which columns; they stay in the order of the source.
    rows : ndarray of shape (n_rows,), bool, default=None
        Which rows; None: all.
    extra : dict of str to ndarray of shape (n_kept_rows,), default=None
        Whole numbers to add as columns at the end.
    encoding : str, default="utf-8"
        Of a source of text; new text has the same, but for text from Parquet.
    null_words : sequence of str, default=()
        Words of a text that become missing in Parquet.
    decimal : {".", ","}, default="."
        Decimal mark of a text that becomes Parquet.

    Returns
    -------
    n_rows : int
        Rows that were written.

    Raises
    ------
    OutputError
        If the new file cannot be written.
    ValueError
        If the source cannot be read, or is not the table that it was.
    """
    extra = {} if extra is None else extra
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    csv = import_optional("pyarrow.csv", needed_by=_NEEDED_BY)
    if not (old.is_parquet or new.is_parquet):
        copy = TextCopy(
            source, old.delimiter, new.delimiter, columns, rows, extra, encoding
        )
        with _Sink(sink) as out:
            with _packed(out, new.packing) as stream:
                for piece in copy.pieces():
                    stream.write(piece)
        return copy.n_kept
    if old.is_parquet:
        batches = _parquet_batches(source, columns)
    else:
        options = {
            "read_options": csv.ReadOptions(encoding=encoding),
            "parse_options": parse_options(old.delimiter),
        }
        values = {"null_values": ["", *null_words], "decimal_point": decimal}
        batches = _typed_batches(source, columns, options, values)
    tables = _chosen(source, batches, rows, extra)
    try:
        with _Sink(sink) as out:
            if new.is_parquet:
                return _write_parquet(tables, out, _packing_of(source, old))
            with _packed(out, new.packing) as stream:
                return _write_text(tables, stream, new.delimiter)
    except pa.ArrowNotImplementedError as error:
        detail = " ".join(str(error).split())
        raise ValueError(f"{source} cannot be copied: {detail}") from error


class _Sink:
    """A new file, whose errors are told from those of reading."""

    def __init__(self, path):
        self._file = self._do(open, path, "wb")

    def _do(self, action, *args):
        try:
            return action(*args)
        except OSError as error:
            raise OutputError(
                os.strerror(error.errno) if error.errno else str(error)
            ) from error

    def write(self, data):
        return self._do(self._file.write, data)

    def flush(self):
        self._do(self._file.flush)

    def tell(self):
        return self._file.tell()

    @property
    def closed(self):
        return self._file.closed

    def close(self):
        self._do(self._file.close)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            self.close()
        except OutputError:
            # What went wrong first is what is told.
            if kind is None:
                raise


def _packed(out, packing):
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    stream = pa.PythonFile(out, mode="w")
    return stream if packing is None else pa.CompressedOutputStream(stream, packing)


def _parquet_batches(source, columns):
    parquet = import_optional("pyarrow.parquet", needed_by=_NEEDED_BY)
    with one_kind_of_error(source), parquet.ParquetFile(source) as file:
        names = _names(source, file.schema_arrow.names, columns)
        for batch in file.iter_batches(_BATCH_ROWS, columns=names):
            yield batch.select(names)


def _names(source, names, columns):
    if len(names) != len(columns):
        raise changed(source)
    return [name for name, is_kept in zip(names, columns, strict=True) if is_kept]


def _packing_of(source, old):
    """The packing of a Parquet file, which its copy gets too."""
    if not old.is_parquet:
        return "snappy"
    parquet = import_optional("pyarrow.parquet", needed_by=_NEEDED_BY)
    groups = parquet.read_metadata(source)
    if not groups.num_row_groups or not groups.num_columns:
        return "snappy"
    name = groups.row_group(0).column(0).compression
    return {"UNCOMPRESSED": "none"}.get(name, name.lower())


def _typed_batches(source, columns, options, values):
    """A text with the types that its columns look like, where nothing is lost."""
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    pc = import_optional("pyarrow.compute", needed_by=_NEEDED_BY)
    csv = import_optional("pyarrow.csv", needed_by=_NEEDED_BY)
    with one_kind_of_error(source), pa.input_stream(str(source)) as stream:
        names = csv.open_csv(stream, **options).schema.names
    names = _names(source, names, columns)
    words = _read_text(source, names, options, values, pa.string())
    table = _read_text(source, names, options, values)
    for i, name in enumerate(names):
        kind = table.schema.field(i).type
        is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        if pa.types.is_null(kind) or (
            is_number and pc.any(pc.match_substring_regex(words[i], _NO_NUMBER)).as_py()
        ):
            table = table.set_column(i, name, words[i])
    yield from table.to_batches(_BATCH_ROWS)


def _read_text(source, names, options, values, kind=None):
    csv = import_optional("pyarrow.csv", needed_by=_NEEDED_BY)
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    with one_kind_of_error(source), pa.input_stream(str(source)) as stream:
        return csv.read_csv(
            stream,
            **options,
            convert_options=csv.ConvertOptions(
                include_columns=names,
                column_types={} if kind is None else dict.fromkeys(names, kind),
                strings_can_be_null=True,
                **values,
            ),
        )


def _chosen(source, batches, rows, extra):
    """Tables of about as many rows as a batch, with the chosen rows only."""
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    held, n_held, n_seen, n_kept = [], 0, 0, 0
    for batch in batches:
        n_rows = batch.num_rows
        batch = _without_views(batch)
        if rows is not None:
            mask = np.asarray(rows[n_seen : n_seen + n_rows], dtype=bool)
            if len(mask) != n_rows:
                raise changed(source)
            batch = batch.filter(pa.array(mask))
        table = pa.Table.from_batches([batch])
        for name, values in extra.items():
            added = pa.array(values[n_kept : n_kept + len(batch)])
            table = table.append_column(name, added)
        n_seen, n_kept = n_seen + n_rows, n_kept + len(batch)
        held.append(table)
        n_held += len(batch)
        if n_held >= _BATCH_ROWS:
            yield pa.concat_tables(held)
            held, n_held = [], 0
    if rows is not None and n_seen != len(rows):
        raise changed(source)
    if held:
        yield pa.concat_tables(held)


def _without_views(batch):
    """Plain words and bytes: Arrow cannot take rows out of views of them."""
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    for i, field in enumerate(batch.schema):
        for check, plain in (
            (pa.types.is_string_view, pa.large_string()),
            (pa.types.is_binary_view, pa.large_binary()),
        ):
            if check(field.type):
                batch = batch.set_column(i, field.name, batch.column(i).cast(plain))
    return batch


def _write_parquet(tables, out, packing):
    parquet = import_optional("pyarrow.parquet", needed_by=_NEEDED_BY)
    first = next(tables)
    n_rows = first.num_rows
    with parquet.ParquetWriter(out, first.schema, compression=packing) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)
            n_rows += table.num_rows
    return n_rows


def _write_text(tables, stream, delimiter):
    csv = import_optional("pyarrow.csv", needed_by=_NEEDED_BY)
    first = _plain(next(tables))
    n_rows = first.num_rows
    options = csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
    with csv.CSVWriter(stream, first.schema, write_options=options) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(_plain(table))
            n_rows += table.num_rows
    return n_rows


def _plain(table):
    """Words instead of dictionaries of them."""
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    for i, field in enumerate(table.schema):
        if pa.types.is_nested(field.type):
            raise ValueError(
                f"column {field.name!r} holds {field.type} and cannot be written as "
                "text; write .parquet, or leave the column out"
            )
        if pa.types.is_dictionary(field.type):
            words = table.column(i).cast(field.type.value_type)
            table = table.set_column(i, field.name, words)
    return table
