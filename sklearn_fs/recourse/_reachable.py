# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reachable points of blocks, and which of them are interventions on a column."""

import math
from dataclasses import dataclass, field

import numpy as np

from sklearn_fs.recourse._proposals import sample_keys
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
        Keys with too many points to list: theirs are uniform draws, and, before them,
        all points at which the person moves few columns.
    depth : ndarray of shape (n_keys,)
        Of a key with draws: how many columns these few are at most.
    drawn : ndarray of shape (n_points,), dtype bool
        Points that are draws.
    """

    keys: np.ndarray
    finals: np.ndarray
    n_direct: np.ndarray
    offsets: np.ndarray
    sampled: np.ndarray
    depth: np.ndarray
    drawn: np.ndarray
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
    """Everything that can be reached from each key, or a sample of it.

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
    finals, n_direct, offsets, too_many = _enumerate(program, limits, max_points)
    depth = np.zeros(len(keys), dtype=np.int64)
    drawn = np.zeros(len(finals), dtype=bool)
    large = np.flatnonzero(too_many)
    if len(large):
        parts = [finals[offsets[k] : offsets[k + 1]] for k in range(len(keys))]
        direct = [n_direct[offsets[k] : offsets[k + 1]] for k in range(len(keys))]
        own = {name: value[large] for name, value in limits.items()}
        for most in (1, 2):
            # Interventions move as few columns as they can: these are all of them.
            some, n_some, ends, left_out = _enumerate(program, own, max_points, most)
            for i in np.flatnonzero(~left_out):
                k = large[i]
                parts[k], direct[k] = (a[ends[i] : ends[i + 1]] for a in (some, n_some))
                depth[k] = most
        draws, n_draws = sample_keys(program, limits, large, n_samples, seed)
        is_draw = [np.zeros(len(part), dtype=bool) for part in parts]
        for i, k in enumerate(large):
            parts[k] = np.vstack([parts[k], draws[i]])
            direct[k] = np.append(direct[k], n_draws[i])
            is_draw[k] = np.append(is_draw[k], np.ones(len(draws[i]), dtype=bool))
        offsets = np.cumsum([0] + [len(part) for part in parts])
        finals, n_direct = np.vstack(parts), np.concatenate(direct)
        drawn = np.concatenate(is_draw)
    return Points(limits["starts"], finals, n_direct, offsets, too_many, depth, drawn)


def _enumerate(program, limits, max_points, max_direct=None):
    """All points of keys that have not too many."""
    if max_direct is None:
        max_direct = len(program.names)
    if program.has_functions:
        return enumerate_with_functions(program, limits, max_points, max_direct)
    # Branches that are cut cost a visit each; so many visits a point are tolerated.
    max_nodes = 50 * max_points + 10_000
    return Search(program, limits).run(max_points, max_nodes, max_direct)


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
        the fewest columns change. Of a key with draws "all" takes the draws alone,
        which are uniform.

    Returns
    -------
    index : ndarray of int
        Positions of the points, sorted.
    """
    if intervention == "all":
        use = points.drawn | ~points.sampled[points.key_of]
    else:
        # A draw that moves few columns is among the points that are all listed.
        use = ~points.drawn | (points.n_direct > points.depth[points.key_of])
    index = np.flatnonzero(points.moved[:, k] & use)
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
