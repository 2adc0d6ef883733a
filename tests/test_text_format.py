# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Text files as they come: the same ranking, or one error that says what to do."""

import bz2
import gzip

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_fs._cli import main
from sklearn_fs._table_files import read_table
from sklearn_fs._text_format import guess_delimiter
from sklearn_fs.feature_selection import rank_csv

Y = np.random.default_rng(0).integers(0, 2, 60)
NAMES = ["word", "number", "flag"]


def _text(
    *, delimiter=",", decimal=".", word="w{}", end="\n", header=(*NAMES, "y"), more=""
):
    lines = [delimiter.join(header)]
    for i, label in enumerate(Y):
        number = str(i / 8).replace(".", decimal)
        flag = "no" if label else "yes"
        cells = word.format(label), number, flag, str(label)
        lines.append(delimiter.join(cells) + more)
    return end.join(lines) + end


PLAIN = _text()
QUOTED = _text(word='"w\n,""{}"')
ACCENT = _text(word="é{}€")
SAME = {
    "plain.csv": (PLAIN, {}),
    "without_ending": (PLAIN, {}),
    "mark.csv": (b"\xef\xbb\xbf" + PLAIN.encode(), {}),
    "quoted.csv": (QUOTED, {}),
    "semicolon.csv": (_text(delimiter=";"), {}),
    "tab.txt": (_text(delimiter="\t"), {}),
    "tab.tsv": (_text(delimiter="\t"), {}),
    "bar.csv": (_text(delimiter="|"), {}),
    "named.csv": (_text(delimiter="^"), {"delimiter": "^"}),
    "decimal.csv": (_text(delimiter=";", decimal=","), {"decimal": ","}),
    "windows.csv": (PLAIN.replace("\n", "\r\n"), {}),
    "old_mac.csv": (PLAIN.replace("\n", "\r"), {}),
    "cp1252.csv": (ACCENT.encode("cp1252"), {"encoding": "cp1252"}),
    "utf16.csv": (PLAIN.encode("utf-16"), {"encoding": "utf-16"}),
    "blank_lines.csv": ("\n\n" + PLAIN.replace("\n", "\n\n"), {}),
    "packed.csv.gz": (gzip.compress(PLAIN.encode()), {}),
    "packed.csv.bz2": (bz2.compress(PLAIN.encode()), {}),
}
WRONG = {
    "decimal.csv": (
        _text(delimiter=";", decimal=","),
        {},
        "comma.*decimal=','",
    ),
    "cp1252.csv": (ACCENT.encode("cp1252"), {}, "'word' holds text that is not utf-8"),
    "utf16.csv": (PLAIN.encode("utf-16"), {}, "UTF-16; give encoding"),
    "packed.csv": (gzip.compress(PLAIN.encode()), {}, "packed by gzip.*ending .gz"),
    "cut.csv.gz": (gzip.compress(PLAIN.encode())[:-20], {}, "damaged or cut off"),
    "sheet.csv": (b"PK\x03\x04" + bytes(30), {}, "workbook; save its sheet"),
    "header.csv": ("word,y\n", {}, "has a header but no rows"),
    "empty.csv": ("", {}, "is empty"),
    "twice.csv": (_text(header=("a", "a", "b", "y")), {}, "two columns called 'a'"),
    "spaces.csv": (_text(header=(*NAMES, " Y")), {}, "did you mean ' Y'"),
    "other.csv": (_text(header=(*NAMES, "label")), {}, "it has 'word', 'number'"),
    "alone.csv": ("y\n0\n1\n", {}, "no column beside the target"),
    "trailing.csv": (_text(more=","), {}, "Expected 4 columns, got 5"),
    "ragged.csv": (PLAIN + "a,b\n", {}, "Expected 4 columns, got 2"),
    "open.csv": (PLAIN + '"a,1,no,1\n', {}, "cannot be read as a table"),
    "long.csv": (PLAIN, {"delimiter": "::"}, "must be one character"),
}


def _write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", SAME)
def test_the_same_table_in_other_clothes(name, tmp_path):
    content, options = SAME[name]
    expected = rank_csv(_write(tmp_path, "expected.csv", PLAIN), "y")
    ranker = rank_csv(_write(tmp_path, name, content), "y", **options)
    assert_array_equal(ranker.feature_names_in_, NAMES)
    assert_array_equal(ranker.kinds_, ["categorical", "numeric", "categorical"])
    assert_array_equal(ranker.scores_, expected.scores_)
    if "encoding" not in options or name == "cp1252.csv":
        table = read_table(tmp_path / name, **options)
        assert table.column_names == [*NAMES, "y"]
        assert table.num_rows == len(Y)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_its_remedy(name, tmp_path):
    content, options, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        rank_csv(_write(tmp_path, name, content), "y", **options)


def test_words_with_commas_stay_words_where_they_are_named(tmp_path):
    path = _write(tmp_path, "t.csv", _text(delimiter=";", decimal=","))
    ranker = rank_csv(path, "y", text=["number"])
    assert ranker.kinds_[1] == "categorical"
    assert ranker.cardinality_[1] == len(Y)


@pytest.mark.parametrize(
    "header, delimiter",
    [
        (b"a;b\n", ";"),
        (b"a,b;c\n", ","),
        (b'"a,b";"c"\n', ";"),
        (b"alone\n1,2\n", ","),
        (b"", ","),
        (b"\xef\xbb\xbf\r\na|b|c;d", "|"),
    ],
)
def test_delimiter_of_a_header(header, delimiter):
    assert guess_delimiter(header, "utf-8") == delimiter


def test_the_command_takes_the_marks_of_a_file(tmp_path, capsys):
    path = _write(tmp_path, "t.csv", _text(delimiter="^", decimal=","))
    options = ["--target", "y", "--delimiter", "^", "--decimal", ","]
    assert main(["rank", str(path), *options]) == 0
    assert "number" in capsys.readouterr().out
    assert main(["rank", str(path), "--target", "y"]) != 0
    assert "name the delimiter" in capsys.readouterr().err
