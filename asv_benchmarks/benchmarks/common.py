# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmarks of all families share.

Sizes are small, so that the whole set runs in minutes; set SKLEARN_FS_BENCH_LARGE=1
for the sizes of the user guide.
"""

import os

from sklearn.metrics import average_precision_score

LARGE = os.environ.get("SKLEARN_FS_BENCH_LARGE", "0") == "1"


def sizes(small, large):
    """`small`, and `large` behind it where large sizes are asked for."""
    return [*small, *large] if LARGE else list(small)


def average_precision_of_order(order, positives):
    """Average precision of a ranking, given as indices of columns, best first."""
    places = range(len(order))
    return average_precision_score(positives[order], [-place for place in places])
