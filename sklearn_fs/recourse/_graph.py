# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Small graphs of columns: connected components, cycles, order of links."""


def blocks_of(names, joined):
    """Connected components.

    Parameters
    ----------
    names : list of str
    joined : iterable of sequences of str
        Names that belong together.

    Returns
    -------
    blocks : list of list of str
        In the order of `names`, within blocks and by their first column.
    """
    parent = {name: name for name in names}

    def root(name):
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for group in joined:
        for name in group[1:]:
            parent[root(name)] = root(group[0])
    blocks = {}
    for name in names:
        blocks.setdefault(root(name), []).append(name)
    return list(blocks.values())


def find_cycle(edges):
    """One cycle of a directed graph.

    Parameters
    ----------
    edges : dict of str to list of str

    Returns
    -------
    path : list of str
        First and last name are the same; empty without a cycle.
    """
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name) :] + [name]
        if name in done:
            return []
        path.append(name)
        for target in edges.get(name, ()):
            found = visit(target)
            if found:
                return found
        path.pop()
        done.add(name)
        return []

    for name in edges:
        found = visit(name)
        if found:
            return found
    return []


def sources_first(items, edges):
    """Order items so that every edge points forward, or None if there is a cycle.

    Parameters
    ----------
    items : list of int
    edges : set of (int, int)

    Returns
    -------
    order : list of int or None
        Items without a reason to move keep their order.
    """
    order, left = [], list(items)
    while left:
        free = next(
            (i for i in left if not any((j, i) in edges for j in left if j != i)), None
        )
        if free is None:
            return None
        order.append(free)
        left.remove(free)
    return order
