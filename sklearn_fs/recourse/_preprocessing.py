# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fitted preprocessing as functions of single original columns.

Only steps of which every output depends on one input are followed; anything else
(a projection, a neighbour imputer, an arbitrary function) makes the model unreadable.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectorMixin
from sklearn.frozen import FrozenEstimator
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)

from sklearn_fs._sklearn_compat import column_transformer_parts
from sklearn_fs.recourse._column_maps import Rising, Steps, Tabled, make_steps
from sklearn_fs.recourse._encoders import (
    bin_columns,
    one_hot_columns,
    ordinal_columns,
    target_columns,
)


@dataclass
class Block:
    """Columns between two steps.

    Attributes
    ----------
    columns : list of Rising, Steps or Tabled
    sparse : bool
        Whether they are held in a sparse matrix.
    names : list of str or None
        Of original columns.
    """

    columns: list
    sparse: bool = False
    names: list | None = None

    @property
    def dtype(self):
        """What the columns together are held in."""
        return np.result_type(*(column.dtype for column in self.columns))


def follow(step, block, inputs):
    """Columns behind a fitted step.

    Parameters
    ----------
    step : transformer or {"passthrough", "drop"} or None
    block : Block
    inputs : Inputs
        The original columns.

    Returns
    -------
    block : Block or None
        None for a step that cannot be followed exactly.
    """
    while isinstance(step, FrozenEstimator):
        step = step.estimator
    if step is None or (isinstance(step, str) and step == "passthrough"):
        return Block(block.columns, block.sparse)
    if isinstance(step, str):
        return Block([])
    if isinstance(step, Pipeline):
        for _, one in step.steps:
            block = follow(one, block, inputs)
            if block is None:
                return None
        return block
    if type(step) is ColumnTransformer:
        return _column_transformer(step, block, inputs)
    if type(step) is FeatureUnion:
        return _feature_union(step, block, inputs)
    if getattr(step, "n_features_in_", len(block.columns)) != len(block.columns):
        return None
    if not block.columns:
        return None
    if type(step) is MinMaxScaler and step.clip:
        return _clipped(step, block)
    if type(step) in _SCALERS:
        return _affine(block, _SCALERS[type(step)](step))
    if type(step) is FunctionTransformer:
        same = step.func is None and not step.validate
        return Block(block.columns, block.sparse) if same else None
    if isinstance(step, SelectorMixin):
        kept = np.flatnonzero(step.get_support())
        return Block([block.columns[k] for k in kept], block.sparse)
    if block.sparse or type(step) not in _READERS:
        return None
    return _READERS[type(step)](step, block, inputs)


# Containers of steps ----------------------------------------------------------


def _column_transformer(step, block, inputs):
    if step.transformer_weights is not None:
        return None
    columns, names = block.columns, getattr(step, "feature_names_in_", None)
    if names is not None and block.names is not None:
        # A ColumnTransformer takes columns by name, in any order.
        if not set(names) <= set(block.names):
            return None
        columns = [columns[block.names.index(name)] for name in names]
    elif len(columns) != step.n_features_in_:
        return None
    out = []
    for part, places in column_transformer_parts(step):
        if len(places) == 0 or (isinstance(part, str) and part == "drop"):
            continue
        some = follow(part, Block([columns[j] for j in places], block.sparse), inputs)
        if some is None:
            return None
        out += some.columns
    return Block(out, bool(step.sparse_output_))


def _feature_union(step, block, inputs):
    if step.transformer_weights is not None:
        return None
    out, sparse = [], False
    for _, part in step.transformer_list:
        some = follow(part, Block(block.columns, block.sparse), inputs)
        if some is None:
            return None
        out += some.columns
        sparse = sparse or some.sparse
    return Block(out, sparse)


# Scalers ----------------------------------------------------------------------


def _of_standard(step):
    return [
        (np.subtract, step.mean_ if step.with_mean else None),
        (np.divide, step.scale_ if step.with_std else None),
    ]


def _of_robust(step):
    return [
        (np.subtract, step.center_ if step.with_centering else None),
        (np.divide, step.scale_ if step.with_scaling else None),
    ]


def _of_min_max(step):
    return [(np.multiply, step.scale_), (np.add, step.min_)]


