# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""One form for the trees of every library.

Whatever a library writes down (casts, strict or weak comparisons, holes for missing
values, sets of categories), a node here asks one question: is `z <= threshold`?
Where a split is not a half line, a few nodes which share their children say the
same thing, so a "tree" may be an acyclic graph; no kernel needs to know.
"""

from dataclasses import dataclass

import numpy as np

# The order and the sizes are those of `node_t` in `_tree_nodes.pxd`.
NODE_DTYPE = np.dtype(
    [
        ("threshold", np.float64),  # of a leaf: the value which the walk adds up
        ("feature", np.int32),  # -1 for a leaf
        ("left", np.int32),  # of a leaf: its number
        ("right", np.int32),
        ("rank", np.int32),  # of the threshold among those of its column
        ("missing_left", np.int32),
        ("gadget", np.int32),  # 1: an inner node of a split into several nodes
    ]
)


@dataclass
class TreeTable:
    """Trees of a fitted model as flat arrays.

    Attributes
    ----------
    nodes : ndarray of NODE_DTYPE
    roots : ndarray of shape (n_trees,), dtype int32
    outputs : ndarray of shape (n_trees,), dtype int32
        To which output a tree adds; -1: its leaves hold a value for every output.
    values : ndarray of shape (n_leaves, 1 or n_outputs)
        What a leaf adds, as the model adds it.
    base : ndarray of shape (n_outputs,)
        Where the sums start.
    single : bool
        Whether the model adds in float32.
    """

    nodes: np.ndarray
    roots: np.ndarray
    outputs: np.ndarray
    values: np.ndarray
    base: np.ndarray
    single: bool = False

    @property
    def n_outputs(self):
        return len(self.base)


class TreeBuilder:
    """Collects the trees of a model, each given as arrays.

    Parameters
    ----------
    n_outputs : int
    """

    def __init__(self, n_outputs):
        self.n_outputs = n_outputs
        self._chunks = []
        self._roots = []
        self._outputs = []
        self._values = []
        self._n_nodes = 0
        self._n_leaves = 0

    def add(
        self, feature, threshold, left, right, missing_left, values, output, cells=None
    ):
        """One tree; node 0 is the root.

        Parameters
        ----------
        feature : ndarray of shape (n_nodes,)
            Negative for a leaf.
        threshold : ndarray of shape (n_nodes,)
            `z <= threshold` goes left, in float64.
        left, right : ndarray of shape (n_nodes,)
        missing_left : ndarray of shape (n_nodes,)
        values : ndarray of shape (n_nodes,) or (n_nodes, n_outputs)
            Read at leaves.
        output : int
            -1 when the values have a column for every output.
        cells : dict, default=None
            For nodes which are no half line: number of the node -> (ends, sides),
            see `_split_cells`.
        """
        feature = np.asarray(feature)
        n_nodes = len(feature)
        is_leaf = feature < 0
        nodes = np.zeros(n_nodes, dtype=NODE_DTYPE)
        nodes["feature"] = np.where(is_leaf, -1, feature)
        nodes["threshold"] = np.where(is_leaf, 0.0, threshold)
        nodes["left"] = left
        nodes["right"] = right
        nodes["missing_left"] = missing_left
        if cells:
            extra = []
            for node, (ends, sides) in cells.items():
                self._split_cells(nodes, extra, n_nodes, node, ends, sides)
            if extra:
                nodes = np.concatenate([nodes, np.array(extra, dtype=NODE_DTYPE)])
                is_leaf = nodes["feature"] < 0
        leaves = np.flatnonzero(is_leaf)
        inner = ~is_leaf
        nodes["left"][inner] += self._n_nodes
        nodes["right"][inner] += self._n_nodes
        nodes["left"][leaves] = self._n_leaves + np.arange(len(leaves))
        values = np.asarray(values, dtype=np.float64)[leaves]
        self._values.append(values.reshape(len(leaves), -1))
        self._chunks.append(nodes)
        self._roots.append(self._n_nodes)
        self._outputs.append(output)
        self._n_nodes += len(nodes)
        self._n_leaves += len(leaves)

    @staticmethod
    def _split_cells(nodes, extra, n_nodes, node, ends, sides):
        """Replace one node by a balanced search over the cells of a column.

        `ends` ascend; cell i holds the values above ends[i-1] and at most ends[i],
        and goes left where `sides[i]` is true.
        """
        # Neighbouring cells which go the same way are one cell.
        keep = np.flatnonzero(sides[1:] != sides[:-1])
        ends, sides = ends[keep], sides[np.append(keep, len(sides) - 1)]
        template = nodes[node].copy()
        child = {True: int(template["left"]), False: int(template["right"])}
        missing = int(template["missing_left"])

        def build(first, last, slot):
            # Cells first..last; the node goes into `slot` (None: a new one).
            if first == last:
                return child[bool(sides[first])]
            middle = (first + last) // 2
            here = template.copy()
            if slot is None:
                slot = n_nodes + len(extra)
                extra.append(here)
            here["threshold"] = ends[middle]
            here["left"] = build(first, middle, None)
            here["right"] = build(middle + 1, last, None)
            here["gadget"] = int(slot != node)
            if slot == node:
                nodes[node] = here
            else:
                extra[slot - n_nodes] = here
            return slot

        if len(sides) == 1:
            # Every number goes one way; only a missing value may go the other.
            nodes[node]["threshold"] = np.inf if sides[0] else -np.inf
            return
        before = len(extra)
        build(0, len(sides) - 1, node)
        # A missing value must reach the child that the split gives it: at every
        # new node it turns to a side from which that child can be reached.
        for slot in range(len(extra) - 1, before - 1, -1):
            extra[slot]["missing_left"] = _holds(extra, n_nodes, slot, child, missing)
        nodes[node]["missing_left"] = _leads(
            extra, n_nodes, int(nodes[node]["left"]), child[bool(missing)]
        )

    def build(self, base, *, single=False):
        """The table; the trees are not copied a second time."""
        width = max(v.shape[1] for v in self._values)
        return TreeTable(
            nodes=np.concatenate(self._chunks),
            roots=np.asarray(self._roots, dtype=np.int32),
            outputs=np.asarray(self._outputs, dtype=np.int32),
            values=np.ascontiguousarray(
                np.concatenate(self._values).reshape(-1, width)
            ),
            base=np.asarray(base, dtype=np.float64).reshape(self.n_outputs),
            single=single,
        )


def _leads(extra, n_nodes, start, wanted):
    """Whether the child `wanted` can be reached from `start`."""
    if start == wanted:
        return True
    if start < n_nodes:
        return False
    here = extra[start - n_nodes]
    return any(_leads(extra, n_nodes, int(here[s]), wanted) for s in ("left", "right"))


def _holds(extra, n_nodes, slot, child, missing):
    return int(_leads(extra, n_nodes, int(extra[slot]["left"]), child[bool(missing)]))
