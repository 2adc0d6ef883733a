# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The published protocol for KAN selectors, run again: nested and not nested.

A. C. Akazan & V. R. Mbingui (arXiv 2509.23366) rank columns by 5-fold averages of a
score, keep 20, 40 and 60 percent of them, and cross-validate four predictors on the
same rows (macro F1, or R2). Choosing on all rows before cross-validating is optimistic;
`--nested` chooses inside every training part.

    python asv_benchmarks/kan_protocol.py [--data wine,diabetes] \\
        [--methods omp,lasso] [--nested] [--seeds 0] [--out protocol.csv]
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LassoCV, LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits
from xgboost import XGBClassifier, XGBRegressor

from sklearn_fs import KANClassifier, KANRegressor, KANSelector

SHARES = (0.2, 0.4, 0.6)
# The settings of the published notebook, as far as this network has them.
PUBLISHED = {
    "grid_size": 2,
    "degree": 1,
    "input_map": "standard",
    "learning_rate_init": 1e-3,
    "batch_size": 64,
    "max_iter": 100,
    "early_stopping": False,
    "group_penalty": 0.0,
    "smoothness": 0.0,
    "weight_decay": 0.0,
}


def load(name):
    """X, y and whether y holds classes."""
    if name == "digits3":
        return (*datasets.load_digits(n_class=3, return_X_y=True), True)
    if name == "make_classification":
        made = datasets.make_classification(500, 10, n_informative=5, random_state=0)
        return (*made, True)
    if name == "make_regression":
        made = datasets.make_regression(
            500, 10, n_informative=5, noise=0.1, random_state=0
        )
        return (*made, False)
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return X, y, name != "diabetes"


def folds(classes, seed=0):
    kind = StratifiedKFold if classes else KFold
    return kind(5, shuffle=True, random_state=seed)


def kan_scores(method, X, y, classes, seed):
    """Scores of one of our selectors; "paper_l1" are the published settings."""
    kind = KANClassifier if classes else KANRegressor
    if method.startswith("paper_"):
        network = kind(hidden_layer_sizes=(2 * X.shape[1] + 1,), **PUBLISHED)
        selector = KANSelector(
            network,
            method=method[6:],
            variant="paper",
            cv=folds(classes, seed),
            random_state=seed,
        )
    elif method.startswith("cv_"):
        selector = KANSelector(
            kind(), method=method[3:], cv=folds(classes, seed), random_state=seed
        )
    elif method == "default":
        selector = KANSelector(
            kind(), n_features_to_select=X.shape[1], random_state=seed
        )
    else:
        selector = KANSelector(
            kind(),
            method=method,
            n_features_to_select=X.shape[1],
            random_state=seed,
        )
    return selector.fit(X, y).scores_


def baseline_scores(method, X, y, classes, seed):
    """The baselines of the paper, averaged over five folds."""
    total = np.zeros(X.shape[1])
    for train, test in folds(classes, seed).split(X, y):
        scaler = StandardScaler().fit(X[train])
        a, b = scaler.transform(X[train]), scaler.transform(X[test])
        if method == "mi":
            measure = mutual_info_classif if classes else mutual_info_regression
            score = measure(a, y[train], random_state=0)
        elif method == "rf_perm":
            kind = RandomForestClassifier if classes else RandomForestRegressor
            forest = kind(200, random_state=0).fit(a, y[train])
            score = permutation_importance(
                forest, b, y[test], n_repeats=10, random_state=0
            ).importances_mean
        elif classes:
            model = LogisticRegression(
                l1_ratio=1.0, solver="saga", C=0.1, max_iter=5000, random_state=0
            )
            score = np.abs(model.fit(a, y[train]).coef_).mean(axis=0)
        else:
            score = np.abs(LassoCV(random_state=0).fit(a, y[train]).coef_)
        total += score
    return total


def scores_of(method, X, y, classes, seed):
    if method == "all":
        return np.ones(X.shape[1])
    if method in ("mi", "rf_perm", "lasso"):
        return baseline_scores(method, X, y, classes, seed)
    return kan_scores(method, X, y, classes, seed)


def predictors(classes):
    boosted = {"n_estimators": 300, "learning_rate": 0.05, "max_depth": 6, "n_jobs": 1}
    if classes:
        return {
            "linear": LogisticRegression(max_iter=1000),
            "forest": RandomForestClassifier(200, random_state=0),
            "gb": GradientBoostingClassifier(random_state=0),
            "xgb": XGBClassifier(random_state=0, **boosted),
        }
    return {
        "linear": Ridge(),
        "forest": RandomForestRegressor(200, random_state=0),
        "gb": GradientBoostingRegressor(random_state=0),
        "xgb": XGBRegressor(random_state=0, **boosted),
    }


def evaluate(method, X, y, classes, nested, seed, cache):
    """One row for each share and predictor."""
    metric = "f1_macro" if classes else "r2"
    splits = list(folds(classes).split(X, y))
    if nested:
        scores = [scores_of(method, X[a], y[a], classes, seed) for a, _ in splits]
    else:
        scores = [scores_of(method, X, y, classes, seed)] * len(splits)
    for share in (1.0,) if method == "all" else SHARES:
        k = int(np.ceil(share * X.shape[1]))
        chosen = [np.sort(np.argsort(-s, kind="stable")[:k]) for s in scores]
        for name, model in predictors(classes).items():
            values = []
            for (train, test), columns in zip(splits, chosen, strict=True):
                key = (name, tuple(columns), tuple(test[:5]))
                if key not in cache:
                    part = X[:, columns]
                    cache[key] = cross_val_score(
                        model, part, y, cv=[(train, test)], scoring=metric
                    )[0]
                values.append(cache[key])
            yield share, name, np.mean(values)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data",
        default="wine,diabetes,breast_cancer,make_classification,digits3,make_regression",
    )
    parser.add_argument(
        "--methods",
        default="all,lasso,rf_perm,mi,paper_l1,paper_l2,paper_si,paper_ko,"
        "cv_l1,cv_l2,cv_si,cv_ko,l1,l2,si,ko,path,omp",
    )
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--nested", action="store_true")
    parser.add_argument("--out", default="protocol.csv")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = []
    with threadpool_limits(1):
        for data in args.data.split(","):
            X, y, classes = load(data)
            cache = {}
            for method in args.methods.split(","):
                for seed in map(int, args.seeds.split(",")):
                    for result in evaluate(
                        method, X, y, classes, args.nested, seed, cache
                    ):
                        rows.append((data, method, seed, *result))
                frame = pd.DataFrame(
                    rows, columns=["data", "method", "seed", "share", "model", "score"]
                )
                frame.to_csv(args.out, index=False)
                here = frame[(frame.data == data) & (frame.method == method)]
                print(data, method, round(here.score.mean(), 4), flush=True)
    table = frame.pivot_table(index="data", columns="method", values="score")
    print(table.round(3).to_string())


if __name__ == "__main__":
    main()
