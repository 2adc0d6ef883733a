# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Time and test score of the spline networks beside two that need torch.

Needs an environment with torch (a CPU build) and pykan. One thread, one run:

OMP_NUM_THREADS=1 python asv_benchmarks/kan_torch_peers.py

Tables: breast cancer, digits, Friedman's first function with 50 columns (1000 rows)
and with 9 columns (43,000 rows; both made, noise of standard deviation 1). A seed is
the split (a quarter of the rows held out) and the start of every model.

kan
    The defaults of `KANClassifier` and `KANRegressor`; the input map is timed.
torch
    Spline layers in the style of efficient-KAN, written here: one product for the
    base function and one for the B-spline values, which are computed by the Cox-de
    Boor recursion at every step; no bias, one scale an edge. AdamW. Width, grid,
    degree, batch size, learning rate and its cosine, weight decay, held-out rows,
    largest number of epochs and patience are those of `kan`; the best epoch is kept.
    What it lacks is the group and the smoothness penalty. "torch tuned": the rate
    .02 and the decay 1, the best mean of eight pairs on the small tables, split 10.
pykan
    Same width, grid and degree, in its speed mode. "lbfgs" is its default: rate 1,
    grid updates, full batch. "lbfgs penalty" adds its sparsity penalty, lamb=0.01
    (which rules out the speed mode). "adam" takes the batches of `kan`, the rate
    .005 and no grid updates. No held-out rows: a number of steps is judged as it
    stands. With batches its `fit` computes a loss on as many test rows at each step.

