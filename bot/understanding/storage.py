"""Write a fitted model as plain arrays and JSON, and read it again. Nothing in it can run code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.understanding.articles import ArticleFinder, Texts
from bot.understanding.calibration import Judge
from bot.understanding.kernel import Kernel, Rows
from bot.understanding.linear import Chooser, Linear
from bot.understanding.model import Judges, QuestionModel, Thresholds
from bot.understanding.vectors import Bag, Compression

ARRAYS, FACTS = "model.npz", "model.json"
JUDGES = ("first", "three", "covered")


def save(model: QuestionModel, directory: Path) -> None:
    """Write the model into the directory."""
    arrays: dict[str, NDArray[np.generic]] = {
        "compression_centre": model.compression.centre,
        "compression_directions": model.compression.directions,
        "intent_weights": model.intent_model.weights,
        "intent_bias": model.intent_model.bias,
        "scale_mean": model.scale[0],
        "scale_deviation": model.scale[1],
    }
    if model.finder is not None and model.chooser is not None and model.judges is not None:
        arrays |= _kernel_arrays(model.finder.first)
        for name, texts in (("questions", model.finder.questions), ("sentences", model.finder.sentences)):
            arrays[f"{name}_embeddings"] = texts.embeddings.astype(np.float16)
            arrays[f"{name}_bags"] = texts.bags.astype(np.float16)
            arrays[f"{name}_articles"] = texts.articles
        chooser = model.chooser
        arrays |= {"chooser_mean": chooser.mean, "chooser_scale": chooser.scale, "chooser_weights": chooser.weights}
        for name in JUDGES:
            judge: Judge = getattr(model.judges, name)
            arrays |= {f"{name}_mean": judge.mean, f"{name}_scale": judge.scale, f"{name}_weights": judge.weights}
    np.savez(directory / ARRAYS, **arrays)
    thresholds = model.thresholds
    facts = {
        "intents": model.intents,
        "articles": model.article_ids,
        "thresholds": [thresholds.answer, thresholds.offer, thresholds.emergency],
    }
    (directory / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    model.bag.save(directory)


def _kernel_arrays(kernel: Kernel) -> dict[str, NDArray[np.generic]]:
    words = kernel.examples.words
    return {
        "kernel_shares": kernel.shares,
        "kernel_labels": kernel.labels,
        "kernel_weights": kernel.weights,
        "kernel_embeddings": kernel.examples.embeddings.astype(np.float16),
        "kernel_words": words.data.astype(np.float16),
        "kernel_places": words.indices,
        "kernel_rows": words.indptr,
        "kernel_shape": np.array(words.shape),
    }


def _kernel(arrays: dict[str, NDArray[Any]]) -> Kernel:
    parts = (arrays["kernel_words"].astype(np.float32), arrays["kernel_places"], arrays["kernel_rows"])
    words = csr_matrix(parts, shape=tuple(arrays["kernel_shape"].tolist()))
    examples = Rows(arrays["kernel_embeddings"].astype(np.float32), words)
    return Kernel(examples, arrays["kernel_labels"], arrays["kernel_weights"], arrays["kernel_shares"])


def load(directory: Path) -> QuestionModel:
    """Read what `save` wrote."""
    facts = json.loads((directory / FACTS).read_text(encoding="utf-8"))
    finder, chooser, judges = None, None, None
    with np.load(directory / ARRAYS, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    if "kernel_weights" in arrays:
        texts = [
            Texts(
                arrays[f"{name}_embeddings"].astype(np.float32),
                arrays[f"{name}_bags"].astype(np.float32),
                arrays[f"{name}_articles"],
            )
            for name in ("questions", "sentences")
        ]
        finder = ArticleFinder(_kernel(arrays), texts[0], texts[1], len(facts["articles"]))
        chooser = Chooser(arrays["chooser_mean"], arrays["chooser_scale"], arrays["chooser_weights"])
        judges = Judges(
            *(Judge(arrays[f"{name}_mean"], arrays[f"{name}_scale"], arrays[f"{name}_weights"]) for name in JUDGES)
        )
    return QuestionModel(
        Compression(arrays["compression_centre"], arrays["compression_directions"]),
        Bag.load(directory),
        facts["intents"],
        Linear(arrays["intent_weights"], arrays["intent_bias"]),
        (arrays["scale_mean"], arrays["scale_deviation"]),
        facts["articles"],
        finder,
        chooser,
        judges,
        Thresholds(*facts["thresholds"]),
    )
