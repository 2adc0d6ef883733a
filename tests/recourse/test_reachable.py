# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reachable points: known blocks, the slow search, and the full product."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import stats

from sklearn_fs.recourse import (
    ActionSet,
    FunctionPredictor,
    IfThen,
    Linear,
    Link,
    OneHot,
    Ordinal,
    ResponsivenessScorer,
    Table,
    Thermometer,
)
from sklearn_fs.recourse._block_program import BlockProgram
from sklearn_fs.recourse._continua import pieces_of
from sklearn_fs.recourse._reachable import auto_samples, members, reachable_points
from sklearn_fs.recourse._reachable_functions import enumerate_with_functions


def _binary(*names, **options):
    return [{"name": n, "kind": "binary", **options} for n in names]


def _integer(name, low, high, **options):
    return {"name": name, "kind": "integer", "bounds": (low, high), **options}


def _reach(aset, key, *, max_points=1000, n_samples=50, seed=0):
    program = BlockProgram(aset, aset.feature_names)
    keys = np.atleast_2d(np.array(key, dtype=float))
    return reachable_points(
        program, keys, max_points=max_points, n_samples=n_samples, seed=seed
    )


def _finals(aset, key, **options):
    return sorted(map(tuple, _reach(aset, key, **options).finals.tolist()))


def test_grid_counts_from_the_own_value():
    aset = ActionSet([_integer("a", 0, 10, step=3)])
    assert _finals(aset, [4]) == [(1,), (7,), (10,)]
    aset["a"].max_step = (0, 3)
    assert _finals(aset, [4]) == [(7,)]
    aset["a"].max_step = None
    aset["a"].direction = -1
    assert _finals(aset, [4]) == [(1,)]
    # A person outside the bounds keeps the own value and may come back.
    assert _finals(aset, [13]) == [(1,), (4,), (7,), (10,)]


def test_relative_steps():
    aset = ActionSet([_integer("a", 0, 100, max_step=0.1, relative=True)])
    assert _finals(aset, [20]) == [(18,), (19,), (21,), (22,)]


def test_thermometer_moves_as_one():
    names = ["t1", "t2", "t3"]
    aset = ActionSet(_binary(*names))
    aset.add(Thermometer(names, direction=-1))
    assert _finals(aset, [1, 1, 0]) == [(0, 0, 0), (1, 0, 0)]
    # Out of a broken state to every valid one that has no more ones.
    assert _finals(aset, [0, 1, 0]) == [(0, 0, 0), (1, 0, 0)]
    assert _finals(aset, [0, 1, 1]) == [(0, 0, 0), (1, 0, 0), (1, 1, 0)]


def test_ordinal_and_table_reach():
    aset = ActionSet(_binary("a", "b", "c"))
    aset.add(Ordinal(["a", "b", "c"], direction=1))
    assert _finals(aset, [0, 1, 0]) == [(0, 0, 1)]
    aset = ActionSet(_binary("a", "b"))
    aset.add(Table(["a", "b"], [[0, 0], [1, 0], [1, 1]], [[1, 1, 0], [0, 1, 1],
                                                         [0, 0, 1]]))  # fmt: skip
    assert _finals(aset, [0, 0]) == [(1, 0)]
    assert _finals(aset, [1, 1]) == []
    # Out of none of the states to any of them.
    assert _finals(aset, [0, 1]) == [(0, 0), (1, 0), (1, 1)]


def test_two_linked_thermometers_have_15_states():
    w, t = [f"w{i}" for i in range(4)], [f"t{i}" for i in range(4)]
    aset = ActionSet(_binary(*w, *t, direction=-1))
    aset.add(Thermometer(w), Thermometer(t))
    aset.add(*(Link(a, {b: 1.0}) for a, b in zip(w, t, strict=True)))
    assert len(_finals(aset, [1] * 8)) == 14
    # A link rules changes, not states: w above t is no error.
    assert len(_finals(aset, [1] * 4 + [0] * 4)) == 0


def test_clip_reject_and_widen():
    def reach(clip):
        aset = ActionSet(
            [_integer("a", 0, 3), _integer("age", 20, 22, actionable=False)]
        )
        return _finals(aset.add(Link("a", {"age": 1.0}, clip=clip)), [0, 20])

    assert reach("reject") == [(1, 21), (2, 22)]
    assert reach("widen") == [(1, 21), (2, 22), (3, 23)]
    assert reach("clip") == [(1, 21), (2, 22), (3, 22)]


