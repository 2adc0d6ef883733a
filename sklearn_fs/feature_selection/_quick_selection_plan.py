# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""From the parameters of QuickSelection to the settings of its network."""

import numpy as np

from sklearn_fs.neural_network._sparse_autoencoder import TrainingPlan

# What None stands for, by strategy.
DEFAULTS = {
    "set": {
        "n_hidden": 1000,
        "epsilon": 13.0,
        "zeta": 0.2,
        "dropout": 0.2,
        "learning_rate": 0.01,
        "weight_decay": 1e-5,
        "batch_size": 100,
        "scaling": "auto",
    },
    "wast": {
        "n_hidden": 200,
        "density": 0.2,
        "zeta": 0.3,
        "dropout": 0.0,
        "learning_rate": 0.1,
        "weight_decay": 0.0,
        "batch_size": 128,
        "scaling": "global",
    },
}
DEFAULTS["static"] = DEFAULTS["set"]


def resolve_plan(selector, n_visible):
    """Settings of the network; what was left None takes the strategy's default.

    Parameters
    ----------
    selector : QuickSelection
        Its parameters are read.
    n_visible : int
        Columns and shadow columns.

    Returns
    -------
    plan : TrainingPlan
    """
    epsilon, density = selector.epsilon, selector.density
    if epsilon is not None and density is not None:
        raise ValueError(
            f"epsilon={epsilon} and density={density} both set the number of links; "
            "give one of them and leave the other None."
        )
    defaults = DEFAULTS[selector.strategy]
    if epsilon is None and density is None:
        epsilon, density = defaults.get("epsilon"), defaults.get("density")
    chosen = {
        name: default if getattr(selector, name) is None else getattr(selector, name)
        for name, default in defaults.items()
        if name not in ("scaling", "epsilon", "density")
    }
    if selector.n_hidden is None:
        # More units than that give every column so many links that the published
        # learning rate overshoots; the published tables are not affected.
        chosen["n_hidden"] = min(chosen["n_hidden"], 10 * n_visible)
    n_positions = n_visible * chosen["n_hidden"]
    if density is not None:
        n_links = round(density * n_positions)
    else:
        n_links = round(epsilon * (n_visible + chosen["n_hidden"]))
    return TrainingPlan(
        **chosen,
        strategy=selector.strategy,
        n_links=max(1, min(n_links, n_positions)),
        noise_factor=selector.noise_factor,
        activation=selector.activation,
        output_activation=selector.output_activation,
        momentum=selector.momentum,
        error_weight=selector.error_weight,
        dtype=np.dtype(selector.dtype),
    )
