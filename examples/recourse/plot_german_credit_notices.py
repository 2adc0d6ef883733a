# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""
==================================================
German credit: what the people who are denied hear
==================================================

A logistic model decides on loans. For each person whom it denies,
:class:`~sklearn_fs.recourse.ResponsivenessScorer` finds the columns of which a change
would lead to approval, and drafts a notice. What counts as a possible change is said in
fewer than 15 lines, on the columns as they come, words and numbers.
"""

# %%
# The model is the whole pipeline, so that actions speak of the raw columns.

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from sklearn_fs.datasets import load_german_credit
from sklearn_fs.recourse import ActionSet, ResponsivenessScorer

credit = load_german_credit(as_frame=True)
X, y = credit.data, credit.target
words = list(X.select_dtypes("category"))
scaler = StandardScaler()
encoder = make_column_transformer((OneHotEncoder(), words), remainder=scaler)
model = make_pipeline(encoder, LogisticRegression(max_iter=1000)).fit(X, y)

# %%
# The action set. Everything is immutable that is not listed: sex and marital status,
# age and nationality above all, and the past. To this model it is good news if somebody
# has *no* checking account; that is no advice to give, so accounts can only be filled.

can = ["checking_acct", "savings_acct", "employment"]
can += ["credit_amt", "duration", "other_debtors"]
actions = ActionSet.from_frame(X, immutable=[name for name in X if name not in can])
actions["credit_amt"].direction, actions["credit_amt"].step = -1, 1000
actions["credit_amt"].relative, actions["credit_amt"].max_step = True, 0.5
actions["duration"].step, actions["duration"].max_step = 6, 12
for name in ("checking_acct", "savings_acct", "employment"):
    # In the order of the table; reachable is the same, or what comes later.
    actions[name].values = levels = list(X[name].cat.categories)
    n_levels = len(levels)
    actions[name].reach = [[k >= i for k in range(n_levels)] for i in range(n_levels)]

# %%
# Scores of all people. Most who are denied could change one thing that suffices; for
# some it takes several at once.

scorer = ResponsivenessScorer(model, actions, target=1).fit(X)
audit = scorer.audit(X)
audit[["n", "denied", "single", "joint", "fixed", "unknown"]]

# %%
# One person: what can help, and by how much.

person = X.iloc[[111]]
scores = scorer.set_output(transform="pandas").transform(person).iloc[0]
scores[scores > 0].sort_values(ascending=False)

# %%
# The draft of the notice. It is printable as a page too, see
# :meth:`~sklearn_fs.recourse.ResponsivenessScorer.notice_html`.

labels = {"savings_acct": "Savings", "other_debtors": "Others who answer for the loan"}
print(scorer.notice(person, labels=labels)[0]["text"])

# %%
# Notices for all who are denied: how often each column is named as a reason, and which
# share of its feasible changes helps.

notices = scorer.notice(X[model.predict(X) == 0], labels=labels)
reasons = pd.DataFrame([reason for one in notices for reason in one["reasons"]])
table = reasons.groupby("feature")["score"].agg(["size", "mean"]).sort_values("size")
figure, (left, right) = plt.subplots(ncols=2, sharey=True, figsize=(8, 3))
left.barh(table.index, table["size"])
left.set_xlabel("denied people with this reason")
right.barh(table.index, table["mean"], color="tab:orange")
right.set_xlabel("mean share of changes that help")
figure.tight_layout()
