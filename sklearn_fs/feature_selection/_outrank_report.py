# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a fitted OutRank knows about the quality of the table it has seen."""

import numpy as np
from sklearn.utils import _safe_indexing, column_or_1d
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional
from sklearn_fs.information._chunk_columns import by_column, read_raw
from sklearn_fs.information._dependence import find_dependences
from sklearn_fs.information._drift import codes_against, missing_log_p
from sklearn_fs.information._findings import Thresholds, raise_flags
from sklearn_fs.information._quality import column_statistics
from sklearn_fs.information._row_counts import rows_seen
from sklearn_fs.information._scores import ratio
from sklearn_fs.information._state_relevance import coded_sample, exact_sample

# What decides how a table is counted.
_COUNTING_PARAMS = (
    "categorical_features", "max_categories", "missing", "missing_values", "n_bins",
    "n_target_bins", "pair_sample_size", "random_state", "n_jobs",
)  # fmt: skip


class TableReportMixin:
    """Findings on the columns and the rows of the table behind a ranking."""

    @property
    def feature_report_(self):
        """Statistics and flags of all columns, by the default limits."""
        check_is_fitted(self, "scores_")
        if getattr(self, "_report", None) is None:
            self._report = self.quality_report()
        return self._report

    def quality_report(
        self,
        *,
        rare_threshold=1,
        near_constant=0.999,
        id_like=0.95,
        mostly_missing=0.1,
        unrankable=0.5,
        leak_suspect=0.95,
        significance=1e-3,
        n_blocks=10,
    ):
        """Describe and flag all columns.

        Parameters
        ----------
        rare_threshold : int, default=1
            Values that occur at most so often count as rare.
        near_constant : float, default=0.999
            Flagged above this share of the most frequent value.
        id_like : float, default=0.95
            Flagged above this share of rows whose value occurs once.
        mostly_missing : float, default=0.1
            Flagged below this share of rows with a value.
        unrankable : float, default=0.5
            Flagged where chance alone would explain more than this share of the
            target.
        leak_suspect : float, default=0.95
            Flagged where the column explains more than this share of the target
            beyond chance.
        significance : float, default=1e-3
            Largest p of drift and of informative missing values.
        n_blocks : int, default=10
            Drift is looked for between so many blocks of rows that follow one
            another.

        Returns
        -------
        report : DataFrame or dict of ndarray
            One row for each column of the table; a dict of columns where pandas is
            not installed. `findings` lists the flags with the numbers that raised
            them; `duplicate_of` and `determined_by` are positions of columns or -1.

        Notes
        -----
        Statistics of single columns and of their link with the target are of all
        rows. Repeated and determined columns and drift are looked for on the row
        sample (`n_pair_samples_` rows).
        """
        check_is_fitted(self, "scores_")
        thresholds = Thresholds(
            near_constant, id_like, mostly_missing, unrankable, leak_suspect,
            significance,
        )  # fmt: skip
        state = self._table_state()
        names = self._names()
        statistics = column_statistics(state.columns, rare_threshold)
        statistics["duplicate_of"], statistics["determined_by"] = find_dependences(
            exact_sample(state)
        )
        entropy = self.target_entropy_
        explained = ratio(self.mutual_info_ - self.expected_mutual_info_, entropy)
        chance = ratio(self.expected_mutual_info_, entropy)
        drift, drift_log_p = np.zeros(len(names)), np.zeros(len(names))
        if state.n_rows == state.n_samples:
            # All rows have a position of their own: there is an order to drift in.
            codes, _, positions = coded_sample(state, self.n_bins)
            blocks = positions * n_blocks // max(state.n_rows, 1)
            blocks = np.unique(blocks, return_inverse=True)[1]
            drift, drift_log_p = codes_against(codes, blocks)
        missing = np.array([column.missing_counts for column in state.columns])
        used = state.totals > 0
        flags, findings = raise_flags(
            statistics,
            (explained, chance),
            missing_log_p(missing[:, used], state.totals[used]),
            drift_log_p,
            names,
            thresholds,
        )
        texts = np.empty(len(names), dtype=object)
        texts[:] = findings
        columns = {
            "name": np.array(names, dtype=object),
            **statistics,
            "mutual_info": self.mutual_info_,
            "expected_mutual_info": self.expected_mutual_info_,
            "std_mutual_info": self.std_mutual_info_,
            "score": self.scores_,
            "p_value": self.pvalues_,
            "z": self.z_scores_,
            "drift_mutual_info": drift,
            "drift_p_value": np.exp(drift_log_p),
            **flags,
            "findings": texts,
        }
        try:
            pandas = import_optional("pandas", needed_by="a report as a table")
        except ImportError:
            return columns
        return pandas.DataFrame(columns)

    def print_report(self, top=20):
        """Print the best columns, and all findings, as text.

        Parameters
        ----------
        top : int, default=20
            Columns to print; findings are printed for all columns.
        """
        report = self.feature_report_
        names, findings = list(report["name"]), list(report["findings"])
        shown = self.order_[:top]
        width = min(32, max([len("column"), *(len(str(names[j])) for j in shown)]))
        print(
            f"{self.n_samples_seen_:,} rows, {len(names):,} columns, "
            f"{int(self.support_.sum()):,} chosen\n\n"
            f"  {'rank':>4}  {'column':<{width}}  {'score':>9}  {'p':>8}  "
            f"{'values':>10}  {'missing':>7}  top value"
        )
        for place, j in enumerate(shown, 1):
            value = report["top_value"][j]
            best = "" if value is None else f"{_short(value, 20)} "
            share = report["top_share"][j]
            best += "" if np.isnan(share) else f"({share:.0%})"
            print(
                f"{'*' if self.support_[j] else ' '} {place:>4}  "
                f"{_short(names[j], width):<{width}}  {self.scores_[j]:>9.5f}  "
                f"{self.pvalues_[j]:>8.1e}  {report['cardinality'][j]:>10,}  "
                f"{1 - report['coverage'][j]:>7.1%}  {best}"
            )
        if len(names) > len(shown):
            print(f"  ... and {len(names) - len(shown):,} more columns")
        found = [j for j in self.order_ if findings[j]]
        print(f"\nColumns with findings: {len(found):,}")
        for j in found:
            print(f"  {_short(names[j], 32)}: {'; '.join(findings[j])}")

    def row_report(self, X):
        """How unusual each row is, by the counts of the rows that were seen.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the same table or of another with the same columns.

        Returns
        -------
        report : DataFrame or dict of ndarray
            On the index of X: `share_missing` and `share_zero` of the row's cells,
            `n_rare` values that occurred at most once in what was seen, and
            `surprisal`, the sum over columns of -log of the share of the rows which
            have this value, in nats. Sort by it to see odd rows first. A value never
            seen counts as if it had been seen half a time.
        """
        check_is_fitted(self, "scores_")
        state = self._table_state()
        X = self._validate_chunk(X, reset=False)
        index = getattr(X, "index", None)
        X = by_column(X)
        n = X.shape[0]
        share_missing, share_zero, surprisal = np.zeros((3, n))
        n_rare = np.zeros(n, dtype=np.int64)
        for j, column in enumerate(state.columns):
            seen, missing, zero = rows_seen(column, read_raw(X, j), n)
            share_missing += missing
            share_zero += zero
            n_rare += (seen <= 1) & ~missing
            surprisal -= np.log(np.maximum(seen, 0.5) / max(state.n_samples, 1))
        columns = {
            "share_missing": share_missing / X.shape[1],
            "share_zero": share_zero / X.shape[1],
            "n_rare": n_rare,
            "surprisal": surprisal,
        }
        try:
            pandas = import_optional("pandas", needed_by="a report as a table")
        except ImportError:
            return columns
        return pandas.DataFrame(columns, index=index)

    def _table_state(self):
        """Counts of the table: those of a stream, or of the rows given to fit."""
        if hasattr(self, "_counts"):
            return self._counts
        if "_seen" not in self.__dict__:
            if "_rows" not in self.__dict__:
                raise ValueError(
                    "The rows given to fit are not copied with a ranker that is "
                    "pickled or copied; report on them before, or give them by "
                    "partial_fit, which keeps counts."
                )
            X, y, weights = self._rows
            if weights is not None:
                rows = np.repeat(np.arange(len(weights)), weights)
                X, y = _safe_indexing(X, rows), column_or_1d(y)[rows]
            counter = type(self)(
                **{name: getattr(self, name) for name in _COUNTING_PARAMS}
            )
            counter._count(X, y)
            self._seen = counter._counts
        return self._seen

    def _names(self):
        names = getattr(self, "feature_names_in_", None)
        if names is None:
            return [f"x{j}" for j in range(self.n_features_in_)]
        return [str(name) for name in names]


def _short(value, width):
    text = " ".join(str(value).split())
    # A terminal would obey control characters.
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= width else text[: width - 1] + "~"
