"""Vectors of training texts, kept between trainings: after a change to one article only its new texts are encoded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.encoder.runtime import Encoder, Vector


def encode_all(texts: Sequence[str], encoder: Encoder, mark: str, file: Path) -> Vector:
    """Return one row for each text, and remember them all in the file.

    Args:
        texts: at least one.
        encoder: for the texts that are not known yet.
        mark: digest of the encoder; vectors of another encoder are forgotten.
        file: the memory; an unreadable one counts as empty.
    """
    keys = [hashlib.sha256(f"{mark}\n{text}".encode()).hexdigest() for text in texts]
    known = _read(file)
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if new:
        known |= dict(zip(new, encoder.encode_all(list(new.values())), strict=True))
    rows = np.stack([known[key] for key in keys])
    if new:
        _write(file, dict(zip(keys, rows, strict=True)))
    return rows


def _read(file: Path) -> dict[str, Vector]:
    try:
        with np.load(file, allow_pickle=False) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, ValueError, KeyError, EOFError):
        return {}


def _write(file: Path, known: dict[str, Vector]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".part")
    with half.open("wb") as stream:
        np.savez(stream, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    half.replace(file)
