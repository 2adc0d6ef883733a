# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The command: a result and status 0, or one line that says what to do."""

import csv
import gzip
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sklearn_fs._cli import main
from sklearn_fs._cli_ranking import COLUMNS


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    n = 400
    label = rng.choice(["good", "bad"], n)
    rows = {
        "id": [f"u{i}" for i in range(n)],
        "city": [c + (",1" if g == "good" else "") for c, g in
                 zip(rng.choice(["a", "b"], n), label, strict=True)],
        "amount": rng.standard_normal(n),
        "flag": np.where(rng.random(n) < 0.3, "", "yes"),
        "label": label,
    }  # fmt: skip
    path = tmp_path / "table.csv"
    with open(path, "w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(rows)
        writer.writerows(zip(*rows.values(), strict=True))
    return path


def _ranked(capsys):
    """Names of the columns that were printed, best first."""
    lines = capsys.readouterr().out.splitlines()
    words = [line[2:].split() for line in lines if line[:2] in ("* ", "  ")]
    return [w[1] for w in words if w[0].isdigit()]


def test_rank_csv(table, tmp_path, capsys):
    assert (
        main(["rank", str(table), "--target", "label", "--output", str(tmp_path / "o")])
        == 0
    )
    assert _ranked(capsys)[0] == "city"
    with open(tmp_path / "o" / "ranking.csv") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["name"] == "city"
    by_name = {row["name"]: row for row in rows}
    assert float(by_name["id"]["score"]) == 0.0
    assert 0.2 < float(by_name["flag"]["missing"]) < 0.4
    assert by_name["city"]["selected"] == "1"
    assert (tmp_path / "o" / "ranking.png").read_bytes()[:4] == b"\x89PNG"
    assert len(list((tmp_path / "o").iterdir())) == 2


@pytest.mark.parametrize("form", ["tsv", "csv.gz", "parquet"])
def test_formats_agree(table, tmp_path, capsys, form):
    path = tmp_path / f"copy.{form}"
    with open(table, newline="") as stream:
        rows = list(csv.reader(stream))
    if form == "tsv":
        path.write_text("\n".join("\t".join(row) for row in rows) + "\n")
    elif form == "csv.gz":
        path.write_bytes(gzip.compress(table.read_bytes()))
    else:
        columns = dict(
            zip(rows[0], map(list, zip(*rows[1:], strict=True)), strict=True)
        )
        columns["amount"] = [float(v) for v in columns["amount"]]
        columns["flag"] = [v or None for v in columns["flag"]]
        pq.write_table(pa.table(columns), path)
    main(["rank", str(table), "--target", "label"])
    expected = capsys.readouterr().out.splitlines()[1:]
    assert main(["rank", str(path), "--target", "label"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == expected


def test_rows_without_target_are_left_out(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n" + "1,p\n2,q\n" * 30 + "1,\n")
    assert main(["rank", str(path), "--target", "y"]) == 0
    assert "1 of 61 rows have no target" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content, options, expected",
    [
        (b"", [], "is empty"),
        (b"\n \n", [], "only white space"),
        (b"a,y\n", [], "no rows"),
        (b"a,b\n1,2\n", [], "--target 'y' is not a column"),
        (b"y\n1\n2\n", [], "no column beside the target"),
        (b"a,y\n1,x\n2,x\n", [], "1 class"),
        (b"a,y\n1,\n2,\n", [], "are missing"),
        (b"a,y\n1,2\n3\n", [], "Expected 2 columns"),
        (b"a,a,y\n1,2,0\n1,2,1\n", [], "two columns called 'a'"),
        (bytes(range(256)) * 9, [], "not a text file"),
        ("a,y\n\xe9,1\nu,0\n".encode("latin-1"), [], "--encoding latin-1"),
        (b"a,y\n1,0\n2,1\n", ["--categorical", "zz"], "'zz'"),
        (b"a,y\n1,0\n2,1\n", ["--measure", "zz"], "'measure'"),
    ],
)
def test_bad_input_is_one_line(tmp_path, capsys, content, options, expected):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert main(["rank", str(path), "--target", "y", *options]) == 1
    captured = capsys.readouterr()
    assert expected in captured.err
    assert captured.err.startswith("sklearn-fs: error: ")
    assert len(captured.err.splitlines()) == 1
    assert captured.out == ""


def test_damaged_and_missing_files(table, tmp_path, capsys):
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(table.read_bytes())[:900])
    for path, expected in (
        (cut, "damaged or cut off"),
        (tmp_path, "is a folder"),
        (tmp_path / "no.csv", "does not exist"),
    ):
        assert main(["rank", str(path), "--target", "label"]) == 1
        assert expected in capsys.readouterr().err


def test_output_that_cannot_be_written(table, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    output = str(tmp_path / "file")
    assert main(["rank", str(table), "--target", "label", "--output", output]) == 1
    assert "file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["rank", "{0}/ranking.csv", "--target", "label", "--output", "{0}"],
        ["report", "{0}/ranking.csv", "--target", "label", "-o", "{0}/ranking.csv"],
        ["actions", "{0}/ranking.csv", "-o", "{0}/link", "--force"],
        ["recourse", "{0}/m", "{0}/scores.csv", "--actions", "{0}/a", "--output={0}"],
        ["select", "{0}/ranking.csv", "-o", "{0}/link", "--force"],
        ["reduce", "{0}/ranking.csv", "-o", "{0}/ranking.csv", "--force"],
    ],
)
def test_nothing_is_written_over_the_input(table, tmp_path, capsys, command):
    path = table.rename(tmp_path / "ranking.csv")
    (tmp_path / "link").symlink_to(path)
    (tmp_path / "scores.csv").write_bytes(path.read_bytes())
    before = path.read_bytes()
    assert main([word.format(tmp_path) for word in command]) == 1
    err = capsys.readouterr().err
    assert "is the input" in err and len(err.splitlines()) == 1
    assert path.read_bytes() == before == (tmp_path / "scores.csv").read_bytes()


def test_a_near_name_is_suggested(table, capsys):
    assert main(["rank", str(table), "--target", "lable"]) == 1
    err = capsys.readouterr().err
    assert "--target 'lable' is not a column" in err
    assert "did you mean 'label'?" in err


def test_module_is_the_command(table):
    done = subprocess.run(
        [sys.executable, "-m", "sklearn_fs", "rank", str(table)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--target" in done.stderr and "Traceback" not in done.stderr
