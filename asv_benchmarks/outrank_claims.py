# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Four claims of the OutRank paper (arXiv 2309.01552), on data that we can make.

    python asv_benchmarks/outrank_claims.py [bias prefilter forests space stability]

bias: what pure noise of 2 to n values scores, by measure; prefilter: a forward search
with and without ranking the columns first; forests: log-loss of the first columns of
several rankings; space: how many columns can be searched in the same time; stability:
the first columns of rankings of parts of the rows.

The search: columns are target-encoded (five folds), then picked greedily by the
log-loss of a logistic regression on held-out rows.
"""

import argparse
import time
import warnings

import numpy as np
from benchmarks.datasets import make_planted_categorical, planted_positives
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import chi2, f_classif, mutual_info_classif
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder, minmax_scale
from threadpoolctl import threadpool_limits

from sklearn_fs import OutRank

SEEDS = range(3)
ALL = {"categorical_features": "all"}


def bias():
    n = 20_000
    rng = np.random.default_rng(0)
    y = (rng.random(n) < 0.27).astype(int)
    sizes = [2, 10, 100, 1000, 5000, 20_000]
    X = np.column_stack([rng.integers(0, r, n) for r in sizes for _ in range(10)])
    print("noise, 20,000 rows: mean score (standard deviation) in 1e-4 nats")
    print("values      " + "".join(f"{r:>17,}" for r in sizes))
    for label, options in {
        "I": {"measure": "mi"},
        "Miller-Madow": {"measure": "mi_miller_madow"},
        "shift": {"measure": "mi_corrected", "correction": "shift"},
        "exact": {"measure": "mi_corrected"},
    }.items():
        scores = OutRank(**options, **ALL).fit(X, y).scores_.reshape(-1, 10) * 1e4
        cells = [f"{s.mean():8.1f} ({s.std():5.1f})" for s in scores]
        print(f"{label:12s}" + "".join(f"{cell:>17s}" for cell in cells))


def encoded(X, y, train):
    """Columns as cross-fitted means of the target; rows outside of train as new."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    encoder = TargetEncoder(target_type="binary", cv=folds)
    Z = np.empty(X.shape)
    Z[train] = encoder.fit_transform(X[train], y[train])
    rest = np.setdiff1d(np.arange(len(y)), train)
    Z[rest] = encoder.transform(X[rest])
    return Z


def search(X, y, train, valid, columns, n_steps=10):
    """Forward selection; picks, best log-loss and seconds."""
    start = time.perf_counter()
    Z = encoded(X[:, columns], y, train)
    Z = (Z - Z[train].mean(0)) / np.maximum(Z[train].std(0), 1e-9)
    picks, best = [], np.inf
    for _ in range(n_steps):
        losses = np.full(len(columns), np.inf)
        for j in set(range(len(columns))) - set(picks):
            model = LogisticRegression().fit(Z[train][:, [*picks, j]], y[train])
            p = model.predict_proba(Z[valid][:, [*picks, j]])
            losses[j] = log_loss(y[valid], p)
        if losses.min() > best - 1e-4:
            break
        best = losses.min()
        picks.append(int(losses.argmin()))
    model = LogisticRegression().fit(Z[train][:, picks], y[train])
    test = np.setdiff1d(np.arange(len(y)), np.concatenate([train, valid]))
    loss = log_loss(y[test], model.predict_proba(Z[test][:, picks]))
    return columns[picks], loss, time.perf_counter() - start


