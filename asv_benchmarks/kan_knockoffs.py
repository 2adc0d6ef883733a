# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""False discoveries and power of the knockoff selector.

1000 rows of 50 Gaussian columns (correlation rho to the power of their distance); 15
matter: nine alone, six in three products. And the same columns with a target that is
noise.

    python asv_benchmarks/kan_knockoffs.py [--seeds 50]
"""

import argparse
import warnings

import numpy as np
from threadpoolctl import threadpool_limits

from sklearn_fs import KANKnockoffSelector
from sklearn_fs.feature_selection._kan_knockoff import knockoff_threshold

ALONE = [
    np.sin,
    lambda v: v,
    np.abs,
    np.square,
    np.tanh,
    lambda v: np.cos(2 * v),
    lambda v: (v > 0) * 1.0,
    lambda v: np.exp(-v * v),
    lambda v: v,
]


def make(seed, rho, null, n_samples=1000, n_features=50):
    rng = np.random.default_rng(seed)
    distance = np.abs(np.subtract.outer(np.arange(n_features), np.arange(n_features)))
    root = np.linalg.cholesky(np.where(distance == 0, 1.0, rho**distance))
    X = rng.standard_normal((n_samples, n_features)) @ root.T
    true = rng.permutation(n_features)[:15]
    parts = [f(X[:, j]) for f, j in zip(ALONE, true, strict=False)]
    parts += [X[:, true[j]] * X[:, true[j + 1]] for j in (9, 11, 13)]
    y = rng.standard_normal(n_samples)
    if null:
        return X, y, set()
    return X, y + sum((p - p.mean()) / p.std() for p in parts), set(true)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    seeds = range(parser.parse_args().seeds)
    warnings.simplefilter("ignore")
    for rho, null in [(0.0, False), (0.5, False), (0.5, True)]:
        runs = []
        with threadpool_limits(1):
            for seed in seeds:
                X, y, true = make(seed, rho, null)
                fitted = KANKnockoffSelector(random_state=seed).fit(X, y)
                runs.append((fitted.scores_, true))
        for offset in (1, 0):
            for fdr in (0.1, 0.2):
                shares, power = [], []
                for w, true in runs:
                    threshold = knockoff_threshold(w, fdr, offset)
                    chosen = set(np.flatnonzero(w >= threshold))
                    shares.append(len(chosen - true) / max(1, len(chosen)))
                    power.append(len(chosen & true) / max(1, len(true)))
                error = np.std(shares) / np.sqrt(len(runs))
                print(
                    f"rho={rho} null={null} offset={offset} fdr={fdr}: "
                    f"false share {np.mean(shares):.3f} (se {error:.3f}), "
                    f"power {np.mean(power):.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
