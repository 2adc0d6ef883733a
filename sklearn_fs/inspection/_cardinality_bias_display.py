# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What columns of many values seem to say, and what of it is chance."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional


class CardinalityBiasDisplay:
    """Mutual information before and after the correction, against cardinality.

    Each column is joined to what chance alone gives a column of its counts. What is
    left stands in the lower part, with the band of two standard deviations of chance.

    Read more in the :ref:`User Guide <outrank>`.

    Parameters
    ----------
    cardinality : ndarray of shape (n_features,)
        Number of values of each column.
    mutual_info : ndarray of shape (n_features,)
        Mutual information with the target, in nats.
    expected : ndarray of shape (n_features,)
        What chance alone gives.
    std : ndarray of shape (n_features,), default=None
        Its standard deviation.
    selected : ndarray of shape (n_features,), dtype bool, default=None
        Columns to draw in colour.

    Attributes
    ----------
    points_ : list of PathCollection
        Information, expectation and difference.
    axes_ : ndarray of shape (2,)
        The upper and the lower part.
    figure_ : Figure
        The figure.

    See Also
    --------
    RankingDisplay : The ranking itself.

    Examples
    --------
    >>> from sklearn_fs import OutRank
    >>> from sklearn_fs.datasets import load_german_credit
    >>> from sklearn_fs.inspection import CardinalityBiasDisplay
    >>> X, y = load_german_credit(return_X_y=True, as_frame=True)
    >>> display = CardinalityBiasDisplay.from_estimator(OutRank().fit(X, y))
    >>> len(display.points_)
    3
    """

    def __init__(self, cardinality, mutual_info, expected, *, std=None, selected=None):
        self.cardinality = cardinality
        self.mutual_info = mutual_info
        self.expected = expected
        self.std = std
        self.selected = selected

    @classmethod
    def from_estimator(cls, estimator, *, axes=None):
        """Draw the columns of a fitted ranking.

        Parameters
        ----------
        estimator : object
            Fitted, with `cardinality_`, `mutual_info_`, `expected_mutual_info_`,
            `std_mutual_info_` and `support_`, such as `OutRank`.
        axes : array-like of two Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : CardinalityBiasDisplay
            The drawn display.
        """
        check_is_fitted(estimator, ["cardinality_", "expected_mutual_info_"])
        display = cls(
            estimator.cardinality_,
            estimator.mutual_info_,
            estimator.expected_mutual_info_,
            std=estimator.std_mutual_info_,
            selected=estimator.support_,
        )
        return display.plot(axes=axes)

    def plot(self, axes=None):
        """Draw.

        Parameters
        ----------
        axes : array-like of two Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : CardinalityBiasDisplay
            This display.
        """
        if axes is None:
            pyplot = import_optional(
                "matplotlib.pyplot", needed_by="CardinalityBiasDisplay"
            )
            _, axes = pyplot.subplots(
                2, 1, sharex=True, figsize=(7.0, 6.0), layout="constrained"
            )
        upper, lower = axes
        x = np.maximum(self.cardinality, 1)
        chosen = self.selected
        if chosen is None:
            chosen = np.zeros(len(x), dtype=bool)
        colors = np.where(chosen, "C1", "0.6")
        upper.vlines(x, self.expected, self.mutual_info, color="0.85", linewidth=1.0)
        chance = upper.scatter(
            x, self.expected, color="C0", marker="_", s=60, label="by chance"
        )
        seen = upper.scatter(x, self.mutual_info, c=colors, s=22, zorder=3)
        order = np.argsort(x, kind="stable")
        if self.std is not None:
            lower.fill_between(
                x[order], -2 * self.std[order], 2 * self.std[order], color="C0",
                alpha=0.15, linewidth=0, label="2 standard deviations of chance",
            )  # fmt: skip
            lower.legend(loc="lower left")
        lower.axhline(0.0, color="0.2", linewidth=0.8)
        rest = lower.scatter(
            x, self.mutual_info - self.expected, c=colors, s=22, zorder=3
        )
        for label, color in (("selected", "C1"), ("not selected", "0.6")):
            upper.scatter([], [], c=color, s=22, label=label)
        upper.legend(loc="upper left")
        upper.set_ylabel("mutual information (nats)")
        lower.set_ylabel("beyond chance (nats)")
        lower.set(xscale="log", xlabel="number of values")
        for ax in (upper, lower):
            for side in ("top", "right"):
                ax.spines[side].set_visible(False)
        self.points_ = [seen, chance, rest]
        self.axes_ = np.array([upper, lower], dtype=object)
        self.figure_ = upper.figure
        return self
