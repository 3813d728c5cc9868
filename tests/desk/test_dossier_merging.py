"""Merging at the desk: find, compare, choose, one click; refused where a colleague or another team is concerned."""

from __future__ import annotations

import re

import pytest

from dossiers import floor
from dossiers.models import AuditEntry, Conversation, Dossier, Role
from tests.desk.test_dossier_editing import address, agent, csrf_of, team


@pytest.fixture
def pair(world):
    world.agent()
    made = []
    for town, arrival in (("gent", "in May"), ("aalst", None)):
        conversation_id, _ = world.conversation(f"I live in {town}", queued=False)
        more = {"arrival": arrival} if arrival else {}
        made.append(world.dossier(conversation_id, first_name="Aya", nationality="JP", home_town=town, **more))
    return made


@pytest.fixture
def mia(world, pair):
    return world.logged_in()


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


def there(world, dossier_id: str) -> bool:
    with world.database.read() as session:
        return session.get(Dossier, dossier_id) is not None


def test_the_likely_other_is_offered_and_any_other_can_be_found(world, mia, pair):
    stranger, _ = world.conversation()
    other = world.dossier(stranger, first_name="Pedro", nationality="AR")
    page = mia.get(address(pair[0], "merge")).text
    assert address(pair[0], "merge", pair[1]) in page
    assert other not in page
    assert address(pair[0], "merge", other) in mia.post(address(pair[0], "merge", "find"), text="pedro").text


def test_both_are_compared_chosen_and_merged_and_the_old_address_leads_to_the_new(world, mia, pair):
    page = mia.get(address(pair[0], "merge", pair[1])).text
    assert 'name="field.home_town"' in page
    assert 'name="field.nationality"' not in page
    undecided = mia.post(address(pair[0], "merge", pair[1]), seen=seen(page))
    assert undecided.status_code == 409
    assert "Please choose one of the two" in undecided.text
    answer = mia.post(address(pair[0], "merge", pair[1]), seen=seen(page), **{"field.home_town": "other"})
    assert answer.status_code == 303
    assert not there(world, pair[1])
    shown = mia.get(answer.headers["location"].partition("#")[0]).text
    assert "The two dossiers are one now" in shown
    assert shown.count("Conversation on website") == 2
    assert mia.get(address(pair[1])).headers["location"] == address(pair[0])
    with world.database.read() as session:
        (entry,) = session.query(AuditEntry).filter_by(action="dossier.merged").all()
        people = {talk.person_id for talk in session.query(Conversation)}
    assert entry.details["other"] == pair[1]
    assert len(people) == 1


def test_it_waits_while_a_colleague_talks_with_one_of_them(world, mia, pair):
    tom = agent(world, "tom", Role.AGENT)
    with world.database.write() as session:
        assert floor.take(session, session.get_one(Dossier, pair[1]).conversation_id, tom, world.clock())
    page = mia.get(address(pair[0], "merge", pair[1])).text
    assert "A colleague is talking with this person" in page
    assert "Yes, one person" not in page
    answer = mia.post(address(pair[0], "merge", pair[1]), seen=seen(page), **{"field.home_town": "keep"})
    assert answer.status_code == 409
    assert there(world, pair[1])


def test_what_belongs_to_another_team_can_be_neither_seen_nor_merged(world, mia, pair):
    aalst = team(world, "Aalst", "aalst")
    with world.database.write() as session:
        session.get_one(Conversation, session.get_one(Dossier, pair[1]).conversation_id).team_id = aalst
    assert pair[1] not in mia.get(address(pair[0], "merge")).text
    for one, other in (pair, pair[::-1]):
        token = csrf_of(world, "mia")
        data = {"csrf_token": token, "seen": "x", "field.home_town": "keep"}
        assert mia.http.get(address(one, "merge", other)).status_code == 403
        assert mia.http.post(address(one, "merge", other), data=data).status_code == 403
    assert there(world, pair[1])


def test_another_conversation_of_the_same_person_in_another_team_is_enough_to_refuse(world, mia, pair):
    aalst = team(world, "Aalst", "aalst")
    third, _ = world.conversation(queued=False)
    with world.database.write() as session:
        talk = session.get_one(Conversation, third)
        talk.person_id, talk.team_id = session.get_one(Dossier, pair[1]).person_id, aalst
    assert mia.http.get(address(pair[0], "merge", pair[1])).status_code == 403
