# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of a selection of rows."""

import numpy as np
from scipy import sparse
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional


class KeptRowsDisplay:
    """All rows in the plane, the kept ones on top.

    Use :meth:`from_estimator` to make one.

    Parameters
    ----------
    positions : ndarray of shape (n_samples, 2)
        Place of every row.
    support : ndarray of shape (n_samples,), bool
        Which rows are kept.
    codes : ndarray of shape (n_samples,)
        Class number of every row, for the colour.
    weights : ndarray of shape (n_selected,)
        For how many rows each kept row stands; the area of its mark.
    axis_names : tuple of str
        Labels of the axes.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        Their figure.
    rows_ : PathCollection
        Marks of the rows that were left out.
    kept_ : PathCollection
        Marks of the kept rows.

    See Also
    --------
    SizeCurveDisplay : Score against the number of kept rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn_fs.inspection import KeptRowsDisplay
    >>> from sklearn_fs.instance_selection import GraphCoverageSelector
    >>> X, y = load_iris(return_X_y=True)
    >>> selector = GraphCoverageSelector(15).fit(X, y)
    >>> KeptRowsDisplay.from_estimator(selector, X, y).axis_names
    ('component 1', 'component 2')
    """

    def __init__(self, positions, support, codes, weights, axis_names):
        self.positions = positions
        self.support = support
        self.codes = codes
        self.weights = weights
        self.axis_names = axis_names

    @classmethod
    def from_estimator(cls, selector, X, y=None, *, columns=None, ax=None):
        """Draw the selection of a fitted selector.

        Parameters
        ----------
        selector : selector of rows
            Fitted.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows that it was fitted on.
        y : array-like of shape (n_samples,), default=None
            Their labels, for the colour.
        columns : pair of int, default=None
            The two columns to draw. None: the first two principal components of the
            standardised columns, or the columns themselves where there are two.
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        display : KeptRowsDisplay
            With the picture drawn.
        """
        check_is_fitted(selector)
        values = X.toarray() if sparse.issparse(X) else np.asarray(X, dtype=float)
        if columns is None and values.shape[1] <= 2:
            columns = (0, values.shape[1] - 1)
        if columns is None:
            deviation = values.std(axis=0)
            scaled = values / np.where(deviation > 0, deviation, 1.0)
            positions = PCA(2, random_state=0).fit_transform(scaled)
            names = ("component 1", "component 2")
        else:
            positions = values[:, list(columns)]
            seen = getattr(selector, "feature_names_in_", None)
            names = tuple(f"column {c}" if seen is None else seen[c] for c in columns)
        y = np.zeros(len(values)) if y is None else np.asarray(y)
        codes = np.unique(y, return_inverse=True)[1]
        display = cls(positions, selector.support_, codes, selector.weights_, names)
        return display.plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        display : KeptRowsDisplay
            Itself.
        """
        plt = import_optional("matplotlib.pyplot", needed_by="KeptRowsDisplay.plot")
        if ax is None:
            _, ax = plt.subplots()
        limits = {"vmin": 0, "vmax": max(self.codes.max(), 1), "cmap": "viridis"}
        left_out = ~self.support
        self.rows_ = ax.scatter(
            *self.positions[left_out].T,
            c=self.codes[left_out],
            s=8,
            alpha=0.25,
            linewidths=0,
            **limits,
        )
        self.kept_ = ax.scatter(
            *self.positions[self.support].T,
            c=self.codes[self.support],
            s=20 + 60 * self.weights / self.weights.max(),
            edgecolors="black",
            **limits,
        )
        ax.set(xlabel=self.axis_names[0], ylabel=self.axis_names[1])
        ax.set_title(f"{self.support.sum()} of {len(self.support)} rows kept")
        self.ax_, self.figure_ = ax, ax.figure
        return self


class SizeCurveDisplay:
    """Score against the number of kept rows, beside random rows.

    Use :meth:`from_results` with what `search_instances` returns.

    Parameters
    ----------
    results : Bunch
        Of :func:`sklearn_fs.instance_selection.search_instances`.
    name : str, default="selected"
        Legend of the selection.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        Their figure.
    line_ : Line2D
        The selection.
    random_line_ : Line2D
        Random rows of the same number.
    full_line_ : Line2D
        All rows.

    See Also
    --------
    KeptRowsDisplay : Which rows were kept.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn_fs.inspection import SizeCurveDisplay
    >>> from sklearn_fs.instance_selection import (
    ...     GraphCoverageSelector, search_instances)
    >>> X, y = load_iris(return_X_y=True)
    >>> results = search_instances(GraphCoverageSelector(), X, y,
    ...     KNeighborsClassifier(1), [0.1, 0.3], cv=2)
    >>> SizeCurveDisplay.from_results(results).name
    'selected'
    """

    def __init__(self, results, name="selected"):
        self.results = results
        self.name = name

    @classmethod
    def from_results(cls, results, *, name="selected", ax=None):
        """Draw the results of `search_instances`.

        Parameters
        ----------
        results : Bunch
            Its return value.
        name : str, default="selected"
            Legend of the selection.
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        display : SizeCurveDisplay
            With the picture drawn.
        """
        return cls(results, name).plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        display : SizeCurveDisplay
            Itself.
        """
        plt = import_optional("matplotlib.pyplot", needed_by="SizeCurveDisplay.plot")
        if ax is None:
            _, ax = plt.subplots()
        found, sizes = self.results, self.results.n_selected
        self.line_ = ax.errorbar(
            sizes, found.score, found.score_std, marker="o", label=self.name
        ).lines[0]
        self.random_line_ = ax.errorbar(
            sizes,
            found.random_score,
            found.random_score_std,
            marker="s",
            linestyle="--",
            label="random rows",
        ).lines[0]
        self.full_line_ = ax.axhline(
            found.full_score, color="black", linestyle=":", label="all rows"
        )
        ax.set(xlabel="number of kept rows", ylabel="cross-validated score")
        ax.set_xscale("log")
        ax.legend()
        self.ax_, self.figure_ = ax, ax.figure
        return self
