# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Scores of columns, with their spread over repeated fits."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional


class FeatureScoresDisplay:
    """Best columns of a fitted selector, as bars with one dot for each fit.

    Read more in the :ref:`User Guide <kan>`.

    Parameters
    ----------
    scores : ndarray of shape (n_shown,)
        Length of the bars, best column first.
    feature_names : list of str
        Names of the columns.
    selected : ndarray of shape (n_shown,), dtype bool
        Whether a column was chosen; chosen ones are drawn in colour.
    repeats : ndarray of shape (n_fits, n_shown), default=None
        The scores of each fit.

    Attributes
    ----------
    bars_ : BarContainer
        The bars.
    dots_ : Line2D or None
        The dots.
    ax_ : Axes
        Where it was drawn.
    figure_ : Figure
        The figure.

    See Also
    --------
    KANCurvesDisplay : What the network learned about the columns.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn_fs.feature_selection import KANSelector
    >>> from sklearn_fs.inspection import FeatureScoresDisplay
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> selector = KANSelector(method="l2", n_features_to_select=4, n_repeats=3)
    >>> display = FeatureScoresDisplay.from_estimator(selector.fit(X, y), n_features=8)
    >>> len(display.bars_)
    8
    """

    def __init__(self, scores, feature_names, selected, repeats=None):
        self.scores = scores
        self.feature_names = feature_names
        self.selected = selected
        self.repeats = repeats

    @classmethod
    def from_estimator(cls, estimator, *, n_features=15, ax=None):
        """Draw the scores of a fitted selector.

        Parameters
        ----------
        estimator : object
            A fitted selector with `scores_` and `support_`. Where it has
            `repeat_importances_`, their mean is drawn, and a dot for each fit.
        n_features : int, default=15
            Number of columns to show.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : FeatureScoresDisplay
            The drawn display.
        """
        check_is_fitted(estimator, ["scores_", "support_"])
        order = np.argsort(-estimator.scores_, kind="stable")[:n_features]
        repeats = getattr(estimator, "repeat_importances_", None)
        scores = estimator.scores_ if repeats is None else repeats.mean(axis=0)
        names = getattr(estimator, "feature_names_in_", None)
        if names is None:
            names = [f"x{j}" for j in range(len(scores))]
        display = cls(
            scores[order],
            [str(names[j]) for j in order],
            estimator.support_[order],
            None if repeats is None else repeats[:, order],
        )
        return display.plot(ax=ax)

    def plot(self, ax=None):
        """Draw the bars and dots.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : FeatureScoresDisplay
            This display.
        """
        if ax is None:
            pyplot = import_optional(
                "matplotlib.pyplot", needed_by="FeatureScoresDisplay"
            )
            height = 1.0 + 0.3 * len(self.scores)
            _, ax = pyplot.subplots(figsize=(6.0, height), layout="constrained")
        places = np.arange(len(self.scores))
        colours = np.where(self.selected, "C0", "0.75")
        self.bars_ = ax.barh(places, self.scores, color=colours, height=0.7)
        self.dots_ = None
        if self.repeats is not None and len(self.repeats) > 1:
            (self.dots_,) = ax.plot(
                self.repeats.ravel(),
                np.tile(places, len(self.repeats)),
                "o",
                color="0.2",
                markersize=3,
                alpha=0.7,
            )
        ax.set_yticks(places, self.feature_names)
        ax.invert_yaxis()
        ax.set_xlabel("score")
        self.ax_, self.figure_ = ax, ax.figure
        return self
