"""Which team serves a town, and how a conversation gets to it."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import handovers, plans, teams
from dossiers.models import ConsentRecord, Conversation, Dossier, DossierField, FieldState, Role, Sender
from knowledge.profile import Profile
from knowledge.wording import say
from tests.dossiers import work
from tests.dossiers.work import START


@pytest.fixture
def session(database):
    with database.write() as opened:
        yield opened


@pytest.fixture
def gent(session):
    return work.team(session, "Gent", "gent")


@pytest.fixture
def aalst(session):
    return work.team(session, "Aalst", "aalst", "ninove")


def lives_in(session, conversation: Conversation, town: str) -> None:
    """The dossier says so, in whatever way it was stated."""
    dossier = session.query(Dossier).filter_by(person_id=conversation.person_id).first()
    if dossier is None:
        session.add(
            ConsentRecord(
                person_id=conversation.person_id, purpose="dossier", text_version="1", text="yes", given_at=START
            )
        )
        dossier = Dossier(
            person_id=conversation.person_id, conversation_id=conversation.id, created_at=START, changed_at=START
        )
        session.add(dossier)
        session.flush()
    session.query(DossierField).filter_by(dossier_id=dossier.id, key="home_town").update({"replaced_at": START})
    field = DossierField(
        dossier_id=dossier.id,
        key="home_town",
        value=town,
        state=FieldState.STATED,
        stated_by=Sender.PERSON,
        stated_at=START,
    )
    session.add(field)
    session.flush()


def test_a_town_is_served_by_its_team_else_by_the_one_for_all_others_else_by_everybody(session, gent, aalst):
    assert teams.team_for(session, "ninove") == aalst.id
    assert teams.team_for(session, "lokeren") is None
    assert teams.team_for(session, None) is None
    others = work.team(session, "Others", catch_all=True)
    assert teams.team_for(session, "lokeren") == others.id
    assert teams.team_for(session, None) == others.id
    assert teams.team_for(session, "gent") == gent.id


def test_a_conversation_begins_with_the_team_of_the_site_it_came_from(session, gent):
    assert work.conversation(session, "gent").team_id == gent.id
    assert work.conversation(session, "lokeren").team_id is None


def test_asking_for_a_person_brings_it_to_the_team_of_the_town_that_became_known(session, gent, aalst):
    conversation = work.conversation(session, None, queued=False)
    plans.keep(session, conversation.person_id, Profile(municipality="aalst"), START)
    handovers.request(session, conversation, "asked", START)
    assert conversation.team_id == aalst.id


def test_the_dossier_is_believed_before_the_plan_and_the_plan_before_the_site(session, gent, aalst):
    conversation = work.conversation(session, "gent")
    assert teams.town_of(session, conversation) == "gent"
    plans.keep(session, conversation.person_id, Profile(municipality="aalst"), START)
    assert teams.town_of(session, conversation) == "aalst"
    lives_in(session, conversation, "ninove")
    assert teams.town_of(session, conversation) == "ninove"


def test_another_town_brings_a_waiting_conversation_to_another_team(session, gent, aalst):
    conversation = work.conversation(session, "gent")
    lives_in(session, conversation, "aalst")
    assert teams.route_person(session, conversation.person_id)
    assert conversation.team_id == aalst.id
    assert not teams.route_person(session, conversation.person_id)


def test_nobody_loses_a_conversation_that_they_have(session, gent, aalst):
    conversation = work.conversation(session, "gent")
    mia = work.agent(session, "mia", teams=[gent])
    handovers.take(session, conversation, mia, say, START)
    lives_in(session, conversation, "aalst")
    assert not teams.route(session, conversation)
    assert conversation.team_id == gent.id
    handovers.close(session, conversation, mia, say, START + dt.timedelta(minutes=5))
    handovers.request(session, conversation, "asked", START + dt.timedelta(minutes=6))
    assert conversation.team_id == aalst.id


def test_a_team_is_served_by_its_agents_and_by_coordinators(session, gent, aalst):
    mia = work.agent(session, "mia", teams=[gent])
    tom = work.agent(session, "tom", teams=[aalst])
    work.agent(session, "ed", Role.EDITOR, teams=[gent])
    work.agent(session, "pat", Role.PARTNER)
    cleo = work.agent(session, "cleo", Role.COORDINATOR)
    gone = work.agent(session, "gone", teams=[gent])
    gone.active = False
    session.flush()
    assert [one.id for one in teams.serving(session, gent.id)] == [cleo.id, mia.id]
    assert [one.id for one in teams.serving(session, None)] == [cleo.id, mia.id, tom.id]
