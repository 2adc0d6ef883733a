# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_wine

from sklearn_fs.datasets import load_german_credit

INTEGERS = [
    "duration",
    "credit_amt",
    "installment_rate",
    "residence_since",
    "age",
    "existing_credits",
    "liable_persons",
]


def test_known_rows():
    bunch = load_german_credit()
    assert bunch.data.shape == (1000, 20)
    assert bunch.data.dtype == object
    assert bunch.frame is None
    assert np.bincount(bunch.target).tolist() == [300, 700]
    assert bunch.target_names.tolist() == ["bad", "good"]
    # The first two rows of the published file:
    # A11 6 A34 A43 1169 A65 A75 4 A93 A101 4 A121 67 A143 A152 2 A173 1 A192 A201 1
    # A12 48 A32 A43 5951 A61 A73 2 A92 A101 2 A121 22 A143 A152 1 A173 1 A191 A201 2
    first, second = (dict(zip(bunch.feature_names, row)) for row in bunch.data[:2])
    assert bunch.target[:2].tolist() == [1, 0]
    assert first["checking_acct"] == "less than 0 DM"
    assert first["duration"] == 6
    assert first["savings_acct"] == "unknown or no savings account"
    assert first["employment"] == "7 years or more"
    assert first["telephone"] == "yes, under the customer's name"
    assert second["checking_acct"] == "0 to less than 200 DM"
    assert second["credit_amt"] == 5951
    assert second["personal_status"] == "female, divorced, separated or married"
    assert second["telephone"] == "none"


def test_published_frequencies():
    """Counts that the documentation of the source and its users quote."""
    bunch = load_german_credit()
    data = dict(zip(bunch.feature_names, bunch.data.T))
    no_account = data["checking_acct"] == "no checking account"
    assert no_account.sum() == 394
    assert bunch.target[no_account].sum() == 348
    assert (data["purpose"] == "radio or television").sum() == 280
    assert (data["foreign_worker"] == "no").sum() == 37
    assert (min(data["age"]), max(data["age"])) == (19, 75)
    assert sum(data["credit_amt"]) == 3271258


def test_frame_holds_the_same_table():
    arrays, bunch = load_german_credit(), load_german_credit(as_frame=True)
    frame = bunch.frame
    assert frame.columns.tolist() == [*bunch.feature_names, "target"]
    assert_array_equal(bunch.data.to_numpy(dtype=object), arrays.data)
    assert_array_equal(bunch.target, arrays.target)
    categorical = [n for n in bunch.feature_names if frame[n].dtype == "category"]
    assert [n for n in bunch.feature_names if n not in categorical] == INTEGERS
    assert all(frame[n].dtype == np.int64 for n in [*INTEGERS, "target"])
    assert {n for n in categorical if frame[n].cat.ordered} == {"employment", "job"}
    assert frame["employment"].min() == "unemployed"
    assert frame["job"].max() == "management, self-employed or highly qualified"
    # Every category occurs, and no cell fell out of its categories.
    for name in categorical:
        assert frame[name].value_counts().min() > 0
        assert not frame[name].isna().any()


@pytest.mark.parametrize("as_frame", [False, True])
def test_interface_of_the_loaders_of_scikit_learn(as_frame):
    ours, theirs = load_german_credit(as_frame=as_frame), load_wine(as_frame=as_frame)
    assert set(theirs) <= set(ours)
    X, y = load_german_credit(return_X_y=True, as_frame=as_frame)
    assert type(X) is type(theirs.data)
    assert type(y) is type(theirs.target)
    assert_array_equal(y, ours.target)
    assert "10.24432/C5NC77" in ours.DESCR
    assert "CC BY 4.0" in ours.DESCR


def test_calls_do_not_share_memory():
    load_german_credit().data[:] = None
    load_german_credit().target[:] = 5
    bunch = load_german_credit()
    assert None not in bunch.data
    assert bunch.target.max() == 1


def test_needs_pandas_only_for_the_frame(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert len(load_german_credit().data) == 1000
    with pytest.raises(ImportError, match=r"as_frame=True.* needs pandas"):
        load_german_credit(as_frame=True)


def test_wrong_types_are_refused():
    with pytest.raises(ValueError, match=r"'as_frame' parameter .* must be"):
        load_german_credit(as_frame="yes")
