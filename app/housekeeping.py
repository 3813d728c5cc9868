"""Keeps the promises about people's data, beside the requests: erases who asked for it, makes the bot and the folders
forget, keeps the journal of what was erased, and runs the rules of retention at night.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from channels.bot_client import BotUnavailable
from dossiers import vault
from dossiers.database import Database
from dossiers.models import Elsewhere
from dossiers.privacy import erasing, forgetting, journal, running
from dossiers.privacy.terms import Terms

log = structlog.get_logger(__name__)

LOOK_EVERY = 3.0
NIGHT_EVERY = dt.timedelta(minutes=5)


class Bot(Protocol):
    """What is needed of the bot."""

    def forget(self, conversation_id: str) -> Awaitable[None]:
        """Takes a conversation out of its memory."""


class Housekeeping:
    """One background task of the app. Several processes may run it: everything in it may be done twice."""

    def __init__(
        self, database: Database, bot: Bot, journal_file: Path, terms: Terms, clock: Callable[[], dt.datetime]
    ) -> None:
        self.database, self.bot, self.journal_file, self.terms, self.clock = database, bot, journal_file, terms, clock
        self._looked_at: dt.datetime | None = None

    async def run(self) -> None:
        """Runs until cancelled. What fails is tried again."""
        while True:
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001  (the next look may go well; its words may hold what people wrote)
                log.error("housekeeping_failed", error=type(error).__name__)  # noqa: TRY400
            await asyncio.sleep(LOOK_EVERY)

    async def once(self) -> None:
        """One look at everything."""
        await asyncio.to_thread(self._erase_who_asked)
        await self._forget()
        now = self.clock()
        if self._looked_at is None or now - self._looked_at >= NIGHT_EVERY:
            self._looked_at = now
            await asyncio.to_thread(self._night, now)

    def _erase_who_asked(self) -> None:
        with self.database.read() as session:
            ready = erasing.asked_and_ready(session, self.clock())
        for person_id, number in ready:
            try:
                erasing.erase_person(self.database, person_id, now=self.clock(), number=number)
            except erasing.NobodyThere:
                log.info("erased_meanwhile", person=person_id)

    async def _forget(self) -> None:
        def due() -> list[tuple[int, Elsewhere, str]]:
            with self.database.read() as session:
                return [(one.id, Elsewhere(one.place), one.key) for one in forgetting.due(session, self.clock())]

        for forgetting_id, place, key in await asyncio.to_thread(due):
            done = await self._forget_at(place, key)
            await asyncio.to_thread(self._settle, forgetting_id, done)
            if not done:
                log.info("forgetting_put_off", place=str(place), forgetting=forgetting_id)

    async def _forget_at(self, place: Elsewhere, key: str) -> bool:
        try:
            if place is Elsewhere.BOT:
                await self.bot.forget(key)
                return True
            return await asyncio.to_thread(self._forget_here, place, key)
        except (BotUnavailable, OSError, SQLAlchemyError):
            return False

    def _forget_here(self, place: Elsewhere, key: str) -> bool:
        if place is Elsewhere.FILE:
            vault.configured().remove(key)
            return not (vault.configured().folder / key).exists()
        if place is Elsewhere.LEDGER:
            with self.database.read() as session:
                journal.write(session, self.journal_file)
            return True
        return erasing.empty_log(self.database)

    def _settle(self, forgetting_id: int, done: bool) -> None:
        with self.database.write() as session:
            if done:
                forgetting.done(session, forgetting_id)
            else:
                forgetting.put_off(session, forgetting_id, self.clock())

    def _night(self, now: dt.datetime) -> None:
        report = running.tonight(self.database, self.terms, now)
        if report is not None:
            log.info("retention_ran", run=report.id, dry=report.dry, rows=report.total)
