# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Configuration of the documentation; builds without a network.

python -m sphinx -W --keep-going -b html doc doc/_build/html
"""

import sys
import warnings
from pathlib import Path

from docutils import nodes

import sklearn_fs

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from generate import write_api_pages, write_change_log

# -- Project -----------------------------------------------------------------

project = "sklearn_fs"
author = "The sklearn_fs developers"
copyright = f"2026, {author}"
release = sklearn_fs.__version__
version = ".".join(release.split(".")[:2])

# -- Sources -----------------------------------------------------------------

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
    "sphinx.ext.mathjax",
    "myst_parser",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_templates", "whats_new/upcoming"]
default_role = "literal"

write_api_pages(HERE)
write_change_log(HERE, release)

autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_default_options = {"members": True, "inherited-members": True}
# The methods of a class are in its page by autodoc; numpydoc would list them again.
numpydoc_show_class_members = False

extlinks = {
    "arxiv": ("https://arxiv.org/abs/%s", "arXiv:%s"),
    "doi": ("https://doi.org/%s", "doi:%s"),
    "issue": ("https://github.com/sklearn-fs/sklearn-fs/issues/%s", "#%s"),
}
extlinks_detect_hardcoded_links = False

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# -- Gallery -----------------------------------------------------------------

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "within_subsection_order": "FileNameSortKey",
    "doc_module": ("sklearn_fs",),
    "backreferences_dir": "generated/backreferences",
    "reference_url": {"sklearn_fs": None},
    "show_memory": False,
    "remove_config_comments": True,
    "download_all_examples": False,
}
# The gallery draws on no screen.
warnings.filterwarnings("ignore", message=".*is non-interactive.*", append=True)

# -- Pages -------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = f"sklearn_fs {version}"
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "sklearn_fs"},
    "navigation_with_keys": False,
    "show_prev_next": False,
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
}
html_sidebars = {"index": [], "install": [], "quick_start": [], "api": []}

# -- Links into the documentation of scikit-learn ----------------------------
# Intersphinx would fetch an inventory; the addresses follow a rule, so that the
# documentation builds offline with every link in place.

SKLEARN = "https://scikit-learn.org/stable/"
# Labels that inherited docstrings refer to.
SKLEARN_LABELS = {
    "accuracy_score": "modules/model_evaluation.html#accuracy-score",
    "r2_score": "modules/model_evaluation.html#r2-score",
    "df_output_transform": "modules/df_output_transform.html",
    "metadata_routing": "metadata_routing.html",
    "sphx_glr_auto_examples_miscellaneous_plot_set_output.py": (
        "auto_examples/miscellaneous/plot_set_output.html"
    ),
}


def link_to_sklearn(app, env, node, contnode):
    """Resolve what Sphinx could not, if it is scikit-learn's."""
    target = node["reftarget"]
    if node["refdomain"] == "py" and target.startswith("sklearn."):
        page = f"modules/generated/{target}.html"
    elif node["reftype"] == "term":
        page = f"glossary.html#term-{target.replace(' ', '-')}"
    elif node["refdomain"] == "std" and target in SKLEARN_LABELS:
        page = SKLEARN_LABELS[target]
    else:
        return None
    reference = nodes.reference("", "", internal=False, refuri=SKLEARN + page)
    reference += contnode
    return reference


def setup(app):
    app.connect("missing-reference", link_to_sklearn)
