# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
========================
Words that carry a topic
========================

A table of word counts is wide and nearly empty. It stays a CSR array here: the
autoencoder makes one batch at a time dense, and its memory follows its links. The news
are generated, so that the right answer is known: 6 topics with 8 words of their own
among 3000 words, of which a few are frequent everywhere.
"""

# %%
# A collection of news
# --------------------

import matplotlib.pyplot as plt
import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from sklearn_fs.feature_selection import QuickSelection
from sklearn_fs.inspection import ShadowDisplay

rng = np.random.default_rng(0)
n_news, n_words, n_topics, n_own = 1500, 3000, 6, 8
topic = rng.integers(0, n_topics, n_news)
# Word frequencies fall like one over the rank; the words are in random order.
frequency = rng.permutation(60 / np.arange(1, n_words + 1))
own_words = rng.choice(n_words, (n_topics, n_own), replace=False)
frequency[own_words] = 0.05
expected = np.tile(frequency / 10, (n_news, 1))
for t in range(n_topics):
    expected[np.ix_(topic == t, own_words[t])] = 0.8
X = sparse.csr_array(rng.poisson(expected).astype(np.float32))
share = X.nnz / (X.shape[0] * X.shape[1])
print(
    f"{X.shape[0]} news, {X.shape[1]} words, {100 * share:.1f} % of the entries filled"
)

# %%
# Frequent words, and words that go together
# ------------------------------------------
# The variance of a count grows with its frequency, so the most frequent words have the
# largest variance, and say nothing. A word of a topic stands for others: it helps to
# rebuild them.

X_train, X_test, y_train, y_test = train_test_split(X, topic, random_state=0)
k = 48
mean = X_train.mean(axis=0)
variance = X_train.multiply(X_train).mean(axis=0) - mean**2
chosen = {
    "QuickSelection": QuickSelection(k, random_state=0)
    .fit(X_train)
    .get_support(indices=True),
    "cross importance": QuickSelection(
        k, redundancy=None, importance="cross", random_state=0
    )
    .fit(X_train)
    .get_support(indices=True),
    "largest variance": np.argsort(-variance)[:k],
    "random words": rng.permutation(n_words)[:k],
}
found, accuracy = [], []
for columns in chosen.values():
    found.append(np.isin(columns, own_words).sum())
    model = LogisticRegression().fit(X_train[:, columns], y_train)
    accuracy.append(model.score(X_test[:, columns], y_test))

figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained", sharey=True)
axes[0].barh(list(chosen), found)
axes[0].set_xlabel(f"words of topics among {k} chosen (there are {n_topics * n_own})")
axes[1].barh(list(chosen), accuracy, color="C1")
axes[1].set_xlabel("accuracy of the topic")
axes[1].axvline(1 / n_topics, color="0.5", linestyle="--")
_ = axes[0].invert_yaxis()

# %%
# Gain of each step
# -----------------
# Counts share one unit, so that the variance of a word is information and is compared
# with the shadows too (``scaling="auto"`` recognises the nearly empty table).

_ = ShadowDisplay.from_estimator(QuickSelection(k, random_state=0).fit(X_train))
plt.show()
