# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Uniform draws from blocks that are too large to enumerate."""

import hashlib

import numpy as np

from sklearn_fs.recourse._reachable_draws_fast import draw_points
from sklearn_fs.recourse._reachable_fast import Search
from sklearn_fs.recourse._reachable_functions import FunctionSearch

MIN_ACCEPTANCE = 1e-3
FIRST_DRAWS = 100_000


def key_seed(key, seed, name):
    """A seed that depends on the values of a key, the run and a name alone.

    Parameters
    ----------
    key : ndarray of float64
    seed : int
    name : str

    Returns
    -------
    seed : int
        Below 2**63; the same in every process.
    """
    text = np.ascontiguousarray(key, dtype=np.float64) + 0.0  # no negative zero
    digest = hashlib.blake2b(digest_size=8)
    digest.update(text.tobytes())
    digest.update(f"{seed} {name}".encode())
    return int.from_bytes(digest.digest(), "little") >> 1


def sample_keys(program, limits, keys, n_samples, seed):
    """Uniform draws from the reachable points of some keys.

    An option of each variable is drawn, links follow, and what breaks a bound or a
    rule is dropped. Links and direct moves are in one-to-one relation with final
    states, so what is kept is uniform over the block. A point can come twice.

    Parameters
    ----------
    program : BlockProgram
    limits : dict of str to ndarray
    keys : ndarray of int
    n_samples : int
        For each key.
    seed : int

    Returns
    -------
    points : ndarray of shape (n_keys, n_samples, n_columns)
    n_direct : ndarray of shape (n_keys, n_samples)

    Raises
    ------
    ValueError
        If fewer than one draw in a thousand is kept.
    """
    seeds = [key_seed(limits["starts"][key], seed, "block") for key in keys]
    if program.has_functions:
        found = [
            _draw_with_functions(program, limits, key, n_samples, own)
            for key, own in zip(keys, seeds, strict=True)
        ]
        return np.stack([f[0] for f in found]), np.stack([f[1] for f in found])
    blame = np.zeros(len(program.var_kind), dtype=np.int64)
    points, n_direct, failed = draw_points(
        Search(program, limits), np.asarray(keys, dtype=np.intp),
        np.array(seeds, dtype=np.uint64), n_samples, FIRST_DRAWS, MIN_ACCEPTANCE, blame,
    )  # fmt: skip
    if failed >= 0:
        _refuse(program, blame)
    return points, n_direct


def _refuse(program, blame):
    worst = int(np.argmax(blame))
    names = [program.names[k] for k in _columns(program, worst)]
    raise ValueError(
        f"The block {program.names!r} has too many states to list, and fewer "
        f"than {MIN_ACCEPTANCE:.1%} of random changes satisfy its constraints; "
        f"most fail at {names!r}. Give these columns a wider step, fewer "
        "values or a Table, or raise max_block_points."
    )


def _draw_with_functions(program, limits, key, n_samples, seed):
    """`draw_points` for links that are Python functions."""
    search = FunctionSearch(program, limits, key)
    rng = np.random.default_rng(seed)
    points, direct, drawn = [], [], 0
    blame = np.zeros(len(program.var_kind), dtype=np.int64)
    while len(points) < n_samples:
        drawn += 1
        if drawn > FIRST_DRAWS and len(points) < MIN_ACCEPTANCE * drawn:
            _refuse(program, blame)
        moved_in_all = 0
        for v in range(len(program.var_kind)):
            options = search.options(v)
            moved = None
            if options and rng.integers(search.most_options(v)) < len(options):
                option = options[int(rng.integers(len(options)))]
                moved = search.apply(v, option)
            if moved is None or not search.rules_hold(v):
                blame[v] += 1
                break
            moved_in_all += moved
        else:
            if moved_in_all:
                points.append(search.final.copy())
                direct.append(moved_in_all)
    return np.array(points), np.array(direct, dtype=np.int64)


def _columns(program, v):
    return program.var_cols[program.var_ptr[v] : program.var_ptr[v + 1]]
