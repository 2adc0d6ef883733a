# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs report`: a page or a text, or one line that says what to do."""

import csv
import os

import numpy as np
import pytest

from sklearn_fs import OutRank
from sklearn_fs._cli import main


@pytest.fixture
def table(tmp_path):
    random = np.random.RandomState(0)
    label = random.choice(["good", "bad"], size=500)
    rows = zip(
        [f"u{i}" for i in range(500)],
        np.where(random.uniform(size=500) < 0.9, label, "good"),
        random.choice(["Oslo", "oslo"], size=500),
        np.where(label == "bad", "", "7"),
        [*label[:490], *[""] * 10],
        strict=True,
    )
    path = tmp_path / "table.csv"
    with open(path, "w", newline="") as stream:
        csv.writer(stream).writerows([("id", "hint", "city", "asked", "label"), *rows])
    return path


def test_text(table, capsys):
    assert main(["report", str(table), "--target", "label"]) == 0
    text = capsys.readouterr().out
    assert "10 rows without a target are left out" in text
    assert "id: id_like: 100.0% of the rows are unique" in text
    assert "city: case_or_space_variants: 1 values too many" in text
    assert "informative_missing" in text


def test_page(table, tmp_path, capsys):
    path = tmp_path / "report.html"
    assert main(["report", str(table), "--target", "label", "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"wrote {path}\n"
    page = path.read_text()
    assert "table.csv: what the columns say about &#x27;label&#x27;" in page
    assert page.count("<details>") == 4
    assert set(os.listdir(tmp_path)) == {"report.html", "table.csv"}


def test_the_flags_are_in_the_ranking_too(table, tmp_path):
    folder = tmp_path / "out"
    main(["rank", str(table), "--target", "label", "--output", str(folder)])
    with open(folder / "ranking.csv") as stream:
        flags = {row["name"]: row["flags"] for row in csv.DictReader(stream)}
    assert flags["hint"] == ""
    assert flags["id"].startswith("id_like: 100.0% of the rows are unique; unrankable")


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("{}/no/report.html", "there is no folder"),
        ("{}", "is a folder; name a file in it"),
    ],
)
def test_a_wrong_place_is_refused_before_reading(
    table, tmp_path, capsys, monkeypatch, output, message
):
    def fail(*_, **__):
        raise AssertionError("read")

    monkeypatch.setattr(OutRank, "partial_fit", fail)
    output = output.format(tmp_path)
    assert main(["report", str(table), "--target", "label", "-o", output]) == 1
    assert message in capsys.readouterr().err


def test_a_disk_that_fails_leaves_nothing(table, tmp_path, capsys, monkeypatch):
    def full(self, *_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    path = tmp_path / "report.html"
    assert main(["report", str(table), "--target", "label", "-o", str(path)]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["table.csv"]
