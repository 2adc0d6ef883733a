# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Greedy projection: which blocks of columns span the targets best.

The walk keeps the products M = W' R of all candidate columns W with the part R of
the targets that is not explained yet. A picked block gives orthonormal directions
Q, orthogonal to all earlier ones; then W'Q and R'Q need no deflated copies (Q is
orthogonal to what was removed), and M loses the product of W'Q and Q'R. A
step costs O(n_samples * n_columns * width) and sums of squares stay sums of squares:
nothing cancels, so that float32 is enough.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import qr


@dataclass
class GreedyPath:
    """The walk of :func:`greedy_projection`.

    Attributes
    ----------
    order : ndarray of shape (n_picks,), dtype intp
        Blocks in the order of their choice.
    gains : ndarray of shape (n_picks,)
        Explained sum of squares of the targets, times the factor of the block.
    judged : ndarray of shape (n_picks,)
        What was compared with the shadows; 0 without shadows.
    chance : ndarray of shape (n_picks,)
        Largest gain of a shadow block at that step; 0 without shadows.
    stopped_by : str
        `"n_steps"`, `"shadows"`, `"span"` or `"exhausted"` (what is left of every
        block or of the targets is rounding noise).
    """

    order: np.ndarray
    gains: np.ndarray
    judged: np.ndarray
    chance: np.ndarray
    stopped_by: str

    def cut(self, n_steps):
        """The first `n_steps` picks."""
        fields = "order", "gains", "judged", "chance"
        return replace(self, **{name: getattr(self, name)[:n_steps] for name in fields})


@dataclass
class _Basis:
    """Orthonormal directions of the blocks that were chosen."""

    directions: np.ndarray
    tolerance: float  # share of a column's length below which its rest is noise
    size: int = 0

    def extend(self, block):
        """Add what is new in the columns of a block; return the new directions."""
        old = self.directions[:, : self.size]
        length = np.sqrt((block**2).sum(axis=0))
        rest = block
        for _ in range(2):  # once is not enough when little is left
            rest = rest - old @ (old.T @ rest)
        new, triangle, _ = qr(rest, mode="economic", pivoting=True)
        size = np.abs(np.diag(triangle))
        keep = size > self.tolerance * max(length.max(initial=0.0), 1e-300)
        new = new[:, keep][:, : self.directions.shape[1] - self.size]
        self.directions[:, self.size : self.size + new.shape[1]] = new
        self.size += new.shape[1]
        return new


