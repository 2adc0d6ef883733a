# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Random small action sets and functions against the full product of all states."""

import warnings
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_fs.recourse import (
    ActionSet,
    AtMostOne,
    FunctionPredictor,
    IfThen,
    Linear,
    Link,
    OneHot,
    ResponsivenessScorer,
    Thermometer,
)


class Problem:
    """A random action set over integer columns, and a random function on its rows."""

    def __init__(self, seed):
        rng = np.random.RandomState(seed)
        self.d = d = rng.randint(2, 6)
        self.high = rng.randint(1, 4, size=d)
        group = None
        if d >= 3 and rng.random_sample() < 0.6:
            group = sorted(rng.choice(d, rng.randint(2, min(d, 4) + 1), replace=False))
            self.high[group] = 1
        self.actionable = rng.random_sample(d) < 0.8
        self.direction = rng.choice([-1, 0, 0, 1], size=d)
        self.step = [None if rng.random_sample() < 0.7 else 1 for _ in range(d)]
        if group:
            self.actionable[group] = True
            self.direction[group] = 0
            self.step = [None if j in group else s for j, s in enumerate(self.step)]
        self.names = [f"c{j}" for j in range(d)]
        self.domains = [range(h + 1) for h in self.high]
        self.aset = ActionSet(
            [
                {
                    "name": name, "kind": "binary" if h == 1 else "integer",
                    "bounds": (0, int(h)), "actionable": bool(a),
                    "direction": int(way), "max_step": s,
                }
                for name, h, a, way, s in zip(
                    self.names, self.high, self.actionable, self.direction, self.step,
                    strict=True,
                )
            ]
        )  # fmt: skip
        self.links = []
        self._add_constraints(rng, group)
        self.answers = rng.random_sample(tuple(self.high + 1)) < rng.choice([0.05, 0.4])
        valid = [
            x for x in product(*self.domains) if self.holds(np.array(x, dtype=float))
        ]
        self.people = np.array(
            [valid[i] for i in rng.randint(len(valid), size=4)], dtype=float
        ) if valid else None  # fmt: skip

    def _add_constraints(self, rng, group):
        if group:
            cols = [self.names[j] for j in group]
            kind = rng.randint(3)
            if kind == 0:
                self.aset.add(OneHot(cols))
            elif kind == 1:
                self.aset.add(AtMostOne(cols))
            else:
                self.aset.add(Thermometer(cols))
        free = [j for j in range(self.d) if not group or j not in group]
        movable = [j for j in free if self.actionable[j]]
        if movable and len(free) > 1 and rng.random_sample() < 0.6:
            source = rng.choice(movable)
            target = rng.choice([j for j in free if j != source])
            scale = float(rng.choice([-1, 1]))
            self.links.append((source, target, scale))
            self.aset.add(Link(self.names[source], {self.names[target]: scale}))
        if rng.random_sample() < 0.4:
            a, b = rng.choice(self.d, 2, replace=False)
            self.aset.add(
                IfThen(
                    when=(self.names[a], rng.choice(["==", "<="]), 0),
                    then=(self.names[b], rng.choice(["!=", ">="]), 1),
                )
            )
        if rng.random_sample() < 0.3:
            a, b = rng.choice(self.d, 2, replace=False)
            self.aset.add(Linear({self.names[a]: 1.0, self.names[b]: 1.0}, 0, 3))

    def holds(self, x):
        columns = {name: np.array([v]) for name, v in zip(self.names, x, strict=True)}
        return all(
            bool(c.check(columns)[0])
            for c in self.aset.constraints
            if not isinstance(c, Link)
        )

    def function(self, X):
        X = np.asarray(X).astype(int)
        return self.answers[tuple(X.T)].astype(int)

    def reachable(self, x):
        """(final state, columns moved by the person) of all that can be reached."""
        for state in product(*self.domains):
            change = np.array(state) - x
            action = change.copy()
            for source, target, scale in self.links:
                action[target] -= scale * change[source]
            if not action.any() or (action[~self.actionable] != 0).any():
                continue
            if (action * self.direction < 0).any():
                continue
            if any(
                s is not None and abs(a) > s
                for a, s in zip(action, self.step, strict=True)
            ):
                continue
            if self.holds(np.array(state, dtype=float)):
                yield np.array(state), int((action != 0).sum())

    def slow(self, x, intervention):
        """Scores and recourse class, straight from the definition."""
        points = list(self.reachable(x))
        scores = np.zeros(self.d)
        for j in np.flatnonzero(self.actionable):
            # Columns that nothing ties to this one stay as they are.
            block = next(b for b in self.aset.blocks_ if self.names[j] in b)
            apart = np.array([name not in block for name in self.names])
            mine = [
                (s, n, (s != x).sum())
                for s, n in points
                if s[j] != x[j] and (s == x)[apart].all()
            ]
            kept = []
            for value in {s[j] for s, _, _ in mine}:
                same = [m for m in mine if m[0][j] == value]
                least = min((n, c) for _, n, c in same)
                kept += [
                    s for s, n, c in same if intervention == "all" or (n, c) == least
                ]
            if kept:
                scores[j] = self.function(np.array(kept)).mean()
        if self.function(x[None])[0]:
            return scores, "approved"
        if (scores > 0).any():
            return scores, "single"
        states = np.array([s for s, _ in points]).reshape(-1, self.d)
        return scores, "joint" if self.function(states).any() else "fixed"


@pytest.mark.parametrize("intervention", ["minimal", "all"])
@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 2**31 - 1))
def test_scores_and_classes_equal_the_definition(intervention, seed):
    problem = Problem(seed)
    if problem.people is None:
        return
    model = FunctionPredictor(problem.function)
    scorer = ResponsivenessScorer(
        model, problem.aset, intervention=intervention, approved="score"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scorer.fit(problem.people)
    scores = scorer.score_samples(problem.people)
    classes = scorer.recourse_class(problem.people)
    for x, row, found in zip(problem.people, scores, classes, strict=True):
        expected, recourse = problem.slow(x, intervention)
        np.testing.assert_allclose(row, expected, rtol=0, atol=1e-14)
        assert found == recourse


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31 - 1))
def test_nothing_depends_on_order_chunks_or_threads(seed):
    problem = Problem(seed)
    if problem.people is None:
        return
    model = FunctionPredictor(problem.function)
    X = np.repeat(problem.people, 2, axis=0)
    scores = ResponsivenessScorer(model, problem.aset).fit(X).score_samples(X)
    other = ResponsivenessScorer(model, problem.aset, chunk_size=3, n_jobs=2).fit(X)
    order = np.random.RandomState(seed).permutation(len(X))
    np.testing.assert_array_equal(other.score_samples(X[order]), scores[order])
