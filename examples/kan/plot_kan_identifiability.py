"""
===========================================================
What is not identifiable, and why centring fixes it
===========================================================

The splines of a column sum to one, so a constant can be moved from the curve of one
column to that of another without changing any prediction. The published importances of
spline networks see such constants. Here a trained network is changed in a way that no
prediction can show, and two columns of pure noise become the most important ones; the
centred scores do not move.
"""

# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause

# %%
# Ten columns, of which the first five matter.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_friedman1

from sklearn_fs import KANRegressor

X, y = make_friedman1(600, n_features=10, noise=1.0, random_state=0)
model = KANRegressor(random_state=0).fit(X, y)

METHODS = [("l1", "paper"), ("l1", "coef"), ("l1", "centered"), ("si", "centered")]


def scores():
    return [
        model.feature_importances(X, y, method=method, variant=variant)
        for method, variant in METHODS
    ]


before, predictions = scores(), model.predict(X)

# %%
# Now a constant of 1.5 goes from column 9 to column 8, both noise. The fitted
# coefficients are stored as (column, coefficient, unit); the last coefficient of a
# curve belongs to its base function and stays as it is.

model.coefs_[0][8, :-1] += 1.5
model.coefs_[0][9, :-1] -= 1.5
after = scores()
change = np.abs(model.predict(X) - predictions).max()
print(f"largest change of a prediction: {change:.1e}")

# %%
# The same function, two rankings: the uncentred scores now put the noise first.

fig, axes = plt.subplots(2, 2, figsize=(9, 5.5), sharex=True, layout="constrained")
for ax, (method, variant), old, new in zip(
    axes.ravel(), METHODS, before, after, strict=True
):
    places = np.arange(10)
    ax.bar(places - 0.2, old, width=0.4, label="as trained")
    ax.bar(places + 0.2, new, width=0.4, label="constant moved")
    ax.set_title(f'method="{method}", variant="{variant}"')
    ax.set_xticks(places)
axes[0, 0].legend()
for ax in axes[1]:
    ax.set_xlabel("column (5 to 9 are noise)")
plt.show()
