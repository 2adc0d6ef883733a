# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Lazy imports of optional libraries, with one error text."""

from importlib import import_module

# Which extra of sklearn_fs installs which library; None: an extra of its own
# would only repeat the name of the library.
_EXTRAS = {
    "dask": "dask",
    "distributed": "dask",
    "lightgbm": "boosting",
    "matplotlib": "plot",
    "pyarrow": "cli",
    "shap": "shap",
    "xgboost": "boosting",
    "pandas": None,
    "polars": None,
}


def import_optional(module, *, needed_by):
    """Import a library that sklearn_fs does not depend on.

    Parameters
    ----------
    module : str
        Dotted name, for example `"matplotlib.pyplot"`.
    needed_by : str
        What the user called, for the error.

    Returns
    -------
    module : module

    Raises
    ------
    ImportError
        If the library is not installed; the text names what to install.
    """
    library = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        # A broken installation of the library itself is not ours to explain.
        if error.name is None or error.name.partition(".")[0] != library:
            raise
        extra = _EXTRAS.get(library)
        package = library if extra is None else f"sklearn-fs[{extra}]"
        raise ImportError(
            f"{needed_by} needs {library}, which is not installed; "
            f'install it with: pip install "{package}"'
        ) from error
