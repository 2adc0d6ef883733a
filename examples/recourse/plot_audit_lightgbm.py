# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================================
An audit: who is left without a way to approval?
==================================================

Two groups can be denied equally often and still not be treated alike: one may be able
to do something about it, the other not. Here a LightGBM model of 200 trees, which never
saw the group, decides on 5000 applications. Scores of trees are exact, and "fixed" is a
proof.
"""

# %%
# A table of which we know how it was made: people of group B earn less, are customers
# for a shorter time, and have more delays in their past, which nobody can undo.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier

from sklearn_fs.recourse import ActionSet, Link, ResponsivenessScorer

rng = np.random.RandomState(0)
n_people = 5000
group = rng.choice(["A", "B"], size=n_people, p=[0.7, 0.3])
in_b = group == "B"
X = pd.DataFrame(
    {
        "age": rng.randint(20, 70, n_people),
        "years_customer": rng.randint(0, np.where(in_b, 6, 15)),
        "past_delays": rng.poisson(np.where(in_b, 1.6, 0.9)),
        "income": rng.gamma(6.0, np.where(in_b, 430.0, 520.0)).round(),
        "amount": rng.gamma(3.0, 2500.0, n_people).round(),
        "months": rng.choice([12, 24, 36, 48, 60], n_people),
        "savings": rng.exponential(2000.0, n_people).round(),
    }
)
burden = X["amount"] / X["months"] / X["income"]
logit = 2.2 - 9 * burden - 0.9 * X["past_delays"] + X["savings"] / 4000
logit += 0.12 * X["years_customer"]
y = (rng.uniform(size=n_people) < 1 / (1 + np.exp(-logit))).astype(int)
model = LGBMClassifier(n_estimators=200, random_state=0, verbose=-1, n_jobs=1)
model.fit(X, y)

# %%
# What people can do before they ask again. One year more as a customer is one year of
# age; the past stays as it is.

actions = ActionSet.from_frame(X, immutable=["age", "past_delays", "income"])
actions["years_customer"].direction, actions["years_customer"].max_step = 1, 2
actions.add(Link("years_customer", {"age": 1.0}, clip="widen"))
actions["amount"].direction, actions["amount"].step = -1, 500
actions["amount"].relative, actions["amount"].max_step = True, 0.5
actions["months"].values = [12, 24, 36, 48, 60]
actions["savings"].direction, actions["savings"].max_step = 1, 2000
actions["savings"].step = 500
scorer = ResponsivenessScorer(model, actions, target=1).fit(X)
scorer.method_

# %%
# The audit, with the limits of 95 per cent intervals.

audit = scorer.audit(X, group=group)
audit[["group", "n", "denied", "denied_share", "single_share", "fixed_share"]].round(3)

# %%
# Group B is denied more often, which every report shows. Less visible: of those who are
# denied, more have nothing that they could do.

figure, axes = plt.subplots(ncols=2, figsize=(8, 3))
parts = audit[audit["group"] != "all"]
for ax, key, title in zip(
    axes, ("denied", "fixed"), ("denied, of all", "without recourse, of the denied"),
    strict=True,
):  # fmt: skip
    share = parts[f"{key}_share"]
    ax.errorbar(
        parts["group"],
        share,
        yerr=[share - parts[f"{key}_low"], parts[f"{key}_high"] - share],
        fmt="o",
        capsize=4,
    )
    ax.set(title=title, ylim=(0, None), xlabel="group")
    ax.margins(x=0.5)
figure.tight_layout()

# %%
# Why: the mean score of each column among the denied of each group.

scores = scorer.set_output(transform="pandas").transform(X)
scores[list(scorer.method_)].groupby(group).mean().round(3)
