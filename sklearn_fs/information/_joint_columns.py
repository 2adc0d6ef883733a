# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""One column against all others, and joined with all others against the target."""

from dataclasses import replace

import numpy as np
from scipy import special

from sklearn_fs.information._coded_table import dense_block, restrict_rows
from sklearn_fs.information._conditional_fast import expected_within_strata
from sklearn_fs.information._contingency import JointCounts, count_against
from sklearn_fs.information._expected_pairs import ExpectedPairs, expected_of
from sklearn_fs.information._factorize_fast import factorize_words
from sklearn_fs.information._null import NullMoments, log_table
from sklearn_fs.information._pivot_counts import count_pivot
from sklearn_fs.information._relevance import _information, _summarise
from sklearn_fs.information._scores import TINY, adjusted

# Standard deviations from which a column is taken to say something for itself.
CERTAIN_Z = 3.0
# Entries of joint codes that exist at one time.
_CELLS_AT_ONCE = 2**22
_NO_WORDS = np.empty(0, dtype=np.uint8)


def join_codes(left, n_left, right, n_right, drop_missing=False):
    """Codes of the pairs of values of two columns.

    Parameters
    ----------
    left, right : ndarray of shape (n_samples,), dtype uint32
        Codes; 0 means missing.
    n_left, n_right : int
        Number of codes.
    drop_missing : bool, default=False
        A row is missing where either is; else missing is a value like others and the
        joint column has none.

    Returns
    -------
    codes : ndarray of shape (n_samples,), dtype uint32
        From 1 to `n_codes` - 1; 0 is missing.
    n_codes : int
    """
    n_cells = n_left * n_right
    if n_cells <= max(65536, 4 * len(left)):
        codes = left * np.uint32(n_right) + right + np.uint32(1)
        n_codes = n_cells + 1
    else:
        # Products of codes need 64 bits, and a table over them would be too wide.
        words = left.astype(np.uint64) * np.uint64(n_right) + right
        codes = np.empty(len(words), dtype=np.uint32)
        n_codes = len(factorize_words(words, _NO_WORDS, codes)) + 1
    if drop_missing:
        codes[(left == 0) | (right == 0)] = 0
    return codes, n_codes


