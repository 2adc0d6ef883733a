# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Importance of the columns while a selector is trained."""

import numpy as np
from sklearn.base import clone

from sklearn_fs._optional import import_optional


class ImportancePathDisplay:
    """Importance of every column over the epochs of a training.

    Read more in the :ref:`User Guide <quick_selection>`.

    Parameters
    ----------
    importances : ndarray of shape (n_epochs, n_features)
        Importance after every epoch.
    highlighted : ndarray of intp
        Columns drawn in colour; the others are grey.

    Attributes
    ----------
    lines_ : list of Line2D
        One line for each column, the highlighted ones last.
    ax_ : Axes
        Where it was drawn.
    figure_ : Figure
        The figure.

    See Also
    --------
    ShadowDisplay : Where the structure ends.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn_fs.feature_selection import QuickSelection
    >>> from sklearn_fs.inspection import ImportancePathDisplay
    >>> display = ImportancePathDisplay.from_estimator(
    ...     QuickSelection(3, max_iter=5, random_state=0), load_wine().data
    ... )
    >>> display.importances.shape
    (5, 13)
    """

    def __init__(self, importances, highlighted):
        self.importances = importances
        self.highlighted = highlighted

    @classmethod
    def from_estimator(cls, estimator, X, *, highlighted=None, ax=None):
        """Train a copy of a selector epoch by epoch and draw what happens.

        Parameters
        ----------
        estimator : object
            A :class:`~sklearn_fs.feature_selection.QuickSelection`; it is cloned and
            not changed. The walk over redundant columns is left out.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The table; `max_iter` epochs are trained.
        highlighted : array-like of int, default=None
            Columns drawn in colour. None: those with the largest importance at the
            end, as many as are to be selected, at most ten.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ImportancePathDisplay
            The drawn display.
        """
        selector = clone(estimator).set_params(redundancy=None)
        path = []
        for _ in range(selector.max_iter):
            path.append(selector.partial_fit(X).importances_)
        path = np.array(path)
        if highlighted is None:
            n_shown = min(10, selector.n_features_to_select_)
            # Scores know which columns are constant, importances do not.
            highlighted = np.argsort(-selector.scores_, kind="stable")[:n_shown]
        return cls(path, np.asarray(highlighted, dtype=np.intp)).plot(ax=ax)

    def plot(self, ax=None):
        """Draw one line for each column.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ImportancePathDisplay
            This display.
        """
        if ax is None:
            pyplot = import_optional(
                "matplotlib.pyplot", needed_by="ImportancePathDisplay"
            )
            _, ax = pyplot.subplots(figsize=(6, 3.5), layout="constrained")
        n_epochs, n_features = self.importances.shape
        epochs = np.arange(1, n_epochs + 1)
        rest = np.setdiff1d(np.arange(n_features), self.highlighted)
        grey = {"color": "0.8", "linewidth": 0.7}
        self.lines_ = [ax.plot(epochs, self.importances[:, j], **grey)[0] for j in rest]
        self.lines_ += [
            ax.plot(epochs, self.importances[:, j], label=f"column {j}")[0]
            for j in self.highlighted
        ]
        ax.set_xlabel("epoch")
        ax.set_ylabel("importance")
        self.ax_, self.figure_ = ax, ax.figure
        return self
