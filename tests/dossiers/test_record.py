"""What a dossier says: who stated it, when, in which message; nothing that was said is ever lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from dossiers import consents, contradictions, conversations, plans, record
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Agent, Conversation, Dossier, DossierField, FieldState, Sender
from knowledge.library import Library, load
from knowledge.profile import Profile


@pytest.fixture(scope="session")
def library() -> Library:
    return load()


class Case:
    """One person with a dossier, and an agent."""

    def __init__(self, database: Database, library: Library, now: dt.datetime) -> None:
        self.database, self.library, self.now = database, library, now
        with database.write() as session:
            talk, _ = conversations.start(session, channel="web", municipality=None, now=now)
            consents.give(
                session, talk.person_id, purpose="dossier", version="1", text="May we?", message_id=None, now=now
            )
            self.talk, self.person = talk.id, talk.person_id
            self.id = record.open_dossier(session, talk.person_id, talk.id, now).id
            mia = Agent(login="mia", name="Mia Peeters", password_hash="x", created_at=now)
            session.add(mia)
            session.flush()
            self.agent = mia.id

    def message(self, text: str = "a message") -> int:
        with self.database.write() as session:
            talk = session.get_one(Conversation, self.talk)
            return conversations.add(session, talk, Sender.PERSON, Said(text), self.now).id

    def say(self, key: str, value: str | None, message_id: int | None = None, **more: Any) -> int:
        with self.database.write() as session:
            dossier = session.get_one(Dossier, self.id)
            more = {"stated_by": Sender.PERSON, **more}
            return record.state(session, dossier, key, value, message_id=message_id, now=self.now, **more).id

    def change(self, key: str, value: str | None, based_on: int | None) -> int:
        with self.database.write() as session:
            dossier = session.get_one(Dossier, self.id)
            by: dict[str, Any] = {"stated_by": Sender.AGENT, "agent_id": self.agent}
            return record.change(session, dossier, key, value, based_on=based_on, now=self.now, **by).id

    def infer(self, key: str, value: str) -> bool:
        with self.database.write() as session:
            dossier = session.get_one(Dossier, self.id)
            return record.infer(session, dossier, key, value, message_id=None, now=self.now)

    def plan(self, **known: Any) -> None:
        with self.database.write() as session:
            plans.keep(session, self.person, replace(Profile(), **known), self.now)

    def holds(self, key: str) -> DossierField:
        with self.database.read() as session:
            return record.current_fields(session, session.get_one(Dossier, self.id))[key]

    def rows(self, key: str) -> list[DossierField]:
        with self.database.read() as session:
            return [row for row in record.history(session, session.get_one(Dossier, self.id)) if row.key == key]

    def open_ones(self) -> dict[str, list[str]]:
        with self.database.read() as session:
            found = contradictions.of(session, session.get_one(Dossier, self.id), self.library)
            return {one.key: list(one.values) for one in found}

    def settle(self, key: str, value: str) -> None:
        with self.database.write() as session:
            contradictions.settle(
                session,
                session.get_one(Dossier, self.id),
                key,
                value,
                agent_id=self.agent,
                based_on=self.holds(key).id,
                library=self.library,
                now=self.now,
            )


@pytest.fixture
def case(database: Database, library: Library, moment: dt.datetime) -> Case:
    return Case(database, library, moment)


# Where a statement comes from.


def test_a_statement_keeps_who_made_it_when_and_in_which_message(case):
    message = case.message("I am Japanese")
    case.say("nationality", "JP", message)
    held = case.holds("nationality")
    assert (held.value, held.state, held.stated_by, held.message_id) == ("JP", "stated", "person", message)
    assert held.stated_at == case.now


def test_an_agent_who_fills_in_what_nobody_said_states_it_and_who_replaces_it_corrects(case):
    first = case.change("household", "a partner", None)
    assert (case.holds("household").state, case.holds("household").agent_id) == (FieldState.STATED, case.agent)
    case.change("household", "a partner and a child", first)
    assert case.holds("household").state == FieldState.CORRECTED


def test_what_was_replaced_stays_as_history(case):
    case.say("home_town", "gent")
    case.say("home_town", "aalst")
    case.say("home_town", None)
    assert [(row.value, row.state, row.replaced_at is None) for row in case.rows("home_town")] == [
        ("gent", "stated", False),
        ("aalst", "stated", False),
        (None, "skipped", True),
    ]


def test_the_same_said_again_is_no_new_statement(case):
    assert case.say("home_town", "gent") == case.say("home_town", "gent")


# What the assistant concluded.


def test_what_is_inferred_never_takes_the_place_of_what_was_said_or_skipped(case):
    case.say("nationality", "JP")
    case.say("purpose", None)
    assert not case.infer("nationality", "KR")
    assert not case.infer("purpose", "employee")
    assert case.holds("nationality").value == "JP"
    assert case.holds("purpose").value is None


def test_what_is_inferred_fills_a_gap_gives_way_and_is_marked(case):
    assert case.infer("nationality", "KR")
    assert case.infer("nationality", "JP")
    assert (case.holds("nationality").value, case.holds("nationality").state) == ("JP", FieldState.INFERRED)
    case.say("nationality", "JP")
    assert (case.holds("nationality").state, case.holds("nationality").stated_by) == (FieldState.STATED, "person")
    assert case.open_ones() == {}


# Two agents at once.


def test_of_two_who_change_at_once_the_later_is_told_and_nothing_is_overwritten(case):
    shown = case.say("arrival", "in May")
    case.change("arrival", "in June", shown)
    with pytest.raises(record.ChangedMeanwhile) as told:
        case.change("arrival", "in July", shown)
    assert told.value.current is not None
    assert told.value.current.value == "in June"
    with pytest.raises(record.ChangedMeanwhile):
        case.change("arrival", "in July", None)
    assert case.holds("arrival").value == "in June"


# Contradictions.


def test_two_different_statements_in_different_messages_contradict_each_other(case):
    case.say("home_town", "gent", case.message())
    case.say("home_town", "aalst", case.message())
    assert case.open_ones() == {"home_town": ["aalst", "gent"]}


def test_what_was_said_twice_in_one_message_does_not(case):
    message = case.message()
    case.say("home_town", "gent", message)
    case.say("home_town", "aalst", message)
    assert case.open_ones() == {}


def test_a_skipped_or_inferred_answer_contradicts_nothing(case):
    case.say("purpose", None)
    case.say("purpose", "student", case.message())
    case.infer("nationality", "JP")
    case.say("nationality", "KR", case.message())
    assert case.open_ones() == {}


def test_who_corrects_themselves_settles_it(case):
    case.say("home_town", "gent", case.message())
    case.say("home_town", "aalst", case.message(), settles=True)
    assert case.open_ones() == {}


def test_a_colleague_who_edits_settles_it_until_the_person_says_something_else_again(case):
    shown = case.say("home_town", "gent", case.message())
    case.change("home_town", "aalst", shown)
    assert case.open_ones() == {}
    case.say("home_town", "gent", case.message())
    assert case.open_ones() == {"home_town": ["gent", "aalst"]}


@pytest.mark.parametrize("right", ["gent", "aalst"])
def test_settling_is_recorded_and_loses_nothing(case, right):
    case.say("home_town", "gent", case.message())
    case.say("home_town", "aalst", case.message())
    case.settle("home_town", right)
    assert case.open_ones() == {}
    assert case.holds("home_town").value == right
    rows = case.rows("home_town")
    assert {"gent", "aalst"} <= {row.value for row in rows}
    assert all(row.settled_by == case.agent for row in rows if row.replaced_at is not None)


@pytest.mark.parametrize(
    ("key", "value", "field", "planned"),
    [
        ("nationality", "JP", "country", "KR"),
        ("home_town", "gent", "municipality", "aalst"),
        ("purpose", "student", "purpose", "employee"),
    ],
)
def test_the_plan_is_compared_with_the_dossier_and_follows_what_is_right(case, key, value, field, planned):
    case.say(key, value, case.message())
    case.plan(**{field: planned})
    assert case.open_ones() == {key: [value, planned]}
    case.settle(key, value)
    assert case.open_ones() == {}
    with case.database.read() as session:
        kept = plans.kept(session, case.person)
    assert kept is not None
    assert getattr(kept.profile, field) == value


def test_words_of_ones_own_are_not_compared_with_the_plan(case):
    case.say("home_town", "a village near Aalst", case.message())
    case.say("purpose", "to live with my sister", case.message())
    case.plan(municipality="gent", purpose="family")
    assert case.open_ones() == {}
