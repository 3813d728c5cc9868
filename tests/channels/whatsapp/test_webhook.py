"""What Meta is answered: whom we believe, and what is acknowledged when."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from channels.arrivals import Arrival, Arrivals, Stored
from channels.whatsapp.webhook import MOST_BYTES, signature
from dossiers.models import Kind, Message, Sender
from tests.channels.whatsapp.conftest import APP_SECRET, SAM, VERIFY_TOKEN, World

PAYLOADS = Path(__file__).parent / "payloads"
ACCENTS = "C’est où, l’école près du château? 😟 مرحبا"


def payload(*texts: str, sender: str = SAM) -> Any:
    given = json.loads((PAYLOADS / "text.json").read_text(encoding="utf-8"))
    value = given["entry"][0]["changes"][0]["value"]
    value["contacts"][0]["wa_id"] = sender
    pattern = value["messages"][0]
    value["messages"] = [
        pattern | {"id": f"wamid.{sender}.{text}", "from": sender, "text": {"body": text}} for text in texts
    ]
    return given


def kept(world: World) -> list[str]:
    """What people said, as it is stored."""
    with world.database.read() as session:
        statement = select(Message.text).where(Message.sender == Sender.PERSON).order_by(Message.id)
        return list(session.scalars(statement))


async def test_what_meta_signed_is_stored_before_it_is_acknowledged(world: World) -> None:
    answer = await world.post(payload("hello"))
    assert answer.status_code == 200
    assert kept(world) == ["hello"]


@pytest.mark.parametrize("plain", [True, False], ids=["unescaped", "escaped"])
async def test_accents_and_emoji_are_signed_as_they_are_written(world: World, plain: bool) -> None:
    assert (await world.post(payload(ACCENTS), plain=plain)).status_code == 200
    assert kept(world) == [ACCENTS]


async def test_slashes_escaped_as_meta_does_are_signed_as_they_are_written(world: World) -> None:
    body = json.dumps(payload("see https://example.org/a")).replace("/", "\\/").encode()
    assert (await world.bring(body)).status_code == 200
    assert kept(world) == ["see https://example.org/a"]


@pytest.mark.parametrize("text", [ACCENTS, "see https://example.org/a"])
async def test_a_signature_over_the_same_json_written_anew_is_wrong(world: World, text: str) -> None:
    sent = json.dumps(payload(text)).replace("/", "\\/").encode()
    anew = json.dumps(json.loads(sent), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"X-Hub-Signature-256": signature(APP_SECRET, anew)}
    assert (await world.http.post("/whatsapp/webhook", content=sent, headers=headers)).status_code == 403
    assert kept(world) == []


async def test_another_secret_is_not_believed(world: World) -> None:
    assert (await world.post(payload("hello"), secret="another secret")).status_code == 403
    assert kept(world) == []


@pytest.mark.parametrize("header", [None, "", "sha256=", "sha1=abc", "sha256=" + "0" * 64, "sha256=é"])
async def test_without_a_right_signature_nothing_is_believed(world: World, header: str | None) -> None:
    headers = [] if header is None else [(b"X-Hub-Signature-256", header.encode())]
    body = json.dumps(payload("hello")).encode()
    answer = await world.http.post("/whatsapp/webhook", content=body, headers=headers)
    assert answer.status_code == 403
    assert kept(world) == []


async def test_the_bare_signature_without_its_name_is_not_believed(world: World) -> None:
    body = json.dumps(payload("hello")).encode()
    headers = {"X-Hub-Signature-256": signature(APP_SECRET, body).removeprefix("sha256=")}
    assert (await world.http.post("/whatsapp/webhook", content=body, headers=headers)).status_code == 403


async def test_what_is_too_large_is_not_read(world: World) -> None:
    assert (await world.bring(b" " * (MOST_BYTES + 1))).status_code == 413


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"object": "page"}', b"\xff"])
async def test_what_can_never_be_read_is_acknowledged_so_that_it_does_not_come_for_ever(
    world: World, body: bytes
) -> None:
    with capture_logs() as lines:
        assert (await world.bring(body)).status_code == 200
    assert [line["event"] for line in lines] == ["whatsapp_unreadable"]


async def test_the_log_holds_neither_words_nor_numbers(world: World) -> None:
    with capture_logs() as lines:
        await world.post(payload("a very private matter"))
        for path in PAYLOADS.glob("*.json"):
            await world.post(json.loads(path.read_bytes()))
    said = json.dumps(lines, default=str)
    assert "private" not in said
    assert SAM[2:] not in said
    assert "wamid" not in said


async def test_the_same_message_again_changes_nothing(world: World) -> None:
    for _ in range(3):
        assert (await world.post(payload("one", "two"))).status_code == 200
    assert kept(world) == ["one", "two"]


async def test_what_could_not_be_stored_is_not_acknowledged_and_taken_when_it_comes_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(world.database, "write", _away)
        assert (await world.post(payload("hello"))).status_code == 503
        assert (await world.bring((PAYLOADS / "status-read.json").read_bytes())).status_code == 503
        assert (await world.bring((PAYLOADS / "reaction.json").read_bytes())).status_code == 503
    assert (await world.post(payload("hello"))).status_code == 200
    assert kept(world) == ["hello"]


def _away() -> Any:
    raise OperationalError("SELECT 1", {}, Exception("the database is away"))


async def test_a_message_never_overtakes_one_of_the_same_person_that_could_not_be_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = Arrivals.take
    failing = ["one"]

    def sometimes(self: Arrivals, arrival: Arrival) -> Stored:
        if arrival.incoming.text in failing:
            raise OperationalError("INSERT", {}, Exception("the database is away"))
        return take(self, arrival)

    monkeypatch.setattr(Arrivals, "take", sometimes)
    both = payload("one", "two")
    both["entry"][0]["changes"] += payload("from Amina", sender="32470987654")["entry"][0]["changes"]
    assert (await world.post(both)).status_code == 503
    assert kept(world) == ["from Amina"]
    failing.clear()
    assert (await world.post(both)).status_code == 200
    assert kept(world) == ["from Amina", "one", "two"]


async def test_two_requests_at_once_keep_their_order(world: World) -> None:
    texts = [str(number) for number in range(12)]
    answers = await asyncio.gather(*(world.post(payload(text)) for text in texts))
    assert {answer.status_code for answer in answers} == {200}
    assert kept(world) == texts


async def test_what_came_wakes_who_waits_for_the_conversation(world: World) -> None:
    world.hub.bind()
    await world.post(payload("one"))
    (conversation,) = world.conversations()
    async with world.hub.listen(conversation.id) as news:
        await world.post(payload("two"))
        assert news.is_set()


async def test_every_kind_of_payload_is_acknowledged(world: World) -> None:
    for path in sorted(PAYLOADS.glob("*.json")):
        assert (await world.bring(path.read_bytes())).status_code == 200, path.stem


async def test_the_kind_of_a_message_is_stored_with_its_words(world: World) -> None:
    await world.bring((PAYLOADS / "image-caption.json").read_bytes())
    with world.database.read() as session:
        message = session.scalars(select(Message).where(Message.sender == Sender.PERSON)).one()
    assert (message.kind, message.text) == (Kind.PHOTO, "[photo] What is this letter?")


async def ask(world: World, **query: str) -> tuple[int, str, str]:
    names = {f"hub.{name}": value for name, value in query.items()}
    answer = await world.http.get("/whatsapp/webhook", params=names)
    return answer.status_code, answer.text, answer.headers["content-type"]


async def test_meta_gets_its_challenge_back_as_plain_text(world: World) -> None:
    answer = await ask(world, mode="subscribe", verify_token=VERIFY_TOKEN, challenge="<b>1158201444</b>")
    assert answer == (200, "<b>1158201444</b>", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "query",
    [
        {"mode": "subscribe", "verify_token": "guessed", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "vérify", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": VERIFY_TOKEN, "challenge": "1"},
        {"mode": "subscribe", "challenge": "1"},
        {},
    ],
)
async def test_nobody_else_gets_it(world: World, query: dict[str, str]) -> None:
    assert (await ask(world, **query))[:2] == (403, "forbidden")


async def test_secrets_are_not_shown_by_accident(world: World) -> None:
    assert APP_SECRET not in repr(world.service)
    assert VERIFY_TOKEN not in repr(world.service)
