# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A ranking and its findings as one HTML page that needs no other file."""

import base64
import io
from html import escape

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional
from sklearn_fs.information._findings import FLAGS
from sklearn_fs.inspection._labels import printable, shorten
from sklearn_fs.inspection._quality_display import QualityDisplay
from sklearn_fs.inspection._ranking_display import RankingDisplay
from sklearn_fs.inspection._report_style import STYLE


def report_html(estimator, *, title="Columns of a table", note=None, max_columns=200):
    """Write what a fitted ranker knows about a table as an HTML page.

    Read more in the :ref:`User Guide <outrank_report>`.

    Parameters
    ----------
    estimator : OutRank
        Fitted; its `feature_report_` is shown.
    title : str, default="Columns of a table"
        Heading of the page.
    note : str, default=None
        A remark below the heading, such as how much of a file was read.
    max_columns : int, default=200
        Columns shown one by one: the best, and those with a finding before the rest.

    Returns
    -------
    page : str
        A whole page. It holds its pictures and its style, loads nothing, and runs no
        script.

    See Also
    --------
    sklearn_fs.feature_selection.OutRank.print_report : The same as text.

    Examples
    --------
    >>> from sklearn_fs import OutRank
    >>> from sklearn_fs.datasets import load_german_credit
    >>> from sklearn_fs.inspection import report_html
    >>> X, y = load_german_credit(return_X_y=True, as_frame=True)
    >>> page = report_html(OutRank().fit(X, y), title="German credit")
    >>> page[:15]
    '<!DOCTYPE html>'
    """
    check_is_fitted(estimator, "scores_")
    report = estimator.feature_report_
    report = {key: np.asarray(report[key], dtype=object) for key in report}
    order = estimator.order_
    found = np.array([len(texts) > 0 for texts in report["findings"]])
    shown = order
    if len(order) > max_columns:
        # The best half, then columns with a finding, then what room is left.
        best = order[: max_columns // 2]
        rest = order[max_columns // 2 :]
        rest = np.concatenate([rest[found[rest]], rest[~found[rest]]])
        keep = set(best) | set(rest[: max_columns - len(best)])
        shown = [j for j in order if j in keep]
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(printable(title))}</title><style>{STYLE}</style></head><body><main>",
        f"<h1>{escape(printable(title))}</h1>",
        _summary(estimator, report, found),
        f'<p class="note">{escape(note)}</p>' if note else "",
        _classes(estimator),
        _findings(report, order),
        _pictures(estimator, report),
        _table(estimator, report, shown),
        "</main></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _summary(estimator, report, found):
    return (
        f'<p class="lead">{estimator.n_samples_seen_:,} rows, '
        f"{len(found):,} columns; {int(estimator.support_.sum()):,} chosen, "
        f"{int(found.sum()):,} with a finding.</p>"
    )


def _classes(estimator):
    counts = getattr(estimator, "class_count_", None)
    classes = getattr(estimator, "classes_", None)
    if counts is None or classes is None:
        return ""
    total = counts.sum()
    shown = np.argsort(-counts, kind="stable")[:12]
    rows = "".join(
        f"<tr><td>{escape(printable(classes[i]))}</td><td class=num>{counts[i]:,}</td>"
        f"<td>{_bar(counts[i] / total)}</td></tr>"
        for i in shown
    )
    more = len(counts) - len(shown)
    rest = f"<p>and {more:,} more classes</p>" if more > 0 else ""
    return f"<h2>The target</h2><table class=plain>{rows}</table>{rest}"


def _findings(report, order):
    """One line a flag: what it means, and which columns have it."""
    lines = []
    for flag, meaning in FLAGS.items():
        hit = [j for j in order if report[flag][j]]
        if not hit:
            continue
        names = ", ".join(
            f"<code>{escape(printable(report['name'][j]))}</code>" for j in hit[:12]
        )
        more = f" and {len(hit) - 12:,} more" if len(hit) > 12 else ""
        lines.append(
            f'<li><span class="flag">{_words(flag)}</span> <b>{len(hit):,}</b> '
            f'<span class="soft">{escape(meaning)}</span><br>{names}{more}</li>'
        )
    if not lines:
        return "<h2>Findings</h2><p>None.</p>"
    return f'<h2>Findings</h2><ul class="findings">{"".join(lines)}</ul>'


def _pictures(estimator, report):
    names = [shorten(name, 28) for name in report["name"]]
    top = min(25, len(names))
    pictures = [
        _picture(
            lambda ax: RankingDisplay.from_estimator(
                estimator, top=top, feature_names=names, ax=ax
            ),
            (7.0, min(8.0, 1.2 + 0.27 * top)),
            "Bars: the best columns by score, with two standard deviations of chance",
        ),
        _picture(
            lambda ax: QualityDisplay.from_estimator(
                estimator, feature_names=names, ax=ax
            ),
            (7.0, 4.5),
            "Points: share of rows with a value against the effective number of values",
        ),
    ]
    return f'<h2>Pictures</h2><div class="pictures">{"".join(pictures)}</div>'


def _picture(draw, size, text):
    import_optional("matplotlib", needed_by="report_html")
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    # A figure of its own: no window, no global state.
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasSVG(figure)
    draw(figure.add_subplot())
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata={"Date": None})
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return f'<img alt="{escape(text)}" src="data:image/svg+xml;base64,{data}">'


