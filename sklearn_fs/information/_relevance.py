# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What each column says about the target, beyond what chance would make it say."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from sklearn.utils import check_random_state

from sklearn_fs.information._contingency import JointCounts, count_against
from sklearn_fs.information._null import (
    NullMoments,
    gamma_tail,
    normal_quantile_of_tail,
)
from sklearn_fs.information._scores import (
    CELL_MEASURES,
    absolute_correlation,
    adjusted,
    loo_gain,
    miller_madow,
    ratio,
)


@dataclass
class Relevance:
    """Statistics of all columns against one target; arrays of shape (n_features,)."""

    mutual_info: np.ndarray
    expected: np.ndarray
    std: np.ndarray
    entropy: np.ndarray
    target_entropy: np.ndarray
    n: np.ndarray
    n_rows: np.ndarray  # categories, the missing one included
    cardinality: np.ndarray
    coverage: np.ndarray
    largest: np.ndarray
    n_classes: np.ndarray
    log_p: np.ndarray = field(default=None)
    z: np.ndarray = field(default=None)
    # Information under each shuffle, (n_features, n_permutations), and adjusted p.
    permuted: np.ndarray = field(default=None)
    log_p_max_t: np.ndarray = field(default=None)
    # Score of the shifted copy, and the scores that need the cells.
    shift: np.ndarray = field(default=None)
    cells: np.ndarray = field(default=None)


def measure_relevance(
    encoder, target, *, measure="rfi", correction="exact", drop_missing=False,
    n_permutations=0, random_state=None, n_threads=1, columns=None,
):  # fmt: skip
    """Count all columns against the target and compare with shuffled labels.

    Parameters
    ----------
    encoder : TableEncoder
        Its weights must be None where labels are shuffled or shifted.
    target : Target
    measure, correction : str
        Only what these need beyond the common statistics is computed.
    drop_missing : bool
        Leave out rows where the column is missing, instead of making them a category.
    n_permutations : int
        Label shuffles, shared by all columns.
    random_state : None, int or RandomState
    n_threads : int
    columns : ndarray of int, default=None
        Only these columns.

    Returns
    -------
    relevance : Relevance
    """
    weights = encoder.weights
    wants_shift = correction == "shift" or measure == "mi_randomized"
    seeds = check_random_state(random_state).randint(2**31 - 1, size=n_permutations)
    options = {
        "weights": weights, "skip_missing": drop_missing, "n_threads": n_threads,
    }  # fmt: skip
    parts, permuted, shifted, cells = [], [], [], []
    for block in encoder.blocks(columns):
        joint = count_against(block, target.codes, target.totals, **options)
        parts.append(joint)
        if n_permutations:
            permuted.append(_shuffled(block, target, seeds, options))
        if wants_shift:
            shifted.append(joint.sum_xlogx - _shifted(block, target, options))
        if measure in CELL_MEASURES:
            function = loo_gain if measure == "loo" else absolute_correlation
            cells.append(
                [function(block, i, target, weights) for i in range(len(block.columns))]
            )
    relevance = finish_relevance(
        JointCounts.concatenate(parts), target.totals, drop_missing, n_threads,
        np.concatenate(permuted) if n_permutations else None,
    )  # fmt: skip
    if shifted:
        relevance.shift = ratio(np.concatenate(shifted), relevance.n)
    if cells:
        relevance.cells = np.concatenate(cells)
    return relevance


def finish_relevance(joint, totals, drop_missing, n_threads, permuted=None):
    """Statistics and p-values from the counts of all columns.

    Parameters
    ----------
    joint : JointCounts
    totals : ndarray of shape (n_classes,), dtype int64
    drop_missing : bool
        Whether `joint` leaves the missing values out.
    n_threads : int
    permuted : ndarray of shape (n_features, n_permutations), default=None
        Information under shuffled labels, which then is the null.

    Returns
    -------
    relevance : Relevance
    """
    relevance = _summarise(joint, totals, drop_missing, n_threads)
    mean, std = relevance.expected, relevance.std
    if permuted is not None:
        relevance.permuted = permuted
        mean = permuted.mean(axis=1)
        if permuted.shape[1] > 1:
            # A table with one possible value has no spread; rounding has.
            std = np.where(std > 0, permuted.std(axis=1, ddof=1), 0.0)
    relevance.log_p = gamma_tail(relevance.mutual_info, mean, std)
    relevance.z = normal_quantile_of_tail(relevance.log_p, std)
    if permuted is not None:
        relevance.log_p_max_t = _max_t(relevance, mean, std)
    return relevance


