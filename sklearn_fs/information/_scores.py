# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The score menu: functions of counts, vectorised over columns."""

import numpy as np

from sklearn_fs.information._contingency import joint_cells

# Below this a denominator is an entropy of 0 with rounding.
TINY = 1e-12

# Scores that are functions of the sums in JointCounts and of the null.
SUM_MEASURES = {
    "mi", "mi_corrected", "rfi", "ami", "z", "mi_miller_madow", "mi_randomized",
    "max_value_coverage",
}  # fmt: skip
# Scores that need the cells of each table.
CELL_MEASURES = {"loo", "pearson"}
MEASURES = SUM_MEASURES | CELL_MEASURES

# Pseudo-count of the shrunken category mean behind "loo".
LOO_SMOOTHING = 50.0


def ratio(numerator, denominator):
    """Quotient that is 0 where the denominator is an entropy of zero."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    use = denominator > TINY
    return np.divide(numerator, denominator, out=np.zeros(use.shape), where=use)


_AVERAGES = {
    "arithmetic": lambda a, b: (a + b) / 2.0,
    "max": np.maximum,
    "min": np.minimum,
    "geometric": lambda a, b: np.sqrt(a * b),
}


def adjusted(information, expected, entropy_x, entropy_y, average="arithmetic"):
    """Adjusted mutual information (I - E) / (avg(H(X), H(Y)) - E).

    Parameters
    ----------
    information, expected, entropy_x, entropy_y : array-like
        In nats; broadcast against each other.
    average : {"arithmetic", "max", "min", "geometric"}, default="arithmetic"
        How the two entropies are averaged.

    Returns
    -------
    ami : ndarray
        1 for identical partitions of more than one part, also where both are all
        distinct but equal; 0 where the denominator vanishes otherwise.
    """
    information, expected, entropy_x, entropy_y = np.broadcast_arrays(
        information, expected, entropy_x, entropy_y
    )
    top = _AVERAGES[average](entropy_x, entropy_y)
    score = ratio(information - expected, top - expected)
    # Chance alone reaches the top: all distinct on both sides, 0/0.
    return np.where(top - expected <= TINY, 0.0, score)


def miller_madow(information, n_rows, n_classes, n):
    """I - (R - 1)(K - 1) / (2 n): the bias of dense tables."""
    return information - (n_rows - 1.0) * (n_classes - 1.0) / (2.0 * n)


def loo_gain(block, position, target, weights=None, smoothing=LOO_SMOOTHING):
    """Leave-one-out gain in log-loss of a shrunken category mean, from counts.

    (1/n) sum_ij n_ij log q_ij - (1/n) sum_j b_j log((b_j - 1)/(n - 1)) with
    q_ij = (n_ij - 1 + alpha p_j) / (a_i - 1 + alpha): what a target encoding would
    gain on rows that it has not seen, without a cross-validation.
    """
    codes, classes, counts = joint_cells(
        block, position, target.codes, target.totals, weights
    )
    n = target.n
    a = np.zeros(codes.max() + 1)
    np.add.at(a, codes, counts)
    p = target.totals / n
    q = (counts - 1 + smoothing * p[classes]) / (a[codes] - 1 + smoothing)
    gain = np.sort(counts * np.log(q)).sum()
    b = target.totals[target.totals >= 2]
    return float(gain - (b * np.log((b - 1) / (n - 1))).sum()) / n


def absolute_correlation(block, position, target, weights=None):
    """|Pearson correlation| of the codes of a column and of the target.

    Rows with a missing value are left out; 0 where either is constant.
    """
    codes, classes, counts = joint_cells(
        block, position, target.codes, target.totals, weights
    )
    use = codes > 0
    codes, classes, counts = codes[use], classes[use], counts[use]
    if len(codes) == 0:
        return 0.0
    dx = codes - np.average(codes, weights=counts)
    dy = classes - np.average(classes, weights=counts)
    spread = np.sqrt((counts * dx * dx).sum() * (counts * dy * dy).sum())
    return abs(float((counts * dx * dy).sum() / spread)) if spread > 0 else 0.0
