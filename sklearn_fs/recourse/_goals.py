# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""From "the prediction is in the target set" to a cut of the model's sums.

A model turns its sums into an answer by a rounded, monotone function. The smallest
sum with the wanted answer is found by bisection over float64 of that function
itself, so that `reached` and the model agree on the last bit. All margins here are
built so that **a goal is reached exactly where the margin is at least 0**.
"""

from dataclasses import dataclass

import numpy as np

from sklearn_fs.recourse._monotone import last_true, next_above

# The order and the sizes are those of `goal_t` in `_tree_nodes.pxd`.
GOAL_DTYPE = np.dtype(
    [
        ("sign", np.float64),
        ("cut", np.float64),
        ("tolerance", np.float64),
        ("logit", np.float64),
        ("divisor", np.float64),
        ("rule", np.int32),
        ("link", np.int32),
        ("target", np.int32),
        ("single", np.int32),
        ("n_outputs", np.int32),
        ("n_fast", np.int32),
    ]
)
RULE_CUT, RULE_LARGEST, RULE_SHARE = 0, 1, 2
LINK_NONE, LINK_DIVIDE, LINK_SOFTMAX = 0, 1, 2
SMALLEST = np.nextafter(0.0, 1.0)


@dataclass(frozen=True)
class Wish:
    """What is wanted of a model.

    Attributes
    ----------
    target : int or None
        Number of the wanted class; None for a regressor.
    threshold : float or None
        The wanted class needs at least this score; None: it must be predicted.
    response : {"predict_proba", "decision_function"}
        The score that `threshold` is about.
    wanted : bool
        False turns the wish round: the answer must not be the one described.
    """

    target: int | None
    threshold: float | None = None
    response: str = "predict_proba"
    wanted: bool = True


@dataclass(frozen=True)
class Cut:
    """`sign * sum >= cut` is the wish."""

    sign: float
    cut: float


def monotone_cut(condition):
    """The `Cut` of a monotone condition on one sum.

    Parameters
    ----------
    condition : callable
        From float64 sums of shape (n,) to bool of shape (n,): false then true, or
        true then false, as the sums grow.

    Returns
    -------
    cut : Cut
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        ends = condition(np.array([-1e300, 1e300]))
        if ends[0] and not ends[1]:
            return Cut(-1.0, -float(last_true(condition, 1)[0]))
        if ends[0]:
            return Cut(1.0, -np.inf)
        if not ends[1]:
            return Cut(1.0, np.inf)
        return Cut(1.0, float(next_above(last_true(lambda z: ~condition(z), 1))[0]))


def sigmoid64(raw):
    """The logistic function in float64, as a C library computes it."""
    return 1.0 / (1.0 + np.exp(-raw))


def sigmoid32(raw):
    """The logistic function of XGBoost: float32, its argument held below 88.7."""
    raw = np.minimum(-np.asarray(raw, dtype=np.float32), np.float32(88.7))
    # exp in float64, then rounded: what a correctly rounded expf gives.
    power = np.exp(raw.astype(np.float64)).astype(np.float32)
    return np.float32(1.0) / (power + np.float32(1.0) + np.float32(1e-16))
