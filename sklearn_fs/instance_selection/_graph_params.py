# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""The parameters of the neighbour graph, for the selectors that build one."""

from numbers import Integral, Real

from sklearn_fs._sklearn_compat import HasMethods, Interval, StrOptions
from sklearn_fs.neighbors._graph import neighbor_graph, resolve_graph

_GRAPHS = {
    "auto",
    "batch",
    "chunk",
    "knn",
    "lsh",
    "lsh_multi_level",
    "lsh_multi_view",
    "rp_forest",
}
_COUNT = [Interval(Integral, 1, None, closed="left")]
_SHARE = [Interval(Real, 0, 1, closed="left")]

GRAPH_CONSTRAINTS = {
    "graph": [StrOptions(_GRAPHS), HasMethods(["fit", "kneighbors"]), "sparse matrix"],
    "n_neighbors": _COUNT,
    "batch_size": [Interval(Integral, 2, None, closed="left")],
    "overlap": _SHARE,
    "edge_drop": _SHARE,
    "min_weight": _SHARE,
    "n_bits": [StrOptions({"auto"}), Interval(Integral, 1, 60, closed="both")],
    "n_levels": _COUNT,
    "n_views": _COUNT,
    "max_bucket": [Interval(Integral, 2, None, closed="left")],
    "n_trees": _COUNT,
    "bandwidth": [StrOptions({"median", "local"})],
}


def build_graph(selector, points, codes, rng, *, large):
    """The graph that the parameters of a selector describe."""
    params = {name: getattr(selector, name) for name in GRAPH_CONSTRAINTS}
    params["graph"] = resolve_graph(params["graph"], points.n_samples, large=large)
    return neighbor_graph(points, codes, **params, n_jobs=selector.n_jobs, rng=rng)
