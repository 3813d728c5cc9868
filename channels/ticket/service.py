"""What the pages of a plan work with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from channels.ticket.links import PlanLinks
from dossiers.database import Database
from knowledge.figures import BELGIUM
from knowledge.library import Library


class Visits:
    """How often one address may open one plan in a minute, and how often it may try links that open none. Calendar
    services fetch many plans from one address, so that each plan counts for itself. Counts live in memory only."""

    def __init__(self, a_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._often = RateLimitItemPerMinute(a_minute)

    def may(self, address: str, link_id: str | None) -> bool:
        """Counts a visit; `link_id` None: the link opened nothing."""
        return self._limiter.hit(self._often, "plan", address, link_id or "none")


@dataclass(frozen=True, slots=True)
class TicketService:
    """Wired once, in `app.main`. ``current`` gives the knowledge as it is now."""

    database: Database
    current: Callable[[], Library]
    links: PlanLinks
    visits: Visits
    clock: Callable[[], dt.datetime]

    def today(self) -> dt.date:
        """The day in Belgium."""
        return self.clock().astimezone(BELGIUM).date()
