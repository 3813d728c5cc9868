"""The web channel on a real database, with a bot whose answers the test chooses."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from channels.arrivals import Arrival, Arrivals, Stored
from channels.bot_client import BotSilent, BotUnavailable
from channels.hub import Hub
from channels.incoming import Incoming
from channels.resume import api as resume
from channels.resume.codes import Codes
from channels.router import Router
from channels.web import api, errors, own_data
from channels.web.limits import RateLimits
from channels.web.service import WebService
from channels.worker import Worker
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.database import Base, Database
from dossiers.models import Conversation, Message, OutboxItem, Sender
from dossiers.sealing import Sealer
from knowledge.library import Library, load
from tests.conftest import MOMENT

SECRET = "a secret of the tests, long enough"


@dataclass
class ChosenBot:
    """Stands where Rasa stands. Echoes, fails or stays silent, and remembers what it was asked."""

    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    failures: int = 0
    silent: bool = False
    options: list[dict[str, str]] = field(default_factory=list)
    before_answer: Callable[[str], None] = lambda _: None

    async def turn(self, conversation_id: str, message_id: int, text: str, payload: str | None) -> list[Said]:
        self.asked.append((conversation_id, text, payload))
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise BotUnavailable("ConnectError")
        if self.silent:
            raise BotSilent
        self.before_answer(conversation_id)
        return [Said(f"about {text}", outcome="answered", article="deposit-return", options=self.options)]


@dataclass
class Chat:
    """Somebody on a chat platform. Every message gets the platform's next id unless it is given."""

    arrivals: Arrivals
    channel: str = "telegram"
    address: str = "4711"
    count: int = 0

    def says(self, text: str = "", *, id: str | None = None, code: str | None = None, **more: Any) -> Stored:  # noqa: A002
        """Brings a message in as a platform does; `more` as in `Incoming`."""
        self.count += 1
        incoming = Incoming(id or f"{self.address}:{self.count}", text, **more)
        return self.arrivals.take(Arrival(self.channel, self.address, incoming, code))


@dataclass
class Service:
    """Everything a test of the channels' core and of the web channel touches."""

    app: FastAPI
    database: Database
    hub: Hub
    bot: ChosenBot
    worker: Worker
    time: list[dt.datetime]
    sealer: Sealer = field(default_factory=lambda: Sealer([SECRET]))
    codes: Codes = field(init=False)
    arrivals: Arrivals = field(init=False)

    def __post_init__(self) -> None:
        self.codes = self.worker.router.codes = Codes(self.sealer, self.clock)
        self.arrivals = Arrivals(self.database, self.sealer, self.codes, self.clock)
        self.app.include_router(resume.create_router(self.codes))

    @property
    def web(self) -> WebService:
        """What the web channel works with."""
        found: WebService = self.app.state.web
        return found

    def clock(self) -> dt.datetime:
        return self.time[0]

    def chat(self, channel: str = "telegram", address: str = "4711") -> Chat:
        """Somebody on a chat platform."""
        return Chat(self.arrivals, channel, address)

    def website(self, text: str = "asked on the website") -> str:
        """A conversation that began on the website."""
        with self.database.write() as session:
            made, _ = conversations.start(session, channel="web", municipality="gent", now=self.clock())
            conversations.add(session, made, Sender.PERSON, Said(text), self.clock())
            return made.id

    def code_for(self, conversation_id: str) -> str:
        """A code to go on with a conversation."""
        with self.database.write() as session:
            return self.codes.make(session, conversation_id, self.clock())[0]

    def bot_says(self, conversation_id: str, text: str = "an answer", **more: Any) -> int:
        """A message of the bot; `more` as in `Said`. Returns its delivery."""
        with self.database.write() as session:
            conversation = session.get_one(Conversation, conversation_id)
            message = conversations.add(session, conversation, Sender.BOT, Said(text, **more), self.clock())
            return session.query(OutboxItem).filter_by(message_id=message.id).one().id

    def told(self, conversation_id: str) -> list[tuple[str, str]]:
        """Every message of a conversation, with who wrote it."""
        with self.database.read() as session:
            return [(m.sender, m.text) for m in conversations.messages_after(session, conversation_id, 0)]

    def deliveries(self, conversation_id: str) -> list[tuple[str, str, str | None]]:
        """Every delivery of a conversation: its text, how far it came and why it failed."""
        with self.database.read() as session:
            found = session.query(Message.text, OutboxItem.state, OutboxItem.error).join(OutboxItem)
            found = found.filter(OutboxItem.conversation_id == conversation_id).order_by(OutboxItem.id)
            return [(text, state, error) for text, state, error in found]

    def count(self, *tables: type[Base]) -> list[int]:
        """How many rows these tables have."""
        with self.database.read() as session:
            return [session.query(table).count() for table in tables]

    def wire(self, **changes: Any) -> None:
        """Works on with other parts of the web channel: `limits`, `sites`, `telegram_link` …"""
        self.app.state.web = replace(self.web, **changes)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[httpx.AsyncClient]:
        """The app with its worker, and a client of it."""
        self.hub.bind()
        task = asyncio.create_task(self.worker.run())
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client
        self.hub.close()
        task.cancel()


def at_once[T](*calls: Callable[[], T]) -> list[T]:
    """What calls give that are made in the same moment."""
    together = threading.Barrier(len(calls))

    def one(call: Callable[[], T]) -> T:
        together.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result() for future in [threads.submit(one, call) for call in calls]]


@pytest.fixture(scope="session")
def library() -> Library:
    """The real knowledge, read once."""
    return load()


@pytest.fixture
def service(database: Database, library: Library) -> Service:
    """A web channel whose clock stands still until a test moves it."""
    time = [MOMENT]

    def clock() -> dt.datetime:
        return time[0]

    hub, bot, app = Hub(), ChosenBot(), FastAPI()
    errors.install(app)
    limits = RateLimits(messages=20, conversations=5)
    app.state.web = WebService(database, lambda: library, hub, limits, clock)
    app.include_router(api.router)
    app.include_router(own_data.router)
    return Service(app, database, hub, bot, Worker(database, Router(database, bot, clock), hub), time)
