# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The share of the interventions on each column that reach the goal."""

from dataclasses import dataclass

import numpy as np

from sklearn_fs.recourse._moves import Segments


@dataclass
class Shares:
    """Scores of some people.

    Parameters
    ----------
    score : ndarray of shape (n_people, n_features)
    n_hits, n_draws : ndarray of shape (n_people, n_features)
        Successes and draws where a score is an estimate; 0 where it is exact.
    """

    score: np.ndarray
    n_hits: np.ndarray
    n_draws: np.ndarray


def measure_shares(oracle, maker, people, columns=None):
    """Scores of some people of the oracle's table.

    Parameters
    ----------
    oracle : Oracle
    maker : MoveMaker
    people : ndarray of int
    columns : set of int, default=None
        Columns that are asked about; None: all.

    Returns
    -------
    shares : Shares
    """
    Z = oracle.Z[people]
    n, d = Z.shape
    total = np.zeros((n, d))
    hits = np.zeros((n, d))
    counts = np.zeros((2, n, d), dtype=np.int64)
    moves, segments = [], []
    for program in maker.programs:
        if columns is None or columns & set(program.columns.tolist()):
            some, more = maker.of_block(program, Z, columns)
            moves += some
            segments += more
    exact = np.zeros((n, d))
    if segments:
        _along_segments(oracle, people, segments, exact)
    if moves:
        size = np.sum([move.n_points_of for move in moves], axis=0)
        for part in _chunks(size, oracle.chunk_size):
            _over_points(oracle, people, part, moves, total, hits, counts)
    score = np.divide(hits, total, out=np.zeros((n, d)), where=total > 0) + exact
    # Sums of weights are rounded; a share is none the less at most 1.
    return Shares(np.clip(score, 0.0, 1.0), *counts)


def _chunks(size, limit):
    """Ranges of people with about `limit` candidates together, at least one person."""
    ends = np.cumsum(size)
    start = 0
    while start < len(size):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + limit, side="right")))
        yield np.arange(start, stop)
        start = stop


def _over_points(oracle, people, part, moves, total, hits, counts):
    local = [move.take(part) for move in moves]
    answers = oracle.blocks(people[part], local)
    for move, (person, point, ok) in zip(local, answers, strict=True):
        valid = np.ones(len(ok), dtype=bool)
        if oracle.judges:
            # What is implausible counts in neither numerator nor denominator.
            made = oracle.Z[people[part][person]]
            made[:, move.columns] = move.finals[point]
            valid = oracle.plausible(people[part][person], made)
        for column, index, weight in move.parts:
            of_point = np.zeros(len(move.finals))
            of_point[index] = weight
            member = np.zeros(len(move.finals), dtype=bool)
            member[index] = True
            use = member[point] & valid
            w = of_point[point[use]]
            who = part[person[use]]
            good = ok[use]
            n = len(total)
            total[:, column] += np.bincount(who, w, n)
            hits[:, column] += np.bincount(who[good], w[good], n)
            drawn = move.sampled[move.key_of[person[use]]]
            counts[0, :, column] += np.bincount(who[good & drawn], minlength=n)
            counts[1, :, column] += np.bincount(who[drawn], minlength=n)


def _along_segments(oracle, people, segments, exact):
    alone = [s for s in segments if _moves_alone(s)]
    if alone and oracle.margin.kind == "tree":
        _walk_together(oracle, people, alone, exact)
        segments = [s for s in segments if not _moves_alone(s)]
    for segment in segments:
        exact[:, segment.column] = _one_segment(oracle, people, segment)


def _moves_alone(segment):
    """Whether one piece for each key moves nothing but the column itself."""
    if len(segment.pieces) != 1:
        return False
    piece = segment.pieces[0]
    others = np.delete(piece.slopes, segment.k)
    return not others.any() and len(np.unique(piece.key)) == len(piece.key)


def _walk_together(oracle, people, segments, exact):
    """All columns of trees that move alone, in one walk."""
    n = len(people)
    lower, upper = np.empty((2, n, len(segments)))
    for s, segment in enumerate(segments):
        piece = segment.pieces[0]
        ends = np.zeros((len(segment.keys), 2))
        ends[piece.key, 0], ends[piece.key, 1] = piece.lower, piece.upper
        start = np.nan_to_num(segment.keys[:, segment.k])[:, None]
        ends = (start + ends)[segment.key_of]
        lower[:, s], upper[:, s] = ends[:, 0], ends[:, 1]
    columns = [segment.column for segment in segments]
    exact[:, columns] = oracle.margin.interval_success_many(
        oracle.seen[people], columns, lower, upper, n_threads=oracle.n_threads
    )


def _one_segment(oracle, people, segment: Segments):
    n_keys = len(segment.keys)
    total, hit = np.zeros(len(people)), np.zeros(len(people))
    for piece in segment.pieces:
        # Pieces of a key, one after the other for all people with this key.
        order = np.argsort(piece.key, kind="stable")
        first = np.searchsorted(piece.key[order], np.arange(n_keys + 1))
        for rank in range(int(np.diff(first).max(initial=0))):
            has = np.diff(first) > rank
            who = np.flatnonzero(has[segment.key_of])
            at = order[first[segment.key_of[who]] + rank]
            low, high = piece.lower[at], piece.upper[at]
            length = high - low
            share = _share(oracle, people[who], segment, piece.slopes, low, high)
            total[who] += length
            hit[who] += length * share
    return np.divide(hit, total, out=np.zeros(len(people)), where=total > 0)


def _share(oracle, people, segment, slopes, low, high):
    X = oracle.seen[people]
    start = X[:, segment.column]
    return oracle.margin.interval_success(
        X, segment.column, start + low, start + high, effects_of(segment, slopes),
        n_threads=oracle.n_threads,
    )  # fmt: skip


def effects_of(segment, slopes):
    """Other columns that move along a segment: position -> change a unit of it.

    Parameters
    ----------
    segment : Segments
    slopes : ndarray of shape (n_columns,)
        Of one of its pieces.

    Returns
    -------
    effects : dict of int to float, or None
    """
    effects = {
        int(c): float(slope)
        for i, (c, slope) in enumerate(zip(segment.columns, slopes, strict=True))
        if slope != 0 and i != segment.k
    }
    return effects or None
