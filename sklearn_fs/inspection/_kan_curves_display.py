# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The curves that a spline network learned for its columns."""

import numpy as np
from sklearn.utils.validation import check_array, check_is_fitted

from sklearn_fs._optional import import_optional
from sklearn_fs.inspection._labels import column_names


class KANCurvesDisplay:
    """Learned curves of the most important columns.

    Each small picture is one column: what it adds to the first units of the network,
    less the mean over the rows, against its values. Units in which the curve varies
    most are drawn strongest; marks below are deciles of the column.

    Read more in the :ref:`User Guide <kan>`.

    Parameters
    ----------
    features : ndarray of shape (n_shown,)
        Numbers of the columns.
    feature_names : list of str
        Their names.
    values : list of ndarray of shape (n_points,)
        Where the curves are drawn, in the unit of each column.
    curves : list of ndarray of shape (n_points, n_curves)
        Centred curves, the one that varies most first.
    deciles : list of ndarray of shape (9,)
        Deciles of each column.

    Attributes
    ----------
    axes_ : ndarray of Axes
        One for each column.
    lines_ : list of list of Line2D
        The curves of each column.
    figure_ : Figure
        The figure.

    See Also
    --------
    RankingDisplay : Scores of the columns with their spread.

    Examples
    --------
    >>> from sklearn.datasets import make_friedman1
    >>> from sklearn_fs.inspection import KANCurvesDisplay
    >>> from sklearn_fs.neural_network import KANRegressor
    >>> X, y = make_friedman1(300, random_state=0)
    >>> model = KANRegressor(max_iter=20, random_state=0).fit(X, y)
    >>> display = KANCurvesDisplay.from_estimator(model, X, n_features=5)
    >>> len(display.axes_)
    5
    """

    def __init__(self, features, feature_names, values, curves, deciles):
        self.features = features
        self.feature_names = feature_names
        self.values = values
        self.curves = curves
        self.deciles = deciles

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        *,
        features=None,
        n_features=6,
        n_curves=3,
        n_points=100,
        axes=None,
    ):
        """Compute the curves of a fitted network and draw them.

        Parameters
        ----------
        estimator : object
            A fitted KANRegressor or KANClassifier, or a selector that keeps one in
            `estimator_`.
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows which say where the columns have their values.
        features : array-like of int or str, default=None
            Columns by number or name; None takes the most important ones.
        n_features : int, default=6
            How many columns to take if `features` is None.
        n_curves : int, default=3
            Curves for each column: those of the units in which it varies most.
        n_points : int, default=100
            Points of each curve.
        axes : array-like of Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : KANCurvesDisplay
            The drawn display.
        """
        network = getattr(estimator, "estimator_", estimator)
        check_is_fitted(network)
        names = column_names(network, network.n_features_in_)
        if features is None:
            order = np.argsort(-network.feature_importances_, kind="stable")
            features = order[:n_features]
        else:
            features = np.array([_number(f, names) for f in features])
        X = check_array(X, dtype=np.float64, ensure_all_finite="allow-nan")
        values, curves, deciles = [], [], []
        for j in features:
            column = X[~np.isnan(X[:, j]), j]
            if column.size == 0:
                raise ValueError(f"Column {names[j]} of X has no value to draw.")
            points = np.linspace(column.min(), column.max(), n_points)
            here = network.edge_function(j, column)
            strongest = np.argsort(-here.std(axis=0), kind="stable")[:n_curves]
            curve = network.edge_function(j, points) - here.mean(axis=0)
            values.append(points)
            curves.append(curve[:, strongest])
            deciles.append(np.percentile(column, np.arange(10, 100, 10)))
        shown = [names[j] for j in features]
        return cls(features, shown, values, curves, deciles).plot(axes=axes)

    def plot(self, axes=None):
        """Draw the curves.

        Parameters
        ----------
        axes : array-like of Axes, default=None
            One for each column; None makes a new figure.

        Returns
        -------
        display : KANCurvesDisplay
            This display.
        """
        n_shown = len(self.features)
        if axes is None:
            pyplot = import_optional("matplotlib.pyplot", needed_by="KANCurvesDisplay")
            n_columns = min(3, n_shown)
            n_rows = -(-n_shown // n_columns)
            _, grid = pyplot.subplots(
                n_rows,
                n_columns,
                figsize=(3.2 * n_columns, 2.6 * n_rows),
                sharey=True,
                squeeze=False,
                layout="constrained",
            )
            for unused in grid.ravel()[n_shown:]:
                unused.set_visible(False)
            axes = grid.ravel()[:n_shown]
        self.axes_ = np.asarray(axes, dtype=object).ravel()
        if len(self.axes_) != n_shown:
            raise ValueError(
                f"axes has {len(self.axes_)} entries; {n_shown} columns are drawn."
            )
        self.figure_ = self.axes_[0].figure
        self.lines_ = []
        for i, ax in enumerate(self.axes_):
            lines = []
            for rank, curve in enumerate(self.curves[i].T):
                strength = 1.0 / (1.0 + rank)
                lines += ax.plot(
                    self.values[i],
                    curve,
                    color="C0",
                    alpha=0.25 + 0.75 * strength,
                    linewidth=0.8 + 1.4 * strength,
                )
            ax.axhline(0.0, color="0.7", linewidth=0.8, zorder=0)
            ax.plot(
                self.deciles[i],
                np.zeros(len(self.deciles[i])),
                "|",
                color="0.3",
                transform=ax.get_xaxis_transform(),
                markersize=9,
            )
            ax.set_title(self.feature_names[i])
            self.lines_.append(lines)
        self.axes_[0].set_ylabel("added to a unit")
        return self


def _number(feature, names):
    if isinstance(feature, str):
        if feature not in names:
            raise ValueError(f"features: there is no column {feature!r}.")
        return names.index(feature)
    if not 0 <= feature < len(names):
        raise ValueError(f"features: {feature} is not in 0..{len(names) - 1}.")
    return int(feature)
