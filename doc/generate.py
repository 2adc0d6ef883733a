# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pages that are written from the package, so that they cannot fall behind it."""

import inspect
import pkgutil
import subprocess
import sys
from importlib import import_module

import sklearn_fs

# Order, title and one sentence of the families; a package that is not here is an
# error, a line whose package does not exist is skipped.
FAMILIES = {
    "feature_selection": (
        "Choose the columns",
        "Transformers of scikit-learn: `fit(X, y)`, then `transform` keeps columns.",
    ),
    "instance_selection": (
        "Choose the rows",
        "`fit_resample(X, y)` returns the rows that are worth keeping.",
    ),
    "recourse": (
        "Say what would change the answer",
        "What a person can do about the answer of a model.",
    ),
    "inspection": ("Pictures", "Displays with `from_estimator` and `plot`."),
    "neural_network": (
        "Trainable models",
        "The networks beneath the selectors; predictors in their own right.",
    ),
    "information": (
        "Statistics of discrete columns",
        "Mutual information and what of it is due to chance.",
    ),
    "projection": (
        "Greedy projection",
        "Columns, or blocks of them, that rebuild given targets.",
    ),
    "neighbors": ("Neighbour graphs", "Nearest neighbours as sparse matrices."),
    "datasets": ("Data sets", "Small real tables that ship with the package."),
}

API_HEAD = """\
.. This page is written by generate.py.

.. _api:

=============
API reference
=============

Every estimator can also be imported from the top: `from sklearn_fs import OutRank`.
"""


def write_api_pages(folder):
    """Write api.rst: one autosummary table for each public package."""
    names = [
        module.name
        for module in pkgutil.iter_modules(sklearn_fs.__path__)
        if module.ispkg and not module.name.startswith("_")
    ]
    unknown = sorted(set(names) - set(FAMILIES))
    if unknown:
        raise ValueError(f"Give {unknown} a title in FAMILIES of doc/generate.py.")
    pages = [API_HEAD]
    for family, (title, sentence) in FAMILIES.items():
        if family in names and import_module(f"sklearn_fs.{family}").__all__:
            pages.append(_family(family, title, sentence))
    (folder / "api.rst").write_text("\n".join(pages), encoding="utf-8")


def _family(family, title, sentence):
    module = import_module(f"sklearn_fs.{family}")
    members = [(name, getattr(module, name)) for name in module.__all__]
    classes = [name for name, member in members if inspect.isclass(member)]
    functions = [name for name, member in members if inspect.isroutine(member)]
    lines = [title, "=" * len(title), "", sentence, ""]
    lines += [f".. currentmodule:: {module.__name__}", ""]
    for template, group in (("class", classes), ("function", functions)):
        if group:
            lines += [".. autosummary::", "   :toctree: generated/"]
            lines += [f"   :template: autosummary/{template}.rst", ""]
            lines += [f"   {name}" for name in group] + [""]
    return "\n".join(lines)


def write_change_log(folder, version):
    """Write whats_new/unreleased.rst from the fragments in whats_new/upcoming."""
    done = subprocess.run(
        [sys.executable, "-m", "towncrier", "build", "--draft"]
        + ["--version", version, "--date", "in development"],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    # What towncrier says about its own work comes before the title.
    text = done.stdout[done.stdout.index(f"Version {version}") :]
    (folder / "whats_new" / "unreleased.rst").write_text(text, encoding="utf-8")
