"""What a platform brings: stored once wherever it belongs; the person is told what is kept, stopped and moved."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from channels import outbox
from channels.arrivals import Arrival, Arrivals
from channels.incoming import Incoming
from channels.resume.codes import Codes
from dossiers.database import Base, Database, make_engine
from dossiers.models import (
    Address,
    Conversation,
    InboxItem,
    Kind,
    Message,
    OutboxItem,
    OutboxState,
    Person,
    Sender,
)
from dossiers.sealing import Sealer
from knowledge.wording import say
from tests.channels.conftest import SECRET, Chat, Service, at_once
from tests.conftest import MOMENT

NOTICE = say("privacy_first_short")


# --- somebody new ----------------------------------------------------------------------------------------------------


def test_somebody_new_is_told_once_what_is_kept_before_anything_else(service: Service) -> None:
    chat = service.chat()
    first, second = chat.says("hello"), chat.says("anybody there?")
    assert (first.new, second.new) == (True, True)
    assert second.conversation_id == first.conversation_id
    assert service.told(first.conversation_id) == [
        (Sender.SYSTEM, NOTICE),
        (Sender.PERSON, "hello"),
        (Sender.PERSON, "anybody there?"),
    ]
    assert service.deliveries(first.conversation_id) == [(NOTICE, OutboxState.QUEUED, None)]


def test_the_notice_names_the_page_that_says_more(service: Service) -> None:
    arrivals = Arrivals(
        service.database, service.sealer, service.codes, service.clock, privacy_url="https://example.org/privacy"
    )
    stored = Chat(arrivals).says("hello")
    assert "https://example.org/privacy" in service.told(stored.conversation_id)[0][1]


def test_the_same_number_on_another_channel_is_another_person(service: Service) -> None:
    first, second = service.chat("telegram", "4711").says("hello"), service.chat("whatsapp", "4711").says("hello")
    assert first.conversation_id != second.conversation_id


# --- once ------------------------------------------------------------------------------------------------------------


def test_the_same_message_again_changes_nothing(service: Service) -> None:
    chat = service.chat()
    first = chat.says("hello", id="1")
    for _ in range(3):
        again = chat.says("hello", id="1")
        assert (again.conversation_id, again.new) == (first.conversation_id, False)
    assert service.count(Person, Conversation, Address, Message, InboxItem) == [1, 1, 1, 2, 1]


@pytest.mark.parametrize("known", [False, True], ids=["somebody new", "somebody known"])
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.STOP, Kind.PHOTO])
def test_the_same_message_many_times_at_once_is_stored_once(service: Service, kind: Kind, *, known: bool) -> None:
    chat = service.chat()
    if known:
        chat.says("before", id="0")
    before = service.count(Person, Address, Message, OutboxItem, InboxItem)
    stored = at_once(*[partial(chat.says, "hello", id="1", kind=kind)] * 6)
    assert sorted(s.new for s in stored) == [False] * 5 + [True]
    assert len({s.conversation_id for s in stored}) == 1
    after = service.count(Person, Address, Message, OutboxItem, InboxItem)
    new = 0 if known else 1
    answers = 1 if kind is Kind.STOP else new  # the last message, or the notice
    assert [now - was for now, was in zip(after, before, strict=True)] == [new, new, 1 + answers, answers, 1]


def test_several_first_messages_at_once_begin_one_conversation(service: Service) -> None:
    chat = service.chat()
    stored = at_once(*[partial(chat.says, f"message {n}", id=str(n)) for n in range(6)])
    assert all(s.new for s in stored)
    (conversation_id,) = {s.conversation_id for s in stored}
    texts = [text for _, text in service.told(conversation_id)]
    assert texts[0] == NOTICE
    assert sorted(texts[1:]) == [f"message {n}" for n in range(6)]


def test_what_was_stored_before_a_move_is_not_stored_again_after_it(service: Service) -> None:
    chat, target = service.chat("whatsapp"), service.website()
    first = chat.says("hello", id="1")
    chat.says("code", id="2", code=service.code_for(target))
    again = chat.says("hello", id="1")
    assert (again.conversation_id, again.new) == (first.conversation_id, False)
    assert "hello" not in [text for _, text in service.told(target)]


def test_what_was_stored_before_an_unlinking_is_not_stored_again_after_it(service: Service) -> None:
    chat = service.chat()
    first = chat.says("hello", id="1")
    with service.database.write() as session:
        session.delete(session.query(Address).one())
    again = chat.says("hello", id="1")
    assert (again.conversation_id, again.address_id, again.new) == (first.conversation_id, None, False)
    assert service.count(Conversation, Address) == [1, 0]


def test_an_edit_is_taken_once_also_when_it_was_put_in_place(service: Service) -> None:
    chat = service.chat()
    conversation_id = chat.says("my leter", id="1").conversation_id
    for _ in range(2):
        chat.says("my letter", id="1:edit:5", kind=Kind.EDIT, edits="1")
    with service.database.write() as session:
        session.query(InboxItem).update({"attempts": 1})  # read meanwhile
    assert not chat.says("my letter", id="1:edit:5", kind=Kind.EDIT, edits="1").new
    assert service.told(conversation_id)[1:] == [(Sender.PERSON, "my letter")]


def test_an_edit_that_comes_too_late_is_a_message_of_its_own(service: Service) -> None:
    chat = service.chat()
    conversation_id = chat.says("my leter", id="1").conversation_id
    with service.database.write() as session:
        session.query(InboxItem).update({"attempts": 1})
    assert chat.says("my letter", id="1:edit:5", kind=Kind.EDIT, edits="1").new
    assert service.told(conversation_id)[1:] == [(Sender.PERSON, "my leter"), (Sender.PERSON, "[changed] my letter")]


def test_signs_that_no_database_takes_do_not_keep_a_message_out(service: Service) -> None:
    conversation_id = service.chat().says("a\x00b \ud83d c").conversation_id
    assert service.told(conversation_id)[1][1] == "ab ? c"


# --- stop ------------------------------------------------------------------------------------------------------------


def test_stop_gives_up_what_waits_and_sends_one_last_message(service: Service) -> None:
    chat = service.chat()
    conversation_id = chat.says("hello").conversation_id
    service.bot_says(conversation_id, "on its way")
    chat.says("STOP", kind=Kind.STOP)
    service.bot_says(conversation_id, "too late")
    chat.says("stop!", kind=Kind.STOP)
    dead = (OutboxState.DEAD, "stopped")
    assert service.deliveries(conversation_id) == [
        (NOTICE, *dead),
        ("on its way", *dead),
        (say("stopped"), OutboxState.QUEUED, None),
        ("too late", *dead),
    ]


def test_after_stop_nothing_is_sent_until_the_person_writes_again(service: Service) -> None:
    chat = service.chat()
    conversation_id = chat.says("hello").conversation_id
    chat.says("STOP", kind=Kind.STOP)
    chat.says("I am back")
    service.bot_says(conversation_id, "welcome back")
    assert service.deliveries(conversation_id)[-1] == ("welcome back", OutboxState.QUEUED, None)
    assert [text for _, text in service.told(conversation_id)].count(NOTICE) == 1


def test_who_begins_with_stop_is_told_what_is_kept_when_they_write(service: Service) -> None:
    chat = service.chat()
    conversation_id = chat.says("STOP", kind=Kind.STOP).conversation_id
    assert [text for _, text in service.told(conversation_id)] == ["STOP", say("stopped")]
    chat.says("hello after all")
    chat.says("and again")
    assert [text for _, text in service.told(conversation_id)][2:] == [NOTICE, "hello after all", "and again"]


def test_who_blocks_us_gets_nothing_more_until_they_write_again(service: Service) -> None:
    chat = service.chat()
    conversation_id = chat.says("hello").conversation_id
    assert service.arrivals.blocked("telegram", "4711") == conversation_id
    assert service.arrivals.blocked("telegram", "unknown") is None
    service.bot_says(conversation_id, "into the void")
    assert {state for _, state, _ in service.deliveries(conversation_id)} == {OutboxState.DEAD}
    assert say("stopped") not in [text for _, text in service.told(conversation_id)]
    chat.says("unblocked")
    service.bot_says(conversation_id, "here again")
    assert service.deliveries(conversation_id)[-1] == ("here again", OutboxState.QUEUED, None)


def test_what_waited_for_the_person_to_write_goes_out_when_they_do(service: Service) -> None:
    chat = service.chat("whatsapp")
    conversation_id = chat.says("hello").conversation_id
    delivery = service.bot_says(conversation_id, "a day late")
    with service.database.write() as session:
        item = session.get_one(OutboxItem, delivery)
        item.state, item.error = OutboxState.DEAD, outbox.WINDOW_CLOSED
    chat.says("sorry, I was away")
    assert service.deliveries(conversation_id)[1] == ("a day late", OutboxState.QUEUED, None)


# --- going on with a code --------------------------------------------------------------------------------------------


def test_somebody_new_with_a_code_goes_on_and_begins_nothing_else(service: Service) -> None:
    target = service.website()
    code = service.code_for(target)
    stored = service.chat().says(f"code {code}", code=code)
    assert stored.conversation_id == target
    assert service.count(Person, Conversation, Address) == [1, 1, 1]
    texts = [text for _, text in service.told(target)]
    assert texts[:2] == ["asked on the website", NOTICE]
    assert len(texts) == 3
    assert code not in texts[2], "the code itself is not kept"
    service.bot_says(target, "an answer")
    with service.database.read() as session:
        assert {item.address_id for item in session.query(OutboxItem)} == {stored.address_id}


def test_somebody_known_with_a_code_leaves_the_conversation_before(service: Service) -> None:
    chat, target = service.chat(), service.website()
    before = chat.says("hello").conversation_id
    stored = chat.says("code", code=service.code_for(target))
    assert stored.conversation_id == target
    assert service.deliveries(before) == [(NOTICE, OutboxState.DEAD, "moved")]
    service.bot_says(before, "nobody is here any more")
    with service.database.read() as session:
        assert session.get_one(Conversation, before).channel == "web"
        assert session.get_one(Conversation, target).channel == "telegram"
        assert session.query(OutboxItem).order_by(OutboxItem.id.desc()).first().address_id is None  # type: ignore[union-attr]
    assert chat.says("and now?").conversation_id == target


def test_a_conversation_keeps_one_address_on_a_channel(service: Service) -> None:
    old, new = service.chat(address="1"), service.chat(address="2")
    target = old.says("hello").conversation_id
    service.bot_says(target, "for the old chat")
    new.says("code", code=service.code_for(target))
    service.bot_says(target, "for the new chat")
    with service.database.read() as session:
        (address,) = session.query(Address)
        waiting = session.query(OutboxItem).filter_by(state=OutboxState.QUEUED)
        assert {item.address_id for item in waiting} == {address.id}
    assert ("for the old chat", OutboxState.DEAD, "moved") in service.deliveries(target)
    assert old.says("who am I?").conversation_id != target


def test_a_code_of_the_same_chat_loses_nothing_that_waits(service: Service) -> None:
    chat = service.chat()
    conversation_id = chat.says("hello").conversation_id
    service.bot_says(conversation_id, "on its way")
    assert chat.says("code", code=service.code_for(conversation_id)).conversation_id == conversation_id
    assert {state for _, state, _ in service.deliveries(conversation_id)} == {OutboxState.QUEUED}
    assert service.count(Address) == [1]


def test_a_code_message_many_times_at_once_moves_once(service: Service) -> None:
    for number, chat in enumerate([service.chat(address="new"), service.chat(address="known")]):
        if number:
            chat.says("hello", id="before")
        target = service.website()
        code = service.code_for(target)
        stored = at_once(*[partial(chat.says, "code", id=f"{chat.address}:code", code=code)] * 5)
        assert {s.conversation_id for s in stored} == {target}
        assert sum(s.new for s in stored) == 1
        assert [text for _, text in service.told(target)].count("[went on here]") == 1


def test_a_wrong_code_changes_nothing_and_its_words_stay(service: Service) -> None:
    chat, target = service.chat(), service.website()
    service.code_for(target)
    before = chat.says("hello").conversation_id
    stored = chat.says("code ABCD-EFG2", code="ABCDEFG2")
    assert stored.conversation_id == before
    assert service.told(before)[-1] == (Sender.PERSON, "[code that does not work] code ABCD-EFG2")


def test_two_chats_that_change_places_at_once_both_arrive(service: Service) -> None:
    for number in range(3):
        one, other = service.chat(address=f"{number}a"), service.chat(address=f"{number}b")
        first, second = one.says("hello").conversation_id, other.says("hello").conversation_id
        to_first, to_second = service.code_for(first), service.code_for(second)
        moved = at_once(partial(one.says, code=to_second), partial(other.says, code=to_first))
        assert [s.conversation_id for s in moved] == [second, first]
        assert [one.says("here").conversation_id, other.says("here").conversation_id] == [second, first]


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_no_address_and_no_platform_id_is_in_the_database_or_in_the_log_in_plain(tmp_path: Path) -> None:
    phone, wamid, ours = "32470123456", "wamid.HBgLMzI0NzAxMjM0NTYVAgASGBQz", "wamid.HBgLMzI0NzAxMjM0NTYVAgARGBI5"
    database = Database(make_engine(f"sqlite:///{tmp_path}/kept.db"))
    Base.metadata.create_all(database.engine)
    sealer = Sealer([SECRET])

    def clock() -> dt.datetime:
        return MOMENT

    arrivals = Arrivals(database, sealer, Codes(sealer, clock), clock)
    with capture_logs() as logged:
        stored = arrivals.take(Arrival("whatsapp", phone, Incoming(wamid, "these words are kept")))
        arrivals.take(Arrival("whatsapp", phone, Incoming(f"{wamid}:edit", "new words", Kind.EDIT, edits=wamid)))
        arrivals.take(Arrival("whatsapp", phone, Incoming("wamid.stop." + phone, "STOP", Kind.STOP)))
        arrivals.take(Arrival("whatsapp", phone, Incoming("wamid.more." + phone, "more words")))
        with database.read() as session:
            delivery = session.query(OutboxItem.id).first()
            assert delivery is not None
        arrivals.receipt("whatsapp", ours, OutboxState.DELIVERED, key=f"{delivery[0]}.0")
        arrivals.react("whatsapp", ours, "👍")
        arrivals.blocked("whatsapp", phone)
    with database.read() as session:
        assert sealer.open(session.get_one(Address, stored.address_id).sealed) == phone
    kept = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("kept.db*")))
    database.engine.dispose()
    assert b"more words" in kept, "what is written is where this test looks"
    for secret in (phone, phone[2:], wamid, ours, "wamid", "HBgLMzI0NzAx"):
        assert secret.encode() not in kept
        assert secret not in repr(logged)
