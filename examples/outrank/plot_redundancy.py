# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=====================================
Columns that repeat each other
=====================================

A ranking of single columns puts every copy of a good column high up.
``criterion="3mr"`` of :class:`~sklearn_fs.feature_selection.OutRank` takes off what the
columns picked before say already.
"""

# %%
# Three causes of a target, each recorded several times: renamed, coarsened, and with
# errors. Ten columns are noise.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_fs import OutRank
from sklearn_fs.inspection import PairwiseDisplay

rng = np.random.default_rng(1)
n_samples = 5000
city, device, plan = (rng.integers(0, r, n_samples) for r in (60, 8, 4))
effects = [rng.normal(scale=s, size=r) for s, r in ((0.8, 60), (0.7, 8), (0.6, 4))]
logit = effects[0][city] + effects[1][device] + effects[2][plan]
y = rng.random(n_samples) < 1 / (1 + np.exp(-logit))


def with_errors(codes, share):
    wrong = rng.random(n_samples) < share
    return np.where(wrong, rng.permutation(codes), codes)


X = pd.DataFrame(
    {
        "city": city,
        "city, renamed": rng.permutation(60)[city],
        "city, 5 % wrong": with_errors(city, 0.05),
        "region": city // 6,
        "device": device,
        "device, 20 % wrong": with_errors(device, 0.2),
        "plan": plan,
        "plan, renamed": 3 - plan,
        **{f"noise {r}": rng.integers(0, r, n_samples) for r in range(2, 22, 2)},
    }
)

# %%
# The single columns first, then the greedy ranking. Both select by themselves how many
# columns to keep.

alone = OutRank(categorical_features="all").fit(X, y)
print("alone:", list(alone.get_feature_names_out()))
ranker = OutRank(categorical_features="all", criterion="3mr", pairwise=True).fit(X, y)
print("3mr:  ", list(X.columns[ranker.order_[: ranker.n_features_to_select_]]))
print("last: ", list(X.columns[ranker.order_[-3:]]))

# %%
# The pairs behind this: columns that say the same stand together, and the names of the
# selected ones are bold. A dendrogram shows how much is lost by keeping one of a group.

PairwiseDisplay.from_estimator(ranker)
plt.show()

# %%

PairwiseDisplay.from_estimator(ranker, kind="dendrogram")
plt.show()
