# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Notices: whole, honest, without immutable columns, and safe as a page."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from sklearn_fs.recourse import (
    ActionSet,
    FunctionPredictor,
    Link,
    ResponsivenessScorer,
)


@pytest.fixture(scope="module")
def people():
    return pd.DataFrame(
        {
            "savings": [0, 3, 0, 0, 5],
            "years_at_job": [0, 0, 0, 2, 1],
            "birth_years": [30, 40, 20, 21, 50],
            "sex": [0, 1, 1, 0, 1],
        }
    )


@pytest.fixture(scope="module")
def scorer(people):
    aset = ActionSet.from_frame(people, immutable=["birth_years", "sex"])
    aset["savings"].bounds = (0, 5)
    aset["years_at_job"].bounds = (0, 4)
    aset["years_at_job"].direction = 1
    aset.add(Link("years_at_job", {"birth_years": 1}, clip="widen"))

    def rule(X):
        young = X["birth_years"] < 25
        high = X["savings"] >= 4
        ok = np.where(young, high & (X["years_at_job"] >= 3), high)
        return np.where(X["sex"] == 1, ok, high & ~young).astype(int)

    return ResponsivenessScorer(FunctionPredictor(rule), aset).fit(people)


def test_one_notice_a_person(scorer, people):
    notices = scorer.notice(people)
    classes = ["single", "single", "joint", "fixed", "approved"]
    assert [notice["row"] for notice in notices] == [0, 1, 2, 3, 4]
    assert [notice["recourse_class"] for notice in notices] == classes
    assert json.loads(json.dumps(notices)) == notices


def test_text(scorer, people):
    notice = scorer.notice(people[:1])[0]
    lines = notice["text"].splitlines()
    assert lines[0] == "What would change this decision"
    assert lines[3] == (
        "1. savings: from 0 to 4. 40 % of its feasible changes (within 0 to 5) lead "
        "there."
    )
    (reason,) = notice["reasons"]
    assert reason["label"] == "savings"
    assert reason["score"] == 0.4
    assert reason["text"] in notice["text"]


def test_joint_says_what_helps_together(scorer, people):
    notice = scorer.notice(people[2:3])[0]
    assert notice["reasons"] == []
    assert notice["changes"] == ["savings from 0 to 4", "years_at_job from 0 to 3"]
    assert "if made together: savings from 0 to 4" in notice["text"]


def test_immutable_columns_are_never_named(scorer, people):
    for notice in scorer.notice(people):
        for name in ("birth_years", "sex"):
            assert name not in json.dumps(notice)
    # Though the frame has what moves along.
    changes = scorer.explain(people[2:3]).to_frame()["best_changes"][0]
    assert changes["birth_years"] == 23


def test_cautions(scorer, people):
    denied, approved = scorer.notice(people)[0], scorer.notice(people)[4]
    text = denied["text"]
    for words in (
        "was decided beforehand",
        "about the model in use today",
        "not a chance of success",
        "not legal advice",
    ):
        assert words in text
    assert approved["cautions"] == []
    assert "Nothing has to change" in approved["text"]


def test_fixed_is_never_said_of_unknown():
    X = pd.DataFrame({"a": [0, 1], "b": [0, 1], "f": [0, 1]})
    aset = ActionSet.from_frame(X, immutable=["f"])
    model = FunctionPredictor(lambda X: (X["f"] == 1).astype(int))
    fixed = ResponsivenessScorer(model, aset).fit(X).notice(X[:1])[0]
    poor = ResponsivenessScorer(model, aset, max_recourse_points=1).fit(X)
    unknown = poor.notice(X[:1])[0]
    assert "None of the changes" in fixed["text"]
    assert "None of the changes" not in unknown["text"]
    assert "could not be settled" in unknown["text"]
    for notice in (fixed, unknown):
        assert "review by a person" in notice["text"]


def test_templates_and_labels(scorer, people):
    (notice,) = scorer.notice(
        people[:1],
        templates={
            "heading": "Was helfen kann",
            "reason": "{label} ({share}{feasible}): {change}",
            "cautions": ["Nur ein Entwurf."],
        },
        labels={"savings": "Erspartes"},
    )
    assert notice["text"].startswith("Was helfen kann\n")
    assert "1. Erspartes (40 % (within 0 to 5)): from 0 to 4" in notice["text"]
    assert notice["text"].endswith("* Nur ein Entwurf.")
    assert notice["reasons"][0]["feature"] == "savings"
    (joint,) = scorer.notice(
        people[2:3],
        templates={"pair": "Zusammen: {changes}"},
        labels={"years_at_job": "Jahre"},
    )
    assert "Zusammen: savings from 0 to 4, Jahre from 0 to 3" in joint["text"]


@pytest.mark.parametrize(
    "options, error, text",
    [
        ({"templates": {"reasn": ""}}, ValueError, "no text 'reasn'; the texts are"),
        (
            {"templates": {"reason": "{lable}"}},
            ValueError,
            r"templates\['reason'\] has the field 'lable'; the fields of this text",
        ),
        ({"templates": {"fixed": "{label}"}}, ValueError, "this text are: none"),
        ({"templates": {"pair": "{changes"}}, ValueError, "is no template"),
        ({"templates": {"fixed": 3}}, TypeError, "must be a text, got 3"),
        ({"templates": {"cautions": "one"}}, TypeError, "must be a list of texts"),
        ({"labels": {"saving": "S"}}, ValueError, "did you mean 'savings'?"),
    ],
)
def test_errors(scorer, people, options, error, text):
    with pytest.raises(error, match=text):
        scorer.notice(people[:1], **options)


def test_page(scorer, people):
    pages = scorer.notice_html(
        people, labels={"savings": "<script>alert(1)</script> & more"}
    )
    assert len(pages) == 5
    page = pages[0]
    assert page.startswith("<!DOCTYPE html>")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
    assert "width=device-width" in page
    assert "@page{size:A4" in page
    # Nothing is loaded.
    assert not re.search(r"(src|href)=|url\(|@import|https?:", page)
    assert page.count("<li>") == 1 + 4
    assert 'style="width:40.0%"' in page
    assert "<ol>" not in pages[4]


def test_an_estimate_is_called_one():
    X = np.array([[0.0, 1.0], [10.0, 2.0], [3.0, 1.5]])
    aset = ActionSet.from_frame(X, immutable=["x1"])
    aset["x0"].kind, aset["x0"].step = "continuous", None
    model = FunctionPredictor(lambda X: (X[:, 0] >= 7).astype(int))
    scorer = ResponsivenessScorer(model, aset, random_state=0).fit(X)
    assert re.search(r"About \d\d % of its", scorer.notice(X[:1])[0]["text"])
    weighted = scorer.set_params(weights="distance").fit(X)
    assert "% (weighted) of its" in weighted.notice(X[:1])[0]["text"]
