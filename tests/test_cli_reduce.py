# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs reduce`: the chosen rows, as they stood in the input."""

import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sklearn_fs import GraphCoverageSelector, _cli_reduce
from sklearn_fs._cli import main
from sklearn_fs._cli_numbers import NumericTable
from sklearn_fs._table_files import read_table


@pytest.fixture
def rows():
    """Three clusters, two classes, and columns of every kind."""
    rng = np.random.default_rng(0)
    n = 240
    cluster = rng.integers(0, 3, n)
    return {
        "id": [str(i + 1) for i in range(n)],
        "name": [f'n"{u}", x' for u in rng.permutation(n)],
        "a": [repr(float(3 * c + v)) for c, v in zip(cluster, rng.standard_normal(n))],
        "b": [f"{-2 * c + v:.1f}0" if u < 0.9 else "" for c, v, u in
              zip(cluster, rng.standard_normal(n), rng.random(n))],
        "kind": np.array(["x", "y,z", "ü"])[cluster].tolist(),
        "day": [f"2024-0{c + 1}-0{1 + i % 9}" for i, c in enumerate(cluster)],
        "label": np.where(cluster == 1, "rare", "often").tolist(),
    }  # fmt: skip


def _write(path, rows, *, end="\n"):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerow(rows)
    writer.writerows(zip(*rows.values(), strict=True))
    path.write_bytes(text.getvalue().encode())
    return path


def _run(path, *options):
    return main(["reduce", str(path), *map(str, options)])


def _one_line(capsys, *expected):
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("sklearn-fs: error: ")
    assert len(captured.err.splitlines()) == 1
    for text in expected:
        assert text in captured.err


def test_rows_are_copied_to_the_character(rows, tmp_path, capsys):
    path, output = _write(tmp_path / "t.csv", rows, end="\r\n"), tmp_path / "o.csv"
    options = ("--target", "label", "-n", 24, "--row-column", "row")
    assert _run(path, *options, "--weight-column", "rows, it", "-o", output) == 0
    out = capsys.readouterr().out
    assert "coverage kept 24 (10.0%)" in out
    assert f"wrote {output}: 24 rows, 9 columns" in out
    before, found = path.read_bytes().splitlines(), output.read_bytes().splitlines()
    assert found[0] == before[0] + b',row,"rows, it"'
    weights = []
    for line in found[1:]:
        text, row, weight = line.rsplit(b",", 2)
        assert text == before[1 + int(row)]
        weights.append(int(weight))
    assert sum(weights) == 240
    places = [int(line.rsplit(b",", 2)[1]) for line in found[1:]]
    assert places == sorted(places)
    # In proportion to the classes.
    n_rare = sum(b",rare," in line for line in found)
    assert n_rare == round(24 * rows["label"].count("rare") / 240)


def test_the_choice_is_that_of_the_library(rows, tmp_path):
    path, output = _write(tmp_path / "t.csv", rows), tmp_path / "o.csv"
    options = ("--exclude", "name,kind,day,b", "--row-column", "row")
    assert _run(path, "--target", "label", "-n", "0.1", *options, "-o", output) == 0
    found = np.loadtxt(output, delimiter=",", skiprows=1, usecols=-1, quotechar='"')
    X = np.array(rows["a"], dtype=float)[:, None]
    selector = GraphCoverageSelector(0.1, random_state=0).fit(X, rows["label"])
    assert found.tolist() == selector.sample_indices_.tolist()


