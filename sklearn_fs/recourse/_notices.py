# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Drafts of notices: what one person could change, in plain words."""

from string import Formatter

from sklearn_fs.recourse._describe import _values_text
from sklearn_fs.recourse._names import unknown_name
from sklearn_fs.recourse._reasons import as_json, change_texts, share_text

TEMPLATES = {
    "heading": "What would change this decision",
    "approved": "The decision is the wanted one already. Nothing has to change.",
    "single": (
        "Each of these changes, made alone, leads to the wanted decision of the "
        "model in use today:"
    ),
    "reason": (
        "{label}: {change}. {share} of its feasible changes{feasible} lead there."
    ),
    "joint": (
        "No single change leads to the wanted decision; several changes together do. "
        "Ask for a review by a person, who can say which."
    ),
    "pair": (
        "No single change leads to the wanted decision. These changes do, if made "
        "together: {changes}."
    ),
    "fixed": (
        "None of the changes that were considered leads to the wanted decision. Ask "
        "for a review by a person."
    ),
    "unknown": (
        "No single change leads to the wanted decision, and whether several together "
        "do could not be settled. Ask for a review by a person."
    ),
}
_FIELDS = {"reason": {"label", "change", "share", "feasible"}, "pair": {"changes"}}
CAUTIONS = (
    "Which changes count as feasible was decided beforehand; it may not fit your "
    "situation. Nothing beyond them was considered.",
    "This speaks about the model in use today, not about the world: a change need not "
    "alter the true risk, other things may follow from it, and the model may be "
    "another one when you return.",
    "A share of the feasible changes is not a chance of success, and says nothing "
    "about effort.",
    "This is a draft, not legal advice. It adds to the reasons for the decision and "
    "does not replace them.",
)


def notice_templates(given):
    """The texts of a notice, those that were given in place of the defaults.

    Parameters
    ----------
    given : dict or None

    Returns
    -------
    texts : dict
    """
    texts = {**TEMPLATES, "cautions": list(CAUTIONS)}
    for key, text in (given or {}).items():
        if key not in texts:
            raise ValueError(
                f"templates: there is no text {key!r}; the texts are "
                f"{', '.join(map(repr, texts))}."
            )
        if key == "cautions":
            if isinstance(text, str) or not all(isinstance(one, str) for one in text):
                raise TypeError("templates['cautions'] must be a list of texts.")
            texts[key] = list(text)
            continue
        if not isinstance(text, str):
            raise TypeError(f"templates[{key!r}] must be a text, got {text!r}.")
        known = _FIELDS.get(key, set())
        try:
            fields = {field for _, field, _, _ in Formatter().parse(text)} - {None}
        except ValueError as error:
            raise ValueError(
                f"templates[{key!r}] is no template: {error}; double a brace that is "
                "meant as such."
            ) from error
        if fields - known:
            allowed = ", ".join("{" + f + "}" for f in sorted(known)) or "none"
            raise ValueError(
                f"templates[{key!r}] has the field {min(fields - known)!r}; the fields "
                f"of this text are: {allowed}."
            )
        texts[key] = text
    return texts


def notice_labels(labels, scorer):
    """Names for the reader, checked.

    Parameters
    ----------
    labels : dict or None
    scorer : ResponsivenessScorer

    Returns
    -------
    labels : dict
    """
    known = [*scorer.action_set_.feature_names, *scorer.action_set_.groups_]
    for name in labels or {}:
        if name not in known:
            raise ValueError(unknown_name(name, known, where="labels"))
    return dict(labels or {})


def make_notice(person, features, texts, labels, weighted):
    """The notice of one person.

    Parameters
    ----------
    person : dict
        As the scorer's explanation gives it.
    features : list of FeatureAction
    texts : dict
        From :func:`notice_templates`.
    labels : dict
    weighted : bool
        Whether shares are weighted.

    Returns
    -------
    notice : dict
    """
    recourse, x = person["class"], person["x"]
    reasons, changes = [], []
    intro = texts[recourse]
    if person["findings"]:
        for row, finding in zip(person["rows"], person["findings"], strict=True):
            reasons.append(_reason(row, finding, x, features, texts, labels, weighted))
    elif recourse == "single":
        # A column that was not asked about helps; nothing is said to be impossible.
        intro = texts["joint"]
    elif person["pair"] is not None:
        row, columns = person["pair"]
        changes = change_texts(features, x, row, columns, labels=labels)
        intro = texts["pair"].format(changes=", ".join(changes))
    cautions = [] if recourse == "approved" else list(texts["cautions"])
    lines = [texts["heading"], "", intro]
    lines += [f"{i}. {reason['text']}" for i, reason in enumerate(reasons, start=1)]
    if cautions:
        lines += ["", *(f"* {caution}" for caution in cautions)]
    return {
        "row": person["row"],
        "recourse_class": recourse,
        "heading": texts["heading"],
        "introduction": intro,
        "reasons": reasons,
        "changes": changes,
        "cautions": cautions,
        "text": "\n".join(lines),
    }


def _reason(row, finding, x, features, texts, labels, weighted):
    unit = finding.unit
    label = labels.get(unit.name, unit.name)
    share = ("" if finding.exact else "about ") + share_text(finding.score)
    if weighted:
        share += " (weighted)"
    if finding.row is None:
        change = "see the list of its changes"
    else:
        change = ", ".join(
            change_texts(features, x, finding.row, unit.columns, finding.room, labels)
        )
        if len(unit.columns) == 1:
            own = labels.get(*[features[unit.columns[0]].name] * 2)
            change = change.removeprefix(own + " ")
    feasible = ""
    if not unit.is_group:
        bounds = _values_text(features[unit.columns[0]])
        feasible = f" (within {bounds})" if bounds else ""
    text = texts["reason"].format(
        label=label,
        change=change,
        share=share[0].upper() + share[1:],
        feasible=feasible,
    )
    return {
        "rank": row["rank"],
        "feature": row["feature"],
        "label": label,
        "score": row["score"],
        "low": row["low"],
        "high": row["high"],
        "exact": row["exact"],
        "value_now": as_json(row["value_now"]),
        "best_value": as_json(row["best_value"]),
        "change": change,
        "feasible": feasible.strip(),
        "text": text,
    }
