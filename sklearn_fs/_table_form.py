# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The format of a table in a file, as the ending of its name says."""

from dataclasses import dataclass

from sklearn_fs._table_files import suffixes_of

_PACKING = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_PARQUET, _TSV = (".parquet", ".pq"), (".tsv", ".tab")
# Endings that promise another format than those which can be written.
_FOREIGN = frozenset(
    ".xlsx .xls .ods .json .jsonl .ndjson .feather .arrow .ipc .orc .h5 .hdf5 .sav "
    ".dta .sas7bdat .pkl .pickle .npy .npz .zip .7z .tar .db .sqlite".split()
)


@dataclass
class TableForm:
    """Format of a table in a file.

    Parameters
    ----------
    is_parquet : bool
        Whether it is Parquet; else it is text.
    delimiter : str, default=","
        What stands between the fields of a text.
    packing : {"gzip", "zstd", "bz2"} or None, default=None
        How a new text is packed.
    """

    is_parquet: bool
    delimiter: str = ","
    packing: str | None = None


def form_to_write(path, source):
    """The format of a file to write.

    Parameters
    ----------
    path : str or Path
        Its name. Where the ending says nothing, the format is that of the source; a
        .csv has the delimiter of the source, unless that is a tab.
    source : TableForm
        Format of the table that is copied.

    Returns
    -------
    form : TableForm

    Raises
    ------
    ValueError
        If such a file cannot be written.
    """
    suffixes = suffixes_of(path)
    packing = _PACKING.get(suffixes[-1]) if suffixes else None
    if packing is not None:
        suffixes = suffixes[:-1]
    last = suffixes[-1] if suffixes else ""
    if last in _FOREIGN:
        raise ValueError(
            f"{path}: a table is written as .csv, .tsv or .parquet (text also packed, "
            f".csv.gz), not as {last}; give the file one of these endings"
        )
    is_parquet = last in _PARQUET
    if last not in (*_PARQUET, *_TSV, ".csv"):
        is_parquet = source.is_parquet
    if is_parquet and packing is not None:
        raise ValueError(
            f"{path}: Parquet packs its columns itself; leave the last ending out"
        )
    if last in _TSV:
        delimiter = "\t"
    elif last == ".csv" and source.delimiter == "\t":
        delimiter = ","
    else:
        delimiter = source.delimiter
    return TableForm(is_parquet, delimiter, packing)
