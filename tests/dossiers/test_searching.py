"""Search: words by their beginnings, only what may be seen, nothing that was erased, no error whatever is typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dossiers import conversations, searching
from dossiers.conversations import Said
from dossiers.database import Base, Database, make_engine
from dossiers.models import (
    Conversation,
    Dossier,
    DossierField,
    FieldState,
    Message,
    Person,
    Sender,
    Team,
    TopicState,
    TopicStatus,
)
from knowledge.library import Library, read

Newcomer = Callable[..., str]


@pytest.fixture(scope="module")
def library() -> Library:
    return read()[0]


@pytest.fixture
def newcomer(database: Database, moment: dt.datetime) -> Newcomer:
    """Somebody with a conversation and a dossier; gives the conversation's id."""

    def made(*texts: str, team: str | None = None, note: str = "", later: int = 0, **values: str) -> str:
        at = moment + dt.timedelta(minutes=later)
        with database.write() as session:
            conversation, _ = conversations.start(session, channel="web", municipality="gent", now=at)
            conversation.team_id = team
            for line in texts:
                conversations.add(session, conversation, Sender.PERSON, Said(line), at)
            dossier = Dossier(
                person_id=conversation.person_id, conversation_id=conversation.id, created_at=at, changed_at=at
            )
            session.add(dossier)
            session.flush()
            for key, value in values.items():
                session.add(statement(dossier.id, key, value, at))
            if note:
                session.add(status(dossier.id, note, at))
            return conversation.id

    return made


def statement(dossier_id: str, key: str, value: str, at: dt.datetime) -> DossierField:
    return DossierField(
        dossier_id=dossier_id,
        key=key,
        value=value,
        state=FieldState.STATED,
        stated_by=Sender.PERSON,
        stated_at=at,
    )


def status(dossier_id: str, note: str, at: dt.datetime) -> TopicStatus:
    return TopicStatus(
        dossier_id=dossier_id, topic="housing", state=TopicState.OPEN, note=note, set_by=Sender.AGENT, set_at=at
    )


def in_dossiers(database: Database, typed: str, library: Library, teams: frozenset[str] | None = None) -> list[str]:
    with database.read() as session:
        return [one.conversation_id for one in searching.dossiers(session, typed, library, teams)]


def in_messages(database: Database, typed: str, teams: frozenset[str] | None = None) -> list[str]:
    with database.read() as session:
        return [one.conversation.id for one in searching.conversations(session, typed, teams)]


@pytest.mark.parametrize(
    "typed", ["depot", "DÉP", "landlord keeps", "keeps my", "  flat,   landlord!", "my-landlord", "land dép fla"]
)
def test_a_message_is_found_by_the_beginnings_of_its_words_whatever_their_accents(database, newcomer, typed):
    found = newcomer("My landlord keeps the dépôt of my flat")
    newcomer("Good morning")
    assert in_messages(database, typed) == [found]


@pytest.mark.parametrize("typed", ["andlord", "landlord bicycle", "", "   ", "?!", "a"])
def test_a_message_is_not_found_by_the_middle_of_a_word_by_half_of_the_words_or_by_nothing(database, newcomer, typed):
    newcomer("a landlord")
    assert in_messages(database, typed) == []


def test_what_the_assistant_said_is_not_searched(database, newcomer, moment):
    conversation_id = newcomer("hello")
    with database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        conversations.add(session, conversation, Sender.BOT, Said("about the deposit"), moment)
        conversations.add(session, conversation, Sender.AGENT, Said("about the guarantee"), moment)
    assert in_messages(database, "deposit") == []
    assert in_messages(database, "guarantee") == [conversation_id]


@pytest.mark.parametrize(
    "typed",
    [
        "amelie",
        "AMÉLIE",
        "syria",
        "amelie syri",
        "study",
        "gent",
        "büro",
        "buro amelie",
        "plumb",
        "ame@example.org",
        "shy chi",
    ],
)
def test_a_dossier_is_found_by_what_its_fields_and_notes_say_together(database, newcomer, library, typed):
    values = {"first_name": "Amélie", "nationality": "SY", "home_town": "gent", "purpose": "student"}
    found = newcomer(note="Büro wants a plumber", concern="my shy child", contact="ame@example.org", **values)
    newcomer(first_name="Bob", nationality="JP", home_town="aalst", purpose="employee")
    assert in_dossiers(database, typed, library) == [found]


@pytest.mark.parametrize("typed", ["jp", "yes", "amelie syria", "oldname", "oldnote"])
def test_codes_answers_without_words_and_what_was_replaced_find_no_dossier(database, newcomer, library, typed, moment):
    newcomer(first_name="Amelie", nationality="JP", job_offer="yes", note="oldnote")
    with database.write() as session:
        dossier = session.query(Dossier).one()
        old = statement(dossier.id, "first_name", "Oldname", moment)
        old.replaced_at = moment
        session.add_all([old, status(dossier.id, "a newer one", moment)])
    assert in_dossiers(database, typed, library) == []


def test_the_dossier_of_that_name_comes_before_the_one_that_changed_later(database, newcomer, library):
    named = newcomer(first_name="Noor")
    told = newcomer(concern="I live with Noor", later=5)
    assert in_dossiers(database, "noor", library) == [named, told]


def test_the_message_that_says_it_most_briefly_comes_first_and_a_conversation_comes_once(database, newcomer):
    long = newcomer("deposit and " + "many other words " * 40)
    short = newcomer("deposit", "deposit")
    newcomer("nothing of it")
    assert in_messages(database, "deposit") == [short, long]


