"""A small project with six articles, trained once for all tests of the bot."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.launcher import prepare

prepare()  # before anything of Rasa is imported

from bot.encoder import build  # noqa: E402
from bot.settings import ROOT  # noqa: E402

DATA = Path(__file__).parent / "data"
TOKEN = "test-token"


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoder directory of the checkout when it is current, else one built for the tests."""
    here = ROOT / "var" / "encoder"
    if build.is_current(here):
        return here
    target = tmp_path_factory.mktemp("encoder")
    build.build(target)
    return target


@pytest.fixture(scope="session")
def environment(encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a command of the small project."""
    folder = tmp_path_factory.mktemp("state")
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ENCODER_DIR": str(encoder),
        "KNOWLEDGE_FILE": str(DATA / "knowledge.json"),
        "TRACKER_DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "RASA_CACHE_DIRECTORY": str(folder / "cache"),
        "BOT_TOKEN": TOKEN,
        "ACTION_TOKEN": "action-token",
        "ACTION_ENDPOINT_URL": "http://127.0.0.1:9/internal/actions",
        "TQDM_DISABLE": "1",
        "PYTHONWARNINGS": "ignore",
    }


def rasa(
    arguments: Sequence[str], cwd: Path, environment: dict[str, str], given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command of the bot to its end."""
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment, input=given, capture_output=True, text=True, timeout=400, check=False
    )


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own files with the small knowledge."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "data", folder / "data")
    return folder


@pytest.fixture(scope="session")
def model(project: Path, environment: dict[str, str]) -> Path:
    """A model trained with Rasa's own command."""
    done = rasa(["train", "--fixed-model-name", "small", "--out", "models"], project, environment)
    assert done.returncode == 0, done.stderr[-3000:]
    return project / "models" / "small.tar.gz"


class Actions:
    """Stands in for the app: what each action answers, without a network."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.url = "stub"
        self.kwargs: dict[str, Any] = {}

    async def request(self, json: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Answer a call as the app does."""
        name, tracker = json["next_action"], json["tracker"]
        self.calls.append(name)
        if name == "validate_dossier_form":
            return self._validate(tracker)
        events: list[dict[str, Any]] = []
        if name == "action_answer" and tracker["latest_message"].get("articles"):
            events.append(slot("article", tracker["latest_message"]["articles"][0]["id"]))
        if name == "action_note_profile":
            events += [
                slot(one["entity"], one["value"])
                for one in tracker["latest_message"]["entities"]
                if one["entity"] in ("municipality", "country")
            ]
        if name == "action_skip_question":
            events.append(slot(tracker["slots"]["requested_slot"], "skipped"))
        return {"events": events, "responses": [{"text": name, "custom": {"outcome": "answered"}}]}

    def _validate(self, tracker: dict[str, Any]) -> dict[str, Any]:
        intent = tracker["latest_message"]["intent"]["name"]
        asked = tracker["slots"]["requested_slot"]
        if asked and intent in ("inform", "affirm", "deny"):
            return {"events": [slot(asked, tracker["latest_message"]["text"])], "responses": []}
        return {"events": [], "responses": []}


def slot(name: str, value: Any) -> dict[str, Any]:
    """An event that sets a slot."""
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


@pytest.fixture(scope="session")
def trained(model: Path, environment: dict[str, str]) -> Iterator[Any]:
    """The loaded model; its tracker store and actions are set by each test that talks."""
    from rasa.core.agent import Agent

    wanted = ("ENCODER_DIR", "KNOWLEDGE_FILE")
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update({name: environment[name] for name in wanted})
    yield Agent.load(str(model))
    for name, value in before.items():
        if value is None:
            os.environ.pop(name)
        else:
            os.environ[name] = value


@pytest.fixture(scope="session")
def parse(trained: Any) -> Any:
    """What the bot understands of a text, as Rasa's own API shows it."""

    def understand(text: str) -> dict[str, Any]:
        return json.loads(json.dumps(asyncio.run(trained.parse_message(text))))

    return understand
