# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs actions` and `recourse`: files, or one line that says why not."""

import json
import os
import sys

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from sklearn_fs import _cli_recourse
from sklearn_fs._cli import main
from sklearn_fs.recourse import ActionSet, ResponsivenessScorer

pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")


@pytest.fixture
def people():
    random = np.random.RandomState(0)
    n = 60
    return pd.DataFrame(
        {
            "age": random.randint(20, 70, n),
            "savings": random.randint(0, 6, n),
            "late": random.randint(0, 2, n),
            "sex": random.choice(["f", "m"], n),
            "answer": random.choice(["no", "yes"], n),
        }
    )


@pytest.fixture
def folder(people, tmp_path):
    """A file of people, a model of three columns, and an edited action set."""
    people.to_csv(tmp_path / "people.csv", index=False)
    X = people[["age", "savings", "late"]]
    model = LogisticRegression().fit(X, X["savings"] > 2 + X["late"])
    model.classes_ = np.array(["no", "yes"])
    joblib.dump(model, tmp_path / "model.joblib")
    actions = ActionSet.from_frame(X, immutable=["age"], monotone={"savings": 1})
    (tmp_path / "actions.json").write_text(actions.to_json())
    return tmp_path


def run(folder, *options, model="model.joblib", file="people.csv"):
    return main(
        ["recourse", str(folder / model), str(folder / file)]
        + ["--actions", str(folder / "actions.json"), *map(str, options)]
    )


def test_a_first_action_set(folder, capsys):
    path = folder / "first.json"
    status = main(
        ["actions", str(folder / "people.csv"), "-o", str(path)]
        + ["--immutable", "age,s.x", "--target", "answer"]
    )
    assert status == 0
    found = ActionSet.from_json(path.read_text())
    assert found.feature_names == ["age", "savings", "late", "sex"]
    assert [f.actionable for f in found] == [False, True, True, False]
    assert [f.kind for f in found] == ["integer", "integer", "binary", "categorical"]
    assert found["savings"].bounds == (0, 5)
    text = capsys.readouterr().out
    assert "4 columns, 2 of them actionable" in text
    assert f"wrote {path}" in text


def test_what_was_edited_is_not_lost(folder, capsys):
    path = folder / "first.json"
    path.write_text("edited")
    command = ["actions", str(folder / "people.csv"), "-o", str(path)]
    assert main(command) == 1
    err = capsys.readouterr().err
    assert "may have been edited" in err and "--force" in err
    assert path.read_text() == "edited"
    assert main([*command, "--force"]) == 0
    assert len(ActionSet.from_json(path.read_text())) == 5


