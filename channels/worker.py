"""Works through the inbox: in order within a conversation, several conversations at once, again after a crash.

Several processes may do so: a conversation is claimed for the time of one turn.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from channels import inbox
from channels.hub import EVERYTHING, Hub, wait
from channels.router import Router, Work, next_work
from dossiers import choosing, handovers
from dossiers.database import Database
from dossiers.models import Speaker
from knowledge.wording import say

log = structlog.get_logger(__name__)

AT_ONCE = 8
LOOK_EVERY = 1.0
LAPSE_EVERY = dt.timedelta(seconds=20)


class Worker:
    """One background task of the app."""

    def __init__(
        self, database: Database, router: Router, hub: Hub, typing: Callable[[Work], Awaitable[None]] | None = None
    ) -> None:
        self.database, self.router, self.hub, self.typing = database, router, hub, typing
        self._running: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._lapsed_at = router.clock()

    async def run(self) -> None:
        """Runs until cancelled. An error in one conversation never stops the others."""
        async with self.hub.listen(EVERYTHING) as news:
            while True:
                news.clear()
                try:
                    await self._start_waiting()
                    await self._lapse()
                except Exception:
                    log.exception("worker_failed")
                await wait(news, LOOK_EVERY)

    async def _start_waiting(self) -> None:
        def waiting() -> list[str]:
            with self.database.read() as session:
                return list(inbox.waiting_conversations(session, self.router.clock()))

        for conversation_id in await asyncio.to_thread(waiting):
            if conversation_id not in self._running:
                task = asyncio.create_task(self._drain(conversation_id))
                self._running[conversation_id] = task
                task.add_done_callback(functools.partial(self._ended, conversation_id))

    def _ended(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        self._running.pop(conversation_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("conversation_left", conversation=conversation_id, error=type(error).__name__)

    async def _drain(self, conversation_id: str) -> None:
        async with self._places:
            while (claimed := await asyncio.to_thread(self._claim, conversation_id)) is not None:
                work, until = claimed
                try:
                    if self.typing is not None and work.speaker is Speaker.BOT:
                        await self.typing(work)
                    await self.router.process(work)
                except (OperationalError, InterfaceError):  # the database is away: no message is to blame
                    log.warning("database_away", conversation=conversation_id)
                    await asyncio.sleep(LOOK_EVERY)
                except Exception as error:
                    log.exception("message_set_aside", conversation=conversation_id)
                    await asyncio.to_thread(self.router.set_aside, work, type(error).__name__)
                await asyncio.to_thread(self._release, conversation_id, until)
                self.hub.wake(conversation_id)

    def _claim(self, conversation_id: str) -> tuple[Work, dt.datetime] | None:
        """The next message of a conversation that is due, claimed; None when there is none or another has it."""
        now = self.router.clock()
        with self.database.write() as session:
            until = inbox.claim(session, conversation_id, now)
            work = next_work(session, conversation_id) if until is not None else None
            if until is None:
                return None
            if work is None or work.due_at > now:
                inbox.release(session, conversation_id, until)
                return None
            return work, until

    def _release(self, conversation_id: str, until: dt.datetime) -> None:
        with self.database.write() as session:
            inbox.release(session, conversation_id, until)

    async def _lapse(self) -> None:
        now = self.router.clock()
        if now - self._lapsed_at < LAPSE_EVERY:
            return
        self._lapsed_at = now

        def lapse() -> list[str]:
            with self.database.write() as session:
                return [*handovers.lapse(session, say, now), *choosing.close_for_the_day(session, now)]

        for conversation_id in await asyncio.to_thread(lapse):
            self.hub.wake(conversation_id)
