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
filled = 100 * X.nnz / (n_news * n_words)
print(f"{n_news} news, {n_words} words, {filled:.1f} % of the entries filled")

# %%
# Frequent words, and words that go together
# ------------------------------------------
# The variance of a count grows with its frequency, so the most frequent words have the
# largest variance, and say nothing. A word of a topic stands for others: it helps to
# rebuild them. With ``scaling="auto"`` a nearly empty table keeps its proportions: all
# counts share one unit. Here, where a few words are everywhere, ``scaling="bounded"``
# (no word counts more than three times the median word) finds every word of a topic. On
# real news without such stop words the proportions were better: look at both.

X_train, X_test, y_train, y_test = train_test_split(X, topic, random_state=0)
k = n_topics * n_own
mean = X_train.mean(axis=0)
variance = X_train.multiply(X_train).mean(axis=0) - mean**2
bounded = QuickSelection(k, scaling="bounded", random_state=0).fit(X_train)
automatic = QuickSelection(k, random_state=0).fit(X_train)
chosen = {
    "scaling='bounded'": bounded.get_support(indices=True),
    "scaling='auto'": automatic.get_support(indices=True),
    "largest variance": np.argsort(-variance)[:k],
    "random words": rng.permutation(n_words)[:k],
}
found, accuracy = [], []
for columns in chosen.values():
    found.append(int(np.isin(columns, own_words).sum()))
    model = LogisticRegression(max_iter=1000).fit(X_train[:, columns], y_train)
    accuracy.append(model.score(X_test[:, columns], y_test))

figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained", sharey=True)
axes[0].barh(list(chosen), found)
axes[0].set_xlabel(f"words of topics among {k} chosen")
axes[1].barh(list(chosen), accuracy, color="C1")
axes[1].set_xlabel("accuracy of the topic")
axes[1].axvline(1 / n_topics, color="0.5", linestyle="--")
_ = axes[0].invert_yaxis()

# %%
# Gain of each step
# -----------------
# The walk takes the words of the topics first. After the last of them (dotted) come
# words that stand for nothing but themselves. With counts this is part of what has to
# be rebuilt, so that the walk goes on, as far as it is asked to.

longer = QuickSelection(2 * k, scaling="bounded", random_state=0).fit(X_train)
display = ShadowDisplay.from_estimator(longer)
_ = display.ax_.axvline(k, color="0.7", linestyle=":")
plt.show()