def test_formats(rows, tmp_path):
    path = _write(tmp_path / "t.csv", rows)
    options = ("--target", "label", "-n", 30, "--row-column", "row")
    for name in ("o.csv", "o.tsv", "o.parquet"):
        assert _run(path, *options, "-o", tmp_path / name) == 0
    table = pq.read_table(tmp_path / "o.parquet")
    kept = table["row"].to_numpy()
    assert table["kind"].to_pylist() == [rows["kind"][i] for i in kept]
    assert table["b"].to_pylist() == [
        float(rows["b"][i]) if rows["b"][i] else None for i in kept
    ]
    for name, delimiter in (("o.csv", ","), ("o.tsv", "\t")):
        with open(tmp_path / name, newline="") as stream:
            lines = list(csv.DictReader(stream, delimiter=delimiter))
        assert [int(line.pop("row")) for line in lines] == kept.tolist()
        assert lines == [{k: v[i] for k, v in rows.items()} for i in kept]
    # From Parquet to Parquet all types stay, whatever they are.
    whole = pa.table({**rows, "lists": [[i] for i in range(240)]})
    pq.write_table(whole, tmp_path / "t.parquet", row_group_size=50)
    output = tmp_path / "p.parquet"
    options = ("--target", "label", "-n", 30, "--exclude", "lists", "-o", output)
    assert _run(tmp_path / "t.parquet", *options) == 0
    found = pq.read_table(output)
    assert found.equals(whole.take([int(v) - 1 for v in found["id"].to_pylist()]))


@pytest.mark.parametrize(
    "method", [*_cli_reduce._SIZED, "hartcnn", "drop3", "enn", "lsbo", "egdis", "ris3"]
)
def test_methods(rows, tmp_path, capsys, method):
    path, output = _write(tmp_path / "t.csv", rows), tmp_path / "o.csv"
    options = ("--target", "label", "--method", method, "-o", output)
    assert _run(path, *options) == 0
    captured = capsys.readouterr()
    n_kept = len(output.read_text().splitlines()) - 1
    assert f"{method} kept {n_kept:,} (" in captured.out
    assert 0 < n_kept <= 240
    assert "does not count: 'id' (numbers the rows)" in captured.out
    assert "'name' (words of 240 different values)" in captured.out
    if method in _cli_reduce._SIZED:
        assert n_kept == 24


def test_no_target(rows, tmp_path, capsys):
    path = _write(tmp_path / "t.csv", rows)
    for method in ("coverage", "kmeans"):
        assert _run(path, "--method", method, "-n", "5%") == 0
        assert f"no target; {method} kept 12 (5.0%)" in capsys.readouterr().out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.csv"]


def test_numbers_to_predict(rows, tmp_path, capsys):
    path = _write(tmp_path / "t.csv", rows)
    assert _run(path, "--target", "a", "-n", 7) == 0
    assert "coverage kept 7 (2.9%)" in capsys.readouterr().out
    assert _run(path, "--target", "a", "--method", "gais", "-n", 20) == 0
    assert "gais kept 20 (" in capsys.readouterr().out
    assert _run(path, "--target", "a", "--method", "enn") == 1
    _one_line(capsys, "needs classes", "--method coverage")


def test_rows_without_a_target_are_not_kept(rows, tmp_path, capsys):
    rows["label"][::3] = [""] * 80
    path, output = _write(tmp_path / "t.csv", rows), tmp_path / "o.csv"
    options = ("--target", "label", "-n", 20, "--row-column", "row", "-o", output)
    assert _run(path, *options) == 0
    assert "80 rows have no target and are not kept" in capsys.readouterr().out
    places = [int(line.rsplit(",", 1)[1]) for line in output.read_text().split()[1:]
              if line[-1].isdigit()]  # fmt: skip
    assert places and all(place % 3 for place in places)


