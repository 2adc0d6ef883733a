# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Frames, files, partitions and databases: one ranking, whatever brought the rows."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from sklearn_fs import OutRank
from sklearn_fs.feature_selection import rank_chunks, rank_csv, rank_dask

FITTED = [
    "scores_", "pvalues_", "mutual_info_", "expected_mutual_info_", "entropy_",
    "cardinality_", "coverage_", "order_", "support_", "classes_", "n_samples_seen_",
]  # fmt: skip


def _frame(n=4000):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n)
    traps = [
        "a",
        "a,b",
        'say "x"',
        "two\nlines",
        " a",
        "A",
        "1",
        "01",
        "1.0",
        "NA",
        "é",
    ]
    return pd.DataFrame(
        {
            "trap": np.array(traps)[(rng.integers(0, 9, n) + 2 * y)],
            "city": [f"c{i}" for i in rng.zipf(1.5, n) % 700],
            "age": rng.integers(18, 90, n) + y,
            "hole": np.where(rng.random(n) < 0.2 + 0.2 * y, None, "known"),
            "amount": rng.lognormal(0, 1, n) * (1 + y),
            "y": y,
        }
    )


def _assert_equal(a, b):
    for name in FITTED:
        assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


def _columns(ranker):
    """The integer statistics."""
    return [
        (c.kind, c.values.tolist(), c.counts.tolist(), c.missing_counts.tolist())
        for c in ranker._counts.columns
    ]


def test_chunks_of_every_library():
    frame = _frame()
    expected = OutRank().fit(frame.drop(columns="y"), frame["y"])
    frames = [frame, pl.from_pandas(frame), pl.from_pandas(frame).to_arrow()]
    for form in frames:
        ranker = rank_chunks((form[i : i + 900] for i in range(0, 4000, 900)), "y")
        _assert_equal(ranker, expected)
        assert list(ranker.feature_names_in_) == [
            "trap",
            "city",
            "age",
            "hole",
            "amount",
        ]


def test_rows_without_target_are_left_out():
    frame = _frame(600)
    holes = frame.assign(y=np.where(np.arange(600) % 5 == 0, np.nan, frame["y"]))
    rest = frame[np.arange(600) % 5 != 0]
    expected = OutRank().fit(rest.drop(columns="y"), rest["y"])
    for form in (holes, pl.from_pandas(holes), pl.from_pandas(holes).to_arrow()):
        ranker = rank_chunks([form[:250], form[250:]], "y")
        assert_array_equal(ranker.scores_, expected.scores_)
    with pytest.raises(ValueError, match="No row has a value"):
        rank_chunks([holes.assign(y=np.nan)], "y")
    with pytest.raises(ValueError, match="'z' is not a column"):
        rank_chunks([holes], "z")


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".csv.gz", ".csv.zst", ".parquet"])
@pytest.mark.parametrize("chunk_rows", [None, 700])
def test_files(tmp_path, suffix, chunk_rows):
    frame = _frame()
    path = tmp_path / f"t{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(path)
    else:
        sep = "\t" if "tsv" in suffix else ","
        pl.from_pandas(frame).write_csv(path.with_suffix(""), separator=sep)
        text = path.with_suffix("").read_bytes()
        import pyarrow as pa

        kind = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix)
        with pa.output_stream(str(path), compression=kind) as stream:
            stream.write(text)
    expected = OutRank().fit(frame.drop(columns="y"), frame["y"])
    ranker = rank_csv(path, "y", chunk_rows=chunk_rows)
    _assert_equal(ranker, expected)


def test_text_and_null_words(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "01,x,0\n1,-,1\n,x,1\n01,x,1\n" * 50)
    assert rank_csv(path, "y").cardinality_[0] == 1
    ranker = rank_csv(path, "y", text=["a"], null_words=["-"])
    assert_array_equal(ranker.cardinality_, [2, 1])
    assert_array_equal(ranker.coverage_, [0.75, 0.75])
    with pytest.raises(ValueError, match="'zz' is not a column"):
        rank_csv(path, "y", text=["zz"])


def test_a_limit_of_memory_lowers_the_detail():
    rng = np.random.default_rng(0)
    n = 30_000
    frame = pd.DataFrame(
        {"id": [f"user number {i}" for i in range(n)], "x": rng.standard_normal(n)}
    )
    frame["y"] = rng.integers(0, 2, n)
    limit = 1_000_000
    options = {"memory_limit": limit, "pair_sample_size": 5000}
    for size in (1000, n):
        chunks = [frame[i : i + size] for i in range(0, n, size)]
        ranker = rank_chunks(chunks, "y", **options)
        assert ranker._counts.memory() <= limit
        assert 1024 <= ranker._counts.columns[0].n_buckets < n
        # As with fewer categories from the start.
        n_buckets = ranker._counts.columns[0].n_buckets
        fewer = rank_chunks([frame], "y", max_categories=n_buckets)
        assert ranker.mutual_info_[0] == fewer.mutual_info_[0]
    with pytest.raises(ValueError, match="memory_limit=20,000 bytes is too little"):
        rank_chunks([frame], "y", memory_limit=20_000)