def score(relevance, measure, correction="exact", average_method="arithmetic"):
    """The chosen score of each column.

    Parameters
    ----------
    relevance : Relevance
    measure : str
        A name of the menu.
    correction : {"exact", "permutation", "shift", "none"}
        What is taken as the information that chance alone gives.
    average_method : str
        For "ami".

    Returns
    -------
    scores : ndarray of shape (n_features,)
    """
    information = relevance.mutual_info
    expected = {
        "exact": lambda: relevance.expected,
        "permutation": lambda: relevance.permuted.mean(axis=1),
        "shift": lambda: information - relevance.shift,
        "none": lambda: np.zeros_like(information),
    }[correction]()
    # Where chance cannot vary there is nothing to correct by simulation either.
    certain = relevance.std == 0
    if correction != "none":
        expected = np.where(certain, information, expected)
    if measure == "mi":
        return information.copy()
    if measure == "mi_corrected":
        return information - expected
    if measure == "rfi":
        return ratio(information - expected, relevance.target_entropy)
    if measure == "ami":
        return adjusted(
            information, expected, relevance.entropy, relevance.target_entropy,
            average_method,
        )  # fmt: skip
    if measure == "z":
        return relevance.z.copy()
    if measure == "mi_miller_madow":
        corrected = miller_madow(
            information, relevance.n_rows, relevance.n_classes, relevance.n
        )
        return np.where(relevance.n_rows > 1, corrected, 0.0)
    if measure == "mi_randomized":
        return relevance.shift.copy()
    if measure == "max_value_coverage":
        return ratio(relevance.largest, relevance.n)
    return relevance.cells.copy()


def _summarise(joint, totals, drop_missing, n_threads, null=None):
    """Sums over tables to information, entropies and the moments of the null.

    `null` holds the moments of all rows, where tables with this target have been
    summarised before.
    """
    information, n, class_sums = _information(joint, totals, drop_missing)
    margins = joint.margins
    n_columns = len(information)
    safe_n = np.maximum(n, 1)
    entropy = np.maximum(np.log(safe_n) - joint.sum_xlogx_rows / safe_n, 0.0)
    target_entropy = np.maximum(np.log(safe_n) - class_sums / safe_n, 0.0)
    expected, std = np.zeros((2, n_columns))
    n_classes = np.full(n_columns, np.count_nonzero(totals))
    if drop_missing:
        # Columns that miss the same numbers of rows by class share one null.
        missing, group = np.unique(joint.missing, axis=0, return_inverse=True)
        for g, gone in enumerate(missing):
            members = np.flatnonzero(group.ravel() == g)
            present = totals - gone
            n_classes[members] = np.count_nonzero(present)
            null = NullMoments(present[present > 0], n_threads)
            expected[members], std[members] = null(margins.take(members))
    else:
        null = null or NullMoments(totals[totals > 0], n_threads)
        expected, std = null(margins)
    n_rows = np.zeros(n_columns, dtype=np.int64)
    np.add.at(
        n_rows,
        np.repeat(np.arange(n_columns), np.diff(margins.indptr)),
        margins.multiplicities,
    )
    # No value occurs twice, on either side: every arrangement has the same
    # information, so the expectation is known without rounding.
    certain = (n_rows == n) | (n_classes == n) | (n_rows <= 1) | (n_classes <= 1)
    expected = np.where(certain, information, expected)
    std = np.where(certain, 0.0, std)
    n_missing = joint.missing.sum(axis=1)
    has_missing_category = (n_missing > 0) & (not drop_missing)
    return Relevance(
        mutual_info=information,
        expected=expected,
        std=std,
        entropy=entropy,
        target_entropy=target_entropy,
        n=n,
        n_rows=n_rows,
        cardinality=n_rows - has_missing_category,
        coverage=1.0 - n_missing / max(1, int(totals.sum())),
        largest=joint.largest,
        n_classes=n_classes,
    )


