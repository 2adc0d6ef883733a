# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs select`: the chosen columns, as they stood in the input."""

import csv
import datetime as dt
import decimal
import gzip
import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sklearn_fs._table_text
from sklearn_fs import _cli_select
from sklearn_fs._cli import main
from sklearn_fs._table_copy import OutputError, copy_table
from sklearn_fs._table_form import TableForm, form_to_write

# Numbers, dates and words that no writer of tables would write like that.
NUMBERS = ["1.50", "1e3", "-0", "+7", ".5", "1,5", '5" disk', "  2 ", "Infinity"]


@pytest.fixture
def rows():
    """Two columns that matter, one of words and one of numbers, among others."""
    rng = np.random.default_rng(0)
    n = 300
    good = rng.random(n) < 0.5
    return {
        "id": [f"{i:05}" for i in range(n)],
        "city": [("Köln" if g else 'the "Hague"') if u < 0.8 else "a,b"
                 for g, u in zip(good, rng.random(n), strict=True)],
        "when": [f"2024-0{1 + i % 9}-1{i % 7}" for i in range(n)],
        "noise": [f"{v:.3f}" for v in rng.standard_normal(n)],
        "amount": [f"{g + v:.2f}" if u < 0.9 else ""
                   for g, v, u in zip(good, 0.5 * rng.standard_normal(n),
                                      rng.random(n), strict=True)],
        "odd": [NUMBERS[i % len(NUMBERS)] for i in range(n)],
        "label": ["good" if g else "bad" for g in good],
    }  # fmt: skip


def _write(path, rows, *, delimiter=",", end="\r\n", encoding="utf-8"):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(rows)
    writer.writerows(zip(*rows.values(), strict=True))
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def _columns(path, *, delimiter=",", encoding="utf-8"):
    with open(path, newline="", encoding=encoding) as stream:
        lines = list(csv.reader(stream, delimiter=delimiter))
    return dict(zip(lines[0], map(list, zip(*lines[1:], strict=True)), strict=True))


def _run(path, *options):
    return main(["select", str(path), *map(str, options)])


def _starred(text):
    return [line.split()[2] for line in text.splitlines() if line.startswith("*  ")]


def _one_line(capsys, *expected):
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("sklearn-fs: error: ")
    assert len(captured.err.splitlines()) == 1
    for text in expected:
        assert text in captured.err


def test_columns_are_copied_to_the_character(rows, tmp_path, capsys):
    path = _write(tmp_path / "t.csv", rows)
    before = path.read_bytes()
    output = tmp_path / "few.csv"
    options = ("--target", "label", "-k", 2, "--keep", "odd,id", "-o", output)
    assert _run(path, *options) == 0
    out = capsys.readouterr().out
    assert _starred(out) == ["city", "amount"]
    assert out.endswith(f"wrote {output}: 300 rows, 5 columns\n")
    names = ["id", "city", "amount", "odd", "label"]
    expected = _write(tmp_path / "expected.csv", {name: rows[name] for name in names})
    assert output.read_bytes() == expected.read_bytes()
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "expected.csv", "few.csv", "t.csv"
    ]  # fmt: skip


def test_pieces_of_a_large_file(rows, tmp_path, monkeypatch):
    path = _write(tmp_path / "t.csv", rows)
    options = ("--target", "label", "--keep", "odd")
    assert _run(path, *options, "-o", tmp_path / "a.csv") == 0
    monkeypatch.setattr(sklearn_fs._table_text, "_PIECE_BYTES", 97)
    assert _run(path, *options, "-o", tmp_path / "b.csv") == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_encodings_stay(rows, tmp_path, encoding):
    path = _write(tmp_path / "t.csv", rows, encoding=encoding)
    output = tmp_path / "o.csv"
    options = ["--encoding", encoding] if encoding != "utf-8-sig" else []
    assert _run(path, "--target", "label", "-k", 1, "-o", output, *options) == 0
    found = _columns(output, encoding=encoding)
    assert found == {name: rows[name] for name in ("city", "label")}
    if encoding == "utf-8-sig":
        assert output.read_bytes().startswith(b"\xef\xbb\xbfcity,label\r\n")


