# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The part of OutRank that shuffles: of rows in memory, and of counts."""

from dataclasses import replace

import numpy as np

from sklearn_fs.information._relevance import measure_relevance

# Shuffles behind correction="permutation" where n_permutations does not say.
DEFAULT_PERMUTATIONS = 10


def resolve_permutations(ranker):
    """Number of shuffles that the parameters of a ranker ask for."""
    if ranker.correction == "permutation" and ranker.n_permutations == 0:
        return DEFAULT_PERMUTATIONS
    return ranker.n_permutations


def needs_rows(ranker):
    """Whether frequencies of rows are not enough in `fit`: rows are shuffled."""
    return bool(
        ranker.n_permutations
        or ranker.noise_features
        or ranker.correction == "permutation"
        or needs_order(ranker)
    )


def needs_order(ranker):
    """Whether the result depends on the order of the rows."""
    return ranker.correction == "shift" or ranker.measure == "mi_randomized"


def refuse_order(ranker):
    """What no counts can answer, whatever is kept of a stream."""
    if not needs_order(ranker):
        return
    name = "correction" if ranker.correction == "shift" else "measure"
    raise ValueError(
        f"{name}={getattr(ranker, name)!r} compares each row with the one a class "
        "size further down, so it depends on the order of the rows, which counts that "
        "grow and merge do not know. Use fit on rows in memory, or "
        "correction='exact' or 'permutation', whose controls need counts alone."
    )


def add_controls(ranker, encoder, target, random_state, options):
    """Score shuffled copies of random columns of a table in memory."""
    scores = np.empty(ranker.noise_features)
    for i in range(ranker.noise_features):
        column = random_state.randint(encoder.n_features, size=1)
        shuffled = random_state.permutation(len(target.codes))
        control = replace(target, codes=target.codes[shuffled])
        relevance = measure_relevance(
            encoder,
            control,
            columns=column,
            n_permutations=(
                DEFAULT_PERMUTATIONS if ranker.correction == "permutation" else 0
            ),
            random_state=random_state,
            **options,
        )
        scores[i] = ranker._score(relevance, options["correction"])[0]
    keep_controls(ranker, scores)


def keep_controls(ranker, scores):
    """Set what is said of the controls."""
    ranker.noise_scores_ = scores
    ranker.n_above_noise_ = int((ranker.scores_ > scores.max()).sum())
