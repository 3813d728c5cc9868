"""Notes for colleagues, whom they name, and that they are no messages."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import accounts, conversations, notes
from dossiers.models import Agent, Conversation, Message, OutboxItem


@pytest.fixture
def people(database, moment):
    """Two agents and a conversation."""
    with database.write() as session:
        made = [
            accounts.create_agent(
                session, login=login, name=login.title(), password="correct horse battery", now=moment
            )
            for login in ("mia", "tom")
        ]
        conversation, _ = conversations.start(session, channel="web", municipality=None, now=moment)
        return *made, conversation.id


def write(database, moment, conversation_id: str, author: Agent, text: str, *mentioned: Agent) -> int:
    with database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        return notes.write(session, conversation, author, text, mentioned, moment).id


def test_a_note_is_no_message_and_is_delivered_to_nobody(database, moment, people):
    mia, tom, conversation_id = people
    write(database, moment, conversation_id, mia, "He sounds afraid", tom)
    with database.read() as session:
        assert session.query(Message).count() == 0
        assert session.query(OutboxItem).count() == 0
        (note,) = notes.of_conversation(session, conversation_id)
    assert (note.author, note.text, note.mentioned) == ("Mia", "He sounds afraid", ("Tom",))


def test_whom_a_note_names_has_it_to_read_until_they_have_seen_it(database, moment, people):
    mia, tom, conversation_id = people
    note_id = write(database, moment, conversation_id, mia, "Can you look?", tom)
    with database.write() as session:
        assert [one.note.id for one in notes.mentions_of(session, tom.id, unread=True)] == [note_id]
        notes.seen(session, conversation_id, tom.id, moment + dt.timedelta(minutes=1))
    with database.read() as session:
        assert notes.mentions_of(session, tom.id, unread=True) == []
        (named,) = notes.mentions_of(session, tom.id)
    assert named.read_at == moment + dt.timedelta(minutes=1)


def test_nobody_is_told_of_their_own_note(database, moment, people):
    mia, _, conversation_id = people
    write(database, moment, conversation_id, mia, "A reminder for @mia", mia)
    with database.read() as session:
        assert notes.mentions_of(session, mia.id, unread=True) == []


def test_only_its_author_deletes_a_note_and_nobody_is_named_by_it_any_more(database, moment, people):
    mia, tom, conversation_id = people
    note_id = write(database, moment, conversation_id, mia, "Wrong person", tom)
    with database.write() as session:
        assert not notes.remove(session, note_id, tom.id, conversation_id)
        assert not notes.remove(session, note_id, mia.id, "0" * 32)
        assert notes.remove(session, note_id, mia.id, conversation_id)
    with database.read() as session:
        assert notes.of_conversation(session, conversation_id) == []
        assert notes.mentions_of(session, tom.id, unread=True) == []


def test_notes_go_with_the_conversation_and_can_be_forgotten_before(database, moment, people):
    mia, tom, conversation_id = people
    write(database, moment, conversation_id, mia, "one", tom)
    with database.write() as session:
        assert notes.forget(session, [conversation_id]) == 1
    write(database, moment, conversation_id, mia, "two", tom)
    with database.write() as session:
        session.delete(session.get_one(Conversation, conversation_id))
    with database.read() as session:
        assert notes.mentions_of(session, tom.id) == []
