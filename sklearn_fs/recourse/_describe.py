# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""An action set in words, for the person who has to approve it."""

from html import escape

from sklearn_fs.recourse._constraints import Link


def description_rows(action_set):
    """One dictionary for each column.

    Parameters
    ----------
    action_set : ActionSet

    Returns
    -------
    rows : list of dict
    """
    links = [c for c in action_set.constraints if isinstance(c, Link)]
    block_of = {name: i for i, block in enumerate(action_set.blocks_) for name in block}
    groups = action_set.groups_
    rows = []
    for feature in action_set:
        name = feature.name
        rows.append(
            {
                "feature": name,
                "kind": feature.kind,
                "actionable": feature.actionable,
                "direction": {-1: "down", 0: "both", 1: "up"}[feature.direction]
                if feature.actionable
                else "",
                "bounds": _values_text(feature),
                "step": _step_text(feature),
                "groups": ", ".join(g for g, cols in groups.items() if name in cols),
                "links_in": ", ".join(c.source for c in links if name in c.targets),
                "links_out": ", ".join(
                    t for c in links if c.source == name for t in c.targets
                ),
                "block": block_of[name],
                "note": feature.note,
            }
        )
    return rows


def _values_text(feature):
    if feature.values is not None:
        shown = ", ".join(str(v) for v in feature.values[:6])
        return shown + (", ..." if len(feature.values) > 6 else "")
    if feature.bounds is None:
        return ""
    return "{:g} to {:g}".format(*feature.bounds)


def _step_text(feature):
    if not feature.actionable:
        return ""
    parts = [] if feature.grid is None else [f"{feature.grid:g}"]
    if feature.max_step is not None:
        unit = " times the value" if feature.relative else ""
        parts.append(f"at most {feature.max_step}{unit}")
    return ", ".join(parts)


def description_html(action_set):
    """The description as a table.

    Parameters
    ----------
    action_set : ActionSet

    Returns
    -------
    html : str
    """
    rows = description_rows(action_set)
    head = "".join(f"<th>{escape(key)}</th>" for key in (rows[0] if rows else ()))
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(v))}</td>" for v in row.values()) + "</tr>"
        for row in rows
    )
    rules = "".join(f"<li>{escape(repr(c))}</li>" for c in action_set.constraints)
    notes = f"<p>{escape(action_set.notes)}</p>" if action_set.notes else ""
    return (
        f"<div><p><b>{escape(repr(action_set))}</b></p>{notes}<table><thead><tr>{head}"
        f"</tr></thead><tbody>{body}</tbody></table><ul>{rules}</ul></div>"
    )
