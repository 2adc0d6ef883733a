# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""`python -m sklearn_fs` is the `sklearn-fs` command."""

import sys

from sklearn_fs._cli import main

sys.exit(main())
