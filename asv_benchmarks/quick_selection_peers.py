# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""QuickSelection beside the unsupervised methods of a table of peers.

Run by hand; tables_protocol.py says where the tables are and how columns are judged:

    python asv_benchmarks/quick_selection_peers.py --splits 0 1 2
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from tables_protocol import (
    OTHERS,
    SIZES,
    STORED,
    load,
    scores,
    split_rows,
    stored_peers,
    summarise,
)

from sklearn_fs import QuickSelection


def measure(splits):
    rows = []
    for name in STORED + OTHERS:
        X, y = load(name)
        for split in splits:
            train, test = split_rows(name, X, y, split)
            sizes = SIZES.get(name, (10, 50))
            selector = QuickSelection(max(sizes), random_state=split).fit(X[train])
            order = np.argsort(-selector.scores_, kind="stable")
            for k in sizes:
                part = X[:, order[:k]]
                cells = scores(name, part[train], y[train], part[test], y[test])
                for classifier, score in cells:
                    row = "QuickSelection", name, k, split, classifier, score
                    rows.append(row)
            print(name, split, flush=True)
    names = "method dataset k split classifier score".split()
    return pd.DataFrame(rows, columns=names)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splits", nargs="*", type=int, default=[0, 1, 2])
    splits = parser.parse_args().splits
    warnings.simplefilter("ignore")  # of models that stop before they converge
    summarise(measure(splits), stored_peers("unsupervised", splits))


if __name__ == "__main__":
    main()
