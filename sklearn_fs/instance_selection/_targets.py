# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""From any target to class codes: labels, one-hot rows, or strata of a number."""

import numpy as np
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import assert_all_finite, column_or_1d


def encode_target(y, *, task="classification", n_bins=10, min_per_class=5):
    """Codes 0..K-1 of a target.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
    task : {"auto", "classification", "regression"}
        "auto" takes float targets with fractions as regression.
    n_bins, min_per_class : int
        Strata of a regression target; each holds at least 2 * min_per_class rows.

    Returns
    -------
    codes : ndarray of shape (n_samples,), intp
    classes : ndarray of shape (n_classes,)
        Labels; for regression the mean target of each stratum.
    """
    check_finite_target(y)
    kind = type_of_target(y, input_name="y")
    if kind == "multilabel-indicator":
        y = y.toarray() if hasattr(y, "toarray") else np.asarray(y)
        if np.any(y.sum(axis=1) != 1):
            raise ValueError(
                "y has several columns that are not the one-hot code of one label. "
                "Multilabel and multioutput targets are not supported."
            )
        return y.argmax(axis=1).astype(np.intp), np.arange(y.shape[1])
    if kind.endswith("multioutput"):
        raise ValueError(
            f"y has type {kind!r} with several columns. "
            "Multilabel and multioutput targets are not supported."
        )
    y = column_or_1d(y, warn=True)
    if task == "regression" or (task == "auto" and kind == "continuous"):
        return _strata(np.asarray(y, dtype=np.float64), n_bins, min_per_class)
    check_classification_targets(y)
    classes, codes = np.unique(y, return_inverse=True)
    return codes.astype(np.intp), classes


def check_finite_target(y):
    """Refuse NaN and infinity before anything is cast."""
    if not hasattr(y, "tocsr"):
        y = np.asarray(y)
        if y.dtype.kind in "fO":
            assert_all_finite(y, input_name="y")


def is_regression(y, task):
    """Whether `encode_target` would cut y into strata."""
    return task == "regression" or (
        task == "auto" and type_of_target(y) == "continuous"
    )


def _strata(y, n_bins, min_per_class):
    """Cut a number at its quantiles; thin strata join their lower neighbour."""
    least = 2 * min_per_class
    n_bins = max(1, min(n_bins, len(y) // least))
    cuts = np.unique(np.quantile(y, np.arange(1, n_bins) / n_bins))
    codes = np.searchsorted(cuts, y, side="right")
    counts = np.bincount(codes, minlength=len(cuts) + 1)
    # Many equal targets move the cuts together, which leaves thin strata.
    group, size, target = 0, 0, np.zeros(len(counts), dtype=np.intp)
    for number, count in enumerate(counts):
        if size >= least:
            group, size = group + 1, 0
        target[number] = group
        size += count
    if size < least and group > 0:
        target[target == group] = group - 1
    codes = target[codes]
    sums = np.bincount(codes, weights=y)
    return codes, sums / np.bincount(codes)
