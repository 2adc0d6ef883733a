# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows on which a model is compared with what was read of it."""

import numpy as np

N_ROWS = 64


def generated_rows(margin):
    """Rows at, beside and between the thresholds of trees, or around a plane.

    Parameters
    ----------
    margin : LinearMargin or TreeMargin

    Returns
    -------
    X : ndarray of shape (64, n_features)
    """
    random = np.random.RandomState(0)
    if margin.kind == "linear":
        X = random.normal(size=(N_ROWS, margin.n_features))
        # Move every other row next to the plane, where an answer says most.
        return margin.near_goal(X)
    X = np.zeros((N_ROWS, margin.n_features))
    for column in np.flatnonzero(margin.columns_used):
        cuts = margin.cuts(column)
        cuts = cuts[np.isfinite(cuts)]
        if not len(cuts):
            continue
        chosen = random.choice(cuts, size=N_ROWS)
        kind = random.randint(4, size=N_ROWS)
        X[:, column] = np.select(
            [kind == 0, kind == 1, kind == 2],
            [
                chosen,
                np.nextafter(chosen, np.inf),
                np.rint(chosen),
            ],
            (chosen + random.choice(cuts, size=N_ROWS)) / 2.0,
        )
    return X
