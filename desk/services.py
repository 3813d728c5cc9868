"""What the desk works with."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from dossiers.database import Database
from knowledge.library import Library

PREFIX = "/desk"
EVERYTHING = "*"  # the hub's topic for news of any conversation


class Hub(Protocol):
    """Wake-ups by conversation, as `channels.hub.Hub` gives them."""

    closing: bool

    def wake(self, conversation_id: str) -> None:
        """Something changed in a conversation."""

    def listen(self, topic: str) -> AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set at every wake-up of the topic."""


@dataclass(frozen=True, slots=True)
class DeskServices:
    """Wired once, in `app.main`. ``secure_cookies``: whether agents reach the desk over HTTPS."""

    database: Database
    library: Library
    hub: Hub
    clock: Callable[[], dt.datetime]
    secure_cookies: bool
