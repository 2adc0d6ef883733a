# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""How many rows of each class a selector keeps."""

import warnings
from collections.abc import Mapping
from numbers import Integral

import numpy as np


def class_quotas(n_samples, counts, classes, min_per_class):
    """Rows to keep of each class.

    Parameters
    ----------
    n_samples : float, int or dict
        A float is the share of every class, an int the total, a dict the number for
        each label; a label that it does not name keeps all its rows.
    counts : ndarray of shape (n_classes,)
        Rows of each class, all at least 1.
    classes : ndarray of shape (n_classes,)
        Labels, for a dict.
    min_per_class : int
        No class falls below min(count, min_per_class); a dict says what it wants
        and is only kept within 1 and the count.

    Returns
    -------
    quotas : ndarray of shape (n_classes,), intp
    """
    counts = np.asarray(counts, dtype=np.intp)
    if isinstance(n_samples, Mapping):
        return _from_dict(n_samples, counts, classes)
    floor = np.minimum(counts, min_per_class)
    if not isinstance(n_samples, Integral):
        asked = np.round(n_samples * counts).astype(np.intp)
        return np.minimum(counts, np.maximum(floor, asked))
    total = counts.sum()
    if n_samples > total:
        warnings.warn(
            f"n_samples={n_samples} is larger than the {total} rows of X; all rows "
            "are kept.",
            UserWarning,
            stacklevel=4,
        )
        return counts
    if n_samples < floor.sum():
        warnings.warn(
            f"n_samples={n_samples} cannot hold min_per_class={min_per_class} rows "
            f"of each of the {len(counts)} classes; {floor.sum()} rows are kept. "
            "Lower min_per_class for a smaller selection.",
            UserWarning,
            stacklevel=4,
        )
        return floor
    return _proportional(n_samples, counts, floor)


def _proportional(total, counts, floor):
    """Split a total in proportion to the counts, no class below its floor.

    Classes whose share is below their floor get the floor; the others share what
    is left, again by proportion, until nothing changes.
    """
    fixed = np.zeros(len(counts), dtype=bool)
    while True:
        left = total - floor[fixed].sum()
        share = np.where(fixed, floor, left * counts / max(counts[~fixed].sum(), 1))
        low = ~fixed & (share < floor)
        if not low.any():
            break
        fixed |= low
    quotas = np.floor(share + 1e-9).astype(np.intp)
    # Largest remainder, ties by the order of the classes.
    remainder = np.where(fixed, -1.0, share - quotas)
    order = np.argsort(-remainder, kind="stable")
    quotas[order[: total - quotas.sum()]] += 1
    return np.minimum(quotas, counts)


def _from_dict(wanted, counts, classes):
    labels = {label: number for number, label in enumerate(classes.tolist())}
    quotas = counts.copy()
    for label, number in wanted.items():
        label = label.item() if hasattr(label, "item") else label
        if label not in labels:
            raise ValueError(
                f"n_samples names the label {label!r}, which is not in y; the labels "
                f"are {list(labels)}."
            )
        if not isinstance(number, Integral) or number < 1:
            raise ValueError(
                f"n_samples[{label!r}]={number!r} must be an int of at least 1: the "
                "number of rows to keep of this label."
            )
        quotas[labels[label]] = min(number, counts[labels[label]])
    return quotas