def test_chains_and_one_way_links():
    aset = ActionSet(
        [_integer("a", 0, 2)]
        + [_integer(n, -9, 9, actionable=False) for n in ("b", "c")]
    )
    aset.add(Link("a", {"b": 2.0}), Link("b", {"c": -1.0}, when="increase"))
    assert _finals(aset, [1, 0, 0]) == [(0, -2, 0), (2, 2, -2)]


def test_missing_values_stay_unless_reachable():
    aset = ActionSet([{"name": "a", "kind": "binary"}, _integer("b", 0, 1)])
    assert _finals(aset, [np.nan, 0])[0][1] == 1
    assert len(_finals(aset, [np.nan, 0])) == 1
    aset["a"].values = [0, 1]
    aset["a"].missing = "reachable"
    assert len(_finals(aset, [np.nan, 0])) == 5
    group = ActionSet(_binary("a", "b")).add(OneHot(["a", "b"]))
    assert _finals(group, [np.nan, 0]) == []


def test_minimal_members_move_the_fewest_columns():
    names = ["t1", "t2", "t3"]
    aset = ActionSet(_binary(*names)).add(Thermometer(names))
    points = _reach(aset, [1, 1, 1])
    finals = points.finals.tolist()
    assert [finals[i] for i in members(points, 2, "minimal")] == [[1, 1, 0]]
    assert [finals[i] for i in members(points, 0, "minimal")] == [[0, 0, 0]]
    assert len(members(points, 2, "all")) == 3


def test_column_without_bounds_says_so():
    aset = ActionSet([{"name": "a", "kind": "integer"}])
    with pytest.raises(ValueError, match=r"'a' is actionable and has no bounds"):
        BlockProgram(aset, ["a"])


def _random_set(rng):
    """Four columns with a random group, links, a sum, a rule and odd limits."""
    high = [1, 1, int(rng.integers(1, 4)), int(rng.integers(1, 4))]
    aset = ActionSet(
        [
            _integer(
                n, 0, h, actionable=bool(rng.random() < 0.85),
                direction=int(rng.choice([-1, 0, 0, 1])),
                max_step=None if rng.random() < 0.6 else 1,
            )
            if h > 1
            else {"name": n, "kind": "binary", "actionable": bool(rng.random() < 0.9)}
            for n, h in zip("abcd", high, strict=True)
        ]
    )  # fmt: skip
    kind = rng.integers(4)
    if kind == 0:
        aset.add(OneHot(["a", "b"]))
    elif kind == 1:
        aset.add(Thermometer(["a", "b"], direction=int(rng.choice([-1, 0, 1]))))
    elif kind == 2:
        aset.add(
            Table(["a", "b"], [[0, 0], [1, 1]], [[1, 1], [int(rng.integers(2)), 1]])
        )
    movable = [n for n in "abcd" if aset[n].actionable]
    if movable and rng.random() < 0.7:
        source = str(rng.choice(movable))
        target = str(rng.choice([n for n in "abcd" if n != source]))
        clip = str(rng.choice(["reject", "widen", "clip"]))
        when = str(rng.choice(["any", "increase", "decrease"]))
        aset.add(Link(source, {target: int(rng.choice([-1, 1, 2]))}, clip, when))
    if rng.random() < 0.4:
        aset.add(Linear({"c": 1.0, "d": 1.0}, hi=float(rng.integers(2, 5))))
    if rng.random() < 0.4:
        aset.add(IfThen(("a", "==", 1), ("c", ">=", int(rng.integers(0, 3)))))
    return aset


