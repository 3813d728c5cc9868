"""What comes to the webhook is stored before it is acknowledged, once, and only from whoever knows the secret."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from channels.telegram.reading import Read
from channels.telegram.service import MOST_TRIES, TelegramService
from channels.telegram.webhook import LARGEST_BODY, PATH
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.models import Feedback, Kind, OutboxItem, Sender, SentPart, Verdict
from knowledge.wording import say
from tests.channels.telegram.conftest import CHAT, SECRET, World, delivery, keyboard, part, until
from tests.channels.telegram.updates import AMINA, NAMES, payload, text

NO_UPDATES: list[Any] = [
    None,
    [],
    "update",
    {},
    {"update_id": "seven"},
    {"update_id": True},
    {"update_id": 7},
    {"update_id": 7, "message": {}},
    {"update_id": 7, "message": "hello"},
    {"update_id": 7, "message": {"message_id": 1, "date": "now", "chat": {"id": "x"}}},
    {"update_id": 7, "callback_query": []},
]


class Hook:
    """Telegram, as the app sees it."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def brings(self, update: Any, secret: str | None = SECRET) -> httpx.Response:
        content = update if isinstance(update, bytes) else json.dumps(update).encode()
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        return await self.http.post(PATH, content=content, headers=headers)


@pytest.fixture
async def hook(world: World) -> AsyncIterator[Hook]:
    """The app's webhook; everything it starts beside the answer is over when a call returns."""
    transport = httpx.ASGITransport(app=world.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as http:
        yield Hook(http)


async def test_a_message_is_stored_before_it_is_acknowledged(world: World, hook: Hook) -> None:
    assert (await hook.brings(payload("text"))).status_code == 200
    assert world.said() == ["Do I need a residence card?"]
    (conversation,) = world.conversations()
    assert conversation.channel == "telegram"
    (address,) = world.addresses()
    assert world.sealer.open(address.sealed) == AMINA


async def test_without_the_right_secret_nothing_is_taken(world: World, hook: Hook) -> None:
    for secret in (None, "", "wrong", f"{SECRET}x", SECRET[:-1], SECRET.upper()):
        assert (await hook.brings(payload("text"), secret)).status_code == 403
        assert (await hook.brings(b"no json", secret)).status_code == 403
    assert world.messages() == []


async def test_a_secret_of_other_letters_is_only_wrong(world: World, hook: Hook) -> None:
    headers = {b"X-Telegram-Bot-Api-Secret-Token": "sécret".encode()}
    assert (await hook.http.post(PATH, content=b"{}", headers=headers)).status_code == 403


async def test_an_app_without_a_secret_takes_nothing(world: World, hook: Hook) -> None:
    world.service.secret = ""
    assert (await hook.brings(payload("text"), "")).status_code == 403
    assert world.messages() == []


async def test_an_update_that_comes_again_is_stored_once(world: World, hook: Hook) -> None:
    for _ in range(3):
        assert (await hook.brings(payload("text"))).status_code == 200
    assert len(world.said()) == 1


async def test_an_update_that_comes_twice_at_once_is_stored_once(world: World, hook: Hook) -> None:
    answers = await asyncio.gather(*(hook.brings(payload("text")) for _ in range(4)))
    while any(answer.status_code == 503 for answer in answers):  # Telegram brings it again
        answers = [await hook.brings(payload("text"))]
    assert len(world.said()) == 1
    assert len(world.conversations()) == 1


async def test_every_recorded_update_is_acknowledged_and_changes_nothing_when_it_comes_again(
    world: World, hook: Hook
) -> None:
    for name in NAMES:
        assert (await hook.brings(payload(name))).status_code == 200, name
    kept = [(message.id, message.text) for message in world.messages()]
    for name in NAMES:
        assert (await hook.brings(payload(name))).status_code == 200, name
    assert [(message.id, message.text) for message in world.messages()] == kept


async def test_a_body_that_cannot_be_read_is_refused(world: World, hook: Hook) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000):
        assert (await hook.brings(body)).status_code == 400, body[:5]
    assert world.messages() == []


