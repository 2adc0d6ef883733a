# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Models behind encoders and imputers: read, and asked, as ratios in one run.

    python asv_benchmarks/recourse_reading.py [--people 2000]

For each model in a pipeline of imputers, scalers and one-hot encoders on a made-up
lender's table, in seconds of the processor for a thousand people:

* `read`: `score_samples` with what was read;
* `asked`: the same with `method="enumerate"`, that is, 738 draws along each column
  without a grid, from a few people;
* `class`: `recourse_class` of the read model, and how many people stay "unknown".

With a grid on every column the scores of both are equal; this is checked.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

sys.path.insert(0, str(Path(__file__).resolve().parent))
from benchmarks.recourse import lenders_pipeline, lenders_table

from sklearn_fs.recourse import ResponsivenessScorer

MODELS = {
    "LogisticRegression": LogisticRegression(max_iter=1000),
    "RandomForest 100 x 8": RandomForestClassifier(100, max_depth=8, random_state=0),
    "LightGBM 200 x 31": LGBMClassifier(n_estimators=200, n_jobs=1, verbose=-1),
    "XGBoost 200 x 4": XGBClassifier(n_estimators=200, max_depth=4, n_jobs=1),
}


def seconds(call, people):
    """Seconds of the processor for a thousand people, and the result."""
    start = time.process_time()
    result = call(people)
    return 1000 * (time.process_time() - start) / len(people), result


def check(model, X, people, actions):
    """Read equals asked where every column has a grid."""
    for name in ("income", "balance", "debt", "years_at_job"):
        actions[name].step = 0.5
    read = ResponsivenessScorer(model, actions).fit(X)
    asked = ResponsivenessScorer(model, actions, method="enumerate").fit(X)
    np.testing.assert_allclose(
        read.score_samples(people), asked.score_samples(people), rtol=0, atol=1e-12
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=2000)
    n_people = parser.parse_args().people
    print(f"{'':<22}{'read':>9}{'asked':>9}{'ratio':>8}{'class':>9}{'unknown':>9}")
    for name, inner in MODELS.items():
        X, y, actions = lenders_table(3 * n_people)
        model = lenders_pipeline(inner).fit(X, y)
        people = X[model.predict(X) == 0][:n_people]
        few = people[: max(1, n_people // 50)]
        read = ResponsivenessScorer(model, actions).fit(X)
        asked = ResponsivenessScorer(model, actions, method="enumerate").fit(X)
        a, _ = seconds(read.score_samples, people)
        b, _ = seconds(asked.score_samples, few)
        c, classes = seconds(read.recourse_class, few)
        unknown = int(np.sum(classes == "unknown"))
        print(f"{name:<22}{a:9.3f}{b:9.2f}{b / a:8.0f}{c:9.2f}{unknown:9d}", flush=True)
        check(model, X, few, actions)


if __name__ == "__main__":
    main()
