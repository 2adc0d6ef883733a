# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What one person could change, or what many could, as a picture."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional

_BLUE, _GREY, _GREEN = "#1f5f8b", "0.6", "#2f7d4f"
_MAX_NAMES = 60


class ResponsivenessDisplay:
    """Scores of one person or of many, or the answer along one column.

    Made by :meth:`from_estimator` or :meth:`from_scores`.

    Read more in the :ref:`User Guide <responsiveness>`.

    Parameters
    ----------
    kind : {"bar", "steps", "heatmap"}
        Which picture it is.
    data : dict
        What is drawn. "bar": `names`, `scores`, `low` and `high`. "steps": `name`,
        `now`, `values`, `answers`, `cuts`, `success`, `is_margin` and `is_line`.
        "heatmap": `names` and `scores`.

    Attributes
    ----------
    artist_ : object
        The bars, the line or points, or the image.
    ax_ : Axes
        Where it was drawn.
    figure_ : Figure
        The figure.

    See Also
    --------
    sklearn_fs.recourse.ResponsivenessScorer : What computes the scores.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_fs.inspection import ResponsivenessDisplay
    >>> from sklearn_fs.recourse import ActionSet, ResponsivenessScorer
    >>> X = np.array([[0.5, 1.5], [5.0, 1.0], [2.5, 1.0], [4.0, 0.5]])
    >>> scorer = ResponsivenessScorer(LogisticRegression(), ActionSet.from_frame(X))
    >>> scorer = scorer.fit(X, [0, 1, 0, 1])
    >>> display = ResponsivenessDisplay.from_estimator(scorer, X[:1])
    >>> list(display.data["names"])
    ['x0', 'x1']
    """

    def __init__(self, kind, data):
        self.kind = kind
        self.data = data

    @classmethod
    def from_estimator(cls, estimator, x, *, kind="bar", feature=None, ax=None):
        """Draw one person.

        Parameters
        ----------
        estimator : ResponsivenessScorer
            Fitted.
        x : {dataframe, array-like} of shape (1, n_features) or (n_features,)
            The person.
        kind : {"bar", "steps"}, default="bar"
            "bar": the scores of all columns that can be changed, with their
            intervals. "steps": the answer as a function of one column, all else
            reacting as it must, with the changes that succeed.
        feature : str, default=None
            The column of "steps"; None: the one with the largest score.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ResponsivenessDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If `x` is more than one person, `kind` is unknown, or `feature` cannot be
            changed.
        """
        check_is_fitted(estimator, "action_set_")
        if kind not in ("bar", "steps"):
            raise ValueError(f"kind={kind!r} is not one of 'bar' and 'steps'.")
        if getattr(x, "ndim", None) == 1 and not hasattr(x, "to_frame"):
            x = np.asarray(x)[None]
        elif hasattr(x, "to_frame") and getattr(x, "ndim", None) == 1:
            x = x.to_frame().T.infer_objects()
        if len(x) != 1:
            raise ValueError(
                f"x holds {len(x)} people; a picture is of one, pass X[i : i + 1]."
            )
        if kind == "steps":
            return cls("steps", estimator._answer_curve(x, feature)).plot(ax=ax)
        if feature is not None:
            raise ValueError(
                f"feature={feature!r} belongs to kind='steps'; leave it out for bars."
            )
        names = estimator.action_set_.feature_names
        can = [
            i
            for i, j in enumerate(estimator._columns)
            if estimator.action_set_[names[j]].actionable
        ]
        scores = estimator.score_samples(x)[0, can]
        low, high = estimator.score_intervals(x)[0, can].T
        if np.isnan(scores).any():
            raise ValueError(
                "The person has the wanted prediction, so that there are no scores; "
                "pass somebody else, or fit the scorer with approved='score'."
            )
        order = np.argsort(-scores, kind="stable")
        shown = [names[estimator._columns[can[i]]] for i in order]
        return cls(
            "bar",
            {
                "names": shown,
                "scores": scores[order],
                "low": low[order],
                "high": high[order],
            },
        ).plot(ax=ax)

    @classmethod
    def from_scores(cls, scores, feature_names, *, ax=None):
        """Draw the scores of many people.

        Parameters
        ----------
        scores : array-like of shape (n_samples, n_features)
            From `score_samples`; people who have the wanted prediction (NaN) are left
            out.
        feature_names : array-like of shape (n_features,)
            Names of the columns.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ResponsivenessDisplay
            The drawn display: people by their number of columns that help, columns by
            their mean score.

        Raises
        ------
        ValueError
            If the shapes differ, or no scores are left.
        """
        scores = np.asarray(scores, dtype=np.float64)
        names = [str(name) for name in feature_names]
        if scores.ndim != 2 or scores.shape[1] != len(names):
            raise ValueError(
                f"scores has shape {scores.shape}, but there are {len(names)} "
                "feature_names; give one name for each column."
            )
        scores = scores[~np.isnan(scores).any(axis=1)]
        if not scores.size:
            raise ValueError(
                "scores holds no row without NaN: nobody was denied, nothing to draw."
            )
        columns = np.argsort(-scores.mean(axis=0), kind="stable")
        rows = np.lexsort((-scores.sum(axis=1), -(scores > 0).sum(axis=1)))
        data = {
            "names": [names[j] for j in columns],
            "scores": scores[rows][:, columns],
        }
        return cls("heatmap", data).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the picture.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ResponsivenessDisplay
            This display.
        """
        if ax is None:
            pyplot = import_optional(
                "matplotlib.pyplot", needed_by="ResponsivenessDisplay"
            )
            _, ax = pyplot.subplots(figsize=self._size(), layout="constrained")
        getattr(self, f"_draw_{self.kind}")(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _size(self):
        n = len(self.data.get("names", ()))
        if self.kind == "bar":
            return 6, 1.2 + 0.28 * max(n, 2)
        if self.kind == "heatmap":
            return min(4 + 0.25 * n, 14), 5
        return 6, 3.5

    def _draw_bar(self, ax):
        data = self.data
        place = np.arange(len(data["names"]))
        self.artist_ = ax.barh(place, data["scores"], color=_BLUE, height=0.7)
        wide = data["high"] > data["low"]
        if wide.any():
            score = data["scores"][wide]
            around = [score - data["low"][wide], data["high"][wide] - score]
            ax.errorbar(
                score, place[wide], xerr=np.maximum(around, 0), fmt="none",
                ecolor="black", capsize=3, lw=1,
            )  # fmt: skip
        ax.set_yticks(place, data["names"])
        ax.invert_yaxis()
        ax.set_xlim(0, 1.02)
        ax.set_xlabel("share of the feasible changes that help")

    def _draw_heatmap(self, ax):
        names, scores = self.data["names"], self.data["scores"]
        self.artist_ = ax.imshow(
            scores, aspect="auto", vmin=0, vmax=1, cmap="Blues", interpolation="nearest"
        )
        if len(names) <= _MAX_NAMES:
            ax.set_xticks(np.arange(len(names)), names, rotation=90)
        else:
            ax.set_xlabel("columns, by mean score")
        ax.set_ylabel("denied people")
        ax.figure.colorbar(self.artist_, ax=ax, label="score")

    def _draw_steps(self, ax):
        data = self.data
        first = True
        for low, high in data["success"]:
            label = "wanted prediction" if first else None
            if high > low:
                ax.axvspan(low, high, color=_GREEN, alpha=0.15, lw=0, label=label)
                first = False
        if data["is_line"]:
            (self.artist_,) = ax.plot(
                data["values"], data["answers"], color=_BLUE, label="margin"
            )
            if 0 < len(data["cuts"]) <= 200:
                low = ax.get_ylim()[0]
                ax.plot(
                    data["cuts"], np.full(len(data["cuts"]), low), "|", color=_GREY,
                    ms=10, clip_on=False, label="cuts",
                )  # fmt: skip
        else:
            ok = np.asarray(data["wins"], dtype=bool)
            ax.plot(
                data["values"][~ok], data["answers"][~ok], "x", color=_GREY,
                label="not wanted",
            )  # fmt: skip
            (self.artist_,) = ax.plot(
                data["values"][ok], data["answers"][ok], "o", color=_GREEN,
                label="wanted prediction",
            )  # fmt: skip
        if data["is_margin"]:
            ax.axhline(0, color="black", lw=0.8)
            ax.set_ylabel("margin to the wanted prediction")
        else:
            ax.set_yticks([0, 1], ["no", "yes"])
            ax.set_ylim(-0.3, 1.3)
            ax.set_ylabel("wanted prediction")
        if data["categories"] is not None:
            ax.set_xticks(np.arange(len(data["categories"])), data["categories"])
        if data["now"] is not None:
            ax.axvline(data["now"], color="black", ls="--", lw=1, label="now")
        ax.set_xlabel(data["name"])
        ax.legend()