def _brute_force(aset, start):
    """Every vector of direct changes, links applied one by one, rules checked."""
    names = aset.feature_names
    links = [c for c in aset.constraints if isinstance(c, Link)]
    found = set()
    targets = {target for link in links for target in link.targets}
    spans = []
    for name in names:
        far = int(_bounds(aset[name], 0)[1]) + (6 if name in targets else 0)
        spans.append(range(-far, far + 1) if aset[name].actionable else (0,))
    for action in product(*spans):
        a, x = (
            dict(zip(names, action, strict=True)),
            dict(zip(names, start, strict=True)),
        )
        if not any(action) or not all(_allowed(aset[n], a[n]) for n in names):
            continue
        total, shift, clipped = dict(a), dict.fromkeys(names, 0.0), []
        for link in links:  # there is one at most
            moved = total[link.source]
            wrong_way = {"any": False, "increase": moved <= 0, "decrease": moved >= 0}
            for target, scale in link.targets.items():
                effect = 0.0 if wrong_way[link.when] else scale * moved
                if link.clip == "widen":
                    shift[target] += effect
                if link.clip == "clip":
                    low, high = _bounds(aset[target], x[target])
                    effect = min(max(x[target] + effect, low), high) - x[target]
                total[target] += effect
                clipped.append(target)
        final = {n: x[n] + total[n] for n in names}
        inside = all(
            _bounds(aset[n], x[n])[0]
            <= final[n] - shift[n]
            <= _bounds(aset[n], x[n])[1]
            for n in names
        )
        if not inside:
            continue
        rows = {n: np.array([final[n]]) for n in names}
        if all(c.check(rows)[0] and _directed(c, x, final) for c in aset.constraints):
            found.add(tuple(float(final[n]) for n in names))
    return found


def _bounds(feature, value):
    low, high = feature.bounds or (0, 1)
    return min(low, value), max(high, value)


def _allowed(feature, a):
    if feature.direction * a < 0 or (feature.max_step and abs(a) > feature.max_step):
        return False
    return True


def _directed(constraint, x, final):
    if isinstance(constraint, Thermometer):
        rise = sum(final[n] - x[n] for n in constraint.cols)
        return rise * constraint.direction >= 0
    if isinstance(constraint, Table):
        states = [tuple(s) for s in constraint.states]
        before, after = (tuple(v[n] for n in constraint.cols) for v in (x, final))
        if before in states:
            return bool(constraint.reach[states.index(before)][states.index(after)])
    return True


