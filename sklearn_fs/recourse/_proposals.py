# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Uniform draws from blocks that are too large to enumerate."""

import hashlib

import numpy as np

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


def sample_key(program, limits, key, n_samples, seed):
    """Distinct reachable points: single moves, all of them, and uniform draws.

    Direct moves are drawn from the product of the grids and kept if every rule holds.
    Links and direct moves are in one-to-one relation with final states, so what is
    kept is uniform over the block.

    Parameters
    ----------
    program : BlockProgram
    limits : dict of str to ndarray
    key : int
    n_samples : int
    seed : int

    Returns
    -------
    points : ndarray of shape (n_points, n_columns)
    n_direct : ndarray of shape (n_points,)
    """
    search = FunctionSearch(program, limits, key)
    rng = np.random.default_rng(key_seed(limits["starts"][key], seed, "block"))
    points, direct, drawn = [], [], 0
    blame = np.zeros(len(program.var_kind), dtype=np.int64)
    while len(points) < n_samples:
        drawn += 1
        if drawn > FIRST_DRAWS and len(points) < MIN_ACCEPTANCE * drawn:
            worst = int(np.argmax(blame))
            names = [program.names[k] for k in _columns(program, worst)]
            raise ValueError(
                f"The block {program.names!r} has too many states to list, and fewer "
                f"than {MIN_ACCEPTANCE:.1%} of random changes satisfy its constraints; "
                f"most fail at {names!r}. Give these columns a wider step, fewer "
                "values or a Table, or raise max_block_points."
            )
        moved_in_all = 0
        for v in range(len(program.var_kind)):
            options = search.options(v)
            moved = None
            if options:
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
