"""The Telegram channel on a real database, between a Bot API on this machine and a bot whose answers a test chooses."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
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
from channels.platform import Delivery, Part
from channels.resume.codes import Codes
from channels.router import Router
from channels.telegram.numbers import Numbers
from channels.telegram.platform import TelegramPlatform
from channels.telegram.service import TelegramService
from channels.telegram.webhook import create_router
from channels.worker import Worker
from dossiers.database import Database
from dossiers.models import Address, Conversation, Message, OutboxItem, Sender
from dossiers.sealing import Sealer
from tests.channels.conftest import ChosenBot
from tests.conftest import MOMENT
from tests.platforms.telegram import create_app, serving

TOKEN, SECRET = "7000000001:test-token_of-the-emulator", "hook_secret-1"
CHAT = 5550001


def delivery(chat: int = CHAT, key: str = "1.0", before: tuple[int, int] = (0, 0)) -> Delivery:
    return Delivery(str(chat), key, MOMENT, before)


def part(text: str = "hello", **body: Any) -> Part:
    return Part("sendMessage", {"text": text, **body})


def marked(text: str, **body: Any) -> Part:
    return part(text, parse_mode="MarkdownV2", **body)


def keyboard(**button: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "This one", **button}]]}


class People:
    """The people's side of the emulator."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url, self.http = url, http

    async def does(self, what: str, **given: Any) -> dict[str, Any]:
        given.setdefault("chat", CHAT)
        answer = await self.http.post(f"{self.url}/_control/{what}", json=given)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def says(self, text: str, chat: int = CHAT) -> int:
        """Writes to the bot; gives the message's id."""
        return int((await self.does("say", text=text, chat=chat))["message_id"])

    async def trouble(self, do: str, **given: Any) -> None:
        answer = await self.http.post(f"{self.url}/_control/trouble", json={"do": do, **given})
        assert answer.status_code == 200, answer.text

    async def no_trouble(self) -> None:
        await self.http.post(f"{self.url}/_control/trouble", json={"clear": True})

    async def sees(self, chat: int = CHAT) -> list[dict[str, Any]]:
        """Everything in a chat, in order."""
        answer = await self.http.get(f"{self.url}/_control/log", params={"chat": chat})
        return list(answer.json()["chats"][str(chat)])

    async def reads(self, chat: int = CHAT) -> list[str]:
        """What the bot wrote in a chat."""
        return [line["text"] for line in await self.sees(chat) if line["by"] == "bot"]

    async def state(self) -> dict[str, Any]:
        return dict((await self.http.get(f"{self.url}/_control/state")).json())

    async def call(self, method: str, **given: Any) -> httpx.Response:
        """A call of the Bot API, as anybody may make it."""
        return await self.http.post(f"{self.url}/bot{TOKEN}/{method}", json=given)


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 15.0) -> None:
    """Waits for something to become true."""
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110  (asks as a person looks)
            await asyncio.sleep(0.02)


@pytest.fixture
async def people() -> AsyncIterator[People]:
    """A Bot API with Amina, who opened the bot; its webhooks are tried again at once."""
    async with serving(create_app(first_retry=0.05)) as url, httpx.AsyncClient(timeout=30, verify=False) as http:
        yield People(url, http)


@dataclass
class World:
    """Everything that a test of this channel touches. The clock of the app goes on only when the test moves it."""

    database: Database
    people: People
    time: list[dt.datetime] = field(default_factory=lambda: [MOMENT])
    bot: ChosenBot = field(default_factory=ChosenBot)

    def __post_init__(self) -> None:
        self.sealer, self.hub = Sealer(["a secret of the tests, long enough"]), Hub()
        codes = Codes(self.sealer, self.clock)
        self.arrivals = Arrivals(self.database, self.sealer, codes, self.clock)
        router = Router(self.database, self.bot, self.clock)
        self.worker = Worker(self.database, router, self.hub)
        self.platform = self.new_platform()
        self.service = TelegramService(self.arrivals, self.platform, self.hub, SECRET)
        self.app = FastAPI()
        self.app.include_router(create_router(self.service))

    def clock(self) -> dt.datetime:
        return self.time[0]

    def passes(self, **span: float) -> None:
        """Time passes for the app."""
        self.time[0] += dt.timedelta(**span)

    def new_platform(self) -> TelegramPlatform:
        """As a process that was just started has it."""
        return TelegramPlatform(TOKEN, Numbers(self.database), api_url=self.people.url)

    def dispatcher(self, platform: TelegramPlatform | None = None) -> Dispatcher:
        return Dispatcher(self.database, [platform or self.platform], self.sealer, self.hub, self.clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """The app at work, with its webhook set; gives its address."""
        self.hub.bind()
        async with serving(self.app) as url:
            await self.platform.set_webhook(f"{url}/telegram/webhook", SECRET)
            tasks = [asyncio.create_task(work) for work in (self.worker.run(), self.dispatcher().run())]
            yield url
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def outbox(self) -> list[OutboxItem]:
        with self.database.read() as session:
            return list(session.scalars(select(OutboxItem).order_by(OutboxItem.id)))

    def messages(self) -> list[Message]:
        with self.database.read() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def said(self) -> list[str]:
        """What people wrote, as it was kept."""
        return [message.text for message in self.messages() if message.sender == Sender.PERSON]

    def conversations(self) -> list[Conversation]:
        with self.database.read() as session:
            return list(session.scalars(select(Conversation)))

    def addresses(self) -> list[Address]:
        with self.database.read() as session:
            return list(session.scalars(select(Address)))


@pytest.fixture
async def world(database: Database, people: People) -> AsyncIterator[World]:
    """The channel, not yet running."""
    made = World(database, people)
    yield made
    await made.platform.close()
