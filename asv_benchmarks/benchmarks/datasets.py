# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Seeded generators; results are cached within a process."""

from functools import lru_cache

import numpy as np

# Categories of the columns with a signal. Up to 20,000 values with Zipf frequencies:
# most values of the widest columns occur once or twice in 10,000 rows.
RELEVANT = (2, 5, 20, 100, 500, 2000, 8000, 20_000)
N_COLUMNS = 50
POSITIVE_ROLES = ("relevant", "numeric", "redundant")


@lru_cache(maxsize=4)
def make_planted_categorical(n_samples, seed):
    """A table of 50 coded columns of which 12 say something about a binary target.

    Eight columns of 2 to 20,000 categories and one numeric column carry an effect on
    the log-odds, drawn for each category from a normal distribution. Three more repeat
    what they say: a relabelled copy, a coarsened one, and one with 10 % of the cells
    redrawn. These twelve are what a ranking should put first. Two columns only act
    together (the product of their signs). The rest is noise of 2 to 300,000
    categories with uniform or Zipf frequencies, and five traps: a row id, a constant,
    a nearly constant column, one that is mostly missing, and a block id.

    Parameters
    ----------
    n_samples : int
        Number of rows.
    seed : int
        Seed of the table.

    Returns
    -------
    X : ndarray of shape (n_samples, 50), dtype int64
        Codes; a missing cell is the code 0 of a column of its own kind. The columns
        are in random order, and so are the codes of a column, except those of the
        numeric column, whose codes keep its order. Read-only.
    y : ndarray of shape (n_samples,), dtype int64
        The target, 0 or 1; about 27 % are 1. Read-only.
    names : tuple of str
        The name of each column.
    roles : tuple of str
        The role of each column: "relevant", "numeric", "redundant", "interacting",
        "noise" or "trap".
    """
    rng = np.random.default_rng([seed, n_samples])
    columns = {}  # name -> (role, codes)
    logit = np.zeros(n_samples)

    for n_values in RELEVANT:
        codes = _zipf(rng, n_values, n_samples)
        logit += rng.normal(scale=EFFECT, size=n_values)[codes]
        columns[f"relevant_{n_values}"] = "relevant", codes
    numeric = rng.normal(size=n_samples)
    logit += EFFECT * numeric
    # Steps of a tenth of a standard deviation: a numeric column of the usual kind.
    steps = np.clip(np.rint(10 * numeric), -40, 40).astype(np.int64) + 40
    columns["numeric"] = "numeric", steps

    copied = columns["relevant_500"][1]
    columns["copy_of_500"] = "redundant", rng.permutation(500)[copied]
    coarse = columns["relevant_2000"][1]
    columns["coarse_2000"] = "redundant", rng.integers(0, 200, 2000)[coarse]
    corrupted = columns["relevant_100"][1].copy()
    redrawn = rng.random(n_samples) < 0.1
    corrupted[redrawn] = _zipf(rng, 100, np.count_nonzero(redrawn))
    columns["corrupted_100"] = "redundant", corrupted

    left, right = rng.integers(0, 4, (2, n_samples))
    logit += 2 * EFFECT * np.where((left < 2) == (right < 2), 0.5, -0.5)
    columns["pair_left"] = "interacting", left
    columns["pair_right"] = "interacting", right

    columns["row_id"] = "trap", np.arange(n_samples)
    columns["constant"] = "trap", np.zeros(n_samples, dtype=np.int64)
    rare = rng.random(n_samples) < 5e-4
    columns["near_constant"] = "trap", rare.astype(np.int64)
    present = rng.random(n_samples) < 0.03
    columns["mostly_missing"] = (
        "trap",
        np.where(present, 1 + rng.integers(0, 50, n_samples), 0),
    )
    columns["block_id"] = "trap", np.arange(n_samples) * 100 // n_samples

    n_noise = N_COLUMNS - len(columns)
    sizes = np.geomspace(2, 300_000, n_noise).astype(int)
    for i, n_values in enumerate(sizes):
        draw = _zipf if i % 2 else _uniform
        columns[f"noise_{i}_{n_values}"] = "noise", draw(rng, n_values, n_samples)

    y = rng.random(n_samples) < 1 / (1 + np.exp(-(logit + INTERCEPT)))
    order = rng.permutation(N_COLUMNS)
    items = [list(columns.items())[i] for i in order]
    X = np.empty((n_samples, N_COLUMNS), dtype=np.int64)
    for j, (name, (_, codes)) in enumerate(items):
        ordered = name in ("numeric", "row_id", "block_id", "mostly_missing")
        X[:, j] = codes if ordered else rng.permutation(codes.max() + 1)[codes]
    y = y.astype(np.int64)
    X.flags.writeable = y.flags.writeable = False
    names, roles = zip(*((name, role) for name, (role, _) in items), strict=True)
    return X, y, names, roles


# Standard deviation of the effect of a column on the log-odds, and the intercept that
# makes 27 % of the rows positive.
EFFECT = 0.5
INTERCEPT = -1.2


def planted_positives(roles):
    """Mask of the columns that a ranking of single columns should put first."""
    return np.array([role in POSITIVE_ROLES for role in roles])


def _uniform(rng, n_values, n_samples):
    return rng.integers(0, n_values, n_samples)


def _zipf(rng, n_values, n_samples):
    """Codes with frequencies proportional to 1 / (1 + code)."""
    cumulative = np.cumsum(1 / np.arange(1, n_values + 1))
    return np.searchsorted(cumulative, rng.random(n_samples) * cumulative[-1])
