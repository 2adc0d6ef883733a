# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Mutual information of all pairs of columns."""

import numpy as np

from sklearn_fs._utils._threads import effective_n_threads
from sklearn_fs.information._contingency import count_against
from sklearn_fs.information._encoding import Block, TableEncoder
from sklearn_fs.information._expected_fast import expected_cells
from sklearn_fs.information._null import log_table
from sklearn_fs.information._relevance import _information
from sklearn_fs.information._scores import adjusted
from sklearn_fs.information._validation import validate_table


def mutual_info_matrix(
    X, *, correction="exact", normalize=None, categorical_features="auto",
    n_bins="auto", n_jobs=None,
):  # fmt: skip
    """Mutual information of all pairs of columns, corrected for chance.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        The table; columns of any kind, numeric ones are binned.
    correction : {"exact", "none"} or None, default="exact"
        "exact" takes off the expected mutual information of two columns with these
        counts, see :func:`expected_mutual_information`.
    normalize : {"ami"} or None, default=None
        "ami" returns the adjusted mutual information with the arithmetic mean of the
        entropies: 1 for columns that are renamings of each other, 0 on average for
        independent ones. None returns nats.
    categorical_features : "auto", "all", None or array-like, default="auto"
        As in :class:`~sklearn_fs.feature_selection.OutRank`.
    n_bins : "auto", "uniform", int or array-like, default="auto"
        As in :class:`~sklearn_fs.feature_selection.OutRank`.
    n_jobs : int, default=None
        Threads; None means 1 and -1 all. The result does not depend on it.

    Returns
    -------
    matrix : ndarray of shape (n_features, n_features)
        Symmetric; the diagonal is a column against itself.

    See Also
    --------
    mi_corrected : Every column against a target.
    sklearn.metrics.adjusted_mutual_info_score : One pair.

    Notes
    -----
    O(n) time a pair, plus one table of expectations over the distinct counts of all
    columns. Extra memory is the codes (4 bytes a cell) and O(n) a thread: pairs of
    many categories are counted by groups, without a table of all combinations.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.information import mutual_info_matrix
    >>> X = np.array([[0, 1, 5], [0, 1, 3], [1, 0, 5], [1, 0, 3]] * 10)
    >>> mutual_info_matrix(X, normalize="ami").round(2) + 0.0
    array([[ 1.  ,  1.  , -0.02],
           [ 1.  ,  1.  , -0.02],
           [-0.02, -0.02,  1.  ]])
    """
    if correction not in ("exact", "none", None):
        raise ValueError(
            f"correction={correction!r} is not known for pairs; use 'exact' or 'none'."
        )
    if normalize not in ("ami", None):
        raise ValueError(f"normalize={normalize!r} is not known; use 'ami' or None.")
    X, names = validate_table(X)
    encoder = TableEncoder(
        X, names, categorical_features=categorical_features, n_bins=n_bins
    )
    codes = dense_codes(encoder)
    information, expected, entropy = pair_statistics(
        codes, effective_n_threads(n_jobs), correction == "exact"
    )
    if normalize == "ami":
        return adjusted(information, expected, entropy[:, None], entropy[None, :])
    return information - expected


def dense_codes(encoder):
    """Compact codes of all columns.

    Returns
    -------
    codes : ndarray of shape (n_features, n_samples), dtype uint32
        0..R-1 in each row, every code used.
    """
    codes = np.empty((encoder.n_features, encoder.n_samples), dtype=np.uint32)
    for block in encoder.blocks():
        for i, column in enumerate(block.columns):
            part = block.column_codes(i)
            if block.rows is not None:
                full = np.full(encoder.n_samples, max(0, block.implicit[i]))
                full[block.rows[block.starts[i] : block.starts[i + 1]]] = part
                part = full
            used = np.bincount(part, minlength=int(block.n_codes[i])) > 0
            codes[column] = (np.cumsum(used) - 1)[part]
    return codes


def pair_statistics(codes, n_threads=1, with_expected=True):
    """Information, expected information and entropies of all pairs of coded columns.

    Parameters
    ----------
    codes : ndarray of shape (n_features, n_samples), dtype uint32
        Compact codes.
    n_threads : int
    with_expected : bool
        If False the expectation is returned as zeros.

    Returns
    -------
    information, expected : ndarray of shape (n_features, n_features)
    entropy : ndarray of shape (n_features,)
    """
    p, n = codes.shape
    counts = [np.bincount(row) for row in codes]
    n_codes = np.array([len(c) for c in counts], dtype=np.int64)
    information = np.zeros((p, p))
    # The narrow column is the one whose codes index the inner array.
    order = np.argsort(n_codes, kind="stable")
    for position, narrow in enumerate(order):
        wide = order[position:]
        block = _rows_as_block(codes, wide, n_codes)
        joint = count_against(
            block, codes[narrow], counts[narrow].astype(np.int64),
            want_missing=False, n_threads=n_threads,
        )  # fmt: skip
        values = _information(joint, counts[narrow], False)[0]
        information[narrow, wide] = information[wide, narrow] = values
    entropy = np.diagonal(information).copy()
    expected = np.zeros((p, p))
    if with_expected and p:
        expected = _expected_pairs(counts, n, n_threads)
        # Nothing repeats, or nothing varies: the expectation is the value itself.
        certain = (n_codes == n) | (n_codes == 1)
        mask = certain[:, None] | certain[None, :]
        expected[mask] = information[mask]
    return information, expected, entropy


def _rows_as_block(codes, rows, n_codes):
    n = codes.shape[1]
    k = len(rows)
    return Block(
        columns=rows,
        codes=codes[rows].ravel(),
        starts=np.arange(k + 1, dtype=np.int64) * n,
        offsets=np.zeros(k, dtype=np.uint32),
        n_codes=n_codes[rows],
        implicit=np.full(k, -1, dtype=np.int64),
    )


def _expected_pairs(counts, n, n_threads):
    """Two small products a pair, from one table over all distinct counts."""
    margins = [np.unique(c, return_counts=True) for c in counts]
    distinct = np.unique(np.concatenate([m[0] for m in margins])).astype(np.int64)
    cells = np.empty((len(distinct), len(distinct)))
    logs = log_table(distinct[-1])
    expected_cells(distinct, distinct, n, logs, cells, n_threads)
    places = [np.searchsorted(distinct, m[0]) for m in margins]
    expected = np.empty((len(counts), len(counts)))
    for i, (place, (_, repeats)) in enumerate(zip(places, margins, strict=True)):
        row = repeats @ cells[place]
        for j in range(i + 1):
            expected[i, j] = expected[j, i] = row[places[j]] @ margins[j][1]
    return expected
