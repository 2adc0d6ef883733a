# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Reading a fitted model from a file, for the commands that explain one."""

import sys
from pathlib import Path

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._cli_common import CommandError, listed, one_line
from sklearn_fs._optional import import_optional


def load_model(path, *, trust_types=False):
    """Read a model that was written by skops or by joblib.

    Parameters
    ----------
    path : str or Path
        Ending .skops: read by skops; any other: by joblib, with a warning.
    trust_types : bool, default=False
        Whether types that skops does not know may be loaded.

    Returns
    -------
    model : object with predict
    """
    path = Path(path)
    if path.is_dir():
        raise CommandError(f"{path} is a folder; name the file of a model in it")
    if not path.exists():
        raise CommandError(f"{path} does not exist")
    if path.suffix == ".skops":
        model = _load_skops(path, trust_types)
    else:
        model = _load_joblib(path)
    if not hasattr(model, "predict"):
        raise CommandError(
            f"{path} holds a {type(model).__name__} without predict; write a fitted "
            "model or pipeline, for example with joblib.dump(model, path)"
        )
    try:
        check_is_fitted(model)
    except NotFittedError as error:
        raise CommandError(
            f"{path}: this {type(model).__name__} is not fitted; fit it first"
        ) from error
    except TypeError:
        # No estimator of scikit-learn: whether it predicts is seen when it is asked.
        pass
    return model


def _load_skops(path, trust_types):
    skops = import_optional("skops.io", needed_by=f"reading {path.name}")
    try:
        unknown = skops.get_untrusted_types(file=path)
        if unknown and not trust_types:
            raise CommandError(
                f"{path} holds types that skops does not know: {listed(unknown)}; if "
                "you trust them, say --trust-types"
            )
        return skops.load(path, trusted=unknown)
    except CommandError:
        raise
    except Exception as error:
        raise _unreadable(path, error) from error


def _load_joblib(path):
    import joblib

    print(
        f"sklearn-fs: warning: {path} is a pickle. Reading a pickle can run any code "
        "that its author put into it: go on only with files from people you trust. "
        "Files of skops (.skops) are checked first.",
        file=sys.stderr,
        flush=True,
    )
    try:
        return joblib.load(path)
    except Exception as error:
        # A pickle can fail in every way in which Python can.
        raise _unreadable(path, error) from error


def _unreadable(path, error):
    return CommandError(
        f"{path} cannot be read as a model: {type(error).__name__}: {one_line(error)}"
    )


def wanted_class(model, text, columns):
    """The label of the model that a text means.

    Parameters
    ----------
    model : fitted model
    text : str or None
    columns : sequence of str
        Columns of the file that are no features; naming one of them is no error, it is
        left out anyway.

    Returns
    -------
    label : object or None
        None for the default of the scorer.
    """
    if text is None or text in columns:
        return None
    labels = list(getattr(model, "classes_", ()))
    for label in labels:
        if str(label) == text:
            return label
    for label in labels:
        # "1" for a class 1.0.
        if not isinstance(label, str) and _number(text) == label:
            return label
    if not labels:
        raise CommandError(
            f"--target {text}: {type(model).__name__} has no classes; say the smallest "
            "wanted prediction with --threshold"
        )
    raise CommandError(
        f"--target {text} is no class of {type(model).__name__}, whose classes are "
        f"{', '.join(map(str, labels[:8]))}, and no column of answers in the file"
    )


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def as_the_model_takes(people, model):
    """A frame for a model that was fitted on names, else an array.

    Parameters
    ----------
    people : DataFrame
    model : fitted model

    Returns
    -------
    X : DataFrame or ndarray
    """
    names = getattr(model, "feature_names_in_", None)
    if names is None:
        # A model that counts columns was fitted on an array; a function was not.
        return people.to_numpy() if hasattr(model, "n_features_in_") else people
    return people if list(names) == list(people.columns) or _shares(
        names, people.columns
    ) else people.to_numpy()  # fmt: skip


def _shares(names, columns):
    """Names of their own: LightGBM calls the columns of an array Column_0, ..."""
    return bool(set(map(str, names)) & set(map(str, columns)))
