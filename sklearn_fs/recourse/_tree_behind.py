# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Trees that ask about preprocessed columns, as trees that ask about original ones."""

import numpy as np

from sklearn_fs.recourse._column_maps import Rising
from sklearn_fs.recourse._monotone import last_true
from sklearn_fs.recourse._tree_model import hole
from sklearn_fs.recourse._tree_table import TreeBuilder


def table_behind(table, columns, *, zero_is_missing=False):
    """The same trees, with every question put to the original columns.

    Parameters
    ----------
    table : TreeTable
    columns : list of Rising or Steps
        What the columns that the trees ask about are made of.
    zero_is_missing : bool, default=False
        Whether a preprocessed 0 counts as missing: XGBoost never sees what a sparse
        matrix leaves out.

    Returns
    -------
    table : TreeTable
    """
    nodes = table.nodes
    inner = np.flatnonzero(nodes["feature"] >= 0)
    feature = np.full(len(nodes), -1, dtype=np.int32)
    threshold = np.zeros(len(nodes))
    missing_left = nodes["missing_left"].copy()
    cells = {}
    for k in np.unique(nodes["feature"][inner]):
        here = inner[nodes["feature"][inner] == k]
        column = columns[k]
        feature[here] = column.source
        left = _missing_left(nodes, here, column.missing, zero_is_missing)
        if isinstance(column, Rising):
            cuts = nodes["threshold"][here]
            threshold[here] = _behind(column, lambda e: e <= cuts, len(here))
            if zero_is_missing:
                below = _behind(column, lambda e: e < 0, 1)[0]
                top = _behind(column, lambda e: e <= 0, 1)[0]
                for at in here:
                    cells[int(at)] = hole(
                        threshold[at], below, top, bool(nodes["missing_left"][at])
                    )
        else:
            for at in here:
                goes = _missing_left(nodes, at, column.values, zero_is_missing)
                cells[int(at)] = column.ends, goes.astype(bool)
        missing_left[here] = left
    return _rebuilt(table, feature, threshold, missing_left, cells)


def _behind(column, condition, size):
    with np.errstate(over="ignore", invalid="ignore"):
        return last_true(lambda z: condition(column(z)), size)


def _missing_left(nodes, at, values, zero_is_missing):
    """Whether preprocessed values, of which some are missing, go left at nodes."""
    values = np.asarray(values, dtype=np.float64)
    missing = np.isnan(values) | (zero_is_missing & (values == 0))
    goes = values <= nodes["threshold"][at]
    return np.where(missing, nodes["missing_left"][at].astype(bool), goes)


def _rebuilt(table, feature, threshold, missing_left, cells):
    builder = TreeBuilder(table.n_outputs)
    ends = np.append(table.roots[1:], len(table.nodes))
    for root, end, output in zip(table.roots, ends, table.outputs, strict=True):
        nodes = table.nodes[root:end]
        leaf = nodes["feature"] < 0
        values = np.zeros((len(nodes), table.values.shape[1]))
        values[leaf] = table.values[nodes["left"][leaf]]
        builder.add(
            feature[root:end],
            threshold[root:end],
            np.where(leaf, 0, nodes["left"] - root),
            np.where(leaf, 0, nodes["right"] - root),
            missing_left[root:end],
            values,
            output,
            {at - root: cells[at] for at in range(root, end) if at in cells},
        )
    return builder.build(table.base, single=table.single)
