# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Audits by group, and other explanations measured by whether they can help."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from sklearn_fs.recourse import ActionSet, FunctionPredictor, ResponsivenessScorer


@pytest.fixture(scope="module")
def people():
    return pd.DataFrame(
        {
            "a": [0, 0, 0, 0, 1, 0, 0, 1],
            "b": [0, 0, 0, 0, 1, 1, 0, 0],
            "g": ["u", "u", "v", "v", "v", "u", None, "v"],
            "f": [0, 1, 2, 1, 1, 1, 1, 0],
        }
    )


@pytest.fixture(scope="module")
def scorer(people):
    aset = ActionSet.from_frame(people, immutable=["g", "f"])

    def rule(X):
        # f = 0: one change suffices; 1: both are needed; 2: nothing helps.
        n = X["a"] + X["b"]
        need = X["f"].map({0: 1, 1: 2, 2: 3})
        return (n >= need).astype(int)

    return ResponsivenessScorer(FunctionPredictor(rule), aset).fit(people)


def test_classes(scorer, people):
    assert scorer.recourse_class(people).tolist() == [
        "single", "joint", "fixed", "joint", "approved", "single", "joint", "approved",
    ]  # fmt: skip


def test_audit_overall(scorer, people):
    frame = scorer.audit(people)
    assert frame.shape[0] == 1
    row = frame.iloc[0]
    counts = row[["n", "approved", "denied", "single", "joint", "fixed", "unknown"]]
    assert counts.tolist() == [8, 2, 6, 2, 3, 1, 0]
    assert row["denied_share"] == 6 / 8
    assert row["joint_share"] == 3 / 6
    expected = binomtest(3, 6).proportion_ci(0.95, method="exact")
    assert [row["joint_low"], row["joint_high"]] == pytest.approx(list(expected))
    assert row["unknown_low"] == 0


def test_audit_by_column_and_by_values(scorer, people):
    frame = scorer.audit(people, group="g")
    assert frame.columns[0] == "g"
    assert frame["g"].tolist() == ["all", "u", "v", "missing"]
    assert frame["n"].tolist() == [8, 3, 4, 1]
    assert frame["denied"].tolist() == [6, 3, 2, 1]
    assert frame["fixed"].tolist() == [1, 0, 1, 0]
    by_values = scorer.audit(people, group=people["g"].to_numpy())
    assert by_values.columns[0] == "group"
    assert by_values.iloc[:, 1:].equals(frame.iloc[:, 1:])


def test_audit_where_nobody_is_denied(scorer, people):
    row = scorer.audit(people[4:5]).iloc[0]
    assert row["denied"] == 0
    assert np.isnan(row["fixed_share"])
    assert (row["fixed_low"], row["fixed_high"]) == (0, 1)


def test_audit_errors(scorer, people):
    with pytest.raises(ValueError, match="group: there is no column 'gg'"):
        scorer.audit(people, group="gg")
    with pytest.raises(ValueError, match=r"shape \(2,\).* each of the 8 rows"):
        scorer.audit(people, group=[1, 2])


# Other explanations


@pytest.fixture(scope="module")
def attributions(people):
    values = np.zeros((len(people), 4))
    values[:, 3] = -2.0
    values[0] = [-1.0, 0.0, 0.0, -2.0]
    values[1] = 0.0
    values[5] = [-1.0, 0.5, 0.0, 0.0]
    return values


def test_comparison(scorer, people, attributions):
    frame = scorer.compare_explanations(people, {"given": attributions})
    row = frame.iloc[0]
    # Denied are rows 0, 1, 2, 3, 5, 6; row 1 has no reasons; a helps 0 and 5, where
    # b = 1 already, so that b does not help there.
    assert row["name"] == "given"
    assert row["n_denied"] == 6
    assert row["with_reasons"] == pytest.approx(5 / 6)
    assert row["all_unresponsive"] == pytest.approx(3 / 5)
    assert row["some_unresponsive"] == pytest.approx(5 / 5)
    assert row["some_responsive"] == pytest.approx(2 / 5)
    assert row["all_responsive"] == 0
    assert row["mean_reasons"] == pytest.approx((2 + 1 + 1 + 2 + 1) / 5)
    assert row["unresponsive_slots"] == pytest.approx(5 / 7)
    assert row["fixed_with_reasons"] == pytest.approx(1 / 5)


def test_action_aware_sign_and_k(scorer, people, attributions):
    aware = scorer.compare_explanations(
        people, {"x": attributions}, action_aware=True
    ).iloc[0]
    assert aware["with_reasons"] == pytest.approx(2 / 6)
    assert aware["some_responsive"] == 1
    adverse = scorer.compare_explanations(
        people, {"x": attributions}, action_aware=True, sign="adverse"
    ).iloc[0]
    assert adverse["all_responsive"] == 1
    assert adverse["mean_reasons"] == 1
    one = scorer.compare_explanations(people, {"x": attributions}, k=1).iloc[0]
    # Row 0 now has f alone, row 5 has a.
    assert one["mean_reasons"] == 1
    assert one["some_responsive"] == pytest.approx(1 / 5)


def test_ties_go_to_the_first_columns(scorer, people):
    ones = np.ones((len(people), 4))
    row = scorer.compare_explanations(people, {"x": ones}, k=2).iloc[0]
    # a and b: both help row 0, a alone row 5.
    assert row["all_responsive"] == pytest.approx(1 / 6)


def test_functions_and_explanations(scorer, people, attributions):
    class Explanation:
        values = np.stack([-attributions, attributions], axis=2)

    frame = scorer.compare_explanations(
        people,
        {"array": attributions, "function": lambda X: attributions, "e": Explanation()},
        sign="adverse",
    )
    assert frame["name"].tolist() == ["array", "function", "e"]
    assert frame.iloc[0, 1:].equals(frame.iloc[1, 1:])
    assert frame.iloc[0, 1:].equals(frame.iloc[2, 1:])


def test_nobody_has_reasons(scorer, people):
    row = scorer.compare_explanations(people, {"x": np.zeros((8, 4))}).iloc[0]
    assert row["with_reasons"] == 0
    assert np.isnan(row["all_unresponsive"])
    assert np.isnan(row["mean_reasons"])


@pytest.mark.parametrize(
    "given, options, error, text",
    [
        (np.zeros((8, 3)), {}, ValueError, r"\['x'\] has shape \(8, 3\); .* \(8, 4\)"),
        (np.zeros((8, 4, 3)), {}, ValueError, "3 outputs, but the model has 2 classes"),
        (np.full((8, 4), np.nan), {}, ValueError, "has NaN, first in row 0"),
        (np.zeros((8, 4)), {"k": 0}, ValueError, "k=0 must be an integer"),
        (np.zeros((8, 4)), {"sign": "up"}, ValueError, "sign='up' is not one of"),
    ],
)
def test_comparison_errors(scorer, people, given, options, error, text):
    with pytest.raises(error, match=text):
        scorer.compare_explanations(people, {"x": given}, **options)


def test_comparison_needs_names(scorer, people):
    with pytest.raises(TypeError, match="must be a dict from a name"):
        scorer.compare_explanations(people, np.zeros((8, 4)))
