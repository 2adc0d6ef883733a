# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=====================================================
Columns of many values: what they seem to say, or do
=====================================================

Mutual information favours columns of many values, and so does the importance of a
forest. Here 60 columns are pure noise and three matter; the identifiers among the noise
win every uncorrected ranking. :class:`~sklearn_fs.feature_selection.OutRank` takes off
what chance alone would give.
"""

# %%
# A table in which only the columns called "signal" have to do with the target.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.feature_selection import mutual_info_classif

from sklearn_fs import OutRank
from sklearn_fs.inspection import RankingDisplay

rng = np.random.default_rng(0)
n_samples = 4000
y = rng.random(n_samples) < 0.2
cardinality = np.geomspace(2, n_samples, 60).astype(int)
columns = {f"noise {r}": rng.integers(0, r, n_samples) for r in np.unique(cardinality)}
for r, strength in ((2, 0.3), (40, 0.35), (400, 0.6)):
    # A share of the rows has a value that depends on the target.
    by_target = (rng.integers(0, r, n_samples) // 2 * 2 + y) % r
    values = np.where(
        rng.random(n_samples) < strength, by_target, rng.integers(0, r, n_samples)
    )
    columns[f"signal {r}"] = values
X = pd.DataFrame(columns)

# %%
# Plain mutual information follows the cardinality (left); what is left after the
# correction does not (right). The three columns that matter are drawn in orange.

plain = mutual_info_classif(X, y, discrete_features=True)
ranker = OutRank(categorical_features="all", measure="mi_corrected").fit(X, y)
signal = X.columns.str.startswith("signal")

figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
for ax, scores, title in (
    (axes[0], plain, "mutual information"),
    (axes[1], ranker.scores_, "beyond chance"),
):
    ax.scatter(
        ranker.cardinality_[~signal], scores[~signal], color="0.6", label="noise"
    )
    ax.scatter(ranker.cardinality_[signal], scores[signal], color="C1", label="signal")
    ax.set(xscale="log", xlabel="number of values", ylabel="nats", title=title)
axes[1].errorbar(
    ranker.cardinality_,
    np.zeros(len(signal)),
    yerr=2 * ranker.std_mutual_info_,
    fmt="none",
    color="0.8",
    zorder=0,
    label="2 standard deviations of chance",
)
axes[1].legend(loc="upper left")
plt.show()

# %%
# The default score and the columns that it selects, with shuffled copies of random
# columns as a control.

ranker = OutRank(categorical_features="all", noise_features=20, random_state=0)
ranker.fit(X, y)
print(ranker.get_feature_names_out())
RankingDisplay.from_estimator(ranker, top=12)
plt.show()
