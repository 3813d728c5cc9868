"""The app channel, over a real connection to a running bot."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.channel import NOTHING, AppChannel, BadRequest, read, without_command
from tests import servers
from tests.bot.conftest import TOKEN

AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def address(model: Path, project: Path, environment: dict[str, str]) -> Iterator[str]:
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    with (project / "bot.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--model", str(model)],
            cwd=project, env={**environment, "BOT_PORT": str(port)}, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until and process.poll() is None:
                try:
                    if requests.get(f"{url}/webhooks/app/", timeout=2).status_code == 200:
                        break
                except requests.ConnectionError:
                    time.sleep(0.2)
            assert process.poll() is None, (project / "bot.log").read_text()[-3000:]
            yield url
        finally:
            process.terminate()
            process.wait(20)


def post(address: str, body: Any = None, headers: dict[str, str] | None = None, **options: Any) -> requests.Response:
    headers = AUTHORISED if headers is None else headers
    return requests.post(f"{address}/webhooks/app/webhook", json=body, headers=headers, timeout=20, **options)


def message(text: Any, kind: Any = "text", sender: Any = "conversation-1") -> dict[str, Any]:
    return {"sender": sender, "message": text, "kind": kind}


def test_a_message_is_answered_whole(address: str) -> None:
    answer = post(address, message("hello there"))
    assert answer.status_code == 200
    (said,) = answer.json()
    assert set(said) == {"text", "buttons", "custom", "metadata", "response"}
    assert said["response"] == "utter_greet"
    assert said["metadata"] == {"outcome": "smalltalk"}
    assert "\n\n" in said["text"]
    assert {"title": "Talk to a person", "payload": "/human"} in said["buttons"]


def test_a_payload_is_a_command(address: str) -> None:
    (said,) = post(address, message("/legal_opinion", "payload")).json()
    assert (said["response"], said["metadata"]) == ("utter_legal_opinion", {"outcome": "refused"})


@pytest.mark.parametrize(
    "text",
    [
        "/goodbye",
        " /goodbye",
        "//goodbye",
        "/ /goodbye",
        "\u00a0/goodbye",
        "/restart",
        '/erase_dossier{"confirm": "yes"}',
    ],
)
def test_a_text_is_never_a_command(address: str, text: str) -> None:
    post(address, message(text, sender="slashes"))
    tracker = requests.get(f"{address}/conversations/slashes/tracker", params={"token": TOKEN}, timeout=20).json()
    assert not tracker["latest_message"]["text"].startswith("/")
    assert tracker["latest_message"]["articles"]
    assert not [one for one in tracker["latest_message"]["entities"] if one["entity"] == "confirm"]


def test_a_failing_action_gives_an_empty_list(address: str) -> None:
    assert post(address, message("/human", "payload", "no-app")).json() == []


def test_metadata_reaches_the_conversation(address: str) -> None:
    post(address, {**message("hello", sender="meta"), "metadata": {"message_id": 7}})
    tracker = requests.get(f"{address}/conversations/meta/tracker", params={"token": TOKEN}, timeout=20).json()
    assert tracker["latest_message"]["metadata"] == {"message_id": 7}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"bearer {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": "Bearer é".encode().decode("latin-1")},
    ],
)
def test_without_the_token_nothing_is_taken(address: str, headers: dict[str, str]) -> None:
    answer = post(address, message("hello"), headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "the token is missing or wrong"})


def test_what_is_not_json_is_refused(address: str) -> None:
    for data in (b"", b"hello", b"{"):
        answer = requests.post(f"{address}/webhooks/app/webhook", data=data, headers=AUTHORISED, timeout=20)
        assert answer.status_code == 400
        assert "error" in answer.json()


def test_other_ways_in_are_closed(address: str) -> None:
    for path in ("/webhooks/rest/webhook", "/webhooks/socketio/webhook", "/webhooks/callback/webhook"):
        assert requests.post(f"{address}{path}", json=message("hello"), timeout=20).status_code == 404
    assert requests.get(f"{address}/status", timeout=20).status_code == 401
    assert requests.post(f"{address}/model/parse", json={"text": "hello"}, timeout=20).status_code == 401
    assert requests.get(f"{address}/status", params={"token": TOKEN}, timeout=20).status_code == 200


def forget(address: str, sender: str, headers: dict[str, str]) -> requests.Response:
    return requests.delete(f"{address}/webhooks/app/conversations/{sender}", headers=headers, timeout=20)


def test_a_conversation_is_forgotten_and_begins_anew(address: str) -> None:
    post(address, message('/inform{"municipality": "gent"}', "payload", "to-forget"))
    post(address, message("hello", sender="stays"))
    answer = forget(address, "to-forget", AUTHORISED)
    assert answer.status_code == 200
    assert answer.json()["forgotten"] > 0
    assert forget(address, "to-forget", AUTHORISED).json() == {"forgotten": 0}
    tracker = requests.get(f"{address}/conversations/stays/tracker", params={"token": TOKEN}, timeout=20).json()
    assert tracker["latest_message"]["text"] == "hello"


def test_without_the_token_nothing_is_forgotten(address: str) -> None:
    post(address, message("hello", sender="not-forgotten"))
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
        assert forget(address, "not-forgotten", headers).status_code == 401
    tracker = requests.get(f"{address}/conversations/not-forgotten/tracker", params={"token": TOKEN}, timeout=20).json()
    assert tracker["latest_message"]["text"] == "hello"


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "hello",
        {},
        message(None),
        message(""),
        message("  "),
        message(5),
        message("x" * 8001),
        message("hello", None),
        message("hello", "command"),
        message("hello", "payload"),
        message("//goodbye", "payload"),
        message("hello", sender=""),
        message("hello", sender=None),
        message("hello", sender="x" * 256),
        {**message("hello"), "metadata": "x"},
    ],
)
def test_a_body_of_another_form_is_refused(body: Any) -> None:
    with pytest.raises(BadRequest):
        read(body)


def test_only_slashes_leave_a_text() -> None:
    assert without_command(" // / ") == NOTHING
    assert without_command("and/or") == "and/or"


def test_a_channel_without_a_token_does_not_open() -> None:
    from rasa.shared.exceptions import RasaException

    nothing: list[dict[str, Any] | None] = [None, {}, {"token": ""}, {"token": None}]
    for credentials in nothing:
        with pytest.raises(RasaException, match="BOT_TOKEN"):
            AppChannel.from_credentials(credentials)
