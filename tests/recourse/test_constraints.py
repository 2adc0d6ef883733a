# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Constraints one by one: what they accept, what they refuse, how they are written."""

import numpy as np
import pytest

from sklearn_fs.recourse import (
    ActionSet,
    AtMostOne,
    Group,
    IfThen,
    Linear,
    Link,
    OneHot,
    Ordinal,
    Table,
    Thermometer,
)
from sklearn_fs.recourse._serial import constraint_from_dict

EVERY_KIND = [
    Link("a", {"b": 2.0}),
    Link("a", {"b": -1, "c": 0.5}, clip="widen", when="increase"),
    OneHot(["a", "b", "c"]),
    OneHot(["a", "b", "c"], exactly=2),
    AtMostOne(["a", "b"]),
    Thermometer(["a", "b", "c"], direction=-1),
    Ordinal(["a", "b"], direction=1),
    IfThen(when=("a", "==", 0), then=("b", "<=", 3)),
    Linear({"a": 1, "b": -2}, lo=0),
    Table(["a", "b"], states=[[0, 0], [1, 1]], reach=[[1, 0], [1, 1]]),
    Group("both", ["a", "c"]),
]


@pytest.mark.parametrize("constraint", EVERY_KIND, ids=lambda c: type(c).__name__)
def test_plain_dictionary_and_back(constraint):
    written = constraint.to_dict()
    assert written["type"] == type(constraint).__name__
    assert constraint_from_dict(written) == constraint
    assert constraint != Group("other", ["a"])
    assert type(constraint).__name__ in repr(constraint)


@pytest.mark.parametrize(
    "constraint, rows, expected",
    [
        (OneHot(["a", "b"]), [[1, 0], [0, 1], [1, 1], [0, 0]], [1, 1, 0, 0]),
        (OneHot(["a", "b"], exactly=2), [[1, 1], [1, 0]], [1, 0]),
        (AtMostOne(["a", "b"]), [[0, 0], [1, 0], [1, 1]], [1, 1, 0]),
        (Thermometer(["a", "b"]), [[0, 0], [1, 0], [1, 1], [0, 1]], [1, 1, 1, 0]),
        (Ordinal(["a", "b"]), [[1, 0], [0, 1], [0, 0]], [1, 1, 0]),
        (Linear({"a": 1, "b": 2}, 1, 3), [[0, 0], [1, 0], [1, 1], [2, 1]],
         [0, 1, 1, 0]),
        (Linear({"a": 1, "b": -1}, hi=0), [[5, 5], [6, 5]], [1, 0]),
        (IfThen(("a", ">=", 2), ("b", "!=", 0)), [[1, 0], [2, 0], [2, 1]], [1, 0, 1]),
        (Table(["a", "b"], [[0, 1], [2, 3]]), [[0, 1], [2, 3], [0, 3]], [1, 1, 0]),
        (Link("a", {"b": 1.0}), [[0, 1], [9, 9]], [1, 1]),
        (Group("g", ["a", "b"]), [[0, 1]], [1]),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_check(constraint, rows, expected):
    rows = np.array(rows, dtype=float)
    found = constraint.check({"a": rows[:, 0], "b": rows[:, 1]})
    assert found.dtype == bool
    assert found.tolist() == [bool(e) for e in expected]


def test_missing_value_violates_nothing():
    columns = {"a": np.array([np.nan, 1.0]), "b": np.array([1.0, 1.0])}
    for constraint in (
        OneHot(["a", "b"]),
        Linear({"a": 1, "b": 1}, hi=1),
        IfThen(("b", "==", 1), ("a", "==", 0)),
        Table(["a", "b"], [[0, 1]]),
    ):
        assert constraint.check(columns).tolist() == [True, False]


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: Link("a", {}), TypeError, "targets is a dictionary"),
        (lambda: Link("a", {"a": 1}), ValueError, "named twice"),
        (lambda: Link("a", {"b": np.inf}), ValueError, "the scale of 'b' is inf"),
        (lambda: Link("a", {"b": 1}, clip="no"), ValueError, "clip='no'"),
        (lambda: Link("a", {"b": 1}, when="no"), ValueError, "when='no'"),
        (lambda: OneHot(["a"]), ValueError, "at least 2 columns"),
        (lambda: OneHot(["a", 3]), TypeError, "given by name"),
        (lambda: OneHot(["a", "b"], exactly=3), ValueError, "exactly=3"),
        (lambda: Thermometer(["a", "b"], direction=2), ValueError, "direction=2"),
        (lambda: IfThen(("a", "=", 1), ("b", "==", 1)), ValueError, "operators"),
        (lambda: Linear({"a": 1}), ValueError, "give lo, hi or both"),
        (lambda: Linear({"a": 1}, 3, 1), ValueError, "lo=3 is above hi=1"),
        (lambda: Table(["a", "b"], [[0]]), ValueError, "needs 2 values"),
        (lambda: Table(["a"], [[0], [0]]), ValueError, "listed twice"),
        (lambda: Table(["a"], [[0], [1]], [[1]]), ValueError, "reach has the shape"),
        (lambda: Group("", ["a"]), TypeError, "is not a word"),
        (lambda: constraint_from_dict({"type": "Lnk"}), ValueError, "known are"),
        (lambda: constraint_from_dict({"type": "Group", "cols": [], "x": 1}),
         ValueError, "Group has no 'x'"),
    ],
)  # fmt: skip
def test_errors(make, error, text):
    with pytest.raises(error, match=text):
        make()


