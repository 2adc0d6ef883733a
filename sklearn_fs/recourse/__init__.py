# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Say what would change the answer: which feasible changes reach a prediction."""

from sklearn_fs.recourse._action_set import ActionSet
from sklearn_fs.recourse._constraints import Group, IfThen, Linear, Link, Table
from sklearn_fs.recourse._goal import FunctionPredictor
from sklearn_fs.recourse._reasons import Reasons
from sklearn_fs.recourse._responsiveness import ResponsivenessScorer
from sklearn_fs.recourse._state_groups import AtMostOne, OneHot, Ordinal, Thermometer

__all__ = [
    "ActionSet",
    "AtMostOne",
    "FunctionPredictor",
    "Group",
    "IfThen",
    "Linear",
    "Link",
    "OneHot",
    "Ordinal",
    "Reasons",
    "ResponsivenessScorer",
    "Table",
    "Thermometer",
]
