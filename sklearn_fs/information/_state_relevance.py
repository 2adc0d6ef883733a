# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""From the counts of a stream to the statistics that a table in memory gives.

The cells of a contingency table are counted once more, as rows with weights: then all
that follows is the same code, and equal counts give equal scores to the last bit.
"""

import numpy as np
from sklearn.utils import check_random_state

from sklearn_fs.information._binning import NumericBinner
from sklearn_fs.information._column_counts import TAG_SHIFT
from sklearn_fs.information._contingency import JointCounts, count_against
from sklearn_fs.information._encoding import MAX_BINS, NUMERIC, Block
from sklearn_fs.information._random_table_fast import fill_random_table
from sklearn_fs.information._relevance import _information, finish_relevance
from sklearn_fs.information._scores import (
    CELL_MEASURES,
    absolute_correlation,
    loo_gain,
)
from sklearn_fs.information._target import Target


def binned_counts(column, n_bins, n_samples):
    """Counts of a column as it is scored: missing first, then categories or bins.

    Returns
    -------
    counts : ndarray of shape (1 + n_categories, n_classes), dtype int64
    kind : "categorical" or "numeric"
    places : dict from tag to ndarray of uint32
        Row in `counts` of each code that the sample of rows may hold.
    """
    values, counts, places = column.read(with_words=False)
    kind = column.kind
    rows = np.arange(1, len(counts) + 1, dtype=np.uint32)
    if kind == NUMERIC:
        binner = NumericBinner(n_bins, n_samples, MAX_BINS)
        if binner.given is not None or binner.uniform:
            distinct = values.astype(np.float64)
        else:
            # Quantiles ask for the order alone.
            distinct = np.arange(len(counts))
        edges = binner.edges(distinct, counts.sum(axis=1))
        bins = np.searchsorted(edges, distinct, side="left")
        starts = np.flatnonzero(np.append(True, bins[1:] != bins[:-1]))
        counts = np.add.reduceat(counts, starts, axis=0)
        rows = np.cumsum(np.append(True, bins[1:] != bins[:-1])).astype(np.uint32)
    places = {tag: rows[place] for tag, place in places.items()}
    return np.concatenate([column.missing_counts[np.newaxis], counts]), kind, places


def coded_sample(state, n_bins="auto"):
    """The sample of rows, coded as the columns are scored.

    Returns
    -------
    codes : ndarray of shape (n_features, n_rows), dtype uint32
        0 is missing.
    y : ndarray of shape (n_rows,), dtype uint32
        Codes of `state.classes`.
    positions : ndarray of shape (n_rows,), dtype int64
        Positions in the stream, rising; or hashes of the keys.
    """
    sample = state.sample
    sample.compact()
    order = np.lexsort((sample.checks, sample.positions))
    codes = np.zeros((state.n_features, len(sample)), dtype=np.uint32)
    for j, column in enumerate(state.columns):
        _, _, places = binned_counts(column, n_bins, state.n_samples)
        raw = sample.codes[j][order]
        tags = raw >> np.uint32(TAG_SHIFT)
        low = raw & np.uint32((1 << TAG_SHIFT) - 1)
        for tag, place in places.items():
            mine = (tags == tag) & (raw > 0)
            codes[j, mine] = place[low[mine]]
    return codes, sample.y[order], sample.positions[order]


def exact_sample(state):
    """The sample of rows with a code for each value, numbers not binned.

    Returns
    -------
    codes : ndarray of shape (n_features, n_rows), dtype uint32
        Compact.
    """
    state.sample.compact()
    codes = np.zeros((state.n_features, len(state.sample)), dtype=np.uint32)
    for j, raw in enumerate(state.sample.codes):
        codes[j] = np.unique(raw, return_inverse=True)[1]
    return codes


def measure_state(
    state, order, *, measure="rfi", n_bins="auto", drop_missing=False, n_threads=1,
    n_permutations=0, random_state=None, columns=None, shuffled=False,
):  # fmt: skip
    """Statistics of the columns of a state against the target.

    Parameters
    ----------
    state : CountState
    order : ndarray of int
        The classes in sorted order.
    measure, n_bins, drop_missing, n_threads
        As for a table in memory.
    n_permutations : int
        Tables that are drawn for each column as shuffled labels would give them. In
        memory one shuffle serves all columns; here each column has its own, so that
        nothing can be said of the largest of all columns.
    random_state : None, int or RandomState
    columns : ndarray of int, default=None
        Which columns; one may come more than once. None: all.
    shuffled : bool, default=False
        Measure the columns as shuffled labels would have left them.

    Returns
    -------
    relevance : Relevance
    kinds : ndarray of object
    """
    state.check_whole()
    random_state = check_random_state(random_state)
    columns = range(state.n_features) if columns is None else columns
    options = {"skip_missing": drop_missing, "n_threads": n_threads}
    totals = state.totals[order]
    parts, permuted, cells, kinds = [], [], [], []
    for j in columns:
        counts, kind, _ = binned_counts(state.columns[j], n_bins, state.n_samples)
        counts = counts[:, order]
        kinds.append(kind)
        if shuffled:
            counts = _shuffled(counts, totals, kind, random_state)
        block, target, weights = _as_rows(counts, totals)
        parts.append(
            count_against(block, target.codes, totals, weights=weights, **options)
        )
        if measure in CELL_MEASURES:
            function = loo_gain if measure == "loo" else absolute_correlation
            cells.append(function(block, 0, target, weights))
        for _ in range(n_permutations):
            drawn = _as_rows(_shuffled(counts, totals, kind, random_state), totals)
            joint = count_against(
                drawn[0], drawn[1].codes, totals, weights=drawn[2], **options
            )
            permuted.append(_information(joint, totals, drop_missing)[0])
    if n_permutations:
        permuted = np.reshape(permuted, (len(parts), n_permutations))
    relevance = finish_relevance(
        JointCounts.concatenate(parts), totals, drop_missing, n_threads,
        permuted if n_permutations else None,
    )  # fmt: skip
    relevance.log_p_max_t = None
    if cells:
        relevance.cells = np.array(cells)
    return relevance, np.array(kinds, dtype=object)


def _shuffled(counts, totals, kind, random_state):
    """Counts of a column as shuffled labels would have left them.

    Parameters
    ----------
    counts : ndarray of shape (1 + n_categories, n_classes), dtype int64
    totals : ndarray of shape (n_classes,), dtype int64
    kind : "categorical" or "numeric"
    random_state : RandomState
    """
    rows = counts.sum(axis=1)
    if kind != NUMERIC:
        # Categories come in the order of the chunks; to a shuffle their sizes are all.
        rows[1:] = np.sort(rows[1:])
    table = np.empty(counts.shape, dtype=np.int64)
    words = random_state.randint(2**32, size=2, dtype=np.uint64).tolist()
    fill_random_table(
        rows, totals, words[0] << 32 | words[1], np.empty(len(totals), np.int64), table
    )
    return table


def _as_rows(counts, totals):
    """A table of counts as coded rows with weights."""
    codes, y = np.nonzero(counts)
    block = Block(
        columns=np.zeros(1, dtype=np.intp),
        codes=codes.astype(np.uint32),
        starts=np.array([0, len(codes)], dtype=np.int64),
        offsets=np.zeros(1, dtype=np.uint32),
        n_codes=np.array([len(counts)], dtype=np.int64),
        implicit=np.full(1, -1, dtype=np.int64),
    )
    return block, Target(y.astype(np.uint32), totals, None), counts[codes, y]
