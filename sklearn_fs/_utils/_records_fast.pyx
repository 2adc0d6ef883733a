# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows and columns of delimited text as they stand, byte for byte.

The rules are those of pyarrow's reader: a quote opens a quoted field only at the start
of a field, two quotes in it are one, what follows the closing quote belongs to the
field; rows end with LF, CR or CR LF, and an empty line is no row.
"""

from sklearn_fs._utils._typedefs cimport intp_t, uint8_t

cdef enum:
    LF = 10
    CR = 13
    QUOTE = 34


def copy_records(
    const uint8_t[::1] data,       # IN  text from the start of a row on
    bint is_last,                  # IN  whether the text ends here
    uint8_t delimiter,             # IN
    uint8_t new_delimiter,         # IN  the one to write
    const uint8_t[::1] columns,    # IN  (n_columns,) which to keep
    const uint8_t[::1] rows,       # IN  (n,) which of the next rows to keep; () all
    uint8_t[::1] out,              # OUT at least 4 * len(data) + 2 bytes
    intp_t[::1] ends,              # OUT (n_kept,) where a kept row ends, without its
                                   #     line end; at least len(data) / 2 + 1 entries
):
    """Copy the chosen fields of the chosen rows.

    Returns
    -------
    n_read : int
        Bytes of the rows that are whole.
    n_rows : int
        Their number; negative: row `-n_rows - 1` has another number of fields.
    n_written : int
        Bytes in `out`.
    n_kept : int
        Rows in `out`.
    """
    cdef:
        intp_t n = data.shape[0], n_columns = columns.shape[0]
        intp_t at = 0, n_read = 0, n_rows = 0, written = 0, n_kept = 0
        intp_t mark, start, closing, field, n_written
        intp_t n_wanted = 0
        bint is_kept, is_first, same = delimiter == new_delimiter
        uint8_t c = 0
    for field in range(n_columns):
        n_wanted += columns[field]
    with nogil:
        while True:
            while at < n and (data[at] == LF or data[at] == CR):
                at += 1
            n_read = at
            if at == n:
                break
            is_kept = rows.shape[0] == 0 or (n_rows < rows.shape[0] and rows[n_rows])
            n_written, field, is_first = written, 0, True
            while True:
                # One field; `at` then is behind it, on the delimiter or line end.
                start, closing = at, -1
                if at < n and data[at] == QUOTE:
                    at += 1
                    while at < n:
                        if data[at] == QUOTE:
                            if at + 1 < n and data[at + 1] == QUOTE:
                                at += 1
                            else:
                                closing = at
                                at += 1
                                break
                        at += 1
                while at < n:
                    c = data[at]
                    if c == delimiter or c == LF or c == CR:
                        break
                    at += 1
                if is_kept and field < n_columns and columns[field]:
                    if not is_first:
                        out[n_written] = new_delimiter
                        n_written += 1
                    is_first = False
                    if at == start and n_wanted == 1:
                        # A row of one empty field would be an empty line.
                        out[n_written] = QUOTE
                        out[n_written + 1] = QUOTE
                        n_written += 2
                    elif same or not _has(data, closing + 1 if closing >= 0 else start,
                                          at, new_delimiter):
                        for mark in range(start, at):
                            out[n_written] = data[mark]
                            n_written += 1
                    else:
                        n_written = _quoted(data, start, closing, at, out, n_written)
                field += 1
                if at < n and c == delimiter:
                    at += 1
                    continue
                break
            if at == n and not is_last:
                break
            mark = at
            if at < n:
                at += 1
                if c == CR:
                    # The line feed that belongs to it may not be here yet.
                    if at == n and not is_last:
                        break
                    if at < n and data[at] == LF:
                        at += 1
            if field != n_columns:
                n_rows = -n_rows - 1
                break
            if is_kept:
                ends[n_kept] = n_written
                n_kept += 1
                while mark < at:
                    out[n_written] = data[mark]
                    n_written += 1
                    mark += 1
                written = n_written
            n_rows += 1
            n_read = at
    return n_read, n_rows, written, n_kept


cdef bint _has(
    const uint8_t[::1] data, intp_t begin, intp_t end, uint8_t wanted
) noexcept nogil:
    """Whether a byte is there: the new delimiter must not be in the open."""
    cdef intp_t i
    for i in range(begin, end):
        if data[i] == wanted:
            return True
    return False


cdef intp_t _quoted(
    const uint8_t[::1] data,
    intp_t start,
    intp_t closing,
    intp_t end,
    uint8_t[::1] out,
    intp_t written,
) noexcept nogil:
    """Write a field between quotes, and return where it ends."""
    cdef intp_t i
    out[written] = QUOTE
    written += 1
    if closing >= 0:
        # The quoted part as it is, then what follows the closing quote.
        for i in range(start + 1, closing):
            out[written] = data[i]
            written += 1
        start = closing + 1
    for i in range(start, end):
        if data[i] == QUOTE:
            out[written] = QUOTE
            written += 1
        out[written] = data[i]
        written += 1
    out[written] = QUOTE
    return written + 1
