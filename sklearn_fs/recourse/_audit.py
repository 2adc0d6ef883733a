# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Who is denied, and who can do what about it, group by group."""

import numpy as np

from sklearn_fs.recourse._binomial import binomial_limits
from sklearn_fs.recourse._names import unknown_name

_CLASSES = ("single", "joint", "fixed", "unknown")


def audit_frame(classes, table, group, confidence):
    """Counts, shares and limits.

    Parameters
    ----------
    classes : ndarray of shape (n_samples,)
        Recourse classes.
    table : ColumnTable
    group : str, array-like of shape (n_samples,) or None
    confidence : float

    Returns
    -------
    frame : DataFrame or dict of list
    """
    parts = [("all", np.ones(len(classes), dtype=bool))]
    name = "group"
    if group is not None:
        name, values = _values(group, table)
        parts += _split(values)
    found = {}
    for label, mask in parts:
        for key, value in _one(classes[mask], confidence).items():
            found.setdefault(key, []).append(value)
    found = {name if name not in found else "group": [p[0] for p in parts], **found}
    try:
        import pandas as pd
    except ImportError:
        return found
    return pd.DataFrame(found)


def _values(group, table):
    if isinstance(group, str):
        if group not in table.names:
            raise ValueError(unknown_name(group, table.names, where="group"))
        return group, np.asarray(table.raw(group))
    values = np.asarray(group)
    if values.shape != (table.n_rows,):
        raise ValueError(
            f"group has shape {values.shape}; it must be the name of a column, or one "
            f"value for each of the {table.n_rows} rows of X."
        )
    return str(getattr(group, "name", None) or "group"), values


def _split(values):
    missing = np.array([v is None or v != v for v in values.tolist()], dtype=bool)
    known = values[~missing]
    parts = []
    try:
        labels = sorted(set(known.tolist()))
    except TypeError:
        labels = sorted(set(known.tolist()), key=str)
    for label in labels:
        mask = np.array([v == label for v in values.tolist()], dtype=bool)
        parts.append((label, mask & ~missing))
    if missing.any():
        parts.append(("missing", missing))
    return parts


def _one(classes, confidence):
    counts = {key: int((classes == key).sum()) for key in ("approved", *_CLASSES)}
    denied = len(classes) - counts["approved"]
    row = {"n": len(classes), "approved": counts["approved"], "denied": denied}
    row |= {key: counts[key] for key in _CLASSES}
    for key, hits, total in [
        ("denied", denied, len(classes)),
        *((key, counts[key], denied) for key in _CLASSES),
    ]:
        low, high = binomial_limits(hits, total, confidence)
        row[f"{key}_share"] = hits / total if total else float("nan")
        row[f"{key}_low"], row[f"{key}_high"] = float(low), float(high)
    return row
