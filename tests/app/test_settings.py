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
