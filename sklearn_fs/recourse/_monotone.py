# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exact preimages of half lines under rounded, non-decreasing functions.

A model does not compare the value of a column with a threshold: it compares a
rounded function of it (a cast to float32, a standardisation). Rounding keeps the
order, so "the function of z is at most t" is still "z is at most T" for one
float64 T. With T in its place a kernel compares plain float64 values and decides
as the model does, to the last bit.
"""

import numpy as np

_MAGNITUDE = np.int64(0x7FFFFFFFFFFFFFFF)
_INFINITE = np.int64(0x7FF0000000000000)


def _keys(values):
    """Integers in the order of the float64 values (both zeros are 0)."""
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.int64)
    return np.where(bits < 0, -(bits & _MAGNITUDE), bits)


def _values(keys):
    """Inverse of `_keys`."""
    magnitude = np.abs(keys).view(np.float64)
    return np.where(keys < 0, -magnitude, magnitude)


def last_true(condition, size):
    """Largest float64 for which a condition holds, for `size` conditions at once.

    Parameters
    ----------
    condition : callable
        From float64 values of shape (size,) to bool of shape (size,); true up to
        some value, false above it.
    size : int

    Returns
    -------
    last : ndarray of shape (size,)
        -inf where the condition holds nowhere, +inf where it holds everywhere.
    """
    # The condition holds at `low` or nowhere, and fails at `high` or nowhere.
    low = np.full(size, -_INFINITE)
    high = np.full(size, _INFINITE)
    everywhere = condition(np.full(size, np.inf))
    for _ in range(65):  # 2**64 keys
        # The mean of two keys, without their sum, which may overflow.
        middle = (low >> 1) + (high >> 1) + (low & high & 1)
        inside = (middle > low) & (middle < high)
        if not inside.any():
            break
        holds = condition(_values(middle))
        low = np.where(inside & holds, middle, low)
        high = np.where(inside & ~holds, middle, high)
    return np.where(everywhere, np.inf, _values(low))


def next_above(values):
    """The next float64 above each value."""
    return np.nextafter(np.asarray(values, dtype=np.float64), np.inf)


def float32_at_most(thresholds):
    """T such that `z <= T` equals `float32(z) <= threshold`, for float64 z.

    Parameters
    ----------
    thresholds : ndarray of shape (n,)
        float64 or float32.
    """
    thresholds = np.asarray(thresholds, dtype=np.float64)
    with np.errstate(over="ignore"):
        below = thresholds.astype(np.float32)
    # The largest float32 at most the threshold, and the one above it.
    too_high = below.astype(np.float64) > thresholds
    below = np.where(too_high, np.nextafter(below, np.float32(-np.inf)), below)
    above = np.nextafter(below, np.float32(np.inf)).astype(np.float64)
    # Everything from 2**128 - 2**103 on is rounded to infinity.
    above = np.where(np.isinf(above), 2.0**128, above)
    with np.errstate(invalid="ignore", over="ignore"):
        middle = (below.astype(np.float64) + above) / 2.0
        rounds_down = middle.astype(np.float32) <= below
    middle = np.where(rounds_down, middle, np.nextafter(middle, -np.inf))
    # Below this a number is rounded to -infinity, which is at most -infinity.
    lowest = -(2.0**128 - 2.0**103)
    return np.where(np.isinf(thresholds), np.fmax(thresholds, lowest), middle)


def float32_below(thresholds):
    """T such that `z <= T` equals `float32(z) < float32(threshold)`."""
    thresholds = np.asarray(thresholds, dtype=np.float32)
    return float32_at_most(np.nextafter(thresholds, np.float32(-np.inf)))
