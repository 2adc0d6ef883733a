# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which pixels of an image were chosen."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_fs._optional import import_optional


class PixelMaskDisplay:
    """The columns that a selector chose, where every column is a pixel.

    Read more in the :ref:`User Guide <quick_selection>`.

    Parameters
    ----------
    mask : ndarray of bool of shape (height, width)
        The chosen pixels.
    image : ndarray of shape (height, width), default=None
        Drawn behind them in grey, for example one row of the table or their mean.

    Attributes
    ----------
    image_ : AxesImage
        The picture behind.
    points_ : PathCollection
        The chosen pixels.
    ax_ : Axes
        Where it was drawn.
    figure_ : Figure
        The figure.

    See Also
    --------
    ShadowDisplay : What the choice was measured against.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn_fs.feature_selection import QuickSelection
    >>> from sklearn_fs.inspection import PixelMaskDisplay
    >>> X = load_digits().data
    >>> selector = QuickSelection(20, max_iter=1, random_state=0).fit(X)
    >>> display = PixelMaskDisplay.from_estimator(selector, (8, 8), image=X[0])
    >>> int(display.mask.sum())
    20
    """

    def __init__(self, mask, image=None):
        self.mask = mask
        self.image = image

    @classmethod
    def from_estimator(cls, estimator, image_shape, *, image=None, ax=None):
        """Draw the pixels that a fitted selector chose.

        Parameters
        ----------
        estimator : object
            A fitted selector with `support_`.
        image_shape : tuple of int
            Height and width; their product is the number of columns.
        image : array-like of shape (n_features,), default=None
            Drawn behind the chosen pixels.
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : PixelMaskDisplay
            The drawn display.
        """
        check_is_fitted(estimator, ["support_"])
        n_features = len(estimator.support_)
        if int(np.prod(image_shape)) != n_features:
            raise ValueError(
                f"image_shape={tuple(image_shape)} has {int(np.prod(image_shape))} "
                f"pixels, but the selector was fitted on {n_features} columns; give "
                "the height and the width of the images."
            )
        if image is not None:
            image = np.asarray(image, dtype=np.float64).reshape(image_shape)
        return cls(estimator.support_.reshape(image_shape), image).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the image and the chosen pixels.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : PixelMaskDisplay
            This display.
        """
        if ax is None:
            pyplot = import_optional("matplotlib.pyplot", needed_by="PixelMaskDisplay")
            _, ax = pyplot.subplots(figsize=(3.5, 3.5), layout="constrained")
        behind = np.zeros(self.mask.shape) if self.image is None else self.image
        self.image_ = ax.imshow(behind, cmap="gray_r")
        rows, columns = np.nonzero(self.mask)
        # Squares that fill two thirds of a pixel, whatever the size of the axes.
        box = ax.get_window_extent()
        side = 0.67 * 72 / ax.figure.dpi
        side *= min(box.height / self.mask.shape[0], box.width / self.mask.shape[1])
        self.points_ = ax.scatter(
            columns, rows, marker="s", s=side**2, color="C1", alpha=0.8
        )
        ax.set_xticks([])
        ax.set_yticks([])
        self.ax_, self.figure_ = ax, ax.figure
        return self
