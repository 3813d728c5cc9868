"""The whole assistant as `make run` starts it: trained bot, app and desk, on free ports and fresh databases."""

from __future__ import annotations

import asyncio
import json
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks import model, settings, start
from tasks.paths import APP_PYTHON, ROOT
from tasks.supervisor import Supervisor
from tasks.talk import beside


@dataclass
class Stack:
    """A running assistant."""

    url: str
    values: dict[str, str]
    login: str
    password: str
    services: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One assistant for all tests that need one; they never share a conversation."""
    if not model.MODEL.exists():
        pytest.fail("There is no trained model: `make test` trains it, or run `make train`.", pytrace=False)
    folder = tmp_path_factory.mktemp("whole")
    values = beside(settings.load())
    values |= {
        "DATABASE_URL": f"sqlite:///{folder}/app.db",
        "TRACKER_DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "DOCUMENTS_DIR": str(folder / "documents"),
        "ERASED_JOURNAL": str(folder / "erased.journal"),
        "MESSAGES_PER_MINUTE": "10000",
        "CONVERSATIONS_PER_MINUTE": "10000",
    }
    migrate = [str(APP_PYTHON), "-m", "alembic", "upgrade", "head"]
    subprocess.run(migrate, cwd=ROOT, env=values, check=True, capture_output=True)
    services = [start.bot(values, show=False, folder=folder), start.app(values, show=False, folder=folder)]
    supervisor = Supervisor(services)
    try:
        supervisor.start()
        supervisor.wait_until(lambda: start.missing(values), start.PATIENCE)
        login, password = start.seed_demo(values).splitlines()[0].removeprefix("desk login: ").split(" / ")
        url = settings.address(values["APP_HOST"], values["APP_PORT"])
        yield Stack(url, values, login.strip(), password.strip(), dict(zip(("bot", "app"), services, strict=True)))
    finally:
        supervisor.stop()


class Newcomer:
    """Somebody with a widget, over the public API."""

    def __init__(self, url: str, municipality: str | None = None) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)
        started = self.http.post("/api/conversations", json={"municipality": municipality}).raise_for_status().json()
        self.id = started["id"]
        self.headers = {"Authorization": f"Bearer {started['token']}"}
        self.seen = 0
        self.last: list[dict[str, Any]] = []

    def says(self, text: str) -> list[dict[str, Any]]:
        """Writes, and gives what is answered."""
        return self._send({"text": text})

    def chooses(self, title: str) -> list[dict[str, Any]]:
        """Presses a button of the last messages."""
        offered = {o["title"]: o["payload"] for m in self.last for o in m["options"]}
        assert title in offered, f"{title!r} is not among {list(offered)}"
        return self._send({"payload": offered[title]})

    def asks(self, text: str, article: str) -> dict[str, Any]:
        """Asks, and chooses this article when the assistant offers readings, as a person would."""
        messages = self.says(text)
        if messages[0]["article"] is None:
            payload = f'/ask{{"article": "{article}"}}'
            titles = [o["title"] for m in messages for o in m["options"] if o["payload"] == payload]
            assert titles, f"{article} is not offered: {self.said()}"
            messages = self.chooses(titles[0])
        assert messages[0]["article"] == article, self.said()
        return messages[0]

    def _send(self, body: dict[str, str]) -> list[dict[str, Any]]:
        path = f"/api/conversations/{self.id}/messages"
        answer = self.http.post(path, json={**body, "client_id": uuid.uuid4().hex}, headers=self.headers)
        assert answer.status_code == 202, answer.text
        self.seen = answer.json()["id"]
        self.last = asyncio.run(self._answered(path))
        return self.last

    async def _answered(self, path: str) -> list[dict[str, Any]]:
        async with asyncio.timeout(45):
            while True:
                found = self.http.get(path, params={"after": self.seen}, headers=self.headers).raise_for_status().json()
                if found["messages"] or found["speaker"] == "agent":
                    self.seen = found["messages"][-1]["id"] if found["messages"] else self.seen
                    messages: list[dict[str, Any]] = found["messages"]
                    return messages
                await asyncio.sleep(0.03)

    def said(self) -> str:
        """All texts of the last answer, for messages of failed tests."""
        return json.dumps(self.last, indent=1, ensure_ascii=False)


@pytest.fixture
def newcomer(stack: Stack) -> Newcomer:
    """Somebody new."""
    return Newcomer(stack.url)


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the run go."""
    folder = ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
