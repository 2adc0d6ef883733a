# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Say what would change the answer: which feasible changes reach a prediction."""

from sklearn_fs.recourse._action_set import ActionSet
from sklearn_fs.recourse._constraints import Group, IfThen, Linear, Link, Table
from sklearn_fs.recourse._state_groups import AtMostOne, OneHot, Ordinal, Thermometer

__all__ = [
    "ActionSet",
    "AtMostOne",
    "Group",
    "IfThen",
    "Linear",
    "Link",
    "OneHot",
    "Ordinal",
    "Table",
    "Thermometer",
]