Both torch models get columns already mapped to [-1, 1] by quantiles and standardised
targets; that work and the reading of test scores are outside their time. "first"
is the time, in units of that of `kan`, at which a peer first reached the test score
of `kan` on each seed, found by looking at the test rows: no rule for stopping could
do better. A dash says never.
"""

import contextlib
import io
import itertools
import tempfile
import time

import numpy as np
import torch
from kan import KAN
from sklearn import datasets
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import QuantileTransformer
from threadpoolctl import threadpool_limits
from torch import nn
from torch.nn import functional

from sklearn_fs import KANClassifier, KANRegressor

WIDTH, GRID, DEGREE = 20, 5, 3
SEEDS = {"breast_cancer": 5, "digits": 3, "friedman 1000 x 50": 3}


class SplineLayer(nn.Module):
    """Sum over inputs of a base function and a B-spline, for each output."""

    def __init__(self, n_in, n_out):
        super().__init__()
        step = 2 / GRID
        knots = torch.arange(-DEGREE, GRID + DEGREE + 1) * step - 1
        self.register_buffer("knots", knots)
        self.base = nn.Parameter(torch.empty(n_out, n_in))
        nn.init.kaiming_uniform_(self.base, a=5**0.5)
        n_basis = GRID + DEGREE
        self.spline = nn.Parameter(0.1 / GRID * torch.randn(n_out, n_in, n_basis))
        self.scale = nn.Parameter(torch.empty(n_out, n_in))
        nn.init.kaiming_uniform_(self.scale, a=5**0.5)

    def basis(self, x):
        t, x = self.knots, x[..., None]
        values = ((x >= t[:-1]) & (x < t[1:])).to(x.dtype)
        for k in range(1, DEGREE + 1):
            up = (x - t[: -k - 1]) / (t[k:-1] - t[: -k - 1])
            down = (t[k + 1 :] - x) / (t[k + 1 :] - t[1:-k])
            values = up * values[..., :-1] + down * values[..., 1:]
        return values

    def forward(self, x):
        spline = (self.spline * self.scale[..., None]).flatten(1)
        return functional.linear(functional.silu(x), self.base) + functional.linear(
            self.basis(x).flatten(1), spline
        )


class Watch:
    """CPU seconds without those spent on looking at the test rows."""

    def __init__(self, score):
        self.score, self.points = score, []
        self.away = 0.0
        self.wall_away = 0.0
        self.start, self.wall_start = time.process_time(), time.perf_counter()

    def look(self):
        now, wall = time.process_time(), time.perf_counter()
        point = (now - self.start - self.away, wall - self.wall_start - self.wall_away)
        self.points.append((*point, self.score()))
        self.away += time.process_time() - now
        self.wall_away += time.perf_counter() - wall

    def first(self, level):
        return next((p[0] for p in self.points if p[2] >= level), np.nan)


def batch_size(n_rows):
    return int(np.clip(2 ** np.round(np.log2(n_rows / 50)), 64, 512))


def fit_torch(train, y, watch_score, seed, classes, rate=None, decay=0.3):
    torch.manual_seed(seed)
    loss = nn.CrossEntropyLoss() if classes else nn.MSELoss()
    n_out = int(y.max()) + 1 if classes else 1
    model = nn.Sequential(SplineLayer(train.shape[1], WIDTH), SplineLayer(WIDTH, n_out))
    watch = Watch(lambda: watch_score(model))
    rows, held = train_test_split(
        np.arange(len(y)),
        test_size=0.1,
        random_state=seed,
        stratify=y.numpy() if classes else None,
    )
    held = torch.as_tensor(held)
    rows = torch.as_tensor(rows)
    size = batch_size(len(rows))
    n_batches = -(-len(rows) // size)
    n_epochs = max(1, min(150, 2000 // n_batches))
    min_epochs = round(60 * n_epochs / 150)
    patience = max(1, round(20 * n_epochs / 150))
    rate = rate or min(5e-3, 4 / train.shape[1])
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(
        optimizer, n_epochs * n_batches
    )
    best, stale, kept = np.inf, 0, None
    for epoch in range(n_epochs):
        order = rows[torch.randperm(len(rows))]
        for picks in order.split(size):
            optimizer.zero_grad()
            loss(model(train[picks]), y[picks]).backward()
            optimizer.step()
            schedule.step()
        with torch.no_grad():
            now = loss(model(train[held]), y[held]).item()
        if now < best:
            best, stale = now, 0
            kept = {k: v.clone() for k, v in model.state_dict().items()}
        elif epoch >= min_epochs:
            stale += 1
        if stale >= patience:
            break
        if epoch % 3 == 2:
            watch.look()
    model.load_state_dict(kept)
    watch.look()
    return watch


def fit_pykan(train, y, watch_score, seed, classes, every=1, fast=True, **options):
    n_out = int(y.max()) + 1 if classes else 1
    watch = Watch(lambda: watch_score(model))
    steps = itertools.count(1)

    def look():
        if next(steps) % every == 0:
            watch.look()
        return torch.tensor(0.0)

    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stderr(io.StringIO()),
    ):
        model = KAN(
            width=[train.shape[1], WIDTH, n_out],
            grid=GRID,
            k=DEGREE,
            seed=seed,
            auto_save=False,
            ckpt_path=folder,
        )
        if fast:
            model = model.speed()
        # It computes a loss on "test" rows at each step: the fewest it accepts.
        n_test = options.get("batch", 1)
        data = {
            "train_input": train,
            "train_label": y,
            "test_input": train[:n_test],
            "test_label": y[:n_test],
        }
        loss = nn.CrossEntropyLoss() if classes else None
        model.fit(data, loss_fn=loss, metrics=(look,), **options)
    return watch


def fit_sklearn(model, a, y_a, b, y_b, repeats):
    cpu, wall = [], []
    for _ in range(repeats):
        start = time.process_time(), time.perf_counter()
        model.fit(a, y_a)
        cpu.append(time.process_time() - start[0])
        wall.append(time.perf_counter() - start[1])
    return np.median(cpu), np.median(wall), model.score(b, y_b)


def tables():
    yield "breast_cancer", *datasets.load_breast_cancer(return_X_y=True), True
    yield "digits", *datasets.load_digits(return_X_y=True), True
    for n_samples, n_features in [(1000, 50), (43_000, 9)]:
        made = datasets.make_friedman1(
            n_samples, n_features=n_features, noise=1.0, random_state=0
        )
        yield f"friedman {n_samples} x {n_features}", *made, False


def one(name, X, y, classes, seed):
    """All models on one split: {model: (CPU, wall, score, first)}."""
    a, b, y_a, y_b = train_test_split(
        X, y, test_size=0.25, random_state=seed, stratify=y if classes else None
    )
    repeats = 1 if len(a) > 10_000 else 3
    if classes:
        ours = KANClassifier(random_state=seed)
        trees = HistGradientBoostingClassifier(random_state=seed)
    else:
        ours = KANRegressor(random_state=seed)
        trees = HistGradientBoostingRegressor(random_state=seed)
    found = {"kan": fit_sklearn(ours, a, y_a, b, y_b, repeats)}
    level = found["kan"][2]
    found["hist_gradient_boosting"] = fit_sklearn(trees, a, y_a, b, y_b, repeats)
    mapping = QuantileTransformer(n_quantiles=101, subsample=None).fit(a)
    z_a, z_b = (
        torch.as_tensor(0.999 * (2 * mapping.transform(part) - 1), dtype=torch.float32)
        for part in (a, b)
    )
    if classes:
        target = torch.as_tensor(y_a)
    else:
        mean, sd = y_a.mean(), y_a.std()
        target = torch.as_tensor((y_a - mean) / sd, dtype=torch.float32)[:, None]

    def score(model):
        with torch.no_grad():
            out = model(z_b).numpy()
        if not np.isfinite(out).all():
            return -np.inf
        if classes:
            return accuracy_score(y_b, out.argmax(axis=1))
        return r2_score(y_b, out[:, 0] * sd + mean)

    args = z_a, target, score, seed, classes

    def keep(label, watch, place=-1):
        found[label] = (*watch.points[place], watch.first(level))

    keep("torch", fit_torch(*args))
    keep("torch tuned", fit_torch(*args, rate=2e-2, decay=1.0))
    large = len(a) > 10_000
    steps = 3 if large else 6
    keep(f"pykan lbfgs {steps}", fit_pykan(*args, opt="LBFGS", steps=steps))
    if not large:
        penalised = {"opt": "LBFGS", "steps": steps, "lamb": 0.01, "fast": False}
        keep(f"pykan lbfgs penalty {steps}", fit_pykan(*args, **penalised))
    steps = 1000 if large else 400
    batches = {"batch": batch_size(len(a)), "update_grid": False, "every": 20}
    watch = fit_pykan(*args, opt="Adam", lr=5e-3, steps=steps, **batches)
    for n in (steps // 4, steps):
        keep(f"pykan adam {n}", watch, n // 20 - 1)
    return found


def report(name, runs):
    ours = np.mean([run["kan"][0] for run in runs])
    level = np.mean([run["kan"][2] for run in runs])
    for model in runs[0]:
        cpu, wall, score = np.mean([run[model][:3] for run in runs], axis=0)
        spread = np.std([run[model][2] for run in runs])
        line = (
            f"{name:20s} {model:24s} {cpu:8.3f} {wall:8.3f}  {score:.4f} "
            f"+- {spread:.4f}  {cpu / ours:6.1f}  {score - level:+.4f}"
        )
        if len(runs[0][model]) == 4:
            ratios = [run[model][3] / run["kan"][0] for run in runs]
            line += "  first " + " ".join(f"{r:.1f}" if r == r else "-" for r in ratios)
        print(line, flush=True)


def main():
    torch.set_num_threads(1)
    start = time.perf_counter()
    with threadpool_limits(1):
        # What is loaded at a first fit is nobody's time.
        rng = np.random.default_rng(0)
        warm = torch.as_tensor(rng.uniform(-1, 1, (200, 2)), dtype=torch.float32)
        fit_torch(warm, warm[:, :1], lambda model: 0.0, 0, False)
        fit_pykan(warm, warm[:, :1], lambda model: 0.0, 0, False, opt="LBFGS", steps=1)
        for model in (KANRegressor(), HistGradientBoostingRegressor()):
            model.fit(warm.numpy(), warm.numpy()[:, 0])
        print(
            f"{'table':20s} {'model':24s} {'CPU s':>8s} {'wall s':>8s}  score"
            f"             {'ratio':>6s}  difference"
        )
        for name, X, y, classes in tables():
            seeds = range(SEEDS.get(name, 1))
            report(name, [one(name, X, y, classes, seed) for seed in seeds])
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
