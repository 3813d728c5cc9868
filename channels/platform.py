"""What the outbox needs of a platform that messages are sent to. Telegram and WhatsApp each have one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class Later(Exception):
    """The platform did not take it now: a rate limit, an outage. It was certainly not sent.

    ``seconds``: how long the platform asks to wait, None when it does not say; ``everybody``: nothing at all may be
    sent on this channel until then.
    """

    def __init__(self, reason: str, seconds: float | None = None, *, everybody: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.seconds, self.everybody = reason, seconds, everybody


class Refused(Exception):
    """The platform will never take it: the person blocked us, the address is gone, the message is not allowed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unknown(Exception):
    """It was handed over, and no answer came: it may have been sent. It must be looked for before it is sent again."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to a person, ready to be put into a platform's form."""

    message_id: int
    text: str
    sender: str = "bot"
    agent: str | None = None
    options: Sequence[dict[str, str]] = ()
    sources: Sequence[dict[str, Any]] = ()
    plan: Sequence[dict[str, Any]] = ()
    template: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One request to a platform. A long answer has several. The same message always gives the same parts."""

    method: str
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a part goes and what is known about it. ``key`` is ours and unique; ``before``: the largest number that
    the platform had given, on this address and at all, when it was first sent; ``heard_at``: when the person last
    wrote on this address."""

    address: str
    key: str
    heard_at: dt.datetime
    before: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Taken:
    """What the platform said when it took a part: its id, unique on the whole platform (with the chat where ids are
    not), and the number that it gives within the chat where it is a plain number."""

    platform_id: str
    number: int | None = None


class Platform(Protocol):
    """One platform. Every method may be called from several tasks at once."""

    @property
    def name(self) -> str:
        """The channel's name in the database."""

    @property
    def look_after(self) -> float:
        """After how many seconds a part with an unknown end may be looked for."""

    def render(self, message: Outgoing) -> list[Part]:
        """The message in the platform's form; no part when there is nothing to be seen in it."""

    def window_open(self, heard_at: dt.datetime, now: dt.datetime) -> bool:
        """Whether a message other than a template may be sent to somebody who wrote at that time for the last time."""

    async def send(self, part: Part, delivery: Delivery) -> Taken:
        """Sends one part.

        Raises:
            Later: not now. Refused: never. Unknown: perhaps it was sent.
        """

    async def find(self, part: Part, delivery: Delivery) -> Taken | None:
        """Looks for a part that may have been sent; None when it was not.

        Raises:
            Later: the platform cannot be asked now.
        """

    async def typing(self, address: str) -> None:
        """Shows that an answer is being written, where the platform can. Never raises."""
