# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""OutRank beside the package published with the paper, on the same CSV file.

The published package (release 0.97.5) does not run with xxhash 4; give it an
environment of its own and name its command:

    python -m venv other && other/bin/pip install outrank "xxhash<4"
    python asv_benchmarks/outrank_published.py --outrank other/bin/outrank --seeds 5

Each seed writes a planted table of 100,000 rows and 50 columns to a CSV file. Both rank
it against the target only, with two threads, all rows (`--subsampling 1`); reading the
file is part of both times. Average precision of the twelve columns with a signal.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from benchmarks.common import average_precision_of_order
from benchmarks.datasets import make_planted_categorical, planted_positives

from sklearn_fs import OutRank
from sklearn_fs._table_files import read_table


def ours(path, names, n_threads):
    """Order of the columns, and seconds from the file to the ranking."""
    start = time.perf_counter()
    table = read_table(path)
    y = table["label"].to_numpy()
    ranker = OutRank(categorical_features="all", n_jobs=n_threads)
    ranker.fit(table.select(list(names)), y)
    return ranker.order_, time.perf_counter() - start


def published(command, path, names, n_threads):
    """The same, by the command of the published package."""
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        subprocess.run(
            [command, "--task", "ranking", "--data_source", "csv-raw"]
            + ["--data_path", str(path.parent), "--output_folder", out]
            + ["--heuristic", "MI-numba-randomized", "--target_ranking_only", "True"]
            + ["--subsampling", "1", "--num_threads", str(n_threads)]
            + ["--label_column", "label", "--disable_tqdm", "True"]
            + ["--include_cardinality_in_feature_names", "False", "--tldr", "False"],
            check=True,
            capture_output=True,
        )
        seconds = time.perf_counter() - start
        pairs = pd.read_csv(Path(out) / "pairwise_ranks.tsv", sep="\t")
    score = {}
    for a, b, value in pairs[["FeatureA", "FeatureB", "Score"]].itertuples(index=False):
        if "label" in (a, b):
            score[b if a == "label" else a] = value
    missing = [name for name in names if name not in score]
    if missing:
        raise RuntimeError(f"no score for {missing[0]!r} among {sorted(score)[:5]}")
    return np.argsort([-score[name] for name in names], kind="stable"), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--outrank", required=True, help="command of the package")
    parser.add_argument("--n-samples", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    rows = []
    for seed in range(args.seeds):
        X, y, names, roles = make_planted_categorical(args.n_samples, seed)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "data.csv"
            frame = pd.DataFrame(X, columns=names)
            frame.assign(label=y).to_csv(path, index=False)
            runs = {
                "OutRank": ours(path, names, args.threads),
                "published": published(args.outrank, path, names, args.threads),
            }
        positives = planted_positives(roles)
        for method, (order, seconds) in runs.items():
            precision = average_precision_of_order(order, positives)
            rows.append((method, precision, seconds))
            print(
                f"seed {seed} {method:10s} {precision:.3f} {seconds:7.2f} s", flush=True
            )
    frame = pd.DataFrame(rows, columns=["method", "precision", "seconds"])
    print(frame.groupby("method").agg(["mean", "std"]).round(3).to_string())
    mean = frame.groupby("method").seconds.mean()
    print(f"times faster: {mean['published'] / mean['OutRank']:.0f}")


if __name__ == "__main__":
    main()
