"""The pages of plans on a real database, with a clock that the test moves."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from channels.ticket import app as ticket
from channels.ticket.links import PlanLinks
from channels.ticket.service import TicketService, Visits
from dossiers import conversations, plans
from dossiers.database import Base, Database, make_engine
from dossiers.plans import KeptPlan
from knowledge.library import Library
from knowledge.profile import Profile
from tests.conftest import MOMENT

BASE = "https://plans.test"
SECRET = "a secret of the tests, long enough"


@dataclass
class World:
    """Everything a test of these pages touches."""

    database: Database
    library: Library
    base: str = BASE
    a_minute: int = 1000
    now: dt.datetime = MOMENT
    people: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.links = PlanLinks(SECRET, self.base, 180, self.clock)
        self.app = FastAPI()
        visits = Visits(self.a_minute)
        ticket.install(self.app, TicketService(self.database, lambda: self.library, self.links, visits, self.clock))
        self.http = TestClient(self.app, base_url=BASE, follow_redirects=False, client=("192.0.2.1", 40000))

    def clock(self) -> dt.datetime:
        return self.now

    def keep(self, profile: Profile, name: str = "somebody") -> KeptPlan:
        """A person's plan; the same name is the same person."""
        with self.database.write() as session:
            if name not in self.people:
                made, _ = conversations.start(session, channel="web", municipality=None, now=self.now)
                self.people[name] = made.person_id
            return plans.keep(session, self.people[name], profile, self.now)

    def path(self, profile: Profile, name: str = "somebody") -> str:
        """The path of a new link to a person's plan."""
        return self.path_of(self.keep(profile, name))

    def path_of(self, kept: KeptPlan) -> str:
        return self.links.address(kept.link_id).removeprefix(self.base)

    def get(self, path: str, **more) -> httpx2.Response:
        return self.http.get(path, **more)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def world(database: Database, library: Library) -> World:
    return World(database, library)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, library: Library) -> Iterator[World]:
    """Behind a real server, for browsers."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'live.db'}")
    Base.metadata.create_all(engine)
    made = World(Database(engine), library)
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
