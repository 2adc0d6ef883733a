# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Frames of counts, as a GROUP BY of any engine gives them."""

from collections.abc import Mapping

import narwhals.stable.v1 as nw
import numpy as np

from sklearn_fs.information._target import encode_target


def read_counts(counts):
    """Frames by column.

    Parameters
    ----------
    counts : mapping of str to dataframe, or dataframe
        With the columns value, label, count; a single frame has feature as well.

    Returns
    -------
    columns : dict of str to (values, classes, codes, counts)
        The values as a native frame of one column.
    """
    if isinstance(counts, Mapping):
        columns = {str(name): _read(frame, name) for name, frame in counts.items()}
    else:
        frame = _frame(counts, ("feature", "value", "label", "count"), "counts")
        features = frame["feature"].to_list()
        places = {}
        for i, name in enumerate(features):
            places.setdefault(name, []).append(i)
        columns = {
            str(name): _read(frame[rows].to_native(), name)
            for name, rows in places.items()
        }
    if not columns:
        raise ValueError("counts holds no column; nothing can be ranked.")
    return columns


def _frame(frame, needed, what):
    frame = nw.from_native(frame, eager_only=True, strict=False)
    if not isinstance(frame, nw.DataFrame):
        raise TypeError(
            f"{what} must be a dataframe with the columns {', '.join(needed)}, got "
            f"{type(frame).__name__}."
        )
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise ValueError(
            f"{what} has no column {absent[0]!r}; it needs {', '.join(needed)}."
        )
    return frame


def _read(frame, name):
    what = f"The counts of column {name!r}"
    frame = _frame(frame, ("value", "label", "count"), what)
    weights = np.asarray(frame["count"].to_numpy())
    if weights.dtype.kind not in "iuf":
        weights = weights.astype(np.float64)
    whole = weights.astype(np.int64)
    if (whole != weights).any() or (whole < 0).any():
        raise ValueError(f"{what} must be whole numbers, none negative.")
    keep = np.flatnonzero(whole)
    frame, whole = frame[keep.tolist()], whole[keep]
    if len(whole) == 0:
        raise ValueError(f"{what} are all zero.")
    labels = frame["label"]
    if labels.is_null().any():
        raise ValueError(
            f"{what} have a label that is null: rows without a target say nothing "
            "about any column; leave them out (WHERE label IS NOT NULL)."
        )
    labels = np.array(labels.to_list())
    if labels.dtype.kind == "U":
        labels = labels.astype(object)
    target = encode_target(labels)
    if target.classes is None:
        raise ValueError(f"{what} have labels with a fraction; GROUP BY bins instead.")
    values = frame.select("value").to_native()
    return values, target.classes.tolist(), target.codes, whole