def _of_max_abs(step):
    if getattr(step, "clip", False):
        return None
    return [(np.divide, step.scale_)]


# Exact types only: a subclass may do something else.
_SCALERS = {
    StandardScaler: _of_standard,
    RobustScaler: _of_robust,
    MinMaxScaler: _of_min_max,
    MaxAbsScaler: _of_max_abs,
}


def _affine(block, operations):
    """Operations by column, each rounded as numpy does it on the whole block."""
    if operations is None or block.dtype in (np.float32, np.float16):
        # In float32 a whole block is scaled with other roundings.
        return None
    operations = [(f, v) for f, v in operations if v is not None]
    if block.sparse:
        if any(f in (np.subtract, np.add) for f, _ in operations):
            return None
        operations = [(np.multiply, 1 / v) for _, v in operations]
    out = []
    for k, column in enumerate(block.columns):
        own = [(function, float(values[k])) for function, values in operations]
        scale, shift = 1.0, 0.0
        for function, value in own:
            shift = float(function(shift, value))
            if function in (np.divide, np.multiply):
                scale = float(function(scale, value))
        if not scale > 0:
            return None
        out.append(column.then(_chain(own), scale, shift) if own else column)
    return Block(out, block.sparse)


def _chain(operations):
    def run(z):
        for function, value in operations:
            z = function(z, value)
        return z

    return run


def _clipped(step, block):
    if block.sparse or block.dtype in (np.float32, np.float16):
        return None
    low, high = (float(end) for end in step.feature_range)
    out = []
    for k, column in enumerate(block.columns):
        scale, start = float(step.scale_[k]), float(step.min_[k])
        if not scale > 0:
            return None
        chain = _chain([(np.multiply, scale), (np.add, start)])
        out.append(column.then(lambda z, f=chain: np.clip(f(z), low, high)))
    return Block(out)


# Missing values ---------------------------------------------------------------


def _is_nan(value):
    return isinstance(value, float) and np.isnan(value)


def _imputer(step, block, inputs):
    if not _is_nan(step.missing_values):
        # Another marker is a hole in the numbers; only NaN is followed.
        return None
    held = block.dtype if block.dtype.kind == "f" else np.dtype(np.float64)
    out = []
    for column, value in zip(block.columns, step.statistics_, strict=True):
        if _is_nan(value) and not step.keep_empty_features:
            continue
        if isinstance(column, Tabled):
            out.append(column)
            continue
        try:
            value = float(np.asarray(value, dtype=held))
        except (TypeError, ValueError):
            return None
        out.append(column.filled(value))
    if step.add_indicator:
        out += [_missing(block.columns[k]) for k in step.indicator_.features_]
    return Block(out)


def _indicator(step, block, inputs):
    if not _is_nan(step.missing_values) or step.sparse is True:
        return None
    return Block([_missing(block.columns[k]) for k in step.features_])


def _missing(column):
    """Whether a column is missing, as a column."""
    if isinstance(column, Tabled):
        return column
    flag = float(np.isnan(column.missing))
    if isinstance(column, Rising):
        return Steps(column.source, np.empty(0), np.zeros(1), flag)
    values = np.isnan(column.values).astype(float)
    return make_steps(column.source, column.ends, values, flag)


# Encoders and bins ------------------------------------------------------------


def _with(columns_of, sparse_of=lambda step: False):
    """A reader that takes one column after the other."""

    def read(step, block, inputs):
        out = []
        for k, column in enumerate(block.columns):
            some = columns_of(step, k, column, inputs)
            if some is None:
                return None
            out += some
        return Block(out, sparse_of(step))

    return read


def _binarizer(step, block, inputs):
    if block.dtype in (np.float32, np.float16):
        return None
    cut = np.array([float(step.threshold)])
    return Block([c.stepped(cut, np.array([0.0, 1.0]), np.nan) for c in block.columns])


_READERS = {
    SimpleImputer: _imputer,
    MissingIndicator: _indicator,
    Binarizer: _binarizer,
    OneHotEncoder: _with(one_hot_columns, lambda step: bool(step.sparse_output)),
    OrdinalEncoder: _with(ordinal_columns),
    TargetEncoder: _with(target_columns),
    KBinsDiscretizer: _with(bin_columns, lambda step: step.encode == "onehot"),
}
