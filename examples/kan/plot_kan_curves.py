"""
===========================================================
Curves of a real table
===========================================================

The reason why people like spline networks: what they learned about a column is a curve.
Here they are for the most important measurements of the breast cancer table, next to
the scores of three networks with different seeds and the columns that the greedy choice
prefers.
"""

# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause

# %%
# Three networks are trained. The default method does not take the columns with the
# largest scores but columns that together rebuild what the networks learned: of several
# measurements of the size of a nucleus, one is enough.

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from sklearn_fs import KANClassifier, KANSelector
from sklearn_fs.inspection import KANCurvesDisplay, RankingDisplay

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
greedy = KANSelector(n_features_to_select=6, random_state=0).fit(X_train, y_train)
ranked = KANSelector(
    method="l2", n_repeats=3, n_features_to_select=6, random_state=0
).fit(X_train, y_train)
print("greedy:", *greedy.get_feature_names_out(), sep="\n  ")
print("by score:", *ranked.get_feature_names_out(), sep="\n  ")

# %%
# Bars are means over the three networks, dots are the single networks.

RankingDisplay.from_estimator(ranked, top=12)

# %%
# Curves of the six columns of the greedy choice: what each adds to the units of the
# first layer, less its mean. The strongest line belongs to the unit in which the column
# varies most. Marks at the bottom are deciles: where they end, so does the evidence.

KANCurvesDisplay.from_estimator(
    greedy, X_train, features=greedy.get_support(indices=True)
)
plt.show()

# %%
# Six columns are nearly as good as all thirty.

for name, columns in [
    ("all 30", X.columns),
    ("6 chosen", greedy.get_feature_names_out()),
]:
    model = KANClassifier(random_state=0).fit(X_train[columns], y_train)
    print(f"{name}: accuracy {model.score(X_test[columns], y_test):.3f}")
