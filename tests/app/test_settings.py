"""The settings of the app, and that the pages of plans are wired with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from app.main import create_app
from app.settings import Settings

SECRETS = {"bot_token": "b" * 20, "action_token": "a" * 20, "secret_key": "s" * 20}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(**values: Any) -> Settings:
    return Settings(**{**SECRETS, **values})


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"app_port": 8001}, "http://127.0.0.1:8001"),
        ({"app_host": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"app_host": "::"}, "http://[::1]:8000"),
        ({"public_url": "https://chat.example.org/"}, "https://chat.example.org"),
    ],
)
def test_where_people_reach_the_app(values: dict[str, Any], address: str) -> None:
    assert settings(**values).public_address == address


@pytest.mark.parametrize(
    "values", [{"secret_key": "short"}, {"public_url": "chat.example.org"}, {"plan_link_days": 0}, {"secret_key": ""}]
)
def test_what_would_make_links_that_do_not_work_or_hold_stops_the_start(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**values)


WHATSAPP = {"whatsapp_phone_id": "1", "whatsapp_token": "t", "whatsapp_app_secret": "s", "whatsapp_verify_token": "v"}


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"telegram_mode": "polling"}, "TELEGRAM_TOKEN"),
        ({"telegram_mode": "webhook", "telegram_token": "1:a"}, "PUBLIC_URL"),
        ({**WHATSAPP, "whatsapp_app_secret": ""}, "WHATSAPP_APP_SECRET"),
        ({**WHATSAPP, "whatsapp_verify_token": ""}, "WHATSAPP_VERIFY_TOKEN"),
        ({"telegram_secret": "with spaces"}, "letters, digits"),
        ({"telegram_mode": "on"}, "telegram_mode"),
        ({"smtp_url": "smtp://localhost"}, "DIGEST_FROM"),
        ({"smtp_url": "mail.example.org", "digest_from": "desk@example.org"}, "smtp_url"),
        ({"smtp_url": "smtp://localhost", "digest_from": "the desk"}, "digest_from"),
    ],
)
def test_a_channel_that_lacks_something_stops_the_start_and_says_what(values: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        settings(**values)


def test_a_password_that_would_be_sent_openly_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValidationError, match="only sent encrypted") as refused:
        settings(smtp_url="smtp://mia:hush-hush@mail.example.org", digest_from="desk@example.org")
    assert "hush-hush" not in str(refused.value)


def test_a_channel_with_all_it_needs_starts(tmp_path: Path) -> None:
    made = settings(**WHATSAPP, telegram_mode="webhook", telegram_token="1:a", public_url="https://chat.example.org")
    assert made.whatsapp_on
    assert len(made.telegram_webhook_secret) == 64
    assert made.telegram_webhook_secret != settings(secret_key="t" * 20).telegram_webhook_secret
    assert settings(telegram_secret="mine").telegram_webhook_secret == "mine"


def test_links_to_the_channels() -> None:
    assert settings().telegram_link is None
    assert settings(telegram_name="@what_now_bot").telegram_link == "https://t.me/what_now_bot"
    assert settings(whatsapp_number="+32 9 000 00 00").whatsapp_link == "https://wa.me/3290000000"


def test_old_keys_only_open_and_the_newest_seals() -> None:
    made = settings(old_secret_keys="older-key-older-key, oldest-key-oldest-key")
    assert made.all_secret_keys == ["s" * 20, "older-key-older-key", "oldest-key-oldest-key"]


def test_the_secret_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="secret_key"):
        Settings(**{name: value for name, value in SECRETS.items() if name != "secret_key"})  # type: ignore[arg-type]


def test_plans_are_served_beside_the_chat(tmp_path: Path) -> None:
    app = create_app(settings(database_url=f"sqlite:///{tmp_path}/app.db"))
    client = TestClient(app)
    answer = client.get("/plan/nobody-made-this")
    assert answer.status_code == 404
    assert "How to get a new link" in answer.text
    assert client.get("/plan/static/ticket.css").status_code == 200
    assert client.get("/api/nothing").json()["error"]["message"]
