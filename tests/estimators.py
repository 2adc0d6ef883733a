# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The one list that drives the common tests: a new estimator joins here.

Each entry is an instance with a small budget; a second entry of the same class
with other options is welcome. Nothing else has to be written for an estimator to
get all groups of `test_common.py`.
"""

from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.tree import DecisionTreeClassifier

from sklearn_fs.instance_selection import (
    CDIS,
    DROP3,
    EGDIS,
    ENN,
    LDIS,
    RIS1,
    RIS2,
    RIS3,
    XLDIS,
    GAISSelector,
    GraphCoverageSelector,
    HartCNN,
    InstanceSelectionEstimator,
    KMeansInstanceSelector,
    LSBo,
    LSSm,
    RandomInstanceSelector,
)


def column_selectors():
    """Selectors of columns, fast settings."""
    return []


def row_selectors():
    """Selectors of rows, fast settings."""
    return [
        GraphCoverageSelector(random_state=0),
        GraphCoverageSelector(
            graph="rp_forest", importance=None, metric="cosine", random_state=0
        ),
        GraphCoverageSelector(20, graph="batch", selection="suppress", random_state=0),
        GAISSelector(max_iter=3, random_state=0),
        GAISSelector(
            "auto",
            graph="chunk",
            batch_size=60,
            attention="v2",
            importance="confidence",
            selection="local_max",
            max_iter=2,
            random_state=0,
        ),
        KMeansInstanceSelector(12, random_state=0),
        RandomInstanceSelector(random_state=0),
        CDIS(),
        DROP3(),
        EGDIS(),
        ENN(),
        HartCNN(random_state=0),
        LDIS(),
        LSBo(),
        LSSm(),
        RIS1(),
        RIS2(),
        RIS3(),
        XLDIS(density="centroid"),
    ]


def other_estimators():
    """Predictors, transformers and scorers that select nothing."""
    return [
        InstanceSelectionEstimator(LogisticRegression()),
        InstanceSelectionEstimator(Ridge(), use_weights=True),
        InstanceSelectionEstimator(DecisionTreeClassifier(random_state=0)),
    ]


def all_estimators():
    return [*column_selectors(), *row_selectors(), *other_estimators()]