def test_semicolons_and_decimal_commas_stay(rows, tmp_path):
    rows["amount"] = [value.replace(".", ",") for value in rows["amount"]]
    rows["odd"] = ["a;b" if i % 2 else "c\td" for i in range(300)]
    path = _write(tmp_path / "t.csv", rows, delimiter=";")
    options = ["--target", "label", "--decimal", ",", "-k", 2, "--keep", "odd"]
    options += ["--exclude", "noise", "-o"]
    names = ["city", "amount", "odd", "label"]
    expected = {name: rows[name] for name in names}
    for name, delimiter in (("o.csv", ";"), ("o.txt", ";"), ("o.tsv", "\t")):
        assert _run(path, *options, tmp_path / name) == 0
        assert _columns(tmp_path / name, delimiter=delimiter) == expected
    whole = _write(tmp_path / "expected.csv", expected, delimiter=";")
    assert (tmp_path / "o.csv").read_bytes() == whole.read_bytes()
    assert _run(path, *options, tmp_path / "o.parquet") == 0
    amounts = pq.read_table(tmp_path / "o.parquet")["amount"].to_pylist()
    assert amounts == [
        float(v.replace(",", ".")) if v else None for v in rows["amount"]
    ]
    # From tabs to commas, and methods on numbers understand the mark too.
    assert (
        _run(
            tmp_path / "o.tsv",
            "-k",
            1,
            "--decimal",
            ",",
            "--method",
            "kan",
            "--target",
            "label",
            "-o",
            tmp_path / "c.csv",
        )
        == 0
    )
    assert set(_columns(tmp_path / "c.csv")) < set(names)


@pytest.mark.parametrize("name", ["o.tsv", "o.csv.gz", "o.parquet", "o", "o.csv.zst"])
def test_formats_by_the_ending(rows, tmp_path, name):
    path, output = _write(tmp_path / "t.csv", rows), tmp_path / name
    keep = ["city", "odd", "id", "when", "amount"]
    options = ["-k", 1, "--keep", ",".join(keep[1:]), "--target", "label"]
    assert _run(path, *options, "-o", output) == 0
    order = [n for n in rows if n in (*keep, "label")]
    expected = {name: rows[name] for name in order}
    if name.endswith("parquet"):
        found = pq.read_table(output)
        assert found.column_names == order
        # Nothing is lost: leading zeros stay, dates and numbers get their types.
        assert found["id"].to_pylist() == rows["id"]
        assert found["odd"].to_pylist() == rows["odd"]
        assert found["amount"].to_pylist() == [
            float(v) if v else None for v in rows["amount"]
        ]
        assert str(found["when"][0].as_py()) == rows["when"][0]
    elif name.endswith("tsv"):
        assert _columns(output, delimiter="\t") == expected
    elif name.endswith("gz"):
        (tmp_path / "plain").write_bytes(gzip.decompress(output.read_bytes()))
        assert _columns(tmp_path / "plain") == expected
    elif name.endswith("zst"):
        (tmp_path / "plain").write_bytes(pa.input_stream(str(output)).read())
        assert _columns(tmp_path / "plain") == expected
    else:
        assert _columns(output) == expected


def test_parquet_keeps_types(rows, tmp_path):
    path, output = tmp_path / "t.parquet", tmp_path / "o.parquet"
    table = pa.table(
        {
            "city": pa.array(rows["city"]).dictionary_encode(),
            "amount": pa.array([float(v) if v else None for v in rows["amount"]]),
            "lists": pa.array([[i] for i in range(300)]),
            "small": pa.array(range(300), pa.int16()),
            "label": rows["label"],
        }
    )
    pq.write_table(table, path, compression="zstd", row_group_size=70)
    options = ("--target", "label", "--keep", "lists,small", "--exclude", "amount")
    assert _run(path, *options, "-k", "1", "-o", output) == 0
    expected = table.select(["city", "lists", "small", "label"])
    assert pq.read_table(output).equals(expected)
    assert pq.read_metadata(output).row_group(0).column(0).compression == "ZSTD"
    text = tmp_path / "o.csv"
    options = ("--target", "label", "--exclude", "lists", "-o", text)
    assert _run(path, *options) == 0
    assert _columns(text)["city"] == rows["city"]


