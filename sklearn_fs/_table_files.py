# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables in files, read by pyarrow."""

import queue
import re
import threading
from contextlib import contextmanager
from pathlib import Path

from sklearn_fs._optional import import_optional
from sklearn_fs._text_format import (
    check_decimal_comma,
    check_head,
    guess_delimiter,
)
from sklearn_fs._utils._names import which_was_meant

_NEEDED_BY = "reading a file"
# Bytes of text that are parsed at a time by a stream: some blocks are in flight.
_BLOCK_BYTES = 1 << 20
# Rows of a chunk if nothing else is asked for.
_CHUNK_ROWS = 1 << 16
# Rows of a Parquet file that are read at a time.
_PARQUET_ROWS = 1 << 17


def read_table(
    path, *, encoding="utf-8", null_words=(), delimiter=None, decimal=".", text=()
):
    """Read a CSV, TSV or Parquet file; .gz and .zst are unpacked on the way.

    Parameters
    ----------
    path : str or Path
        The ending tells the format; text without a known ending is read as CSV.
    encoding : str, default="utf-8"
        Of a text file.
    null_words : sequence of str
        Words that mean missing, beside the empty cell.
    delimiter : str, default=None
        Of a text file. None: a tab for .tsv and .tab; else a comma, unless the header
        has none but semicolons, tabs or bars.
    decimal : {".", ","}, default="."
        Decimal mark of a text file.
    text : sequence of str, default=()
        Columns of a text file that are words even where they look like numbers.

    Returns
    -------
    table : pyarrow.Table
        With at least one row; columns of words are dictionaries.

    Raises
    ------
    ValueError
        With a text that says what to do, for a file that is no table.
    """
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    path = _existing(path)
    with one_kind_of_error(path):
        table = _read(path, encoding, list(null_words), delimiter, decimal, text)
    if table.num_rows == 0:
        raise ValueError(f"{path} has a header but no rows")
    _check_names(path, table.column_names)
    for i, field in enumerate(table.schema):
        kind = field.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if not is_parquet(path):
            _check_text(path, field.name, kind, encoding)
        if pa.types.is_null(kind):
            # All missing: a column of words without a word.
            table = table.set_column(i, field.name, table.column(i).cast(pa.string()))
    return table


def suffixes_of(path):
    """Endings of the name of a file, in small letters."""
    return [suffix.lower() for suffix in Path(path).suffixes]


def is_parquet(path):
    """Whether a file is Parquet, by its last ending."""
    return suffixes_of(path)[-1:] in ([".parquet"], [".pq"])


def _read(path, encoding, null_words, delimiter, decimal, text):
    if is_parquet(path):
        parquet = import_optional("pyarrow.parquet", needed_by=_NEEDED_BY)
        return parquet.read_table(path)
    return _read_text(path, encoding, null_words, delimiter, decimal, text)


def _read_text(path, encoding, null_words, delimiter, decimal, text):
    csv = import_optional("pyarrow.csv", needed_by=_NEEDED_BY)
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    found = _find_delimiter(path, encoding)
    words = pa.dictionary(pa.int32(), pa.string())
    with pa.input_stream(str(path)) as stream:
        return csv.read_csv(
            stream,
            read_options=csv.ReadOptions(encoding=encoding),
            parse_options=parse_options(delimiter or found),
            convert_options=csv.ConvertOptions(
                decimal_point=decimal,
                null_values=["", *null_words],
                strings_can_be_null=True,
                auto_dict_encode=True,
                auto_dict_max_cardinality=1 << 20,
                column_types=dict.fromkeys(text, words),
            ),
        )


def _existing(path):
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder; name a file in it")
    if not path.exists():
        raise ValueError(f"{path} does not exist")
    if path.is_file() and path.stat().st_size == 0:
        raise ValueError(f"{path} is empty; a table needs a header line and rows")
    return path


