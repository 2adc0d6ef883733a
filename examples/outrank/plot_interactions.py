# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==============================
Columns that matter together
==============================

Neither of two columns says anything alone; together they decide. OutRank finds such
pairs by their synergy, and :class:`~sklearn_fs.feature_selection.InteractionFeatures`
hands them to a linear model.
"""

# %%
# Offers are taken on weekends at home and on weekdays at work. Place and day are evenly
# spread, so that neither says anything alone. Twenty more columns are noise, some of
# them with very many values.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from sklearn_fs import InteractionFeatures, OutRank
from sklearn_fs.inspection import CardinalityBiasDisplay, InteractionDisplay

rng = np.random.default_rng(0)
n_samples = 4000
place = rng.choice(["home", "work"], n_samples)
day = rng.choice(["weekday", "weekend"], n_samples)
price = rng.integers(0, 5, n_samples)
fits = (place == "home") == (day == "weekend")
taken = rng.random(n_samples) < 1 / (1 + np.exp(-1.5 * fits - 0.3 * (2 - price) + 1.5))
X = pd.DataFrame({"place": place, "day": day, "price": price})
for i, r in enumerate(np.geomspace(2, 4000, 20).astype(int)):
    X[f"noise {i} ({r})"] = rng.integers(0, r, n_samples).astype(str)

# %%
# The ranking of single columns finds the price only. In the lower part of the picture,
# everything else lies within what chance allows.

ranker = OutRank(interaction_order=2).fit(X, taken)
print(list(ranker.get_feature_names_out()))
CardinalityBiasDisplay.from_estimator(ranker)
plt.show()

# %%
# Among the 253 pairs one is beyond doubt. The joint columns of two noise columns have
# thousands of values and the widest error bars.

InteractionDisplay.from_estimator(ranker, top=12)
plt.show()

# %%
# A linear model without and with the joint column.

few = ["place", "day", "price", *X.columns[3:8]]
linear = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
joined = make_pipeline(
    InteractionFeatures().set_output(transform="pandas"),
    OneHotEncoder(handle_unknown="ignore"),
    LogisticRegression(),
)
for name, model in (("alone", linear), ("with joint columns", joined)):
    scores = cross_val_score(model, X[few], taken, scoring="roc_auc")
    print(f"{name}: AUC {scores.mean():.3f}")
