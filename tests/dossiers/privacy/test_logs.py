"""No log ever has it: the real app is talked to, fails in every way it can, and what it wrote down is searched."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from channels import bot_client
from channels.router import Router
from channels.telegram.webhook import PATH as TELEGRAM
from channels.whatsapp.webhook import PATH as WHATSAPP
from channels.whatsapp.webhook import signature
from dossiers.database import Base, Database, make_engine, now
from dossiers.models import Conversation, InboxItem, InboxState, OutboxItem, OutboxState
from dossiers.privacy import erasing
from tests.channels.telegram.updates import text as update

WORDS, ADDRESS, NUMBER, NAME = "wqzplantedwords", "7755443311", "32477998811", "Zqvplantedname"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PAYLOAD = Path(__file__).parents[2] / "channels" / "whatsapp" / "payloads" / "text.json"


class Written:
    """Everything that was logged so far, by us and by every library."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys, self.lines, self._before = capsys, io.StringIO(), ""

    def all(self) -> str:
        found = self.capsys.readouterr()
        self._before += found.out + found.err
        return self._before + self.lines.getvalue()


@pytest.fixture
def written(capsys) -> Iterator[Written]:
    before = structlog.get_config(), logging.getLogRecordFactory(), logging.getLogger().level
    found = Written(capsys)
    handler = logging.StreamHandler(found.lines)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    yield found
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(before[2])
    structlog.configure(**before[0])
    logging.setLogRecordFactory(before[1])


def settings(folder: Path) -> Settings:
    return Settings(
        bot_token="b" * 20, action_token="a" * 20, secret_key="s" * 20, bot_port=9, public_url="https://chat.example.org",
        database_url=f"sqlite:///{folder}/app.db", erased_journal=f"{folder}/erased.txt",
        telegram_mode="webhook", telegram_token="123:abc", telegram_secret="secret", telegram_api_url="http://127.0.0.1:9",
        whatsapp_phone_id="106540352242922", whatsapp_token="t", whatsapp_app_secret="app", whatsapp_verify_token="v",
        whatsapp_api_url="http://127.0.0.1:9",
    )  # fmt: skip


def until(condition: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come so far"
        time.sleep(0.05)


def on_telegram() -> dict[str, Any]:
    given = update(WORDS)
    given["message"]["chat"]["id"] = given["message"]["from"]["id"] = int(ADDRESS)
    given["message"]["from"] |= {"first_name": NAME, "username": NAME}
    return given


def on_whatsapp() -> bytes:
    given = json.loads(PAYLOAD.read_text())
    value = given["entry"][0]["changes"][0]["value"]
    value["metadata"]["phone_number_id"] = "106540352242922"
    value["contacts"][0] |= {"wa_id": NUMBER, "profile": {"name": NAME}}
    value["messages"][0] |= {"from": NUMBER, "text": {"body": WORDS}}
    return json.dumps(given).encode()


def test_no_log_has_words_names_or_addresses_of_people(tmp_path: Path, written: Written, monkeypatch):
    monkeypatch.setenv("DOCUMENTS_DIR", str(tmp_path / "documents"))
    engine = make_engine(f"sqlite:///{tmp_path}/app.db")
    Base.metadata.create_all(engine)
    database = Database(engine)
    monkeypatch.setattr(Router, "process", _breaks_with_the_words)
    with TestClient(create_app(settings(tmp_path)), raise_server_exceptions=False) as http:
        started = http.post("/api/conversations").json()
        own = {"Authorization": f"Bearer {started['token']}"}
        path = f"/api/conversations/{started['id']}/messages"
        http.post(path, json={"text": WORDS, "client_id": "12345678"}, headers=own)
        http.post(path, json={"text": [WORDS], "client_id": WORDS * 9}, headers=own)
        http.post(path, json={"text": WORDS, "client_id": "12345679"}, headers={"Authorization": f"Bearer {NAME}"})
        assert http.post(TELEGRAM, json=on_telegram(), headers={HEADER: "secret"}).status_code == 200
        http.post(TELEGRAM, json={"update_id": 7, "message": {"text": WORDS}}, headers={HEADER: "secret"})
        body = on_whatsapp()
        signed = {"X-Hub-Signature-256": signature("app", body)}
        assert http.post(WHATSAPP, content=body, headers=signed).status_code == 200
        http.post(WHATSAPP, content=WORDS.encode(), headers={"X-Hub-Signature-256": signature("app", WORDS.encode())})
        until(lambda: _count(database, InboxItem, InboxItem.state == InboxState.DEAD) == 3)
        until(lambda: _count(database, OutboxItem, OutboxItem.state == OutboxState.FAILED) >= 2)
        with database.read() as session:
            people = [one.person_id for one in session.query(Conversation)]
        for person_id in people:
            erasing.erase_person(database, person_id, now=now())
        until(lambda: "forgetting_put_off" in written.all())
    told = written.all()
    assert "message_set_aside" in told
    assert "delivery_put_off" in told
    for planted in (WORDS, ADDRESS, NUMBER, NAME, NAME.lower(), started["token"]):
        assert planted not in told, told[max(0, told.find(planted) - 600) :][:1200]
    engine.dispose()


async def _breaks_with_the_words(self: Router, work: Any) -> None:
    raise bot_client.BotSilent(f"{work.text} of {NAME}")


def _count(database: Database, model: Any, condition: Any) -> int:
    with database.read() as session:
        return int(session.query(model).filter(condition).count())