async def test_what_is_no_update_is_acknowledged_so_that_it_does_not_come_for_ever(world: World, hook: Hook) -> None:
    for body in NO_UPDATES:
        assert (await hook.brings(body)).status_code == 200, body
    assert world.messages() == []


async def test_a_message_that_the_library_stumbles_over_is_answered_all_the_same(world: World, hook: Hook) -> None:
    broken = payload("text")
    broken["message"]["entities"] = [{"nothing": 1}]
    await hook.brings(broken)
    broken = payload("photo")
    broken["message"] |= {"photo": "no list of sizes", "message_id": 102}
    await hook.brings(broken)
    broken = payload("group_message")
    broken["message"]["entities"] = "none"
    await hook.brings(broken)
    kept = [(message.kind, message.text) for message in world.messages() if message.sender == Sender.PERSON]
    assert kept == [(Kind.TEXT, "Do I need a residence card?"), (Kind.OTHER, f"[{say('sent_other')}]")]


async def test_a_body_without_end_is_not_read(world: World, hook: Hook) -> None:
    assert (await hook.brings(b" " * (LARGEST_BODY + 1))).status_code == 413


async def test_a_database_that_is_away_leaves_the_update_with_telegram(
    world: World, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    with monkeypatch.context() as broken:
        broken.setattr(world.arrivals, "take", away)
        for _ in range(MOST_TRIES + 2):
            answer = await hook.brings(payload("text"))
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
    assert (await hook.brings(payload("text"))).status_code == 200
    assert len(world.said()) == 1


async def test_an_update_that_breaks_the_storing_does_not_come_for_ever(
    world: World, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("what somebody wrote")

    monkeypatch.setattr(world.arrivals, "take", broken)
    with capture_logs() as logs:
        answers = [(await hook.brings(payload("text"))).status_code for _ in range(MOST_TRIES)]
    assert answers == [503] * (MOST_TRIES - 1) + [200]
    assert "what somebody wrote" not in str(logs)


async def test_a_changed_message_that_nobody_read_is_read_in_its_new_words(world: World, hook: Hook) -> None:
    await hook.brings(payload("text"))
    await hook.brings(payload("edited_text"))
    assert world.said() == ["Do I need a new residence card?"]


async def test_stop_is_confirmed_and_ends_what_waits(world: World, hook: Hook) -> None:
    await hook.brings(payload("text"))
    await hook.brings(text("STOP", 102))
    assert [item.state for item in world.outbox()] == ["dead", "queued"]
    assert world.messages()[-1].text == say("stopped")


async def test_who_blocks_the_bot_is_written_to_no_more_until_they_write(world: World, hook: Hook) -> None:
    await hook.brings(payload("text"))
    assert (await hook.brings(payload("blocked"))).status_code == 200
    (address,) = world.addresses()
    assert address.stopped_at is not None
    assert {item.state for item in world.outbox()} == {"dead"}
    await hook.brings(payload("unblocked"))
    assert world.addresses()[0].stopped_at is not None
    world.passes(minutes=5)
    await hook.brings(text("I am back", 120))
    assert world.addresses()[0].stopped_at is None


async def test_a_note_of_a_block_that_comes_after_newer_words_changes_nothing(world: World, hook: Hook) -> None:
    world.passes(minutes=10)
    await hook.brings(payload("text"))
    await hook.brings(payload("blocked"))
    assert world.addresses()[0].stopped_at is None


async def test_somebody_unknown_may_block_the_bot(world: World, hook: Hook) -> None:
    assert (await hook.brings(payload("blocked"))).status_code == 200
    assert world.addresses() == []


async def test_a_press_is_stored_first_and_then_acknowledged(world: World, hook: Hook) -> None:
    await world.people.says("/start")
    await world.people.call("getUpdates", allowed_updates=["callback_query"])
    sent = await world.people.call("sendMessage", chat_id=CHAT, text="a", reply_markup=keyboard(callback_data="m1:0"))
    press = await world.people.does("press", message_id=sent.json()["result"]["message_id"])
    update = payload("callback_query")
    update["callback_query"]["id"] = press["callback_id"]
    await hook.brings(update)
    assert (await world.people.state())["callbacks"] == {press["callback_id"]: True}
    assert [message.kind for message in world.messages()][-1] == Kind.OTHER  # it was offered to nobody here


async def test_a_group_is_told_once_and_left_and_nothing_of_it_is_kept(world: World, hook: Hook) -> None:
    group = payload("group_message")["message"]["chat"]["id"]
    await world.people.says("hello everybody", chat=group)
    await asyncio.gather(*(hook.brings(payload("group_message")) for _ in range(3)))
    await hook.brings(payload("added_to_group"))
    assert await world.people.reads(chat=group) == [say("only_private")]
    assert (await world.people.state())["left"] == [group]
    assert (world.messages(), world.addresses()) == ([], [])


async def test_telegram_being_away_does_not_keep_an_update_from_being_acknowledged(world: World, hook: Hook) -> None:
    await world.people.trouble("drop", on="answerCallbackQuery", times=5)
    assert (await hook.brings(payload("callback_query"))).status_code == 200


async def test_a_thumb_on_an_answer_is_what_the_person_thinks_of_it(world: World, hook: Hook) -> None:
    await hook.brings(payload("text"))
    answer = answered(world, number=99)
    await hook.brings(payload("reaction"))
    assert verdicts(world) == {answer: Verdict.HELPED}
    await hook.brings(payload("reaction_changed"))
    assert verdicts(world) == {answer: Verdict.NOT_HELPED}
    await hook.brings(payload("reaction_removed"))
    await hook.brings(payload("reaction_custom"))
    assert verdicts(world) == {answer: Verdict.NOT_HELPED}


def answered(world: World, number: int) -> int:
    """An answer from an article that was sent under this id."""
    (conversation,) = world.conversations()
    with world.database.write() as session:
        found = session.merge(conversation)
        said = Said("You need one.", outcome="answered", article="deposit-return")
        message = conversations.add(session, found, Sender.BOT, said, world.clock())
        item = session.scalars(select(OutboxItem).where(OutboxItem.message_id == message.id)).one()
        mark = world.sealer.mark("telegram", f"{AMINA}:{number}")
        session.add(SentPart(outbox_id=item.id, part=0, platform_id=mark, number=number, sent_at=world.clock()))
        return message.id


def verdicts(world: World) -> dict[int, str]:
    with world.database.read() as session:
        return {feedback.message_id: feedback.verdict for feedback in session.scalars(select(Feedback))}


async def test_whoever_waits_for_news_is_woken(world: World, hook: Hook) -> None:
    world.hub.bind()
    async with world.hub.listen("*") as woken:
        await hook.brings(payload("text"))
        await asyncio.wait_for(woken.wait(), 5)


async def test_the_answer_does_not_wait_for_what_comes_after_it(world: World) -> None:
    """Over a real connection: the group is left slowly, the update is acknowledged at once."""
    group = payload("group_message")["message"]["chat"]["id"]
    await world.people.says("hello everybody", chat=group)
    await world.people.trouble("slow", on="leaveChat", seconds=1.0)
    async with world.running() as url, httpx.AsyncClient() as http:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        answer = await http.post(f"{url}{PATH}", json=payload("group_message"), headers=headers)
        assert answer.status_code == 200
        assert group not in (await world.people.state())["left"]

        async def left() -> bool:
            return group in (await world.people.state())["left"]

        await until(left)


async def test_ids_of_messages_are_noticed_for_later_searches(world: World) -> None:
    service: TelegramService = world.service
    found = await service.take(text("hello", 4711))
    assert found.number == 4711
    assert 4711 in world.platform.numbers.noticed
    assert await service.take({"update_id": 1}) == Read()
    await world.people.says("/start")
    sent = await world.platform.send(part(), delivery())
    assert sent.number in world.platform.numbers.noticed
