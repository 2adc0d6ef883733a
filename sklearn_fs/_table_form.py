# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The format of a table in a file, as the ending of its name says."""

from sklearn_fs._table_files import delimiter_of, is_parquet, suffixes_of

_PACKING = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_KNOWN = frozenset({".csv", ".tsv", ".tab", ".parquet", ".pq"})
# Endings that promise another format than those which can be written.
_FOREIGN = frozenset(
    ".xlsx .xls .ods .json .jsonl .ndjson .feather .arrow .ipc .orc .h5 .hdf5 .sav "
    ".dta .sas7bdat .pkl .pickle .npy .npz .zip .7z .tar .db .sqlite".split()
)


class TableForm:
    """Format of a table in a file.

    Parameters
    ----------
    path : str or Path
        Name of the file.
    like : TableForm, default=None
        For a file to write: decides where the ending says nothing, and other endings
        are refused. None: a file to read, which is CSV where the ending says nothing.

    Attributes
    ----------
    is_parquet : bool
        Whether it is Parquet; else it is text.
    delimiter : str
        What stands between the fields of a text.
    packing : {"gzip", "zstd", "bz2"} or None
        How a text is packed.

    Raises
    ------
    ValueError
        If `like` is given and such a file cannot be written.
    """

    def __init__(self, path, like=None):
        suffixes = suffixes_of(path)
        self.packing = _PACKING.get(suffixes[-1]) if suffixes else None
        if self.packing is not None:
            suffixes = suffixes[:-1]
        last = suffixes[-1] if suffixes else ""
        if like is not None and last in _FOREIGN:
            raise ValueError(
                f"{path}: a table is written as .csv, .tsv or .parquet (text also "
                f"packed, .csv.gz), not as {last}; give the file one of these endings"
            )
        if like is None or last in _KNOWN:
            self.is_parquet = is_parquet(suffixes)
            self.delimiter = delimiter_of(suffixes)
        else:
            self.is_parquet, self.delimiter = like.is_parquet, like.delimiter
        if self.is_parquet and self.packing is not None:
            raise ValueError(
                f"{path}: Parquet packs its columns itself; leave the last ending out"
            )
