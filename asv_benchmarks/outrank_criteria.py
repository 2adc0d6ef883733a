# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every criterion of OutRank on real tables, beside stored peers and LightGBM's time.

Run by hand; tables_protocol.py says where the tables are and how columns are judged:

    python asv_benchmarks/outrank_criteria.py measure --splits 0 1 2 --out cells.csv
    python asv_benchmarks/outrank_criteria.py report --out cells.csv

Each criterion ranks the training rows once; the first K columns are judged. CPU seconds
of the selection, one thread; LightGBM (100 trees a class, at most about 1,000, total
gain) is timed beside on the same rows of split 0.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from tables_protocol import (
    MNIST,
    OTHERS,
    REGRESSION,
    SIZES,
    STORED,
    load,
    scores,
    split_rows,
    stored_peers,
    summarise,
)
from threadpoolctl import threadpool_limits

from sklearn_fs import OutRank

CRITERIA = {
    "mim": {"criterion": "mim"},
    "3mr": {"criterion": "3mr"},
    "3mr, no relation": {"criterion": "3mr", "relation_weight": 0.0},
    "3mr, interactions": {"criterion": "3mr", "interaction_order": 2},
    "3mr, relevance": {
        "criterion": "3mr",
        "redundancy_scale": "relevance",
        "relation_weight": 0.0,
    },
    "mrmr": {"criterion": "mrmr"},
    "jmi": {"criterion": "jmi"},
    "cmim": {"criterion": "cmim"},
}
# Methods that ran on all tables.
PEERS = (
    "f_test fastcan lasso lgbm_gain lgbm_shap mutual_info rf_impurity rf_permutation "
    "xgb_gain"
).split()
COLUMNS = "method dataset k split classifier score seconds".split()


def lightgbm_seconds(name, X, y):
    """CPU seconds of the fit behind the stored gains."""
    from lightgbm import LGBMClassifier, LGBMRegressor

    classes = 1 if name in REGRESSION else len(np.unique(y))
    rounds = 100 if classes <= 10 else max(1, 1000 // classes)
    kind = LGBMRegressor if name in REGRESSION else LGBMClassifier
    model = kind(
        n_estimators=rounds,
        min_child_samples=int(np.clip(len(y) // 40, 2, 20)),
        n_jobs=1,
        verbose=-1,
    )
    start = time.process_time()
    model.fit(X, y)
    return time.process_time() - start


def measure(tables, splits, criteria, out):
    rows, known = [], {}
    for name in tables:
        X, y = load(name)
        sizes = SIZES.get(name, (10, 50))
        for split in splits:
            train, test = split_rows(name, X, y, split)
            X_train, y_train = X[train], y[train]
            if split == 0:
                seconds = lightgbm_seconds(name, X_train, y_train)
                rows.append(("time of LightGBM", name, 0, 0, "", np.nan, seconds))
            for method in criteria:
                ranker = OutRank(n_features_to_select=max(sizes), **CRITERIA[method])
                start = time.process_time()
                order = ranker.fit(X_train, y_train).order_
                seconds = time.process_time() - start
                for k in sizes:
                    key = name, split, tuple(order[:k].tolist())
                    if key not in known:
                        part = X[:, order[:k]]
                        known[key] = list(
                            scores(name, part[train], y_train, part[test], y[test])
                        )
                    for classifier, score in known[key]:
                        cell = name, k, split, classifier, score, seconds
                        rows.append((method, *cell))
            pd.DataFrame(rows, columns=COLUMNS).to_csv(out, index=False)
            print(name, split, flush=True)


def report(ours):
    splits = sorted(ours.split.unique())
    is_time = ours.method == "time of LightGBM"
    cells, timed = ours[~is_time], ours[is_time].set_index("dataset").seconds
    peers = stored_peers("supervised", splits)
    peers = peers[peers.method.isin(PEERS)]
    random = stored_peers("unsupervised", splits)
    summarise(cells, peers, random[random.method == "random"])
    index = ["dataset", "split", "k", "classifier"]
    gain = peers[peers.method == "lgbm_gain"].set_index(index).score
    for method, part in cells.groupby("method", sort=False):
        alone = mean_ranks(part, peers)
        difference = 100 * (part.set_index(index).score - gain).dropna()
        by_table = difference.groupby(level=0).mean()
        seconds = part[part.split == 0].groupby("dataset").seconds.first()
        ratio = timed / seconds
        print(
            f"{method:18s} minus LightGBM gain, its own cells: {by_table.mean():5.2f} "
            f"(standard error {by_table.sem():.2f}, {len(by_table)} tables); "
            f"mean rank among the peers {alone[method]:.2f}, LightGBM gain then "
            f"{alone['lgbm_gain']:.2f}; "
            f"seconds: median {seconds.median():.2f}, sum {seconds.sum():.1f}; "
            f"times faster: median {ratio.median():.1f}, "
            f"sums {timed.sum() / seconds.sum():.1f}"
        )


def mean_ranks(part, peers):
    """Mean over tables of the rank of one criterion and of the peers."""
    index = ["dataset", "split", "k", "classifier"]
    cells = pd.concat([peers, part]).pivot_table(
        index=index, columns="method", values="score"
    )
    by_table = cells.dropna().groupby(level=0).mean()
    return by_table.rank(axis=1, ascending=False).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["measure", "report"])
    parser.add_argument("--tables", nargs="*", default=OTHERS + STORED + [MNIST])
    parser.add_argument("--splits", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--criteria", nargs="*", default=list(CRITERIA))
    parser.add_argument("--out", type=Path, default=Path("outrank_criteria.csv"))
    args = parser.parse_args()
    if args.what == "report":
        report(pd.read_csv(args.out, keep_default_na=False, na_values=[""]))
        return
    warnings.simplefilter("ignore")  # of models that stop before they converge
    with threadpool_limits(1):
        measure(args.tables, args.splits, args.criteria, args.out)


if __name__ == "__main__":
    main()
