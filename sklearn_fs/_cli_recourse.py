# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs recourse`: what would change the answer of a model, person by person."""

import json
import sys
import time
from pathlib import Path

import numpy as np

from sklearn_fs._cli_common import CommandError, one_line, positive
from sklearn_fs._cli_files import (
    add_table_options,
    check_not_input,
    read_people,
    say_left_out,
    write_texts,
)
from sklearn_fs._cli_model import as_the_model_takes, load_model, wanted_class
from sklearn_fs.recourse import ActionSet, ResponsivenessScorer
from sklearn_fs.recourse._audit import audit_frame
from sklearn_fs.recourse._columns import ColumnTable
from sklearn_fs.recourse._names import unknown_name
from sklearn_fs.recourse._notice_page import notice_page
from sklearn_fs.recourse._notices import make_notice, notice_labels, notice_templates
from sklearn_fs.recourse._reasons import Reasons

# Most people that are scored between two steps of the progress line, and the number of
# steps that a small file is worth; fewer than 100 people are no step.
_CHUNK = 20_000
_STEPS = 5
_FILES = ("scores.csv", "reasons.csv", "audit.csv", "notices.json", "notices.txt")


def add_parser(subparsers):
    """Register the subcommand."""
    recourse = subparsers.add_parser(
        "recourse",
        help="say what would change the answer of a model, person by person",
        description=(
            "Read a fitted model and a file of people, and say for everybody who is "
            "denied which columns could change the answer, what to, and whether "
            "anything can. What people can change comes from a file that sklearn-fs "
            "actions writes and you edit."
        ),
    )
    recourse.add_argument(
        "model",
        metavar="MODEL",
        help="fitted model or pipeline, by skops (.skops) or joblib; a joblib file can "
        "run any code: only from people you trust",
    )
    recourse.add_argument("file", metavar="FILE", help="table with a header line")
    recourse.add_argument(
        "--actions",
        metavar="JSON",
        required=True,
        help="what people can change, see sklearn-fs actions",
    )
    recourse.add_argument(
        "--target",
        metavar="LABEL",
        default=None,
        help="wanted class (the last of the model); the name of a column of answers in "
        "FILE is understood too, it is left out",
    )
    recourse.add_argument(
        "--threshold",
        type=float,
        default=None,
        help="smallest wanted probability of the class, or prediction of a regressor",
    )
    recourse.add_argument(
        "--group", metavar="COL", default=None, help="audit by the values of a column"
    )
    recourse.add_argument(
        "--output",
        metavar="DIR",
        help="write scores.csv, reasons.csv, audit.csv and notices here",
    )
    recourse.add_argument(
        "--notices",
        type=positive,
        metavar="N",
        default=1000,
        help="people who get a notice at most, from the first (1000)",
    )
    recourse.add_argument(
        "--reasons", type=positive, metavar="N", default=4, help="reasons a person (4)"
    )
    recourse.add_argument(
        "--trust-types",
        action="store_true",
        help="load types of a .skops file that skops does not know",
    )
    recourse.add_argument(
        "--jobs", type=int, default=None, help="threads; -1 for all (1)"
    )
    add_table_options(recourse)
    recourse.set_defaults(run=_recourse)


def _recourse(arguments):
    if arguments.output and Path(arguments.output).is_file():
        raise CommandError(f"--output {arguments.output} is a file; name a folder")
    if arguments.output:
        outputs = [Path(arguments.output) / name for name in _FILES]
        inputs = [arguments.model, arguments.file, arguments.actions]
        check_not_input(outputs, inputs, "--output")
    action_set = _read_actions(Path(arguments.actions))
    people = read_people(arguments)
    features, extra = _features(people, action_set, arguments)
    group = None
    if arguments.group is not None:
        if arguments.group not in people.columns:
            raise CommandError(
                unknown_name(arguments.group, list(people.columns), where="--group")
            )
        group = people[arguments.group].astype(str).to_numpy()
    model = load_model(arguments.model, trust_types=arguments.trust_types)
    target = wanted_class(model, arguments.target, extra)

    X = as_the_model_takes(features, model)
    scorer = ResponsivenessScorer(
        model,
        action_set,
        target=target,
        threshold=arguments.threshold,
        n_reasons=arguments.reasons,
        prefit=True,
        n_jobs=arguments.jobs,
    ).fit(X)
    say_left_out([name for name in extra if name != arguments.group])
    start = time.perf_counter()
    found = _answers(scorer, X, arguments)
    _introduce(scorer, len(features), time.perf_counter() - start)
    audit = audit_frame(
        found["classes"], ColumnTable(features), group, scorer.confidence
    )
    _show_audit(audit)
    _show_reasons(found["reasons"])
    if arguments.output:
        _write(scorer, found, audit, arguments)
    return 0


def _read_actions(path):
    try:
        return ActionSet.from_json(path.read_text(encoding="utf-8"))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CommandError(
            f"{path} cannot be read as an action set: {one_line(error)}"
        ) from error


def _features(people, action_set, arguments):
    """The columns of the action set in their order, and the names of the others."""
    names = action_set.feature_names
    for name in names:
        if name not in people.columns:
            raise CommandError(
                f"{arguments.file} has not all columns of the action set: "
                + unknown_name(name, list(people.columns), where=str(arguments.file))
            )
    return people[names], [name for name in people.columns if name not in names]


