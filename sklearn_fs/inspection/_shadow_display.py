# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What columns reached, beside what permuted columns reached."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional


class ShadowDisplay:
    """Columns against their shadows, to see where the structure ends.

    After a walk, the gain of every step and the largest gain of a shadow at that
    step. Otherwise the sorted importances, and those of the shadows.

    Read more in the :ref:`User Guide <quick_selection>`.

    Parameters
    ----------
    scores : ndarray of shape (n_scores,)
        What the columns reached, in the order of their choice.
    shadow_scores : ndarray of shape (n_shadow_scores,)
        What the shadows reached.
    xlabel, ylabel : str
        Names of the axes.

    Attributes
    ----------
    line_ : Line2D
        The columns.
    shadow_line_ : Line2D
        The shadows.
    ax_ : Axes
        Where it was drawn.
    figure_ : Figure
        The figure.

    See Also
    --------
    ImportancePathDisplay : How the importances came about.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn_fs.feature_selection import QuickSelection
    >>> from sklearn_fs.inspection import ShadowDisplay
    >>> selector = QuickSelection("auto", max_iter=1, random_state=0)
    >>> display = ShadowDisplay.from_estimator(selector.fit(load_digits().data))
    >>> len(display.scores) == selector.n_spanned_
    True
    """

    def __init__(self, scores, shadow_scores, xlabel, ylabel):
        self.scores = scores
        self.shadow_scores = shadow_scores
        self.xlabel = xlabel
        self.ylabel = ylabel

    @classmethod
    def from_estimator(cls, estimator, *, ax=None):
        """Draw what the columns of a fitted selector and its shadows reached.

        Parameters
        ----------
        estimator : object
            A fitted :class:`~sklearn_fs.feature_selection.QuickSelection` with
            `shadow_scores_`: one with `redundancy="span"`, or with
            `n_features_to_select="auto"`.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ShadowDisplay
            The drawn display.
        """
        check_is_fitted(estimator, ["scores_"])
        if not hasattr(estimator, "shadow_scores_"):
            raise ValueError(
                "The selector was fitted without shadows; fit it with "
                "redundancy='span' or with n_features_to_select='auto'."
            )
        shadows = estimator.shadow_scores_
        if hasattr(estimator, "span_gains_"):
            names = "step of the walk", "gain"
            return cls(estimator.span_gains_, shadows, *names).plot(ax=ax)
        scores = np.sort(estimator.importances_)[::-1]
        names = "rank", "importance"
        return cls(scores, np.sort(shadows)[::-1], *names).plot(ax=ax)

    def plot(self, ax=None):
        """Draw both lines.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ShadowDisplay
            This display.
        """
        if ax is None:
            pyplot = import_optional("matplotlib.pyplot", needed_by="ShadowDisplay")
            _, ax = pyplot.subplots(figsize=(6, 3.5), layout="constrained")
        (self.line_,) = ax.plot(
            np.arange(1, len(self.scores) + 1), self.scores, ".-", label="columns"
        )
        (self.shadow_line_,) = ax.plot(
            np.arange(1, len(self.shadow_scores) + 1),
            self.shadow_scores,
            "--",
            color="0.4",
            label="shadows",
        )
        ax.set_xlabel(self.xlabel)
        ax.set_ylabel(self.ylabel)
        if len(self.scores) and (np.asarray(self.scores) > 0).all():
            ax.set_yscale("log")
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self
