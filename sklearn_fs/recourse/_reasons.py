# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The reasons of some people, one row each."""

import json
import math
from html import escape

import numpy as np

from sklearn_fs.recourse._interventions import _label

FIELDS = (
    "row", "rank", "feature", "score", "low", "high", "exact", "value_now",
    "best_value", "best_changes", "safe_range", "message",
)  # fmt: skip
WITHOUT_REASON = {
    "approved": "the prediction is the wanted one already; nothing has to change",
    "single": "none of the columns asked about suffices alone; another one does",
    "joint": "no single change suffices; several together do",
    "fixed": "no feasible change leads to approval; ask for human review",
    "unknown": (
        "no single change suffices, and whether several together do is not known; "
        "ask for human review"
    ),
}


class Reasons:
    """What would change the answer, for some people.

    Iterating gives one dictionary a reason; a person without a reason has one row in
    which `feature` is None and `message` says why.

    Read more in the :ref:`User Guide <responsiveness>`.

    Parameters
    ----------
    rows : list of dict
        With the keys `row` (position of the person), `rank`, `feature` (a column or a
        group), `score`, `low`, `high`, `exact`, `value_now`, `best_value` (the nearest
        success), `best_changes` (all columns that differ there), `safe_range` (the
        longest success interval) and `message`.

    See Also
    --------
    ResponsivenessScorer.explain : What makes it.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.recourse import (
    ...     ActionSet, FunctionPredictor, ResponsivenessScorer
    ... )
    >>> X = np.array([[0, 0], [5, 1], [2, 1]])
    >>> model = FunctionPredictor(lambda X: (X[:, 0] > 2).astype(int))
    >>> scorer = ResponsivenessScorer(model, ActionSet.from_frame(X)).fit(X)
    >>> for reason in scorer.explain(X[:1]):
    ...     print(reason["feature"], reason["best_value"], reason["safe_range"])
    x0 3 (3, 5)
    """

    def __init__(self, rows):
        self.rows = list(rows)

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def __getitem__(self, index):
        return self.rows[index]

    def __repr__(self):
        people = len({row["row"] for row in self.rows})
        given = sum(row["feature"] is not None for row in self.rows)
        return f"Reasons(n_people={people}, n_reasons={given})"

    def to_frame(self):
        """The reasons as a table.

        Returns
        -------
        frame : DataFrame of pandas, or dict of list without pandas
            One row for each reason, and one for each person without any.
        """
        columns = {key: [row[key] for row in self.rows] for key in FIELDS}
        try:
            import pandas as pd
        except ImportError:
            return columns
        objects = ("feature", "value_now", "best_value", "best_changes", "safe_range")
        return pd.DataFrame(
            {
                key: pd.Series(values, dtype=object) if key in objects else values
                for key, values in columns.items()
            },
            columns=list(FIELDS),
        )

    def to_json(self, **options):
        """The reasons as JSON: a list with one object each.

        Parameters
        ----------
        **options : dict
            For `json.dumps`, such as `indent`.

        Returns
        -------
        text : str
            NaN and missing values are null.
        """
        return json.dumps([as_json(row) for row in self.rows], **options)

    def _repr_html_(self):
        shown = [key for key in FIELDS if key not in ("exact", "best_changes")]
        head = "".join(f"<th>{escape(key)}</th>" for key in shown)
        body = "".join(
            "<tr>"
            + "".join(f"<td>{escape(cell_text(row[key]))}</td>" for key in shown)
            + "</tr>"
            for row in self.rows
        )
        return (
            f"<div><p><b>{escape(repr(self))}</b></p><table><thead><tr>{head}</tr>"
            f"</thead><tbody>{body}</tbody></table></div>"
        )


