"""The inbox: stored once, worked on by one at a time, in order, and only what a conversation itself offered."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from channels import inbox
from channels.hub import Hub
from channels.incoming import Incoming, reference, referred
from channels.router import Router, next_work
from channels.worker import Worker
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Conversation, InboxItem, InboxState, Kind, Message, Sender
from tests.channels.conftest import ChosenBot, Service
from tests.conftest import MOMENT

OPTIONS = [{"title": "Deposit", "payload": "/ask_deposit"}, {"title": "A person", "payload": "/human"}]
LATER = MOMENT + inbox.TURN + dt.timedelta(seconds=1)


def started(database: Database, channel: str = "telegram") -> str:
    with database.write() as session:
        return conversations.start(session, channel=channel, municipality=None, now=MOMENT)[0].id


def receive(database: Database, conversation_id: str, external_id: str, text: str = "", **more: object) -> bool:
    """Stores a message; False when it was here already."""
    with database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        incoming = Incoming(external_id, text, **more)  # type: ignore[arg-type]
        return inbox.receive(session, conversation, incoming, MOMENT)[1]


def claim(database: Database, conversation_id: str, now: dt.datetime = MOMENT) -> dt.datetime | None:
    with database.write() as session:
        return inbox.claim(session, conversation_id, now)


def waiting(database: Database, now: dt.datetime = MOMENT) -> list[str]:
    with database.read() as session:
        return list(inbox.waiting_conversations(session, now))


def offered(database: Database, conversation_id: str) -> int:
    """A message of the bot with two options."""
    with database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        return conversations.add(session, conversation, Sender.BOT, Said("Which?", options=OPTIONS), MOMENT).id


def texts(session: Session, conversation_id: str, sender: Sender | None = None) -> list[str]:
    found = conversations.messages_after(session, conversation_id, 0)
    return [message.text for message in found if sender is None or message.sender == sender]


def test_a_message_that_comes_many_times_at_once_is_stored_once(database: Database) -> None:
    conversation_id = started(database)
    together = threading.Barrier(6)

    def one() -> bool:
        together.wait()
        return receive(database, conversation_id, "the same", "hello")

    with ThreadPoolExecutor(6) as threads:
        stored = [future.result() for future in [threads.submit(one) for _ in range(6)]]
    assert sorted(stored) == [False] * 5 + [True]
    with database.read() as session:
        assert texts(session, conversation_id) == ["hello"]
        assert session.query(InboxItem).count() == 1


def test_the_same_id_in_another_conversation_is_another_message_unless_the_channel_says_otherwise(
    database: Database,
) -> None:
    first, second = started(database), started(database)
    assert receive(database, first, "1", "hello")
    assert receive(database, second, "1", "hello")
    with database.write() as session:
        incoming = Incoming("2", "hello")
        inbox.receive(session, session.get_one(Conversation, first), incoming, MOMENT, key="platform-2")
    with database.read() as session:
        assert inbox.taken(session, "telegram", "platform-2") == first
        assert inbox.taken(session, "whatsapp", "platform-2") is None


def test_of_many_workers_one_gets_the_conversation(database: Database) -> None:
    conversation_id = started(database)
    receive(database, conversation_id, "1", "hello")
    together = threading.Barrier(6)

    def one() -> dt.datetime | None:
        together.wait()
        return claim(database, conversation_id)

    with ThreadPoolExecutor(6) as threads:
        got = [future.result() for future in [threads.submit(one) for _ in range(6)]]
    assert [until for until in got if until is not None] == [MOMENT + inbox.TURN]


def test_a_claimed_conversation_waits_for_nobody_until_the_claim_ends_by_itself(database: Database) -> None:
    conversation_id = started(database)
    receive(database, conversation_id, "1", "hello")
    assert waiting(database) == [conversation_id]
    assert claim(database, conversation_id)
    assert waiting(database) == []
    assert claim(database, conversation_id, MOMENT + inbox.TURN) is None
    assert waiting(database, LATER) == [conversation_id]
    assert claim(database, conversation_id, LATER) == LATER + inbox.TURN


def test_a_worker_ends_its_own_claim_only(database: Database) -> None:
    conversation_id = started(database)
    receive(database, conversation_id, "1", "hello")
    stale, current = claim(database, conversation_id), claim(database, conversation_id, LATER)
    assert stale is not None
    assert current is not None
    with database.write() as session:
        inbox.release(session, conversation_id, stale)
    assert waiting(database, LATER) == []
    with database.write() as session:
        inbox.release(session, conversation_id, current)
    assert waiting(database, LATER) == [conversation_id]


def test_the_only_process_frees_at_its_start_what_the_one_before_left(database: Database) -> None:
    conversation_id = started(database)
    receive(database, conversation_id, "1", "hello")
    claim(database, conversation_id)
    with database.write() as session:
        inbox.release_all(session)
    assert waiting(database) == [conversation_id]


def test_who_waits_longest_comes_first(database: Database) -> None:
    first, second, third = (started(database) for _ in range(3))
    for number, conversation_id in enumerate((second, first, third, second)):
        receive(database, conversation_id, f"{number}", "hello")
    assert waiting(database) == [second, first, third]


def test_a_message_that_is_put_off_is_not_overtaken(database: Database) -> None:
    conversation_id = started(database)
    receive(database, conversation_id, "1", "first")
    receive(database, conversation_id, "2", "second")
    with database.write() as session:
        item = inbox.next_item(session, conversation_id)
        assert item is not None
        item.due_at = LATER
    with database.read() as session:
        work = next_work(session, conversation_id)
        assert work is not None
        assert (work.text, work.due_at) == ("first", LATER)


async def test_two_workers_process_every_message_once_and_in_order(service: Service) -> None:
    bots = [ChosenBot(), ChosenBot()]
    hubs = [Hub(), Hub()]
    made = [started(service.database) for _ in range(4)]
    for number in range(5):
        for conversation_id in made:
            receive(service.database, conversation_id, f"{number}", f"question {number}")
    workers = [
        Worker(service.database, Router(service.database, bot, service.clock), hub)
        for bot, hub in zip(bots, hubs, strict=True)
    ]
    for hub in hubs:
        hub.bind()
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    async with asyncio.timeout(20):
        while waiting(service.database, LATER):  # noqa: ASYNC110  (asks as a person would look)
            await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    expected = [f"question {number}" for number in range(5)]
    with service.database.read() as session:
        for conversation_id in made:
            assert texts(session, conversation_id, Sender.BOT) == [f"about {text}" for text in expected]
    asked = [text for bot in bots for conversation_id, text, _ in bot.asked if conversation_id == made[0]]
    assert sorted(asked) == expected


async def test_the_answer_of_a_worker_that_was_away_too_long_is_dropped(service: Service) -> None:
    conversation_id = started(service.database)
    receive(service.database, conversation_id, "1", "hello")
    claim(service.database, conversation_id)
    with service.database.read() as session:
        work = next_work(session, conversation_id)
    assert work is not None
    held, slow = asyncio.Event(), ChosenBot()
    turn = slow.turn

    async def hold(conversation_id: str, message_id: int, text: str, payload: str | None) -> list[Said]:
        await held.wait()
        return await turn(conversation_id, message_id, text, payload)

    slow.turn = hold  # type: ignore[method-assign]
    stale = asyncio.create_task(Router(service.database, slow, service.clock).process(work))
    assert claim(service.database, conversation_id, LATER), "its claim has ended"
    await service.worker.router.process(work)
    held.set()
    await stale
    with service.database.read() as session:
        assert texts(session, conversation_id) == ["hello", "about hello"]


async def test_whatever_a_stale_worker_still_has_to_say_changes_nothing(service: Service) -> None:
    conversation_id = started(service.database)
    receive(service.database, conversation_id, "1", "hello")
    with service.database.read() as session:
        work = next_work(session, conversation_id)
    assert work is not None
    await service.worker.router.process(work)
    for trouble in ({"failures": 1}, {"silent": True}):
        await Router(service.database, ChosenBot(**trouble), service.clock).process(work)
    with service.database.read() as session:
        assert texts(session, conversation_id) == ["hello", "about hello"]
        assert session.query(InboxItem).one().state == InboxState.DONE
        assert session.get_one(Conversation, conversation_id).failed_turns == 0


def change(database: Database, conversation_id: str, edits: str, text: str, external_id: str = "edit-1") -> bool:
    with database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        incoming = Incoming(external_id, text, Kind.EDIT, edits=edits)
        return inbox.change(session, conversation, incoming, MOMENT)


def test_a_message_that_is_edited_before_it_is_read_has_its_new_words(database: Database) -> None:
    conversation_id = started(database)
    receive(database, conversation_id, "1", "how do I lose my deposit")
    assert change(database, conversation_id, "1", "how do I get my deposit")
    assert change(database, conversation_id, "1", "how do I get my deposit back", "edit-2")
    with database.read() as session:
        assert texts(session, conversation_id) == ["how do I get my deposit back"]
        work = next_work(session, conversation_id)
        assert work is not None
        assert work.text == "how do I get my deposit back"


def test_what_was_sent_beside_the_words_stays_when_they_are_edited(database: Database) -> None:
    conversation_id = started(database)
    receive(database, conversation_id, "1", "my leter", kind=Kind.PHOTO)
    assert change(database, conversation_id, "1", "my letter")
    with database.read() as session:
        assert texts(session, conversation_id) == ["[photo] my letter"]
        work = next_work(session, conversation_id)
        assert work is not None
        assert work.text == "my letter"


@pytest.mark.parametrize("read", ["claimed", "failed", "answered"])
def test_an_edit_that_comes_after_the_words_were_read_does_not_replace_them(database: Database, read: str) -> None:
    conversation_id = started(database)
    receive(database, conversation_id, "1", "old words")
    with database.write() as session:
        item = inbox.next_item(session, conversation_id)
        assert item is not None
        if read == "claimed":
            inbox.claim(session, conversation_id, MOMENT)
        elif read == "failed":
            item.attempts = 1
        else:
            item.state = InboxState.DONE
    assert not change(database, conversation_id, "1", "new words")
    with database.read() as session:
        assert texts(session, conversation_id) == ["old words"]


def read_and_edited_at_once(database: Database) -> tuple[str, bool]:
    """The words that a worker reads, and whether an edit in the same moment took their place."""
    conversation_id, together = started(database), threading.Barrier(2)
    receive(database, conversation_id, "1", "old")

    def read() -> str:
        together.wait()
        with database.write() as session:
            assert inbox.claim(session, conversation_id, MOMENT)
            work = next_work(session, conversation_id)
            assert work is not None
            return work.text

    def edit() -> bool:
        together.wait()
        return change(database, conversation_id, "1", "new")

    with ThreadPoolExecutor(2) as threads:
        reading, editing = threads.submit(read), threads.submit(edit)
    return reading.result(), editing.result()


def test_an_edit_never_lands_between_the_reading_of_the_old_words_and_their_answer(database: Database) -> None:
    for _ in range(15):
        assert read_and_edited_at_once(database) in {("old", False), ("new", True)}


def test_nobody_edits_the_message_of_somebody_else(database: Database) -> None:
    mine, other = started(database), started(database)
    receive(database, mine, "1", "mine")
    assert not change(database, other, "1", "not yours")
    assert not change(database, mine, "2", "never came")
    with database.read() as session:
        assert texts(session, mine) == ["mine"]


def test_a_choice_stands_for_the_option_it_refers_to(database: Database) -> None:
    conversation_id = started(database)
    message_id = offered(database, conversation_id)
    receive(database, conversation_id, "1", kind=Kind.CHOICE, choice=reference(message_id, 1))
    with database.read() as session:
        work = next_work(session, conversation_id)
        assert work is not None
        assert (work.text, work.payload) == ("A person", "/human")


def test_a_choice_reaches_no_other_conversation_and_no_option_that_is_not_there(database: Database) -> None:
    mine, other = started(database), started(database)
    message_id, foreign = offered(database, mine), offered(database, other)
    receive(database, mine, "own", "hello")
    with database.read() as session:
        own = session.query(Message.id).filter_by(client_id="own").scalar()
    wrong = [reference(foreign, 0), reference(message_id, 2), reference(own, 0), reference(10**17, 0), f"m{message_id}"]
    for number, choice in enumerate([*wrong, f"m{message_id}:-1", "/human", "", "m:", f"x{message_id}:0"]):
        with pytest.raises(inbox.NotOffered):
            receive(database, mine, f"choice-{number}", kind=Kind.CHOICE, choice=choice)
    with pytest.raises(inbox.NotOffered):
        receive(database, mine, "payload", payload="/restart")
    with database.read() as session:
        assert session.query(InboxItem).count() == 1


@given(message_id=st.integers(0, 10**18 - 1), index=st.integers(0, 999))
def test_a_reference_is_short_and_leads_back(message_id: int, index: int) -> None:
    assert referred(reference(message_id, index)) == (message_id, index)
    assert len(reference(message_id, index)) <= 64


@given(st.text() | st.from_regex(r"m[0-9٠-٩²]{0,25}:[0-9٠-٩²-]{0,5}", fullmatch=True))
def test_any_other_text_is_no_reference_or_a_plain_one(choice: str) -> None:
    found = referred(choice)
    assert found is None or (0 <= found[0] < 10**18 and 0 <= found[1] < 1000)
