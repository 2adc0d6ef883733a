# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which columns repeat each other."""

import numpy as np
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional
from sklearn_fs.inspection._labels import column_names, plain_labels

# More names than these cannot be read along an axis.
_MAX_NAMES = 60


class PairwiseDisplay:
    """Pairs of columns: a heat map in which groups stand together, or a tree.

    Read more in the :ref:`User Guide <outrank_criteria>`.

    Parameters
    ----------
    scores : ndarray of shape (n_shown, n_shown)
        Similarity of pairs, 1 for columns that are renamings of each other.
    feature_names : list of str
        Names of these columns.
    selected : ndarray of shape (n_shown,), dtype bool
        Which of them are chosen; their names are bold.

    Attributes
    ----------
    linkage_ : ndarray of shape (n_shown - 1, 4)
        Average linkage on 1 - similarity, as of `scipy.cluster.hierarchy`.
    leaves_ : ndarray of shape (n_shown,)
        Order of the columns in the picture.
    image_ : AxesImage or None
        The heat map.
    ax_ : Axes
        Where it was drawn.
    figure_ : Figure
        The figure.

    See Also
    --------
    sklearn_fs.feature_selection.OutRank : With `pairwise=True` it has the scores.

    Examples
    --------
    >>> from sklearn_fs import OutRank
    >>> from sklearn_fs.datasets import load_german_credit
    >>> from sklearn_fs.inspection import PairwiseDisplay
    >>> X, y = load_german_credit(return_X_y=True, as_frame=True)
    >>> ranker = OutRank(pairwise=True).fit(X, y)
    >>> display = PairwiseDisplay.from_estimator(ranker, kind="dendrogram")
    >>> display.linkage_.shape[0] == X.shape[1] - 1
    True
    """

    def __init__(self, scores, feature_names, selected):
        self.scores = scores
        self.feature_names = feature_names
        self.selected = selected

    @classmethod
    def from_estimator(
        cls, estimator, *, kind="heatmap", top=200, feature_names=None, ax=None
    ):
        """Draw the pairs of the best columns of a fitted ranking.

        Parameters
        ----------
        estimator : object
            Fitted, with `pairwise_scores_`, `order_` and `support_`, such as
            `OutRank(pairwise=True)`.
        kind : {"heatmap", "dendrogram"}, default="heatmap"
            What to draw.
        top : int, default=200
            Number of columns to show, best first.
        feature_names : array-like of str, default=None
            Names of the columns; None takes those seen in fit.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : PairwiseDisplay
            The drawn display.
        """
        check_is_fitted(estimator, ["pairwise_scores_", "order_"])
        order = estimator.order_[:top]
        scores = estimator.pairwise_scores_[np.ix_(order, order)]
        np.fill_diagonal(scores, 1.0)
        if np.isnan(scores).any():
            raise ValueError(
                f"Not all pairs of the best {len(order)} columns were computed; fit "
                "with pairwise=True, or show fewer columns than were picked (top=...)."
            )
        every = column_names(estimator, len(estimator.order_), feature_names)
        names = [every[j] for j in order]
        display = cls(scores, names, estimator.support_[order])
        return display.plot(kind=kind, ax=ax)

    def plot(self, *, kind="heatmap", ax=None):
        """Draw.

        Parameters
        ----------
        kind : {"heatmap", "dendrogram"}, default="heatmap"
            What to draw.
        ax : Axes, default=None
            Where to draw; None makes a new figure of at most 10 x 8 inches.

        Returns
        -------
        display : PairwiseDisplay
            This display.
        """
        if kind not in ("heatmap", "dendrogram"):
            raise ValueError(f"kind={kind!r} must be 'heatmap' or 'dendrogram'.")
        if len(self.scores) < 2:
            raise ValueError(
                "A picture of pairs needs at least 2 columns, got "
                f"{len(self.scores)}; raise top."
            )
        distance = 1.0 - np.clip(self.scores, 0.0, 1.0)
        np.fill_diagonal(distance, 0.0)
        pairs = squareform(distance, checks=False)
        self.linkage_ = hierarchy.linkage(pairs, "average", optimal_ordering=True)
        self.leaves_ = hierarchy.leaves_list(self.linkage_)
        if ax is None:
            pyplot = import_optional("matplotlib.pyplot", needed_by="PairwiseDisplay")
            size = float(np.clip(2.5 + 0.2 * len(self.scores), 3.5, 8.0))
            width = min(10.0, size * 1.25)
            _, ax = pyplot.subplots(figsize=(width, size), layout="constrained")
        self.image_ = None
        if kind == "heatmap":
            self._heatmap(ax)
        else:
            self._tree(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _heatmap(self, ax):
        leaves = self.leaves_
        self.image_ = ax.imshow(
            np.clip(self.scores[np.ix_(leaves, leaves)], 0.0, 1.0),
            vmin=0.0,
            vmax=1.0,
            cmap="Blues",
        )
        ax.figure.colorbar(
            self.image_, ax=ax, label="adjusted mutual information", shrink=0.8
        )
        if len(leaves) > _MAX_NAMES:
            ax.set(xticks=[], yticks=[])
            return
        names = plain_labels(self.feature_names[i] for i in leaves)
        small = {"fontsize": "small" if len(leaves) <= 30 else "x-small"}
        ax.set_xticks(range(len(leaves)), names, rotation=90, **small)
        ax.set_yticks(range(len(leaves)), names, **small)
        for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
            self._mark(labels)

    def _mark(self, labels):
        for label, i in zip(labels, self.leaves_, strict=True):
            if self.selected[i]:
                label.set_fontweight("bold")

    def _tree(self, ax):
        # Drawn by hand: scipy would choose colours and sizes through pyplot.
        tree = hierarchy.dendrogram(self.linkage_, no_plot=True)
        for heights, places in zip(tree["dcoord"], tree["icoord"], strict=True):
            # Leaves are ten apart, the first at five.
            ax.plot(heights, (np.array(places) - 5.0) / 10.0, color="C0", linewidth=1.2)
        ax.set_xlabel("1 - adjusted mutual information")
        top = max(1e-3, self.linkage_[-1, 2])
        ax.set_xlim(1.02 * top, -0.01 * top)
        ax.set_ylim(len(self.leaves_) - 0.4, -0.6)
        for side in ("top", "left", "right"):
            ax.spines[side].set_visible(False)
        ax.yaxis.tick_right()
        if len(self.leaves_) > _MAX_NAMES:
            ax.set_yticks([])
            return
        names = plain_labels(self.feature_names[i] for i in self.leaves_)
        ax.set_yticks(range(len(names)), names, fontsize="small")
        self._mark(ax.get_yticklabels())
