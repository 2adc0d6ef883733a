# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Whether a constraint fits the columns of an action set and its other constraints."""

from sklearn_fs.recourse._constraints import Constraint, IfThen, Linear, Link
from sklearn_fs.recourse._graph import find_cycle
from sklearn_fs.recourse._names import unknown_name
from sklearn_fs.recourse._state_groups import _StateGroup


def check_constraint(action_set, constraint):
    """Check a constraint against the columns and the other constraints.

    Parameters
    ----------
    action_set : ActionSet
    constraint : Constraint

    Raises
    ------
    TypeError, ValueError
        Saying what is wrong, and what to do.
    """
    kind = type(constraint).__name__
    if not isinstance(constraint, Constraint):
        raise TypeError(
            f"add takes constraints such as Link or OneHot, got {constraint!r}."
        )
    for name in constraint.columns:
        if name not in action_set:
            raise ValueError(unknown_name(name, action_set.feature_names, where=kind))
    if isinstance(constraint, Link):
        _check_link(action_set, constraint)
    if isinstance(constraint, _StateGroup):
        for name in constraint.columns:
            if action_set[name].kind != "binary":
                raise ValueError(
                    f"{kind}({constraint.cols!r}, ...): column {name!r} is "
                    f"{action_set[name].kind}, not binary; set its kind, or leave it "
                    "out."
                )
        for other in action_set.constraints:
            shared = sorted(set(other.columns) & set(constraint.columns))
            if isinstance(other, _StateGroup) and shared:
                raise ValueError(
                    f"{kind}({constraint.cols!r}, ...) overlaps with "
                    f"{type(other).__name__}({other.cols!r}, ...) in "
                    f"{shared[0]!r}; a column belongs to one group, a Table can "
                    "say more."
                )
    if isinstance(constraint, Linear):
        _refuse_categories(action_set, constraint, constraint.columns)
    if isinstance(constraint, IfThen):
        for name, operator, value in (constraint.when, constraint.then):
            feature = action_set[name]
            if feature.kind != "categorical":
                continue
            if operator in ("<=", ">="):
                _refuse_categories(action_set, constraint, [name])
            _check_category(kind, feature, value)
    states = constraint._states()
    if states is not None:
        for position, name in enumerate(constraint.columns):
            for state in states:
                if action_set[name].kind == "categorical":
                    _check_category(kind, action_set[name], state[position])


def _check_category(kind, feature, value):
    if value not in (feature.values or ()):
        raise ValueError(
            f"{kind}: {value!r} is not a category of {feature.name!r}; "
            + unknown_name(value, feature.values or (), where="categories").split("; ")[
                -1
            ]
        )


def _refuse_categories(action_set, constraint, names):
    for name in names:
        if action_set[name].kind == "categorical":
            raise ValueError(
                f"{type(constraint).__name__}: {name!r} is categorical and has no "
                "order and no sum; use IfThen with == or a Table."
            )


def _check_link(action_set, link):
    where = f"Link({link.source!r}, ...)"
    _refuse_categories(action_set, link, link.columns)
    if not action_set[link.source].actionable and not any(
        isinstance(c, Link) and link.source in c.targets for c in action_set.constraints
    ):
        raise ValueError(
            f"{where}: {link.source!r} is immutable, so nothing follows from its "
            "change; make it actionable, or add the link that moves it first."
        )
    links = [c for c in action_set.constraints if isinstance(c, Link)] + [link]
    cycle = find_cycle({c.source: [] for c in links} | link_edges(links))
    if cycle:
        raise ValueError(
            f"{where}: the links form a cycle, {' -> '.join(cycle)}; remove one of "
            "them."
        )


def link_edges(links):
    """Which columns each source moves, as a graph."""
    edges = {}
    for link in links:
        edges.setdefault(link.source, []).extend(link.targets)
    return edges
