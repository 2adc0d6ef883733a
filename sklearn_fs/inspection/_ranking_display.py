# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""A ranking of columns as bars."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional
from sklearn_fs.inspection._labels import column_names, plain_labels

_AXIS = {
    "rfi": "share of the target explained beyond chance (rfi)",
    "mi": "mutual information (nats)",
    "mi_corrected": "mutual information beyond chance (nats)",
    "ami": "adjusted mutual information",
}

# Scores whose spread under shuffled labels is that of mutual information, scaled.
_IN_NATS = ("mi", "mi_corrected")


class RankingDisplay:
    """Best columns of a fitted column selector.

    Chosen columns are drawn in colour. Where the selector knows them, there are also
    error bars of two standard deviations of chance, one dot for each repeated fit,
    and a line at the best of the noise controls.

    Read more in the :ref:`User Guide <outrank>`.

    Parameters
    ----------
    scores : ndarray of shape (n_shown,)
        Length of the bars, best column first.
    feature_names : list of str
        Names of these columns.
    selected : ndarray of shape (n_shown,), dtype bool
        Which of them are chosen.
    spread : ndarray of shape (n_shown,), default=None
        Standard deviation of each score under shuffled labels.
    repeats : ndarray of shape (n_fits, n_shown), default=None
        Scores of single fits.
    noise : float, default=None
        Score of the best noise control.
    score_name : str, default="score"
        What the horizontal axis shows.

    Attributes
    ----------
    bars_ : BarContainer
        The bars.
    dots_ : Line2D or None
        Scores of single fits.
    noise_line_ : Line2D or None
        The best noise control.
    ax_ : Axes
        Where it was drawn.
    figure_ : Figure
        The figure.

    See Also
    --------
    sklearn_fs.feature_selection.OutRank : A ranking with all of these.

    Examples
    --------
    >>> from sklearn_fs import OutRank
    >>> from sklearn_fs.datasets import load_german_credit
    >>> from sklearn_fs.inspection import RankingDisplay
    >>> X, y = load_german_credit(return_X_y=True, as_frame=True)
    >>> display = RankingDisplay.from_estimator(OutRank().fit(X, y), top=10)
    >>> len(display.bars_)
    10
    """

    def __init__(
        self,
        scores,
        feature_names,
        selected,
        *,
        spread=None,
        repeats=None,
        noise=None,
        score_name="score",
    ):
        self.scores = scores
        self.feature_names = feature_names
        self.selected = selected
        self.spread = spread
        self.repeats = repeats
        self.noise = noise
        self.score_name = score_name

    @classmethod
    def from_estimator(cls, estimator, *, top=25, feature_names=None, ax=None):
        """Draw the ranking of a fitted selector.

        Parameters
        ----------
        estimator : object
            Fitted, with `scores_` and `support_`, such as any column selector of this
            package. An order in `order_`, `std_mutual_info_`, `noise_scores_` and
            `repeat_importances_` (of shape (n_fits, n_features)) are used if there.
        top : int, default=25
            Number of columns to show.
        feature_names : array-like of str, default=None
            Names of the columns; None takes those seen in fit.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : RankingDisplay
            The drawn display.
        """
        check_is_fitted(estimator, ["scores_", "support_"])
        scores = estimator.scores_
        repeats = getattr(estimator, "repeat_importances_", None)
        order = getattr(estimator, "order_", None)
        if order is None:
            order = np.argsort(-scores, kind="stable")
        if repeats is not None:
            scores = repeats.mean(axis=0)
        order = order[:top]
        feature_names = column_names(estimator, len(scores), feature_names)
        noise = getattr(estimator, "noise_scores_", None)
        spread = _spread(estimator)
        measure = getattr(estimator, "measure", "score")
        display = cls(
            scores[order],
            [feature_names[j] for j in order],
            estimator.support_[order],
            spread=None if spread is None else spread[order],
            repeats=None if repeats is None else repeats[:, order],
            noise=None if noise is None else float(noise.max()),
            score_name=_AXIS.get(measure, measure),
        )
        return display.plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a new figure of at most 10 x 8 inches.

        Returns
        -------
        display : RankingDisplay
            This display.
        """
        if ax is None:
            pyplot = import_optional("matplotlib.pyplot", needed_by="RankingDisplay")
            height = min(8.0, 1.2 + 0.27 * len(self.scores))
            _, ax = pyplot.subplots(figsize=(7.0, height), layout="constrained")
        places = np.arange(len(self.scores))
        self.bars_ = ax.barh(
            places,
            self.scores,
            xerr=None if self.spread is None else 2.0 * self.spread,
            color=np.where(self.selected, "C0", "0.75"),
            height=0.7,
            error_kw={"ecolor": "0.35", "elinewidth": 1.0},
        )
        self.dots_ = self.noise_line_ = None
        if self.repeats is not None and len(self.repeats) > 1:
            (self.dots_,) = ax.plot(
                self.repeats.ravel(),
                np.tile(places, len(self.repeats)),
                "o",
                color="0.2",
                markersize=3,
                alpha=0.7,
            )
        if self.noise is not None:
            self.noise_line_ = ax.axvline(
                self.noise, color="C3", linestyle="--", label="best noise control"
            )
            ax.legend(loc="lower right")
        ax.axvline(0.0, color="0.2", linewidth=0.8)
        ax.set_yticks(places, plain_labels(self.feature_names))
        ax.set_ylim(len(places) - 0.4, -0.6)
        ax.set_xlabel(self.score_name)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _spread(estimator):
    """Standard deviation of the scores under shuffled labels, where it is known."""
    std = getattr(estimator, "std_mutual_info_", None)
    measure = getattr(estimator, "measure", None)
    if std is None:
        return None
    if measure == "rfi":
        return std / estimator.target_entropy_
    return std if measure in _IN_NATS else None
