"""Everything about a person to take along, as data and in words; nothing of anybody else."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from dossiers import accounts, consents, conversations, notes, plans, record
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Address, Conversation, Right, Sender
from dossiers.privacy import export, receipts
from dossiers.privacy.declarations import DECLARED
from dossiers.sealing import Sealer
from knowledge.library import Library, read
from knowledge.profile import Profile
from tests.dossiers.privacy import planting


@pytest.fixture(scope="session")
def library() -> Library:
    return read()[0]


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(["a secret of the service"])


@pytest.fixture
def aya(database: Database, moment: dt.datetime, sealer: Sealer) -> str:
    """Somebody with a conversation, an address, a plan, a dossier, and a note of a colleague about her."""
    with database.write() as session:
        made, _ = conversations.start(session, channel="telegram", municipality="gent", now=moment)
        conversations.add(session, made, Sender.PERSON, Said("My landlord keeps the deposit"), moment)
        said = Said("Both of you must agree.", outcome="answered", article="deposit-return")
        conversations.add(session, made, Sender.BOT, said, moment)
        sealed = sealer.seal("5550001")
        session.add(
            Address(
                conversation_id=made.id, channel="telegram", key="k", sealed=sealed, created_at=moment, heard_at=moment
            )
        )
        plans.keep(session, made.person_id, Profile(country="JP"), moment)
        person = made.person_id
        consents.give(session, person, purpose="dossier", version="1", text="I agree", message_id=None, now=moment)
        opened = record.open_dossier(session, person, made.id, moment)
        for key, value in {"first_name": "Aya", "nationality": "JP", "home_town": "gent", "concern": None}.items():
            record.state(session, opened, key, value, stated_by=Sender.PERSON, message_id=None, now=moment)
        mia = accounts.create_agent(
            session, login="mia", name="Mia Peeters", password="correct horse battery", now=moment
        )
        notes.write(session, made, mia, "Speaks some French, call in the evening", [], moment)
        receipts.write(session, person, Right.VIEW, {}, moment)
        return person


def made(database: Database, person_id: str, library: Library, moment: dt.datetime, sealer: Sealer | None = None):
    with database.read() as session:
        return export.collect(session, person_id, library, moment, sealer)


def test_the_data_have_a_format_a_version_and_a_moment(database: Database, aya, library, moment):
    document = json.loads(made(database, aya, library, moment).to_json())
    assert (document["format"], document["version"]) == ("what-now-export", 1)
    assert document["made_at"] == "2026-11-23T09:30:00+00:00"
    assert document["data"]["messages"][0]["text"] == "My landlord keeps the deposit"
    assert document["data"]["messages"][0]["from"] == "person"
    assert document["data"]["plans"][0]["profile"]["country"] == "JP"
    assert {row["field"]: row["value"] for row in document["data"]["dossier_fields"]}["first_name"] == "Aya"


def test_it_is_everything_that_is_said_to_be_exported(database: Database, moment, library):
    with database.write() as session:
        colleague = planting.agent(session, moment)
        planted, other = (planting.plant(session, moment, seed, agent=colleague) for seed in (1, 2))
    found = made(database, planted.person_id, library, moment).to_json().encode()
    named = {(name, column) for name, table in DECLARED.items() for column in table.exported}
    owed = named & set(planted.words) - {("addresses", "sealed")}
    assert planting.left(planted, found) >= owed
    assert planting.left(other, found) == set()


def test_in_words_it_says_what_the_codes_mean(database: Database, aya, library, moment):
    sections = {section.key: section for section in made(database, aya, library, moment).sections}
    fields = [dict(entry) for entry in sections["dossier_fields"].entries]
    said = {entry["Field"]: entry.get("Value") for entry in fields}
    assert "Japan" in said.values()
    assert "Ghent" in said.values() or "Gent" in said.values()
    assert all(entry["Stated by"] == "you" for entry in fields)
    (first, *_) = [dict(entry) for entry in sections["messages"].entries]
    assert first["From"] == "you"
    assert first["At"] == "23 November 2026, 10:30"


def test_a_persons_own_address_is_opened_for_them_alone(database: Database, aya, library, moment, sealer):
    opened = made(database, aya, library, moment, sealer)
    assert opened.data["addresses"][0]["address"] == "5550001"
    assert made(database, aya, library, moment).data["addresses"][0]["address"] is None
    wrong = made(database, aya, library, moment, Sealer(["another secret"]))
    assert wrong.data["addresses"][0]["address"] is None


def test_notes_about_the_person_are_in_it_and_names_of_colleagues_are_not(database: Database, aya, library, moment):
    found = made(database, aya, library, moment)
    assert found.data["notes"][0]["text"] == "Speaks some French, call in the evening"
    assert "Mia" not in found.to_json()


def test_it_counts_what_it_holds_for_the_receipt(database: Database, aya, library, moment):
    counts = made(database, aya, library, moment).counts
    assert counts["messages"] == 2
    assert counts["receipts"] == 1


def test_words_that_ended_leave_no_empty_messages(database: Database, aya, library, moment):
    with database.write() as session:
        conversation = session.query(Conversation).one()
        conversations.add(session, conversation, Sender.PERSON, Said(""), moment)
    found = made(database, aya, library, moment)
    (messages,) = [section for section in found.sections if section.key == "messages"]
    assert len(messages.entries) == 2


def test_of_nobody_there_is_nothing(database: Database, library, moment):
    found = made(database, "0" * 32, library, moment)
    assert found.sections == []
    assert found.counts == {}
