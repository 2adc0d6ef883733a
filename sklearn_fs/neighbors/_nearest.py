# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Searches over chosen rows and candidates, in blocks, O(n k) memory."""

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from sklearn_fs.neighbors._nearest_fast import count_closer, update_neighbors
from sklearn_fs.neighbors._partitions import projection_tree

# Rows and candidates of one product: 4 MB, which stays in the cache.
_ROW_CHUNK = 512
_CANDIDATE_CHUNK = 2048
# Bytes of candidates that are prepared at once.
_PREPARED_BYTES = 2**26


def run(function, tasks, n_jobs):
    """Call function(*task) for each task; tasks write to disjoint outputs."""
    if n_jobs is None or n_jobs == 1 or len(tasks) < 2:
        for task in tasks:
            function(*task)
    else:
        Parallel(n_jobs=n_jobs, require="sharedmem")(
            delayed(function)(*task) for task in tasks
        )


def empty_neighbors(n_rows, k):
    """Lists of no neighbours: indices -1, squared distances inf."""
    return (
        np.full((n_rows, k), -1, dtype=np.int32),
        np.full((n_rows, k), np.inf, dtype=np.float64),
    )


def slices(n, step):
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]


def candidate_step(points):
    """How many candidates are prepared at once."""
    n_features = points.n_features
    if points.is_sparse:
        # Made dense on the columns in use: count the entries instead.
        n_features = min(n_features, 1 + points.X.nnz // max(points.n_samples, 1) * 64)
    return int(max(_ROW_CHUNK, _PREPARED_BYTES // (12 * n_features)))


def merge_block(
    points, rows, candidates, row_ids, candidate_ids, places, neighbors, distances
):
    """Merge prepared candidates into the neighbour lists of prepared rows."""
    scratch = np.empty(neighbors.shape[1])
    tolerance = points.tolerance(rows.exact.shape[1])
    for part in slices(len(candidate_ids), _CANDIDATE_CHUNK):
        some = candidates[part]
        update_neighbors(
            rows.screen @ some.screen.T,
            rows.exact,
            some.exact,
            rows.norms,
            some.norms,
            row_ids,
            candidate_ids[part],
            places,
            points.unit,
            tolerance,
            scratch,
            neighbors,
            distances,
        )


def nearest(points, rows, candidates, k, *, exclude_self=True, n_jobs=None):
    """The k nearest candidates of each row, ties by lowest index.

    Parameters
    ----------
    points : Points
    rows, candidates : ndarray of intp
        Indices into `points`.
    k : int
        At least 1.
    exclude_self : bool, default=True
        Skip the candidate that is the row itself (by index, not by distance).
    n_jobs : int, default=None
        Threads; the result does not depend on it.

    Returns
    -------
    neighbors : ndarray of shape (n_rows, k), int32
        Indices into `points`, nearest first, -1 where there are fewer than k.
    distances : ndarray of shape (n_rows, k)
        Squared distances, inf where there is no neighbour.
    """
    rows = np.asarray(rows, dtype=np.intp)
    candidates = np.asarray(candidates, dtype=np.intp)
    neighbors, distances = empty_neighbors(len(rows), k)
    ids = rows if exclude_self else np.full(len(rows), -1, dtype=np.intp)
    places = np.arange(len(rows), dtype=np.intp)

    def work(part, some, prepared):
        if points.is_sparse:
            block, prepared = points.blocks(rows[part], some)
        else:
            (block,) = points.blocks(rows[part])
        merge_block(
            points, block, prepared, ids[part], some, places[part], neighbors, distances
        )

    for chunk in slices(len(candidates), candidate_step(points)):
        some = candidates[chunk]
        prepared = None if points.is_sparse else points.blocks(some)[0]
        tasks = [(p, some, prepared) for p in slices(len(rows), _ROW_CHUNK)]
        run(work, tasks, n_jobs)
    return neighbors, distances


def count_local_sets(points, rows, radii):
    """Sizes of the local sets inside one group of rows, and memberships.

    Parameters
    ----------
    points : Points
    rows : ndarray of intp
        The group.
    radii : ndarray of shape (n_rows,)
        Squared distance of each row to its nearest enemy.

    Returns
    -------
    sizes : ndarray of shape (n_rows,), int32
        How many other rows of the group are strictly inside the radius of each.
    memberships : ndarray of shape (n_rows,), int32
        In how many local sets each row lies.
    """
    n_rows = len(rows)
    sizes = np.zeros(n_rows, dtype=np.int32)
    memberships = np.zeros(n_rows, dtype=np.int32)
    for part in slices(n_rows, _ROW_CHUNK):
        for chunk in slices(n_rows, _CANDIDATE_CHUNK):
            block, some = points.blocks(rows[part], rows[chunk])
            count_closer(
                block.screen @ some.screen.T,
                block.exact,
                some.exact,
                block.norms,
                some.norms,
                rows[part],
                rows[chunk],
                radii[part],
                points.unit,
                points.tolerance(block.exact.shape[1]),
                sizes[part],
                memberships[chunk],
            )
    return sizes, memberships


# Pairs that an exact search still may take: a few seconds.
_PAIR_LIMIT = 2_000_000_000
_FOREST_TREES = 2
_FOREST_LEAF = 300


def nearest_of_class(points, codes, kept, *, n_jobs=None):
    """The nearest kept row of its own class for each row; a kept row is its own.

    Above 2e9 pairs the search is confined to the leaves of two projection trees
    that are grown on the kept rows, with a fixed seed; the answer is then a near row
    and in most cases the nearest.

    Parameters
    ----------
    points : Points
    codes : ndarray of shape (n_samples,)
    kept : ndarray of intp
        At least one row of each class.
    n_jobs : int, default=None

    Returns
    -------
    owner : ndarray of shape (n_samples,), intp
    """
    neighbors, distances = empty_neighbors(points.n_samples, 1)
    tasks = []
    for code in np.unique(codes):
        members = np.flatnonzero(codes == code)
        own = kept[codes[kept] == code]
        # Among equal rows a kept row still belongs to itself.
        members = np.setdiff1d(members, own, assume_unique=True)
        if len(members) * len(own) * len(np.unique(codes)) <= _PAIR_LIMIT:
            tasks.append([(own, members)])
            continue
        rng = np.random.RandomState(0)
        for _ in range(_FOREST_TREES):
            leaves = projection_tree(
                points, _FOREST_LEAF, rng, members=own, guests=members
            )
            tasks.append(leaves)

    def work(candidates, rows):
        found, squared = nearest(points, rows, candidates, 1, exclude_self=False)
        better = (squared < distances[rows])[:, 0]
        neighbors[rows[better]] = found[better]
        distances[rows[better]] = squared[better]

    for layer in tasks:
        run(work, [task for task in layer if len(task[1])], n_jobs)
    owner = neighbors[:, 0].astype(np.intp)
    owner[kept] = kept
    return owner


def sum_over(points, rows, candidates, term, *, self_distance=0.0, n_jobs=None):
    """Sum a function of the distances from each row to all candidates.

    Sums of many distances need not be exact to the last bit, so this one is a plain
    float64 product; distances that are 0 up to rounding are 0, and the sums are
    rounded to 11 digits, so that equal rows have equal sums.

    Parameters
    ----------
    points : Points
    rows, candidates : ndarray of intp
    term : callable
        Takes distances of shape (n_some_rows, n_some_candidates) and the two slices
        that they belong to; returns what to add, of shape (n_some_rows,).
    self_distance : float, default=0.0
        Distance of a row to itself.
    n_jobs : int, default=None

    Returns
    -------
    sums : ndarray of shape (n_rows,), float64
    """
    sums = np.zeros(len(rows))
    step = min(_CANDIDATE_CHUNK, candidate_step(points))

    def work(part):
        for chunk in slices(len(candidates), step):
            block, some = points.blocks(rows[part], candidates[chunk])
            center = some.exact.mean(axis=0)
            a, b = block.exact - center, some.exact - center
            norms = np.add.outer(
                np.einsum("ij,ij->i", a, a), np.einsum("ij,ij->i", b, b)
            )
            squared = norms - 2.0 * (a @ b.T)
            squared[squared < 4e-16 * (a.shape[1] + 8) * norms] = 0.0
            distances = np.sqrt(squared, out=squared)
            distances[rows[part][:, None] == candidates[chunk]] = self_distance
            sums[part] += term(distances, part, chunk)

    run(work, [(part,) for part in slices(len(rows), _ROW_CHUNK)], n_jobs)
    size = np.abs(sums).max(initial=0.0)
    return np.round(sums / size, 11) * size if size > 0 else sums


def nearest_enemies(points, codes, *, rows=None, n_jobs=None):
    """The nearest row of another class.

    Parameters
    ----------
    points : Points
    codes : ndarray of shape (n_samples,)
    rows : ndarray of intp, default=None
        Look among these rows only; None means all.

    Returns
    -------
    enemies : ndarray of shape (n_rows,), int32
        Index into `points`, -1 where there is one class only.
    squared : ndarray of shape (n_rows,)
        Squared distance, inf where there is none.
    """
    rows = np.arange(points.n_samples) if rows is None else rows
    enemies, squared = empty_neighbors(len(rows), 1)
    for code in np.unique(codes[rows]):
        own = codes[rows] == code
        enemies[own], squared[own] = nearest(
            points, rows[own], rows[~own], 1, n_jobs=n_jobs
        )
    return enemies[:, 0], squared[:, 0]
