# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Seeded generators; results are cached within a process."""

from functools import lru_cache

import numpy as np

# Categories of the columns with a signal. Up to 20,000 values with Zipf frequencies:
# most values of the widest columns occur once or twice in 10,000 rows.
RELEVANT = (2, 5, 20, 100, 500, 2000, 8000, 20_000)
N_COLUMNS = 50
POSITIVE_ROLES = ("relevant", "numeric", "redundant")


@lru_cache(maxsize=4)
def make_planted_categorical(n_samples, seed):
    """A table of 50 coded columns of which 12 say something about a binary target.

    Eight columns of 2 to 20,000 categories and one numeric column carry an effect on
    the log-odds, drawn for each category from a normal distribution. Three more repeat
    what they say: a relabelled copy, a coarsened one, and one with 10 % of the cells
    redrawn. These twelve are what a ranking should put first. Two columns only act
    together (the product of their signs). The rest is noise of 2 to 300,000
    categories with uniform or Zipf frequencies, and five traps: a row id, a constant,
    a nearly constant column, one that is mostly missing, and a block id.

    Parameters
    ----------
    n_samples : int
        Number of rows.
    seed : int
        Seed of the table.

    Returns
    -------
    X : ndarray of shape (n_samples, 50), dtype int64
        Codes; a missing cell is the code 0 of a column of its own kind. The columns
        are in random order, and so are the codes of a column, except those of the
        numeric column, whose codes keep its order. Read-only.
    y : ndarray of shape (n_samples,), dtype int64
        The target, 0 or 1; about 27 % are 1. Read-only.
    names : tuple of str
        The name of each column.
    roles : tuple of str
        The role of each column: "relevant", "numeric", "redundant", "interacting",
        "noise" or "trap".
    """
    rng = np.random.default_rng([seed, n_samples])
    columns = {}  # name -> (role, codes)
    logit = np.zeros(n_samples)

    for n_values in RELEVANT:
        codes = _zipf(rng, n_values, n_samples)
        logit += rng.normal(scale=EFFECT, size=n_values)[codes]
        columns[f"relevant_{n_values}"] = "relevant", codes
    numeric = rng.normal(size=n_samples)
    logit += EFFECT * numeric
    # Steps of a tenth of a standard deviation: a numeric column of the usual kind.
    steps = np.clip(np.rint(10 * numeric), -40, 40).astype(np.int64) + 40
    columns["numeric"] = "numeric", steps

    copied = columns["relevant_500"][1]
    columns["copy_of_500"] = "redundant", rng.permutation(500)[copied]
    coarse = columns["relevant_2000"][1]
    columns["coarse_2000"] = "redundant", rng.integers(0, 200, 2000)[coarse]
    corrupted = columns["relevant_100"][1].copy()
    redrawn = rng.random(n_samples) < 0.1
    corrupted[redrawn] = _zipf(rng, 100, np.count_nonzero(redrawn))
    columns["corrupted_100"] = "redundant", corrupted

    left, right = rng.integers(0, 4, (2, n_samples))
    logit += 2 * EFFECT * np.where((left < 2) == (right < 2), 0.5, -0.5)
    columns["pair_left"] = "interacting", left
    columns["pair_right"] = "interacting", right

    columns["row_id"] = "trap", np.arange(n_samples)
    columns["constant"] = "trap", np.zeros(n_samples, dtype=np.int64)
    rare = rng.random(n_samples) < 5e-4
    columns["near_constant"] = "trap", rare.astype(np.int64)
    present = rng.random(n_samples) < 0.03
    columns["mostly_missing"] = (
        "trap",
        np.where(present, 1 + rng.integers(0, 50, n_samples), 0),
    )
    columns["block_id"] = "trap", np.arange(n_samples) * 100 // n_samples

    n_noise = N_COLUMNS - len(columns)
    sizes = np.geomspace(2, 300_000, n_noise).astype(int)
    for i, n_values in enumerate(sizes):
        draw = _zipf if i % 2 else _uniform
        columns[f"noise_{i}_{n_values}"] = "noise", draw(rng, n_values, n_samples)

    y = rng.random(n_samples) < 1 / (1 + np.exp(-(logit + INTERCEPT)))
    order = rng.permutation(N_COLUMNS)
    items = [list(columns.items())[i] for i in order]
    X = np.empty((n_samples, N_COLUMNS), dtype=np.int64)
    for j, (name, (_, codes)) in enumerate(items):
        ordered = name in ("numeric", "row_id", "block_id", "mostly_missing")
        X[:, j] = codes if ordered else rng.permutation(codes.max() + 1)[codes]
    y = y.astype(np.int64)
    X.flags.writeable = y.flags.writeable = False
    names, roles = zip(*((name, role) for name, (role, _) in items), strict=True)
    return X, y, names, roles


