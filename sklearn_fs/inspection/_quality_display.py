# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns by how full they are and how many values they really have."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional
from sklearn_fs.inspection._labels import plain_labels, shorten


class QualityDisplay:
    """Coverage of each column against its effective number of values.

    The effective number of values is the exponential of the entropy: 2 for a fair
    coin, 1 for a constant, the number of rows for an identifier. Columns with a
    finding are drawn in colour and named.

    Read more in the :ref:`User Guide <outrank_report>`.

    Parameters
    ----------
    coverage : ndarray of shape (n_features,)
        Share of the rows that have a value.
    effective_cardinality : ndarray of shape (n_features,)
        Exponential of the entropy of the values that are there.
    flagged : ndarray of shape (n_features,), dtype bool
        Columns with a finding.
    feature_names : list of str
        Names of all columns.
    n_rows : int
        Rows of the table, where identifiers are.

    Attributes
    ----------
    points_ : PathCollection
        The columns.
    labels_ : list of Text
        Names of columns with a finding.
    ax_ : Axes
        Where it was drawn.
    figure_ : Figure
        The figure.

    See Also
    --------
    RankingDisplay : Columns by what they say about the target.

    Examples
    --------
    >>> from sklearn_fs import OutRank
    >>> from sklearn_fs.datasets import load_german_credit
    >>> from sklearn_fs.inspection import QualityDisplay
    >>> X, y = load_german_credit(return_X_y=True, as_frame=True)
    >>> display = QualityDisplay.from_estimator(OutRank().fit(X, y))
    >>> len(display.points_.get_offsets())
    20
    """

    def __init__(self, coverage, effective_cardinality, flagged, feature_names, n_rows):
        self.coverage = coverage
        self.effective_cardinality = effective_cardinality
        self.flagged = flagged
        self.feature_names = feature_names
        self.n_rows = n_rows

    @classmethod
    def from_estimator(cls, estimator, *, feature_names=None, ax=None):
        """Draw the columns that a ranker has seen.

        Parameters
        ----------
        estimator : OutRank
            Fitted.
        feature_names : array-like of str, default=None
            Names of the columns; None takes those seen in fit.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : QualityDisplay
            The drawn display.
        """
        check_is_fitted(estimator, "scores_")
        report = estimator.feature_report_
        if feature_names is None:
            feature_names = report["name"]
        display = cls(
            np.asarray(report["coverage"], dtype=float),
            np.asarray(report["effective_cardinality"], dtype=float),
            np.asarray([len(text) > 0 for text in report["findings"]]),
            [str(name) for name in feature_names],
            int(estimator.n_samples_seen_),
        )
        return display.plot(ax=ax)

    def plot(self, ax=None, *, max_labels=12):
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a new figure.
        max_labels : int, default=12
            At most so many columns are named, the emptiest and the fullest first.

        Returns
        -------
        display : QualityDisplay
            This display.
        """
        if ax is None:
            pyplot = import_optional("matplotlib.pyplot", needed_by="QualityDisplay")
            _, ax = pyplot.subplots(figsize=(7.0, 4.5), layout="constrained")
        values = np.maximum(self.effective_cardinality, 1.0)
        share = 100.0 * self.coverage
        self.points_ = ax.scatter(
            values, share, s=28, alpha=0.75, linewidths=0,
            c=np.where(self.flagged, "C3", "C0"),
        )  # fmt: skip
        ax.set_xscale("log")
        ax.set_xlim(0.8, 2.0 * max(self.n_rows, 2))
        # Names stand above their points, most of which are at 100 %.
        ax.set_ylim(-6, 150)
        ax.set_yticks([0, 20, 40, 60, 80, 100])
        ax.axvline(max(self.n_rows, 1), color="0.6", linestyle=":", linewidth=1.0)
        ax.annotate(
            "number of rows", (max(self.n_rows, 1), 0), xytext=(-3, 0), fontsize=8,
            textcoords="offset points", rotation=90, ha="right", color="0.4",
        )  # fmt: skip
        self.labels_ = []
        for j, step in self._named(values, share, max_labels):
            # Names of columns near the right edge lean to the left.
            right = values[j] > 0.3 * self.n_rows
            self.labels_.append(
                ax.annotate(
                    plain_labels([shorten(self.feature_names[j], 24)])[0],
                    (values[j], share[j]),
                    xytext=((-12.0 if right else 12.0) * step, 6), fontsize=8,
                    textcoords="offset points", rotation=-45 if right else 45,
                    rotation_mode="anchor", ha="right" if right else "left",
                )
            )  # fmt: skip
        ax.set_xlabel("effective number of values (red: with a finding)")
        ax.set_ylabel("rows with a value (%)")
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _named(self, values, share, max_labels):
        """Columns to name, and how many steps to the right the name starts."""
        width = np.log10(2.5 * max(self.n_rows, 2))
        place = np.log10(values) / width
        extremity = np.abs(2 * place - 1)
        interest = np.maximum(1 - self.coverage, extremity)
        chosen = [j for j in np.argsort(-interest) if self.flagged[j]][:max_labels]
        named = []
        for j in sorted(chosen, key=lambda j: place[j]):
            step = 0
            while any(
                abs(share[j] - share[i]) < 12
                and abs(place[j] + 0.028 * step - place[i] - 0.028 * s) < 0.025
                for i, s in named
            ):
                step += 1
            named.append((j, step))
        return named
