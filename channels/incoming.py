"""What can come in, whatever the platform: the one shape that every channel turns its messages into."""

from __future__ import annotations

from dataclasses import dataclass

from dossiers.models import Kind
from knowledge.wording import say_or

# What the bot can answer: words.
SPOKEN = frozenset({Kind.TEXT, Kind.CHOICE, Kind.COMMAND})


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a person.

    ``external_id``: the platform's own id of it; the same id is stored once. ``text``: its words, also those beside a
    picture. ``payload``: a choice among the conversation's options, word for word; ``choice``: the same as a
    reference (`reference`), where a button cannot carry the payload. ``command``: what one of our own commands stands
    for, told to the bot as a payload without having been offered. ``edits``: of an edit, the id of what it changes.
    """

    external_id: str
    text: str = ""
    kind: Kind = Kind.TEXT
    payload: str | None = None
    choice: str | None = None
    command: str | None = None
    edits: str | None = None


def reference(message_id: int, index: int) -> str:
    """What a button carries that stands for an option of a message: short enough for every platform."""
    return f"m{message_id}:{index}"


def referred(choice: str) -> tuple[int, int] | None:
    """The message and the option that a reference stands for; None when it is none."""
    message, _, index = choice.removeprefix("m").partition(":")
    if not choice.startswith("m") or not (message.isascii() and message.isdigit() and index.isascii()):
        return None
    if not index.isdigit() or len(message) > 18 or len(index) > 3:
        return None
    return int(message), int(index)


def shown(kind: Kind, text: str) -> str:
    """How a message is kept and shown: its words, after what was sent when that was not words alone."""
    name = say_or(f"sent_{kind}", "")
    return f"[{name}] {text}".strip() if name else text


def words(kind: Kind, kept: str) -> str:
    """The words of a kept message without what `shown` put before them."""
    name = say_or(f"sent_{kind}", "")
    return kept.removeprefix(f"[{name}]").strip() if name else kept
