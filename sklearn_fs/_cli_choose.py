# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns chosen by the methods that need a matrix of numbers."""

import warnings
from dataclasses import dataclass

import numpy as np

from sklearn_fs._cli_common import CommandError
from sklearn_fs._utils._top_k import order_by_score
from sklearn_fs.feature_selection import KANSelector, NeuroFS, QuickSelection
from sklearn_fs.neural_network import KANClassifier, KANRegressor


@dataclass
class Choice:
    """Columns by falling score, and how many of them are chosen."""

    order: np.ndarray
    scores: np.ndarray
    n_chosen: int


def choose_kan(table, target, k, seed, jobs):
    """Columns by spline networks.

    Parameters
    ----------
    table : NumericTable
        Of the form "codes", with the rows that have a target.
    target : TargetColumn
    k : int or None
        None leaves the number to the method.
    seed : int
    jobs : int or None

    Returns
    -------
    choice : Choice
    """
    network = KANRegressor if target.classes is None else KANClassifier
    selector = KANSelector(
        network(categorical_features=np.flatnonzero(table.is_categorical)),
        n_features_to_select=k,
        n_jobs=jobs,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # Said below, with what the command can do about it.
        warnings.filterwarnings("ignore", message="No features were selected")
        selector.fit(table.X, target.y)
    if not selector.support_.any():
        raise CommandError(
            "kan found no column that says more about the target than chance; say how "
            "many you want with -k"
        )
    order = order_by_score(selector.scores_)
    # A column without a score may stand above negative ones, and is not chosen.
    order = order[np.argsort(~selector.support_[order], kind="stable")]
    return Choice(order, selector.scores_, selector.n_features_to_select_)


def choose_neurofs(table, target, k, seed, jobs):
    """Columns by a sparse network that sheds its inputs; parameters as above."""
    n_columns = len(table.names)
    k = max(1, n_columns // 2) if k is None else k
    selector = NeuroFS(
        n_features_to_select=k, task=target.task, n_jobs=jobs, random_state=seed
    )
    selector.fit(table.X, target.y)
    return _by_column(selector, table, k)


def choose_quickselection(table, target, k, seed, jobs):
    """Columns that rebuild the others, without a target; parameters as above."""
    if table.X.shape[0] < 2:
        raise CommandError("quickselection needs at least 2 rows")
    selector = QuickSelection(
        n_features_to_select="auto" if k is None else k, n_jobs=jobs, random_state=seed
    )
    selector.fit(table.X)
    return _by_column(selector, table, k)


def _by_column(selector, table, k):
    """The best part of each column counts for it."""
    n_columns = len(table.names)
    scores = np.full(n_columns, -np.inf)
    np.maximum.at(scores, table.owners, selector.scores_)
    if k is None:
        k = len(np.unique(table.owners[selector.support_]))
    return Choice(order_by_score(scores), scores, min(k, n_columns))