def test_what_can_be_edited_is_in_the_file_one_line_a_column(folder):
    path = folder / "first.json"
    main(["actions", str(folder / "people.csv"), "-o", str(path)])
    lines = path.read_text().splitlines()
    line = next(line for line in lines if '"savings"' in line)
    assert json.loads(line.strip().rstrip(",")) == {
        "name": "savings", "kind": "integer", "actionable": True, "direction": 0,
        "bounds": [0, 5], "max_step": None,
    }  # fmt: skip
    edited = path.read_text().replace('"max_step": null', '"max_step": 2')
    assert ActionSet.from_json(edited)["savings"].max_step == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "{}"], "is a folder; name a file in it"),
        (["-o", "{}/no/a.json"], "there is no folder"),
        (["-o", "{}/a.json", "--immutable", "agee"], "did you mean 'age'?"),
        (["-o", "{}/a.json", "--target", "anser"], "did you mean 'answer'?"),
    ],
)
def test_one_line_and_no_action_set(folder, capsys, options, message):
    before = set(os.listdir(folder))
    options = [option.format(folder) for option in options]
    assert main(["actions", str(folder / "people.csv"), *options]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert set(os.listdir(folder)) == before


def test_what_is_printed(folder, capsys):
    assert run(folder, "--target", "yes", "--group", "sex") == 0
    captured = capsys.readouterr()
    text = captured.out
    assert "60 people, 3 columns of which 2 can be changed; wanted: class 'yes'" in text
    assert "left out, not in the action set: 'answer'" in text
    for line in ("  all ", "  f ", "  m ", "  savings "):
        assert f"\n{line}" in text
    assert "Reading a pickle can run any code" in captured.err
    assert captured.err.count("\n") == 1


def test_files(folder, people, capsys):
    out = folder / "new" / "out"
    assert run(folder, "--target", "answer", "--output", out) == 0
    assert sorted(os.listdir(out)) == [
        "audit.csv", "notices", "notices.json", "notices.txt", "reasons.csv",
        "scores.csv",
    ]  # fmt: skip
    X = people[["age", "savings", "late"]]
    model = joblib.load(folder / "model.joblib")
    actions = ActionSet.from_json((folder / "actions.json").read_text())
    scorer = ResponsivenessScorer(model, actions).fit(X)
    scores = pd.read_csv(out / "scores.csv")
    np.testing.assert_array_equal(scores[list(X)], scorer.score_samples(X))
    classes = scorer.recourse_class(X)
    assert scores["recourse"].tolist() == classes.tolist()
    denied = np.flatnonzero(classes != "approved")
    assert 0 < len(denied) < len(X)
    reasons = pd.read_csv(out / "reasons.csv")
    assert reasons["row"].unique().tolist() == denied.tolist()
    expected = scorer.explain(X.iloc[denied]).to_frame()
    assert reasons["message"].tolist() == expected["message"].tolist()
    notices = json.loads((out / "notices.json").read_text())
    assert [notice["row"] for notice in notices] == denied.tolist()
    assert notices[0]["text"] in (out / "notices.txt").read_text()
    assert len(os.listdir(out / "notices")) == len(denied)
    page = (out / "notices" / f"row_{denied[0]:02}.html").read_text()
    assert page.startswith("<!DOCTYPE html>")


def test_fewer_notices_and_reasons(folder, capsys):
    run(folder, "--output", folder / "out", "--notices", 2, "--reasons", 1)
    assert len(os.listdir(folder / "out" / "notices")) == 2
    assert "these are notices for the first 2 of" in capsys.readouterr().out
    assert set(pd.read_csv(folder / "out" / "reasons.csv")["rank"].dropna()) == {1}


def test_the_result_does_not_depend_on_chunks(folder, monkeypatch):
    run(folder, "--output", folder / "whole")
    monkeypatch.setattr(_cli_recourse, "_CHUNK", 7)
    run(folder, "--output", folder / "parts")
    for name in ("scores.csv", "reasons.csv", "audit.csv", "notices.txt"):
        whole, parts = (folder / where / name for where in ("whole", "parts"))
        assert whole.read_text() == parts.read_text()


def test_a_progress_line_for_who_looks(folder, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert run(folder) == 0
    assert "\rscoring: 60 of 60 people" in capsys.readouterr().err


def test_a_model_of_an_array(folder, people, capsys):
    X = people[["age", "savings", "late"]].to_numpy()
    joblib.dump(LogisticRegression().fit(X, X[:, 1] > 2), folder / "model.joblib")
    assert run(folder, "--target", "True") == 0
    assert "wanted: class True" in capsys.readouterr().out


def test_a_regressor_needs_a_threshold(folder, people, capsys):
    X = people[["age", "savings", "late"]]
    joblib.dump(LinearRegression().fit(X, X["savings"]), folder / "model.joblib")
    assert run(folder) == 1
    assert "threshold is needed" in capsys.readouterr().err
    assert run(folder, "--threshold", "3") == 0
    assert "prediction with at least 3" in capsys.readouterr().out


def _spoil_model(folder):
    (folder / "model.joblib").write_bytes(b"nothing")


def _model_of_another_kind(folder):
    joblib.dump({"a": 1}, folder / "model.joblib")


def _spoil_actions(folder):
    (folder / "actions.json").write_text('{"version": 2}')


def _no_json(folder):
    (folder / "actions.json").write_text("[1")


def _list_of_actions(folder):
    (folder / "actions.json").write_text("[1]")


def _drop_a_column(folder):
    frame = pd.read_csv(folder / "people.csv").rename(columns={"savings": "saving"})
    frame.to_csv(folder / "people.csv", index=False)


def _unfitted(folder):
    joblib.dump(LogisticRegression(), folder / "model.joblib")


@pytest.mark.parametrize(
    ("spoil", "options", "message"),
    [
        (_spoil_model, [], "cannot be read as a model"),
        (_model_of_another_kind, [], "holds a dict without predict"),
        (_unfitted, [], "not fitted"),
        (_spoil_actions, [], "this release reads version 1"),
        (_no_json, [], "cannot be read as an action set"),
        (_list_of_actions, [], "cannot be read as an action set"),
        (_drop_a_column, [], "did you mean 'saving'?"),
        (None, ["--target", "maybe"], "whose classes are no, yes"),
        (None, ["--group", "sexx"], "did you mean 'sex'?"),
        (None, ["--output", "{}/people.csv/out"], "cannot be written"),
        (None, ["--output", "{}/people.csv"], "is a file; name a folder"),
        (lambda folder: os.remove(folder / "actions.json"), [], "No such file"),
        (lambda folder: os.remove(folder / "model.joblib"), [], "does not exist"),
        (lambda folder: os.remove(folder / "people.csv"), [], "does not exist"),
    ],
)
def test_one_line_that_says_what_to_do(folder, capsys, spoil, options, message):
    if spoil:
        spoil(folder)
    before = set(os.listdir(folder))
    assert run(folder, *[option.format(folder) for option in options]) == 1
    error = [
        line for line in capsys.readouterr().err.splitlines() if "warning" not in line
    ]
    assert len(error) == 1
    assert error[0].startswith("sklearn-fs: error: ")
    assert message in error[0]
    assert set(os.listdir(folder)) == before


def test_a_disk_that_fails_leaves_nothing(folder, capsys, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    before = set(os.listdir(folder))
    assert run(folder, "--output", folder / "out") == 1
    assert "No space left on device" in capsys.readouterr().err
    assert set(os.listdir(folder)) == before


def test_skops(folder, capsys):
    skops = pytest.importorskip("skops.io")
    skops.dump(joblib.load(folder / "model.joblib"), folder / "model.skops")
    assert run(folder, model="model.skops") == 0
    assert "pickle" not in capsys.readouterr().err


def test_skops_is_named_where_it_is_missing(folder, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "skops", None)
    monkeypatch.setitem(sys.modules, "skops.io", None)
    (folder / "model.skops").write_bytes(b"")
    assert run(folder, model="model.skops") == 1
    assert 'pip install "skops"' in capsys.readouterr().err
