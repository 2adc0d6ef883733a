# Authors: The sklearn_fs developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tags of a sampler, as imbalanced-learn reads them, without importing it."""

from dataclasses import dataclass, field, fields

from sklearn.utils import InputTags, Tags


@dataclass(slots=True)
class SamplerTags:
    """What a sampler offers: it tells the indices of the rows it kept."""

    sample_indices: bool = True


@dataclass(slots=True)
class SamplerInputTags(InputTags):
    """Input tags with the one that imbalanced-learn adds."""

    dataframe: bool = True


@dataclass(slots=True)
class RowSelectorTags(Tags):
    """Tags of scikit-learn with those of a sampler."""

    sampler_tags: SamplerTags = field(default_factory=SamplerTags)


def as_sampler(tags, *, sparse):
    """The same tags, extended for a selector of rows."""
    values = {f.name: getattr(tags, f.name) for f in fields(tags)}
    inputs = tags.input_tags
    values["input_tags"] = SamplerInputTags(
        **{f.name: getattr(inputs, f.name) for f in fields(inputs)}
    )
    values["input_tags"].sparse = sparse
    values["estimator_type"] = "sampler"
    return RowSelectorTags(**values)
