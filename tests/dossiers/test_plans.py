"""What a plan is made from: kept once for a person, found by its link, forgotten on request."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from dossiers import conversations, plans, record
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Conversation, Message, Person, Sender
from tests.knowledge.planning.people import AYA, PERSONAS, ROLF, TODAY

STEP = {"step": "register-non-eu", "title": "Register", "state": "now"}


@pytest.fixture
def person(database: Database, moment: dt.datetime) -> str:
    with database.write() as session:
        return conversations.start(session, channel="web", municipality=None, now=moment)[0].person_id


def test_nothing_is_kept_before_somebody_has_a_plan(database, person):
    with database.read() as session:
        assert plans.kept(session, person) is None
        assert plans.by_link(session, "nobody") is None


@pytest.mark.parametrize("name", PERSONAS)
def test_a_profile_comes_back_as_it_was_kept(database, person, moment, name):
    profile = replace(PERSONAS[name], done=(("arrive", TODAY), ("sign-lease", None)), not_for_me=("get-bike",))
    with database.write() as session:
        made = plans.keep(session, person, profile, moment)
    with database.read() as session:
        assert plans.kept(session, person) == plans.by_link(session, made.link_id) == made
    assert made.profile == profile
    assert (made.revision, made.changed_at) == (1, moment)


def test_a_change_grows_the_revision_and_keeps_the_link(database, person, moment):
    later = moment + dt.timedelta(hours=1)
    with database.write() as session:
        first = plans.keep(session, person, AYA, moment)
    with database.write() as session:
        assert plans.keep(session, person, AYA, later) == first
    with database.write() as session:
        changed = plans.keep(session, person, replace(AYA, car=True), later)
    assert (changed.link_id, changed.revision, changed.changed_at) == (first.link_id, 2, later)
    with database.read() as session:
        assert plans.kept(session, person) == changed


def test_each_person_has_a_link_of_their_own(database, moment):
    with database.write() as session:
        people = [conversations.start(session, channel="web", municipality=None, now=moment)[0] for _ in range(3)]
        links = {plans.keep(session, one.person_id, ROLF, moment).link_id for one in people}
    assert len(links) == 3


def test_forgetting_takes_the_plan_out_of_the_messages_too(database, person, moment):
    with database.write() as session:
        conversation = session.query(Conversation).filter_by(person_id=person).one()
        made = plans.keep(session, person, AYA, moment)
        other, _ = conversations.start(session, channel="web", municipality=None, now=moment)
        plans.keep(session, other.person_id, AYA, moment)
        for one in (conversation, other):
            conversations.add(session, one, Sender.BOT, Said("This comes first:", plan=[STEP]), moment)
        own, others = conversation.id, other.id
    with database.write() as session:
        assert plans.forget(session, person)
        assert not plans.forget(session, person)
    with database.read() as session:
        assert plans.kept(session, person) is None
        assert plans.by_link(session, made.link_id) is None
        assert [m.plan for m in session.query(Message).filter_by(conversation_id=own)] == [[]]
        assert [m.plan for m in session.query(Message).filter_by(conversation_id=others)] == [[STEP]]


def test_erasing_forgets_the_plan_also_of_somebody_without_a_dossier(database, person, moment):
    with database.write() as session:
        plans.keep(session, person, AYA, moment)
    with database.write() as session:
        assert record.erase(session, person, moment)
        assert not record.erase(session, person, moment)
    with database.read() as session:
        assert plans.kept(session, person) is None


def test_a_plan_goes_with_its_person(database, moment):
    with database.write() as session:
        person = Person(created_at=moment)
        session.add(person)
        session.flush()
        made = plans.keep(session, person.id, AYA, moment)
    with database.write() as session:
        session.delete(session.get_one(Person, person.id))
    with database.read() as session:
        assert plans.by_link(session, made.link_id) is None