@pytest.mark.parametrize(
    "options, expected",
    [
        (["--target", "lable"], ["did you mean 'label'?"]),
        (["--exclude", "nam"], ["did you mean 'name'?"]),
        (["--categorical", "nam"], ["did you mean 'name'?"]),
        (["--method", "gais"], ["needs a target", "--method coverage"]),
        (["--task", "regression"], ["leave it out"]),
        (["--target", "label", "--method", "enn", "-n", "5"], ["leave -n out"]),
        (["--target", "label", "-n", "241"], ["-n 241 is more than the 240 rows"]),
        (["--target", "label", "-n", "1"], ["give at least 2"]),
        (["--target", "one"], ["has one value only"]),
        (["--target", "name"], ["too many for classes"]),
        (["--row-column", "label"], ["a column 'label' already"]),
        (["--row-column", "u", "--weight-column", "u"], ["a column 'u' already"]),
        (["-o", "{}/t.csv", "--force"], ["is the input"]),
        (["-o", "{}/there.csv"], ["exists", "--force"]),
        (["-o", "{}/no/o.csv"], ["there is no folder"]),
        (["-o", "/proc/o.csv"], ["cannot be written"]),
        (["--exclude", "id,name,a,b,kind,day,label,one"], ["tells the rows"]),
    ],
)
def test_errors_are_one_line(rows, tmp_path, capsys, options, expected):
    rows["one"] = ["same"] * 240
    path = _write(tmp_path / "t.csv", rows)
    (tmp_path / "there.csv").write_text("mine")
    before = path.read_bytes()
    assert _run(path, *(option.format(tmp_path) for option in options)) == 1
    _one_line(capsys, *expected)
    assert path.read_bytes() == before
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "content, options, expected",
    [
        ("", [], "is empty"),
        ("a,y\n", [], "no rows"),
        ("a,y\n1,\n2,\n", ["--target", "y"], "are missing"),
        ("a,y\ninf,1\n2,3\n", [], "--missing-values inf,-inf"),
        ("a,y\n1,u\n2,\n", ["--target", "y"], "one value only"),
    ],
)
def test_bad_tables(tmp_path, capsys, content, options, expected):
    path = tmp_path / "t.csv"
    path.write_text(content)
    assert _run(path, *options) == 1
    _one_line(capsys, expected)


def test_tiny_tables(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n1,u\n2,v\n3,v\n")
    assert _run(path, "--target", "y", "-n", 2, "-o", tmp_path / "o.csv") == 0
    assert _run(path, "-n", 1) == 0
    assert _run(path) == 0
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 3


def test_interrupt_leaves_nothing(rows, tmp_path, capsys, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(_cli_reduce, "_choose", interrupted)
    path = _write(tmp_path / "t.csv", rows)
    assert _run(path, "-o", tmp_path / "o.csv") == 130
    _one_line(capsys, "interrupted; nothing half-written is left")
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_what_may_be_an_identifier(rows, tmp_path, capsys):
    rows["customer"] = [str(1000 + 7 * i) for i in range(240)]
    path = _write(tmp_path / "t.csv", rows)
    assert _run(path, "--target", "label") == 0
    line = "'customer': another whole number in each row; if that is an identifier, "
    assert line + "--exclude it" in capsys.readouterr().out
    assert main(["select", str(path), "-k", "6"]) == 0
    out = capsys.readouterr().out
    starred = [text.split()[2] for text in out.splitlines() if text[:2] == "* "]
    assert (line + "--keep or --exclude it" in out) == ("customer" in starred)


def test_words_are_as_far_apart_as_numbers(tmp_path):
    rng = np.random.default_rng(0)
    n = 400
    rows = {
        "number": rng.standard_normal(n).tolist(),
        "word": rng.choice(list("abcdefgh"), n).tolist(),
        "gaps": ["" if u < 0.2 else "1" for u in rng.random(n)],
        "many": [f"w{i % 30}" for i in range(n)],
        "truth": rng.choice(["true", "false"], n).tolist(),
    }
    table = read_table(_write(tmp_path / "t.csv", rows))
    numbers = NumericTable(table, list(rows), [], "distances")
    parts = np.bincount(numbers.owners).tolist()
    # A word has a part for each value, up to 20 and one for all others; missing too.
    assert parts == [1, 8, 2, 21, 1]
    assert numbers.kinds == {
        "number": "numbers", "word": "8 words", "gaps": "whole numbers",
        "many": "30 words", "truth": "yes or no",
    }  # fmt: skip
    place = np.flatnonzero(numbers.owners == 0)
    np.testing.assert_allclose(numbers.X[:, place].std(), 1, rtol=1e-6)
    words = numbers.X[:, numbers.owners == 1]
    assert (words.sum(axis=1) == 1).all()
    codes = NumericTable(table, list(rows), [], "codes")
    assert codes.X.shape == (n, 5)
    assert codes.is_categorical.tolist() == [False, True, False, True, False]
    assert np.isnan(codes.X[:, 2]).mean() == rows["gaps"].count("") / n
