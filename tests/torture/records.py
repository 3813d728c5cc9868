"""One conversation as each end has it: what the person sent and saw, what is kept, what the colleague sent."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from tests.torture.ledger import Entry


class Fault(StrEnum):
    """What can be wrong at the end."""

    LOST = "lost"
    DOUBLED = "doubled"
    OUT_OF_ORDER = "out_of_order"
    STRANGE = "strange"
    UNANSWERED = "unanswered"
    ANSWERED_TWICE = "answered_twice"
    LEFT_OVER = "left_over"
    DEAD = "dead"
    FLOOR = "floor"


class Change(StrEnum):
    """What a notice says about who has the floor."""

    JOINED = "joined"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as a person sent it. ``waited``: they wrote nothing more before they saw an answer."""

    label: Hashable
    where: str
    waited: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a stub's message: which message it answers, which part of the answer it is, and of how many."""

    message_id: int
    part: int
    parts: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as the database has it.

    ``label``: the same as the sender's own for people and colleagues. ``shown``: what the person must see of it, in
    parts. ``state``: how far it has come in the inbox or the outbox, None when it is in neither. ``notice``: it tells
    about the conversation and answers nothing.
    """

    id: int
    sender: str
    label: Hashable
    shown: tuple[Hashable, ...] = ()
    state: str | None = None
    notice: bool = False
    change: Change | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation on all its ends. ``agent_sent``: what the desk took of the colleague's answers; ``taken``,
    ``closed``: how often the colleague took the floor and gave it back."""

    id: str
    channel: str
    person: str
    sent: tuple[Sent, ...] = ()
    kept: tuple[Kept, ...] = ()
    seen: tuple[Entry, ...] = ()
    agent_sent: tuple[Entry, ...] = ()
    taken: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong. ``side``: in (people to us), out (us to people) or empty; ``where``: the message."""

    fault: Fault
    channel: str
    conversation: str
    where: str
    side: str = ""

    def __str__(self) -> str:
        side = f" {self.side}" if self.side else ""
        return f"{self.channel}: {self.fault}{side}: {self.where} (conversation {self.conversation})"