def as_json(value):
    """A value as JSON can hold it.

    Parameters
    ----------
    value : object

    Returns
    -------
    plain : object
    """
    if isinstance(value, dict):
        return {str(k): as_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(v) for v in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def cell_text(value):
    """A value for the eye.

    Parameters
    ----------
    value : object

    Returns
    -------
    text : str
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{k}: {cell_text(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return " to ".join(cell_text(v) for v in value)
    return str(value)


def share_text(share):
    """A share in per cent; never rounded to all or to nothing.

    Parameters
    ----------
    share : float

    Returns
    -------
    text : str
    """
    percent = 100 * share
    if 0 < percent < 1:
        return "less than 1 %"
    if 99 < percent < 100:
        return "more than 99 %"
    return f"{percent:.0f} %"


def reason_row(features, x, position, rank, finding):
    """One reason.

    Parameters
    ----------
    features : list of FeatureAction
    x : ndarray of shape (n_features,)
    position : int
        Row of the person in X.
    rank : int
    finding : Finding

    Returns
    -------
    row : dict
    """
    unit = finding.unit
    now = {j: value_of(features[j], x[j]) for j in unit.columns}
    changes = {} if finding.row is None else changes_to(features, x, finding.row)
    if unit.is_group:
        best = {
            features[j].name: changes[features[j].name]
            for j in unit.columns
            if features[j].name in changes
        }
        best = best or None
        value_now = {features[j].name: value for j, value in now.items()}
    else:
        (j,) = unit.columns
        best = changes.get(features[j].name)
        value_now = now[j]
    row = {
        "row": int(position),
        "rank": rank,
        "feature": unit.name,
        "score": finding.score,
        "low": finding.low,
        "high": finding.high,
        "exact": bool(finding.exact),
        "value_now": value_now,
        "best_value": best,
        "best_changes": changes,
        "safe_range": _safe_range(features, finding),
    }
    about = "" if finding.exact else "about "
    text = (
        f"{unit.name}: {about}{share_text(finding.score)} of its feasible changes lead "
        "to the wanted prediction"
    )
    if finding.row is not None:
        shown = change_texts(features, x, finding.row, unit.columns, finding.room)
        text += "; the nearest: " + ", ".join(shown)
    row["message"] = text
    return row


def _safe_range(features, finding):
    if finding.safe is None:
        return None
    feature = features[finding.unit.columns[0]]
    if feature.kind == "categorical":
        # Categories have no order in which an interval could be said.
        return None
    return tuple(value_of(feature, end) for end in finding.safe)


def empty_row(position, recourse, message=None, changes=None):
    """The one row of a person without a reason.

    Parameters
    ----------
    position : int
    recourse : str
        Recourse class.
    message : str, default=None
    changes : dict, default=None
        That reach the goal together.

    Returns
    -------
    row : dict
    """
    nothing = float("nan")
    return {
        "row": int(position), "rank": 0, "feature": None, "score": nothing,
        "low": nothing, "high": nothing, "exact": recourse != "unknown",
        "value_now": None, "best_value": None, "best_changes": changes or {},
        "safe_range": None, "message": message or WITHOUT_REASON[recourse],
    }  # fmt: skip


def value_of(feature, code):
    """A number of the search as the user knows it; None for a missing value."""
    return None if np.isnan(code) else _label(feature, np.array([code]))[0]


def changes_to(features, x, row):
    """All columns in which a row differs, with their new values.

    Parameters
    ----------
    features : list of FeatureAction
    x, row : ndarray of shape (n_features,)

    Returns
    -------
    changes : dict of str to value
    """
    moved = (row != x) & ~(np.isnan(row) & np.isnan(x))
    return {
        features[j].name: value_of(features[j], row[j]) for j in np.flatnonzero(moved)
    }


def change_texts(features, x, row, columns, room=None, labels=None):
    """Changes in words; first those of some columns. Immutable columns are not named.

    Parameters
    ----------
    features : list of FeatureAction
    x, row : ndarray of shape (n_features,)
    columns : tuple of int
        Columns that come first.
    room : (float, float), default=None
        Where the first column may be rounded to.
    labels : dict, default=None
        Other names for columns.

    Returns
    -------
    texts : list of str
    """
    labels = labels or {}
    moved = (row != x) & ~(np.isnan(row) & np.isnan(x))
    order = [j for j in columns if moved[j]]
    order += [
        j for j in np.flatnonzero(moved) if features[j].actionable and j not in columns
    ]
    texts = []
    for j in order:
        feature = features[j]
        name = labels.get(feature.name, feature.name)
        before = value_of(feature, x[j])
        after = value_of(feature, row[j])
        if feature.kind == "continuous":
            within = room if room and len(columns) == 1 and j == columns[0] else None
            after = _rounded_away(after, x[j], within)
            before = None if before is None else f"{before:.6g}"
        if before is None:
            texts.append(f"{name} to {after}")
        else:
            texts.append(f"{name} from {before} to {after}")
    return texts


def _rounded_away(value, now, room):
    """A value with few digits, not nearer to the present one, and inside the room."""
    if value is None or not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    up = not value < now
    for digits in (3, 4, 6, 9):
        unit = 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1)
        made = (math.ceil if up else math.floor)(value / unit) * unit
        made = float(f"{made:.{digits}g}")
        inside = room is not None and room[0] <= made <= room[1]
        if (inside or (room is None and digits >= 6)) and (
            made >= value if up else made <= value
        ):
            return f"{made:.{digits}g}"
    return repr(float(value))