def test_function_as_effect_has_no_json():
    link = Link("a", {"b": lambda x, a: a * a})
    with pytest.raises(TypeError, match="which JSON cannot hold"):
        link.to_dict()


def _numbers(*names, **options):
    return [{"name": n, "kind": "integer", "bounds": (0, 9), **options} for n in names]


def test_cycle_of_links_shows_its_path():
    aset = ActionSet(_numbers("a", "b", "c"))
    aset.add(Link("a", {"b": 1}), Link("b", {"c": 1}))
    with pytest.raises(ValueError, match="a -> b -> c -> a"):
        aset.add(Link("c", {"a": 1}))
    assert len(aset.constraints) == 2


def test_link_from_an_immutable_column():
    aset = ActionSet(_numbers("a", "b") + _numbers("age", actionable=False))
    with pytest.raises(ValueError, match="'age' is immutable"):
        aset.add(Link("age", {"a": 1}))
    # Moved by another link, it has effects of its own.
    aset.add(Link("b", {"age": 1}), Link("age", {"a": 1}))
    assert aset.blocks_ == [["a", "b", "age"]]


def test_groups_do_not_overlap():
    aset = ActionSet([{"name": n, "kind": "binary"} for n in "abc"])
    aset.add(OneHot(["a", "b"]))
    with pytest.raises(ValueError, match=r"overlaps with OneHot.*'b'"):
        aset.add(Thermometer(["b", "c"]))
    assert aset.constraints == (OneHot(["a", "b"]),)


def test_categories_have_no_order():
    aset = ActionSet(
        [{"name": "job", "kind": "categorical", "values": ["none", "clerk"]},
         *_numbers("pay")]
    )  # fmt: skip
    for constraint in (
        Linear({"job": 1, "pay": 1}, hi=3),
        Link("pay", {"job": 1}),
        IfThen(("job", "<=", "clerk"), ("pay", "==", 0)),
    ):
        with pytest.raises(ValueError, match="no order and no sum"):
            aset.add(constraint)
    with pytest.raises(ValueError, match=r"'clrk' is not a category of 'job'.*'clerk'"):
        aset.add(IfThen(("job", "==", "clrk"), ("pay", ">=", 1)))
    with pytest.raises(ValueError, match="not binary"):
        aset.add(OneHot(["job", "pay"]))
    aset.add(IfThen(("job", "==", "none"), ("pay", "==", 0)))


def test_name_of_a_group_is_what_its_columns_share():
    assert Thermometer(["Savings_geq_0", "Savings_geq_100"]).name == "Savings"
    assert OneHot(["Housing_is_Own", "Housing_is_Rent"]).name == "Housing"
    assert AtMostOne(["x", "y"]).name == "x / y"
