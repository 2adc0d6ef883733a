# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The one list that drives the common tests: a new estimator joins here.

Each entry is an instance with a small budget; a second entry of the same class
with other options is welcome. Nothing else has to be written for an estimator to
get all groups of `test_common.py`.
"""

from sklearn_fs import OutRank


def column_selectors():
    """Selectors of columns, fast settings."""
    return [
        OutRank(),
        OutRank(measure="ami", missing="drop", n_features_to_select=0.5),
        OutRank(measure="loo", categorical_features=None, n_features_to_select=3),
    ]


def order_invariant_selectors():
    """Column selectors whose scores do not depend on the order of rows or columns."""
    return [
        e
        for e in column_selectors()
        if isinstance(e, OutRank) and e.correction == "exact"
    ]


def row_selectors():
    """Selectors of rows, fast settings."""
    return []


def other_estimators():
    """Predictors, transformers and scorers that select nothing."""
    return []


def all_estimators():
    return [*column_selectors(), *row_selectors(), *other_estimators()]
