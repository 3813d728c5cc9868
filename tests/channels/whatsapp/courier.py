"""Brings webhooks as Meta does: signed, again and again until they are acknowledged; disturbed, when a test asks."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
from collections import Counter, defaultdict
from collections.abc import Coroutine
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict

AT_ONCE = 8  # webhooks with receipts under way
MOST_RECEIPTS = 50  # in one webhook
RETRY, LONGEST_RETRY = 0.05, 2.0


class WebhookTrouble(BaseModel):
    """How webhooks are disturbed: the share that is brought twice, up to how many seconds late receipts are, whether
    they come in any order, the share that comes with a wrong signature first; ``silent``: no receipts at all."""

    model_config = ConfigDict(extra="forbid")
    doubled: float = 0.0
    late: float = 0.0
    shuffled: bool = False
    forged: float = 0.0
    silent: bool = False


class Courier:
    """Works in the background between `start` and `stop`. ``pending``: what is not acknowledged yet."""

    def __init__(
        self,
        webhook: str,
        app_secret: str,
        phone_number_id: str,
        pace: float,
        seed: int,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.webhook, self.app_secret, self.phone_number_id, self.pace = webhook, app_secret, phone_number_id, pace
        self.trouble = WebhookTrouble()
        self.counts: Counter[str] = Counter()
        self.pending = 0
        self._random = random.Random(seed)
        self._receipts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._in_order: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._http = http or httpx.AsyncClient(timeout=30.0, limits=httpx.Limits(max_connections=64))
        self._own = http is None

    def start(self) -> None:
        for _ in range(AT_ONCE):
            self._start(self._bring_receipts())

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._own:
            await self._http.aclose()

    def message(self, address: str, message: dict[str, Any]) -> None:
        """Brings what a person sent; what one person sends comes in its order."""
        known = {"wa_id": address} if address.isdigit() else {"user_id": address}
        told: dict[str, Any] = {"messages": [message]}
        if message["type"] != "system":
            told["contacts"] = [{"profile": {"name": "Sam Öz"}, **known}]
        self.pending += 1
        self._start(self._bring_message(address, told))

    def receipts(self, receipt: dict[str, Any], states: list[str]) -> None:
        """Brings one receipt after the other, each with one of the states."""
        if self.trouble.silent:
            return
        if self.trouble.shuffled:
            self._random.shuffle(states)
        for place, state in enumerate(states, 1):
            late = self._random.random() * self.trouble.late
            self.pending += 1
            loop = asyncio.get_running_loop()
            loop.call_later(self.pace * place + late, self._receipts.put_nowait, receipt | {"status": state})

    async def ask(self, verify_token: str) -> bool:
        """Whether the webhook knows the token, as Meta asks when its address is entered."""
        query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": verify_token}
        answer = await self._http.get(self.webhook, params=query)
        return answer.status_code == 200 and answer.text == "1158201444"

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _bring_message(self, address: str, told: dict[str, Any]) -> None:
        async with self._in_order[address]:
            await self._bring(told)
        self.pending -= 1

    async def _bring_receipts(self) -> None:
        while True:
            batch = [await self._receipts.get()]
            while len(batch) < MOST_RECEIPTS and not self._receipts.empty():
                batch.append(self._receipts.get_nowait())
            await self._bring({"statuses": batch})
            self.pending -= len(batch)

    async def _bring(self, told: dict[str, Any]) -> None:
        body, wait = self._body(told), RETRY
        if self._random.random() < self.trouble.forged:
            self.counts["forged"] += 1
            self.counts["forged_accepted"] += await self._post(body, "another secret") == 200
        while await self._post(body, self.app_secret) != 200:
            self.counts["repeated"] += 1
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_RETRY)
        if self._random.random() < self.trouble.doubled:
            self.counts["doubled_webhooks"] += 1
            await self._post(body, self.app_secret)

    def _body(self, told: dict[str, Any]) -> bytes:
        number = {"display_phone_number": "15550783881", "phone_number_id": self.phone_number_id}
        value = {"messaging_product": "whatsapp", "metadata": number} | told
        change = {"value": value, "field": "messages"}
        payload = {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}
        return json.dumps(payload).replace("/", "\\/").encode()  # escaped as Meta does

    async def _post(self, body: bytes, secret: str) -> int:
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
        try:
            answer = await self._http.post(self.webhook, content=body, headers=headers)
        except httpx.HTTPError:
            return 0
        return answer.status_code
