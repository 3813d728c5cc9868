"""The bot's way into the app: for the bearer of the token only, and without a trace of the inside."""

from __future__ import annotations

import json
import zlib
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from app import action_server

TOKEN = "the-action-token"


class Greets(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "action_greets"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(text=f"hello {tracker.sender_id}")
        return []


class Breaks(Greets):
    def name(self) -> str:
        return "action_breaks"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise RuntimeError("my landlord's name is secret")


@pytest.fixture
def client() -> httpx.AsyncClient:
    executor = ActionExecutor()
    executor.register_action(Greets())
    executor.register_action(Breaks())
    app = FastAPI()
    app.include_router(action_server.create_router(executor, TOKEN))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


def call(action: str) -> dict[str, Any]:
    tracker: dict[str, Any] = {
        "sender_id": "someone",
        "slots": {},
        "latest_message": {},
        "events": [],
        "active_loop": {},
        "latest_action_name": None,
    }
    return {"next_action": action, "sender_id": "someone", "tracker": tracker}


BEARER = {"Authorization": f"Bearer {TOKEN}"}


async def test_an_action_runs(client: httpx.AsyncClient) -> None:
    answer = await client.post("/internal/actions", json=call("action_greets"), headers=BEARER)
    assert answer.json()["responses"][0]["text"] == "hello someone"


async def test_a_compressed_call_is_read_and_a_bomb_is_not(client: httpx.AsyncClient) -> None:
    headers = {**BEARER, "Content-Encoding": "deflate"}
    body = zlib.compress(json.dumps(call("action_greets")).encode())
    assert (await client.post("/internal/actions", content=body, headers=headers)).status_code == 200
    bomb = zlib.compress(b" " * 50_000_000)
    assert (await client.post("/internal/actions", content=bomb, headers=headers)).status_code == 422


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer ", TOKEN, "Basic x"])
async def test_nobody_else_gets_in(client: httpx.AsyncClient, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = await client.post("/internal/actions", json=call("action_greets"), headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'"text"'])
async def test_an_unreadable_call_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    assert (await client.post("/internal/actions", content=body, headers=BEARER)).status_code == 422


async def test_an_unknown_action_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/internal/actions", json=call("action_nothing"), headers=BEARER)
    assert (answer.status_code, answer.json()["action_name"]) == (404, "action_nothing")


async def test_a_failing_action_tells_nothing_of_the_inside(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await client.post("/internal/actions", json=call("action_breaks"), headers=BEARER)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    logged = capsys.readouterr().out
    assert "action_failed" in logged
    assert "secret" not in logged