def test_all_types_of_parquet(tmp_path, capsys):
    rng = np.random.default_rng(0)
    n = 80
    hours = rng.integers(0, 9000, n)
    days = [dt.date(2020, 1, 1) + dt.timedelta(hours=int(h)) for h in hours]
    stamps = [dt.datetime(2020, 1, 1) + dt.timedelta(hours=int(h)) for h in hours]
    words = np.array(["u", "v", "w"])[hours % 3].tolist()
    usable = {
        "int8": pa.array(hours % 100, pa.int8()),
        "float16": pa.array(rng.standard_normal(n).astype(np.float16)),
        "nan": pa.array(np.where(hours % 5 == 0, np.nan, hours)),
        "truth": pa.array([None if h % 7 == 0 else bool(h % 2) for h in hours]),
        "decimal": pa.array([decimal.Decimal(int(h)) / 4 for h in hours]),
        "date32": pa.array(days, pa.date32()),
        "date64": pa.array(days, pa.date64()),
        "zoned": pa.array(stamps, pa.timestamp("ns", "Europe/Berlin")),
        "seconds": pa.array(stamps, pa.timestamp("s")),
        "time32": pa.array([s.time() for s in stamps], pa.time32("ms")),
        "time64": pa.array([s.time() for s in stamps], pa.time64("ns")),
        "duration": pa.array([s - stamps[0] for s in stamps]),
        "large": pa.array(words, pa.large_string()),
        "view": pa.array(words, pa.string_view()),
        "coded": pa.array(words).dictionary_encode(),
        "coded_int": pa.array(hours % 4).dictionary_encode(),
    }
    others = {
        "null": pa.nulls(n),
        "bytes": pa.array([b"x"] * n),
        "lists": pa.array([[i] for i in range(n)]),
        "records": pa.array([{"a": i} for i in range(n)]),
    }
    label = pa.array((hours > 4500).tolist())
    path, output = tmp_path / "t.parquet", tmp_path / "o.parquet"
    pq.write_table(pa.table({**usable, **others, "label": label}), path)
    options = ["--target", "label", "-o", output, "--force"]
    for method in ("outrank", "kan"):
        k = len(usable) if method == "kan" else len(usable) + 2
        assert _run(path, *options, "--method", method, "-k", k) == 0
        captured = capsys.readouterr()
        assert "'lists'" in captured.out + captured.err
        found = pq.read_table(output)
        assert set(usable) <= set(found.column_names)
        for name in usable:
            # NaN is not equal to itself.
            assert repr(found[name].to_pylist()) == repr(usable[name].to_pylist())
    kinds = dict(re.findall(r"\d  (\w+) +([a-z0-9 ]+?)  +[\d.]+ ", captured.out))
    assert kinds["zoned"] == kinds["date32"] == "dates"
    assert kinds["time64"] == kinds["duration"] == "times"
    assert kinds["truth"] == "yes or no" and kinds["coded"] == "3 words"
    # A tenth of the rows, whatever the types; and as text what text can hold.
    assert main(["reduce", str(path), *map(str, options), "-n", "8"]) == 0
    assert pq.read_table(output).num_rows == 8
    text = tmp_path / "o.csv"
    options = ["--target", "label", "-k", 18, "-o", text]
    assert _run(path, *options) == 0
    assert _columns(text)["view"] == words
    assert _run(path, *options, "--keep", "lists", "--force") == 1
    assert "holds list" in capsys.readouterr().err


def test_a_single_column_with_empty_cells_keeps_its_rows(tmp_path):
    path, output = tmp_path / "t.csv", tmp_path / "o.csv"
    path.write_text("a,b\n" + "1,2\n,3\n3,5\n" * 10)
    assert _run(path, "-k", 1, "--exclude", "b", "-o", output) == 0
    assert output.read_text() == "a\n" + '1\n""\n3\n' * 10


def test_methods_on_numbers(rows, tmp_path, capsys):
    path = _write(tmp_path / "t.csv", rows)
    output = tmp_path / "o.csv"
    assert _run(path, "--target", "label", "--method", "kan", "-o", output) == 0
    out = capsys.readouterr().out
    assert {"city", "amount"} <= set(_starred(out))
    assert "cannot be chosen: 'id' (numbers the rows)" in out
    assert list(_columns(output))[-1] == "label"
    assert _run(path, "--text", "id", "-k", 3) == 0
    out = capsys.readouterr().out
    assert "no target; quickselection took" in out
    assert "cannot be chosen: 'id' (words of 300 different values)" in out
    assert len(_starred(out)) == 3


