"""The WhatsApp channel on a real database, between a stand-in of Meta's API and a bot whose answers a test chooses."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from channels.arrivals import Arrivals
from channels.dispatcher import Dispatcher
from channels.hub import Hub
from channels.platform import Delivery, Platform
from channels.resume.codes import Codes
from channels.router import Router
from channels.whatsapp.brake import Brake
from channels.whatsapp.platform import WhatsAppPlatform
from channels.whatsapp.service import WhatsAppService
from channels.whatsapp.webhook import create_router, signature
from channels.worker import Worker
from dossiers.database import Database
from dossiers.models import Conversation, OutboxItem
from dossiers.sealing import Sealer
from tests.channels.conftest import ChosenBot
from tests.conftest import MOMENT
from tests.platforms.whatsapp import Graph, Seen, Trouble, serving

SAM = "32470123456"
TOKEN, APP_SECRET, VERIFY_TOKEN, NUMBER = "token", "app secret", "verify me", "106540352242922"
LOOK_AFTER = 20.0


def delivery(key: str = "1.0", address: str = SAM) -> Delivery:
    return Delivery(address, key, MOMENT)


@dataclass
class World:
    """Everything that a test of this channel touches. The clock of the app stands still until the test moves it."""

    database: Database
    time: list[dt.datetime] = field(default_factory=lambda: [MOMENT])
    bot: ChosenBot = field(default_factory=ChosenBot)

    def __post_init__(self) -> None:
        self.sealer, self.hub, self.app = Sealer(["a secret of the tests, long enough"]), Hub(), FastAPI()
        codes = Codes(self.sealer, self.clock)
        self.arrivals = Arrivals(self.database, self.sealer, codes, self.clock)
        self.service = WhatsAppService(self.arrivals, self.hub, NUMBER, APP_SECRET, VERIFY_TOKEN)
        self.app.include_router(create_router(self.service))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://app")
        self.graph = Graph(webhook="http://app/whatsapp/webhook", http=self.http, token=TOKEN, app_secret=APP_SECRET)
        self.worker = Worker(self.database, Router(self.database, self.bot, self.clock), self.hub)

    def clock(self) -> dt.datetime:
        return self.time[0]

    def passes(self, **span: float) -> None:
        """Time passes for the app."""
        self.time[0] += dt.timedelta(**span)

    def platform(self, api: str) -> WhatsAppPlatform:
        return WhatsAppPlatform(
            token=TOKEN, phone_number_id=NUMBER, api=api, look_after=LOOK_AFTER, brake=Brake(lambda: 0.0)
        )

    def dispatcher(self, platform: Platform) -> Dispatcher:
        return Dispatcher(self.database, [platform], self.sealer, self.hub, self.clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """The stand-in and the app at work; gives the stand-in's address."""
        async with serving(self.graph) as api, self.at_work(self.platform(api)):
            yield api

    @asynccontextmanager
    async def at_work(self, platform: Platform) -> AsyncIterator[None]:
        """One life of the app: a worker and a dispatcher."""
        self.hub.bind()
        tasks = [asyncio.create_task(each) for each in (self.worker.run(), self.dispatcher(platform).run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def post(self, payload: Any, secret: str = APP_SECRET, *, plain: bool = False) -> httpx.Response:
        """Brings a payload as Meta does; ``plain``: without escapes for letters that are not ASCII."""
        return await self.bring(json.dumps(payload, ensure_ascii=not plain).encode(), secret)

    async def bring(self, body: bytes, secret: str = APP_SECRET) -> httpx.Response:
        headers = {"X-Hub-Signature-256": signature(secret, body), "Content-Type": "application/json"}
        return await self.http.post("/whatsapp/webhook", content=body, headers=headers)

    def seen(self, address: str = SAM) -> list[Seen]:
        """What we sent, as the person sees it, in order."""
        return [seen for seen in self.graph.people[address].seen if seen.by == "us"]

    def texts(self, address: str = SAM) -> list[str]:
        return [seen.text for seen in self.seen(address)]

    def outbox(self) -> list[OutboxItem]:
        with self.database.read() as session:
            return list(session.scalars(select(OutboxItem).order_by(OutboxItem.id)))

    def conversations(self) -> list[Conversation]:
        with self.database.read() as session:
            return list(session.scalars(select(Conversation).order_by(Conversation.created_at)))

    async def until(self, true: Callable[[], bool], seconds: float = 10.0) -> None:
        """Waits for something to become true."""
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.01)
                self.hub.wake("*")

    def trouble(self, **given: Any) -> None:
        self.graph.trouble = Trouble.model_validate(given)
        self.graph.courier.trouble = self.graph.trouble.webhooks


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """The channel, not yet running."""
    made = World(database)
    yield made
    await made.http.aclose()
