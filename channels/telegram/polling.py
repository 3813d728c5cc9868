"""Asks Telegram for updates, where nobody can reach us from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from telegram.error import Conflict, RetryAfter, TelegramError

from channels.telegram import failures
from channels.telegram.parsing import id_of
from channels.telegram.reading import Read
from channels.telegram.service import NotStored, TelegramService

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how long Telegram holds a question open, the first and the longest wait after an error, and the wait
    when another process asks for the same bot."""

    hold: int = 25
    first_wait: float = 1.0
    longest_wait: float = 60.0
    conflict: float = 15.0

    def wait(self, failures_so_far: int) -> float:
        """The wait after so many failures in a row."""
        return min(self.longest_wait, self.first_wait * float(2 ** min(failures_so_far, 16)))


class Polling:
    """One background task of the app; one process only may run it for a bot."""

    def __init__(self, service: TelegramService, pace: Pace | None = None) -> None:
        self.service, self.pace = service, pace or Pace()
        self._offset = 0
        self._beside: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Runs until cancelled. An update is forgotten by Telegram only when the next are asked for: after it was
        stored. One that cannot be stored holds up those behind it."""
        try:
            await until_done(self.service.platform.remove_webhook, "telegram_webhook_not_removed", self.pace)
            self._start(until_done(self.service.platform.set_commands, "telegram_commands_not_set", self.pace))
            failed = 0
            while True:
                try:
                    for payload in await self.service.platform.updates(self._offset, self.pace.hold):
                        await self._take(payload)
                    failed = 0
                except TelegramError as error:
                    failed += 1
                    await self._after(error, failed)
        finally:
            for task in self._beside:
                task.cancel()

    async def _take(self, payload: Any) -> None:
        found = await self._stored(payload)
        update_id = id_of(payload)
        if update_id is not None:
            self._offset = update_id + 1
        self._start(self.service.follow_up(found))

    async def _stored(self, payload: Any) -> Read:
        failed = 0
        while True:
            try:
                return await self.service.take(payload)
            except NotStored:
                await asyncio.sleep(self.pace.wait(failed))
                failed += 1

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _after(self, error: TelegramError, failed: int) -> None:
        if isinstance(error, Conflict):
            log.warning("telegram_asked_by_another", hint="two processes poll for one bot, or a webhook is set")
            await asyncio.sleep(self.pace.conflict)
            if "webhook" in error.message.casefold():
                await until_done(self.service.platform.remove_webhook, "telegram_webhook_not_removed", self.pace)
            return
        log.warning("telegram_not_reached", error=type(error).__name__, failed=failed)
        asked = failures.seconds(error) if isinstance(error, RetryAfter) else 0.0
        await asyncio.sleep(max(asked, self.pace.wait(failed - 1)))


async def register(service: TelegramService, url: str, pace: Pace | None = None) -> None:
    """Has updates brought to ``url`` and puts the commands into the menu; tries until both are done."""

    async def set_webhook() -> None:
        await service.platform.set_webhook(url, service.secret)

    await until_done(set_webhook, "telegram_webhook_not_set", pace or Pace())
    await until_done(service.platform.set_commands, "telegram_commands_not_set", pace or Pace())


async def until_done(call: Callable[[], Awaitable[None]], event: str, pace: Pace) -> None:
    """Makes a call of the Bot API until it succeeds."""
    failed = 0
    while True:
        try:
            return await call()
        except TelegramError as error:
            log.warning(event, error=type(error).__name__, reason=error.message)
            asked = failures.seconds(error) if isinstance(error, RetryAfter) else 0.0
            await asyncio.sleep(max(asked, pace.wait(failed)))
            failed += 1
