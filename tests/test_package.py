# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rules about the package as a whole."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import sklearn_fs
from sklearn_fs._optional import import_optional

PACKAGE = Path(sklearn_fs.__file__).parent
LAZY = ["lightgbm", "xgboost", "shap", "matplotlib", "polars", "numba", "dask"]


def test_import_is_light():
    code = f"import sys, sklearn_fs; print([m for m in {LAZY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_private_names_of_sklearn_only_in_the_compat_file():
    private = re.compile(r"(from|import) sklearn\.(\w+\.)*_\w+|\b_fit_context\b")
    found = [
        f"{path.relative_to(PACKAGE)}: {line.strip()}"
        for path in PACKAGE.rglob("*.py")
        if path.name != "_sklearn_compat.py"
        for line in path.read_text().splitlines()
        if private.search(line)
        and "sklearn_fs._sklearn_compat" not in line
        # The decorator itself, imported from the compat file.
        and not line.lstrip().startswith(("@_fit_context", "_fit_context,"))
    ]
    assert found == []


def test_exports_are_sorted():
    for module in [sklearn_fs, *_public_packages()]:
        assert list(module.__all__) == sorted(module.__all__), module.__name__
        for name in module.__all__:
            assert hasattr(module, name)


def _public_packages():
    names = sorted(
        path.parent.name
        for path in PACKAGE.glob("*/__init__.py")
        if not path.parent.name.startswith("_")
    )
    for name in names:
        __import__(f"sklearn_fs.{name}")
        yield sys.modules[f"sklearn_fs.{name}"]


def test_floors():
    """Nothing imports upward, and the packages of one floor ignore each other."""
    upper = ["feature_selection", "instance_selection", "recourse", "inspection"]
    lower = ["neural_network", "information", "projection", "neighbors", "datasets"]
    pattern = re.compile(r"^\s*(?:from|import|cimport) sklearn_fs\.(\w+)", re.M)
    for package in upper + lower:
        ground = {"_utils", "_sklearn_compat", "_optional", "_table_files", "base"}
        allowed = {package, *ground}
        if package in upper:
            allowed |= set(lower)
        for path in (PACKAGE / package).rglob("*.p[yx]*"):
            if path.suffix in (".py", ".pyx", ".pxd"):
                used = set(pattern.findall(path.read_text()))
                assert used <= allowed, f"{path.name} imports {used - allowed}"


def test_missing_optional_library_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "shap", None)
    with pytest.raises(ImportError, match=r'f needs shap.*pip install "sklearn-fs'):
        import_optional("shap", needed_by="f")
