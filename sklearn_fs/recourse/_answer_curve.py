# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The answer of the model as a function of one column of one person."""

import numpy as np

from sklearn_fs.recourse._interventions import program_with
from sklearn_fs.recourse._names import unknown_name
from sklearn_fs.recourse._scoring import effects_of
from sklearn_fs.recourse._success_runs import longest_runs, success_intervals


def answer_curve(scorer, X, feature=None):
    """What a change of a column gives, all else reacting as it must.

    Parameters
    ----------
    scorer : ResponsivenessScorer
        Fitted.
    X : {dataframe, array-like} of shape (1, n_features)
        One person.
    feature : str, default=None
        None: the column with the largest score.

    Returns
    -------
    curve : dict
        `name`; `now`, the present value; `values` and `answers`, the margin or
        whether the prediction is wanted (`is_margin`), as a line or as points
        (`is_line`, and `wins` of the points); the `cuts` of the line; intervals
        of `success`; `categories`, if values are positions in a list.
    """
    names = scorer.action_set_.feature_names
    if feature is None:
        shares, place, _, oracle = scorer._measure(X)
        if place[0] < 0:
            raise ValueError(
                "The person has the wanted prediction; say with feature which column "
                "to draw."
            )
        column = int(np.argmax(shares.score[place[0]]))
    else:
        if feature not in names:
            raise ValueError(unknown_name(feature, names, where="feature"))
        column = names.index(feature)
        oracle = scorer._prepare(X)[0]
    name = names[column]
    described = scorer.action_set_[name]
    maker = scorer._maker(oracle)
    program = program_with(maker.programs, column)
    if program is None:
        raise ValueError(
            f"feature={name!r} cannot be changed; choose one that is actionable."
        )
    now = oracle.Z[0, column]
    curve = {
        "name": name,
        "now": None if np.isnan(now) else float(now),
        "categories": None,
        "wins": None,
    }
    moves, segments = maker.of_block(program, oracle.Z, {column})
    segments = [segment for segment in segments if segment.column == column]
    if segments:
        return {**curve, **_line(oracle, segments[0])}
    if described.kind == "categorical":
        curve["categories"] = [str(v) for v in described.values]
    return {**curve, **_points(oracle, moves, column, now)}


def _line(oracle, segment):
    x, margin = oracle.seen[0], oracle.margin
    start = np.nan_to_num(x[segment.column])
    values, answers, cuts = [], [], []
    parts = [
        (start + low, start + high, piece.slopes)
        for piece in segment.pieces
        for low, high in zip(piece.lower, piece.upper, strict=True)
        if high > low
    ]
    for low, high, slopes in sorted(parts, key=lambda part: part[0]):
        effects = effects_of(segment, slopes)
        ends, middle, rate = margin.parts_along(x, segment.column, low, high, effects)
        values.append(np.repeat(ends, 2)[1:-1])
        half = 0.5 * rate * np.diff(ends)
        answers.append(np.column_stack([middle - half, middle + half]).ravel())
        if margin.kind == "tree":
            cuts += ends[1:-1].tolist()
    success = success_intervals(oracle, 0, segment, segment.key_of[0])
    none = np.empty(0)
    return {
        "values": np.concatenate(values) if values else none,
        "answers": np.concatenate(answers) if answers else none,
        "cuts": np.array(cuts),
        "success": [(low, high) for low, high, _ in success],
        "is_margin": True,
        "is_line": True,
    }


def _points(oracle, moves, column, now):
    values, answers, wins = [], [], []
    for move, (_, point, ok) in zip(
        moves, oracle.blocks(np.zeros(1, dtype=int), moves), strict=True
    ):
        for j, index, _ in move.parts:
            if j != column:
                continue
            use = np.isin(point, index)
            made = np.repeat(oracle.Z[:1], int(use.sum()), axis=0)
            made[:, move.columns] = move.finals[point[use]]
            values.append(made[:, column])
            wins.append(ok[use])
            # The model's rows are asked about where rounding could decide.
            answers.append(
                ok[use].astype(float)
                if oracle.margin is None
                else oracle.margins(np.zeros(len(made), dtype=int), made)
            )
    none = np.empty(0)
    values = np.concatenate(values) if values else none
    wins = np.concatenate(wins) if wins else none.astype(bool)
    runs = longest_runs(np.zeros(len(values), dtype=int), values, wins, np.array([now]))
    return {
        "values": values,
        "answers": np.concatenate(answers) if answers else none,
        "wins": wins,
        "cuts": none,
        "success": list(runs.values()),
        "is_margin": oracle.margin is not None,
        "is_line": False,
    }
