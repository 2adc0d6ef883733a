# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs demo`: columns, rows and answers of the table that ships."""

import re
import sys

import pytest

from sklearn_fs._cli import main

pytest.importorskip("matplotlib")


def _pictures(folder):
    return sorted(p.name for p in folder.iterdir() if p.suffix == ".png")


def test_the_whole_story(tmp_path, capsys):
    folder = tmp_path / "demo"
    assert main(["demo", "--output", str(folder)]) == 0
    out = capsys.readouterr().out
    # The columns.
    starred = [line.split()[2] for line in out.splitlines() if line[:2] == "* "]
    assert starred[0] == "checking_acct"
    # The rows: fewer of them, chosen ones, beat all the random draws.
    kept = re.search(r"kept (\d+) of 1,000 rows", out)
    assert kept[1] == "50"
    chosen = float(re.search(r"GraphCoverageSelector +(0\.\d+)", out)[1])
    random = [float(v) for v in re.search(r"from (0\.\d+) to (0\.\d+)", out).groups()]
    everything = float(re.search(r"training part +(0\.\d+)", out)[1])
    assert max(random) < chosen < everything
    # The answers: everybody who is denied is accounted for.
    n_denied = int(re.search(r"denies (\d+) of 1,000", out)[1])
    counts = re.findall(r"(?:enough for|together for|proved) +(\d+) ", out)
    assert sum(map(int, counts)) == n_denied > 100
    assert re.search(r"duration +from \d+ to \d+\n", out)
    assert _pictures(folder) == ["answers.png", "ranking.png", "rows.png"]
    assert len(list(folder.iterdir())) == 4
    for name in _pictures(folder):
        assert (folder / name).read_bytes()[:4] == b"\x89PNG"


def test_without_lightgbm(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    # Also a second time, over what the first one left.
    (tmp_path / "ranking.csv").write_text("old")
    assert main(["demo", "--output", str(tmp_path)]) == 0
    assert "a forest of scikit-learn" in capsys.readouterr().out
    assert _pictures(tmp_path) == ["answers.png", "ranking.png", "rows.png"]
    assert "checking_acct" in (tmp_path / "ranking.csv").read_text()


def test_without_matplotlib(tmp_path, capsys, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("matplotlib")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(["demo", "--output", str(tmp_path / "demo")]) == 0
    assert [p.name for p in (tmp_path / "demo").iterdir()] == ["ranking.csv"]
    err = capsys.readouterr().err
    assert err.count("matplotlib") >= 3


def test_a_file_in_the_way(tmp_path, capsys):
    (tmp_path / "demo").write_text("mine")
    assert main(["demo", "--output", str(tmp_path / "demo")]) == 1
    assert "demo" in capsys.readouterr().err
    assert (tmp_path / "demo").read_text() == "mine"
