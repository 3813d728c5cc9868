"""The page of one's data on a real database, with a clock that the test moves."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.testclient import TestClient

from channels.mydata import app as mydata
from channels.mydata.links import DataLinks
from channels.mydata.service import MyDataService, Visits
from channels.ticket import pages as ticket_pages
from dossiers import agreements, conversations, plans, record
from dossiers.conversations import Said
from dossiers.database import Base, Database, make_engine
from dossiers.models import Conversation, Receipt, Sender, Where
from dossiers.sealing import Sealer
from knowledge.library import Library
from knowledge.profile import Profile
from tests.conftest import MOMENT

BASE = "https://data.test"
SECRET = "a secret of the tests, long enough"


@dataclass
class World:
    """Everything a test of this page touches."""

    database: Database
    library: Library
    base: str = BASE
    a_minute: int = 1000
    now: dt.datetime = MOMENT
    woken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.links = DataLinks(SECRET, self.base, 4, self.clock)
        self.sealer = Sealer([SECRET])
        self.app = FastAPI()
        service = MyDataService(
            self.database,
            lambda: self.library,
            self.links,
            Visits(self.a_minute),
            self.sealer,
            self.clock,
            self.woken.append,
        )
        mydata.install(self.app, service)
        self.http = TestClient(self.app, base_url=BASE, follow_redirects=False, client=("192.0.2.1", 40000))

    def clock(self) -> dt.datetime:
        return self.now

    def person(self, *, dossier: bool = True, said: str = "hello", **answers: str | None) -> str:
        """A conversation of somebody new, with a dossier that has these answers."""
        with self.database.write() as session:
            made, _ = conversations.start(session, channel="web", municipality="gent", now=self.now)
            message = conversations.add(session, made, Sender.PERSON, Said(said), self.now)
            if dossier:
                agreements.give(
                    session,
                    made.person_id,
                    self.library,
                    "dossier",
                    where=Where.CHAT,
                    message_id=message.id,
                    now=self.now,
                )
                opened = record.open_dossier(session, made.person_id, made.id, self.now)
                for key, value in answers.items():
                    record.state(
                        session,
                        opened,
                        key,
                        value,
                        stated_by=Sender.PERSON,
                        message_id=message.id,
                        now=self.now,
                    )
            return made.id

    def person_id(self, conversation_id: str) -> str:
        with self.database.read() as session:
            return session.get_one(Conversation, conversation_id).person_id

    def plan(self, conversation_id: str, profile: Profile) -> None:
        with self.database.write() as session:
            plans.keep(session, session.get_one(Conversation, conversation_id).person_id, profile, self.now)

    def give(self, conversation_id: str, *keys: str) -> None:
        with self.database.write() as session:
            person = session.get_one(Conversation, conversation_id).person_id
            for key in keys:
                agreements.give(session, person, self.library, key, where=Where.CHAT, now=self.now)

    def fields(self, conversation_id: str) -> dict[str, str | None]:
        with self.database.read() as session:
            dossier = record.dossier_of(session, session.get_one(Conversation, conversation_id).person_id)
            assert dossier is not None
            return {key: row.value for key, row in record.current_fields(session, dossier).items()}

    def receipts(self) -> list[Receipt]:
        """Those that were written, the oldest first, without those of looking."""
        with self.database.read() as session:
            found = session.query(Receipt).order_by(Receipt.at, Receipt.number).all()
        return [one for one in found if one.kind != "view"]

    def path(self, conversation_id: str) -> str:
        """The path of a new link."""
        return self.links.address(conversation_id).removeprefix(self.base)

    def get(self, path: str, **more: Any) -> Any:
        return self.http.get(path, **more)

    def text(self, path: str) -> str:
        """What a page says, without its marks."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return words(answer)

    def send(self, path: str, to: str, form_token: str | None = None, **values: str) -> Any:
        """Sends a form of the page under a path."""
        token = self.links.form_token(path.rpartition("/")[2]) if form_token is None else form_token
        return self.http.post(f"{path}/{to}", data={"form_token": token, **values})

    def follow(self, answer: Any) -> str:
        """What the page says to which a form led."""
        assert answer.status_code == 303, answer.text
        return self.text(answer.headers["Location"])


def words(answer: Any) -> str:
    """The words of a page in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture
def world(database: Database, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("DOCUMENTS_DIR", str(tmp_path / "documents"))
    monkeypatch.delenv("VIRUS_SCAN", raising=False)
    return World(database, library)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[World]:
    """Behind a real server, for browsers."""
    folder = tmp_path_factory.mktemp("mydata")
    patch = pytest.MonkeyPatch()
    patch.setenv("DOCUMENTS_DIR", str(folder / "documents"))
    patch.delenv("VIRUS_SCAN", raising=False)
    engine = make_engine(f"sqlite:///{folder / 'live.db'}")
    Base.metadata.create_all(engine)
    made = World(Database(engine), library)
    made.app.mount("/plan/static", StaticFiles(directory=ticket_pages.STATIC))  # its look is part of these pages
    config = uvicorn.Config(made.app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    made.base = made.links.base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield made
    server.should_exit = True
    thread.join(10)
    engine.dispose()
    patch.undo()
