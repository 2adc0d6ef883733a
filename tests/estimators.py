# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The one list that drives the common tests: a new estimator joins here.

Each entry is an instance with a small budget; a second entry of the same class
with other options is welcome. Nothing else has to be written for an estimator to
get all groups of `test_common.py`.
"""

from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBRegressor

from sklearn_fs import (
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
    InteractionFeatures,
    KANClassifier,
    KANKnockoffSelector,
    KANKOSelector,
    KANL1Selector,
    KANL2Selector,
    KANRegressor,
    KANSelector,
    KANSISelector,
    KMeansInstanceSelector,
    LSBo,
    LSSm,
    NeuroFS,
    OutRank,
    QuickSelection,
    RandomInstanceSelector,
    ResponsivenessScorer,
)

# A spline network small enough for the forty fits of a check suite.
SMALL_KAN = {
    "hidden_layer_sizes": (5,),
    "grid_size": 3,
    "max_iter": 12,
    "learning_rate_init": 0.03,
    "random_state": 0,
}


def _small_kan():
    return KANClassifier(**SMALL_KAN)


def column_selectors():
    """Selectors of columns, fast settings."""
    return [
        KANSelector(
            _small_kan(),
            method="omp",
            n_repeats=2,
            n_features_to_select=0.5,
            random_state=0,
        ),
        KANSelector(_small_kan(), method="ko", cv=2, random_state=0),
        KANKnockoffSelector(_small_kan(), n_features_to_select=3, random_state=0),
        KANKnockoffSelector(
            _small_kan(),
            method="l2",
            shrinkage=0.1,
            n_draws=2,
            n_features_to_select=0.5,
            random_state=0,
        ),
        KANL1Selector(_small_kan(), random_state=0),
        KANL2Selector(_small_kan(), random_state=0),
        KANSISelector(_small_kan(), random_state=0),
        KANKOSelector(_small_kan(), random_state=0),
        NeuroFS(0.5, max_iter=8, hidden_layer_sizes=(40, 20), random_state=0),
        OutRank(),
        OutRank(measure="ami", missing="drop", n_features_to_select=0.5),
        OutRank(measure="loo", categorical_features=None, n_features_to_select=3),
        OutRank(criterion="3mr", pairwise=True),
        OutRank(criterion="cmim", missing="drop", n_features_to_select=0.5),
        QuickSelection(max_iter=3, n_hidden=40, random_state=0),
        QuickSelection(
            strategy="wast",
            max_iter=2,
            redundancy=None,
            dtype="float64",
            random_state=0,
        ),
    ]


def order_invariant_selectors():
    """Column selectors whose scores do not depend on the order of rows or columns."""
    return [e for e in column_selectors() if isinstance(e, OutRank)]


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
        KANClassifier(**SMALL_KAN),
        KANClassifier(
            hidden_layer_sizes=(),
            solver="lbfgs",
            max_iter=30,
            missing="error",
            random_state=0,
        ),
        KANRegressor(**SMALL_KAN),
        KANRegressor(
            hidden_layer_sizes=(4, 3),
            degree=2,
            base="linear",
            input_map="standard",
            batch_size=16,
            max_iter=20,
            grid_update_epochs=(5,),
            random_state=0,
        ),
        InteractionFeatures(),
        InteractionFeatures(
            OutRank(interaction_order=3, missing="drop"), alpha_fdr=0.5
        ),
        InstanceSelectionEstimator(LogisticRegression()),
        InstanceSelectionEstimator(Ridge(), use_weights=True),
        InstanceSelectionEstimator(DecisionTreeClassifier(random_state=0)),
        ResponsivenessScorer(LogisticRegression(), n_samples=20),
        ResponsivenessScorer(LGBMClassifier(n_estimators=5, n_jobs=1, verbose=-1)),
        # XGBClassifier itself takes labels 0, ..., K - 1 alone.
        ResponsivenessScorer(XGBRegressor(n_estimators=5, n_jobs=1), threshold=0.0),
    ]


def all_estimators():
    return [*column_selectors(), *row_selectors(), *other_estimators()]
