"""What the web channel works with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from channels.hub import Hub
from channels.web.limits import RateLimits
from dossiers.database import Database
from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class WebService:
    """Wired once, in `app.main`."""

    database: Database
    library: Library
    hub: Hub
    limits: RateLimits
    clock: Callable[[], dt.datetime]
