"""The web API: nothing lost, nothing doubled, nobody reads or commands what is not theirs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from dossiers.models import Conversation, OutboxItem
from tests.channels.conftest import Service
from tests.channels.talking import Person


async def test_a_question_is_stored_at_once_and_answered(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        stored = await person.post(text="  how do i get my deposit back  ")
        assert stored.status_code == 202
        assert stored.json()["text"] == "how do i get my deposit back"
        question, answer = await person.reads_until(2)
    assert (question["sender"], answer["sender"]) == ("person", "bot")
    assert answer["outcome"] == "answered"
    assert answer["article"] == "deposit-return"
    expected = "id sender text outcome article facts sources options created_at".split()
    assert [key for key in expected if key not in answer] == []


async def test_sending_again_with_the_same_id_changes_nothing(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        first, *others = await asyncio.gather(*(person.post(text="hello", client_id="the-same-id") for _ in range(5)))
        assert {r.status_code for r in (first, *others)} == {202}
        assert {r.json()["id"] for r in (first, *others)} == {first.json()["id"]}
        await person.reads_until(2)
        await asyncio.sleep(0.1)
        assert len(await person.read()) == 2
    assert len(service.bot.asked) == 1


async def test_messages_are_answered_in_the_order_they_were_sent(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        for number in range(8):
            await person.post(text=f"question {number}")
        messages = await person.reads_until(16)
    assert [m["text"] for m in messages if m["sender"] == "bot"] == [f"about question {n}" for n in range(8)]
    assert [m["id"] for m in messages] == sorted(m["id"] for m in messages)


async def test_reading_goes_on_after_an_id(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text="one")
        first, second = await person.reads_until(2)
        assert await person.read(after=first["id"]) == [second]
        assert await person.read(after=second["id"]) == []


async def test_what_was_fetched_counts_as_delivered(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text="one")
        await person.reads_until(2)
    with service.database.read() as session:
        assert [item.state for item in session.query(OutboxItem)] == ["delivered"]


async def test_only_an_offered_payload_is_passed_on(service: Service) -> None:
    service.bot.options = [{"title": "Deposit", "payload": '/ask{"article": "deposit-return"}'}]
    async with service.running() as client:
        person, stranger = await Person.arrives(client), await Person.arrives(client)
        await person.post(text="hello")
        await person.reads_until(2)
        for who, payload in ((person, "/restart"), (person, '/ask{"article":"deposit-return"}'), (stranger, "/human")):
            refused = await who.post(payload=payload)
            assert refused.status_code == 422
            assert refused.json()["error"]["code"] == "not_offered"
        accepted = await person.post(payload='/ask{"article": "deposit-return"}')
        assert accepted.status_code == 202
        assert accepted.json()["text"] == "Deposit"
        await person.reads_until(4)
    assert service.bot.asked[-1][1:] == ("Deposit", '/ask{"article": "deposit-return"}')


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "   "},
        {"text": "x" * 2001},
        {"text": "a", "payload": "/human"},
        {"text": "a", "client_id": "short"},
        {"text": "a", "client_id": "../../etc/passwd"},
        {"text": ["a"]},
        {"text": "a\x00b"},
    ],
)
async def test_bad_input_is_explained_and_nothing_is_stored(service: Service, body: dict[str, object]) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        answer = await person.post(**body)
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert set(error) == {"code", "message"}
        assert error["message"]
        assert "Traceback" not in answer.text
        assert await person.read() == []


async def test_nobody_gets_in_without_the_token(service: Service) -> None:
    async with service.running() as client:
        person, stranger = await Person.arrives(client), await Person.arrives(client)
        url = f"/api/conversations/{person.id}"
        for headers, status in [
            ({}, 401),
            ({"Authorization": "Basic abc"}, 401),
            ({"Authorization": "Bearer "}, 401),
            ({"Authorization": "Bearer wrong"}, 404),
            (stranger.headers, 404),
        ]:
            body = {"text": "hi", "client_id": "intruder-1"}
            assert (await client.post(f"{url}/messages", json=body, headers=headers)).status_code == status
            assert (await client.get(f"{url}/messages", headers=headers)).status_code == status
            assert (await client.get(f"{url}/events", headers=headers)).status_code == status
        assert (await client.get("/api/conversations/nothing/messages", headers=person.headers)).status_code == 404
        assert await person.read() == []


async def test_an_id_that_no_conversation_can_have_is_unknown_like_any_other(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        for unknown in ("%00", "x" * 500, person.id.upper(), f"{person.id}%00", "0" * 32):
            answer = await client.get(f"/api/conversations/{unknown}/messages", headers=person.headers)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "conversation_unknown")


async def test_reading_after_an_id_that_cannot_be_is_refused(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        for after in (-1, 2**31, 10**30):
            url = f"/api/conversations/{person.id}/messages"
            answer = await client.get(url, params={"after": after}, headers=person.headers)
            assert answer.status_code == 422


async def test_answers_go_where_the_person_wrote_last(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        with service.database.write() as session:
            session.get_one(Conversation, person.id).channel = "telegram"
        await person.post(text="back on the website")
        await person.reads_until(2)
    with service.database.read() as session:
        assert [item.channel for item in session.query(OutboxItem)] == ["web"]


async def test_too_many_messages_are_refused_politely(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        answers = [await person.post(text=f"message {n}") for n in range(21)]
    assert [a.status_code for a in answers[:20]] == [202] * 20
    assert answers[20].status_code == 429
    assert "wait a minute" in answers[20].json()["error"]["message"]


async def test_emoji_and_accents_come_through(service: Service) -> None:
    text = "où est la commune à Sint-Amandsberg? 🏠 مرحبا"
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text=text)
        assert [m["text"] for m in await person.reads_until(2)] == [text, f"about {text}"]


async def collect(service: Service, person: Person, count: int, **headers: str) -> list[dict[str, object]]:
    """The first events of a live stream, read from the application as a server would."""
    events: list[dict[str, object]] = []
    done = asyncio.Event()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": f"/api/conversations/{person.id}/events",
        "raw_path": b"",
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in {**person.headers, **headers}.items()],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
        "scheme": "http",
    }
    buffer = ""

    async def receive() -> dict[str, object]:
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal buffer
        buffer += message.get("body", b"").decode()
        *complete, buffer = buffer.replace("\r\n", "\n").split("\n\n")
        for block in complete:
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if fields:
                events.append({**fields, "data": json.loads(fields["data"])})
        if len(events) >= count:
            done.set()

    async with asyncio.timeout(8):
        await service.app(scope, receive, send)  # type: ignore[arg-type]
    return events


async def test_the_live_stream_gives_messages_and_the_floor_and_resumes(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text="one")
        await person.reads_until(2)
        events = await collect(service, person, 3)
        assert [e["event"] for e in events] == ["message", "message", "floor"]
        assert events[2]["data"] == {"speaker": "bot", "agent": None}
        seen = str(events[0]["id"])
        resumed = await collect(service, person, 2, **{"Last-Event-ID": seen})
        assert [e.get("id") for e in resumed] == [events[1]["id"], None]


async def test_the_live_stream_brings_what_comes_later(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        stream = asyncio.create_task(collect(service, person, 3))
        await asyncio.sleep(0.1)
        await person.post(text="later")
        events = await stream
    assert [e["event"] for e in events] == ["floor", "message", "message"]


async def test_an_unexpected_error_shows_nothing_of_the_inside(service: Service) -> None:
    @service.app.get("/breaks")
    def breaks() -> None:
        raise RuntimeError("secret detail")

    transport = httpx.ASGITransport(app=service.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/breaks")
    assert answer.status_code == 500
    assert "secret" not in answer.text