def greedy_projection(
    columns,
    targets,
    n_steps,
    *,
    offsets=None,
    factors=None,
    shadows=None,
    refit=True,
    discount_own=False,
    n_judged=None,
    patience=1,
    margin=0.0,
    max_span=1.0,
):
    """Choose blocks of columns, one after the other, that rebuild the targets.

    Parameters
    ----------
    columns : ndarray of shape (n_samples, n_columns), dtype float32 or float64
        The candidates, centred; the columns of one block are neighbours.
    targets : ndarray of shape (n_samples, n_targets)
        What is to be rebuilt, centred. Wide targets: :func:`compress_targets` first.
    n_steps : int
        Number of blocks to choose at most.
    offsets : array-like of shape (n_blocks + 1,), default=None
        Block b is `columns[:, offsets[b]:offsets[b + 1]]`. None: one column each.
    factors : array-like of shape (n_blocks,), default=None
        Multiply the gains, for example by a power of an importance.
    shadows : array-like of bool of shape (n_blocks,), default=None
        Blocks that carry no information. They are never chosen; the walk stops when
        no other block gains more than the best of them.
    refit : bool, default=True
        True: the gain is what the block explains together with the chosen ones
        (orthogonal least squares). False: it is `||W_b' R||^2` with the block as it
        was given (orthogonal matching pursuit; blocks should be orthonormal).
    discount_own : bool, default=False
        The targets contain the columns themselves: before the comparison with the
        shadows, which are no targets, a block's own residual is taken off its gain.
    n_judged : int, default=None
        Only the first `n_judged` targets count in the comparison with the shadows.
        Targets that were made from the real columns, such as their principal
        components, would be kinder to them. None: all targets.
    patience : int, default=1
        Number of picks in a row that the shadows must beat before the walk stops;
        these picks are given back. On few rows a single comparison is a matter of
        luck.
    margin : float, default=0.0
        Share by which a pick must exceed the best shadow, or it counts as beaten. Of
        columns without information the best one exceeds the best shadow every
        second time, but hardly ever by much.
    max_span : float, default=1.0
        Stop when the chosen blocks span this share of the rows.

    Returns
    -------
    path : GreedyPath

    Notes
    -----
    Memory is that of `columns` again at most (n_columns * n_targets numbers). With
    blocks of one column, the columns as targets and `refit`, this is the greedy
    column subset selection of Farahat, Ghodsi & Kamel (2013). Ties go to the first
    block.
    """
    # One memory order, so that the order of the input never shows in the result.
    columns = np.ascontiguousarray(columns)
    n_samples, n_columns = columns.shape
    offsets = np.arange(n_columns + 1) if offsets is None else np.asarray(offsets)
    starts, widths = offsets[:-1], np.diff(offsets)
    n_blocks = len(widths)
    factors = np.ones(n_blocks) if factors is None else np.asarray(factors)
    shadows = np.zeros(n_blocks, bool) if shadows is None else np.asarray(shadows)
    dtype = columns.dtype

    targets = targets.astype(dtype, copy=False)
    products = columns.T @ targets
    total = np.einsum("ij,ij->", targets, targets, dtype=np.float64)
    rest = _Rest(columns, starts, widths) if refit or discount_own else None
    rounding = 1e-5 if dtype == np.float32 else 1e-9
    max_rows = min(n_samples, max(1, int(max_span * n_samples)))
    most = min(max_rows, min(n_steps, n_blocks) * int(widths.max()))
    basis = _Basis(np.empty((n_samples, most)), tolerance=rounding)

    def gains_of(products, n_targets=None):
        products = products[:, :n_targets]
        return rest.gains(products) if refit else _sums(products, starts)

    free = ~shadows
    order, gains, merits, chances = [], [], [], []
    n_beaten = 0
    stopped_by = "n_steps"
    while len(order) < min(n_steps, n_blocks):
        gain = factors * gains_of(products)
        candidates = np.where(free, gain, -np.inf)
        best = int(np.argmax(candidates))
        if not candidates[best] > rounding**2 * total:
            stopped_by = "exhausted"
            break
        merit = chance = 0.0
        if shadows.any():
            judged = (
                gain if n_judged is None else factors * gains_of(products, n_judged)
            )
            chance = judged[shadows].max()
            own = factors[best] * rest.sizes()[best] if discount_own else 0.0
            merit = judged[best] - own
            n_beaten = n_beaten + 1 if merit <= chance * (1 + margin) else 0
            if n_beaten == patience:
                stopped_by = "shadows"
                break
        free[best] = False
        block = columns[:, offsets[best] : offsets[best + 1]].astype(np.float64)
        new = basis.extend(block)
        if new.shape[1] == 0:
            continue  # nothing but rounding was left of it
        order.append(best)
        gains.append(candidates[best])
        merits.append(merit)
        chances.append(chance)
        if basis.size >= max_rows:
            stopped_by = "span"
            break
        new = new.astype(dtype)
        on_columns = columns.T @ new
        products -= on_columns @ (new.T @ targets)
        if rest is not None:
            rest.deflate(on_columns)
    # The picks before the last of a beaten run were beaten, too.
    n_picks = len(order) - (patience - 1 if stopped_by == "shadows" else 0)
    return GreedyPath(
        np.array(order[:n_picks], dtype=np.intp),
        np.array(gains[:n_picks], dtype=np.float64),
        np.array(merits[:n_picks], dtype=np.float64),
        np.array(chances[:n_picks], dtype=np.float64),
        stopped_by,
    )


def _sums(products, starts):
    """Squared norm of the products of each block."""
    squares = np.einsum("ij,ij->i", products, products, dtype=np.float64)
    return np.add.reduceat(squares, starts)


