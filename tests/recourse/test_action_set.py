# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Action sets: from data, by hand, checked, described, written and read."""

import copy
import json
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from sklearn_fs.recourse import (
    ActionSet,
    Group,
    IfThen,
    Link,
    OneHot,
    ResponsivenessScorer,
    Thermometer,
)

ROWS = {
    "age": [25, 40, 61, 33],
    "has_account": [True, False, True, True],
    "savings": [0.5, 0.0, 120.25, 3.0],
    "job": ["clerk", "cook", "clerk", "none"],
    "country": [1, 1, 1, 1],
}


@pytest.fixture(params=["pandas", "polars"])
def frame(request):
    return (pd if request.param == "pandas" else pl).DataFrame(ROWS)


def test_from_frame_guesses_kinds_and_bounds(frame):
    aset = ActionSet.from_frame(frame, immutable=["a.e"], monotone={"savings": 1})
    assert aset.feature_names == list(ROWS)
    kinds = [feature.kind for feature in aset]
    assert kinds == ["integer", "binary", "continuous", "categorical", "binary"]
    assert aset["age"].bounds == (25, 61) and not aset["age"].actionable
    assert aset["savings"].bounds == (0.0, 120.25) and aset["savings"].direction == 1
    assert aset["job"].values == ["clerk", "cook", "none"]
    assert not aset["country"].actionable and "constant" in aset["country"].note
    assert aset.blocks_ == [[name] for name in ROWS]


def test_from_array_names_columns_and_takes_percentiles():
    X = np.arange(404.0).reshape(202, 2)
    aset = ActionSet.from_frame(X, percentiles=(1, 99))
    assert aset.feature_names == ["x0", "x1"]
    assert aset["x0"].kind == "continuous"  # integral, but more than 100 values
    assert aset["x0"].bounds == (4.0, 398.0)
    few = ActionSet.from_frame(X % 7, categorical=["x1"])
    assert [f.kind for f in few] == ["integer", "categorical"]
    assert few["x1"].values == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "options, text",
    [
        ({"immutable": ["savigns"]}, "did you mean 'savings'"),
        ({"monotone": {"agee": 1}}, "did you mean 'age'"),
        ({"categorical": ["jobs"]}, "did you mean 'job'"),
        ({"percentiles": (99, 1)}, "0 <= low < high <= 100"),
        ({"monotone": {"age": 2}}, "direction=2 is not"),
        ({"monotone": {"job": 1}}, "a category has no direction"),
    ],
)
def test_from_frame_errors(options, text):
    with pytest.raises(ValueError, match=text):
        ActionSet.from_frame(pd.DataFrame(ROWS), **options)


@pytest.mark.parametrize(
    "field, value, text",
    [
        ("bounds", (3, 1), "lower bound is above the upper"),
        ("bounds", 5, "not a pair"),
        ("max_step", -1, "not a number >= 0"),
        ("step", 0, "not a positive number"),
        ("kind", "real", "kind='real' is not one of"),
        ("values", [1, 1], "one value twice"),
        ("missing", "no", "'fixed' or 'reachable'"),
        ("reach", [[1]], "reach has the shape"),
    ],
)
def test_attributes_are_checked_when_set(field, value, text):
    feature = ActionSet.from_frame(pd.DataFrame(ROWS))["age"]
    before = copy.deepcopy(feature)
    with pytest.raises(ValueError, match=text):
        setattr(feature, field, value)
    assert feature == before


def test_direction_against_max_step_leaves_the_column_as_it_was():
    feature = ActionSet.from_frame(pd.DataFrame(ROWS))["age"]
    feature.max_step = (5, 0)
    with pytest.raises(ValueError, match="allows only up"):
        feature.direction = 1
    assert feature.direction == 0
    with pytest.raises(AttributeError, match="no attribute 'bound'"):
        feature.bound = (0, 1)


def test_unknown_column_names_the_closest():
    aset = ActionSet.from_frame(pd.DataFrame(ROWS))
    with pytest.raises(ValueError, match="did you mean 'savings'"):
        aset["saving"]
    with pytest.raises(ValueError, match="did you mean 'savings'"):
        aset.add(Link("age", {"savngs": 1.0}))
    with pytest.raises(ValueError, match="no column 'age'; did you mean 'aeg'"):
        aset.validate(pd.DataFrame(ROWS).rename(columns={"age": "aeg"}))
    with pytest.raises(ValueError, match="not in the order"):
        aset.validate(pd.DataFrame(ROWS)[list(ROWS)[::-1]])
    with pytest.raises(TypeError, match="takes constraints"):
        aset.add("age")


