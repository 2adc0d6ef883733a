# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Build the Cython extensions; everything else is in pyproject.toml.

Environment variables
---------------------
SKLEARN_FS_NO_OPENMP=1     build without OpenMP (all kernels then run on one thread)
SKLEARN_FS_DEBUG=1         build with bounds, wraparound and division checks
SKLEARN_FS_BUILD_JOBS=N    compile N extensions at a time (default: all cores)
"""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HERE = Path(__file__).resolve().parent
NO_OPENMP = os.environ.get("SKLEARN_FS_NO_OPENMP", "0") == "1"
DEBUG = os.environ.get("SKLEARN_FS_DEBUG", "0") == "1"
BUILD_JOBS = int(os.environ.get("SKLEARN_FS_BUILD_JOBS", os.cpu_count() or 1))

DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": DEBUG,
    "initializedcheck": DEBUG,
    "nonecheck": DEBUG,
    # C division: the kernels never divide by zero and never rely on the sign
    # rule of Python; with the checks on, a zero divisor raises.
    "cdivision": not DEBUG,
    "freethreading_compatible": True,
}


class BuildExt(build_ext):
    """Add the flags of the compiler in use."""

    def build_extensions(self):
        self.parallel = BUILD_JOBS
        if self.compiler.compiler_type == "msvc":
            compile_args, link_args = ["/O2"], []
            openmp = ["/openmp"], []
        else:
            # The last two flags change no result; without them no loop that takes
            # a root or chooses between two values is vectorised.
            compile_args = ["-O3", "-g0", "-fno-math-errno", "-fno-trapping-math"]
            link_args = []
            if sys.platform == "darwin":
                openmp = ["-Xpreprocessor", "-fopenmp"], ["-lomp"]
            else:
                openmp = ["-fopenmp"], ["-fopenmp"]
        if not NO_OPENMP:
            compile_args, link_args = compile_args + openmp[0], link_args + openmp[1]
        for extension in self.extensions:
            extension.extra_compile_args = compile_args
            extension.extra_link_args = link_args
        super().build_extensions()


def find_extensions():
    """Every .pyx file of the package is one extension."""
    paths = sorted((HERE / "sklearn_fs").rglob("*.pyx"))
    sources = [path.relative_to(HERE).as_posix() for path in paths]
    return [Extension(s[: -len(".pyx")].replace("/", "."), [s]) for s in sources]


# The utility code that all kernels need is compiled once, not once a kernel.
SHARED_UTILITY = "sklearn_fs._cyutility"

setup(
    ext_modules=cythonize(
        [Extension(SHARED_UTILITY, ["sklearn_fs/_cyutility.c"]), *find_extensions()],
        compiler_directives=DIRECTIVES,
        shared_utility_qualified_name=SHARED_UTILITY,
        nthreads=BUILD_JOBS if sys.platform == "linux" else 0,
    ),
    cmdclass={"build_ext": BuildExt},
)
