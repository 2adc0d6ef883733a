# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a fitted scorer can say about people, beyond the scores."""

from numbers import Integral

import numpy as np

from sklearn_fs.recourse._answer_curve import answer_curve
from sklearn_fs.recourse._audit import audit_frame
from sklearn_fs.recourse._comparison import compare_attributions
from sklearn_fs.recourse._notice_page import notice_page
from sklearn_fs.recourse._notices import make_notice, notice_labels, notice_templates
from sklearn_fs.recourse._pairs import changed_units, nearest_pair
from sklearn_fs.recourse._reason_search import ReasonSearch, reason_units
from sklearn_fs.recourse._reasons import (
    Reasons,
    change_texts,
    changes_to,
    empty_row,
    reason_row,
)


class ExplanationMixin:
    """Reasons, notices, audits and comparisons of a scorer."""

    def explain(self, X, n_reasons=None):
        """Give the reasons that a person can act on.

        Only what has a score above 0 is a reason. Reasons are ranked by score, equal
        ones by the standardised distance of the nearest success, then in the order of
        the columns. Columns that belong together are one reason if `group_reasons`:
        the score of a group is the share of the distinct interventions on its
        members, where members without a grid count as much as all others together.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.
        n_reasons : int, default=None
            Most reasons for a person; None: `n_reasons` of the scorer.

        Returns
        -------
        reasons : Reasons
            One row for each reason. A person without a reason has one row whose
            message says whether several changes together help, none does, or nothing
            is proven.

        Raises
        ------
        ValueError
            If `n_reasons` is not a positive integer.
        """
        rows = []
        for person in self._explained(X, n_reasons):
            rows += person["rows"]
        return Reasons(rows)

    def _explained(self, X, n_reasons=None):
        """For each person the recourse class, the rows, and the findings behind."""
        n_reasons = self.n_reasons if n_reasons is None else n_reasons
        if not isinstance(n_reasons, Integral) or n_reasons < 1:
            raise ValueError(
                f"n_reasons={n_reasons!r} must be an integer of at least 1; leave it "
                "out for the scorer's own."
            )
        oracle, first, inverse = self._prepare(X)
        approved = oracle.goal.reaches(oracle.table.take(first))
        denied = first[~approved]
        action_set = self.action_set_
        features = list(action_set)
        units = reason_units(action_set, self._columns, self.group_reasons)
        search = ReasonSearch(
            oracle, self._maker(oracle), units, self.scales_, self.confidence
        )
        found = dict(zip(denied.tolist(), search.find(denied, n_reasons), strict=True))
        bare = np.array([p for p in denied.tolist() if not found[p]], dtype=np.intp)
        classes = dict.fromkeys(first.tolist(), "single")
        classes.update(dict.fromkeys(first[approved].tolist(), "approved"))
        if len(bare):
            own = self.recourse_class(oracle.table.take(bare))
            classes.update(zip(bare.tolist(), own.tolist(), strict=True))
        maker, pairs = self._maker(oracle), {}
        maker.exact = False
        every = reason_units(action_set, np.arange(len(features)), self.group_reasons)
        for p in bare.tolist():
            if classes[p] == "joint":
                pairs[p] = nearest_pair(oracle, maker, every, search.scales, p)
        people = []
        for position, p in enumerate(first[inverse].tolist()):
            x = oracle.Z[p]
            person = {
                "row": position, "class": classes[p], "findings": found.get(p, []),
                "x": x, "pair": None,
            }  # fmt: skip
            person["rows"] = [
                reason_row(features, x, position, rank, finding)
                for rank, finding in enumerate(person["findings"], start=1)
            ]
            if not person["rows"]:
                row = pairs.get(p)
                message = changes = None
                if row is not None:
                    both = changed_units(every, x, row)
                    columns = tuple(j for unit in both for j in unit.columns)
                    person["pair"] = row, columns
                    texts = change_texts(features, x, row, columns)
                    number = "two " if len(both) == 2 else ""
                    message = (
                        f"no single change suffices; these {number}together do: "
                        + ", ".join(texts)
                    )
                    changes = changes_to(features, x, row)
                person["rows"] = [empty_row(position, classes[p], message, changes)]
            people.append(person)
        return people

    def _answer_curve(self, X, feature=None):
        """What :class:`ResponsivenessDisplay` draws along a column."""
        return answer_curve(self, X, feature)

    def notice(self, X, templates=None, labels=None):
        """Draft a notice for each person.

        A draft, not legal advice: it says what could be changed, and supplements the
        reasons for which the model decided. No column that is immutable is named.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.
        templates : dict of str to str, default=None
            Texts that replace those of the same name: "heading", "approved",
            "single", "joint", "pair", "fixed", "unknown" and "reason" with the fields
            of `str.format` that the default uses, and "cautions", a list of texts.
        labels : dict of str to str, default=None
            Names of columns and groups for the reader.

        Returns
        -------
        notices : list of dict
            For each person `row`, `recourse_class`, `reasons` (list of dict),
            `changes` that help only together, `cautions` and the whole `text`; plain
            values that `json.dumps` takes.

        Raises
        ------
        ValueError
            If a template, one of its fields, or a label is unknown.
        """
        texts = notice_templates(templates)
        labels = notice_labels(labels, self)
        features = list(self.action_set_)
        return [
            make_notice(person, features, texts, labels, not self.weights == "uniform")
            for person in self._explained(X)
        ]

    def notice_html(self, X, templates=None, labels=None):
        """Draft the same notices as printable pages.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.
        templates : dict of str to str, default=None
            As in :meth:`notice`.
        labels : dict of str to str, default=None
            As in :meth:`notice`.

        Returns
        -------
        pages : list of str
            One whole HTML page a person, without a script, that loads nothing.
        """
        return [notice_page(one) for one in self.notice(X, templates, labels)]

    def audit(self, X, group=None):
        """Count who can reach the goal, and how.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.
        group : str or array-like of shape (n_samples,), default=None
            A sensitive column, by name or as values; it need not be a feature.

        Returns
        -------
        frame : DataFrame of pandas, or dict of list without pandas
            A row for all and one for each value of `group`: counts `n`, `approved`,
            `denied`, `single`, `joint`, `fixed` and `unknown`; the share of denied
            people among all, and of each class among the denied, with
            Clopper-Pearson limits at `confidence` (`fixed_share`, `fixed_low`,
            `fixed_high`, ...).

        Raises
        ------
        ValueError
            If `group` is no column, or has another length than X.
        """
        oracle, _, _ = self._prepare(X)
        return audit_frame(self.recourse_class(X), oracle.table, group, self.confidence)

    def compare_explanations(
        self, X, attributions, k=4, action_aware=False, sign="abs"
    ):
        """Count reasons without recourse in other explanations.

        The reasons of an explanation are its `k` columns of largest absolute value,
        if that is not 0; the first columns win ties.

        Parameters
        ----------
        X : {dataframe, array-like} of shape (n_samples, n_features)
            People.
        attributions : dict of str to {array-like, callable, Explanation}
            For each explanation an array of shape (n_samples, n_features), an object
            with such `values`, or a function of X that returns one of them. A third
            axis is that of the classes, of which the target is taken.
        k : int, default=4
            Most reasons for a person.
        action_aware : bool, default=False
            Whether columns that cannot be changed are left out first.
        sign : {"abs", "adverse"}, default="abs"
            "adverse" keeps only columns with a negative value, that is, which push
            against the target, if values speak of the target's score.

        Returns
        -------
        frame : DataFrame of pandas, or dict of list without pandas
            One row for each explanation: `name`, `n_denied`; `with_reasons`, the
            share of denied people with reasons; of these the shares for whom all,
            some or no reasons can help (`all_unresponsive`, `some_unresponsive`,
            `some_responsive`, `all_responsive`), `mean_reasons`, the share
            `unresponsive_slots` of reasons with a score of 0, and the share
            `fixed_with_reasons` of people whom nothing helps.

        Raises
        ------
        ValueError
            If an array has another shape than X, or `k` or `sign` is invalid.
        """
        return compare_attributions(self, X, attributions, k, action_aware, sign)
