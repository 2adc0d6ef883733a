# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Four claims of the OutRank paper (arXiv 2309.01552), on data that we can make.

    python asv_benchmarks/outrank_claims.py [bias prefilter forests clicks space ...]

bias: what pure noise of 2 to n values scores, by measure; prefilter: a forward search
with and without ranking the columns first; forests: log-loss of the first columns of
several rankings; clicks: the same on a made log of clicks; space: how many columns can
be searched in the same time; stability: the first columns of rankings of parts of the
rows.

The search: columns are target-encoded (five folds), then picked greedily by the
log-loss of a logistic regression on held-out rows.
"""

import argparse
import time
import warnings

import numpy as np
from benchmarks.datasets import (
    make_click_log,
    make_planted_categorical,
    planted_positives,
)
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
    start = time.process_time()
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
    return columns[picks], loss, time.process_time() - start


def split(n, seed):
    rows = np.random.default_rng(seed).permutation(n)
    return rows[: n // 2], rows[n // 2 : 3 * n // 4]


def first_columns(X, y, k):
    """The ranking before the search, and its seconds."""
    start = time.process_time()
    ranker = OutRank(criterion="3mr", n_features_to_select=k, **ALL).fit(X, y)
    return np.sort(ranker.order_[:k]), time.process_time() - start


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


def lightgbm_gain(X, y):
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(importance_type="gain", n_jobs=1, verbose=-1).fit(X, y)
    return by_score(model.feature_importances_)


RANKINGS = {
    "OutRank": lambda X, y: OutRank(**ALL).fit(X, y).order_,
    "OutRank 3mr": lambda X, y: (
        OutRank(criterion="3mr", n_features_to_select=20, **ALL).fit(X, y).order_
    ),
    "OutRank 3mr, pairs": lambda X, y: (
        OutRank(criterion="3mr", interaction_order=2, n_features_to_select=20, **ALL)
        .fit(X, y)
        .order_
    ),
    "forest": lambda X, y: by_score(
        RandomForestClassifier(random_state=0).fit(X, y).feature_importances_
    ),
    "forest, leaf 20": lambda X, y: by_score(
        RandomForestClassifier(min_samples_leaf=20, random_state=0)
        .fit(X, y)
        .feature_importances_
    ),
    "LightGBM gain": lightgbm_gain,
    "ANOVA": lambda X, y: by_score(np.nan_to_num(f_classif(X, y)[0])),
    "chi2": lambda X, y: by_score(np.nan_to_num(chi2(minmax_scale(X), y)[0])),
    "mutual information": lambda X, y: by_score(
        mutual_info_classif(X, y, discrete_features=True)
    ),
}


def forests():
    def make(seed):
        X, y, _, roles = make_planted_categorical(30_000, seed)
        return X, y, planted_positives(roles)

    judge_rankings(make, RANKINGS)


def clicks():
    def make(seed):
        X, y, _, relevant = make_click_log(200_000, seed)
        return X, y, relevant

    judge_rankings(make, RANKINGS)


def judge_rankings(make, rankings):
    """Half of the rows for the ranking and the model, half for the log-loss."""
    sizes = 5, 10, 20
    results = {name: [] for name in rankings}
    chance = []
    for seed in SEEDS:
        X, y, relevant = make(seed)
        train, _ = split(len(y), seed)
        test = np.setdiff1d(np.arange(len(y)), train)
        chance.append(log_loss(y[test], np.full(len(test), y[train].mean())))
        Z = encoded(X, y, train)
        for name, rank in rankings.items():
            start = time.process_time()
            order = rank(X[train], y[train])
            row = [time.process_time() - start, relevant[order[:10]].mean()]
            for k in sizes:
                model = HistGradientBoostingClassifier(max_iter=60, learning_rate=0.05)
                model.fit(Z[train][:, order[:k]], y[train])
                p = model.predict_proba(Z[test][:, order[:k]])
                row.append(log_loss(y[test], p))
            results[name].append(row)
    print("log-loss of boosted trees on the first k target-encoded columns (deviation")
    print(f"between seeds); no column at all: {np.mean(chance):.4f}")
    heads = "".join(f"        k={k:<8d}" for k in sizes)
    print(f"{'ranking':20s}{heads} relevant of 10   CPU seconds")
    for name, rows in results.items():
        mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0)
        cells = "".join(f"  {mean[i]:.5f} ({spread[i]:.5f})" for i in (2, 3, 4))
        print(f"{name:20s}{cells}  {mean[1]:6.2f}  {mean[0]:10.2f}", flush=True)


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


def one_relevant(n, n_values, seed):
    """One column that matters among 99 of noise of 2 to n values; it is column 0."""
    rng = np.random.default_rng([seed, n_values])
    cumulative = np.cumsum(1 / np.arange(1, n_values + 1))
    codes = np.searchsorted(cumulative, rng.random(n) * cumulative[-1])
    effects = rng.normal(scale=0.5, size=n_values)
    # As strong for two values as for many.
    effects = 0.5 * (effects - effects.mean()) / effects.std()
    y = rng.random(n) < 1 / (1 + np.exp(1.2 - effects[codes]))
    sizes = np.geomspace(2, n, 99).astype(int)
    noise = [rng.integers(0, size, n) for size in sizes]
    return np.column_stack([codes, *noise]), y.astype(int)


def stability():
    n, shares = 100_000, (0.05, 0.1, 0.3, 0.6, 0.8)
    print("one relevant column of 100: how often it is the first of a part of the rows")
    for n_values in (2, 20, 200, 2000):
        hits = []
        for share in shares:
            for seed in SEEDS:
                X, y = one_relevant(n, n_values, seed)
                parts = np.random.default_rng(seed)
                for _ in range(5):
                    rows = parts.random(n) < share
                    order = OutRank(**ALL).fit(X[rows], y[rows]).order_
                    hits.append(order[0] == 0)
        cells = np.reshape(hits, (len(shares), -1)).mean(axis=1)
        line = ", ".join(f"{s:.0%} {c:.2f}" for s, c in zip(shares, cells, strict=True))
        print(f"{n_values:5d} values: {line}", flush=True)
    print("planted table: share of the first k columns that a part also has first,")
    print("score (all rows) of the column that is first in a part / of the best one,")
    print("lead of the best column over the next other one / its deviation in parts")
    for share in shares:
        overlaps, worth, leads = {1: [], 5: [], 12: []}, [], []
        for seed in SEEDS:
            X, y, _, roles = make_planted_categorical(n, seed)
            assert planted_positives(roles).sum() == 12
            full = OutRank(**ALL).fit(X, y)
            first, scores = full.order_[0], full.scores_
            # The next one that is not a renaming of the first.
            other = next(j for j in full.order_ if scores[j] < scores[first] - 1e-12)
            parts, gaps = np.random.default_rng(seed), []
            for _ in range(10):
                rows = parts.random(n) < share
                part = OutRank(**ALL).fit(X[rows], y[rows])
                worth.append(scores[part.order_[0]] / scores[first])
                gaps.append(part.scores_[first] - part.scores_[other])
                for k, values in overlaps.items():
                    same = np.intersect1d(full.order_[:k], part.order_[:k])
                    values.append(len(same) / k)
            leads.append((scores[first] - scores[other]) / np.std(gaps))
        print(
            f"{share:4.0%}: "
            + ", ".join(f"k={k} {np.mean(v):.2f}" for k, v in overlaps.items())
            + f"; worth {np.mean(worth):.2f} (least {np.min(worth):.2f}); leads "
            + " ".join(f"{lead:.1f}" for lead in leads),
            flush=True,
        )


PARTS = {
    "bias": bias,
    "prefilter": prefilter,
    "forests": forests,
    "clicks": clicks,
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
