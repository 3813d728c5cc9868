"""Use an encoder directory.

A directory holds either one model (model.onnx, tokenizer.json, config.json), or a config.json that names several such
folders as `parts`, each with its `share`. The configuration of a model has `pooling` ("built-in" when the model returns
the sentence vector itself, else "mean" or "cls" over the token vectors), `prefix` (put before every text) and
`maximum_tokens`.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODEL, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "config.json"
POOLINGS = ("built-in", "mean", "cls")

Vector = NDArray[np.float32]


class EncoderError(RuntimeError):
    """The encoder cannot be built or used; the message says what to do."""


class Encoder:
    """Turns texts into unit vectors, one at a time, each on one thread.

    One at a time also in training: a dynamically quantised model gives slightly other numbers in a batch. The vectors
    of several models are joined so that the likeness of two texts is the models' likenesses, weighed by their shares.
    """

    def __init__(self, directory: Path) -> None:
        """Load what a directory holds.

        Raises:
            EncoderError: a file is missing or a configuration is wrong.
        """
        parts = _read(directory).get("parts")
        folders = [(directory / str(one["directory"]), float(one["share"])) for one in parts or ()]
        self._models = [(_Model(folder), math.sqrt(share)) for folder, share in folders or [(directory, 1.0)]]

    def encode(self, text: str) -> Vector:
        """Return the unit vector of one text."""
        vectors = [np.float32(weight) * model.encode(text) for model, weight in self._models]
        return np.asarray(np.concatenate(vectors), np.float32)

    def encode_all(self, texts: Sequence[str]) -> Vector:
        """Return one row for each text, on as many threads as there are processors."""
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return np.stack(list(pool.map(self.encode, texts)))


class _Model:
    """One model of a directory."""

    def __init__(self, directory: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        config = _read(directory)
        for name in (MODEL, TOKENIZER):
            if not (directory / name).is_file():
                raise _missing(directory, name)
        self.pooling = str(config.get("pooling", "mean"))
        if self.pooling not in POOLINGS:
            raise EncoderError(f"{directory / CONFIG}: pooling must be one of {', '.join(POOLINGS)}.")
        self.prefix = str(config.get("prefix", ""))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(directory / MODEL), options, providers=["CPUExecutionProvider"]
        )
        self._wanted = {item.name for item in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(directory / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(int(config.get("maximum_tokens", 64)))

    def encode(self, text: str) -> Vector:
        ids = np.array([self._tokenizer.encode(self.prefix + text).ids], dtype=np.int64)
        offered = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        output = self._session.run(None, {name: offered[name] for name in self._wanted})[0][0]
        if self.pooling == "mean":
            output = output.mean(axis=0)
        elif self.pooling == "cls":
            output = output[0]
        vector = np.asarray(output, dtype=np.float32)
        return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _read(directory: Path) -> dict[str, Any]:
    file = directory / CONFIG
    if not file.is_file():
        raise _missing(directory, CONFIG)
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _missing(directory: Path, name: str) -> EncoderError:
    return EncoderError(f"No encoder in {directory} ({name} is missing): run `python -m bot.encoder.build`.")


def fingerprint(directory: Path) -> str:
    """Return a digest of everything that decides the vectors; without a directory, that of nothing."""
    digest = hashlib.sha256()
    for file in sorted(file for name in (MODEL, TOKENIZER, CONFIG) for file in directory.rglob(name)):
        digest.update(file.relative_to(directory).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