def split(n, seed):
    rows = np.random.default_rng(seed).permutation(n)
    return rows[: n // 2], rows[n // 2 : 3 * n // 4]


def first_columns(X, y, k):
    """The ranking before the search, and its seconds."""
    start = time.perf_counter()
    ranker = OutRank(criterion="3mr", n_features_to_select=k, **ALL).fit(X, y)
    return np.sort(ranker.order_[:k]), time.perf_counter() - start


def prefilter():
    print("forward search, 20,000 rows x 50: test log-loss and seconds of the search")
    for seed in SEEDS:
        X, y, _, _ = make_planted_categorical(20_000, seed)
        train, valid = split(len(y), seed)
        _, loss, seconds = search(X, y, train, valid, np.arange(50))
        line = f"seed {seed}: all {loss:.4f}, {seconds:.1f} s"
        for k in (10, 15, 20):
            columns, ranking = first_columns(X[train], y[train], k)
            _, loss, seconds = search(X, y, train, valid, columns)
            line += f"; first {k} {loss:.4f}, {seconds + ranking:.1f} s"
        print(line, flush=True)


def forests():
    rankings = {
        "OutRank": lambda X, y: OutRank(**ALL).fit(X, y).order_,
        "OutRank 3mr": lambda X, y: (
            OutRank(criterion="3mr", n_features_to_select=20, **ALL).fit(X, y).order_
        ),
        "forest": lambda X, y: by_score(
            RandomForestClassifier(random_state=0).fit(X, y).feature_importances_
        ),
        "forest, leaf 20": lambda X, y: by_score(
            RandomForestClassifier(min_samples_leaf=20, random_state=0)
            .fit(X, y)
            .feature_importances_
        ),
        "ANOVA": lambda X, y: by_score(np.nan_to_num(f_classif(X, y)[0])),
        "chi2": lambda X, y: by_score(np.nan_to_num(chi2(minmax_scale(X), y)[0])),
        "mutual information": lambda X, y: by_score(
            mutual_info_classif(X, y, discrete_features=True)
        ),
    }
    print("log-loss of boosted trees on the first k target-encoded columns")
    print(
        f"{'ranking':20s}" + "".join(f"   k={k:<4d}" for k in (5, 10, 20)) + " seconds"
    )
    results = {name: [] for name in rankings}
    for seed in SEEDS:
        X, y, _, _ = make_planted_categorical(30_000, seed)
        train, _ = split(len(y), seed)
        test = np.setdiff1d(np.arange(len(y)), train)
        Z = encoded(X, y, train)
        for name, rank in rankings.items():
            start = time.perf_counter()
            order = rank(X[train], y[train])
            row = [time.perf_counter() - start]
            for k in (5, 10, 20):
                model = HistGradientBoostingClassifier(max_iter=60, learning_rate=0.05)
                model.fit(Z[train][:, order[:k]], y[train])
                p = model.predict_proba(Z[test][:, order[:k]])
                row.insert(-1, log_loss(y[test], p))
            results[name].append(row)
    for name, rows in results.items():
        mean = np.mean(rows, axis=0)
        cells = "".join(f"  {v:.4f}" for v in mean[:3])
        print(f"{name:20s}{cells}  {mean[3]:7.2f}", flush=True)


def by_score(scores):
    return np.argsort(-np.asarray(scores), kind="stable")


def space():
    X, y, _, _ = make_planted_categorical(20_000, 0)
    rng = np.random.default_rng(0)
    train, valid = split(len(y), 0)
    _, loss, budget = search(X, y, train, valid, np.arange(50))
    print(f"search alone, 50 columns: {budget:.1f} s, test log-loss {loss:.4f}")
    for factor in (1, 2, 4, 8, 16):
        # More columns: shuffled copies of those that are there.
        more = [rng.permuted(X, axis=0) for _ in range(factor - 1)]
        wide = np.hstack([X, *more])
        columns, ranking = first_columns(wide[train], y[train], 15)
        _, loss, seconds = search(wide, y, train, valid, columns)
        print(
            f"ranked first, {wide.shape[1]} columns: {ranking + seconds:.1f} s "
            f"({ranking:.2f} of it the ranking), test log-loss {loss:.4f}",
            flush=True,
        )


def stability():
    print("share of the first k columns of all 100,000 rows that a part also has first")
    for share in (0.05, 0.1, 0.3, 0.6, 0.8):
        overlaps = {1: [], 5: [], 12: []}
        for seed in SEEDS:
            X, y, _, roles = make_planted_categorical(100_000, seed)
            assert planted_positives(roles).sum() == 12
            full = OutRank(**ALL).fit(X, y).order_
            rows = np.random.default_rng(seed).random(len(y)) < share
            part = OutRank(**ALL).fit(X[rows], y[rows]).order_
            for k, values in overlaps.items():
                values.append(len(np.intersect1d(full[:k], part[:k])) / k)
        print(
            f"{share:4.0%}: "
            + ", ".join(f"k={k} {np.mean(v):.2f}" for k, v in overlaps.items()),
            flush=True,
        )


PARTS = {
    "bias": bias,
    "prefilter": prefilter,
    "forests": forests,
    "space": space,
    "stability": stability,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.simplefilter("ignore", RuntimeWarning)  # f_classif of a constant
    warnings.simplefilter("ignore", UserWarning)  # the same, by name
    with threadpool_limits(1):
        for part in parser.parse_args().parts:
            PARTS[part]()


if __name__ == "__main__":
    main()
