# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The one list that drives the common tests: a new estimator joins here.

Each entry is an instance with a small budget; a second entry of the same class
with other options is welcome. Nothing else has to be written for an estimator to
get all groups of `test_common.py`.
"""

from sklearn_fs import NeuroFS, OutRank, QuickSelection


def column_selectors():
    """Selectors of columns, fast settings."""
    return [
        NeuroFS(0.5, max_iter=8, hidden_layer_sizes=(40, 20), random_state=0),
        OutRank(),
        OutRank(measure="ami", missing="drop", n_features_to_select=0.5),
        OutRank(measure="loo", categorical_features=None, n_features_to_select=3),
        QuickSelection(max_iter=3, n_hidden=40, random_state=0),
        QuickSelection(
            strategy="wast",
            max_iter=2,
            redundancy=None,
            dtype="float64",
            random_state=0,
        ),
    ]


def order_invariant_selectors():
    """Column selectors whose scores do not depend on the order of rows or columns."""
    return [e for e in column_selectors() if isinstance(e, OutRank)]


def row_selectors():
    """Selectors of rows, fast settings."""
    return []


def other_estimators():
    """Predictors, transformers and scorers that select nothing."""
    return []


def all_estimators():
    return [*column_selectors(), *row_selectors(), *other_estimators()]
