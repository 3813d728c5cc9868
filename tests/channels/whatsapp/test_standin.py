"""The stand-in of Meta's API refuses what Meta refuses, so that what it takes may be believed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.channels.whatsapp.conftest import NUMBER, SAM, TOKEN
from tests.channels.whatsapp.limits import refusal
from tests.platforms.whatsapp import Graph, serving

APPROVED = {("hello_1", "en"): "Hello {1}, it is {2}."}


def message(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": SAM, "type": kind, kind: content} | more


def text(body: str = "hello") -> dict[str, Any]:
    return message("text", {"body": body, "preview_url": False})


def interactive(kind: str, action: dict[str, Any], body: str = "Choose", **more: Any) -> dict[str, Any]:
    return message("interactive", {"type": kind, "body": {"text": body}, "action": action} | more)


def buttons(*titles: str, body: str = "Choose", **reply: str) -> dict[str, Any]:
    made = [{"type": "reply", "reply": {"id": f"m1:{n}", "title": title} | reply} for n, title in enumerate(titles)]
    return interactive("button", {"buttons": made}, body)


def rows(number: int = 4, button: str = "Choose", **row: str) -> dict[str, Any]:
    made = [{"id": f"m1:{n}", "title": f"Row {n}"} | row for n in range(number)]
    return interactive("list", {"button": button, "sections": [{"rows": made}]})


def template(*values: str, name: str = "hello_1", language: str = "en") -> dict[str, Any]:
    parameters = [{"type": "text", "text": value} for value in values]
    components = [{"type": "body", "parameters": parameters}]
    return message("template", {"name": name, "language": {"code": language}, "components": components})


TAKEN = {
    "text": text(),
    "the longest text": text("x" * 4096),
    "a key of ours": text() | {"biz_opaque_callback_data": "k" * 512},
    "to a user id": {k: v for k, v in text().items() if k != "to"} | {"recipient": "BE.1349120865530274"},
    "one button": buttons("Yes"),
    "three buttons": buttons("Yes", "No", "x" * 20),
    "the longest body above buttons": buttons("Yes", body="x" * 1024),
    "a list": rows(),
    "ten rows": rows(10),
    "the longest row": rows(1, title="x" * 24, description="x" * 72, id="x" * 200, button="x" * 20),
    "a link": interactive(
        "cta_url", {"name": "cta_url", "parameters": {"display_text": "Plan", "url": "https://a.b/c"}}
    ),
    "header and footer": interactive(
        "button",
        buttons("Yes")["interactive"]["action"],
        header={"type": "text", "text": "x" * 60},
        footer={"text": "x" * 60},
    ),
    "a location": message("location", {"latitude": 51.05, "longitude": 3.72, "name": "Stadhuis", "address": "Gent"}),
    "a template": template("Sam", "Monday"),
}
REFUSED = {
    "no text": (text(""), 100),
    "only spaces": (text("  "), 100),
    "too long a text": (text("x" * 4097), 100),
    "too long in UTF-16": (text("😟" * 2049), 100),
    "no product": ({k: v for k, v in text().items() if k != "messaging_product"}, 100),
    "nobody": ({k: v for k, v in text().items() if k != "to"}, 100),
    "no number": (text() | {"to": "Sam"}, 100),
    "a field too many": (text() | {"urgent": True}, 100),
    "two contents": (text() | {"location": {"latitude": 1.0, "longitude": 1.0}}, 100),
    "another content": (text() | {"type": "location"}, 100),
    "an unknown type": (message("hologram", {}), 131051),
    "too long a key of ours": (text() | {"biz_opaque_callback_data": "k" * 513}, 100),
    "no buttons": (buttons(), 100),
    "four buttons": (buttons("a", "b", "c", "d"), 100),
    "two alike": (buttons("Yes", "Yes"), 100),
    "two ids alike": (buttons("Yes", "No", id="same"), 100),
    "too long a button": (buttons("x" * 21), 100),
    "too long an id": (buttons("Yes", id="x" * 257), 100),
    "too long a body": (buttons("Yes", body="x" * 1025), 100),
    "no body": (buttons("Yes", body=""), 100),
    "no rows": (rows(0), 100),
    "eleven rows": (rows(11), 100),
    "too long a row": (rows(title="x" * 25), 100),
    "too long a description": (rows(description="x" * 73), 100),
    "rows alike": (rows(id="same"), 100),
    "too long a list button": (rows(button="x" * 21), 100),
    "too long a header": (interactive("button", {}, header={"type": "text", "text": "x" * 61}), 100),
    "a link that is none": (
        interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "Plan", "url": "javascript:1"}}),
        100,
    ),
    "no such place": (message("location", {"latitude": 91.0, "longitude": 3.72}), 100),
    "not approved": (template("Sam", "Monday", name="hello_2"), 132001),
    "not in this language": (template("Sam", "Monday", language="nl"), 132001),
    "too few values": (template("Sam"), 132000),
    "a line break in a value": (template("Sam", "Mon\nday"), 132018),
    "five spaces in a value": (template("Sam", "a     b"), 132018),
    "too long when filled in": (template("Sam", "x" * 1010), 132005),
    "no object": ([], 100),
}


@pytest.mark.parametrize("body", TAKEN.values(), ids=TAKEN)
def test_what_keeps_to_the_limits_is_taken(body: Any) -> None:
    assert refusal(body, APPROVED) is None


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED)
def test_what_breaks_a_limit_is_refused(body: Any, code: int) -> None:
    found = refusal(body, APPROVED)
    assert found is not None
    assert found[0] == code


class Person:
    """Who uses the stand-in's own controls; remembers what webhooks came and with which answer."""

    def __init__(self) -> None:
        self.came: list[httpx.Request] = []
        self.answers: list[int] = []
        webhooks = httpx.AsyncClient(transport=httpx.MockTransport(self._brought))
        self.graph = Graph(webhook="http://app/", http=webhooks, token=TOKEN, phone_number_id=NUMBER, pace=0.0)
        self.http = httpx.AsyncClient()

    def _brought(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        return httpx.Response(self.answers.pop(0) if self.answers else 200)

    async def does(self, what: str, **told: Any) -> Any:
        return (await self.http.post(f"/_control/{what}", json=told)).json()

    async def gets(self, body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return await self.http.post(f"/v23.0/{NUMBER}/messages", json=body, headers=headers)

    async def state(self) -> Any:
        """Its counts, once everything is brought."""
        async with asyncio.timeout(5):
            while (found := (await self.http.get("/_control/state")).json())["pending"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return found


@pytest.fixture
async def person() -> AsyncIterator[Person]:
    made = Person()
    async with serving(made.graph) as api:
        made.http.base_url = httpx.URL(api)
        yield made
        await made.http.aclose()


async def test_the_log_shows_both_sides_in_order(person: Person) -> None:
    said = await person.does("say", **{"from": SAM, "text": "hello"})
    taken = (await person.gets(buttons("Yes", "No"))).json()
    pressed = await person.does("press", **{"from": SAM, "index": 1})
    assert pressed["title"] == "No"
    log = (await person.http.get("/_control/log", params={"from": SAM})).json()[SAM]
    wamids = [said["wamid"], taken["messages"][0]["id"], pressed["wamid"]]
    assert [(seen["by"], seen["wamid"]) for seen in log] == list(zip(["person", "us", "person"], wamids, strict=True))


async def test_an_option_that_was_not_offered_cannot_be_pressed(person: Person) -> None:
    await person.does("say", **{"from": SAM, "text": "hello"})
    await person.gets(buttons("Yes"))
    assert "error" in await person.does("press", **{"from": SAM, "index": 1})


async def test_a_webhook_comes_again_until_it_is_acknowledged(person: Person) -> None:
    person.answers += [500, 503, 404]
    await person.does("say", **{"from": SAM, "text": "hello"})
    assert (await person.state())["repeated"] == 3
    assert len({request.content for request in person.came}) == 1
    assert len(person.came) == 4


async def test_webhooks_can_be_doubled_and_forged(person: Person) -> None:
    await person.does("trouble", webhooks={"doubled": 1.0, "forged": 1.0})
    await person.does("say", **{"from": SAM, "text": "hello"})
    state = await person.state()
    assert (state["forged"], state["doubled_webhooks"], state["forged_accepted"]) == (1, 1, 1)
    signatures = [request.headers["x-hub-signature-256"] for request in person.came]
    assert [signatures.count(each) for each in signatures] == [1, 2, 2]


async def test_free_text_after_24_hours_is_taken_and_fails_afterwards(person: Person) -> None:
    await person.does("say", **{"from": SAM, "text": "hello"})
    await person.does("age", **{"from": SAM, "hours": 24.1})
    assert (await person.gets(text("too late"))).status_code == 200
    state = await person.state()
    assert [failed["code"] for failed in state["failed"]] == [131047]
    assert b'"status": "failed"' in person.came[-1].content
    log = (await person.http.get("/_control/log")).json()[SAM]
    assert [seen["text"] for seen in log] == ["hello"]


async def test_a_key_that_is_seen_twice_is_told(person: Person) -> None:
    await person.does("say", **{"from": SAM, "text": "hello"})
    for _ in range(2):
        await person.gets(text() | {"biz_opaque_callback_data": "17.0"})
    assert (await person.state())["doubled"] == ["17.0"]


async def test_a_fault_happens_as_often_as_it_was_set_and_to_whom(person: Person) -> None:
    await person.does("say", **{"from": SAM, "text": "hello"})
    await person.does("trouble", answers=[{"status": 429, "code": 130429, "times": 2, "to": SAM}])
    other = await person.gets(text() | {"to": "32470987654"})
    assert other.status_code == 200
    assert [(await person.gets(text())).status_code for _ in range(3)] == [429, 429, 200]


async def test_a_wrong_token_is_refused(person: Person) -> None:
    answer = await person.http.post(f"/v23.0/{NUMBER}/messages", json=text(), headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, 190)
