"""“End my chat”: nobody goes on in it, nobody opens it, and whoever was there is told."""

from __future__ import annotations

import datetime as dt

import pytest

from channels.arrivals import Arrival, Arrivals
from channels.incoming import Incoming
from channels.resume.codes import Codes
from dossiers import accounts, conversations, floor, handovers
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Address, Conversation, Forgetting, Kind, Message, OutboxItem, Sender, Speaker
from dossiers.privacy import receipts
from dossiers.privacy.ending import end_chat
from dossiers.sealing import Sealer
from knowledge.wording import say


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(["a secret of the service"])


@pytest.fixture
def arrivals(database: Database, sealer: Sealer, moment: dt.datetime) -> Arrivals:
    return Arrivals(database, sealer, Codes(sealer, lambda: moment), lambda: moment)


def started(database: Database, moment: dt.datetime) -> tuple[str, str]:
    with database.write() as session:
        made, token = conversations.start(session, channel="web", municipality=None, now=moment)
        conversations.add(session, made, Sender.PERSON, Said("Hello"), moment)
        return made.id, token


def texts(database: Database, conversation_id: str) -> list[str]:
    with database.read() as session:
        return [one.text for one in conversations.messages_after(session, conversation_id, 0)]


def test_the_person_is_told_and_nobody_opens_it_again(database: Database, moment):
    conversation_id, token = started(database, moment)
    receipt = end_chat(database, conversation_id, moment)
    assert receipt is not None
    assert texts(database, conversation_id)[-1] == say("chat_ended")
    with database.read() as session:
        assert conversations.opened_by(session, conversation_id, token) is None
        person_id = session.get_one(Conversation, conversation_id).person_id
        assert [one.number for one in receipts.of_person(session, person_id)] == [receipt.number]
        assert [one.key for one in session.query(Forgetting)] == [conversation_id]


def test_the_request_for_a_colleague_ends_with_it(database: Database, moment):
    conversation_id, _ = started(database, moment)
    with database.write() as session:
        handovers.request(session, session.get_one(Conversation, conversation_id), "asked", moment)
    receipt = end_chat(database, conversation_id, moment)
    assert receipt is not None
    assert receipt.counts == {"conversations": 1, "requests for a colleague": 1}
    with database.read() as session:
        assert handovers.open_handover(session, conversation_id) is None
        assert session.get_one(Conversation, conversation_id).speaker == Speaker.BOT


def test_a_colleague_who_is_there_loses_the_floor_and_is_told(database: Database, moment):
    conversation_id, _ = started(database, moment)
    with database.write() as session:
        mia = accounts.create_agent(session, login="mia", name="Mia", password="correct horse battery", now=moment)
        conversation = session.get_one(Conversation, conversation_id)
        handovers.request(session, conversation, "asked", moment)
        handovers.take(session, conversation, mia, say, moment)
    end_chat(database, conversation_id, moment)
    with database.write() as session:
        assert not floor.renew(session, conversation_id, mia.id, moment)
    assert texts(database, conversation_id)[-1] == say("chat_ended")


def test_ending_twice_or_what_is_not_there_changes_nothing(database: Database, moment):
    conversation_id, _ = started(database, moment)
    end_chat(database, conversation_id, moment)
    before = texts(database, conversation_id)
    assert end_chat(database, conversation_id, moment) is None
    assert end_chat(database, "0" * 32, moment) is None
    assert texts(database, conversation_id) == before


def test_who_writes_again_on_a_platform_begins_a_new_chat_with_the_notice(database: Database, arrivals, moment):
    first = arrivals.take(Arrival("telegram", "5550001", Incoming("m1", "hello")))
    end_chat(database, first.conversation_id, moment)
    second = arrivals.take(Arrival("telegram", "5550001", Incoming("m2", "hello again")))
    assert second.conversation_id != first.conversation_id
    assert texts(database, second.conversation_id) == [say("privacy_first_short"), "hello again"]
    assert "hello again" not in texts(database, first.conversation_id)
    third = arrivals.take(Arrival("telegram", "5550001", Incoming("m3", "and again")))
    assert third.conversation_id == second.conversation_id
    with database.read() as session:
        assert session.query(Address).one().conversation_id == second.conversation_id
        one, two = (session.get_one(Conversation, stored.conversation_id) for stored in (first, second))
        assert one.person_id != two.person_id


def test_the_last_message_still_reaches_the_platform(database: Database, arrivals, moment):
    stored = arrivals.take(Arrival("telegram", "5550001", Incoming("m1", "hello")))
    end_chat(database, stored.conversation_id, moment)
    with database.read() as session:
        last = session.query(Message).order_by(Message.id.desc()).limit(1).one()
        item = session.query(OutboxItem).filter_by(message_id=last.id).one()
        assert (item.channel, item.state, item.address_id) == ("telegram", "queued", stored.address_id)


def test_stop_after_the_end_stops_and_begins_nothing(database: Database, arrivals, moment):
    stored = arrivals.take(Arrival("telegram", "5550001", Incoming("m1", "hello")))
    end_chat(database, stored.conversation_id, moment)
    again = arrivals.take(Arrival("telegram", "5550001", Incoming("m2", "STOP", kind=Kind.STOP)))
    assert again.conversation_id == stored.conversation_id
    with database.read() as session:
        assert session.query(Address).one().stopped_at == moment


def test_no_colleague_takes_a_chat_that_was_ended(database: Database, moment):
    conversation_id, _ = started(database, moment)
    end_chat(database, conversation_id, moment)
    with database.write() as session:
        mia = accounts.create_agent(session, login="mia", name="Mia", password="correct horse battery", now=moment)
        assert not floor.request(session, conversation_id)
        assert not floor.take(session, conversation_id, mia.id, moment)
        assert session.get_one(Conversation, conversation_id).speaker == Speaker.BOT