@contextmanager
def one_kind_of_error(path):
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError) as error:
        detail = " ".join(str(error).split())
        if re.search(r"Expected \d+ columns", detail):
            detail += "; mend that line, or name the delimiter of the file"
        raise ValueError(f"{path} cannot be read as a table: {detail}") from error
    except (OSError, EOFError) as error:
        if getattr(error, "errno", None):
            raise
        detail = " ".join(str(error).split())
        raise ValueError(f"{path} is damaged or cut off: {detail}") from error


def _check_names(path, names):
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(
            f"{path} has two columns called {twice[0]!r}; rename one of them"
        )


def _check_text(path, name, kind, encoding):
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    if pa.types.is_binary(kind):
        raise ValueError(
            f"{path}: column {name!r} holds text that is not {encoding}; try "
            "--encoding latin-1"
        )


def _find_delimiter(path, encoding):
    """Look at the first bytes; errors for what is no text."""
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    with pa.input_stream(str(path)) as stream:
        head = stream.read(1 << 16)
    check_head(path, head, encoding)
    if {".tsv", ".tab"}.intersection(suffixes_of(path)):
        return "\t"
    return guess_delimiter(head, encoding)


def parse_options(delimiter):
    if len(delimiter) != 1 or not delimiter.isascii():
        raise ValueError(
            f"delimiter={delimiter!r} must be one character of ASCII, such as ','."
        )
    csv = import_optional("pyarrow.csv", needed_by=_NEEDED_BY)
    return csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)


def _read_ahead(chunks):
    """Run an iterator in a thread of its own, at most two items ahead."""
    items, closed = queue.Queue(maxsize=2), threading.Event()

    def put(*item):
        while not closed.is_set():
            try:
                return items.put(item, timeout=0.1)
            except queue.Full:
                continue

    def read():
        try:
            for chunk in chunks:
                put(chunk, None)
                if closed.is_set():
                    break
            put(None, None)
        except BaseException as error:
            put(None, error)
        finally:
            chunks.close()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        while True:
            chunk, error = items.get()
            if error is not None:
                raise error
            if chunk is None:
                return
            yield chunk
    finally:
        closed.set()
        thread.join()


class ColumnTypeError(ValueError):
    """A column of a text file that is not what its first rows looked like."""

    def __init__(self, text, column, value):
        super().__init__(text)
        self.column = column
        self.value = value