def test_neurofs(rows, tmp_path, capsys, monkeypatch):
    from sklearn_fs import NeuroFS, _cli_choose

    def small(**params):
        return NeuroFS(hidden_layer_sizes=(40, 40), max_iter=15, **params)

    monkeypatch.setattr(_cli_choose, "NeuroFS", small)
    path = _write(tmp_path / "t.csv", rows)
    options = ["--target", "label", "--method", "neurofs", "--exclude", "odd"]
    assert _run(path, *options, "-k", 2) == 0
    assert set(_starred(capsys.readouterr().out)) == {"city", "amount"}
    # Without -k it is half of the columns.
    assert _run(path, *options) == 0
    assert "selected: 2 of 4 columns" in capsys.readouterr().out


def test_rows_without_a_target_are_written(rows, tmp_path, capsys):
    rows["label"][:50] = [""] * 50
    path, output = _write(tmp_path / "t.csv", rows), tmp_path / "o.csv"
    for method in ("outrank", "kan"):
        options = ("--target", "label", "--method", method, "-k", 2, "--force")
        assert _run(path, *options, "-o", output) == 0
        captured = capsys.readouterr()
        assert "50 " in captured.out + captured.err
        assert _columns(output) == {n: rows[n] for n in ("city", "amount", "label")}


def test_number_targets(tmp_path, capsys):
    rng = np.random.default_rng(1)
    X = rng.standard_normal((200, 4))
    y = np.round(100 * X[:, 2] + 500).astype(int)
    path = _write(
        tmp_path / "t.csv",
        {**{f"x{j}": X[:, j].tolist() for j in range(4)}, "price": y.tolist()},
    )
    assert _run(path, "--target", "price", "--method", "kan", "-k", 1) == 0
    out = capsys.readouterr().out
    assert "target 'price' (numbers)" in out and _starred(out) == ["x2"]
    rows = {"a": list("uv") * 20, "y": ["u v"[: 1 + i % 3] for i in range(40)]}
    path = _write(tmp_path / "w.csv", rows)
    options = ("--target", "y", "--method", "kan", "--task", "regression")
    assert _run(path, *options) == 1
    _one_line(capsys, "holds words", "leave --task out")


@pytest.mark.parametrize(
    "options, expected",
    [
        (["--target", "lable"], ["--target 'lable'", "did you mean 'label'?"]),
        (["--keep", "cty"], ["--keep 'cty'", "did you mean 'city'?"]),
        (["--exclude", "zzz"], ["the columns are 'id', 'city'"]),
        (["--categorical", "amont"], ["did you mean 'amount'?"]),
        (["--text", "amont"], ["did you mean 'amount'?"]),
        (["--exclude", "id", "--keep", "id"], ["to be kept, too"]),
        (["--target", "label", "-k", "8"], ["-k 8 is more than the 7 columns"]),
        (["-k", "7"], ["-k 7", "6 columns that quickselection can take", "'id'"]),
        (["--method", "kan"], ["needs a target", "--target", "quickselection"]),
        (["--method", "quickselection", "--measure", "mi"], ["--measure belongs to"]),
        (["--target", "label", "--task", "regression"], ["--task belongs to"]),
        (["--target", "one", "--method", "kan"], ["has one value only"]),
        (["--target", "one"], ["1 class"]),
        (["--target", "id", "--method", "kan", "--text", "id"], ["too many for"]),
        (["-o", "{}/no/o.csv"], ["there is no folder"]),
        (["-o", "{}"], ["is a folder"]),
        (["-o", "{}/t.csv"], ["is the input"]),
        (["-o", "{}/t.csv", "--force"], ["is the input"]),
        (["-o", "{}/link.csv", "--force"], ["is the input"]),
        (["-o", "{}/there.csv"], ["exists", "--force"]),
        (["-o", "{}/o.xlsx"], ["not as .xlsx", ".csv"]),
        (["-o", "{}/o.parquet.gz"], ["Parquet packs"]),
        (["-o", "/proc/o.csv"], ["cannot be written"]),
        (["--encoding", "zzz"], ["--encoding zzz is unknown"]),
        (["--target", "label", "--exclude", "id,city,when,noise,amount,odd,one"],
         ["no column to choose from"]),
    ],
)  # fmt: skip
def test_errors_are_one_line(rows, tmp_path, capsys, options, expected):
    rows["one"] = ["same"] * 300
    path = _write(tmp_path / "t.csv", rows)
    (tmp_path / "link.csv").symlink_to(path)
    (tmp_path / "there.csv").write_text("mine")
    before = path.read_bytes()
    assert _run(path, *(option.format(tmp_path) for option in options)) == 1
    _one_line(capsys, *expected)
    assert path.read_bytes() == before
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "link.csv", "t.csv", "there.csv"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content, expected",
    [
        (b"", "is empty"),
        (b"a,b\n", "no rows"),
        (b"a,b\nx,y\nz,u\n" * 40, "cannot take any"),
        (b"a\ninf\n1\n2\n", "infinite values"),
        (b"a;b\n1,5;2\n3,25;4\n", "--decimal ,"),
    ],
)
def test_bad_tables(tmp_path, capsys, content, expected):
    path = tmp_path / "t.csv"
    if expected.startswith("cannot"):
        content = b"a,b\n" + b"".join(b"w%d,x\n" % i for i in range(400))
    path.write_bytes(content)
    assert _run(path) == 1
    _one_line(capsys, expected)
    assert _run(tmp_path / "no.csv") == 1
    _one_line(capsys, "does not exist")


