"""Which of our messages only tell about the conversation: they answer nothing."""

from __future__ import annotations

import re
from functools import cache

from knowledge.wording import say
from tests.torture.records import Change

JOINED, LEFT = ("agent_joined",), ("agent_closed", "agent_lapsed")
OTHER = ("privacy_first", "privacy_first_short")


@cache
def _marks(key: str) -> str:
    """The longest run of plain words of a wording: it is the same on every channel, whatever is escaped."""
    text = say(key, name="\x00", url="\x00") if key != "agent_lapsed" else say(key)
    return max(re.split(r"[^A-Za-z ]+", text), key=len).strip()


def change_of(text: str) -> Change | None:
    """Who came or went, as a notice tells it."""
    if any(_marks(key) in text for key in JOINED):
        return Change.JOINED
    return Change.LEFT if any(_marks(key) in text for key in LEFT) else None


def is_notice(text: str) -> bool:
    """Whether a text of ours is such a message."""
    return change_of(text) is not None or any(_marks(key) in text for key in OTHER)
