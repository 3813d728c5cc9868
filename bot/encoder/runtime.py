"""Use an encoder directory: model.onnx, tokenizer.json, config.json.

The configuration has `pooling` ("built-in" when the model returns the sentence vector itself, else "mean" or
"cls" over the token vectors), `prefix` (put before every text) and `maximum_tokens`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
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
    """Turns texts into unit vectors, one at a time, on one thread.

    One at a time also in training: a dynamically quantised model gives slightly other numbers in a batch.
    """

    def __init__(self, directory: Path) -> None:
        """Load the model of a directory.

        Raises:
            EncoderError: a file is missing or the configuration is wrong.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        for name in (MODEL, TOKENIZER, CONFIG):
            if not (directory / name).is_file():
                raise EncoderError(f"No encoder in {directory} ({name} is missing): run `python -m bot.encoder.build`.")
        config: dict[str, Any] = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
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
        """Return the unit vector of one text."""
        ids = np.array([self._tokenizer.encode(self.prefix + text).ids], dtype=np.int64)
        offered = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        output = self._session.run(None, {name: offered[name] for name in self._wanted})[0][0]
        if self.pooling == "mean":
            output = output.mean(axis=0)
        elif self.pooling == "cls":
            output = output[0]
        vector = np.asarray(output, dtype=np.float32)
        return vector / max(float(np.linalg.norm(vector)), 1e-12)

    def encode_all(self, texts: Iterable[str]) -> Vector:
        """Return one row for each text."""
        return np.stack([self.encode(text) for text in texts])


def fingerprint(directory: Path) -> str:
    """Return a digest of everything that decides the vectors; missing files count as empty."""
    digest = hashlib.sha256()
    for name in (MODEL, TOKENIZER, CONFIG):
        file = directory / name
        digest.update(file.read_bytes() if file.is_file() else b"missing")
    return digest.hexdigest()
