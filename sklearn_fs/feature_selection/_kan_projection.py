# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns that rebuild what spline networks have learned (method "omp").

A first unit of a spline network is an additive function of the columns, even where
the answer is an interaction. So the units, beside the target itself, are targets of a
greedy projection on one block of functions for each column; a column that repeats a
chosen one has nothing left to explain.
"""

import numpy as np
from scipy.linalg import qr

from sklearn_fs.projection._greedy import (
    compress_targets,
    greedy_projection,
    permuted_copies,
)

# The blocks are n_samples x (degree * n_features); more rows add little.
_MAX_ROWS = 20_000
_DEGREE = 3
_MAX_SPAN = 0.8
_N_SHADOWS = 100


def greedy_columns(estimators, X, y, importances, n_steps, random_state):
    """Walk over the columns of X; see kernel and equations in the user guide.

    Parameters
    ----------
    estimators : list of BaseKAN
        Fitted networks.
    X, y : array-like
        Rows and targets.
    importances : ndarray of shape (n_features,)
        The mean score of the columns.
    n_steps : int or None
        Columns to choose at most; None stops at the first column that gains no more
        than a permuted copy of some column.
    random_state : RandomState
        For the permutations.

    Returns
    -------
    order : ndarray of int
        Chosen columns, first choice first.
    gains : ndarray of shape (n_features,)
        Share of the targets that a column explained when it was chosen, times the
        root of its relative importance; 0 for the others.
    """
    scorers = [estimator._importance(X, y) for estimator in estimators]
    n_samples = len(scorers[0].z)
    rows = slice(None)
    if n_samples > _MAX_ROWS:
        rows = np.linspace(0, n_samples - 1, _MAX_ROWS).astype(np.intp)
    targets = [_target_matrix(scorers[0])[rows]]
    for estimator, scorer in zip(estimators, scorers, strict=True):
        share = _explained_share(estimator) / len(scorers)
        targets.append(np.sqrt(share) * _unit_matrix(scorer)[rows])
    targets = compress_targets(np.column_stack(targets))
    columns, offsets, features = _column_blocks(scorers[0], rows)
    gains = np.zeros(len(importances))
    if not features.size:
        return features, gains
    largest = max(importances.max(), np.finfo(float).tiny)
    factors = np.sqrt(np.maximum(importances[features], 0.0) / largest)
    shadows = None
    if n_steps is None:
        n_steps = len(features)
        copies, widths = permuted_copies(
            columns, _N_SHADOWS, random_state, offsets=offsets
        )
        columns = np.concatenate([columns, copies], axis=1)
        shadows = np.arange(len(features) + _N_SHADOWS) >= len(features)
        offsets = np.concatenate([offsets, offsets[-1] + np.cumsum(widths)])
        factors = np.concatenate([factors, np.full(_N_SHADOWS, factors.mean())])
    path = greedy_projection(
        columns,
        targets,
        n_steps,
        offsets=offsets,
        factors=factors,
        shadows=shadows,
        refit=False,
        max_span=_MAX_SPAN,
    )
    order = features[path.order]
    gains[order] = path.gains / np.square(targets).sum()
    return order, gains


def _explained_share(estimator):
    """How far the units are to be believed: what the network explains held out.

    The units of a network that learned nothing are random functions of the columns,
    which any column rebuilds better than its permuted copy.
    """
    score = estimator.best_validation_score_
    return 1.0 if score is None else min(1.0, max(0.0, score))


def _target_matrix(scorer):
    """The target, centred (classes as indicators), of Frobenius norm 1."""
    target = scorer.target
    if scorer.loss != "squared":
        target = (target == np.unique(target)).astype(np.float64)
    return _unit_norm(target - target.mean(axis=0))


def _unit_matrix(scorer):
    """First units, standardised, times their use downstream, of norm 1."""
    units = scorer.network.units(scorer.z)
    units = units - units.mean(axis=0)
    units /= units.std(axis=0) + 1e-12
    return _unit_norm(units * scorer.unit_use())


def _unit_norm(matrix):
    norm = np.linalg.norm(matrix)
    return matrix / norm if norm > 0 else matrix


def _column_blocks(scorer, rows):
    """Orthonormal functions of each column, side by side, in float32.

    Numeric columns give Legendre polynomials of the mapped values (a fifth degree
    fits noise where rows are few and gained nothing where they are many),
    categorical ones
    the indicators of their levels, missing entries an indicator.
    """
    z, layout = scorer.z[rows], scorer.network.layout
    n_samples = len(z)
    blocks, features = [], []
    for j in range(z.shape[1]):
        column, missing = z[:, j], np.isnan(z[:, j])
        if layout.is_category[j]:
            block = scorer.network.block_design(z, j)
        else:
            block = np.polynomial.legendre.legvander(
                np.where(missing, 0.0, np.clip(column, -3, 3)), _DEGREE
            )[:, 1:]
            block[missing] = 0.0
            if missing.any():
                block = np.column_stack([block, missing])
        block = block - block.mean(axis=0)
        directions, triangle, _ = qr(block, mode="economic", pivoting=True)
        size = np.abs(np.diag(triangle))
        keep = size > 1e-6 * max(size[0], 1e-6 * np.sqrt(n_samples))
        if keep.any() and size[0] > 0:
            blocks.append(directions[:, keep].astype(np.float32))
            features.append(j)
    offsets = np.cumsum([0, *(block.shape[1] for block in blocks)])
    columns = np.concatenate(
        blocks or [np.empty((n_samples, 0), dtype=np.float32)], axis=1
    )
    return columns, offsets, np.array(features, dtype=np.intp)