# Standard deviation of the effect of a column on the log-odds, and the intercept that
# makes 27 % of the rows positive.
EFFECT = 0.5
INTERCEPT = -1.2


@lru_cache(maxsize=4)
def make_click_log(n_samples, seed):
    """A made log of impressions: long tails, hashed values, 3 % clicks.

    Sites, publishers, advertisements, campaigns, advertisers, users, places, devices
    and hours with Zipf frequencies, of which each advertisement belongs to a campaign
    and that to an advertiser, each site to a publisher. Effects on the log-odds of a
    click are drawn for each value; topic of the site and topic of the advertisement
    add one only together. Values are hashed into 2^16 buckets. The rest is what such
    logs also hold: keys of requests and sessions, versions, languages, sizes and
    crosses that say nothing.

    Parameters
    ----------
    n_samples : int
        Number of rows.
    seed : int
        Seed of the table.

    Returns
    -------
    X : ndarray of shape (n_samples, 40), dtype int64
        Read-only.
    y : ndarray of shape (n_samples,), dtype int64
        About 3 % are 1. Read-only.
    names : tuple of str
    relevant : ndarray of shape (40,), dtype bool
        Columns that the odds depend on, directly or through what they belong to.
    """
    rng = np.random.default_rng([seed, n_samples, 7])
    site, ad = _zipf(rng, 5000, n_samples), _zipf(rng, 3000, n_samples)
    user = _zipf(rng, 200_000, n_samples)
    campaign_of, advertiser_of = rng.integers(0, 400, 3000), rng.integers(0, 60, 400)
    site_topic, ad_topic = (
        rng.integers(0, 12, 5000)[site],
        rng.integers(0, 12, 3000)[ad],
    )
    columns = {
        "site": (site, 0.35),
        "publisher": (rng.integers(0, 300, 5000)[site], 0.3),
        "ad": (ad, 0.35),
        "campaign": (campaign_of[ad], 0.3),
        "advertiser": (advertiser_of[campaign_of[ad]], 0.25),
        "user": (user, 0.5),
        "place": (_zipf(rng, 800, n_samples), 0.2),
        "device": (_zipf(rng, 900, n_samples), 0.3),
        "slot": (_zipf(rng, 5, n_samples), 0.4),
        "hour": (rng.integers(0, 24, n_samples), 0.15),
        "site_topic": (site_topic, 0.0),
        "ad_topic": (ad_topic, 0.0),
    }
    logit = np.zeros(n_samples)
    for codes, scale in columns.values():
        logit += rng.normal(scale=scale, size=codes.max() + 1)[codes]
    logit += rng.normal(scale=0.5, size=(12, 12))[site_topic, ad_topic]
    low, high = -12.0, 3.0
    for _ in range(50):
        middle = (low + high) / 2
        rate = (1 / (1 + np.exp(-logit - middle))).mean()
        low, high = (middle, high) if rate < 0.03 else (low, middle)
    y = (rng.random(n_samples) < 1 / (1 + np.exp(-logit - low))).astype(np.int64)
    n_relevant = len(columns)
    columns["request"] = rng.permutation(n_samples), 0.0
    columns["session"] = rng.integers(0, n_samples // 3, n_samples), 0.0
    columns["second"] = np.sort(rng.integers(0, 86_400, n_samples)), 0.0
    columns["user_site"] = user * 5000 + site, 0.0
    sizes = np.geomspace(2, 100_000, 40 - len(columns)).astype(int)
    for size in sizes:
        columns[f"other_{size}"] = _zipf(rng, size, n_samples), 0.0
    order = rng.permutation(len(columns))
    items = [list(columns.items())[i] for i in order]
    X = np.empty((n_samples, len(columns)), dtype=np.int64)
    for j, (_, (codes, _)) in enumerate(items):
        # Multiplicative hashing into 2^16 buckets.
        word = codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        X[:, j] = word >> np.uint64(48)
    X.flags.writeable = y.flags.writeable = False
    relevant = order < n_relevant
    # What follows from user and site says what they say.
    relevant |= np.array([name == "user_site" for name, _ in items])
    return X, y, tuple(name for name, _ in items), relevant


def planted_positives(roles):
    """Mask of the columns that a ranking of single columns should put first."""
    return np.array([role in POSITIVE_ROLES for role in roles])


def _uniform(rng, n_values, n_samples):
    return rng.integers(0, n_values, n_samples)


def _zipf(rng, n_values, n_samples):
    """Codes with frequencies proportional to 1 / (1 + code)."""
    cumulative = np.cumsum(1 / np.arange(1, n_values + 1))
    return np.searchsorted(cumulative, rng.random(n_samples) * cumulative[-1])
