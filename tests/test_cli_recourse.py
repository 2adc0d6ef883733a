# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs actions` and `recourse`: files, or one line that says why not."""

import csv
import json
import os

import joblib
import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from sklearn_fs._cli import main
from sklearn_fs.recourse import ActionSet

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
