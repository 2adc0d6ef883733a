# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The changes behind a score, and changes of two columns together."""

import numpy as np

from sklearn_fs.recourse._moves import Moves
from sklearn_fs.recourse._reachable import members
from sklearn_fs.recourse._rows_fast import distinct_rows


def program_with(programs, column):
    """The block of a column, or None where nothing of it can be changed."""
    for program in programs:
        if column in program.columns:
            k = int(np.flatnonzero(program.columns == column)[0])
            return program if program.actionable[k] else None
    return None


def intervention_frame(oracle, maker, column):
    """One row for each intervention on a column.

    Parameters
    ----------
    oracle : Oracle
    maker : MoveMaker
        That samples segments.
    column : int

    Returns
    -------
    frame : DataFrame or dict of list
    """
    names = oracle.action_set.feature_names
    features = list(oracle.action_set)
    found = {
        key: []
        for key in ("row", "value", "changes", "weight", "success", "is_draw")
    }  # fmt: skip
    if oracle.judges:
        found["plausible"] = []
    program = program_with(maker.programs, column)
    people = np.arange(len(oracle.Z))
    moves = maker.of_block(program, oracle.Z, {column})[0] if program else []
    for move, (person, point, ok) in zip(
        moves, oracle.blocks(people, moves), strict=True
    ):
        for j, index, weight in move.parts:
            of_point = np.full(len(move.finals), np.nan)
            of_point[index] = weight
            use = np.flatnonzero(~np.isnan(of_point[point]))
            made = oracle.Z[person[use]]
            made[:, move.columns] = move.finals[point[use]]
            start = oracle.Z[person[use]]
            moved = (made != start) & ~(np.isnan(made) & np.isnan(start))
            labels = [_label(features[c], made[:, c]) for c in range(len(names))]
            for i, at in enumerate(use):
                found["row"].append(int(person[at]))
                found["value"].append(labels[j][i])
                found["changes"].append(
                    {names[c]: labels[c][i] for c in np.flatnonzero(moved[i]) if c != j}
                )
                found["weight"].append(float(of_point[point[at]]))
                found["success"].append(bool(ok[at]))
                found["is_draw"].append(bool(move.sampled[move.key_of[person[at]]]))
            if oracle.judges and len(use):
                found["plausible"] += oracle.plausible(person[use], made).tolist()
    try:
        import pandas as pd
    except ImportError:
        return found
    return pd.DataFrame(found)


def _label(feature, values):
    """Values as the user knows them."""
    if feature.kind == "categorical":
        return [None if np.isnan(v) else feature.values[int(v)] for v in values]
    if feature.kind == "continuous":
        return values.tolist()
    return [int(v) if float(v).is_integer() else v for v in values.tolist()]


def pair_shares(oracle, maker, people, pair):
    """Share of the joint changes of two columns that reach the goal.

    Parameters
    ----------
    oracle : Oracle
    maker : MoveMaker
    people : ndarray of int
    pair : tuple of int
        Two columns.

    Returns
    -------
    shares : ndarray of shape (n_people,)
        0 where the two cannot change together.
    """
    programs = [program_with(maker.programs, column) for column in pair]
    if None in programs or len(people) == 0:
        return np.zeros(len(people))
    exact, maker.exact = maker.exact, False
    try:
        if programs[0] is programs[1]:
            return _in_one_block(oracle, maker, people, programs[0], pair)
        return _in_two_blocks(oracle, maker, people, programs, pair)
    finally:
        maker.exact = exact


def _in_one_block(oracle, maker, people, program, pair):
    keys = np.ascontiguousarray(oracle.Z[np.ix_(people, program.columns)])
    first, key_of = distinct_rows(keys)
    points = maker.points(program, keys[first])
    both = np.arange(len(points.finals))
    for column in pair:
        k = int(np.flatnonzero(program.columns == column)[0])
        both = np.intersect1d(both, members(points, k, "all"))
    offsets = np.searchsorted(points.key_of[both], np.arange(len(first) + 1))
    move = Moves(
        program.columns, key_of, points.keys, points.finals[both], offsets,
        points.sampled, [(pair[0], np.arange(len(both)), np.ones(len(both)))],
    )  # fmt: skip
    person, point, ok = oracle.blocks(people, [move])[0]
    if oracle.judges:
        made = oracle.Z[people[person]]
        made[:, move.columns] = move.finals[point]
        valid = oracle.plausible(people[person], made)
        person, ok = person[valid], ok[valid]
    total = np.bincount(person, minlength=len(people))
    hits = np.bincount(person[ok], minlength=len(people))
    return np.divide(hits, total, out=np.zeros(len(people)), where=total > 0)


def _in_two_blocks(oracle, maker, people, programs, pair):
    sides = []
    for program, column in zip(programs, pair, strict=True):
        moves = maker.of_block(program, oracle.Z[people], {column})[0]
        # A column has either listed states or draws, never both.
        sides.append(next(m for m in moves if m.parts and m.parts[0][0] == column))
    shares = np.zeros(len(people))
    for i, person in enumerate(people):
        states, weights, drawn = [], [], False
        for move in sides:
            key = move.key_of[i]
            _, index, weight = move.parts[0]
            mine = (index >= move.offsets[key]) & (index < move.offsets[key + 1])
            states.append(move.finals[index[mine]])
            weights.append(weight[mine])
            drawn = drawn or bool(move.sampled[key])
        a, b = (np.arange(len(s)) for s in states)
        if len(a) == 0 or len(b) == 0:
            continue
        left, right = (grid.ravel() for grid in np.meshgrid(a, b, indexing="ij"))
        if drawn and len(left) > maker.n_samples:
            rng = np.random.RandomState(maker.seed % 2**32)
            pick = rng.choice(len(left), maker.n_samples, replace=False)
            left, right = left[pick], right[pick]
        made = np.repeat(oracle.Z[person][None], len(left), axis=0)
        made[:, sides[0].columns] = states[0][left]
        made[:, sides[1].columns] = states[1][right]
        ok = oracle.rows(np.full(len(made), person), made)
        w = weights[0][left] * weights[1][right]
        w = np.where(oracle.plausible(np.full(len(made), person), made), w, 0.0)
        shares[i] = w[ok].sum() / w.sum() if w.sum() > 0 else 0.0
    return shares