def test_other_teams_see_nothing_and_what_belongs_to_no_team_is_everybodys(database, newcomer, library, moment):
    with database.write() as session:
        session.add_all([Team(id=name * 32, name=name, created_at=moment) for name in "ab"])
    ours = newcomer("the bicycle", team="a" * 32, first_name="Noor")
    theirs = newcomer("the bicycle", team="b" * 32, first_name="Noor")
    free = newcomer("the bicycle", first_name="Noor")
    own = frozenset({"a" * 32})
    assert set(in_messages(database, "bicycle", own)) == {ours, free}
    assert set(in_dossiers(database, "noor", library, own)) == {ours, free}
    assert set(in_messages(database, "bicycle", frozenset())) == {free}
    assert set(in_messages(database, "bicycle")) == {ours, theirs, free}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(typed=st.one_of(st.text(max_size=40), st.text("\"*()'\\:&|!<>-^+ NEARORANDT{}%_,.;ab", max_size=40)))
def test_whatever_is_typed_there_is_no_error_and_only_what_may_be_seen(database, newcomer, library, moment, typed):
    with database.write() as session:
        if session.get(Team, "a" * 32) is None:
            session.add(Team(id="a" * 32, name="a", created_at=moment))
    if not in_messages(database, "near"):
        newcomer("NEAR and or not ab AB", first_name="And Or", team="a" * 32)
        newcomer("near and or not ab AB", first_name="And Or")
    with database.read() as session:
        hidden = session.query(Conversation).filter_by(team_id="a" * 32).one().id
    assert hidden not in in_messages(database, typed, frozenset())
    assert hidden not in in_dossiers(database, typed, library, frozenset())


@pytest.mark.parametrize("change", ["erased", "blanked", "rewritten"])
def test_what_is_gone_is_not_found_any_more(database, newcomer, library, change):
    conversation_id = newcomer("about zebras", first_name="Quagga", note="okapi")
    assert in_messages(database, "zebras")
    with database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        if change == "erased":
            session.delete(session.get_one(Person, conversation.person_id))
        else:
            new = "" if change == "blanked" else "about horses"
            session.query(Message).update({"text": new})
            session.query(DossierField).update({"value": new})
            session.query(TopicStatus).update({"note": new})
    assert in_messages(database, "zebras") == []
    assert in_dossiers(database, "quagga", library) == in_dossiers(database, "okapi", library) == []
    assert in_messages(database, "horses") == ([conversation_id] if change == "rewritten" else [])


def test_erased_words_are_gone_from_the_file(tmp_path, newcomer, moment):
    url = tmp_path / "search.db"
    database = Database(make_engine(f"sqlite:///{url}"))
    Base.metadata.create_all(database.engine)

    def bytes_of() -> bytes:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return b"".join(file.read_bytes() for file in tmp_path.glob("search.db*")).lower()

    kept, gone = b"7kept", b"9gone"  # no other word begins like them, so that the index cannot shorten them
    people = []
    for word in (kept, gone):
        with database.write() as session:
            made, _ = conversations.start(session, channel="web", municipality="gent", now=moment)
            conversations.add(session, made, Sender.PERSON, Said(f"about {word.decode()} and more"), moment)
            people.append(made.person_id)
    with database.engine.connect() as connection:
        words = "SELECT block FROM search_messages_data WHERE id > 10"
        blocks = b"".join(row[0] for row in connection.execute(text(words)))
        assert kept in blocks
        assert gone in blocks
    assert gone in bytes_of()
    with database.write() as session:
        session.delete(session.get_one(Person, people[1]))
    left = bytes_of()
    assert gone not in left
    assert kept in left
    database.engine.dispose()


def test_a_migrated_database_has_the_same_indexes_and_guards_as_the_code(tmp_path: Path, monkeypatch):
    migrated, made = f"sqlite:///{tmp_path}/migrated.db", f"sqlite:///{tmp_path}/made.db"
    monkeypatch.setenv("DATABASE_URL", migrated)
    command.upgrade(Config("alembic.ini"), "head")
    Base.metadata.create_all(make_engine(made))

    def written(url: str) -> dict[str, str]:
        with make_engine(url).connect() as connection:
            rows = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR name IN (SELECT 'search_' || x FROM"
                     " (SELECT 'messages' x UNION SELECT 'fields' UNION SELECT 'topics' UNION SELECT 'tidy'))")
            )  # fmt: skip
            return {name: " ".join(sql.replace(" IF NOT EXISTS", "").split()) for name, sql in rows}

    assert written(migrated) == written(made)


def test_what_was_said_before_there_was_a_search_is_found(tmp_path: Path, monkeypatch, moment, library):
    url = f"sqlite:///{tmp_path}/old.db"
    monkeypatch.setenv("DATABASE_URL", url)
    command.upgrade(Config("alembic.ini"), "0012")
    with make_engine(url).begin() as connection:
        at = "2026-11-01 00:00:00"
        connection.execute(text(f"INSERT INTO people (id, created_at) VALUES ('p', '{at}')"))
        connection.execute(
            text(f"""INSERT INTO conversations (id, person_id, channel, token_hash, speaker, failed_turns, missed_turns,
            created_at, last_message_at) VALUES ('c', 'p', 'web', 'x', 'bot', 0, 0, '{at}', '{at}')""")
        )
        connection.execute(
            text(f"""INSERT INTO messages
            (conversation_id, sender, kind, text, facts, sources, options, plan, created_at)
            VALUES ('c', 'person', 'text', 'said before', '[]', '[]', '[]', '[]', '{at}')""")
        )
    command.upgrade(Config("alembic.ini"), "head")
    assert in_messages(Database(make_engine(url)), "before") == ["c"]
