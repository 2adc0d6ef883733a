# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which columns matter together."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional
from sklearn_fs.inspection._labels import column_names, plain_labels

# Standard deviations of chance from which a combination is drawn in colour.
_CERTAIN_Z = 3.0


class InteractionDisplay:
    """Synergy of the best combinations of columns: bars, or a network of pairs.

    Bars carry error bars of two standard deviations of chance. In the network, lines
    are as wide as the synergy is large. Combinations within three standard deviations
    of chance are grey.

    Read more in the :ref:`User Guide <outrank_interactions>`.

    Parameters
    ----------
    members : list of tuple of int
        Columns of each combination, best first.
    synergy : ndarray of shape (n_shown,)
        What they say together beyond what they say apart, in nats.
    z : ndarray of shape (n_shown,)
        The same in standard deviations of chance.
    feature_names : list of str
        Names of all columns.

    Attributes
    ----------
    bars_ : BarContainer or None
        The bars.
    lines_ : list of Line2D or None
        The lines of the network.
    ax_ : Axes
        Where it was drawn.
    figure_ : Figure
        The figure.

    See Also
    --------
    sklearn_fs.feature_selection.InteractionFeatures : Adds them to a table.

    Examples
    --------
    >>> from sklearn_fs import OutRank
    >>> from sklearn_fs.datasets import load_german_credit
    >>> from sklearn_fs.inspection import InteractionDisplay
    >>> X, y = load_german_credit(return_X_y=True, as_frame=True)
    >>> ranker = OutRank(interaction_order=2).fit(X, y)
    >>> display = InteractionDisplay.from_estimator(ranker, top=5)
    >>> len(display.bars_)
    5
    """

    def __init__(self, members, synergy, z, feature_names):
        self.members = members
        self.synergy = synergy
        self.z = z
        self.feature_names = feature_names

    @classmethod
    def from_estimator(
        cls, estimator, *, kind="bars", top=15, feature_names=None, ax=None
    ):
        """Draw the best interactions of a fitted ranking.

        Parameters
        ----------
        estimator : object
            Fitted, with `interactions_`, such as `OutRank(interaction_order=2)` or
            `InteractionFeatures`.
        kind : {"bars", "network"}, default="bars"
            What to draw.
        top : int, default=15
            Number of combinations to show.
        feature_names : array-like of str, default=None
            Names of the columns; None takes those seen in fit.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : InteractionDisplay
            The drawn display.
        """
        check_is_fitted(estimator, ["interactions_"])
        rows = estimator.interactions_[:top]
        fields = [name for name in "ijk" if name in rows.dtype.names]
        members = [tuple(int(row[f]) for f in fields if row[f] >= 0) for row in rows]
        names = column_names(estimator, estimator.n_features_in_, feature_names)
        display = cls(members, rows["synergy"], rows["z"], names)
        return display.plot(kind=kind, ax=ax)

    def plot(self, *, kind="bars", ax=None):
        """Draw.

        Parameters
        ----------
        kind : {"bars", "network"}, default="bars"
            What to draw.
        ax : Axes, default=None
            Where to draw; None makes a new figure of at most 10 x 8 inches.

        Returns
        -------
        display : InteractionDisplay
            This display.
        """
        if kind not in ("bars", "network"):
            raise ValueError(f"kind={kind!r} must be 'bars' or 'network'.")
        if ax is None:
            pyplot = import_optional(
                "matplotlib.pyplot", needed_by="InteractionDisplay"
            )
            height = min(8.0, 1.2 + 0.3 * len(self.members))
            size = (7.0, height) if kind == "bars" else (7.0, 6.0)
            _, ax = pyplot.subplots(figsize=size, layout="constrained")
        self.bars_ = self.lines_ = None
        if kind == "bars":
            self._draw_bars(ax)
        else:
            self._draw_network(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _draw_bars(self, ax):
        names = [
            " & ".join(self.feature_names[j] for j in members)
            for members in self.members
        ]
        known = self.z != 0
        spread = np.divide(self.synergy, self.z, out=np.zeros(len(self.z)), where=known)
        places = np.arange(len(names))
        self.bars_ = ax.barh(
            places,
            self.synergy,
            xerr=2.0 * np.abs(spread),
            color=np.where(self.z > _CERTAIN_Z, "C0", "0.75"),
            height=0.7,
            error_kw={"ecolor": "0.35", "elinewidth": 1.0},
        )
        ax.axvline(0.0, color="0.2", linewidth=0.8)
        ax.set_yticks(places, plain_labels(names))
        ax.set_ylim(len(places) - 0.4, -0.6)
        ax.set_xlabel("synergy (nats)")
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)

    def _draw_network(self, ax):
        nodes = sorted({j for members in self.members for j in members})
        angles = np.linspace(0.0, 2.0 * np.pi, len(nodes), endpoint=False)
        at = {j: (np.cos(a), np.sin(a)) for j, a in zip(nodes, angles, strict=True)}
        top = max(float(np.max(self.synergy, initial=0.0)), 1e-300)
        self.lines_ = []
        for members, synergy, z in zip(self.members, self.synergy, self.z, strict=True):
            closed = (*members, members[0]) if len(members) > 2 else members
            x, y = zip(*(at[j] for j in closed), strict=True)
            share = max(0.0, float(synergy)) / top
            (line,) = ax.plot(
                x, y, color="C0" if z > _CERTAIN_Z else "0.75", zorder=1,
                linewidth=0.5 + 5.0 * share, alpha=0.35 + 0.6 * share,
                solid_capstyle="round",
            )  # fmt: skip
            self.lines_.append(line)
        for j, angle in zip(nodes, angles, strict=True):
            x, y = at[j]
            ax.plot([x], [y], "o", color="0.2", markersize=5, zorder=2)
            ax.annotate(
                plain_labels([self.feature_names[j]])[0],
                (1.07 * x, 1.07 * y),
                ha="left" if x > 0.1 else "right" if x < -0.1 else "center",
                va="bottom" if y > 0.1 else "top" if y < -0.1 else "center",
            )
        ax.set(aspect="equal", xlim=(-1.9, 1.9), ylim=(-1.3, 1.3))
        ax.set_axis_off()