class PairStatistics:
    """What pairs of columns share, and what they say about a target together.

    Parameters
    ----------
    table : CodedTable
    target_codes : ndarray of shape (n_samples,), dtype uint32
        Codes of the target, from 0.
    target_totals : ndarray of shape (n_classes,), dtype int64
        Weight of each class.
    corrected : bool, default=True
        Take off what chance alone gives.
    drop_missing : bool, default=False
        Leave out the rows where a column of the pair is missing, instead of making
        missing a category.
    average_method : str, default="arithmetic"
        Mean of the entropies in the adjusted mutual information.
    n_threads : int, default=1
    """

    def __init__(
        self, table, target_codes, target_totals, *, corrected=True,
        drop_missing=False, average_method="arithmetic", n_threads=1,
    ):  # fmt: skip
        self.table = table
        self.target_codes = target_codes
        self.target_totals = target_totals
        self.corrected = corrected
        self.drop_missing = drop_missing
        self.average_method = average_method
        self.n_threads = n_threads
        self._singles = None
        # What all pivots share, and what was counted last.
        self._null = NullMoments(target_totals[target_totals > 0], n_threads)
        self._counts = self._expected = self._last = None

    @property
    def singles(self):
        """What :meth:`relevance_of` says of the single columns."""
        if self._singles is None:
            self._count_singles()
            self._singles = self._summary(self._counts)[:3]
        return self._singles

    def _count_singles(self):
        if self._counts is None:
            parts = [self._count(block) for block in self.table.blocks()]
            self._counts = JointCounts.concatenate(parts)

    @property
    def target_entropy(self):
        """Entropy of the target over all rows of the table, in nats."""
        shares = self.target_totals / self.target_totals.sum()
        return float(special.entr(shares).sum())

    def redundancy(self, pivot, columns):
        """Adjusted mutual information of one column with others.

        Parameters
        ----------
        pivot : int
        columns : ndarray of int, rising

        Returns
        -------
        ami : ndarray of shape (len(columns),)
        """
        if len(columns) == 0:
            return np.empty(0)
        if self.drop_missing:
            return self._redundancy_of_present(pivot, columns)
        if self._expected is None:
            self._count_singles()
            self._expected = ExpectedPairs(self._counts.margins, self.n_threads)
        if self._was_counted(pivot, columns):
            joint = self._last[2]
        else:
            joint = count_pivot(self.table, pivot, columns, n_threads=self.n_threads)
        # Pairs of values of column and pivot, and values of the column.
        joint = replace(
            joint,
            sum_xlogx=joint.sum_xlogx_rows,
            sum_xlogx_rows=self._counts.sum_xlogx_rows[columns],
        )
        codes, n_codes = self.table.column(pivot)
        totals = np.bincount(codes, self.table.weights, minlength=n_codes)
        totals = totals[totals > 0].astype(np.int64)
        expected = self._expected(columns, totals) if self.corrected else None
        return self._ami(joint, totals, expected)

    def _was_counted(self, pivot, columns):
        if self._last is None or self._last[0] != pivot:
            return False
        return np.array_equal(self._last[1], columns)

    def _redundancy_of_present(self, pivot, columns):
        """The same over the rows where both columns are present."""
        codes, n_codes = self.table.column(pivot)
        keep = codes > 0
        codes = codes[keep] - np.uint32(1)
        weights = self.table.weights
        weights = None if weights is None else weights[keep]
        if len(codes) == 0:
            return np.zeros(len(columns))
        totals = np.bincount(codes, weights, minlength=n_codes - 1).astype(np.int64)
        parts = []
        for block in self.table.blocks(columns):
            if not keep.all():
                block = restrict_rows(block, keep)
            joint = count_against(
                block, codes, totals, weights=weights, skip_missing=True,
                n_threads=self.n_threads,
            )  # fmt: skip
            expected = None
            if self.corrected:
                expected = _expected_present(joint, totals, self.n_threads)
            parts.append(self._ami(joint, totals, expected))
        return np.concatenate(parts)

    def _ami(self, joint, totals, expected):
        information, n, class_sums = _information(joint, totals, self.drop_missing)
        safe_n = np.maximum(n, 1)
        entropy = np.maximum(np.log(safe_n) - joint.sum_xlogx_rows / safe_n, 0.0)
        entropy_pivot = np.maximum(np.log(safe_n) - class_sums / safe_n, 0.0)
        if expected is None:
            expected = np.zeros(len(information))
        else:
            certain = np.minimum(entropy, entropy_pivot) <= TINY
            expected = np.where(certain, information, expected)
        return adjusted(
            information, expected, entropy, entropy_pivot, self.average_method
        )

    def joint_relevance(self, pivot, columns):
        """What a column says about the target together with others.

        Parameters
        ----------
        pivot : int
        columns : ndarray of int, rising

        Returns
        -------
        information : ndarray of shape (len(columns),)
            Corrected, in nats.
        std : ndarray of shape (len(columns),)
            Its standard deviation under shuffled labels.
        expected : ndarray of shape (len(columns),)
            What was taken off, in nats.
        n_rows : ndarray of shape (len(columns),)
            Pairs of values that occur.
        """
        if len(columns) == 0:
            return np.empty((4, 0))
        if not self.drop_missing:
            joint = count_pivot(
                self.table, pivot, columns, self.target_codes, len(self.target_totals),
                self.n_threads,
            )  # fmt: skip
            # It holds what redundancy() counts for the same columns.
            self._last = pivot, columns, joint
            return self._summary(joint)
        right, n_right = self.table.column(pivot)
        parts = [
            self._count(joined)
            for block in self.table.blocks(columns)
            for joined in self._joined_blocks(block, right, n_right)
        ]
        return self._summary(JointCounts.concatenate(parts))

    def _joined_blocks(self, block, right, n_right):
        """A block of columns joined with one, a few megabytes at a time."""
        n = self.table.n_samples
        width = max(1, _CELLS_AT_ONCE // max(1, n))
        for begin in range(0, len(block.columns), width):
            part = slice(begin, min(begin + width, len(block.columns)))
            n_codes = block.n_codes[part] * n_right + 1
            if block.rows is None and n_codes.max() <= max(65536, 4 * n):
                left = block.codes.reshape(-1, n)[part]
                codes = left * np.uint32(n_right)
                codes += right + np.uint32(1)
                if self.drop_missing:
                    codes[(left == 0) | (right == 0)] = 0
            else:
                codes = np.empty((part.stop - begin, n), dtype=np.uint32)
                for i, column in enumerate(block.columns[part]):
                    codes[i], n_codes[i] = join_codes(
                        *self.table.column(column), right, n_right, self.drop_missing
                    )
            yield dense_block(codes, n_codes)

    def relevance_of(self, codes, n_codes):
        """What joint columns that are coded already say about the target.

        Parameters
        ----------
        codes : ndarray of shape (n_columns, n_samples), dtype uint32
        n_codes : ndarray of shape (n_columns,), dtype int64

        Returns
        -------
        information, std, expected : ndarray of shape (n_columns,)
            Corrected information, its standard deviation under shuffled labels, and
            what was taken off, in nats.
        n_rows : ndarray of shape (n_columns,)
            Values that occur.
        """
        return self._summary(self._count(dense_block(codes, n_codes)))

    def expected_addition(self, known, other):
        """What a column seems to add to what is known if it adds nothing.

        Parameters
        ----------
        known, other : tuple of (codes, n_codes)
            Coded columns.

        Returns
        -------
        expected : float
            Expected information with the target given `known` when labels are shuffled
            among rows with the same known value, in nats.
        """
        (strata, n_strata), (x, n_x) = known, other
        y, weights = self.target_codes, self.table.weights
        if self.drop_missing:
            keep = (strata > 0) & (x > 0)
            strata, x, y = strata[keep], x[keep], y[keep]
            weights = None if weights is None else weights[keep]
        n = len(y)
        total = n if weights is None else int(weights.sum())
        largest = np.bincount(x, weights, minlength=1).max(initial=0)
        n_memo = int(min(largest, 2**16)) + 1
        result = expected_within_strata(
            strata, x, y, np.empty(0, np.int64) if weights is None else weights,
            log_table(largest), np.zeros(n_strata + 1, np.intp), np.empty(n, np.intp),
            np.zeros(n_x, np.int64), np.empty(min(n, n_x), np.intp),
            np.empty(len(self.target_totals), np.int64), np.empty(n_memo),
            np.zeros(n_memo, np.intp),
        )  # fmt: skip
        return result / max(1, total)

    def synergy(self, i, j, joint, expected):
        """What two columns say together beyond what each says.

        The expectations of the three terms are those of columns that say nothing. Where
        the stronger of the two says something, splitting its values by the other one
        does not add what they let expect; shuffles within its values say what it does.

        Parameters
        ----------
        i, j : int
        joint, expected : float
            From :meth:`joint_relevance` or :meth:`relevance_of`.

        Returns
        -------
        synergy : float
            In nats.
        """
        single, std, single_expected = self.singles
        plain = joint - single[i] - single[j]
        known, other = (i, j) if single[i] >= single[j] else (j, i)
        if not self.corrected or single[known] <= CERTAIN_Z * std[known]:
            return plain
        more = self.expected_addition(
            self.table.column(known), self.table.column(other)
        )
        return plain + expected - single_expected[known] - more

    def _count(self, block):
        return count_against(
            block, self.target_codes, self.target_totals, weights=self.table.weights,
            skip_missing=self.drop_missing, n_threads=self.n_threads,
        )  # fmt: skip

    def _summary(self, joint):
        found = _summarise(
            joint, self.target_totals, self.drop_missing, self.n_threads, self._null
        )
        expected = found.expected if self.corrected else np.zeros_like(found.std)
        return found.mutual_info - expected, found.std, expected, found.n_rows


def _expected_present(joint, totals, n_threads):
    """Expected information of columns and classes over the rows that have both."""
    # Columns that miss the same numbers of rows by class share their expectations.
    gone, group = np.unique(joint.missing, axis=0, return_inverse=True)
    expected = np.empty(len(joint.totals))
    for g, missing in enumerate(gone):
        members = np.flatnonzero(group.ravel() == g)
        present = totals - missing
        expected[members] = expected_of(
            joint.margins.take(members), present[present > 0], n_threads
        )
    return expected
