"""How far each topic is and what somebody wishes: the newest row holds, and nothing that was set is lost."""

from __future__ import annotations

from typing import Any

import pytest

from dossiers import interests, record, topics
from dossiers.models import Dossier, DossierField, Sender, TopicState
from tests.dossiers.test_record import Case, library  # noqa: F401


@pytest.fixture
def case(database, library, moment) -> Case:  # noqa: F811
    return Case(database, library, moment)


def put(case: Case, topic: str, state: TopicState, based_on: int | None = None, **more: Any) -> int:
    with case.database.write() as session:
        dossier = session.get_one(Dossier, case.id)
        by: dict[str, Any] = {"set_by": Sender.AGENT, "agent_id": case.agent}
        return topics.put(session, dossier, topic, state, based_on=based_on, now=case.now, **by, **more).id


def test_a_topic_has_the_status_that_was_set_last_and_keeps_the_others(case):
    first = put(case, "housing", TopicState.OPEN, note="looks for a flat")
    put(case, "housing", TopicState.WAITING, first, waits_for="the landlord")
    with case.database.read() as session:
        now = topics.current(session, case.id)["housing"]
        before = [(row.state, row.note, row.agent_id) for row in topics.history(session, case.id)]
    assert topics.state_label(now.state, now.waits_for) == "waiting for the landlord"
    assert before == [("open", "looks for a flat", case.agent), ("waiting", "", case.agent)]


def test_of_two_who_set_a_topic_at_once_the_later_is_told(case):
    first = put(case, "work", TopicState.OPEN)
    put(case, "work", TopicState.DONE, first)
    for stale in (first, None):
        with pytest.raises(topics.TopicChanged):
            put(case, "work", TopicState.IN_PROGRESS, stale)


@pytest.mark.parametrize("more", [{"note": "x" * 501}, {"waits_for": "x" * 121}])
def test_a_topic_takes_no_long_texts_and_there_are_no_others(case, more):
    with pytest.raises(topics.NoSuchTopic):
        put(case, "housing", TopicState.WAITING, **more)
    with pytest.raises(topics.NoSuchTopic):
        put(case, "weather", TopicState.OPEN)


def test_an_interest_is_what_was_said_last_and_keeps_who_said_it(case):
    message = case.message()
    with case.database.write() as session:
        dossier = session.get_one(Dossier, case.id)
        said: dict[str, Any] = {"stated_by": Sender.PERSON, "message_id": message, "now": case.now}
        interests.put(session, dossier, "buddy", True, **said)
        again = interests.put(session, dossier, "buddy", True, **said)
        with pytest.raises(interests.InterestChanged):
            interests.put(session, dossier, "buddy", False, **said, based_on=again.id + 1)
        interests.put(session, dossier, "buddy", False, **said, based_on=again.id)
    with case.database.read() as session:
        assert not interests.current(session, case.id)["buddy"].wanted
        assert [(row.wanted, row.message_id) for row in interests.history(session, case.id)] == [
            (True, message),
            (False, message),
        ]


def test_erasing_takes_everything_of_the_dossier_along(case):
    put(case, "housing", TopicState.OPEN)
    case.say("first_name", "Aya")
    with case.database.write() as session:
        interests.put(session, session.get_one(Dossier, case.id), "dutch", True, stated_by=Sender.PERSON, now=case.now)
    with case.database.write() as session:
        assert record.erase(session, case.person, case.now)
    with case.database.read() as session:
        assert topics.history(session, case.id) == []
        assert interests.history(session, case.id) == []
        assert session.query(DossierField).count() == 0
