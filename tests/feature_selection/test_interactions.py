# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Joint columns: what is added, to which container, and what it is good for."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from sklearn_fs import InteractionFeatures, OutRank


def _frame(n=1500, seed=0):
    """Words, numbers and missing cells; "a" and "b" matter together only."""
    rng = np.random.default_rng(seed)
    a = rng.choice(["x", "y & z", "x & y"], n)
    b = rng.choice(["z", "w"], n)
    number = rng.normal(size=n)
    X = pd.DataFrame({"a": a, "noise": rng.integers(0, 9, n), "b": b, "num": number})
    X.loc[rng.random(n) < 0.1, "a"] = None
    X.loc[rng.random(n) < 0.1, "num"] = np.nan
    y = ((X["a"] == "x") ^ (b == "z")) & (rng.random(n) < 0.9)
    return X, y.to_numpy()


def test_names_words_and_unseen():
    X, y = _frame()
    joined = InteractionFeatures().set_output(transform="pandas").fit(X, y)
    assert list(joined.get_feature_names_out()) == [*X.columns, "a & b"]
    assert joined.interactions_["z"][0] > 10
    Z = joined.transform(X)
    pd.testing.assert_frame_equal(Z[X.columns], X)
    # Every combination has its own word, though the values hold the separator.
    pairs = X["a"].fillna("-").str.cat(X["b"], sep="|")
    assert len(set(zip(pairs, Z["a & b"], strict=True))) == pairs.nunique() == 8
    new = X.iloc[:3].assign(a=["x", "never seen", None], b=["z", "z", "never seen"])
    words = joined.transform(new)["a & b"].tolist()
    assert words[0] != "unseen" and words[1:] == ["unseen"] * 2


def test_containers_agree():
    X, y = _frame()
    pandas = InteractionFeatures().set_output(transform="pandas")
    expected = pandas.fit_transform(X, y)["a & b"].to_numpy()
    frame = pl.from_pandas(X)
    polars = InteractionFeatures().set_output(transform="polars")
    Z = polars.fit(frame, y).transform(frame)
    assert Z.schema["noise"] == pl.Int64
    assert_array_equal(Z["a & b"].to_numpy(), expected)
    categories = X.astype({"a": "category", "b": "category"})
    Z = pandas.fit_transform(categories, y)
    assert Z["a"].dtype == "category"
    assert_array_equal(Z["a & b"], expected)
    codes = InteractionFeatures().fit_transform(X, y)[:, -1]
    assert len(set(zip(codes, expected, strict=True))) == len(set(expected))
    array = InteractionFeatures().fit(X.to_numpy(dtype=object), y)
    assert_array_equal(array.transform(X.to_numpy(dtype=object))[:, -1], codes)


def test_rows_with_another_index_and_order():
    X, y = _frame()
    joined = InteractionFeatures().set_output(transform="pandas").fit(X, y)
    rows = np.random.default_rng(0).permutation(len(X))[:50]
    Z = joined.transform(X.iloc[rows])
    pd.testing.assert_frame_equal(Z, joined.transform(X).iloc[rows])


def test_numbers_are_binned_as_in_the_ranking():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 4))
    y = X[:, 0] * X[:, 3] > 0
    joined = InteractionFeatures(n_interactions=1).fit(X, y)
    assert tuple(joined.interactions_[0])[:2] == (0, 3)
    Z = joined.transform(X.astype(np.float32))
    assert Z.dtype == np.float32
    bins = OutRank(n_bins=2, interaction_order=2)
    four = InteractionFeatures(bins, n_interactions=1).fit_transform(X, y)[:, -1]
    assert_array_equal(np.unique(four), [1, 2, 3, 4])
    far = joined.transform([[9.0, 0, 0, -9.0], [-9.0, 0, 0, np.nan]])[:, -1]
    assert far[0] > 0 and far[1] == 0


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csc_matrix])
def test_sparse_stays_sparse(kind):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (800, 6)) * (rng.random((800, 6)) < 0.5)
    y = (X[:, 1] > 0) ^ (X[:, 2] > 0)
    joined = InteractionFeatures(OutRank(interaction_order=3)).fit(kind(X), y)
    Z = joined.transform(kind(X))
    assert sparse.issparse(Z) and Z.format == kind(X).format
    assert_array_equal(Z.toarray(), joined.transform(X))


def test_missing_symbols():
    X, y = _frame()
    marked = X.fillna({"a": "?", "num": -99.0})
    ranker = OutRank(interaction_order=2, missing_values=("?", -99.0))
    expected = InteractionFeatures().set_output(transform="pandas").fit_transform(X, y)
    joined = InteractionFeatures(ranker).set_output(transform="pandas")
    assert_array_equal(joined.fit_transform(marked, y)["a & b"], expected["a & b"])


def test_a_fitted_ranker_is_used_as_it_is():
    X, y = _frame()
    ranker = OutRank(interaction_order=2).fit(X, y)
    joined = InteractionFeatures(ranker).fit(X, y)
    assert joined.estimator_ is ranker
    with pytest.raises(ValueError, match="fitted on 4 columns, but X has 2"):
        InteractionFeatures(ranker).fit(X[["a", "b"]], y)
    with pytest.raises(ValueError, match=r"use OutRank\(interaction_order=2\)"):
        InteractionFeatures(OutRank()).fit(X, y)


def test_noise_adds_nothing():
    added = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X = rng.integers(0, 5, (300, 12))
        joined = InteractionFeatures().fit(X, rng.integers(0, 2, 300))
        added.append(joined.transform(X).shape[1] - 12)
    assert sum(added) <= 2


def test_a_linear_model_gains():
    X, y = _frame()
    encoder = OneHotEncoder(handle_unknown="ignore")
    columns = X[["a", "noise", "b"]]
    plain = make_pipeline(encoder, LogisticRegression())
    joined = make_pipeline(
        InteractionFeatures().set_output(transform="pandas"),
        encoder,
        LogisticRegression(),
    )
    before, after = (cross_val_score(m, columns, y).mean() for m in (plain, joined))
    assert after > before + 0.1