class _Rest:
    """What the chosen blocks leave of the others: their residual Gram matrices."""

    def __init__(self, columns, starts, widths):
        self.starts, self.widths = starts, widths
        self.single = bool((widths == 1).all())
        if self.single:
            self.grams = np.einsum("ij,ij->j", columns, columns, dtype=np.float64)
        else:
            blocks = zip(starts, starts + widths, strict=True)
            parts = [columns[:, a:b].astype(np.float64) for a, b in blocks]
            self.grams = [part.T @ part for part in parts]
        self.first = self.sizes().copy()
        rounding = 1e-5 if columns.dtype == np.float32 else 1e-9
        self.floor = np.maximum(rounding * self.first, 1e-8 * self.first.max())

    def sizes(self):
        """Residual sum of squares of each block."""
        if self.single:
            return self.grams
        return np.array([np.trace(gram) for gram in self.grams])

    def deflate(self, on_columns):
        on_columns = on_columns.astype(np.float64)
        if self.single:
            self.grams -= (on_columns**2).sum(axis=1)
            return
        for gram, start in zip(self.grams, self.starts, strict=True):
            part = on_columns[start : start + len(gram)]
            gram -= part @ part.T

    def gains(self, products):
        """||Q_b' R||^2 for an orthonormal basis Q_b of each residual block."""
        if self.single:
            squares = np.einsum("ij,ij->i", products, products, dtype=np.float64)
            alive = self.grams > self.floor
            return np.where(alive, squares / np.where(alive, self.grams, 1.0), 0.0)
        gain = np.zeros(len(self.starts))
        for b, (gram, start) in enumerate(zip(self.grams, self.starts, strict=True)):
            values, vectors = np.linalg.eigh(gram)
            alive = values > self.floor[b]
            part = products[start : start + len(gram)].astype(np.float64)
            turned = vectors[:, alive].T @ part
            gain[b] = ((turned**2).sum(axis=1) / values[alive]).sum()
        return gain


def compress_targets(targets):
    """Replace wide targets by n_samples columns with the same Gram matrix.

    Gains depend on the targets T only through T T'. With the triangle of the QR
    decomposition of T', T T' = R'R, and R' has n_samples columns.

    Parameters
    ----------
    targets : ndarray of shape (n_samples, n_targets)
        The targets; returned unchanged if they are not wider than they are long.

    Returns
    -------
    compressed : ndarray of shape (n_samples, min(n_samples, n_targets))
    """
    n_samples, n_targets = targets.shape
    if n_targets <= n_samples:
        return targets
    (triangle,) = qr(targets.T, mode="r", check_finite=False)
    return triangle[:n_samples].T


def permuted_copies(columns, n_copies, random_state, *, offsets=None):
    """Shadow blocks: random blocks with their rows permuted.

    Parameters
    ----------
    columns : ndarray of shape (n_samples, n_columns)
        The real blocks.
    n_copies : int
        Number of shadow blocks.
    random_state : RandomState
        Draws the blocks (with replacement when there are too few) and the rows.
    offsets : array-like of shape (n_blocks + 1,), default=None
        Block boundaries, as in :func:`greedy_projection`.

    Returns
    -------
    shadows : ndarray of shape (n_samples, n_shadow_columns)
        The copies side by side, each block with one permutation of its own.
    widths : ndarray of shape (n_copies,)
        Their widths.
    """
    n_samples, n_columns = columns.shape
    offsets = np.arange(n_columns + 1) if offsets is None else np.asarray(offsets)
    n_blocks = len(offsets) - 1
    drawn = random_state.choice(n_blocks, n_copies, replace=n_copies > n_blocks)
    copies = [
        columns[random_state.permutation(n_samples), offsets[b] : offsets[b + 1]]
        for b in drawn
    ]
    widths = np.diff(offsets)[drawn]
    empty = np.empty((n_samples, 0), dtype=columns.dtype)
    return np.concatenate([empty, *copies], axis=1), widths
