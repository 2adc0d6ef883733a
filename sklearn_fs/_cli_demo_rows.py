# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The rows of the demo: a few that train nearly as good a model as all."""

import time

import numpy as np

import sklearn_fs
from sklearn_fs._cli_picture import write_picture

_SHARE = 0.05
_N_DRAWS = 5


def show_rows(X, y, folder):
    """Choose rows, compare them with as many random ones, and draw them.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), object
        Words and numbers.
    y : ndarray of shape (n_samples,)
        Labels.
    folder : Path
        Where the picture goes.
    """
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    print(
        f"\nWhich {_SHARE:.0%} of the rows train nearly as good a model as all of "
        "them?\n"
    )
    words = [j for j, value in enumerate(X[0]) if isinstance(value, str)]
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
        remainder=StandardScaler(),
    )
    model = LogisticRegression(C=0.3, max_iter=1000)

    def auc(selector=None):
        last = model
        if selector is not None:
            last = sklearn_fs.InstanceSelectionEstimator(model, selector)
        pipeline = make_pipeline(encoder, last)
        return cross_val_score(pipeline, X, y, scoring="roc_auc", cv=5).mean()

    # In the units of the encoder: words weigh as much as numbers.
    selector = sklearn_fs.GraphCoverageSelector(_SHARE, standardize=False)
    Z = encoder.fit_transform(X)
    start = time.perf_counter()
    selector.fit(Z, y)
    milliseconds = 1000 * (time.perf_counter() - start)
    print(
        f"GraphCoverageSelector({_SHARE}).fit(X, y) kept "
        f"{len(selector.sample_indices_)} of {len(y):,} rows in {milliseconds:.0f} ms; "
        f"each stands for {selector.weights_.mean():.0f} rows, at most "
        f"{selector.weights_.max():.0f}\n"
    )
    random = [
        auc(sklearn_fs.RandomInstanceSelector(_SHARE, random_state=seed))
        for seed in range(_N_DRAWS)
    ]
    print("logistic regression, AUC over 5 folds:")
    print(f"  all rows of the training part          {auc():.3f}")
    print(f"  {_SHARE:.0%} of them, GraphCoverageSelector      {auc(selector):.3f}")
    print(
        f"  {_SHARE:.0%} of them, at random ({_N_DRAWS} draws)        "
        f"{np.mean(random):.3f} (from {min(random):.3f} to {max(random):.3f})"
    )

    def draw(figure):
        from sklearn_fs.inspection import KeptRowsDisplay

        display = KeptRowsDisplay.from_estimator(
            selector, Z, y, ax=figure.add_subplot()
        )
        display.ax_.set_title(
            f"{len(selector.sample_indices_)} of {len(y):,} loans kept; area: for how "
            "many a row stands"
        )
        marks, _ = display.kept_.legend_elements()
        display.ax_.legend(marks, ["bad", "good"])

    write_picture(draw, folder / "rows.png", (7.0, 4.5))
