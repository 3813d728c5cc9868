"""Updates as Telegram sends them, one file each in `payloads/`, written by the documentation of the Bot API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from telegram import Update

from channels.telegram.reading import Read, read

FOLDER = Path(__file__).parent / "payloads"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
AMINA = "5550001"


def payload(name: str) -> dict[str, Any]:
    """One update."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def meaning(given: str | dict[str, Any]) -> Read:
    """What an update means to us."""
    update = Update.de_json(payload(given) if isinstance(given, str) else given, None)
    assert update is not None
    return read(update)


def text(words: str, number: int = 101) -> dict[str, Any]:
    """A message of Amina with these words."""
    update = payload("text")
    update["message"] |= {"text": words, "message_id": number}
    return update
