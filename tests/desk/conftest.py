"""The desk beside the web channel, on a real database, in the process or behind a real server."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

import desk
from app.shelf import Shelf
from channels.hub import Hub
from channels.web import api
from channels.web.errors import install as install_errors
from channels.web.limits import RateLimits
from channels.web.service import WebService
from dossiers import accounts, consents, conversations, handovers, record
from dossiers.accounts import passwords
from dossiers.conversations import Said
from dossiers.database import Base, Database, make_engine
from dossiers.models import Address, Agent, Conversation, Kind, Message, OutboxItem, OutboxState, Sender
from knowledge.editing import Editing
from knowledge.library import ROOT, Library, read
from knowledge.wording import say
from tests.desk.editors import write_knowledge

PASSWORD = "correct horse battery"
START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    passwords._nobody.cache_clear()
    yield
    passwords._nobody.cache_clear()


@pytest.fixture(scope="session")
def library() -> Library:
    """What can be read of the knowledge; whether all of it is right is another room's question."""
    return read()[0]


@dataclass
class Still:
    """Stands where the shelf stands, for tests that change no file."""

    library: Library
    root: Path = ROOT
    problems: list[str] = field(default_factory=list)

    def current(self) -> Library:
        return self.library

    refresh = current


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += dt.timedelta(**parts)


@dataclass
class World:
    """Everything a test needs."""

    database: Database
    knowledge: Still | Shelf
    hub: Hub
    clock: Callable[[], dt.datetime]
    model_made_at: dt.datetime | None = None

    def __post_init__(self) -> None:
        self.editing = Editing(self.knowledge.root, repository=False)
        self.app = make_app(self.desk(), self.hub)

    def desk(self, *, secure_cookies: bool = False) -> desk.DeskServices:
        """What the desk works with."""
        return desk.DeskServices(
            self.database,
            self.knowledge,
            self.editing,
            self.hub,
            self.clock,
            secure_cookies,
            lambda: self.model_made_at,
        )

    @property
    def library(self) -> Library:
        return self.knowledge.current()

    def agent(self, login: str = "mia", name: str = "Mia Peeters") -> Agent:
        with self.database.write() as session:
            return accounts.create_agent(session, login=login, name=name, password=PASSWORD, now=self.clock())

    def conversation(self, *texts: str, town: str | None = "gent", queued: bool = True) -> tuple[str, str]:
        """A newcomer who wrote these texts. Returns the conversation's id and token."""
        with self.database.write() as session:
            made, token = conversations.start(session, channel="web", municipality=town, now=self.clock())
            for line in texts or ("My landlord keeps the deposit",):
                conversations.add(session, made, Sender.PERSON, Said(line), self.clock())
            if queued:
                handovers.request(session, made, "asked", self.clock())
            return made.id, token

    def says(
        self, conversation_id: str, line: str, sender: Sender = Sender.PERSON, kind: Kind = Kind.TEXT, **more
    ) -> int:
        with self.database.write() as session:
            conversation = session.get_one(Conversation, conversation_id)
            said = conversations.add(session, conversation, sender, Said(line, **more), self.clock(), kind=kind).id
        self.hub.wake(conversation_id)
        return said

    def on(self, channel: str, *texts: str, heard: dt.timedelta = dt.timedelta(), **address: dt.datetime) -> str:
        """A newcomer on a platform who wrote these texts, the last one so long ago. Returns the conversation's id."""
        with self.database.write() as session:
            made, _ = conversations.start(session, channel=channel, municipality="gent", now=self.clock() - heard)
            session.add(
                Address(
                    conversation_id=made.id,
                    channel=channel,
                    key=f"key-{made.id}",
                    sealed=f"sealed-{made.id}",
                    created_at=self.clock() - heard,
                    heard_at=self.clock() - heard,
                    **address,
                )
            )
            for line in texts or ("My landlord keeps the deposit",):
                conversations.add(session, made, Sender.PERSON, Said(line), self.clock() - heard)
            handovers.request(session, made, "asked", self.clock())
            return made.id

    def address(self, conversation_id: str, /, **changed: dt.datetime | str | None) -> None:
        """Changes what is known of a person's address."""
        with self.database.write() as session:
            for name, value in changed.items():
                setattr(session.query(Address).filter_by(conversation_id=conversation_id).one(), name, value)
        self.hub.wake(conversation_id)

    def delivery(self, message_id: int, state: OutboxState, error: str | None = None, **changed) -> int:
        """Puts the delivery of a message in a state; gives its id."""
        with self.database.write() as session:
            item = session.query(OutboxItem).filter_by(message_id=message_id).one()
            item.state, item.error, item.settled_at = state, error, self.clock()
            for name, value in changed.items():
                setattr(item, name, value)
            found = item.id, item.conversation_id
        self.hub.wake(found[1])
        return found[0]

    def outbox(self, conversation_id: str) -> list[OutboxItem]:
        """The deliveries of a conversation, the oldest first."""
        with self.database.read() as session:
            return session.query(OutboxItem).filter_by(conversation_id=conversation_id).order_by(OutboxItem.id).all()

    def dossier(self, conversation_id: str, **fields: str | None) -> str:
        """A dossier with these answers; None is a skipped question."""
        with self.database.write() as session:
            conversation = session.get_one(Conversation, conversation_id)
            message = session.query(Message).filter_by(conversation_id=conversation_id).first()
            consent = self.library.consents["dossier"]
            consents.give(
                session,
                conversation.person_id,
                purpose="dossier",
                version=consent.version,
                text=consent.text,
                message_id=message.id if message else None,
                now=self.clock(),
            )
            dossier = record.open_dossier(session, conversation.person_id, conversation_id, self.clock())
            for key, value in fields.items():
                record.state(
                    session,
                    dossier,
                    key,
                    value,
                    stated_by=Sender.PERSON,
                    message_id=message.id if message else None,
                    now=self.clock(),
                )
            found = dossier.id
        self.hub.wake(conversation_id)
        return found

    def lapse(self) -> None:
        """What the worker does now and then."""
        with self.database.write() as session:
            lapsed = handovers.lapse(session, say, self.clock())
        for conversation_id in lapsed:
            self.hub.wake(conversation_id)

    def speaker(self, conversation_id: str) -> str:
        with self.database.read() as session:
            return str(session.get_one(Conversation, conversation_id).speaker)

    def texts(self, conversation_id: str, sender: Sender) -> list[str]:
        with self.database.read() as session:
            found = conversations.messages_after(session, conversation_id, 0, 1000)
            return [message.text for message in found if message.sender == sender]

    def browser(self) -> Browser:
        return Browser(self.app)

    def logged_in(self, login: str = "mia") -> Browser:
        found = self.browser()
        assert found.log_in(login).status_code == 303
        return found


