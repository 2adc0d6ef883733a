# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ground floor: helpers that know no estimator."""