@pytest.mark.parametrize("seed", range(30))
def test_equals_the_full_product(seed):
    rng = np.random.default_rng(seed)
    aset = _random_set(rng)
    program = BlockProgram(aset, aset.feature_names)
    spans = [range(int((f.bounds or (0, 1))[1]) + 1) for f in aset]
    keys = np.array(list(product(*spans)), dtype=float)
    valid = np.all(
        [c.check(dict(zip("abcd", keys.T, strict=True))) for c in aset.constraints]
        or [np.ones(len(keys), bool)],
        axis=0,
    )
    keys = keys[valid][:: max(1, int(valid.sum()) // 3)]
    if not len(keys):
        return
    points = reachable_points(program, keys, max_points=10_000, n_samples=1, seed=0)
    for k, key in enumerate(keys):
        got = points.finals[points.offsets[k] : points.offsets[k + 1]].tolist()
        assert len({tuple(g) for g in got}) == len(got)
        assert {tuple(g) for g in got} == _brute_force(aset, key.tolist())
    slow = enumerate_with_functions(program, program.limits(keys), 10_000, 4)
    assert_array_equal(slow[0], points.finals)
    assert_array_equal(slow[1], points.n_direct)
    assert_array_equal(slow[2], points.offsets)


def test_samples_are_reachable_and_depend_on_the_key_alone():
    aset = ActionSet([_integer(n, 0, 9) for n in "abcdef"])
    aset.add(Linear(dict.fromkeys("abcdef", 1.0), hi=40))
    keys = np.array([[1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0]], dtype=float)
    both = _reach(aset, keys, max_points=100)
    assert both.sampled.all() and both.drawn.sum() == 100
    assert (both.finals.sum(axis=1) <= 40).all()
    # Moves of one column are all listed; those of two are too many.
    assert_array_equal(both.depth, [1, 1])
    assert (~both.drawn).sum() == 108
    swapped = _reach(aset, keys[::-1], max_points=100)
    end = both.offsets[1]
    assert_array_equal(swapped.finals[-end:], both.finals[:end])
    other = _reach(aset, keys, max_points=100, seed=1)
    assert (other.finals != both.finals).any()


@pytest.mark.parametrize("function", [False, True])
def test_draws_are_uniform(function):
    """Also where a link leaves a column more options in one branch than in others."""
    aset = ActionSet([_integer(n, 0, 3) for n in "abcd"])
    aset["d"].max_step = 2
    scale = (lambda x, a: -1.0 * a) if function else -1.0
    aset.add(Link("a", {"b": scale}), Linear({"c": 1.0, "d": 1.0}, hi=4))
    keys = np.array([[1.0, 3.0, 2.0, 2.0]])
    everything = _reach(aset, keys, max_points=10_000)
    assert not everything.sampled.any()
    n_samples = 4_000 if function else 40_000
    program = BlockProgram(aset, aset.feature_names)
    some = reachable_points(program, keys, max_points=9, n_samples=n_samples, seed=3)
    states, counts = np.unique(some.finals[some.drawn], axis=0, return_counts=True)
    listed = np.unique(everything.finals, axis=0)
    assert_array_equal(states, listed)
    expected = n_samples / len(listed)
    chi2 = ((counts - expected) ** 2 / expected).sum()
    assert stats.chi2.sf(chi2, len(listed) - 1) > 0.01


def test_samples_hold_all_that_moves_few_columns():
    """Scores of interventions that move one column are those of the whole block."""
    aset = ActionSet([_integer(n, 0, 6) for n in "abcde"])
    aset.add(Linear(dict.fromkeys("abcde", 1.0), hi=20), Link("a", {"b": 1.0}))
    X = np.random.RandomState(0).randint(0, 5, size=(60, 5)).astype(float)
    model = FunctionPredictor(lambda X: (X @ [3, 1, -2, 1, 1] > 12).astype(int))
    whole = ResponsivenessScorer(model, aset).fit(X)
    some = ResponsivenessScorer(model, aset, max_block_points=500).fit(X)
    assert_array_equal(some.score_samples(X), whole.score_samples(X))
    everything = whole.set_params(intervention="all").score_samples(X)
    some.set_params(intervention="all", n_samples=1500)
    low, high = np.moveaxis(some.score_intervals(X), 2, 0)
    denied = ~np.isnan(everything)
    inside = (low <= everything) & (everything <= high)
    assert inside[denied].mean() > 0.9
    assert (some.score_samples(X)[denied] != everything[denied]).any()


def test_what_cannot_be_drawn_is_refused():
    aset = ActionSet([_integer(n, 0, 9) for n in "abcdefgh"])
    aset.add(Linear(dict.fromkeys("abcdefgh", 1.0), hi=4))
    with pytest.raises(ValueError, match="too many states to list, and fewer than"):
        _reach(aset, np.zeros((1, 8)), max_points=100)


def test_segments_of_a_continuum():
    aset = ActionSet(
        [
            {"name": "pay", "bounds": (0, 100), "max_step": (5, 50)},
            {"name": "tax", "bounds": (0, 30), "actionable": False},
        ]
    )
    aset.add(Link("pay", {"tax": 0.5}), Linear({"pay": 1.0, "tax": -1.0}, hi=60))
    program = BlockProgram(aset, aset.feature_names)
    limits = program.limits(np.array([[40.0, 10.0], [2.0, 0.0]]))
    (pieces,) = pieces_of(program, limits, 0)
    assert_array_equal(pieces.slopes, [1.0, 0.5])
    # tax <= 30: at most +40; tax >= 0: at least 0 for the second; pay - tax <= 60.
    assert_array_equal(pieces.lower, [-5.0, 0.0])
    assert_array_equal(pieces.upper, [40.0, 50.0])
    aset.add(IfThen(("pay", ">=", 50), ("tax", ">=", 20)))
    program = BlockProgram(aset, aset.feature_names)
    (pieces,) = pieces_of(program, program.limits(np.array([[40.0, 10.0]])), 0)
    # From 50 to 60 the rule forbids it: tax reaches 20 at pay 60.
    assert_array_equal(np.column_stack([pieces.lower, pieces.upper]),
                       [[-5.0, 10.0], [20.0, 40.0]])  # fmt: skip


def test_number_of_draws():
    assert [auto_samples(0.95, h) for h in (0.1, 0.05, 0.02, 0.01)] == [
        185, 738, 4612, 18445,
    ]  # fmt: skip
