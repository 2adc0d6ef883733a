# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Constraints from plain dictionaries."""

from sklearn_fs.recourse._constraints import Group, IfThen, Linear, Link, Table
from sklearn_fs.recourse._state_groups import AtMostOne, OneHot, Ordinal, Thermometer

TYPES = {
    cls.__name__: cls
    for cls in (
        AtMostOne, Group, IfThen, Linear, Link, OneHot, Ordinal, Table, Thermometer,
    )
}  # fmt: skip


def constraint_from_dict(d):
    """Rebuild a constraint from its `to_dict`.

    Parameters
    ----------
    d : dict
        With the name of the class under "type".

    Returns
    -------
    constraint : Constraint
    """
    options = dict(d)
    kind = options.pop("type", None)
    if kind not in TYPES:
        raise ValueError(
            f"A constraint has the type {kind!r}; known are {', '.join(TYPES)}."
        )
    unknown = sorted(set(options) - set(TYPES[kind]._FIELDS))
    if unknown:
        raise ValueError(
            f"{kind} has no {unknown[0]!r}; it has {', '.join(TYPES[kind]._FIELDS)}."
        )
    return TYPES[kind](**options)