class Browser:
    """Loads pages and sends their forms as a browser without scripts does."""

    def __init__(self, app: FastAPI) -> None:
        self.http = TestClient(app, base_url="http://desk.test", follow_redirects=False, client=("192.0.2.1", 40000))
        self.page: Response | None = None

    def get(self, path: str, **more) -> Response:
        self.page = self.http.get(path, **more)
        return self.page

    def csrf(self) -> str:
        """The token of the page that was loaded last."""
        assert self.page is not None
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.page.text)
        assert found, "the page has no form"
        return found[1]

    def post(self, path: str, **fields: str) -> Response:
        return self.http.post(path, data={"csrf_token": self.csrf(), **fields})

    def log_in(self, login: str = "mia", password: str = PASSWORD, next_page: str = "") -> Response:
        self.get("/desk/login", params={"next": next_page})
        answer = self.post("/desk/login", login=login, password=password, next=next_page)
        if answer.status_code == 303:
            self.get("/desk/")
        return answer


def make_app(services: desk.DeskServices, hub: Hub) -> FastAPI:
    """The two rooms as the app wires them."""

    @asynccontextmanager
    async def lifespan(_: FastAPI):
        hub.bind()
        yield

    app = FastAPI(lifespan=lifespan)
    limits = RateLimits(messages=1000, conversations=1000)
    current = services.knowledge.current
    app.state.web = WebService(services.database, current, hub, limits, services.clock)
    app.include_router(api.router)
    install_errors(app)
    desk.install(app, services)
    return app


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(database, library, clock) -> World:
    return World(database, Still(library), Hub(), clock)


@pytest.fixture
def editors(database, clock, tmp_path) -> World:
    """A world whose knowledge may be changed: its files are its own."""
    return World(database, Shelf(write_knowledge(tmp_path / "knowledge")), Hub(), clock)


class Server:
    """The app behind a real server on a free port of this machine."""

    def __init__(self, world: World, port: int = 0) -> None:
        self.world = world
        self.uvicorn = uvicorn.Server(
            uvicorn.Config(world.app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=3)
        )
        self.thread = threading.Thread(target=lambda: asyncio.run(self.uvicorn.serve()), daemon=True)

    @property
    def port(self) -> int:
        return int(self.uvicorn.servers[0].sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.uvicorn.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        self.world.hub.close()
        self.uvicorn.should_exit = True
        self.thread.join(10)


@pytest.fixture
def server(tmp_path, library) -> Iterator[Server]:
    """On SQLite, with the real time."""
    engine = make_engine(f"sqlite:///{tmp_path / 'live.db'}")
    Base.metadata.create_all(engine)

    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    world = World(Database(engine), Still(library), Hub(), now)
    running = Server(world)
    running.start()
    yield running
    running.stop()
    engine.dispose()


@pytest.fixture
def editors_server(tmp_path) -> Iterator[Server]:
    """On SQLite, with the real time and knowledge files of its own."""
    engine = make_engine(f"sqlite:///{tmp_path / 'editors.db'}")
    Base.metadata.create_all(engine)

    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    running = Server(World(Database(engine), Shelf(write_knowledge(tmp_path / "knowledge")), Hub(), now))
    running.start()
    yield running
    running.stop()
    engine.dispose()
