"""What the components share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

COMMAND = "/"


def typed_text(message: Message) -> str:
    """Return what a person typed; nothing for a command of a button, which Rasa reads by itself."""
    text = message.get(TEXT)
    return text if isinstance(text, str) and not text.lstrip().startswith(COMMAND) else ""


def code_digest(modules: Iterable[Path]) -> str:
    """Return a digest of source files: Rasa notices changes in a component, not in what the component calls."""
    digest = hashlib.sha256()
    for module in sorted(modules):
        digest.update(module.read_bytes())
    return digest.hexdigest()
