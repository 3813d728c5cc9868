"""What is done now and then without being asked: proposing to ask people how it goes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from dossiers import tasks
from dossiers.database import Database

log = structlog.get_logger(__name__)
EVERY = 3600.0


async def propose_follow_ups(database: Database, clock: Callable[[], dt.datetime], every: float = EVERY) -> None:
    """Looks again and again, until it is cancelled, for people who agreed and to whom nothing was proposed yet. Who
    finished their dossier first and agreed, or told their day of arrival, later, is not forgotten that way."""
    while True:
        try:
            added = await asyncio.to_thread(_propose, database, clock)
        except SQLAlchemyError as error:
            log.warning("follow_ups_failed", error=type(error).__name__)
        else:
            if added:
                log.info("follow_ups_proposed", count=added)
        await asyncio.sleep(every)


def _propose(database: Database, clock: Callable[[], dt.datetime]) -> int:
    with database.write() as session:
        return tasks.propose_all(session, clock())
