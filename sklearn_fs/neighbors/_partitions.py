# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Cut the rows into blocks in which neighbours are looked for.

Each function returns layers. A layer is a list of disjoint index arrays, so that
its blocks can be searched at the same time; what different layers find is merged.
"""

import numpy as np


def stratified_batches(codes, batch_size, rng):
    """Disjoint batches with the class shares of the whole table.

    Every batch holds floor or ceil(n_c / n_batches) rows of class c: each class is
    shuffled and dealt round-robin, and the next class goes on where it stopped, so
    that the batches differ by at most one row.
    """
    n_samples = len(codes)
    n_batches = -(-n_samples // batch_size)
    batch = np.empty(n_samples, dtype=np.intp)
    dealt = 0
    for code in np.unique(codes):
        members = rng.permutation(np.flatnonzero(codes == code))
        batch[members] = (dealt + np.arange(len(members))) % n_batches
        dealt += len(members)
    return [_groups(batch)]


def windows(n_samples, batch_size, overlap, rng):
    """Windows over a shuffled order, each sharing rows with the next."""
    order = rng.permutation(n_samples)
    step = max(1, round(batch_size * (1.0 - overlap)))
    last = max(n_samples - batch_size, 0)
    starts = [*range(0, last, step), last]
    blocks = [np.sort(order[start : start + batch_size]) for start in starts]
    # Windows this far apart share no row; the last one may be nearer, so it
    # stands alone.
    apart = -(-batch_size // step)
    layers = [blocks[:-1][first::apart] for first in range(apart)]
    return [layer for layer in [*layers, blocks[-1:]] if layer]


def sign_codes(points, n_bits, rng):
    """One bit per random hyperplane through the mean of the table."""
    planes = rng.standard_normal((points.n_features, n_bits))
    center = points.center
    codes = np.empty(points.n_samples, dtype=np.int64)
    weights = np.int64(1) << np.arange(n_bits, dtype=np.int64)
    for start in range(0, points.n_samples, 8192):
        part = slice(start, start + 8192)
        codes[part] = (points.values(part) @ planes > center @ planes) @ weights
    return codes


def hash_buckets(codes, n_bits, max_bucket, rng):
    """Rows of equal code; large buckets are split, single rows joined.

    A row alone in its bucket joins the bucket at Hamming distance 1 with the
    smallest code, or stays alone.
    """
    values, bucket, sizes = np.unique(codes, return_inverse=True, return_counts=True)
    place = {int(value): number for number, value in enumerate(values)}
    target = np.arange(len(values))
    for number in np.flatnonzero(sizes == 1):
        near = (int(values[number]) ^ (1 << bit) for bit in range(n_bits))
        joined = min((code for code in near if code in place), default=None)
        # Of two single rows that are neighbours the later joins the earlier.
        if joined is not None and (sizes[place[joined]] > 1 or place[joined] < number):
            target[number] = target[place[joined]]
    blocks = []
    for members in _groups(target[bucket]):
        if len(members) <= max_bucket:
            blocks.append(members)
            continue
        n_parts = -(-len(members) // max_bucket)
        shuffled = rng.permutation(members)
        blocks.extend(np.sort(part) for part in np.array_split(shuffled, n_parts))
    return [blocks]


def projection_tree(points, leaf_size, rng, *, members=None, guests=None):
    """Leaves of one random projection tree.

    A node is split at the median of the projection on the difference of two of its
    rows, until it holds at most `leaf_size`.

    Parameters
    ----------
    points : Points
    leaf_size : int
    rng : RandomState
    members : ndarray of intp, default=None
        The rows that the tree is grown on; None means all.
    guests : ndarray of intp, default=None
        Rows that are sent down the same splits.

    Returns
    -------
    leaves : list of (members, guests)
    """
    members = np.arange(points.n_samples) if members is None else members
    guests = np.empty(0, dtype=np.intp) if guests is None else guests
    leaves, stack = [], [(members, guests)]
    while stack:
        members, guests = stack.pop()
        if len(members) <= leaf_size:
            leaves.append((members, guests))
            continue
        ends = points.values(members[rng.choice(len(members), 2, replace=False)])
        if points.is_sparse:
            ends = ends.toarray()
        direction = ends[1] - ends[0]
        heights = _project(points, members, direction)
        # Ranks, not values: equal rows are split too, and every split is even.
        order = np.argsort(heights, kind="stable")
        half = len(members) // 2
        threshold = heights[order[half]]
        right_guests = _project(points, guests, direction) >= threshold
        stack.append((np.sort(members[order[half:]]), guests[right_guests]))
        stack.append((np.sort(members[order[:half]]), guests[~right_guests]))
    return leaves


def _project(points, rows, direction):
    heights = np.empty(len(rows))
    for start in range(0, len(rows), 8192):
        part = slice(start, start + 8192)
        heights[part] = points.values(rows[part]) @ direction
    return heights


def _groups(labels):
    """Index arrays of equal labels, by ascending label."""
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    return np.split(order, cuts)
