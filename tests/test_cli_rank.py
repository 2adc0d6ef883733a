# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs rank` on files that are large, broken, or have nowhere to go."""

import csv
import gzip
import os
import re
import resource
import signal
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sklearn_fs._cli_stream
import sklearn_fs._table_files
from sklearn_fs._cli import main
from sklearn_fs._cli_common import n_bytes
from sklearn_fs.feature_selection._rank_streams import count_frame

HEAD = b"a,b,y\n"
ROWS = b"".join(b"%d,w%d,%d\n" % (i % 50, i % 7, i % 2) for i in range(20_000))


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of 4 kB, so that a small file is a long stream."""
    monkeypatch.setattr(sklearn_fs._table_files, "_BLOCK_BYTES", 1 << 12)
    monkeypatch.setattr(sklearn_fs._table_files, "_CHUNK_ROWS", 1000)


def _run(path, *options):
    return main(["rank", str(path), "--target", "y", *options])


def _one_line(capsys, *expected):
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("sklearn-fs: error: ")
    assert len(captured.err.splitlines()) == 1
    for text in expected:
        assert text in captured.err


@pytest.mark.parametrize(
    "last, expected",
    [
        (b"abc,w,1\n", ["column 'a' looked like int64", "'abc'", "--text a"]),
        (b"1,w\n", ["Expected 3 columns, got 2"]),
        (b"1,w,1,1\n", ["Expected 3 columns, got 4"]),
        (b"1,\xe9,1\n", ["column 'b' holds text that is not utf-8", "latin-1"]),
    ],
)
def test_trouble_after_many_rows(tmp_path, capsys, small_blocks, last, expected):
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD + ROWS + last)
    output = tmp_path / "out"
    assert _run(path, "--output", str(output)) == 1
    _one_line(capsys, *expected)
    assert not output.exists()


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_cut_off_file(tmp_path, capsys, small_blocks, form):
    packed = pa.Codec(form).compress(HEAD + ROWS, asbytes=True) if form == "zstd" else (
        gzip.compress(HEAD + ROWS)
    )  # fmt: skip
    path = tmp_path / f"t.csv.{'gz' if form == 'gzip' else 'zst'}"
    path.write_bytes(packed[:-200])
    assert _run(path, "--output", str(tmp_path / "out")) == 1
    _one_line(capsys, "damaged or cut off")
    assert not (tmp_path / "out").exists()
    parquet = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": [1, 2], "y": [0, 1]}), parquet)
    parquet.write_bytes(parquet.read_bytes()[:-20])
    assert _run(parquet) == 1
    _one_line(capsys, "t.parquet")


def test_whole_numbers_that_get_a_fraction_are_read_again(
    tmp_path, capsys, small_blocks
):
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD + ROWS + b"1.5,w,1\n")
    assert _run(path) == 0
    captured = capsys.readouterr()
    assert "'a' is not of whole numbers" in captured.err
    assert "20,001 rows" in captured.out
    # The remedy that the error for words names.
    path.write_bytes(HEAD + ROWS + b"abc,w,1\n")
    assert _run(path, "--text", "a") == 0


@pytest.mark.parametrize("options", [[], ["--chunk-rows", "777"], ["--jobs", "2"]])
def test_chunks_and_threads_change_nothing(tmp_path, capsys, small_blocks, options):
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD + ROWS)
    assert _run(path, "--output", str(tmp_path / "a")) == 0
    assert _run(path, "--output", str(tmp_path / "b"), *options) == 0
    first, second = (tmp_path / f / "ranking.csv" for f in "ab")
    assert first.read_bytes() == second.read_bytes()
    assert "rows/s" in capsys.readouterr().out


def test_criterion(tmp_path, capsys, small_blocks):
    path = tmp_path / "t.csv"
    rows = [f"{i % 5},{i % 5},{i % 3},{int(i % 5 == 0)}" for i in range(5000)]
    path.write_text("\n".join(["a,copy,noise,y", *rows]) + "\n")
    assert _run(path, "--criterion", "3mr", "--output", str(tmp_path / "o")) == 0
    with open(tmp_path / "o" / "ranking.csv") as stream:
        names = [row["name"] for row in csv.DictReader(stream)]
    assert names == ["a", "noise", "copy"]
    capsys.readouterr()
    assert _run(path, "--criterion", "zz") == 1
    _one_line(capsys, "'criterion' parameter")


def test_limit_of_memory(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD + ROWS)
    assert _run(path, "--memory-limit", "4G") == 0
    capsys.readouterr()
    assert _run(path, "--memory-limit", "40M") == 1
    _one_line(capsys, "--memory-limit 40M is too little")
    assert n_bytes("1.5GB") == 3 * 2**29 and n_bytes("200m") == 200 * 2**20
    with pytest.raises(SystemExit):
        _run(path, "--memory-limit", "much")


@pytest.mark.parametrize("after", [0, 3])
def test_interrupt_ranks_what_was_read(
    tmp_path, capsys, monkeypatch, small_blocks, after
):
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD + ROWS)
    # Not the default one where the tests themselves run in the background.
    handler = signal.getsignal(signal.SIGINT)
    n_chunks = 0

    def count(ranker, chunk, target):
        nonlocal n_chunks
        n_chunks += 1
        if n_chunks > after:
            signal.raise_signal(signal.SIGINT)
        # The chunk in hand is still counted whole.
        return count_frame(ranker, chunk, target)

    monkeypatch.setattr(sklearn_fs._cli_stream, "count_frame", count)
    assert _run(path, "--output", str(tmp_path / "out")) == 130
    out = capsys.readouterr().out
    n_rows = int(re.search(r"interrupted after ([\d,]+) rows", out)[1].replace(",", ""))
    assert out.startswith("PARTIAL") and after * 1000 < n_rows < 10_000
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["ranking.partial.csv", "ranking.partial.png"]
    with open(tmp_path / "out" / "ranking.partial.csv") as stream:
        assert len(list(csv.DictReader(stream))) == 2
    assert signal.getsignal(signal.SIGINT) is handler


def test_full_disk(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD + ROWS)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    output = tmp_path / "out"
    command = ["-m", "sklearn_fs", "rank", path, "--target", "y", "--output", output]
    done = subprocess.run(
        [sys.executable, *map(str, command)], preexec_fn=limit, timeout=60,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    err = done.stderr
    assert done.returncode == 1
    assert err.splitlines()[-1].startswith("sklearn-fs: error: the ranking cannot be")
    assert "Traceback" not in err
    assert not output.exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_full_standard_output(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD + ROWS)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sklearn_fs", "rank", str(path), "--target", "y"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("sklearn-fs: error: ")
    assert line.endswith("No space left on device")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="needs a user who may not read everything",
)
def test_no_permission(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD + ROWS)
    path.chmod(0)
    assert _run(path) == 1
    _one_line(capsys, "Permission denied")