def _rich_set():
    aset = ActionSet.from_frame(pd.DataFrame(ROWS), immutable=["age"])
    aset["savings"].max_step = (1.5, 10)
    aset["savings"].note = "as told by the branch"
    aset["job"].reach = [[1, 1, 0], [0, 1, 0], [1, 1, 1]]
    aset.add(
        Link("savings", {"age": 0.25}, clip="widen"),
        IfThen(("has_account", "==", 0), ("savings", "==", 0)),
        Group("money", ["savings", "has_account"]),
    )
    aset.notes = "approved on a rainy day"
    return aset


def test_json_round_trip_is_equality():
    aset = _rich_set()
    text = aset.to_json()
    again = ActionSet.from_json(text)
    assert again == aset and again.notes == aset.notes
    assert again.to_json() == text
    assert json.loads(text)["version"] == 1
    assert pickle.loads(pickle.dumps(aset)) == aset
    again["savings"].step = 0.5
    assert again != aset


@pytest.mark.parametrize(
    "change, text",
    [
        ({"version": 2}, "version 2.*reads version 1"),
        ({"version": None}, "version None"),
        ({"rules": []}, "no 'rules'"),
        ({"features": [{"name": "a", "kinds": "binary"}]}, "unknown key 'kinds'"),
        ({"features": [{"kind": "binary"}]}, "no 'name'"),
        ({"features": [{"name": "a"}, {"name": "a"}]}, "in features twice"),
        ({"constraints": [{"type": "Lnk"}]}, "known are"),
    ],
)
def test_json_errors(change, text):
    with pytest.raises(ValueError, match=text):
        ActionSet.from_dict({**_rich_set().to_dict(), **change})


def test_clone_of_a_scorer_copies_the_set():
    aset = _rich_set()
    copied = clone(ResponsivenessScorer(LogisticRegression(), aset)).action_set
    assert copied == aset and copied is not aset


def test_describe_and_html():
    aset = _rich_set()
    described = aset.describe().set_index("feature")
    assert described.loc["age", "links_in"] == "savings"
    assert described.loc["savings", "links_out"] == "age"
    assert described.loc["savings", "groups"] == "money"
    assert described.loc["savings", "block"] == described.loc["age", "block"]
    assert described.loc["job", "block"] != described.loc["age", "block"]
    aset["job"].note = "<script>"
    html = aset._repr_html_()
    assert "approved on a rainy day" in html and "&lt;script&gt;" in html
    assert "<script>" not in html
    assert repr(aset).startswith("ActionSet(n_features=5, n_actionable=3,")


def test_groups_are_named_once():
    names = ["s_geq_1", "s_geq_2", "a_x", "a_y"]
    aset = ActionSet([{"name": n, "kind": "binary"} for n in names])
    aset.add(Thermometer(names[:2]), OneHot(names[2:]))
    assert aset.groups_ == {"s": names[:2], "a": names[2:]}
    aset.add(Group("all", names))
    assert aset.groups_ == {"all": names}


def test_validate_reports_warns_and_raises(frame):
    aset = _rich_set()
    assert len(aset.validate(frame)) == 0
    bad = pd.DataFrame(ROWS)
    bad.loc[2, "savings"] = 500.0
    bad.loc[1, "savings"] = 7.0
    bad.loc[3, "job"] = "king"
    before = bad.copy()
    report = aset.validate(bad)
    assert report["n_violations"].tolist() == [1, 1, 1]
    assert report["first_rows"].tolist() == [[2], [3], [1]]
    with pytest.raises(ValueError, match=r"does not fit.*outside bounds"):
        aset.validate(bad, on_error="raise")
    with pytest.warns(UserWarning, match="a category that the set does not know"):
        aset.validate(bad, on_error="warn")
    with pytest.raises(ValueError, match="on_error='no'"):
        aset.validate(bad, on_error="no")
    pd.testing.assert_frame_equal(bad, before)
