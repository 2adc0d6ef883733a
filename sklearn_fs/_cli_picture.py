# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of the command: no window, no global state, whole or not at all."""

import os
import sys
import tempfile
from pathlib import Path

from sklearn_fs._cli_common import CommandError, one_line


def write_picture(draw, path, size):
    """Draw a picture and write it; without matplotlib say so instead.

    Parameters
    ----------
    draw : callable
        Gets an empty figure.
    path : Path
        In a folder that exists.
    size : tuple of float
        Width and height in inches.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        print(f"no picture {path.name}: {one_line(error)}", file=sys.stderr)
        return
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    draw(figure)
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".partial-") as folder:
            partial = Path(folder) / path.name
            figure.savefig(partial, dpi=150)
            os.replace(partial, path)
    except OSError as error:
        reason = error.strerror or one_line(error)
        raise CommandError(f"{path} cannot be written: {reason}") from error
    print(f"wrote {path}")