@pytest.mark.parametrize("text", ["0", "-3", "1.5", "0.0", "many", "120%"])
def test_wrong_numbers_are_wrong_arguments(rows, tmp_path, capsys, text):
    path = _write(tmp_path / "t.csv", rows)
    with pytest.raises(SystemExit) as error:
        _run(path, f"-k={text}")
    assert error.value.code == 2
    assert "such as 0.1 or 10%" in capsys.readouterr().err


def test_kan_that_finds_nothing_says_so(rows, tmp_path, capsys):
    table = {name: rows[name] for name in ("noise", "label")}
    table["label"] = ["a", "b"] * 150
    path = _write(tmp_path / "t.csv", table)
    status = _run(path, "--target", "label", "--method", "kan")
    captured = capsys.readouterr()
    assert (status == 1) == ("kan found no column" in captured.err)
    assert (status == 0) == ("selected: 1 of 1" in captured.out)


def test_a_file_that_changes_meanwhile(rows, tmp_path, capsys, monkeypatch):
    path, output = _write(tmp_path / "t.csv", rows), tmp_path / "o.csv"
    shown = _cli_select.show_ranking

    def slow(*args):
        with open(path, "a") as stream:
            stream.write("1,2,3,4,5,6,bad\n")
        return shown(*args)

    monkeypatch.setattr(_cli_select, "show_ranking", slow)
    assert _run(path, "--target", "label", "-o", output) == 1
    assert "has changed meanwhile" in capsys.readouterr().err
    assert not output.exists()


def test_full_disk(rows, tmp_path):
    resource = pytest.importorskip("resource")
    path = _write(tmp_path / "t.csv", rows)
    command = ["select", path, "--target", "label", "-o", tmp_path / "o.csv"]
    done = subprocess.run(
        [sys.executable, "-m", "sklearn_fs", *map(str, command)], timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "cannot be written: File too large" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("name", ["o.csv", "o.csv.gz", "o.tsv.zst", "o.parquet"])
def test_full_disk_in_all_formats(rows, tmp_path, name):
    path = _write(tmp_path / "t.csv", rows)
    old = TableForm(is_parquet=False)
    new = form_to_write(name, old)
    with pytest.raises(OutputError, match="No space left on device"):
        copy_table(path, Path("/dev/full"), old=old, new=new, columns=[True] * 7)


def test_interrupt_while_training(rows, tmp_path, capsys, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setitem(_cli_select._ON_NUMBERS, "kan", (interrupted, "codes"))
    path = _write(tmp_path / "t.csv", rows)
    options = ("--target", "label", "--method", "kan", "-o", tmp_path / "o.csv")
    assert _run(path, *options) == 130
    _one_line(capsys, "interrupted; nothing half-written is left")
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT")
def test_interrupt_while_reading(tmp_path):
    path = tmp_path / "t.csv"
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 10**6, (2, 600_000))
    rows = zip(a.tolist(), b.tolist(), strict=True)
    path.write_text("a,b,y\n" + "".join(f"{u},{v},{u % 2}\n" for u, v in rows))
    command = ["select", path, "--target", "y", "-o", tmp_path / "o.csv"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sklearn_fs", *map(str, command)],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        # Where the tests run in the background, their children would ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if any(p.name.startswith(".partial-") for p in tmp_path.iterdir()):
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (
        err.splitlines()[-1]
        == "sklearn-fs: error: interrupted; nothing half-written is left"
    )
    assert "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]
