# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Flags on the columns of a table, each with the number that raised it."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Thresholds:
    """Limits from which a flag is raised.

    Parameters
    ----------
    near_constant : float
        Share of the most frequent value.
    id_like : float
        Share of the rows whose value occurs once.
    mostly_missing : float
        Coverage below it is flagged.
    unrankable : float
        Expected information by chance, as a share of the entropy of the target.
    leak_suspect : float
        Share of the target explained beyond chance.
    significance : float
        Largest p of informative missing values and of drift.
    """

    near_constant: float = 0.999
    id_like: float = 0.95
    mostly_missing: float = 0.1
    unrankable: float = 0.5
    leak_suspect: float = 0.95
    significance: float = 1e-3

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise ValueError(
                    f"{field.name}={value!r} must be a share between 0 and 1."
                )


# What a flag means to somebody who sees it for the first time.
FLAGS = {
    "constant": "one value in all rows: it cannot say anything",
    "near_constant": "nearly all rows have the same value",
    "id_like": "nearly every row has a value of its own, as identifiers have",
    "mostly_missing": "few rows have a value at all",
    "unrankable": "too many values for the number of rows: chance alone explains much",
    "leak_suspect": "explains the target almost fully: known before it, or after?",
    "informative_missing": "whether the value is missing tells about the target",
    "duplicate": "the same information as an earlier column",
    "determined": "follows from one other column",
    "type_mixed": "values of more than one type, such as words and numbers",
    "case_or_space_variants": "values that differ by case or outer space only",
    "drift": "its values change from the first rows to the last",
}


def raise_flags(statistics, scores, missing_log_p, drift_log_p, names, thresholds):
    """Compare the statistics of all columns with the limits.

    Parameters
    ----------
    statistics : dict of str to ndarray of shape (n_columns,)
        Of :func:`column_statistics`, with `duplicate_of` and `determined_by`, as
        positions or -1.
    scores : tuple of ndarray of shape (n_columns,)
        Share of the target explained beyond chance, and share that chance explains.
    missing_log_p : ndarray of shape (n_columns,)
        Log p of the indicator of missing values against the target.
    drift_log_p : ndarray of shape (n_columns,)
        Log p of the column against the block of rows.
    names : sequence of str
    thresholds : Thresholds

    Returns
    -------
    flags : dict of str to ndarray of shape (n_columns,), dtype bool
    findings : list of list of str
        For each column one sentence a flag.
    """
    t = thresholds
    explained, chance = scores
    get = statistics.__getitem__
    constant = (get("cardinality") + (get("n_missing") > 0)) <= 1
    id_like = get("singleton_share") > t.id_like
    limit = np.log(t.significance) if t.significance > 0 else -np.inf
    flags = {
        "constant": constant,
        "near_constant": ~constant & (get("top_count") > t.near_constant * get("n")),
        "id_like": id_like,
        "mostly_missing": get("coverage") < t.mostly_missing,
        "unrankable": chance > t.unrankable,
        "leak_suspect": ~id_like & (explained > t.leak_suspect),
        "informative_missing": missing_log_p <= limit,
        "duplicate": get("duplicate_of") >= 0,
        "determined": get("determined_by") >= 0,
        "type_mixed": get("n_types") > 1,
        "case_or_space_variants": get("n_variants") > 0,
        "drift": drift_log_p <= limit,
    }
    whole = get("top_count") / np.maximum(get("n"), 1)

    def name(key, j):
        return repr(str(names[get(key)[j]]))

    text = {
        "constant": lambda j: f"{get('cardinality')[j]} value",
        "near_constant": lambda j: f"top value in {whole[j]:.2%} of the rows",
        "id_like": lambda j: f"{get('singleton_share')[j]:.1%} of the rows are unique",
        "mostly_missing": lambda j: (
            f"{get('coverage')[j]:.1%} of the rows have a value"
        ),
        "unrankable": lambda j: f"chance explains {chance[j]:.1%} of the target",
        "leak_suspect": lambda j: f"explains {explained[j]:.1%} of the target",
        "informative_missing": lambda j: (
            f"p = {_power(missing_log_p[j])}, {1 - get('coverage')[j]:.1%} missing"
        ),
        "duplicate": lambda j: f"of {name('duplicate_of', j)}, 1 value for 1",
        "determined": lambda j: (
            f"by {name('determined_by', j)}, which has "
            f"{get('cardinality')[get('determined_by')[j]]:,} values"
        ),
        "type_mixed": lambda j: f"{get('n_types')[j]} types",
        "case_or_space_variants": lambda j: f"{get('n_variants')[j]:,} values too many",
        "drift": lambda j: f"p = {_power(drift_log_p[j])}",
    }
    findings = [
        [f"{flag}: {text[flag](j)}" for flag in FLAGS if flags[flag][j]]
        for j in range(len(names))
    ]
    return flags, findings


def _power(log_p):
    """A probability as text, also one that is no float any more."""
    if log_p > -700:
        return f"{np.exp(log_p):.1g}"
    return f"1e{log_p / np.log(10):.0f}"
