# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
===========================================
A ranking that settles while the rows come
===========================================

:meth:`~sklearn_fs.feature_selection.OutRank.partial_fit` counts chunk by chunk, and the
ranking can be asked for at any time. At the end it is that of the whole table, whatever
the chunks were, and parts that were counted apart can be merged.
"""

# %%
# A stream of clicks: six columns matter, by less and less, and thirty do not.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_fs import OutRank

STRENGTHS = [0.5, 0.3, 0.2, 0.12, 0.08, 0.05]


def clicks(seed, n_rows=5000):
    """One chunk of rows and their labels."""
    rng = np.random.default_rng(seed)
    y = rng.random(n_rows) < 0.15
    columns = {}
    for j, strength in enumerate(STRENGTHS):
        values = rng.integers(0, 400, n_rows) // 2 * 2
        values += np.where(rng.random(n_rows) < strength, y, rng.random(n_rows) < 0.15)
        columns[f"signal {strength}"] = np.char.add("v", values.astype(str))
    for j in range(30):
        cardinality = int(2 * 1.5**j)
        columns[f"noise {j}"] = rng.integers(0, cardinality, n_rows).astype(str)
    return pd.DataFrame(columns), y


# %%
# After each chunk we look at the p-values. Weak columns need more rows to stand out;
# the thirty columns of noise stay where they are, those of many values too.

ranker = OutRank(categorical_features="all")
n_rows, pvalues = [], []
for chunk in range(30):
    X, y = clicks(chunk)
    ranker.partial_fit(X, y)
    n_rows.append(ranker.n_samples_seen_)
    pvalues.append(ranker.pvalues_)

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
pvalues = np.maximum(np.array(pvalues), 1e-30)
ax.semilogy(n_rows, pvalues[:, 6:], color="0.8", linewidth=0.8)
for j, strength in enumerate(STRENGTHS):
    ax.semilogy(n_rows, pvalues[:, j], label=f"one row in {1 / strength:.0f}")
ax.set(xlabel="rows seen", ylabel="p-value", ylim=(1e-30, 2))
_ = ax.legend(title="says the label in", loc="lower left")

# %%
# The same rows, counted by three workers and merged in another order, give the same
# numbers to the last bit.

parts = [OutRank(categorical_features="all") for _ in range(3)]
for chunk in reversed(range(30)):
    parts[chunk % 3].partial_fit(*clicks(chunk))
merged = parts[2].merge(parts[0]).merge(parts[1])
print("largest difference of a score:", np.abs(merged.scores_ - ranker.scores_).max())
print("selected:", ", ".join(merged.get_feature_names_out()))