def _table(estimator, report, shown):
    scores = estimator.scores_
    largest = max(float(np.max(scores, initial=0.0)), 1e-300)
    place = np.empty(len(scores), dtype=int)
    place[estimator.order_] = np.arange(1, len(scores) + 1)
    head = "".join(
        f"<th{' class=num' if number else ''}>{text}</th>"
        for text, number in (
            ("Rank", True), ("Column", False), ("Score", False), ("p", True),
            ("Values", True), ("Missing", False), ("Most frequent", False),
            ("Findings", False),
        )
    )  # fmt: skip
    rows = []
    for j in shown:
        chosen = ' class="chosen"' if estimator.support_[j] else ""
        score = f"{scores[j]:.4f} {_bar(scores[j] / largest)}"
        gone = 1.0 - report["coverage"][j]
        cells = (
            ("Rank", "num", f"{place[j]:,}"),
            ("Column", "name", _details(report, j)),
            ("Score", "", score),
            ("p", "num", f"{estimator.pvalues_[j]:.1e}"),
            ("Values", "num", f"{report['cardinality'][j]:,}"),
            ("Missing", "", f"{gone:.1%} {_bar(gone)}"),
            ("Most frequent", "", _top(report, j)),
            ("Findings", "", _chips(report["findings"][j])),
        )
        rows.append(
            f"<tr{chosen}>"
            + "".join(
                f'<td data-label="{label}"{f" class={kind}" if kind else ""}>'
                f"{f'<div>{text}</div>' if text else ''}</td>"
                for label, kind, text in cells
            )
            + "</tr>"
        )
    left = len(scores) - len(shown)
    more = f"<p>{left:,} more columns are not shown.</p>" if left else ""
    return (
        "<h2>Columns</h2><p>Best first; chosen columns have a mark on the left. Open a "
        "name for all statistics.</p>"
        f'<table class="columns"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{more}"
    )


_IN_DETAILS = (
    "kind", "n_singletons", "rare_share", "entropy", "relative_entropy",
    "effective_cardinality", "unseen_mass", "mean_bytes", "min", "q05", "q25", "q50",
    "q75", "q95", "max", "mean", "std", "zero_share", "n_infinite", "mutual_info",
    "expected_mutual_info", "z",
)  # fmt: skip


def _details(report, j):
    name = escape(printable(report["name"][j]))
    items = "".join(
        f"<div><dt>{_words(key)}</dt><dd>{escape(printable(_number(report[key][j])))}</dd></div>"
        for key in _IN_DETAILS
        if not _is_nan(report[key][j])
    )
    return f"<details><summary>{name}</summary><dl>{items}</dl></details>"


def _top(report, j):
    value = report["top_value"][j]
    if value is None:
        return ""
    return f"<code>{escape(shorten(value, 40))}</code> {report['top_share'][j]:.0%}"


def _chips(texts):
    chips = []
    for text in texts:
        flag, _, number = text.partition(": ")
        chips.append(
            f'<span class="flag">{_words(flag)}</span> '
            f'<span class="soft">{escape(printable(number))}</span>'
        )
    return "<br>".join(chips)


def _bar(share):
    width = 100.0 * min(max(float(share), 0.0), 1.0)
    return f'<span class="bar"><i style="width:{width:.1f}%"></i></span>'


def _words(key):
    return escape(key.replace("_", " "))


def _is_nan(value):
    return isinstance(value, float) and np.isnan(value)


def _number(value):
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}"
    if isinstance(value, (int, np.integer)):
        return f"{value:,}"
    return str(value)
