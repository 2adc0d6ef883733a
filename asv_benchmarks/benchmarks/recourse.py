# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Responsiveness: reading models, reachable points, and the joint search.

The tables are made up like a lender's: numbers with holes, a few categories, counters
and thermometers. Tracked ratios are taken within one process: the same answer asked
from the model, or one batch of predictions, divided by what reading costs.
"""

import time

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.common import sizes
from sklearn_fs.recourse import (
    ActionSet,
    Linear,
    Link,
    ResponsivenessScorer,
    Thermometer,
)
from sklearn_fs.recourse._block_program import BlockProgram
from sklearn_fs.recourse._reachable import reachable_points

MODELS = {
    "linear": LogisticRegression(max_iter=1000),
    "forest": RandomForestClassifier(100, max_depth=8, random_state=0),
    "hist gradient boosting": HistGradientBoostingClassifier(
        max_iter=100, max_leaf_nodes=15, random_state=0
    ),
}


def lenders_table(n_samples, seed=0):
    """People, whether they got a loan, and what they can change."""
    rng = np.random.RandomState(seed)
    income, balance, debt = rng.lognormal(1.0, 0.6, size=(3, n_samples))
    trades = rng.randint(0, 10, size=n_samples)
    X = pd.DataFrame(
        {
            "age": rng.randint(18, 80, size=n_samples),
            "income": income,
            "balance": balance,
            "debt": debt,
            "years_at_job": rng.gamma(2.0, 3.0, size=n_samples),
            "purpose": rng.choice(list("abcdefgh"), size=n_samples),
            "housing": rng.choice(["own", "rent", "free"], size=n_samples),
            **{f"trades_geq_{t}": (trades >= t).astype(int) for t in (2, 5, 8)},
        }
    )
    raw = income + 0.5 * balance - debt - 0.2 * trades + (X["housing"] == "own")
    raw += X["purpose"].isin(["a", "e"]) + rng.standard_normal(n_samples)
    y = (raw > np.quantile(raw, 0.6)).astype(int).to_numpy()
    for name in ("income", "balance"):
        X.loc[rng.random_sample(n_samples) < 0.1, name] = np.nan
    actions = ActionSet.from_frame(X, immutable=["age"])
    for name in ("income", "balance", "debt", "years_at_job"):
        actions[name].max_step = 2.0
    actions["years_at_job"].direction = 1
    actions.add(Link("years_at_job", {"age": 1.0}, clip="widen"))
    actions.add(
        Thermometer([f"trades_geq_{t}" for t in (2, 5, 8)], direction=-1),
    )
    return X, y, actions


def lenders_pipeline(model):
    """A model behind what such a table needs."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = make_column_transformer(
        (words, make_column_selector(pattern="purpose|housing")), remainder=numbers
    )
    return make_pipeline(columns, model)


def seconds(call, *arguments):
    """The least of three runs."""
    runs = []
    for _ in range(3):
        start = time.perf_counter()
        call(*arguments)
        runs.append(time.perf_counter() - start)
    return min(runs)


class Scores:
    """Scores of denied people under a model behind encoders and imputers."""

    param_names = ["model", "n_people"]
    params = [list(MODELS), sizes([300], [10_000])]

    def setup(self, model, n_people):
        X, y, actions = lenders_table(3 * n_people)
        self.model = lenders_pipeline(MODELS[model]).fit(X, y)
        self.people = X[self.model.predict(X) == 0][:n_people]
        self.scorer = ResponsivenessScorer(self.model, actions).fit(X)

    def time_fit(self, model, n_people):
        self.scorer.fit(self.people)

    def time_score_samples(self, model, n_people):
        self.scorer.score_samples(self.people)

    def peakmem_score_samples(self, model, n_people):
        self.scorer.score_samples(self.people)

    def time_recourse_class(self, model, n_people):
        self.scorer.recourse_class(self.people)

    def track_reading_to_asking(self, model, n_people):
        """How often 738 predictions a column and person take the time of all scores."""
        few = self.people[: max(1, n_people // 30)]
        asked = seconds(self.model.predict, pd.concat([few] * 738))
        n_continuous = 4
        asked *= n_continuous * len(self.people) / len(few)
        return asked / seconds(self.scorer.score_samples, self.people)


class ReachablePoints:
    """Points of one block: all of them, or draws from too many."""

    param_names = ["n_columns"]
    params = [sizes([4, 8], [12])]

    def setup(self, n_columns):
        names = [f"x{j}" for j in range(n_columns)]
        features = [
            {"name": name, "kind": "integer", "bounds": (0, 9)} for name in names
        ]
        actions = ActionSet(features)
        actions.add(Linear(dict.fromkeys(names, 1.0), hi=5 * n_columns))
        self.program = BlockProgram(actions, names)
        rng = np.random.RandomState(0)
        self.keys = rng.randint(0, 5, size=(50, n_columns)).astype(float)

    def time_reachable_points(self, n_columns):
        reachable_points(
            self.program, self.keys, max_points=100_000, n_samples=738, seed=0
        )


class JointSearch:
    """Whom several changes help where no single one does, and whom none."""

    param_names = ["n_columns"]
    params = [sizes([12], [24])]

    def setup(self, n_columns):
        rng = np.random.RandomState(0)
        names = [f"x{j}" for j in range(n_columns)]
        X = pd.DataFrame(rng.randint(0, 4, size=(3000, n_columns)), columns=names)
        raw = X @ rng.random_sample(n_columns) + X["x0"] * X["x1"]
        y = raw > np.quantile(raw, 0.9)
        model = HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=15)
        model.fit(X, y)
        actions = ActionSet.from_frame(X)
        for name in names:
            actions[name].max_step = (0, 1)
        self.people = X[~model.predict(X)][:300]
        self.scorer = ResponsivenessScorer(model, actions).fit(X)

    def time_recourse_class(self, n_columns):
        self.scorer.recourse_class(self.people)

    def track_unknown(self, n_columns):
        return int(np.sum(self.scorer.recourse_class(self.people) == "unknown"))