def _information(joint, totals, drop_missing):
    """Plug-in mutual information of each column in nats.

    Returns
    -------
    information : ndarray of shape (n_columns,)
    n : ndarray of shape (n_columns,)
        Rows that were counted.
    class_sums : ndarray of shape (n_columns,)
        Sum of b log b over the classes of these rows.
    """
    n = joint.totals
    if drop_missing:
        gone, inverse = np.unique(joint.missing, axis=0, return_inverse=True)
        sums = np.array([_sum_xlogx(totals - row) for row in gone])
        class_sums = sums[inverse.ravel()]
    else:
        class_sums = np.full(len(n), _sum_xlogx(totals))
    sizes, inverse = np.unique(n, return_inverse=True)
    total = np.array([_sum_xlogx([size]) for size in sizes])[inverse]
    # In this order a constant column gives 0 without rounding.
    information = (joint.sum_xlogx - class_sums) + (total - joint.sum_xlogx_rows)
    information = information / np.maximum(n, 1)
    top = np.minimum(total - joint.sum_xlogx_rows, total - class_sums)
    return np.clip(information, 0.0, top / np.maximum(n, 1)), n, class_sums


def _sum_xlogx(counts):
    """Sum of c log c as the kernel adds it: distinct counts, rising."""
    total = 0.0
    for count, repeats in zip(*np.unique(counts, return_counts=True), strict=True):
        if count > 0:
            total += float(repeats) * (float(count) * math.log(count))
    return total


def _shuffled(block, target, seeds, options):
    """Information of a block against each shuffle of the labels."""
    out = np.empty((len(block.columns), len(seeds)))
    for b, seed in enumerate(seeds):
        y = np.random.RandomState(seed).permutation(target.codes)
        joint = count_against(block, y, target.totals, **options)
        out[:, b] = _information(joint, target.totals, options["skip_missing"])[0]
    return out


def _shifted(block, target, options):
    """Sum of n_ij log n_ij with the rows of class c shifted down by b_c rows.

    The noise control of the reference implementation of OutRank: its rows differ by
    class, so it does not keep the margin of the column and is itself noisy.
    """
    n = len(target.codes)
    source = (np.arange(n) + target.totals[target.codes]) % n
    if block.rows is None:
        width = len(block.columns)
        codes = block.codes.reshape(width, n)[:, source]
        moved = replace(block, codes=np.ascontiguousarray(codes).ravel())
        return count_against(moved, target.codes, target.totals, **options).sum_xlogx
    # Stored entries of sparse columns move to the rows that read them.
    readers = sparse.csr_array(
        (np.ones(n, dtype=np.uint8), source, np.arange(n + 1)), shape=(n, n)
    ).tocsc()
    sums = np.empty(len(block.columns))
    for i in range(len(block.columns)):
        part = slice(block.starts[i], block.starts[i + 1])
        stored = block.rows[part]
        lengths = np.diff(readers.indptr)[stored]
        rows = np.concatenate(
            [np.empty(0, np.intp)]
            + [
                readers.indices[readers.indptr[r] : readers.indptr[r + 1]]
                for r in stored
            ]
        )
        one = replace(
            block,
            columns=block.columns[i : i + 1],
            codes=np.repeat(block.codes[part], lengths),
            starts=np.array([0, len(rows)]),
            offsets=block.offsets[i : i + 1],
            n_codes=block.n_codes[i : i + 1],
            implicit=block.implicit[i : i + 1],
            rows=rows,
        )
        # A column without a zero may get one, and the other way round.
        joint = count_against(one, target.codes, target.totals, **options)
        sums[i] = joint.sum_xlogx[0]
    return sums


def _max_t(relevance, mean, std):
    """Westfall-Young step: the largest standardised information of each shuffle."""
    scale = np.where(std > 0, std, np.inf)
    observed = (relevance.mutual_info - mean) / scale
    largest = ((relevance.permuted - mean[:, None]) / scale[:, None]).max(axis=0)
    exceed = (largest >= observed[:, None]).sum(axis=1)
    return np.log((1.0 + exceed) / (1.0 + len(largest)))
