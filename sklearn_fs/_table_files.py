# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables in files, read by pyarrow."""

from pathlib import Path

from sklearn_fs._optional import import_optional

_NEEDED_BY = "reading a file"


def read_table(path, *, encoding="utf-8", null_words=()):
    """Read a CSV, TSV or Parquet file; .gz and .zst are unpacked on the way.

    Parameters
    ----------
    path : str or Path
        The ending tells the format; text without a known ending is read as CSV.
    encoding : str, default="utf-8"
        Of a text file.
    null_words : sequence of str
        Words that mean missing, beside the empty cell.

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
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder; name a file in it")
    if not path.exists():
        raise ValueError(f"{path} does not exist")
    if path.stat().st_size == 0:
        raise ValueError(f"{path} is empty; a table needs a header line and rows")
    try:
        table = _read(path, encoding, list(null_words))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError) as error:
        detail = " ".join(str(error).split())
        raise ValueError(f"{path} cannot be read as a table: {detail}") from error
    except (OSError, EOFError) as error:
        if getattr(error, "errno", None):
            raise
        detail = " ".join(str(error).split())
        raise ValueError(f"{path} is damaged or cut off: {detail}") from error
    if table.num_rows == 0:
        raise ValueError(f"{path} has a header but no rows")
    names = table.column_names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(
            f"{path} has two columns called {twice[0]!r}; rename one of them"
        )
    for i, field in enumerate(table.schema):
        kind = field.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if pa.types.is_binary(kind):
            raise ValueError(
                f"{path}: column {field.name!r} holds text that is not {encoding}; try "
                "--encoding latin-1"
            )
        if pa.types.is_null(kind):
            # All missing: a column of words without a word.
            table = table.set_column(i, field.name, table.column(i).cast(pa.string()))
    return table


def _read(path, encoding, null_words):
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in (".parquet", ".pq"):
        parquet = import_optional("pyarrow.parquet", needed_by=_NEEDED_BY)
        return parquet.read_table(path)
    return _read_text(path, suffixes, encoding, null_words)


def _read_text(path, suffixes, encoding, null_words):
    pa = import_optional("pyarrow", needed_by=_NEEDED_BY)
    csv = import_optional("pyarrow.csv", needed_by=_NEEDED_BY)
    with pa.input_stream(str(path)) as stream:
        head = stream.read(1 << 16)
    if not head.strip():
        raise ValueError(f"{path} holds only white space; a table needs a header line")
    if b"\0" in head and "16" not in encoding and "32" not in encoding:
        raise ValueError(
            f"{path} is not a text file; give a CSV, TSV or Parquet file, with the "
            "ending .parquet for the last"
        )
    delimiter = "\t" if ".tsv" in suffixes or ".tab" in suffixes else ","
    with pa.input_stream(str(path)) as stream:
        return csv.read_csv(
            stream,
            read_options=csv.ReadOptions(encoding=encoding),
            parse_options=csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True
            ),
            convert_options=csv.ConvertOptions(
                null_values=["", *null_words],
                strings_can_be_null=True,
                auto_dict_encode=True,
                auto_dict_max_cardinality=1 << 20,
            ),
        )
