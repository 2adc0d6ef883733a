# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the OpenMP runtime offers; one thread where the build has none."""

cdef extern from *:
    """
    #ifdef _OPENMP
    #include <omp.h>
    static int sklearn_fs_has_openmp(void) { return 1; }
    static int sklearn_fs_max_threads(void) { return omp_get_max_threads(); }
    #else
    static int sklearn_fs_has_openmp(void) { return 0; }
    static int sklearn_fs_max_threads(void) { return 1; }
    #endif
    """
    int sklearn_fs_has_openmp() nogil
    int sklearn_fs_max_threads() nogil


def has_openmp():
    """Whether the kernels were compiled with OpenMP."""
    return bool(sklearn_fs_has_openmp())


def max_threads():
    """The number of threads that OpenMP would use, OMP_NUM_THREADS respected."""
    return sklearn_fs_max_threads()
