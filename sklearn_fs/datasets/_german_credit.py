# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The German credit table, with its codes spelled out."""

import csv
import gzip
from importlib import resources

import numpy as np
from sklearn.utils import Bunch

from sklearn_fs._optional import import_optional
from sklearn_fs._sklearn_compat import validate_params

DATA_MODULE = "sklearn_fs.datasets.data"
DATA_FILE = "german_credit.csv.gz"
DESCR_FILE = "german_credit.rst"

# The words for the codes of the source. The order of a column's entries is the
# order of its categories; it goes from little to much where there is such an order.
WORDS = {
    "checking_acct": {
        "A14": "no checking account",
        "A11": "less than 0 DM",
        "A12": "0 to less than 200 DM",
        "A13": "200 DM or more, or salary paid in for a year",
    },
    "credit_history": {
        "A30": "no credits taken or all paid back duly",
        "A31": "all credits at this bank paid back duly",
        "A32": "existing credits paid back duly till now",
        "A33": "delay in paying off in the past",
        "A34": "critical account or credits elsewhere",
    },
    "purpose": {
        "A40": "new car",
        "A41": "used car",
        "A42": "furniture or equipment",
        "A43": "radio or television",
        "A44": "domestic appliances",
        "A45": "repairs",
        "A46": "education",
        "A48": "retraining",
        "A49": "business",
        "A410": "other",
    },
    "savings_acct": {
        "A65": "unknown or no savings account",
        "A61": "less than 100 DM",
        "A62": "100 to less than 500 DM",
        "A63": "500 to less than 1000 DM",
        "A64": "1000 DM or more",
    },
    "employment": {
        "A71": "unemployed",
        "A72": "less than 1 year",
        "A73": "1 to less than 4 years",
        "A74": "4 to less than 7 years",
        "A75": "7 years or more",
    },
    "personal_status": {
        "A91": "male, divorced or separated",
        "A92": "female, divorced, separated or married",
        "A93": "male, single",
        "A94": "male, married or widowed",
    },
    "other_debtors": {"A101": "none", "A102": "co-applicant", "A103": "guarantor"},
    "property": {
        "A121": "real estate",
        "A122": "building society savings or life insurance",
        "A123": "car or other",
        "A124": "unknown or no property",
    },
    "other_installments": {"A141": "bank", "A142": "stores", "A143": "none"},
    "housing": {"A151": "rent", "A152": "own", "A153": "for free"},
    "job": {
        "A171": "unemployed, or unskilled and non-resident",
        "A172": "unskilled, resident",
        "A173": "skilled employee or official",
        "A174": "management, self-employed or highly qualified",
    },
    "telephone": {"A191": "none", "A192": "yes, under the customer's name"},
    "foreign_worker": {"A201": "yes", "A202": "no"},
}

# Accounts and property are not ordered: "unknown or none" has no place on a scale.
ORDERED = frozenset({"employment", "job"})


@validate_params(
    {"return_X_y": ["boolean"], "as_frame": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def load_german_credit(*, return_X_y=False, as_frame=False):
    """Load the German credit table (classification).

    1000 people who were given a credit around 1975, described by 13 categorical and
    7 integer columns: 700 paid back (class 1, "good"), 300 did not (class 0,
    "bad"). No cell is missing.

    Read more in the :ref:`User Guide <datasets>`.

    Parameters
    ----------
    return_X_y : bool, default=False
        If True, return `(data, target)` instead of a Bunch.

    as_frame : bool, default=False
        If True, the data are a pandas DataFrame whose categorical columns have the
        categorical dtype (`employment` and `job` ordered) and whose integer columns
        are int64, and the target is a pandas Series. If False, they are numpy
        arrays, the data with dtype object holding `str` and `int`.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes:

        data : {ndarray, DataFrame} of shape (1000, 20)
            The columns.
        target : {ndarray, Series} of shape (1000,)
            1 for a good credit, 0 for a bad one.
        feature_names : list of str
            The names of the columns.
        target_names : ndarray of shape (2,)
            The names of the classes, `["bad", "good"]`.
        frame : DataFrame of shape (1000, 21) or None
            Only with `as_frame=True`: `data` and `target` side by side.
        DESCR : str
            Source, licence and columns of the table.
        filename : str
            The name of the file inside `data_module`.
        data_module : str
            The package that holds the file.

    (data, target) : tuple if `return_X_y` is True
        The first two of these.

    Raises
    ------
    ImportError
        If `as_frame=True` and pandas is not installed.

    See Also
    --------
    sklearn.datasets.load_breast_cancer : A table of measurements.

    Notes
    -----
    The codes of the file become words as the documentation of the source gives
    them [1]_. The columns hold protected attributes (`age`, `personal_status`,
    `foreign_worker`): the table is for research and examples, not for a model that
    decides.

    References
    ----------
    .. [1] H. Hofmann, "Statlog (German Credit Data)", UCI Machine Learning
       Repository, 1994. :doi:`10.24432/C5NC77`

    Examples
    --------
    >>> from sklearn_fs.datasets import load_german_credit
    >>> X, y = load_german_credit(return_X_y=True)
    >>> X.shape, int(y.sum())
    ((1000, 20), 700)
    >>> bunch = load_german_credit()
    >>> dict(zip(bunch.feature_names[:3], X[0]))
    {'checking_acct': 'less than 0 DM', 'duration': 6, 'credit_history': 'critical
    account or credits elsewhere'}
    """
    feature_names, columns, target = _read()
    target_names = np.array(["bad", "good"])
    if as_frame:
        needed_by = "load_german_credit(as_frame=True)"
        pd = import_optional("pandas", needed_by=needed_by)
        frame = pd.DataFrame(
            {name: _as_series(pd, name, columns[name]) for name in feature_names}
        )
        frame["target"] = target
        data, target = frame[feature_names], frame["target"]
    else:
        frame = None
        data = np.empty((len(target), len(feature_names)), dtype=object)
        for j, name in enumerate(feature_names):
            data[:, j] = columns[name]
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        frame=frame,
        feature_names=feature_names,
        target_names=target_names,
        DESCR=_resource(DESCR_FILE).read_text(encoding="utf-8"),
        filename=DATA_FILE,
        data_module=DATA_MODULE,
    )


def _resource(name):
    return resources.files(DATA_MODULE) / name


def _read():
    """Names of the columns, a list of words or ints for each, and the target."""
    with _resource(DATA_FILE).open("rb") as raw:
        with gzip.open(raw, "rt", encoding="utf-8", newline="") as text:
            header, *rows = csv.reader(text)
    columns = {}
    for name, cells in zip(header, zip(*rows, strict=True), strict=True):
        words = WORDS.get(name)
        columns[name] = [words[c] if words else int(c) for c in cells]
    target = np.array(columns.pop("target"), dtype=np.int64)
    return list(columns), columns, target


def _as_series(pd, name, cells):
    if name not in WORDS:
        return np.array(cells, dtype=np.int64)
    categories = list(WORDS[name].values())
    return pd.Categorical(cells, categories=categories, ordered=name in ORDERED)
