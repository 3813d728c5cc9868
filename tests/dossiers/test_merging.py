"""Two dossiers of one person become one: nothing is lost, the stricter consent holds, and nobody is run over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dossiers import consents, conversations, differences, documents, floor, interests, merging, plans, record, topics
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.differences import KEEP, OTHER, Pair
from dossiers.merging import NotMerged, Why
from dossiers.models import (
    Address,
    Agent,
    Conversation,
    Document,
    DocumentState,
    Dossier,
    DossierField,
    DossierMerge,
    Handover,
    Interest,
    Message,
    Person,
    Sender,
    TopicState,
    TopicStatus,
)
from knowledge.profile import Profile
from tests.conftest import MOMENT

Statements = list[tuple[str, str | None]]


@dataclass
class Told:
    """What somebody told."""

    statements: Statements = field(default_factory=list)
    topics: list[tuple[str, TopicState]] = field(default_factory=list)
    wishes: list[tuple[str, bool]] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    profile: Profile | None = None
    taken_back: list[str] = field(default_factory=list)


def person(database: Database, told: Told) -> str:
    """A person with a conversation, an address, a hand-over and a dossier that says all this. Gives its id."""
    with database.write() as session:
        talk, _ = conversations.start(session, channel="web", municipality=None, now=MOMENT)
        for purpose in ("dossier", "follow-up"):
            text: dict[str, Any] = {"version": "1", "text": "May we?", "message_id": None, "now": MOMENT}
            consents.give(session, talk.person_id, purpose=purpose, **text)
        dossier = record.open_dossier(session, talk.person_id, talk.id, MOMENT)
        session.add(Handover(conversation_id=talk.id, reason="asked", summary="", requested_at=MOMENT))
        key = {"key": talk.id, "sealed": "x", "created_at": MOMENT, "heard_at": MOMENT}
        session.add(Address(conversation_id=talk.id, channel="telegram", **key))
        for name, value in told.statements:
            message = conversations.add(session, talk, Sender.PERSON, Said(f"{name} {value}"), MOMENT)
            said: dict[str, Any] = {"stated_by": Sender.PERSON, "message_id": message.id, "now": MOMENT}
            record.state(session, dossier, name, value, **said)
        for topic, state in told.topics:
            held = topics.current(session, dossier.id).get(topic)
            base = held.id if held else None
            topics.put(session, dossier, topic, state, set_by=Sender.AGENT, now=MOMENT, based_on=base)
        for wish, wanted in told.wishes:
            interests.put(session, dossier, wish, wanted, stated_by=Sender.PERSON, now=MOMENT)
        for kind in told.papers:
            documents.note(session, dossier, kind, DocumentState.HELD, text=kind, now=MOMENT)
        if told.profile is not None:
            plans.keep(session, talk.person_id, told.profile, MOMENT)
        for purpose in told.taken_back:
            consents.withdraw(session, talk.person_id, purpose, now=MOMENT)
        return dossier.id


@pytest.fixture
def agents(database: Database) -> list[str]:
    with database.write() as session:
        made = [Agent(login=name, name=name, password_hash="x", created_at=MOMENT) for name in ("mia", "tom")]
        session.add_all(made)
        session.flush()
        return [agent.id for agent in made]


def pair_of(session: Any, keep: str, other: str) -> Pair:
    return Pair(session.get_one(Dossier, keep), session.get_one(Dossier, other))


def merge(database: Database, keep: str, other: str, agent: str, choose: str = KEEP, **choices: str) -> None:
    with database.write() as session:
        pair = pair_of(session, keep, other)
        chosen = {one.name: choose for one in differences.conflicts(session, pair)} | choices
        seen = differences.fingerprint(session, pair)
        merging.merge(session, pair, chosen, agent_id=agent, seen=seen, now=MOMENT + dt.timedelta(hours=1))


def everything(database: Database, *ids: str) -> dict[str, set[Any]]:
    """What is kept of the dossiers and of their people."""
    with database.read() as session:
        people = set(session.scalars(select(Dossier.person_id).where(Dossier.id.in_(ids))))
        talks = session.scalars(select(Conversation.id).where(Conversation.person_id.in_(people))).all()

        def of(table: Any, *columns: Any) -> set[Any]:
            return {tuple(row) for row in session.execute(select(*columns).where(table.dossier_id.in_(ids)))}

        def said(*columns: Any, where: Any) -> set[Any]:
            return {tuple(row) for row in session.execute(select(*columns).where(where.in_(talks)))}

        statement = (DossierField.id, DossierField.key, DossierField.value, DossierField.message_id)
        return {
            "statements": of(DossierField, *statement, DossierField.stated_by, DossierField.state),
            "topics": of(TopicStatus, TopicStatus.id, TopicStatus.topic, TopicStatus.state),
            "wishes": of(Interest, Interest.id, Interest.key, Interest.wanted),
            "papers": of(Document, Document.id, Document.kind, Document.note),
            "messages": said(Message.id, Message.text, where=Message.conversation_id),
            "addresses": said(Address.id, where=Address.conversation_id),
            "handovers": said(Handover.id, where=Handover.conversation_id),
            "conversations": {(talk,) for talk in talks},
        }


statements = st.lists(
    st.tuples(
        st.sampled_from(["first_name", "nationality", "home_town", "household", "concern"]),
        st.none() | st.sampled_from(["a", "b", "JP", "gent"]),
    ),
    max_size=6,
)
profiles = st.none() | st.builds(
    Profile,
    country=st.sampled_from([None, "JP", "KR"]),
    purpose=st.sampled_from([None, "student", "family"]),
    done=st.sampled_from([(), (("arrive", None),), (("register", None),)]),
)
told = st.builds(
    Told,
    statements=statements,
    topics=st.lists(st.tuples(st.sampled_from(topics.TOPICS[:3]), st.sampled_from(list(TopicState))), max_size=3),
    wishes=st.lists(st.tuples(st.sampled_from(interests.INTERESTS), st.booleans()), max_size=3),
    papers=st.lists(st.sampled_from(documents.KINDS), max_size=2),
    profile=profiles,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=told, theirs=told, choose=st.sampled_from([KEEP, OTHER]))
def test_no_statement_message_or_document_is_lost_whatever_was_told(database, agents, mine, theirs, choose):
    keep, other = person(database, mine), person(database, theirs)
    before = everything(database, keep, other)
    merge(database, keep, other, agents[0], choose)
    after = everything(database, keep)
    for kind, rows in before.items():
        assert rows <= after[kind], kind
    with database.read() as session:
        assert session.get(Dossier, other) is None
        dossier = session.get_one(Dossier, keep)
        held = session.scalars(
            select(DossierField.key).where(DossierField.dossier_id == keep, DossierField.replaced_at.is_(None))
        ).all()
        assert len(held) == len(set(held)), "one answer holds for each question"
        assert {talk.person_id for talk in merging.conversations_of(session, Pair(dossier, dossier))} == {
            dossier.person_id
        }
        kept = plans.kept(session, dossier.person_id)
        done = {one[0] for known in (mine.profile, theirs.profile) if known for one in known.done}
        assert {one[0] for one in (kept.profile.done if kept else ())} == done
    with database.write() as session:  # one home is left for the next example
        session.delete(session.get_one(Person, dossier.person_id))


def test_what_the_agent_chose_holds_and_the_other_is_history(database, agents):
    keep = person(database, Told([("nationality", "JP"), ("home_town", "gent")], [("housing", TopicState.OPEN)]))
    other = person(
        database,
        Told([("nationality", "KR"), ("home_town", "aalst")], [("housing", TopicState.DONE)], [("buddy", True)]),
    )
    choices = {"field.nationality": OTHER, "field.home_town": KEEP, "topic.housing": KEEP}
    merge(database, keep, other, agents[0], **choices)
    with database.read() as session:
        dossier = session.get_one(Dossier, keep)
        held = record.current_fields(session, dossier)
        assert (held["nationality"].value, held["home_town"].value) == ("KR", "gent")
        lost = {row.value: row for row in record.history(session, dossier) if row.replaced_at is not None}
        assert lost.keys() == {"JP", "aalst"}
        assert {row.settled_by for row in lost.values()} == {agents[0]}
        assert topics.current(session, keep)["housing"].state == TopicState.OPEN
        assert interests.current(session, keep)["buddy"].wanted
        assert merging.merged_into(session, other) == keep


def test_an_answer_wins_over_one_that_was_skipped_or_inferred_without_asking_the_agent(database, agents):
    keep, other = person(database, Told([("household", None)])), person(database, Told([("household", "two")]))
    with database.write() as session:
        record.infer(session, session.get_one(Dossier, keep), "nationality", "KR", message_id=None, now=MOMENT)
        record.state(
            session,
            session.get_one(Dossier, other),
            "nationality",
            "JP",
            stated_by=Sender.PERSON,
            message_id=None,
            now=MOMENT,
        )
        assert differences.conflicts(session, pair_of(session, keep, other)) == []
    merge(database, keep, other, agents[0])
    with database.read() as session:
        held = record.current_fields(session, session.get_one(Dossier, keep))
        assert {key: row.value for key, row in held.items()} == {"household": "two", "nationality": "JP"}


@pytest.mark.parametrize("who", [0, 1])
def test_what_one_of_them_took_back_stays_taken_back(database, agents, who):
    tolds = [Told(), Told()]
    tolds[who].taken_back = ["follow-up"]
    keep, other = (person(database, one) for one in tolds)
    with database.read() as session:
        assert merging.ending(session, pair_of(session, keep, other)) == {("follow-up", "")}
    merge(database, keep, other, agents[0])
    with database.read() as session:
        one = session.get_one(Dossier, keep).person_id
        assert consents.held(session, one, "follow-up") is None
        assert consents.held(session, one, "dossier") is not None
        assert len(consents.history(session, one)) == 4


def test_two_plans_become_one_and_the_other_is_kept(database, agents):
    keep = person(database, Told(profile=Profile(country="JP", purpose="student")))
    other = person(database, Told(profile=Profile("aalst", "KR", stay="long")))
    merge(database, keep, other, agents[0], **{"plan.country": OTHER})
    with database.read() as session:
        dossier = session.get_one(Dossier, keep)
        kept = plans.kept(session, dossier.person_id)
        assert kept is not None
        profile = kept.profile
        assert (profile.country, profile.purpose, profile.municipality, profile.stay) == (
            "KR", "student", "aalst", "long",
        )  # fmt: skip
        found = session.get_one(DossierMerge, other)
        assert found.plan == {"country": "KR", "municipality": "aalst", "stay": "long"}


def why_not(database: Database, keep: str, other: str, agent: str, **more: Any) -> Why:
    with pytest.raises(NotMerged) as refused:
        merge(database, keep, other, agent, **more)
    return refused.value.why


def test_it_is_refused_while_a_colleague_talks_with_one_of_them(database, agents):
    keep, other = person(database, Told()), person(database, Told())
    with database.write() as session:
        talk = session.get_one(Dossier, other).conversation_id
        later = MOMENT + dt.timedelta(minutes=50)
        assert floor.take(session, talk, agents[1], later)
    assert why_not(database, keep, other, agents[0]) is Why.HANDLED
    merge(database, keep, other, agents[1])


def test_it_is_refused_without_consent_with_itself_without_a_choice_and_after_a_change(database, agents):
    keep, other = person(database, Told([("nationality", "JP")])), person(database, Told([("nationality", "KR")]))
    assert why_not(database, keep, keep, agents[0]) is Why.SAME
    assert why_not(database, keep, other, agents[0], choose="") is Why.UNDECIDED
    with database.write() as session:
        pair = pair_of(session, keep, other)
        seen = differences.fingerprint(session, pair)
    with database.write() as session:
        said: dict[str, Any] = {"stated_by": Sender.PERSON, "message_id": None, "now": MOMENT}
        record.state(session, session.get_one(Dossier, other), "household", "two", **said)
    with database.write() as session, pytest.raises(NotMerged) as refused:
        merging.merge(
            session,
            pair_of(session, keep, other),
            {"field.nationality": KEEP},
            agent_id=agents[0],
            seen=seen,
            now=MOMENT,
        )
    assert refused.value.why is Why.CHANGED
    with database.write() as session:
        consents.withdraw(session, session.get_one(Dossier, other).person_id, "dossier", now=MOMENT)
    assert why_not(database, keep, other, agents[0]) is Why.NO_CONSENT
    with database.read() as session:
        assert session.get(Dossier, other) is not None
