"""What the page of one's data works with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from channels.mydata.links import DataLinks
from dossiers.database import Database
from dossiers.sealing import Sealer
from knowledge.library import Library

FORMS = 30  # a minute, by one link


class Visits:
    """How often a minute one address may open one page, and one page may be changed. Counts live in memory only."""

    def __init__(self, a_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._often, self._forms = RateLimitItemPerMinute(a_minute), RateLimitItemPerMinute(FORMS)

    def may_look(self, address: str, conversation_id: str | None) -> bool:
        """Counts a look; None: at a link that opened nothing."""
        return self._limiter.hit(self._often, "look", address, conversation_id or "none")

    def may_send(self, conversation_id: str) -> bool:
        """Counts a form that was sent."""
        return self._limiter.hit(self._forms, "send", conversation_id)


@dataclass(frozen=True, slots=True)
class MyDataService:
    """Wired once, in `app.main`. ``current`` gives the knowledge as it is now; ``wake`` tells who follows a
    conversation that something happened in it."""

    database: Database
    current: Callable[[], Library]
    links: DataLinks
    visits: Visits
    sealer: Sealer
    clock: Callable[[], dt.datetime]
    wake: Callable[[str], None]
