"""What a colleague sees before they speak, put together when they look."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import briefing, choosing, consents, conversations, handovers, plans, record, topics
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Agent, Conversation, Sender, TopicState
from knowledge.library import Library, load
from knowledge.profile import Profile
from knowledge.wording import say

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
TODAY = NOW.date()
ARRIVED = Profile(
    municipality="gent", country="DE", arrival=dt.date(2026, 11, 16), here=True, purpose="employee", stay="long"
)


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


@pytest.fixture
def talk(database: Database) -> tuple[Database, str]:
    with database.write() as session:
        session.add(Agent(id="mia", login="mia", name="Mia", password_hash="-", created_at=NOW))
        made, _ = conversations.start(session, channel="web", municipality="gent", now=NOW)
        return database, made.id


def brief(database: Database, conversation_id: str, library: Library) -> briefing.Briefing:
    with database.read() as session:
        return briefing.brief(session, session.get_one(Conversation, conversation_id), library, TODAY)


def test_who_told_nothing_has_an_empty_briefing(talk: tuple[Database, str], library: Library) -> None:
    assert brief(*talk, library) == briefing.Briefing([], [], [], [], [], [])


def test_it_tells_legal_days_steps_risks_topics_and_how_each_question_ended(
    talk: tuple[Database, str], library: Library
) -> None:
    database, conversation_id = talk
    turns = [
        ("my landlord keeps my deposit", Said("…", outcome="answered", article="deposit-return")),
        ("Pedro", Said("What is your nationality?", outcome="dossier")),
        ("hunting licence?", Said("I do not know", outcome="not_covered")),
    ]
    with database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        for question, answer in turns:
            conversations.add(session, conversation, Sender.PERSON, Said(question), NOW)
            conversations.add(session, conversation, Sender.BOT, answer, NOW)
        plans.keep(session, conversation.person_id, ARRIVED, NOW)
        choosing.look_soon(session, conversation, ["eviction"], NOW)
        consents.give(
            session, conversation.person_id, purpose="dossier", version="1", text="…", message_id=None, now=NOW
        )
        dossier = record.open_dossier(session, conversation.person_id, conversation_id, NOW)
        topics.put(
            session, dossier, "housing", TopicState.OPEN, note="", waits_for=None, set_by=Sender.SYSTEM,
            based_on=None, now=NOW,
        )  # fmt: skip
    found = brief(database, conversation_id, library)
    assert found.risks == ["eviction"]
    assert found.deadlines
    assert [one.by for one in found.deadlines] == sorted(one.by for one in found.deadlines)
    assert found.steps
    assert [(one.text, one.outcome, one.article) for one in found.asked] == [
        ("my landlord keeps my deposit", "answered", library.articles["deposit-return"].title),
        ("hunting licence?", "not_covered", None),
    ]
    assert len(found.topics) >= 1


def test_what_was_agreed_before_is_seen_the_next_time(talk: tuple[Database, str], library: Library) -> None:
    database, conversation_id = talk
    with database.write() as session:
        conversation, mia = session.get_one(Conversation, conversation_id), session.get_one(Agent, "mia")
        handovers.take(session, conversation, mia, say, NOW)
        handovers.close(session, conversation, mia, say, NOW, summary="I call on Friday.")
    assert [text for _, text in brief(database, conversation_id, library).closing_summaries] == ["I call on Friday."]


def test_the_plan_follows_what_a_colleague_put_right_when_they_close(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    with database.write() as session:
        conversation, mia = session.get_one(Conversation, conversation_id), session.get_one(Agent, "mia")
        person_id = conversation.person_id
        plans.keep(session, person_id, ARRIVED, NOW)
        consents.give(session, person_id, purpose="dossier", version="1", text="…", message_id=None, now=NOW)
        dossier = record.open_dossier(session, person_id, conversation_id, NOW)
        for key, said, right in (("home_town", "gent", "aalst"), ("nationality", "DE", "AR")):
            record.state(session, dossier, key, said, stated_by=Sender.PERSON, message_id=None, now=NOW)
            record.state(session, dossier, key, right, stated_by=Sender.AGENT, message_id=None, now=NOW)
        assert briefing.corrected(session, conversation) == {"municipality": "aalst", "country": "AR"}
        handovers.take(session, conversation, mia, say, NOW)
        handovers.close(session, conversation, mia, say, NOW)
        kept = plans.kept(session, person_id)
        assert kept is not None
        assert (kept.profile.municipality, kept.profile.country) == ("aalst", "AR")
        record.state(session, dossier, "home_town", "gent", stated_by=Sender.PERSON, message_id=None, now=NOW)
        assert briefing.corrected(session, conversation) == {"country": "AR"}, "the person's later word counts"


def test_a_question_of_the_assistant_is_closed_once_a_colleague_spoke(talk: tuple[Database, str]) -> None:
    database, conversation_id = talk
    with database.write() as session:
        conversation, mia = session.get_one(Conversation, conversation_id), session.get_one(Agent, "mia")
        conversations.add(session, conversation, Sender.BOT, Said("Which passport do you have?"), NOW)
        assert not briefing.colleague_spoke_last(session, conversation)
        handovers.take(session, conversation, mia, say, NOW)
        assert not briefing.colleague_spoke_last(session, conversation), "taking the floor says nothing yet"
        handovers.reply(session, conversation, mia, "Hello", None, NOW)
        handovers.close(session, conversation, mia, say, NOW)
        assert briefing.colleague_spoke_last(session, conversation)
        conversations.add(session, conversation, Sender.BOT, Said("Hello again"), NOW)
        assert not briefing.colleague_spoke_last(session, conversation)