def _answers(scorer, X, arguments):
    """Scores, classes, reasons and notices of all people, chunk by chunk.

    No answer depends on who else is in the chunk.
    """
    scores, classes, rows, notices = [], [], [], []
    texts, labels = notice_templates(None), notice_labels(None, scorer)
    features = list(scorer.action_set_)
    most = arguments.notices if arguments.output else 0
    size = min(_CHUNK, max(100, -(-len(X) // _STEPS)))
    with _Progress(len(X)) as progress:
        for begin in range(0, len(X), size):
            chunk = X[begin : begin + size]
            scores.append(scorer.score_samples(chunk))
            for person in scorer._explained(chunk):
                person["row"] += begin
                classes.append(person["class"])
                if person["class"] == "approved":
                    continue
                rows += [{**row, "row": person["row"]} for row in person["rows"]]
                if len(notices) < most:
                    notices.append(make_notice(person, features, texts, labels, False))
            progress.at(begin + len(chunk))
    return {
        "scores": np.concatenate(scores),
        "classes": np.array(classes, dtype=object),
        "reasons": Reasons(rows).to_frame(),
        "notices": notices,
    }


class _Progress:
    """One line that is written over; nothing if nobody looks."""

    def __init__(self, n_people):
        self.n_people = n_people
        self.is_shown = sys.stderr.isatty()

    def __enter__(self):
        self.at(0)
        return self

    def at(self, n_done):
        if self.is_shown:
            text = f"\rscoring: {n_done:,} of {self.n_people:,} people"
            print(text, end="", file=sys.stderr, flush=True)

    def __exit__(self, *_):
        if self.is_shown:
            print("\r" + " " * 60 + "\r", end="", file=sys.stderr, flush=True)


def _introduce(scorer, n_people, seconds):
    goal = f"class {scorer.target_!r}" if scorer.target_ is not None else "prediction"
    if hasattr(scorer.target_, "item"):
        goal = f"class {scorer.target_.item()!r}"
    if scorer.threshold is not None:
        goal += f" with at least {scorer.threshold:g}"
    sampled = [name for name, how in scorer.method_.items() if how == "sample"]
    how = f"estimated for {', '.join(sampled)}" if sampled else "exact"
    print(
        f"{n_people:,} people, {len(scorer.action_set_):,} columns of which "
        f"{len(scorer.method_):,} can be changed; wanted: {goal}\n"
        f"answered in {seconds:.2f} s, {how}\n"
    )


def _show_audit(audit):
    """Counts and shares, one line for all and one for each group."""
    label = audit.columns[0]
    width = max(len(label), *(len(str(value)) for value in audit[label]))
    print(
        f"  {label:<{width}}  {'people':>9}  {'denied':>9}  of these one column", end=""
    )
    print("  several together  nothing  not proven")
    for _, row in audit.iterrows():
        shares = [
            f"{row[f'{key}_share']:.1%}" if row["denied"] else "-"
            for key in ("single", "joint", "fixed", "unknown")
        ]
        print(
            f"  {row[label]!s:<{width}}  {row['n']:>9,}  {row['denied']:>9,}"
            f"  {shares[0]:>19}  {shares[1]:>16}  {shares[2]:>7}  {shares[3]:>10}"
        )
    print()


def _show_reasons(reasons):
    """How often each column is a reason, and how much of its changes help."""
    given = reasons[reasons["feature"].notna()]
    if not len(given):
        print("no single column can change an answer")
        return
    table = given.groupby("feature")["score"].agg(["size", "mean"])
    table = table.sort_values(["size", "mean"], ascending=False)
    width = max(len("reason"), *(len(str(name)) for name in table.index[:10]))
    print(f"  {'reason':<{width}}  {'people':>8}  share of changes that help")
    for name, row in table[:10].iterrows():
        print(f"  {name:<{width}}  {int(row['size']):>8,}  {row['mean']:.3f}")


def _write(scorer, found, audit, arguments):
    import pandas as pd

    scores = pd.DataFrame(found["scores"], columns=scorer.get_feature_names_out())
    scores.insert(0, "recourse", found["classes"])
    scores.insert(0, "row", np.arange(len(scores)))
    texts = {
        "scores.csv": scores.to_csv(index=False),
        "reasons.csv": found["reasons"].to_csv(index=False),
        "audit.csv": audit.to_csv(index=False),
    }
    notices = found["notices"]
    if notices:
        width = len(str(notices[-1]["row"]))
        texts["notices.json"] = json.dumps(notices, ensure_ascii=False, indent=1)
        texts["notices.txt"] = "\n\n".join(
            f"--- row {notice['row']} ---\n{notice['text']}" for notice in notices
        )
        for notice in notices:
            name = f"notices/row_{notice['row']:0{width}}.html"
            texts[name] = notice_page(notice)
    folder = Path(arguments.output)
    write_texts(folder, texts)
    for name in texts:
        if not name.startswith("notices/"):
            print(f"wrote {folder / name}")
    if not notices:
        return
    print(f"wrote {len(notices):,} pages in {folder / 'notices'}")
    n_denied = int((found["classes"] != "approved").sum())
    if len(notices) < n_denied:
        print(
            f"these are notices for the first {len(notices):,} of {n_denied:,} denied "
            "people; --notices N for more"
        )
