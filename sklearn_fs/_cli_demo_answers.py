# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The reasons of the demo: what would change the answer of a model."""

import time

import numpy as np

import sklearn_fs
from sklearn_fs._cli_picture import write_picture
from sklearn_fs.datasets._german_credit import WORDS

# What an applicant could change before asking again. Accounts and employment can only
# get better, in the order of the table; all else stays, the past above all.
_RISING = ("checking_acct", "savings_acct", "employment")
_AMOUNT = {"direction": -1, "step": 500.0, "relative": True, "max_step": 0.5}
_DURATION = {"step": 6.0, "max_step": 12.0}
_STEPS = {"credit_amt": _AMOUNT, "duration": _DURATION}


def show_answers(X, y, names, folder):
    """Fit a model, and say what would change its answer for those whom it denies.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), object
        Words and numbers.
    y : ndarray of shape (n_samples,)
        1 for good loans.
    names : list of str
        The columns of X.
    folder : Path
        Where the picture goes.
    """
    kind, model = _fitted_model(X, y)
    denied = X[model.predict(X) == 0]
    print(
        f"\nA model ({kind}) of these {len(names)} columns denies {len(denied)} of "
        f"{len(y):,}. What would change its answer?\n"
    )
    actions = _actions(X, names)
    can = [feature.name for feature in actions if feature.actionable]
    print(f"They could change {', '.join(can[:-1])} and {can[-1]};")
    print("all else is fixed: the past, what the loan is for, and who they are.\n")
    scorer = sklearn_fs.ResponsivenessScorer(model, actions, target=1, features=can)
    start = time.perf_counter()
    scores = scorer.fit(X).score_samples(denied)
    classes = scorer.recourse_class(denied)
    seconds = time.perf_counter() - start
    print(f"ResponsivenessScorer(model, actions) answered in {seconds:.1f} s\n")
    for key, text in (
        ("single", "one change alone is enough for"),
        ("joint", "several changes together for"),
        ("fixed", "nothing that they can change, proved"),
        ("unknown", "not settled for"),
    ):
        n_people = int((classes == key).sum())
        if n_people:
            print(f"  {text:<36}  {n_people:>4}  {n_people / len(denied):>6.1%}")
    print(f"\n  {'column':<14}  {'helps':>6}  share of its changes that helps them")
    order = np.argsort(-(scores > 0).mean(axis=0), kind="stable")
    for j in order:
        helped = scores[:, j] > 0
        share = f"{scores[helped, j].mean():.2f}" if helped.any() else "-"
        print(f"  {can[j]:<14}  {helped.mean():>6.1%}  {share}")
    # The first who has a choice between ways.
    person = denied[[int(np.argmax((scores > 0).sum(axis=1)))]]
    _show_person(scorer, person)

    def draw(figure):
        from sklearn_fs.inspection import ResponsivenessDisplay

        left, right = figure.subplots(ncols=2)
        ResponsivenessDisplay.from_scores(scores, can, ax=left)
        left.set_title(f"all {len(denied)} who are denied")
        ResponsivenessDisplay.from_estimator(scorer, person, ax=right)
        right.set_title("one of them")

    write_picture(draw, folder / "answers.png", (9.0, 4.5))


def _fitted_model(X, y):
    """LightGBM where there is one, else a forest; of the raw columns."""
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    try:
        from lightgbm import LGBMClassifier
    except ImportError:
        from sklearn.ensemble import RandomForestClassifier

        kind = "a forest of scikit-learn"
        model = RandomForestClassifier(100, min_samples_leaf=5, random_state=0)
    else:
        kind = "LightGBM"
        model = LGBMClassifier(
            n_estimators=60, num_leaves=8, random_state=0, n_jobs=1, verbose=-1
        )
    words = [j for j, value in enumerate(X[0]) if isinstance(value, str)]
    encoder = make_column_transformer(
        (OneHotEncoder(sparse_output=False), words), remainder="passthrough"
    )
    return kind, make_pipeline(encoder, model).fit(X, y)


def _actions(X, names):
    """What can be changed, as `ActionSet.from_dict` reads it."""
    plain = sklearn_fs.ActionSet.from_frame(X).to_dict()
    for feature, name in zip(plain["features"], names, strict=True):
        feature["name"] = name
        feature["actionable"] = name in _RISING or name in _STEPS
        if name in _RISING:
            levels = list(WORDS[name].values())
            n = len(levels)
            feature["values"] = levels
            feature["reach"] = [[k >= i for k in range(n)] for i in range(n)]
        feature.update(_STEPS.get(name, {}))
    return sklearn_fs.ActionSet.from_dict(plain)


def _show_person(scorer, person):
    """What alone would be enough for one person, one line each."""
    print("\nFor one of them, each of these alone would do:")
    for reason in scorer.explain(person, n_reasons=9):
        now, best = (
            value if isinstance(value, str) else f"{value:g}"
            for value in (reason["value_now"], reason["best_value"])
        )
        print(f"  {reason['feature']:<14}  from {now} to {best}")
    print("This speaks of the model and of these changes, not of the world.")
