# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every public object has a numpydoc docstring that validates."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest
from numpydoc.validate import validate

import sklearn_fs

# RT02: scikit-learn names return values; GL01, GL02: where the text starts;
# ES01: one line is sometimes all there is to say.
IGNORED = {"RT02", "GL01", "GL02"}
IGNORED_FOR_METHODS = IGNORED | {"EX01", "SA01", "ES01"}
IGNORED_FOR_OBJECTS = IGNORED | {"ES01"}


def _public_objects():
    folder = Path(sklearn_fs.__file__).parent
    for init in sorted(folder.glob("*/__init__.py")):
        if init.parent.name.startswith("_"):
            continue
        module = import_module(f"sklearn_fs.{init.parent.name}")
        for name in module.__all__:
            yield f"{module.__name__}.{name}", getattr(module, name)


def _targets():
    for path, thing in _public_objects():
        yield path, IGNORED_FOR_OBJECTS
        if inspect.isclass(thing):
            for name, member in inspect.getmembers(thing):
                own = getattr(member, "__module__", "") or ""
                documented = inspect.isfunction(member) or inspect.ismethod(member)
                if documented and not name.startswith("_"):
                    if own.startswith("sklearn_fs"):
                        yield f"{path}.{name}", IGNORED_FOR_METHODS


@pytest.mark.parametrize(
    "path, ignored",
    [pytest.param(path, ignored, id=path) for path, ignored in _targets()],
)
def test_docstring(path, ignored):
    errors = [
        f"{code}: {text}"
        for code, text in validate(path)["errors"]
        if code not in ignored
    ]
    assert errors == []
