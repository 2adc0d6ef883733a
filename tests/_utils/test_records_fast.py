# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fields are copied as they stand, and read as pyarrow reads the whole file."""

import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv
from sklearn_fs._utils._records_fast import copy_records


def _copy(text, columns, *, rows=None, is_last=True, delimiter=",", new=None):
    data = np.frombuffer(text, dtype=np.uint8)
    out = np.empty(4 * len(data) + 2, dtype=np.uint8)
    ends = np.empty(len(data) // 2 + 1, dtype=np.intp)
    n_read, n_rows, n_written, n_kept = copy_records(
        data, is_last, ord(delimiter), ord(new or delimiter),
        np.asarray(columns, dtype=np.uint8),
        np.asarray([] if rows is None else rows, dtype=np.uint8), out, ends,
    )  # fmt: skip
    return out[:n_written].tobytes(), n_rows, n_read, ends[:n_kept].tolist()


def _slow_records(text, delimiter=b","):
    """The twin: rows as lists of raw fields, and their line ends."""
    rows, at, n = [], 0, len(text)
    while True:
        while at < n and text[at : at + 1] in (b"\n", b"\r"):
            at += 1
        if at == n:
            return rows
        fields = []
        while True:
            start = at
            if text[at : at + 1] == b'"':
                at += 1
                while at < n:
                    if text[at : at + 2] == b'""':
                        at += 2
                    elif text[at : at + 1] == b'"':
                        at += 1
                        break
                    else:
                        at += 1
            while at < n and text[at : at + 1] not in (delimiter, b"\n", b"\r"):
                at += 1
            fields.append(text[start:at])
            if at < n and text[at : at + 1] == delimiter:
                at += 1
                continue
            break
        end = text[at : at + 2] if text[at : at + 2] == b"\r\n" else text[at : at + 1]
        at += len(end)
        rows.append((fields, end))


_FIELD = st.sampled_from(
    [b"", b"1", b"a b", b'"q"', b'"a,b"', b'"x\ny"', b'"say ""hi"""', b'5" disk', b"\t",
     b'"a"b', b'"t\tu"', "ä".encode(), b'"c\r\nd"', b'""']
)  # fmt: skip
_END = st.sampled_from([b"\n", b"\r\n", b"\r", b"\n\n"])


@st.composite
def _tables(draw):
    n_columns = draw(st.integers(1, 4))
    n_rows = draw(st.integers(1, 6))
    text = b""
    for i in range(n_rows):
        fields = draw(st.lists(_FIELD, min_size=n_columns, max_size=n_columns))
        if n_columns == 1 and not fields[0]:
            fields = [b"z"]
        last = i == n_rows - 1
        text += b",".join(fields) + draw(
            st.one_of(_END, st.just(b"")) if last else _END
        )
    return text, n_columns, n_rows, draw(st.randoms(use_true_random=False))


def _read(text, n_columns, delimiter=","):
    names = [f"f{j}" for j in range(n_columns)]
    return csv.read_csv(
        io.BytesIO(delimiter.join(names).encode() + b"\n" + text),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string())
        ),
    )


@settings(max_examples=150, deadline=None)
@given(_tables())
def test_twin_and_pyarrow_agree(table):
    text, n_columns, n_rows, random = table
    columns = [random.random() < 0.6 for _ in range(n_columns)]
    columns[random.randrange(n_columns)] = True
    rows = [random.random() < 0.6 for _ in range(n_rows)]
    slow = _slow_records(text)
    assert [len(fields) for fields, _ in slow] == [n_columns] * n_rows
    out, n_found, n_read, ends = _copy(text, columns, rows=rows)
    assert (n_found, n_read) == (n_rows, len(text))
    expected, lengths = b"", []
    for (fields, end), kept in zip(slow, rows, strict=True):
        if kept:
            wanted = [f for f, c in zip(fields, columns, strict=True) if c]
            expected += b'""' if wanted == [b""] else b",".join(wanted)
            lengths.append(len(expected))
            expected += end
    assert out == expected
    assert ends == lengths
    # What another reader sees is the chosen part of what it saw before.
    whole = _read(text, n_columns)
    assert whole.num_rows == n_rows
    chosen = whole.select(np.flatnonzero(columns).tolist()).filter(pa.array(rows))
    if any(rows):
        assert _read(out, sum(columns)).columns == chosen.columns
        other = _copy(text, columns, rows=rows, new="\t")[0]
        assert _read(other, sum(columns), "\t").columns == chosen.columns


@settings(max_examples=60, deadline=None)
@given(_tables())
def test_pieces_change_nothing(table):
    text, n_columns, n_rows, random = table
    columns = [True] * n_columns
    expected = _copy(text, columns)[0]
    found, begin, total = b"", 0, 0
    for end in range(1, len(text) + 1):
        if random.random() < 0.5 and end < len(text):
            continue
        out, rows, n_read, _ = _copy(text[begin:end], columns, is_last=end == len(text))
        found, begin, total = found + out, begin + n_read, total + rows
    assert found == expected
    assert total == n_rows and begin == len(text)


@pytest.mark.parametrize("text", [b"a,b\n1\n", b"a,b\n1,2,3\n", b'a,b\n"1,2\n'])
def test_other_numbers_of_fields_are_found(text):
    assert _copy(text, [1, 1])[1] == -2


def test_read_only_input():
    data = np.frombuffer(b"a,b\n", dtype=np.uint8)
    assert not data.flags.writeable
    assert _copy(b"a,b\n", [0, 1])[0] == b"b\n"
