# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reachable points of blocks, and which of them are interventions on a column."""

import math
from dataclasses import dataclass, field

import numpy as np

from sklearn_fs.recourse._proposals import sample_key
from sklearn_fs.recourse._reachable_fast import Search
from sklearn_fs.recourse._reachable_functions import enumerate_with_functions


@dataclass
class Points:
    """Final states that keys of one block can reach; the present one is left out.

    Parameters
    ----------
    keys : ndarray of shape (n_keys, n_columns)
        Present states.
    finals : ndarray of shape (n_points, n_columns)
        Final states, key after key.
    n_direct : ndarray of shape (n_points,)
        Columns that the person moves.
    offsets : ndarray of shape (n_keys + 1,)
        Where the points of each key begin.
    sampled : ndarray of shape (n_keys,), dtype bool
        Keys of which the points are a sample.
    """

    keys: np.ndarray
    finals: np.ndarray
    n_direct: np.ndarray
    offsets: np.ndarray
    sampled: np.ndarray
    cache: dict = field(default_factory=dict, repr=False)

    @property
    def key_of(self):
        """Key of each point."""
        if "key_of" not in self.cache:
            self.cache["key_of"] = np.repeat(
                np.arange(len(self.keys)), np.diff(self.offsets)
            )
        return self.cache["key_of"]

    @property
    def moved(self):
        """Which columns change at each point."""
        if "moved" not in self.cache:
            start = self.keys[self.key_of]
            self.cache["moved"] = (self.finals != start) & ~(
                np.isnan(self.finals) & np.isnan(start)
            )
        return self.cache["moved"]


def reachable_points(program, keys, *, max_points, n_samples, seed):
    """Everything that can be reached from each key, or a uniform sample of it.

    Parameters
    ----------
    program : BlockProgram
    keys : ndarray of shape (n_keys, n_columns)
        Distinct present states.
    max_points : int
        Keys with more points are sampled.
    n_samples : int
        Size of such a sample.
    seed : int
        The draws of a key depend on this and on its values alone.

    Returns
    -------
    points : Points
    """
    limits = program.limits(keys)
    # Branches that are cut cost a visit each; so many visits a point are tolerated.
    max_nodes = 50 * max_points + 10_000
    if program.has_functions:
        found = enumerate_with_functions(program, limits, max_points)
    else:
        found = Search(program, limits).run(max_points, max_nodes)
    finals, n_direct, offsets, too_many = found
    if too_many.any():
        parts, direct = [], []
        for k in range(len(keys)):
            if too_many[k]:
                sample = sample_key(program, limits, k, n_samples, seed)
                parts.append(sample[0])
                direct.append(sample[1])
            else:
                parts.append(finals[offsets[k] : offsets[k + 1]])
                direct.append(n_direct[offsets[k] : offsets[k + 1]])
        offsets = np.cumsum([0] + [len(part) for part in parts])
        finals, n_direct = np.vstack(parts), np.concatenate(direct)
    return Points(limits["starts"], finals, n_direct, offsets, too_many)


def members(points, k, intervention):
    """Which points are interventions on column k of the block.

    Parameters
    ----------
    points : Points
    k : int
        Column within the block.
    intervention : {"minimal", "all"}
        "minimal" keeps, for each key and new value of the column, the points at
        which the person moves the fewest columns and, of these, the points at which
        the fewest columns change.

    Returns
    -------
    index : ndarray of int
        Positions of the points, sorted.
    """
    index = np.flatnonzero(points.moved[:, k])
    if intervention == "all" or len(index) == 0:
        return index
    effort = points.n_direct[index] * (points.moved.shape[1] + 1) + points.moved[
        index
    ].sum(axis=1)
    value = points.finals[index, k]
    key = points.key_of[index]
    order = np.lexsort((effort, value, key))
    first = np.ones(len(index), dtype=bool)
    first[1:] = (np.diff(key[order]) != 0) | (np.diff(value[order]) != 0)
    least = effort[order][first][np.cumsum(first) - 1]
    return np.sort(index[order][effort[order] == least])


def auto_samples(confidence, half_width):
    """Draws after which a share is known to within `half_width` (Hoeffding).

    Parameters
    ----------
    confidence : float
    half_width : float

    Returns
    -------
    n : int
        738 for 0.95 and 0.05.
    """
    return math.ceil(math.log(2 / (1 - confidence)) / (2 * half_width**2))
