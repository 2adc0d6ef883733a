# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""How good a selection of each size is, beside random rows of the same number."""

from time import perf_counter

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import Bunch, check_random_state

from sklearn_fs.instance_selection._base import take_rows


def search_instances(
    selector,
    X,
    y,
    estimator,
    n_samples_grid,
    *,
    cv=5,
    scoring=None,
    n_random=3,
    random_state=None,
):
    """Cross-validated score of an estimator on selections of several sizes.

    Rows are selected in the training part of each split; the test part is whole.

    Parameters
    ----------
    selector : selector of rows
        With a parameter `n_samples`.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Rows.
    y : array-like of shape (n_samples,)
        Targets.
    estimator : estimator
        Fitted on the kept rows and scored on the test rows.
    n_samples_grid : list of float or int
        Values of `n_samples` to try.
    cv : int, cross-validation generator or iterable, default=5
        As in scikit-learn.
    scoring : str or callable, default=None
        As in scikit-learn; None is the `score` of the estimator.
    n_random : int, default=3
        Random subsets of the size of each selection, with its number of rows of
        each class, that are scored beside it.
    random_state : int, RandomState instance or None, default=None
        Seed of the random subsets.

    Returns
    -------
    results : Bunch of ndarray of shape (n_sizes,)
        `n_samples` as asked for, `n_selected` (mean over splits), `score` and
        `score_std` over splits, `random_score` and `random_score_std` over splits
        of the mean of the random subsets, `select_time` and `fit_time` in seconds
        (means over splits), and the scalar `full_score` of all training rows.

    See Also
    --------
    InstanceSelectionEstimator : Search any other parameter with GridSearchCV.

    Notes
    -----
    The cost is that of one selection and `n_random` + 1 fits for each size and
    split, and one fit on all rows for each split.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from sklearn_fs.instance_selection import (
    ...     GraphCoverageSelector, search_instances)
    >>> X, y = load_digits(return_X_y=True)
    >>> results = search_instances(GraphCoverageSelector(), X, y,
    ...     KNeighborsClassifier(1), [0.05, 0.1], cv=2, random_state=0)
    >>> bool((results.score > results.random_score).all())
    True
    """
    rng = check_random_state(random_state)
    cv = check_cv(cv, y, classifier=is_classifier(estimator))
    scorer = check_scoring(estimator, scoring)
    splits = list(cv.split(np.zeros(len(y)), y))
    cells = {name: [] for name in ("size", "score", "random", "select", "fit")}
    full = []
    for train, test in splits:
        X_train, y_train = take_rows(X, train), take_rows(y, train)
        X_test, y_test = take_rows(X, test), take_rows(y, test)

        def fit_and_score(
            rows, X_train=X_train, y_train=y_train, X_test=X_test, y_test=y_test
        ):
            start = perf_counter()
            model = clone(estimator).fit(
                take_rows(X_train, rows), take_rows(y_train, rows)
            )
            seconds = perf_counter() - start
            return scorer(model, X_test, y_test), seconds

        full.append(fit_and_score(np.arange(len(train)))[0])
        for n_samples in n_samples_grid:
            start = perf_counter()
            fitted = clone(selector).set_params(n_samples=n_samples)
            fitted.fit(X_train, y_train)
            cells["select"].append(perf_counter() - start)
            score, seconds = fit_and_score(fitted.sample_indices_)
            cells["size"].append(len(fitted.sample_indices_))
            cells["score"].append(score)
            cells["fit"].append(seconds)
            draws = [
                fit_and_score(_random_rows(y_train, fitted.sample_indices_, rng))[0]
                for _ in range(n_random)
            ]
            cells["random"].append(np.mean(draws) if draws else np.nan)
    cells = {name: np.reshape(v, (len(splits), -1)) for name, v in cells.items()}
    return Bunch(
        n_samples=np.asarray(n_samples_grid),
        n_selected=cells["size"].mean(axis=0),
        score=cells["score"].mean(axis=0),
        score_std=cells["score"].std(axis=0),
        random_score=cells["random"].mean(axis=0),
        random_score_std=cells["random"].std(axis=0),
        select_time=cells["select"].mean(axis=0),
        fit_time=cells["fit"].mean(axis=0),
        full_score=float(np.mean(full)),
    )


def _random_rows(y, kept, rng):
    """As many rows of each label as the selection has; of a number, as many rows."""
    y = np.asarray(y)
    if y.dtype.kind == "f" and len(np.unique(y)) > len(kept):
        return np.sort(rng.permutation(len(y))[: len(kept)])
    rows = [
        rng.permutation(np.flatnonzero(y == label))[:count]
        for label, count in zip(*np.unique(y[kept], return_counts=True), strict=True)
    ]
    return np.sort(np.concatenate(rows))
