# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
How many rows are enough?
=========================

Accuracy against the number of rows that are kept, beside random rows of the same
number, and the same selection inside a pipeline and a grid search.
"""

# %%
# Two curves
# ----------
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_fs.inspection import SizeCurveDisplay
from sklearn_fs.instance_selection import (
    GraphCoverageSelector,
    InstanceSelectionEstimator,
    search_instances,
)

X, y = load_digits(return_X_y=True)
results = search_instances(
    GraphCoverageSelector(),
    X,
    y,
    KNeighborsClassifier(1),
    [0.04, 0.1, 0.2, 0.4],
    cv=3,
    random_state=0,
)
SizeCurveDisplay.from_results(results, name="coverage")
plt.show()

# %%
# In a pipeline
# -------------
# The wrapper removes rows in `fit` only, so that a pipeline and a grid search see an
# ordinary classifier.
pipeline = make_pipeline(
    StandardScaler(),
    InstanceSelectionEstimator(KNeighborsClassifier(), GraphCoverageSelector()),
)
grid = {
    "instanceselectionestimator__selector__n_samples": [0.1, 0.2],
    "instanceselectionestimator__estimator__n_neighbors": [1, 3],
}
search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
print(search.best_params_, round(search.best_score_, 3))
