# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Score functions (scores, p-values) for SelectKBest, SelectFdr and their like."""

import warnings

import numpy as np
from sklearn.utils import check_consistent_length

from sklearn_fs.information._encoding import TableEncoder
from sklearn_fs.information._relevance import measure_relevance, score
from sklearn_fs.information._target import encode_target
from sklearn_fs.information._validation import validate_table


def _score_columns(X, y, measure):
    X, names = validate_table(X)
    target = encode_target(y)
    check_consistent_length(X, target.codes)
    if np.count_nonzero(target.totals) < 2:
        warnings.warn(
            "y has 1 class only: there is nothing to tell apart, all scores are 0.",
            UserWarning,
            stacklevel=3,
        )
    relevance = measure_relevance(TableEncoder(X, names), target, measure=measure)
    return score(relevance, measure), np.exp(relevance.log_p)


def mi_corrected(X, y):
    """Mutual information with the target minus what chance alone gives.

    A score function for :class:`~sklearn.feature_selection.SelectKBest` and
    :class:`~sklearn.feature_selection.SelectFdr`. Unlike
    :func:`~sklearn.feature_selection.mutual_info_classif` it does not favour columns
    of many values, and it gives p-values.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Columns of any kind.
    y : array-like of shape (n_samples,)
        The target: classes, or numbers, which are binned.

    Returns
    -------
    scores : ndarray of shape (n_features,)
        In nats; around 0, also below, for columns without information.
    pvalues : ndarray of shape (n_features,)
        Probability of at least this information under shuffled labels.

    See Also
    --------
    ami_score : The same, between 0 and 1.
    sklearn_fs.feature_selection.OutRank : The estimator, with all options.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.feature_selection import SelectKBest
    >>> from sklearn_fs.information import mi_corrected
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 200)
    >>> X = np.column_stack([np.arange(200), y ^ (rng.random(200) < 0.1)])
    >>> SelectKBest(mi_corrected, k=1).fit(X, y).get_support()
    array([False,  True])
    """
    return _score_columns(X, y, "mi_corrected")


def ami_score(X, y):
    """Adjusted mutual information of every column with the target.

    Parameters
    ----------
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Columns of any kind.
    y : array-like of shape (n_samples,)
        The target: classes, or numbers, which are binned.

    Returns
    -------
    scores : ndarray of shape (n_features,)
        1 where the column is a renaming of the target, about 0 where it says nothing.
    pvalues : ndarray of shape (n_features,)
        Probability of at least this information under shuffled labels.

    See Also
    --------
    mi_corrected : The same in nats.
    sklearn.metrics.adjusted_mutual_info_score : For one column; the same values.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_fs.information import ami_score
    >>> y = np.array([0, 0, 1, 1] * 5)
    >>> scores, pvalues = ami_score(np.column_stack([y, np.ones_like(y)]), y)
    >>> scores
    array([1., 0.])
    """
    return _score_columns(X, y, "ami")
