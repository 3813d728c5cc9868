"""A platform whose troubles a test chooses, and processes that are killed or stand still at any moment."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from channels.platform import Delivery, Later, Outgoing, Part, Refused, Taken, Unknown
from dossiers.models import OutboxState


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, and nothing of it cleans up."""


@dataclass
class Life:
    """How long a process lives: over so many points it comes, then it is killed, or stands still for a while."""

    points: int | None = None
    still: Callable[[], Awaitable[None]] | None = None

    async def point(self, *, standing: bool = True) -> None:
        """``standing``: False where the process may be killed and does not stand still."""
        if self.points is None or (self.still is not None and not standing):
            return
        if self.points == 0 and self.still is not None:
            meanwhile, self.points, self.still = self.still, None, None
            await meanwhile()
        elif self.points == 0:
            raise Killed
        else:
            self.points -= 1


life: ContextVar[Life] = ContextVar("life", default=Life())  # noqa: B039  (this one never ends and is never changed)


async def in_steps(function: Callable[..., Any], *arguments: Any) -> Any:
    """Instead of `asyncio.to_thread`: what runs there ends whole, and before and after it the process may end."""
    await life.get().point()
    await asyncio.sleep(0)
    result = function(*arguments)
    await life.get().point()
    await asyncio.sleep(0)
    return result


@dataclass(frozen=True)
class Lost:
    """No answer comes. ``taken``: the person sees the message all the same."""

    taken: bool


@dataclass(frozen=True)
class Slow:
    """The answer takes so many turns of the event loop."""

    turns: int


Trouble = Later | Refused | Lost | Slow | Exception | None


@dataclass(frozen=True)
class Receipt:
    """What the platform tells later."""

    platform_id: str
    key: str
    state: OutboxState
    error: str | None = None


@dataclass
class ScriptedPlatform:
    """Takes messages and writes down what people see. ``script``: what happens to the next requests, one each.

    ``finds``: it can be asked for a message; else it tells by receipts, as WhatsApp does.
    """

    name: str = "telegram"
    look_after: float = 2.0
    finds: bool = True
    window: dt.timedelta | None = None
    script: deque[Trouble] = field(default_factory=deque)
    seen: list[tuple[str, str]] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    looked_for: list[Delivery] = field(default_factory=list)
    troubled_finds: deque[Trouble] = field(default_factory=deque)
    _taken: dict[str, Taken] = field(default_factory=dict)
    _on_their_way: dict[str, tuple[Part, Delivery]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def render(self, message: Outgoing) -> list[Part]:
        if message.text == "unrenderable":
            raise ValueError(message.text)
        return [Part("send", {"text": text}) for text in message.text.split("|")]

    def window_open(self, heard_at: dt.datetime, now: dt.datetime) -> bool:
        return self.window is None or now - heard_at <= self.window

    async def send(self, part: Part, delivery: Delivery) -> Taken:
        self.deliveries.append(delivery)
        trouble = self.script.popleft() if self.script else None
        await life.get().point(standing=False)  # a request that was already on its way cannot be called back
        if isinstance(trouble, Slow):
            self._on_their_way[delivery.key] = part, delivery
            for _ in range(trouble.turns):
                await asyncio.sleep(0)
        elif isinstance(trouble, Lost) and not trouble.taken:
            raise Unknown
        elif isinstance(trouble, Exception):
            raise trouble
        if isinstance(trouble, Slow) and delivery.key not in self._on_their_way:
            taken = self._taken[delivery.key]
        else:
            taken = self._take(part, delivery)
        await life.get().point()
        if isinstance(trouble, Lost):
            raise Unknown
        return taken

    def arrive(self) -> None:
        """Takes the slow requests that are on their way: none of them takes longer than a sender's claim."""
        for part, delivery in list(self._on_their_way.values()):
            self._take(part, delivery)

    def _take(self, part: Part, delivery: Delivery) -> Taken:
        self._on_their_way.pop(delivery.key, None)
        number = next(self._numbers)
        taken = Taken(f"{delivery.address}:{number}", number)
        self.seen.append((delivery.address, part.body["text"]))
        self._taken[delivery.key] = taken
        states = (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ)
        self.receipts += [Receipt(taken.platform_id, delivery.key, state) for state in states]
        return taken

    async def find(self, part: Part, delivery: Delivery) -> Taken | None:
        self.looked_for.append(delivery)
        await life.get().point()
        trouble = self.troubled_finds.popleft() if self.troubled_finds else None
        if isinstance(trouble, Exception):
            raise trouble
        return self._taken.get(delivery.key) if self.finds else None

    async def typing(self, address: str) -> None:
        pass

    def seen_by(self, address: str) -> list[str]:
        """What one person sees, in order."""
        return [text for whose, text in self.seen if whose == address]


async def living(mine: Life, work: Callable[[], Awaitable[None]]) -> None:
    """Runs the work of a process until it ends or is killed. Needs `in_steps` in the place of `asyncio.to_thread`."""

    async def process() -> None:
        life.set(mine)
        await work()

    ended = await asyncio.gather(asyncio.create_task(process()), return_exceptions=True)
    if isinstance(ended[0], Exception):
        raise ended[0]