@pytest.mark.parametrize(
    "processes", [False, pytest.param(True, marks=pytest.mark.slow)]
)
def test_dask_cluster(processes):
    dd = pytest.importorskip("dask.dataframe")
    distributed = pytest.importorskip("distributed")
    frame = _frame()
    frame["hole"] = frame["hole"].astype("str").where(frame["hole"].notna())
    # Not all rows are sampled, so that the sample shows where rows came from.
    options = {"pair_sample_size": 500, "max_categories": 512}
    chunks = [frame[i : i + 900] for i in range(0, 4000, 900)]
    serial = rank_chunks(chunks, "y", **options)
    serial._counts.sample.compact()
    for n_workers, n_partitions in ((1, 3), (4, 11)):
        with distributed.LocalCluster(
            n_workers=n_workers, threads_per_worker=1, processes=processes,
            dashboard_address=None,
        ) as cluster, distributed.Client(cluster):  # fmt: skip
            ddf = dd.from_pandas(frame, npartitions=n_partitions, sort=False)
            ranker = rank_dask(ddf, "y", split_every=3, **options)
        _assert_equal(ranker, serial)
        assert _columns(ranker) == _columns(serial)
        ranker._counts.sample.compact()
        assert_array_equal(
            np.sort(ranker._counts.sample.positions),
            np.sort(serial._counts.sample.positions),
        )


def test_what_rank_dask_refuses():
    dd = pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame({"a": [1, 2, 3, 4], "y": [0, 1, 0, 1]})
    with pytest.raises(TypeError, match="must be a Dask dataframe, got DataFrame"):
        rank_dask(frame, "y")
    ddf = dd.from_pandas(frame, npartitions=2)
    with pytest.raises(ValueError, match="'z' is not a column"):
        rank_dask(ddf, "z")
    with pytest.raises(ValueError, match="split_every=1"):
        rank_dask(ddf, "y", split_every=1)


def test_sample_by_key_depends_on_no_order():
    frame = _frame()
    frame["key"] = [f"k{i}" for i in range(len(frame))]
    shuffled = frame.sample(frac=1.0, random_state=0)
    samples = []
    for form, size in ((frame, 4000), (frame, 333), (shuffled, 700)):
        chunks = [form[i : i + size] for i in range(0, 4000, size)]
        ranker = rank_chunks(chunks, "y", row_key="key", pair_sample_size=300)
        assert ranker.n_pair_samples_ == 300
        ranker._counts.sample.compact()
        samples.append(np.sort(ranker._counts.sample.positions))
    assert_array_equal(samples[0], samples[1])
    assert_array_equal(samples[0], samples[2])


def test_duckdb_counts():
    duckdb = pytest.importorskip("duckdb")
    frame = _frame()
    frame["hole"] = frame["hole"].astype("str").where(frame["hole"].notna())
    expected = rank_chunks([frame], "y")
    names = ["trap", "city", "age", "hole", "amount"]
    connection = duckdb.connect()
    connection.register("t", frame)
    query = "SELECT {0} AS value, y AS label, count(*) AS count FROM t GROUP BY ALL"
    counts = {
        name: connection.sql(query.format(f'"{name}"')).to_arrow_table()
        for name in names
    }
    for form in (counts, {k: v.to_pandas() for k, v in counts.items()}):
        ranker = OutRank.from_counts(form)
        _assert_equal(ranker, expected)
        assert _columns(ranker) == _columns(expected)
    long = " UNION ALL ".join(
        f"SELECT '{name}' AS feature, \"{name}\" AS value, y AS label, "
        "count(*) AS count FROM t GROUP BY ALL"
        for name in ("trap", "city", "hole")
    )
    frame_of_counts = connection.sql(f"SELECT * FROM ({long}) ORDER BY feature")
    ranker = OutRank.from_counts(pl.from_arrow(frame_of_counts.to_arrow_table()))
    assert list(ranker.feature_names_in_) == ["city", "hole", "trap"]
    assert_array_equal(ranker.scores_, expected.scores_[[1, 3, 0]])
    ranker.merge(OutRank.from_counts(frame_of_counts.df()))
    assert ranker.n_samples_seen_ == 8000


@pytest.mark.parametrize(
    "counts, error, match",
    [
        ({"a": [1, 2]}, TypeError, "must be a dataframe"),
        ({"a": {"value": [1], "label": [0]}}, ValueError, "no column 'count'"),
        ({"a": {"value": [1], "label": [0], "count": [1.5]}}, ValueError, "whole"),
        ({"a": {"value": [1], "label": [None], "count": [1]}}, ValueError, "null"),
        ({"a": {"value": [1], "label": [0], "count": [0]}}, ValueError, "all zero"),
        ({}, ValueError, "no column"),
        (
            {"a": {"value": [1, 2], "label": [0, 1], "count": [5, 5]},
             "b": {"value": [1, 2], "label": [0, 1], "count": [5, 4]}},
            ValueError, "count all rows for every column",
        ),
    ],
)  # fmt: skip
def test_bad_counts(counts, error, match):
    counts = {
        name: pd.DataFrame(frame) if isinstance(frame, dict) else frame
        for name, frame in counts.items()
    }
    with pytest.raises(error, match=match):
        OutRank.from_counts(counts)


def test_counts_with_one_class_and_with_unknown_parameters():
    frame = pd.DataFrame({"value": ["u", "v"], "label": [1, 1], "count": [3, 4]})
    ranker = OutRank.from_counts({"a": frame}, classes=[0, 1], measure="ami")
    with pytest.raises(ValueError, match="1 class only so far"):
        ranker.get_support()
    with pytest.raises(ValueError, match="'measure' parameter"):
        OutRank.from_counts({"a": frame}, measure="zz")
