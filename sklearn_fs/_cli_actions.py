# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs actions`: a first action set to edit."""

import json
from pathlib import Path

from sklearn_fs._cli_common import CommandError
from sklearn_fs._cli_files import (
    add_table_options,
    check_file_place,
    check_not_input,
    drop_column,
    read_people,
    split_names,
    write_text,
)


def add_parser(subparsers):
    """Register the subcommand."""
    actions = subparsers.add_parser(
        "actions",
        help="write a first set of what people could change, to be edited",
        description=(
            "Read a CSV, TSV or Parquet file of people and write as JSON what they "
            "could change, as far as the data tells: kinds of columns, and the range "
            "of values. What cannot be changed, by how much and in which direction is "
            "for you to edit, with somebody who knows the people; then run "
            "sklearn-fs recourse."
        ),
    )
    actions.add_argument("file", metavar="FILE", help="table with a header line")
    actions.add_argument(
        "-o", "--output", metavar="JSON", required=True, help="file to write"
    )
    actions.add_argument(
        "--force", action="store_true", help="replace the output if it exists"
    )
    actions.add_argument(
        "--immutable",
        metavar="COLS",
        default="",
        help="columns that nobody can change: names or regular expressions, with "
        "commas",
    )
    actions.add_argument(
        "--target", metavar="COL", default=None, help="column of answers, left out"
    )
    actions.add_argument(
        "--categorical",
        metavar="COLS",
        default="",
        help="columns of numbers that are categories, with commas",
    )
    add_table_options(actions)
    actions.set_defaults(run=_actions)


def _actions(arguments):
    path = Path(arguments.output)
    check_file_place(path, "--output")
    check_not_input([path], [arguments.file], "--output")
    if path.exists() and not arguments.force:
        raise CommandError(
            f"--output {path} exists and may have been edited; name another file, or "
            "replace it with --force"
        )
    people = read_people(arguments)
    if arguments.target is not None:
        people = drop_column(people, arguments.target, where="--target")
    from sklearn_fs.recourse import ActionSet

    action_set = ActionSet.from_frame(
        people,
        immutable=split_names(arguments.immutable),
        categorical=split_names(arguments.categorical),
    )
    write_text(path, editable_json(action_set))
    show_actions(action_set)
    print(
        f"\nwrote {path}. Edit it before you use it: every column that is still "
        "actionable\ncounts as one that each of these people can change over the "
        "whole range of the data."
    )


def editable_json(action_set):
    """JSON with one line a column, which shows what can be edited.

    Parameters
    ----------
    action_set : ActionSet

    Returns
    -------
    text : str
        What `ActionSet.from_json` reads.
    """
    plain = action_set.to_dict()
    lines = []
    for feature in plain.pop("features"):
        shown = {"name": feature.pop("name"), "kind": feature.pop("kind")}
        shown["actionable"] = feature.pop("actionable", True)
        if shown["kind"] != "categorical":
            shown["direction"] = feature.pop("direction", 0)
        if shown["kind"] in ("integer", "continuous"):
            shown["bounds"] = feature.pop("bounds", None)
            shown["max_step"] = feature.pop("max_step", None)
        lines.append(json.dumps({**shown, **feature}, ensure_ascii=False))
    head = f'{{\n "version": {plain.pop("version")},\n "features": [\n  '
    tail = json.dumps(plain, ensure_ascii=False, indent=1)[1:]
    return head + ",\n  ".join(lines) + "\n ]," + tail + "\n"


def show_actions(action_set):
    """Print one line for each column."""
    from sklearn_fs.recourse._describe import description_rows

    rows = description_rows(action_set)
    n_actionable = sum(row["actionable"] for row in rows)
    print(f"{len(rows):,} columns, {n_actionable:,} of them actionable\n")
    width = min(32, max(len("column"), *(len(row["feature"]) for row in rows)))
    print(f"  {'column':<{width}}  {'kind':<11}  {'change':<6}  reachable")
    for row in rows:
        name = row["feature"]
        name = name if len(name) <= width else name[: width - 1] + "~"
        change = row["direction"] if row["actionable"] else "no"
        reach = row["bounds"]
        if row["step"] not in ("", "1"):
            reach += f", step {row['step']}"
        if row["note"]:
            reach += f" ({row['note']})"
        print(f"  {name:<{width}}  {row['kind']:<11}  {change:<6}  {reach}".rstrip())
