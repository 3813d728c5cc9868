"""Brings updates to the webhook: in order within a queue, several queues at once, until an answer of 2xx."""

from __future__ import annotations

import asyncio
import contextlib
import json

import httpx

from tests.platforms.telegram.state import Account, Update, Webhook
from tests.platforms.telegram.troubles import WEBHOOK, Fault, Troubles

LONGEST_RETRY = 60.0
ANSWER_SECONDS = 60.0
AT_ONCE = 40


class Courier:
    """Delivers while there is a webhook. ``first_retry``: seconds before the second try, doubled with each."""

    def __init__(self, account: Account, troubles: Troubles, first_retry: float) -> None:
        self.account, self.troubles, self.first_retry = account, troubles, first_retry
        timeout = httpx.Timeout(ANSWER_SECONDS, pool=None)
        self._http = httpx.AsyncClient(timeout=timeout, limits=httpx.Limits(max_connections=AT_ONCE), verify=False)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def notify(self) -> None:
        """There may be something to deliver, or another address to deliver it to."""
        if self.account.webhook is None:
            for task in self._tasks.values():
                task.cancel()
            self._tasks.clear()
            return
        for queue in list(self.account.queues):
            self._start(queue)

    def told(self, queue: str) -> None:
        """There is something new in a queue."""
        if self.account.webhook is not None:
            self._start(queue)

    async def close(self) -> None:
        """Stops delivering."""
        for task in self._tasks.values():
            task.cancel()
        await self._http.aclose()

    def _start(self, queue: str) -> None:
        running = self._tasks.get(queue)
        if (running is None or running.done()) and self.account.first_of(queue) is not None:
            self._tasks[queue] = asyncio.create_task(self._work(queue))

    async def _work(self, queue: str) -> None:
        wait = self.first_retry
        while (update := self.account.first_of(queue)) is not None:
            webhook = self.account.webhook
            if webhook is None:
                return
            asked = await self._deliver(webhook, update)
            if asked is None:
                self.account.drop(update.id)
                wait = self.first_retry
                continue
            await asyncio.sleep(asked or wait)
            wait = wait if asked else min(wait * 2, LONGEST_RETRY)

    async def _deliver(self, webhook: Webhook, update: Update) -> float | None:
        """None: it was taken; else the seconds that the answer asks to wait, 0 when it asks nothing."""
        chat = update.queue.partition(":")[0]
        fault = self.troubles.met(WEBHOOK, int(chat) if chat.lstrip("-").isdigit() else None)
        if fault is not None and fault.do == "delay":
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.do == "twice_at_once":
            answers = await asyncio.gather(self._post(webhook, update), self._post(webhook, update))
            return answers[0]
        if fault is not None and fault.do == "double":
            await self._post(webhook, update)
        return await self._post(webhook, update, fault)

    async def _post(self, webhook: Webhook, update: Update, fault: Fault | None = None) -> float | None:
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        try:
            answer = await self._http.post(webhook.url, content=json.dumps(update.body), headers=headers)
        except httpx.HTTPError as error:
            return self._failed(webhook, f"{type(error).__name__}")
        if fault is not None and fault.do == "error":
            return self._failed(webhook, "the answer was lost")
        if answer.is_success:
            self.account.deliveries["ok"] += 1
            return None
        self._failed(webhook, f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}")
        with contextlib.suppress(ValueError):
            return max(0.0, float(answer.headers.get("Retry-After", 0)))
        return 0.0

    def _failed(self, webhook: Webhook, why: str) -> float:
        self.account.deliveries["failed"] += 1
        webhook.last_error = why
        return 0.0
