"""What the web channel works with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from channels.hub import Hub
from channels.web.limits import RateLimits
from channels.web.sites import Sites
from dossiers.database import Database
from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class WebService:
    """Wired once, in `app.main`. ``current`` gives the knowledge as it is now; ``sites`` what each municipality
    decides; the links lead to our own contact on Telegram and WhatsApp, None where there is none; ``data_link`` gives
    the address of the page of one's data, by conversation."""

    database: Database
    current: Callable[[], Library]
    hub: Hub
    limits: RateLimits
    clock: Callable[[], dt.datetime]
    sites: Sites = field(default_factory=Sites)
    telegram_link: str | None = None
    whatsapp_link: str | None = None
    data_link: Callable[[str], str] = "/mydata/{}".format

    @property
    def library(self) -> Library:
        """The knowledge."""
        return self.current()
