# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fields of a delimited text as they stand, some megabytes at a time."""

import codecs

import numpy as np

from sklearn_fs._optional import import_optional
from sklearn_fs._table_files import one_kind_of_error
from sklearn_fs._utils._records_fast import copy_records

_PIECE_BYTES = 1 << 22
_BOM = codecs.BOM_UTF8


class TextCopy:
    """Some columns and rows of a delimited text, without reading its values.

    Parameters
    ----------
    source : Path
        Text, packed or not.
    delimiter, new_delimiter : str
        Of the source, and of the copy.
    columns : ndarray of shape (n_columns,), bool
        Which columns to keep.
    rows : ndarray of shape (n_rows,), bool, default=None
        Which rows to keep; None: all.
    extra : dict of str to ndarray of shape (n_kept_rows,)
        Whole numbers to add at the end of the kept rows.
    encoding : str
        Of the source, and of the copy.

    Attributes
    ----------
    n_rows, n_kept : int
        Rows that were read and written, once the pieces have been taken.
    """

    def __init__(
        self, source, delimiter, new_delimiter, columns, rows, extra, encoding
    ):
        self.source = source
        self.delimiter, self.new_delimiter = delimiter, new_delimiter
        self.columns = np.asarray(columns, dtype=np.uint8)
        self.rows = None if rows is None else np.asarray(rows, dtype=np.uint8)
        self.extra = extra
        # UTF-8 needs no detour; what is no UTF-8 in it stays as it is, too.
        name = codecs.lookup(encoding).name
        self.encoding = None if name == "utf-8" else name
        self.n_rows = self.n_kept = 0

    def pieces(self):
        """Bytes of the copy, whole rows at a time.

        Raises
        ------
        ValueError
            If the source cannot be read, or has not the rows and columns expected.
        """
        encoder = None
        if self.encoding is not None:
            encoder = codecs.getincrementalencoder(self.encoding)()
        rest, is_head = b"", True
        for piece, is_last in self._read():
            if is_head and piece.startswith(_BOM):
                yield _BOM
                piece = piece[len(_BOM) :]
            text = np.frombuffer(rest + piece, dtype=np.uint8)
            done, n_read, n_found = self._copy(text, is_last, is_head)
            is_head = is_head and n_found == 0
            rest = text[n_read:].tobytes()
            yield done if encoder is None else encoder.encode(done.decode("utf-8"))
        if self.rows is not None and self.n_rows != len(self.rows):
            raise changed(self.source)

    def _read(self):
        """Pieces of UTF-8, and whether they are the last."""
        pa = import_optional("pyarrow", needed_by="writing a table")
        decoder = None
        if self.encoding is not None:
            decoder = codecs.getincrementaldecoder(self.encoding)()
        with one_kind_of_error(self.source), pa.input_stream(str(self.source)) as file:
            piece, is_last = file.read(_PIECE_BYTES), False
            while not is_last:
                following = file.read(_PIECE_BYTES)
                is_last = not following
                if decoder is not None:
                    piece = decoder.decode(piece, is_last).encode("utf-8")
                yield piece, is_last
                piece = following

    def _copy(self, text, is_last, is_head):
        buffer = np.empty(4 * len(text) + 2, dtype=np.uint8)
        ends = np.empty(len(text) // 2 + 1, dtype=np.intp)
        n_read, n_found, n_written, n_kept = copy_records(
            text,
            is_last,
            ord(self.delimiter),
            ord(self.new_delimiter),
            self.columns,
            self._wanted(len(ends), is_head),
            buffer,
            ends,
        )
        if n_found < 0:
            raise changed(self.source)
        done = buffer[:n_written].tobytes()
        has_head = is_head and n_found > 0
        if self.extra:
            done = self._with_extra(done, ends[:n_kept], has_head)
        self.n_rows += n_found - has_head
        self.n_kept += n_kept - has_head
        return done, n_read, n_found

    def _wanted(self, n_most, is_head):
        """Which of the next rows to keep, the header among them."""
        if self.rows is None:
            return np.empty(0, dtype=np.uint8)
        wanted = self.rows[self.n_rows : self.n_rows + n_most]
        if is_head:
            wanted = np.concatenate([np.ones(1, dtype=np.uint8), wanted])
        # An empty array would mean all rows.
        return wanted if len(wanted) else np.zeros(1, dtype=np.uint8)

    def _with_extra(self, text, ends, has_head):
        """Add fields at the end of each row, before its line end."""
        delimiter = self.new_delimiter.encode()
        end = self.n_kept + len(ends) - has_head
        columns = [
            values[self.n_kept : end].astype("S").tolist()
            for values in self.extra.values()
        ]
        added = [delimiter.join(row) for row in zip(*columns, strict=True)]
        if has_head:
            names = [_as_field(name, delimiter) for name in self.extra]
            added.insert(0, delimiter.join(names))
        parts, begin = [], 0
        for end, fields in zip(ends.tolist(), added, strict=True):
            parts += [text[begin:end], delimiter, fields]
            begin = end
        return b"".join([*parts, text[begin:]])


def _as_field(name, delimiter):
    raw = name.encode("utf-8")
    if any(special in raw for special in (delimiter, b'"', b"\n", b"\r")):
        return b'"' + raw.replace(b'"', b'""') + b'"'
    return raw


def changed(source):
    """The error of a file that is not what it was when it was read."""
    return ValueError(
        f"{source} is not the table that was read before; has it changed meanwhile? "
        "Run the command again"
    )
