# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
Which rows does a selector keep?
================================

Two classes that overlap, and a tenth of the labels is wrong. Edition removes the noise,
condensation keeps the border and all the noise with it, and coverage spreads a fixed
number of rows over the trusted part of each class.
"""

# %%
# The table
# ---------
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons
from sklearn.neighbors import KNeighborsClassifier

from sklearn_fs.inspection import KeptRowsDisplay
from sklearn_fs.instance_selection import (
    DROP3,
    ENN,
    LDIS,
    XLDIS,
    GraphCoverageSelector,
    HartCNN,
    LSBo,
    RandomInstanceSelector,
)

X, y_clean = make_moons(1200, noise=0.25, random_state=0)
X_test, y_test = make_moons(4000, noise=0.25, random_state=1)
rng = np.random.default_rng(0)
wrong = rng.random(len(y_clean)) < 0.1
y = np.where(wrong, 1 - y_clean, y_clean)

# %%
# The selections
# --------------
# The area of a mark says for how many rows of its class it is the nearest kept one.
selectors = [
    GraphCoverageSelector(40),
    RandomInstanceSelector(40, random_state=0),
    ENN(),
    HartCNN(random_state=0),
    DROP3(),
    LSBo(),
    LDIS(),
    XLDIS(),
]
figure, axes = plt.subplots(2, 4, figsize=(14, 7), sharex=True, sharey=True)
for selector, ax in zip(selectors, axes.flat, strict=True):
    X_few, y_few = selector.fit_resample(X, y)
    accuracy = KNeighborsClassifier(1).fit(X_few, y_few).score(X_test, y_test)
    KeptRowsDisplay.from_estimator(selector, X, y_clean, ax=ax)
    share_wrong = wrong[selector.sample_indices_].mean()
    ax.set_title(
        f"{type(selector).__name__}: {len(y_few)} rows\n"
        f"1-NN {accuracy:.3f}, {share_wrong:.0%} wrong labels"
    )
figure.tight_layout()
plt.show()

# %%
# On all rows one nearest neighbour is as good as the labels are.
print(f"{KNeighborsClassifier(1).fit(X, y).score(X_test, y_test):.3f}")
