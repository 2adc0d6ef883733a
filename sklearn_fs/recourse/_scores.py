# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The scores of a fitted scorer, their intervals, and the changes behind them."""

import numpy as np
from scipy import stats

from sklearn_fs.recourse._interventions import intervention_frame, pair_shares
from sklearn_fs.recourse._names import unknown_name
from sklearn_fs.recourse._scoring import measure_shares
from sklearn_fs.recourse._search import UNKNOWN, JointSearch

APPROVED, SINGLE = "approved", "single"


class ScoreMixin:
    """Scores, intervals, pairs, interventions and recourse classes of people."""

    def _measure(self, X, columns=None):
        """Shares of all people, and who has the wanted prediction."""
        oracle, first, inverse = self._prepare(X)
        approved = oracle.goal.reaches(oracle.table.take(first))
        todo = first if self.approved == "score" else first[~approved]
        shares = measure_shares(oracle, self._maker(oracle), todo, columns)
        place = np.full(len(oracle.Z), -1)
        place[todo] = np.arange(len(todo))
        return shares, place[first[inverse]], approved[inverse], oracle

    def score_samples(self, X):
        """Score people.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_columns)
            Share of the interventions on each column that reach the goal; a row of
            NaN for a person who is there, unless `approved="score"`.
        """
        shares, place, _, _ = self._measure(X)
        return self._spread(shares.score, place)

    def _spread(self, values, place):
        out = np.full((len(place), len(self._columns)), np.nan)
        known = place >= 0
        out[known] = values[place[known]][:, self._columns]
        return out

    def score_intervals(self, X, *, simultaneous=False):
        """Confidence intervals of the scores.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.
        simultaneous : bool, default=False
            Whether `confidence` holds for all actionable columns of a person
            together.

        Returns
        -------
        intervals : ndarray of shape (n_samples, n_columns, 2)
            Clopper-Pearson limits where a score is an estimate, the score itself
            twice where it is exact.
        """
        shares, place, _, _ = self._measure(X)
        low, high = self._limits(shares, simultaneous)
        return np.stack([self._spread(low, place), self._spread(high, place)], axis=2)

    def _limits(self, shares, simultaneous=False):
        alpha = 1 - self.confidence
        if simultaneous:
            alpha /= max(1, len(self.method_))
        hits, draws = shares.n_hits, shares.n_draws
        with np.errstate(invalid="ignore"):
            low = stats.beta.ppf(alpha / 2, hits, draws - hits + 1)
            high = stats.beta.ppf(1 - alpha / 2, hits + 1, draws - hits)
        low = np.where(hits == 0, 0.0, low)
        high = np.where(hits == draws, 1.0, high)
        estimated = draws > 0
        return (
            np.where(estimated, low, shares.score),
            np.where(estimated, high, shares.score),
        )

    def score_pairs(self, X, pairs):
        """Score pairs of columns that change together.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.
        pairs : sequence of (str, str)
            Columns by name.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_pairs)
            Share of the feasible changes of both that reach the goal; NaN for people
            who are there.
        """
        oracle, first, inverse = self._prepare(X)
        names = self.action_set_.feature_names
        places = []
        for pair in pairs:
            for name in pair:
                if name not in names:
                    raise ValueError(unknown_name(name, names, where="pairs"))
            places.append(tuple(names.index(name) for name in pair))
        approved = oracle.goal.reaches(oracle.table.take(first))
        todo = first if self.approved == "score" else first[~approved]
        scores = np.full((len(oracle.Z), len(places)), np.nan)
        for p, pair in enumerate(places):
            scores[todo, p] = pair_shares(oracle, self._maker(oracle), todo, pair)
        return scores[first[inverse]]

    def interventions(self, X, feature):
        """All changes behind one score: its audit trail.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            One person or a few.
        feature : str
            A column, by name.

        Returns
        -------
        frame : DataFrame or dict of list
            For each intervention the row of the person, the new value, what else
            changes, weight, prediction in the target set, and whether it is a draw.
            Along a column without a grid these are draws, also where the score itself
            is exact.
        """
        oracle, _, _ = self._prepare(X)
        names = self.action_set_.feature_names
        if feature not in names:
            raise ValueError(unknown_name(feature, names, where="interventions"))
        maker = self._maker(oracle)
        maker.exact = False
        return intervention_frame(oracle, maker, names.index(feature))

    # Recourse

    def recourse_class(self, X):
        """Whether people can reach the goal at all, and how.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.

        Returns
        -------
        classes : ndarray of shape (n_samples,), dtype object
            "approved"; "single": a change of one column suffices; "joint": only
            several together; "fixed": proven that no feasible change does; "unknown":
            nothing was found, and nothing is proven.
        """
        oracle, first, inverse = self._prepare(X)
        approved = oracle.goal.reaches(oracle.table.take(first))
        classes = np.full(len(oracle.Z), APPROVED, dtype=object)
        todo = first[~approved]
        maker = self._maker(oracle)
        shares = measure_shares(oracle, maker, todo)
        single = (shares.score > 0).any(axis=1)
        classes[todo[single]] = SINGLE
        search = JointSearch(oracle, maker, self.max_recourse_points)
        classes[todo[~single]] = search.classify(todo[~single])
        return classes[first[inverse]]

    def has_recourse(self, X, *, unknown=None):
        """Whether people have the wanted prediction or can reach it.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.
        unknown : bool, default=None
            What to say where nothing is proven; None raises.

        Returns
        -------
        has : ndarray of shape (n_samples,), dtype bool
            True for "approved", "single" and "joint".
        """
        classes = self.recourse_class(X)
        open_ = classes == UNKNOWN
        if open_.any() and unknown is None:
            raise ValueError(
                f"For {int(open_.sum())} of {len(classes)} people nothing is proven, "
                f"first in row {int(np.flatnonzero(open_)[0])}; raise "
                "max_recourse_points, or say with unknown=True or False how to count "
                "them."
            )
        return np.where(open_, bool(unknown), classes != "fixed")