class TableStream:
    """A table in a file, some rows at a time.

    Parameters
    ----------
    path : str or Path
        CSV, TSV or Parquet, see :func:`read_table`.
    encoding : str, default="utf-8"
        Of a text file.
    null_words : sequence of str
        Words that mean missing, beside the empty cell.
    types : dict of str to pyarrow type
        Columns of a text file whose type the first rows would not tell.
    chunk_rows : int, default=None
        Rows of a chunk; None: what a block of the file holds.
    delimiter, decimal
        As for :func:`read_table`.

    Attributes
    ----------
    names : list of str
        The columns, in the order of the file.
    nested : list of str
        Those of lists or records.
    delimiter : str
        Of a text file: as given, or as its header has it.
    """

    def __init__(
        self, path, *, encoding="utf-8", null_words=(), types=None, chunk_rows=None,
        delimiter=None, decimal=".",
    ):  # fmt: skip
        self.path = _existing(path)
        self.encoding = encoding
        self.null_words = list(null_words)
        self.types = {} if types is None else dict(types)
        self.listed = set(self.types)
        self.chunk_rows = chunk_rows
        self.decimal = decimal
        self.is_parquet = is_parquet(self.path)
        with one_kind_of_error(self.path):
            if self.is_parquet:
                self._file = self._open_parquet()
                schema = self._file.schema_arrow
            else:
                found = _find_delimiter(self.path, encoding)
                self.delimiter = delimiter or found
                schema = self._open_text().schema
        pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
        self.names = schema.names
        self.nested = [f.name for f in schema if pa.types.is_nested(f.type)]
        _check_names(self.path, self.names)
        unknown = [name for name in self.types if name not in self.names]
        if unknown:
            raise ValueError(
                f"{unknown[0]!r} is not a column of {path}; "
                f"{which_was_meant(unknown[0], self.names)}"
            )
        if not self.is_parquet:
            self._settle(schema)

    def _settle(self, schema):
        """Take the types of the first block for all of them."""
        pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
        for field in schema:
            _check_text(self.path, field.name, field.type, self.encoding)
            # A column without a value so far: words may still come.
            kind = pa.string() if pa.types.is_null(field.type) else field.type
            self.types.setdefault(field.name, kind)
        if self.delimiter != "," and self.decimal == ".":
            self._check_decimals([f.name for f in schema if pa.types.is_string(f.type)])

    def _check_decimals(self, names):
        """Words of the first block that are numbers of another country."""
        reader = self._open_text()
        for batch in reader:
            for name in names:
                if name not in self.listed:
                    values = batch.column(name).slice(0, 1000).to_pylist()
                    check_decimal_comma(self.path, name, values)
            break
        reader.close()

    def _open_parquet(self):
        pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
        parquet = import_optional("pyarrow.parquet", needed_by=_NEEDED_BY)
        with parquet.ParquetFile(self.path) as file:
            words = [
                field.name
                for field in file.schema_arrow
                if pa.types.is_string(field.type)
                or pa.types.is_large_string(field.type)
            ]
        # Words come as dictionaries: each is looked up once.
        return parquet.ParquetFile(self.path, read_dictionary=words)

    def _open_text(self):
        csv = import_optional("pyarrow.csv", needed_by=_NEEDED_BY)
        pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
        return csv.open_csv(
            pa.input_stream(str(self.path)),
            read_options=csv.ReadOptions(
                encoding=self.encoding, block_size=_BLOCK_BYTES
            ),
            parse_options=parse_options(self.delimiter),
            convert_options=csv.ConvertOptions(
                decimal_point=self.decimal,
                null_values=["", *self.null_words],
                strings_can_be_null=True,
                column_types=self.types,
            ),
        )

    def __iter__(self):
        """Chunks as pyarrow tables, none of them empty; the next is read meanwhile."""
        return _read_ahead(self._chunks())

    def _chunks(self):
        pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
        held, n_held = [], 0
        for batch in self._batches():
            held.append(batch)
            n_held += batch.num_rows
            if n_held < (self.chunk_rows or _CHUNK_ROWS):
                continue
            table = pa.Table.from_batches(held)
            if len(held) > 1:
                table = table.combine_chunks()
            if self.chunk_rows is None:
                yield table
                held, n_held = [], 0
                continue
            for begin in range(0, n_held - self.chunk_rows + 1, self.chunk_rows):
                yield table.slice(begin, self.chunk_rows)
            rest = table.slice(n_held - n_held % self.chunk_rows)
            held, n_held = rest.to_batches(), rest.num_rows
        if n_held:
            yield pa.Table.from_batches(held)

    def _batches(self):
        n_read = 0
        reader = None
        try:
            with one_kind_of_error(self.path):
                if self.is_parquet:
                    reader = self._file.iter_batches(self.chunk_rows or _PARQUET_ROWS)
                else:
                    reader = self._open_text()
                for batch in reader:
                    n_read += batch.num_rows
                    yield batch
            if n_read == 0:
                raise ValueError(f"{self.path} has a header but no rows")
        except ColumnTypeError:
            raise
        except ValueError as error:
            raise self._type_error(error, n_read) or error from error.__cause__
        finally:
            if hasattr(reader, "close"):
                reader.close()

    def _type_error(self, error, n_read):
        """What a conversion error of pyarrow says about which column."""
        found = re.search(
            r"column #(\d+):.*conversion error to (\S+): (.*)", str(error)
        )
        if found is None:
            return None
        name = self.names[int(found[1])]
        value = re.search(r"invalid value '(.*)'", found[3])
        if value is None:
            if "UTF8" in found[3] or "utf8" in found[3]:
                return ValueError(
                    f"{self.path}: column {name!r} holds text that is not "
                    f"{self.encoding} after row {n_read:,}; try --encoding latin-1"
                )
            return None
        return ColumnTypeError(
            f"{self.path}: column {name!r} looked like {found[2]} at first, but holds "
            f"{value[1]!r} after row {n_read:,}; to read it as words: --text {name}",
            name,
            value[1],
        )
