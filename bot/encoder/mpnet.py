"""What an MPNet model has otherwise than BERT: names of weights, first positions, and relative distances.

Song and others, "MPNet: Masked and Permuted Pre-training for Language Understanding", 2020; the buckets of distances
are those of Raffel and others, "Exploring the Limits of Transfer Learning", 2020, section 2.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST_POSITION = 2  # the two before it stand for padding
FARTHEST = 128  # tokens; all that lie farther share a bucket
NAMES = {  # of the parts of an attention layer
    "attn.q": "self.query",
    "attn.k": "self.key",
    "attn.v": "self.value",
    "attn.o": "output.dense",
    "LayerNorm": "output.LayerNorm",
}


def as_bert(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the weights under BERT's names."""
    found = {}
    for name, value in weights.items():
        layer, dot, part = name.rpartition(".attention.")
        own, _, kind = part.rpartition(".")
        found[f"{layer}.attention.{NAMES[own]}.{kind}" if dot else name] = value
    positions = found["embeddings.position_embeddings.weight"][FIRST_POSITION:]
    found["embeddings.position_embeddings.weight"] = positions
    found["embeddings.token_type_embeddings.weight"] = np.zeros((1, positions.shape[1]), np.float32)
    return found


def distances(weights: Mapping[str, NDArray[Any]], length: int) -> NDArray[Any]:
    """Return what each head adds to the attention of a token (second axis) to another one (third axis)."""
    table = weights["encoder.relative_attention_bias.weight"]
    half = len(table) // 2  # one half for what comes before, one for what comes after
    exact = half // 2  # short distances have a bucket each, longer ones share theirs by the logarithm
    ahead = np.arange(length)[None, :] - np.arange(length)[:, None]
    far = np.abs(ahead)
    shared = exact + (np.log(np.maximum(far, 1) / exact) / math.log(FARTHEST / exact) * (half - exact)).astype(int)
    bucket = np.where(far < exact, far, np.minimum(shared, half - 1)) + np.where(ahead > 0, half, 0)
    return np.ascontiguousarray(table[bucket].transpose(2, 0, 1))
