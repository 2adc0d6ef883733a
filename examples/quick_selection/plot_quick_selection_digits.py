# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
=================================
Digits from a few of their pixels
=================================

Which pixels of a handwritten digit tell the others?
:class:`~sklearn_fs.feature_selection.QuickSelection` answers without labels. Its two
parts are compared here: the strength of a column's links in a sparse autoencoder, which
is the published method, and the walk that looks for columns which rebuild the table
together, which is the default.
"""

# %%
# Three ways to choose 12 of 64 pixels
# ------------------------------------
# Strength ranks every pixel by itself. Neighbouring pixels are alike and have similar
# strength, so several of them are chosen where one would do.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_fs.feature_selection import QuickSelection
from sklearn_fs.inspection import (
    ImportancePathDisplay,
    PixelMaskDisplay,
    ShadowDisplay,
)

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)


def test_accuracy(columns):
    model = make_pipeline(StandardScaler(), SVC())
    model.fit(X_train[:, columns], y_train)
    return model.score(X_test[:, columns], y_test)


selectors = {
    "published: strength": QuickSelection(12, redundancy=None, random_state=0),
    "default: walk": QuickSelection(12, random_state=0),
}
figure, axes = plt.subplots(1, 3, figsize=(9, 3.4), layout="constrained")
for ax, (name, selector) in zip(axes, selectors.items(), strict=False):
    selector.fit(X_train)
    PixelMaskDisplay.from_estimator(selector, (8, 8), image=X.mean(axis=0), ax=ax)
    accuracy = test_accuracy(selector.get_support(indices=True))
    ax.set_title(f"{name}\naccuracy {accuracy:.2f}")

chances = [np.random.RandomState(i).permutation(64)[:12] for i in range(10)]
mask = np.isin(np.arange(64), chances[0]).reshape(8, 8)
PixelMaskDisplay(mask, X.mean(axis=0).reshape(8, 8)).plot(axes[2])
mean = np.mean([test_accuracy(columns) for columns in chances])
axes[2].set_title(f"random (one of ten)\nmean accuracy {mean:.2f}")

# %%
# Where does the structure end?
# -----------------------------
# At every step of the walk, permuted copies of columns (shadows) show what chance would
# gain. With ``n_features_to_select="auto"`` the walk decides how many pixels are worth
# keeping.

automatic = QuickSelection("auto", random_state=0).fit(X_train)
display = ShadowDisplay.from_estimator(automatic)
n_selected = automatic.n_features_to_select_
accuracy = test_accuracy(automatic.get_support(indices=True))
_ = display.ax_.set_title(f"{n_selected} pixels beat chance; accuracy {accuracy:.2f}")

# %%
# One fit, every number of columns
# --------------------------------
# The scores continue the walk by importance, so that a single fit answers for every
# smaller number of columns.

order = np.argsort(-QuickSelection(40, random_state=0).fit(X_train).scores_)
sizes = [2, 4, 6, 8, 12, 16, 24, 32, 40]
plt.figure(figsize=(6, 3.5), layout="constrained")
plt.plot(sizes, [test_accuracy(order[:k]) for k in sizes], "o-", label="QuickSelection")
orders = [np.random.RandomState(i).permutation(64) for i in range(3)]
by_chance = [np.mean([test_accuracy(some[:k]) for some in orders]) for k in sizes]
plt.plot(sizes, by_chance, "s--", color="0.5", label="random pixels")
plt.xlabel("number of pixels")
plt.ylabel("accuracy")
_ = plt.legend()

# %%
# The training
# ------------
# Strength over the epochs: pixels of the border hardly vary and stay where they began.

_ = ImportancePathDisplay.from_estimator(
    QuickSelection(8, max_iter=15, random_state=0), X_train
)
plt.show()
