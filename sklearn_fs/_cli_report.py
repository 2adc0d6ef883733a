# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`sklearn-fs report`: what a table says about its target, and about itself."""

import os
import tempfile
from pathlib import Path

from sklearn_fs._cli_common import CommandError, one_line, positive
from sklearn_fs._cli_files import check_file_place, check_not_input
from sklearn_fs._cli_stream import PARTIAL_STATUS, add_reading_options, read_ranker


def add_parser(subparsers):
    """Register the subcommand."""
    report = subparsers.add_parser(
        "report",
        help="report on the columns of a file: ranking, quality, findings, pictures",
        description=(
            "Read a CSV, TSV or Parquet file of any size once and report on its "
            "columns: what they say about the target, how they are filled, duplicates, "
            "leaks, drift and other findings. Ctrl-C reports on what was read so far."
        ),
    )
    add_reading_options(report)
    report.add_argument(
        "-o",
        "--output",
        metavar="HTML",
        help="write the report as one page; without it, it is printed as text",
    )
    report.add_argument(
        "--top", type=positive, default=200, help="columns shown one by one (200)"
    )
    report.set_defaults(run=_report)


def _report(arguments):
    if arguments.output:
        check_file_place(Path(arguments.output), "--output")
        check_not_input([Path(arguments.output)], [arguments.file], "--output")
    ranker, _, n_left_out, is_partial = read_ranker(arguments)
    notes = []
    if is_partial:
        notes.append(
            f"Partial: reading was interrupted after {ranker.n_samples_seen_:,} rows."
        )
    if n_left_out:
        notes.append(f"{n_left_out:,} rows without a target are left out.")
    note = " ".join(notes)
    if not arguments.output:
        if note:
            print(f"{note}\n")
        ranker.print_report(arguments.top)
        return PARTIAL_STATUS if is_partial else 0
    from sklearn_fs.inspection import report_html

    title = f"{Path(arguments.file).name}: what the columns say about "
    page = report_html(
        ranker,
        title=title + repr(arguments.target),
        note=note or None,
        max_columns=arguments.top,
    )
    _write(page, Path(arguments.output))
    print(f"wrote {arguments.output}")
    return PARTIAL_STATUS if is_partial else 0


def _write(page, path):
    """Write the page, whole or not at all."""
    try:
        with tempfile.TemporaryDirectory(
            dir=path.absolute().parent, prefix=".partial-"
        ) as folder:
            partial = Path(folder) / path.name
            partial.write_text(page, encoding="utf-8")
            os.replace(partial, path)
    except OSError as error:
        reason = error.strerror or one_line(error)
        raise CommandError(
            f"the report cannot be written to {path}: {reason}"
        ) from error
