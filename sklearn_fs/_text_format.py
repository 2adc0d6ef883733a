# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a text file is, from its first bytes: before it is parsed as a table."""

import re

# First bytes of files that are often named .csv by mistake, and what to do.
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or a workbook; save its sheet as CSV"),
    (b"\x1f\x8b", "packed by gzip; give it the ending .gz"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd; give it the ending .zst"),
    (b"PAR1", "a Parquet file; give it the ending .parquet"),
    (b"\xff\xfe", "in UTF-16; give encoding utf-16"),
    (b"\xfe\xff", "in UTF-16; give encoding utf-16"),
)
_DELIMITERS = ",", ";", "\t", "|"
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")


def check_head(path, head, encoding):
    """Raise a ValueError if a file does not begin like text.

    Parameters
    ----------
    path : Path
    head : bytes
        Its first bytes, unpacked.
    encoding : str
        What it is to be read as.
    """
    if not head.strip():
        raise ValueError(f"{path} holds only white space; a table needs a header line")
    if "16" in encoding or "32" in encoding:
        return
    for magic, remedy in _MAGIC:
        if head.startswith(magic):
            raise ValueError(f"{path} is {remedy}")
    if b"\0" in head:
        raise ValueError(
            f"{path} is not a text file; give a CSV, TSV or Parquet file, with the "
            "ending .parquet for the last"
        )


def guess_delimiter(head, encoding):
    """The delimiter of a header line: a comma, unless it has none but others.

    Parameters
    ----------
    head : bytes
        The first bytes of the file.
    encoding : str

    Returns
    -------
    delimiter : str
    """
    lines = head.decode(encoding, errors="replace").lstrip("\ufeff\r\n").splitlines()
    header = re.sub(r'"[^"]*"', "", lines[0]) if lines else ""
    if "," in header:
        return ","
    return max(_DELIMITERS, key=header.count)


def check_decimal_comma(path, name, values):
    """Raise a ValueError if words are all numbers with a decimal comma.

    Parameters
    ----------
    path : Path
    name : str
        The column.
    values : list of str or None
    """
    present = [value for value in values if value is not None]
    if present and all(_DECIMAL_COMMA.fullmatch(value) for value in present):
        raise ValueError(
            f"{path}: column {name!r} looks like numbers with a decimal comma "
            f"({present[0]!r}); give the decimal mark (decimal=',' or --decimal ,), or "
            "name the column as text to keep its words"
        )
