# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A ranking on the screen, as a table and as a picture."""

import csv
import os
import sys
import tempfile
from pathlib import Path

from sklearn_fs._cli_common import CommandError, one_line

COLUMNS = (
    "name", "score", "p_value", "z", "mutual_info", "expected", "cardinality",
    "missing", "selected", "flags",
)  # fmt: skip


def show_ranking(ranker, names, top):
    """Print the best columns."""
    shown = ranker.order_[:top]
    width = min(40, max([len("column"), *(len(names[j]) for j in shown)]))
    print(
        f"  {'rank':>4}  {'column':<{width}}  {ranker.measure[:10]:>10}  "
        f"{'p':>8}  {'values':>9}  {'missing':>7}"
    )
    for place, j in enumerate(shown, 1):
        name = names[j] if len(names[j]) <= width else names[j][: width - 1] + "~"
        print(
            f"{'*' if ranker.support_[j] else ' '} {place:>4}  {name:<{width}}  "
            f"{ranker.scores_[j]:>10.5f}  {ranker.pvalues_[j]:>8.1e}  "
            f"{ranker.cardinality_[j]:>9,}  {1 - ranker.coverage_[j]:>7.1%}"
        )
    if len(names) > len(shown):
        print(f"  ... and {len(names) - len(shown):,} more columns")
    chosen = f"{ranker.n_features_to_select_:,} of {len(names):,} columns"
    if ranker.n_features_to_select != "auto":
        print(f"\n* selected: {chosen}, the best ones")
    elif ranker.pvalues_[ranker.support_].max() <= ranker.alpha_fdr:
        print(f"\n* selected: {chosen}, at most {ranker.alpha_fdr:.0%} by chance")
    else:
        print(f"\n* selected: {chosen}, the best; none is beyond chance")


def write_ranking(ranker, names, folder, top, label=""):
    """Write ranking.csv and ranking.png, whole or not at all.

    A label, such as ".partial", goes between name and ending.
    """
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_files(ranker, names, folder, top, label)
    except OSError as error:
        if is_new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        reason = error.strerror or one_line(error)
        raise CommandError(
            f"the ranking cannot be written to {folder}: {reason}"
        ) from error


def _write_files(ranker, names, folder, top, label):
    findings = list(ranker.feature_report_["findings"])
    with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as partial:
        written = [Path(partial) / f"ranking{label}.csv"]
        with open(written[0], "w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(COLUMNS)
            for j in ranker.order_:
                writer.writerow(
                    [
                        names[j],
                        repr(float(ranker.scores_[j])),
                        repr(float(ranker.pvalues_[j])),
                        repr(float(ranker.z_scores_[j])),
                        repr(float(ranker.mutual_info_[j])),
                        repr(float(ranker.expected_mutual_info_[j])),
                        int(ranker.cardinality_[j]),
                        round(1.0 - float(ranker.coverage_[j]), 6),
                        int(ranker.support_[j]),
                        "; ".join(findings[j]),
                    ]
                )
        try:
            picture = _draw(ranker, names, top)
        except ImportError as error:
            print(f"no plot: {one_line(error)}", file=sys.stderr)
        else:
            written.append(Path(partial) / f"ranking{label}.png")
            picture.savefig(written[-1], dpi=150)
        for path in written:
            # In one folder, hence on one disk: the new file is there at once.
            os.replace(path, folder / path.name)
            print(f"wrote {folder / path.name}")


def _draw(ranker, names, top):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from sklearn_fs.inspection import RankingDisplay

    # A figure of its own: no window, no global state.
    figure = Figure(
        figsize=(7.0, min(8.0, 1.2 + 0.27 * min(top, len(names)))), layout="constrained"
    )
    FigureCanvasAgg(figure)
    RankingDisplay.from_estimator(
        ranker, top=top, feature_names=names, ax=figure.add_subplot()
    )
    return figure
