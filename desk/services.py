"""What the desk works with."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from desk.doors import Doors
from dossiers.database import Database
from dossiers.deadlines import Deadlines
from dossiers.sealing import Sealer
from knowledge.editing import Editing
from knowledge.figures import BELGIUM
from knowledge.library import Library

PREFIX = "/desk"
EVERYTHING = "*"  # the hub's topic for news of any conversation


class Hub(Protocol):
    """Wake-ups by conversation, as `channels.hub.Hub` gives them."""

    closing: bool

    def wake(self, conversation_id: str) -> None:
        """Something changed in a conversation."""

    def sign(self, conversation_id: str, sign: str) -> None:
        """Somebody types or reads, for some seconds (`channels.signs`)."""

    def unsign(self, conversation_id: str, sign: str) -> None:
        """They do so no longer."""

    def signs(self, conversation_id: str) -> frozenset[str]:
        """Who types and reads now."""

    def listen(self, topic: str) -> AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set at every wake-up of the topic."""


class Knowledge(Protocol):
    """The knowledge that answers people, as `app.shelf.Shelf` gives it."""

    problems: list[str]

    def current(self) -> Library:
        """The library; a change of its files may show a moment later."""

    def refresh(self) -> Library:
        """The library with everything that is in its files now."""


@dataclass(frozen=True, slots=True)
class DeskServices:
    """Wired once, in `app.main`. ``secure_cookies``: whether agents reach the desk over HTTPS.

    ``model_made_at``: when the bot's model was trained, None when that is not known. ``typing``: shows a person on
    their platform that a colleague types. ``doors``: how agents get in. ``sealer``: opens what people sent.
    """

    database: Database
    knowledge: Knowledge
    editing: Editing
    hub: Hub
    clock: Callable[[], dt.datetime]
    secure_cookies: bool
    model_made_at: Callable[[], dt.datetime | None] = lambda: None
    typing: Callable[[str], Awaitable[None]] | None = None
    doors: Doors = field(default_factory=Doors)
    deadlines: Deadlines = field(default_factory=Deadlines)
    sealer: Sealer | None = None

    @property
    def library(self) -> Library:
        """The knowledge as people get it."""
        return self.knowledge.current()

    def today(self) -> dt.date:
        """The day in Belgium."""
        return self.clock().astimezone(BELGIUM).date()
