"""Findings on the columns and rows of a table, against pandas doing the same."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sklearn_fs import OutRank
from sklearn_fs.feature_selection import _outrank_report
from sklearn_fs.information import _chunk_columns
from sklearn_fs.information._findings import FLAGS
from sklearn_fs.inspection import QualityDisplay, report_html


@pytest.fixture(scope="module")
def table():
    random = np.random.RandomState(0)
    n = 2000
    y = random.randint(2, size=n)
    city = random.choice(["Oslo", "Rome", "oslo ", "Bern"], size=n)
    X = pd.DataFrame(
        {
            "city": city,
            "renamed": pd.Series(city).map(dict(zip(set(city), "wxyz", strict=True))),
            "initial": pd.Series(city).str[0].str.lower(),
            "invoice": [f"A{i:05d}" for i in random.permutation(n)],
            "empty": np.full(n, np.nan),
            "constant": np.ones(n, dtype=int),
            "almost": np.where(np.arange(n) == 7, "b", "a"),
            "asked": np.where((y == 1) & (random.uniform(size=n) < 0.2), np.nan, 2.0),
            "known_after": np.where(y == 1, "paid", "lost"),
            "sparse": np.where(np.arange(n) % 20, None, "x"),
            "mixed": [1 if i % 3 else "one" for i in range(n)],
            "month": np.arange(n) // 250,
            "amount": random.exponential(size=n).round(2),
            "noise": random.randint(30, size=n),
        }
    )
    return X, y


def test_flags_of_planted_faults(table):
    X, y = table
    report = OutRank().fit(X, y).feature_report_
    assert list(report["name"]) == list(X)
    raised = {flag: set(report["name"][report[flag]]) for flag in FLAGS}
    assert raised == {
        "constant": {"constant", "empty"},
        "near_constant": {"almost"},
        "id_like": {"invoice"},
        "mostly_missing": {"empty", "sparse"},
        "unrankable": {"invoice"},
        "leak_suspect": {"known_after"},
        "informative_missing": {"asked"},
        "duplicate": {"renamed"},
        "determined": {"initial"},
        "type_mixed": {"mixed"},
        "case_or_space_variants": {"city"},
        "drift": {"month"},
    }
    assert report["duplicate_of"][1] == 0
    assert report["determined_by"][2] == 0


def test_statistics_equal_pandas(table):
    X, y = table
    report = OutRank().fit(X, y).feature_report_.set_index("name")
    for name in X:
        column, row = X[name], report.loc[name]
        counts = column.value_counts()
        assert row["n"] == len(X)
        assert row["n_missing"] == column.isna().sum()
        assert row["cardinality"] == column.nunique()
        if len(counts):
            assert row["top_count"] == counts.max()
            assert row["entropy"] == pytest.approx(stats.entropy(counts), abs=1e-12)
            assert row["n_singletons"] == (counts == 1).sum()
            assert row["n_values_over_10"] == (counts > 10).sum()
            if (counts == counts.max()).sum() == 1:
                assert row["top_value"] == counts.idxmax()
    for name in ("amount", "noise", "asked"):
        column, row = X[name].dropna(), report.loc[name]
        assert row["min"] == column.min()
        assert row["max"] == column.max()
        assert row["mean"] == pytest.approx(column.mean(), rel=1e-12)
        assert row["std"] == pytest.approx(column.std(ddof=0), rel=1e-9)
        assert row["zero_share"] == (column == 0).mean()
        expected = column.quantile([0.25, 0.5, 0.75], interpolation="lower")
        assert row[["q25", "q50", "q75"]].tolist() == pytest.approx(
            expected.tolist(), rel=0.02
        )
    assert np.isnan(report.loc["city", "mean"])
    assert report.loc["city", "mean_bytes"] == pytest.approx(X["city"].str.len().mean())


def test_limits_are_arguments(table):
    X, y = table
    ranker = OutRank().fit(X, y)
    report = ranker.quality_report(near_constant=0.2, mostly_missing=0.01)
    assert report["near_constant"].sum() > 5
    assert set(report["name"][report["mostly_missing"]]) == {"empty"}
    with pytest.raises(ValueError, match="leak_suspect"):
        ranker.quality_report(leak_suspect=3)


def test_chunks_give_the_same_report(table):
    X, y = table
    whole = OutRank().fit(X, y).feature_report_
    ranker = OutRank()
    for part in np.array_split(np.arange(len(X)), 3):
        ranker.partial_fit(X.iloc[part], y[part], classes=[0, 1])
    chunks = ranker.feature_report_
    for name in (
        *FLAGS, "n_missing", "duplicate_of", "determined_by", "min", "max",
        "zero_share",
    ):  # fmt: skip
        pd.testing.assert_series_equal(chunks[name], whole[name])
    words = (whole["kind"] == "categorical").to_numpy()
    for name in ("cardinality", "top_value", "n_singletons", "n_types"):
        pd.testing.assert_series_equal(chunks[name][words], whole[name][words])


def test_without_pandas_it_is_a_dict(table, monkeypatch):
    X, y = table
    expected = OutRank().fit(X, y).feature_report_

    def missing(name, **_):
        raise ImportError(name)

    monkeypatch.setattr(_outrank_report, "import_optional", missing)
    report = OutRank().fit(X, y).feature_report_
    assert list(report) == list(expected)
    np.testing.assert_array_equal(report["drift"], expected["drift"])
    rows = OutRank().fit(X, y).row_report(X)
    assert rows["surprisal"].shape == (len(X),)


def test_print_report(table, capsys):
    X, y = table
    OutRank().fit(X, y).print_report(top=3)
    text = capsys.readouterr().out
    assert "known_after" in text.split("Columns with findings")[0]
    assert "... and 11 more columns" in text
    assert "renamed: duplicate: of 'city', 1 value for 1" in text


def test_row_report(table):
    X, y = table
    X = X[["city", "noise", "sparse"]].set_axis(np.arange(len(X)) + 10)
    ranker = OutRank().fit(X, y)
    rows = ranker.row_report(X)
    assert rows.index.equals(X.index)
    missing = X.isna().mean(axis=1)
    np.testing.assert_allclose(rows["share_missing"], missing)
    np.testing.assert_allclose(rows["share_zero"], (X == 0).mean(axis=1))
    surprisal = sum(
        -np.log(
            X[name].fillna("gone").map(X[name].fillna("gone").value_counts()) / 2000
        )
        for name in ("city", "sparse")
    ) - np.log(X["noise"].map(X["noise"].value_counts()) / 2000)
    np.testing.assert_allclose(rows["surprisal"], surprisal)
    odd = pd.DataFrame({"city": ["Lima"], "noise": [0], "sparse": ["x"]})
    more = ranker.row_report(odd)
    assert more["n_rare"][0] == 1
    assert more["surprisal"][0] > rows["surprisal"].max()


class _Tags(HTMLParser):
    """Collects open tags and everything that a page would load."""

    def __init__(self):
        super().__init__()
        self.open, self.loaded, self.names = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.loaded += [v for k, v in attrs if k in ("src", "href")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_loads_nothing(table):
    X, y = table
    X = X.rename(columns={"city": "<b>city & co</b>"})
    page = report_html(OutRank().fit(X, y), title="a < b", note="half & half")
    parser = _Tags()
    parser.feed(page)
    assert parser.open == []
    assert "script" not in parser.names
    assert all(link.startswith("data:image/svg+xml") for link in parser.loaded)
    assert len(parser.loaded) == 2
    assert "&lt;b&gt;city &amp; co&lt;/b&gt;" in page
    assert "a &lt; b" in page
    assert page.count("<details>") == X.shape[1]


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</td></table>",
    "a\0b", "\u202eevil", "$\\nosuch$", "$x$", "&amp;", "%s", "n" * 300,
]  # fmt: skip


def test_hostile_names_and_values_stay_text():
    random = np.random.RandomState(0)
    y = random.randint(2, size=200)
    columns = {name: np.where(random.rand(200) < 0.8, y, 1 - y) for name in HOSTILE}
    columns["</script>"] = "<svg onload=alert(1)>"
    X = pd.DataFrame(columns)
    labels = np.where(y, "<script>yes</script>", "no & no")
    ranker = OutRank().fit(X, labels)
    page = report_html(ranker, title="<script>t</script>", note="<script>n</script>")
    parser = _Tags()
    parser.feed(page)
    assert parser.open == []
    assert not {"script", "svg"} & set(parser.names)
    assert all(link.startswith("data:image/svg+xml") for link in parser.loaded)
    assert len(parser.loaded) == 2
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert "\0" not in page
    assert "a?b" in page


def test_names_on_a_terminal_do_not_command_it(capsys):
    y = np.array([0, 1] * 20)
    ranker = OutRank().fit(pd.DataFrame({"\x1b[31mred": y, "b": y}), y)
    ranker.print_report()
    assert "\x1b" not in capsys.readouterr().out


def test_a_wide_frame_is_looked_at_once_not_once_a_column(monkeypatch):
    """The view of a frame checks all names: with many columns that took minutes."""
    calls = []
    from_native = _chunk_columns.nw.from_native
    monkeypatch.setattr(
        _chunk_columns.nw,
        "from_native",
        lambda frame, **options: calls.append(frame) or from_native(frame, **options),
    )
    X = pd.DataFrame(np.random.RandomState(0).randint(3, size=(30, 200)))
    X.columns = X.columns.astype(str)
    OutRank().partial_fit(X, [0, 1] * 15)
    n_frames = sum(isinstance(frame, pd.DataFrame) for frame in calls)
    assert n_frames <= 3


def test_the_page_of_a_wide_table_shows_the_best_and_the_flagged():
    random = np.random.RandomState(0)
    X = random.randint(3, size=(300, 40))
    X[:, 39] = 1
    X[:, 7] = y = random.randint(2, size=300)
    page = report_html(OutRank().fit(X, y), max_columns=10)
    assert page.count("<details>") == 10
    assert "<summary>x7</summary>" in page
    assert "<summary>x39</summary>" in page
    assert "30 more columns are not shown" in page


def test_quality_display(table):
    pytest.importorskip("matplotlib")
    X, y = table
    display = QualityDisplay.from_estimator(OutRank().fit(X, y))
    report = OutRank().fit(X, y).feature_report_
    offsets = display.points_.get_offsets()
    np.testing.assert_allclose(offsets[:, 1], 100 * report["coverage"])
    assert {text.get_text() for text in display.labels_} <= set(X)
    assert len(display.labels_) == 12
