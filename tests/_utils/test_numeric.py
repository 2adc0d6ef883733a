# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sklearn_fs import (
    GraphCoverageSelector,
    InstanceSelectionEstimator,
    KANClassifier,
    KANSelector,
    NeuroFS,
    QuickSelection,
)
from sklearn_fs._utils._numeric import numbers_only

ESTIMATORS = [
    GraphCoverageSelector(),
    InstanceSelectionEstimator(KANClassifier()),
    KANClassifier(),
    KANSelector(),
    NeuroFS(),
    QuickSelection(),
]


def _table():
    return pd.DataFrame(
        {"age": [1.0, 2, 3, 4], "size": ["1", "2", "3", "4"], "town": list("abca")}
    )


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_a_column_of_text_is_named_with_a_remedy(estimator):
    table = _table()
    for X in (table, pl.from_pandas(table)):
        with pytest.raises(ValueError, match="'town' holds 'a', and encode it first"):
            estimator.fit(X, [0, 1, 0, 1])
    X = table.to_numpy()
    with pytest.raises(ValueError, match="Column 2 holds 'a'"):
        estimator.fit(X, [0, 1, 0, 1])


def test_columns_are_looked_at_by_position():
    table = _table().set_axis(["town", "size", "town"], axis=1)
    with pytest.raises(ValueError, match="Column 'town' holds 'a'"):
        with numbers_only(table):
            table.to_numpy(dtype=float)


def test_other_errors_stay_as_they_are():
    numbers = pd.DataFrame({"a": ["1", "2"], "b": [None, 3.0]})
    for X in (np.eye(2), numbers, [[1, "2"]], [1, 2]):
        with pytest.raises(ValueError, match=r"^something else$"), numbers_only(X):
            raise ValueError("something else")
