"""Works through the inbox: in order within a conversation, several conversations at once, again after a crash."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools

import structlog

from channels import inbox
from channels.hub import EVERYTHING, Hub, wait
from channels.router import Router, Work, next_work
from dossiers import handovers
from dossiers.database import Database
from knowledge.wording import say

log = structlog.get_logger(__name__)

AT_ONCE = 8
LOOK_EVERY = 1.0
LAPSE_EVERY = dt.timedelta(seconds=20)


class Worker:
    """One background task of the app."""

    def __init__(self, database: Database, router: Router, hub: Hub) -> None:
        self.database, self.router, self.hub = database, router, hub
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
                return list(inbox.waiting_conversations(session))

        for conversation_id in await asyncio.to_thread(waiting):
            if conversation_id not in self._running:
                task = asyncio.create_task(self._drain(conversation_id))
                self._running[conversation_id] = task
                task.add_done_callback(functools.partial(self._ended, conversation_id))

    def _ended(self, conversation_id: str, _: asyncio.Task[None]) -> None:
        self._running.pop(conversation_id, None)

    async def _drain(self, conversation_id: str) -> None:
        async with self._places:
            while True:
                work = await asyncio.to_thread(self._next, conversation_id)
                if work is None or work.due_at > self.router.clock():
                    return
                try:
                    await self.router.process(work)
                except Exception as error:
                    log.exception("message_set_aside", conversation=conversation_id)
                    await asyncio.to_thread(self.router.set_aside, work, type(error).__name__)
                self.hub.wake(conversation_id)

    def _next(self, conversation_id: str) -> Work | None:
        with self.database.read() as session:
            return next_work(session, conversation_id)

    async def _lapse(self) -> None:
        now = self.router.clock()
        if now - self._lapsed_at < LAPSE_EVERY:
            return
        self._lapsed_at = now

        def lapse() -> list[str]:
            with self.database.write() as session:
                return handovers.lapse(session, say, now)

        for conversation_id in await asyncio.to_thread(lapse):
            self.hub.wake(conversation_id)
