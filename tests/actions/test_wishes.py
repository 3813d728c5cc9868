"""After the form: what the person would like, one button each; and what the assistant tells of the dossier."""

from __future__ import annotations

from typing import Any

from dossiers import interests, plans, record, topics
from dossiers.models import Conversation, Dossier, FieldState, Sender, TopicState
from knowledge.profile import Profile
from knowledge.wording import say
from tests.actions.conftest import Talk, payloads
from tests.actions.test_dossier import agree, answer, fields
from tests.conftest import MOMENT


def press(talk: Talk, value: str) -> list[dict[str, object]]:
    payload = f'/inform{{"field": "interest", "value": "{value}"}}'
    entities = [("field", "interest"), ("value", value)]
    return talk.run("action_note_profile", payload, intent="inform", entities=entities)


def wanted(talk: Talk) -> dict[str, bool]:
    with talk.database.read() as session:
        dossier = session.query(Dossier).one()
        return {key: row.wanted for key, row in interests.current(session, dossier.id).items()}


def test_after_the_form_the_wishes_are_offered_once_as_buttons(talk: Talk) -> None:
    agree(talk)
    answer(talk, "first_name", "Aya")
    _, offered = talk.run("action_submit_dossier")
    assert offered["text"] == say("interests_ask")
    assert len(payloads(offered)) == len(interests.INTERESTS) + 1
    assert payloads(offered)[0] == '/inform{"field": "interest", "value": "buddy"}'


def test_a_button_keeps_the_wish_with_its_message_and_offers_the_others(talk: Talk) -> None:
    agree(talk)
    (said,) = press(talk, "buddy")
    assert wanted(talk) == {"buddy": True}
    assert "buddy" not in "".join(payloads(said))
    with talk.database.read() as session:
        (row,) = interests.history(session, session.query(Dossier).one().id)
        assert (row.stated_by, row.message_id is not None) == (Sender.PERSON, True)
    for key in interests.INTERESTS[1:]:
        (said,) = press(talk, key)
    assert payloads(said) == []
    assert set(wanted(talk)) == set(interests.INTERESTS)


def test_that_it_is_enough_keeps_nothing(talk: Talk) -> None:
    agree(talk)
    (said,) = press(talk, "none")
    assert said["text"] == say("interests_done")
    assert wanted(talk) == {}


def test_without_a_dossier_a_wish_opens_one_first(talk: Talk) -> None:
    (said,) = press(talk, "buddy")
    assert "/open_dossier" in payloads(said)


def test_a_button_of_before_is_no_answer_to_a_question_of_the_form(talk: Talk) -> None:
    agree(talk)
    talk.slots["requested_slot"] = "household"
    payload = '/inform{"field": "interest", "value": "buddy"}'
    entities = [("field", "interest"), ("value", "buddy")]
    assert talk.run("validate_dossier_form", payload, intent="inform", entities=entities) == []
    assert "household" not in fields(talk)


def test_the_dossier_is_told_with_its_topics_and_wishes(talk: Talk) -> None:
    agree(talk)
    answer(talk, "first_name", "Aya")
    press(talk, "dutch")
    with talk.database.write() as session:
        dossier = session.query(Dossier).one()
        waits: dict[str, Any] = {"set_by": Sender.AGENT, "waits_for": "the landlord", "based_on": None, "now": MOMENT}
        topics.put(session, dossier, "housing", TopicState.WAITING, **waits)
    (shown,) = talk.run("action_show_dossier", intent="show_dossier")
    assert "- **Name:** Aya" in shown["text"]
    assert "- **Housing:** waiting for the landlord" in shown["text"]
    assert "- **Dutch lessons:** yes, please" in shown["text"]


def test_what_the_plan_knows_is_taken_over_as_inferred_and_still_asked(talk: Talk) -> None:
    with talk.database.write() as session:
        person = session.get_one(Conversation, talk.conversation_id).person_id
        plans.keep(session, person, Profile("gent", "JP", purpose="student"), MOMENT)
    agree(talk)
    assert {key: row.state for key, row in fields(talk).items()} == dict.fromkeys(
        ("nationality", "home_town", "purpose"), FieldState.INFERRED
    )
    (shown,) = talk.run("action_show_dossier", intent="show_dossier")
    assert "- **Nationality:** Japan (taken from your plan)" in shown["text"]
    talk.run("action_open_dossier", "open a dossier", intent="open_dossier")
    assert [talk.slots[key] for key in ("nationality", "home_town", "purpose")] == [None, None, None]
    answer(talk, "nationality", "korean", entities=[("country", "KR")])
    assert (fields(talk)["nationality"].value, fields(talk)["nationality"].state) == ("KR", FieldState.STATED)


def test_who_corrects_themselves_leaves_nothing_to_settle(talk: Talk) -> None:
    agree(talk)
    answer(talk, "home_town", "gent", entities=[("municipality", "gent")])
    answer(talk, "purpose", "no i meant aalst", "correct", entities=[("municipality", "aalst")])
    with talk.database.read() as session:
        rows = record.history(session, session.query(Dossier).one())
    assert [row.settled_at is not None for row in rows if row.value == "gent"] == [True]
