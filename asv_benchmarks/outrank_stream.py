# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A large CSV file through `sklearn-fs rank`, beside the reader alone.

    python outrank_stream.py --folder /tmp/stream            # 10,000,000 rows, 2 GB
    python outrank_stream.py --folder /tmp/stream --rows 1000000 --jobs 2

Writes the file, reads it by pyarrow alone (the same reader with the same types) and
ranks it, each in a process of its own; prints seconds, rows per second, the ratio and
the largest memory of each process. The file is removed unless --keep is given.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

N_COLUMNS = 40
BLOCK = 250_000


def _words(prefix, cardinality):
    return np.array([f"{prefix}{i:x}" for i in range(cardinality)], dtype=object)


def write(path, n_rows, seed=0):
    """An advertiser's table: words of few and many values, counts, amounts, an id."""
    rng = np.random.default_rng(seed)
    cardinalities = [2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 300, 1000, 5000, 20_000]
    cardinalities += [100_000, 1_000_000]
    pools = [pa.array(_words("v_", c)) for c in cardinalities]
    weights = rng.uniform(-1, 1, 5000)
    done, writer = 0, None
    while done < n_rows:
        n = min(BLOCK, n_rows - done)
        columns = {
            "id": pa.array(np.char.add("user_", np.arange(done, done + n).astype(str)))
        }
        codes = {}
        for j, pool in enumerate(pools):
            c = len(pool)
            codes[j] = (c * rng.random(n) ** 2).astype(np.int64)
            columns[f"word_{j}"] = pa.DictionaryArray.from_arrays(
                pa.array(codes[j], pa.int32()), pool
            ).cast(pa.string())
        for j in range(14):
            top = [2, 5, 10, 40, 100, 200, 255, 500, 1000, 9999, 10**5, 10**6, 7, 3][j]
            values = rng.integers(0, top, n)
            holes = rng.random(n) < (0.2 if j % 4 == 3 else 0.0)
            columns[f"count_{j}"] = pa.array(values, mask=holes)
        for j in range(8):
            values = np.round(rng.lognormal(0, 1 + j / 4, n), 4)
            columns[f"amount_{j}"] = pa.array(values)
        logit = weights[codes[12]] + 0.5 * (codes[3] % 2) - 0.2 * np.log1p(values)
        columns["label"] = pa.array(
            (rng.random(n) < 1 / (1 + np.exp(1.5 - logit))).astype(np.int8)
        )
        table = pa.table(columns)
        if writer is None:
            options = csv.WriteOptions(quoting_style="none")
            writer = csv.CSVWriter(path, table.schema, write_options=options)
        writer.write_table(table)
        done += n
    writer.close()


def read(path):
    """The reader alone."""
    from sklearn_fs._table_files import TableStream

    n_rows = 0
    for chunk in TableStream(path):
        n_rows += chunk.num_rows
    return n_rows


def rank(path, jobs):
    """The command, in this process."""
    from sklearn_fs._cli import main

    status = main(["rank", str(path), "--target", "label", "--jobs", str(jobs)])
    if status:
        raise SystemExit(status)


def _measure(what, path, jobs):
    code = f"import outrank_stream as s; s.child({what!r}, {str(path)!r}, {jobs})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parent,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1]), done.stdout


def child(what, path, jobs):
    """One measurement, imports left out; the last line of output is its result."""
    import_module("sklearn_fs._cli")
    start, cpu = time.perf_counter(), time.process_time()
    if what == "read":
        read(path)
    else:
        rank(path, jobs)
    result = {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print("\n" + json.dumps(result))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    path = arguments.folder / f"stream_{arguments.rows}.csv"
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write(path, arguments.rows)
    print(f"{arguments.rows:,} rows, {N_COLUMNS} columns, {path.stat().st_size:,} B")
    for _ in range(arguments.repeat):
        alone, _ = _measure("read", path, arguments.jobs)
        ranked, text = _measure("rank", path, arguments.jobs)
        for name, one in (("reader alone", alone), ("rank", ranked)):
            print(
                f"{name:>12}: {one['seconds']:.1f} s, {one['cpu']:.1f} s of processor, "
                f"{arguments.rows / one['seconds']:,.0f} rows/s, "
                f"{one['peak_mb']:,.0f} MB"
            )
        print(f"ratio {ranked['seconds'] / alone['seconds']:.2f}")
    print(text)
    if not arguments.keep:
        path.unlink()


if __name__ == "__main__":
    main()
