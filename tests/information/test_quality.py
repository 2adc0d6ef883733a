"""Statistics of single columns from their counts by value."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from sklearn_fs.information._column_counts import Numbers
from sklearn_fs.information._dependence import find_dependences
from sklearn_fs.information._drift import codes_against, missing_log_p
from sklearn_fs.information._findings import FLAGS, Thresholds, raise_flags
from sklearn_fs.information._quality import column_statistics


def column(values, counts, missing=(0, 0), n_bytes=0):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    table = np.array(counts, dtype=np.int64)
    used = table.any(axis=1) if len(table) else np.zeros(0, dtype=bool)
    return SimpleNamespace(
        kind="categorical", n_buckets=0, cell_shift=0, fractional=False,
        numbers=Numbers(), n_bytes=n_bytes, read=lambda: (array[used], table[used], {}),
        missing_counts=np.array(missing, dtype=np.int64),
    )  # fmt: skip


def test_statistics_of_a_small_column():
    one = column(
        ["a", "b", "c", "d"], [[3, 2], [2, 0], [1, 0], [0, 0]], (1, 1), n_bytes=8
    )
    row = {key: value[0] for key, value in column_statistics([one]).items()}
    share = np.array([5, 2, 1]) / 8
    assert row["n"] == 10
    assert row["n_missing"] == 2
    assert row["coverage"] == 0.8
    assert row["cardinality"] == 3  # "d" is no more there
    assert row["top_value"] == "a"
    assert row["top_share"] == 5 / 8
    assert row["n_singletons"] == 1
    assert row["rare_share"] == 0.1
    assert row["entropy"] == pytest.approx(stats.entropy(share))
    assert row["relative_entropy"] == pytest.approx(stats.entropy(share) / np.log(3))
    assert row["effective_cardinality"] == pytest.approx(np.exp(stats.entropy(share)))
    assert row["unseen_mass"] == 1 / 8
    assert row["mean_bytes"] == 1.0
    assert row["n_values_over_1"] == 2
    assert row["n_values_over_10"] == 0
    rare = column_statistics([one], rare_threshold=2)
    assert rare["rare_share"][0] == 0.3


def test_a_column_without_a_value():
    row = column_statistics([column([], np.zeros((0, 2)), (4, 2))])
    assert row["cardinality"][0] == 0
    assert row["coverage"][0] == 0.0
    assert row["top_value"][0] is None
    assert np.isnan(row["top_share"][0])


def test_types_and_spellings():
    counts = [[1, 1]] * 5
    row = column_statistics([column(["Oslo", "oslo ", "Rome", 3, 4.0], counts)])
    assert row["n_types"][0] == 2
    assert row["n_variants"][0] == 1


def test_dependences():
    random = np.random.RandomState(0)
    base = random.randint(40, size=3000)
    identifier = random.permutation(3000)
    columns = [
        base,
        random.permutation(40)[base],
        base // 4,
        random.randint(40, size=3000),
        identifier,
        np.zeros(3000, dtype=int),
        np.where(np.arange(3000) == 5, 39 - base, base),
        random.permutation(3000)[identifier],
    ]
    codes = np.array([np.unique(c, return_inverse=True)[1] for c in columns])
    duplicate_of, determined_by = find_dependences(codes.astype(np.uint32))
    # One changed row is enough; identifiers give everything and prove nothing.
    assert duplicate_of.tolist() == [-1, 0, -1, -1, -1, -1, -1, -1]
    assert determined_by.tolist() == [-1, -1, 0, -1, -1, -1, -1, -1]


def test_dependences_equal_the_definition():
    random = np.random.RandomState(1)
    for _ in range(20):
        n = 400
        a = random.randint(random.randint(2, 6), size=n)
        b = random.randint(random.randint(2, 6), size=n)
        columns = [a, b, a * 7 + b, (a + 1) % 3, b * 2, a]
        codes = np.array([np.unique(c, return_inverse=True)[1] for c in columns])
        codes = codes.astype(np.uint32)
        duplicate_of, determined_by = find_dependences(codes)
        width = codes.max(axis=1) + 1

        def gives(g, f, codes=codes):
            pairs = {(x, y) for x, y in zip(codes[g], codes[f], strict=True)}
            return len(pairs) == len(np.unique(codes[g]))

        for f in range(len(codes)):
            same = [g for g in range(f) if gives(g, f) and gives(f, g)]
            assert duplicate_of[f] == (same[0] if same else -1)
            wider = [
                g for g in range(len(codes)) if width[g] > width[f] and gives(g, f)
            ]
            best = min(wider, key=lambda g: (width[g], g), default=-1)
            assert determined_by[f] == (-1 if width[f] == 1 else best)


def test_drift_of_a_column_which_changes_over_time():
    random = np.random.RandomState(0)
    n = 4000
    steady = random.randint(8, size=n)
    moving = random.randint(8, size=n) + (np.arange(n) > 3000)
    codes = np.array([steady, moving], dtype=np.uint32)
    blocks = np.arange(n) // 400
    corrected, log_p = codes_against(codes, blocks)
    assert log_p[0] > np.log(1e-3)
    assert log_p[1] < np.log(1e-12)
    assert corrected[1] > 10 * abs(corrected[0])


def test_missing_against_the_class_is_close_to_a_chi_square_test():
    totals = np.array([600, 400])
    missing = np.array([[60, 40], [90, 30], [0, 0], [600, 400]])
    log_p = missing_log_p(missing, totals)
    g = stats.chi2_contingency(
        np.stack([missing[1], totals - missing[1]]), correction=False,
        lambda_="log-likelihood",
    )  # fmt: skip
    assert np.exp(log_p[1]) == pytest.approx(g.pvalue, rel=0.3)
    assert log_p[0] > np.log(0.1)
    assert log_p[2] == log_p[3] == 0.0


def test_flags_name_the_number():
    table = [
        column(["a"], [[50, 50]]),
        column(list("ab"), [[60, 39], [0, 1]]),
        column(list(range(100)), np.eye(2, dtype=int)[np.arange(100) % 2]),
        column(list("ab"), [[2, 1], [1, 1]], (47, 48)),
    ]
    statistics = column_statistics(table)
    statistics["duplicate_of"] = np.array([-1, -1, 1, -1])
    statistics["determined_by"] = np.array([-1, -1, -1, -1])
    zeros = np.zeros(4)
    flags, findings = raise_flags(
        statistics,
        (np.array([0.0, 0.99, 0.99, 0.0]), np.array([0.0, 0.1, 1.0, 0.0])),
        zeros, np.array([0.0, 0.0, 0.0, -5000.0]), list("wxyz"),
        Thresholds(near_constant=0.98),
    )  # fmt: skip
    assert set(flags) == set(FLAGS)
    assert {name: np.flatnonzero(flags[name]).tolist() for name in FLAGS} == {
        "constant": [0],
        "near_constant": [1],
        "id_like": [2],
        "mostly_missing": [3],
        "unrankable": [2],
        "leak_suspect": [1],
        "informative_missing": [],
        "duplicate": [2],
        "determined": [],
        "type_mixed": [],
        "case_or_space_variants": [],
        "drift": [3],
    }
    assert findings[1] == [
        "near_constant: top value in 99.00% of the rows",
        "leak_suspect: explains 99.0% of the target",
    ]
    assert "duplicate: of 'x', 1 value for 1" in findings[2]
    assert "drift: p = 1e-2171" in findings[3]


def test_limits_are_shares():
    with pytest.raises(ValueError, match="id_like=2 must be a share between 0 and 1"):
        Thresholds(id_like=2)
