# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The only file that imports private names of scikit-learn.

Parameter validation and `_fit_context` are private in scikit-learn 1.9 (making
them public is scikit-learn#34001); third-party estimators need them all the same.
When a new scikit-learn moves one of them, this is the file to change.
"""

from sklearn.base import _fit_context
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    Options,
    RealNotInt,
    StrOptions,
    validate_params,
)
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import _check_feature_names_in, _check_sample_weight

__all__ = [
    "HasMethods",
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "_check_feature_names_in",
    "_check_sample_weight",
    "_fit_context",
    "_get_output_config",
    "validate_params",
]
