"""The question of the plan and its answers: buttons and free text."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from knowledge.profile import Profile
from knowledge.wording import say
from tests.actions.plan.conftest import Planning, titles


def asked(planning: Planning, field: str) -> None:
    planning.talk.slots |= {"asked": {"field": field, "step": None}, "planned": True}


@pytest.mark.parametrize(
    ("field", "intent", "text", "entities", "expected"),
    [
        ("country", "inform", "india", [("country", "IN")], "IN"),
        ("country", "ask", "India", [("country", "IN")], "IN"),
        ("arrival", "inform", "next week", [], dt.date(2026, 11, 30)),
        ("arrival", "inform", "3 december", [], dt.date(2026, 12, 3)),
        ("arrival", "out_of_scope", "yesterday", [], dt.date(2026, 11, 22)),
        ("arrival", "inform", "march", [], dt.date(2027, 3, 1)),
        ("purpose", "inform", "for work", [], "employee"),
        ("purpose", "inform", "to be with my husband", [], "family"),
        ("stay", "inform", "two years", [], "long"),
        ("stay", "inform", "2 months", [], "short"),
        ("municipality", "inform", "aalst", [("municipality", "aalst")], "aalst"),
        ("address", "deny", "no", [], False),
        ("address", "affirm", "yes", [], True),
        ("partner", "deny", "nope", [], False),
        ("permit", "inform", "visa d", [], "visa-d"),
        ("permit", "deny", "no", [], "none"),
        ("joins", "inform", "she is italian", [("country", "IT", "italian")], "eu"),
        ("joins", "inform", "a belgian", [], "belgian"),
        ("children", "inform", "2 kids, 3 and 7", [], (3, 7)),
        ("children", "inform", "a boy of 2", [], (2,)),
        ("children", "deny", "no", [], ()),
        ("licence", "deny", "no", [], "none"),
        ("licence", "inform", "from turkey", [("country", "TR")], "non-eu"),
        ("car", "affirm", "yes we bring it", [], True),
    ],
)
def test_an_answer_is_understood_in_the_light_of_the_question(
    planning: Planning, field: str, intent: str, text: str, entities: list[Any], expected: Any
) -> None:
    asked(planning, field)
    said = planning.say(intent, text, entities)
    assert said["custom"]["outcome"] == "planned"
    assert getattr(planning.profile, field) == expected


def test_a_button_answers_and_the_next_question_follows(planning: Planning) -> None:
    planning.knows(Profile(country="IN", arrival=dt.date(2026, 11, 20)))
    first = planning.say("what_now", "what now")
    assert planning.talk.slots["asked"]["field"] == "stay"
    planning.press(first, "More than three months")
    assert planning.profile.stay == "long"
    assert planning.talk.slots["asked"]["field"] != "stay"


def test_who_comes_to_work_is_not_asked_how_long(planning: Planning) -> None:
    planning.knows(Profile(country="IN", purpose="employee", arrival=dt.date(2026, 11, 20)))
    said = planning.say("what_now", "what now")
    assert planning.talk.slots["asked"]["field"] != "stay"
    assert "more than three months" in said["text"]


def test_yesterday_is_no_short_stay(planning: Planning) -> None:
    planning.knows(Profile(country="IN", arrival=dt.date(2026, 11, 20)))
    planning.say("what_now", "what now")
    planning.say("inform", "in ghent, we have a flat since yesterday", [("municipality", "gent", "ghent")])
    assert planning.profile.stay is None
    assert planning.profile.address is True


def test_a_few_words_that_answer_another_question_are_taken_as_that(planning: Planning) -> None:
    planning.knows(Profile(country="IN"))
    planning.say("what_now", "what now")
    assert planning.talk.slots["asked"]["field"] == "stay"
    planning.say("inform", "next month")
    assert planning.profile.arrival == dt.date(2026, 12, 1)
    planning.say("inform", "work")
    assert planning.profile.purpose == "employee"


def test_a_step_that_was_read_as_nothing_of_ours_is_marked_for_who_has_a_plan(planning: Planning) -> None:
    planning.knows(Profile(country="DE", purpose="job-seeker", arrival=dt.date(2026, 11, 2)))
    planning.say("what_now", "what now")
    planning.say("out_of_scope", "i found a room")
    assert planning.profile.address is True


def test_a_question_can_be_explained_and_stays_open(planning: Planning) -> None:
    planning.say("what_now", "what now")
    field = planning.talk.slots["asked"]["field"]
    said = planning.say("explain", "why do you ask")
    assert say(f"plan_why_{field}") in said["text"]
    assert say(f"plan_ask_{field}") in said["text"]
    assert planning.talk.slots["asked"]["field"] == field


def test_a_skipped_question_is_not_asked_again(planning: Planning) -> None:
    planning.say("what_now", "what now")
    fields = []
    for _ in range(4):
        fields.append(planning.talk.slots["asked"]["field"])
        planning.say("skip", "skip")
    planning.say("what_now", "what now")
    fields.append(planning.talk.slots["asked"]["field"])
    assert len(set(fields)) == 5


def test_stop_ends_the_questions_of_this_conversation(planning: Planning) -> None:
    planning.say("what_now", "what now")
    assert planning.say("stop", "stop asking")["text"] == say("plan_no_question")
    assert "?" not in planning.say("what_now", "what now")["text"]


def test_nothing_is_asked_when_nothing_would_change(planning: Planning) -> None:
    planning.knows(
        Profile(
            "gent", "IN", purpose="employee", arrival=dt.date(2026, 11, 20), stay="long", address=True, rents=True,
            address_from=dt.date(2026, 11, 20), partner=False, children=(), permit="visa-d", car=False, diploma=False,
            licence="none", pet=False,
        )
    )  # fmt: skip
    said = planning.say("what_now", "what now")
    assert planning.talk.slots["asked"] is None
    assert say("plan_skip") not in titles(said)


def test_what_is_no_answer_is_asked_again(planning: Planning) -> None:
    asked(planning, "children")
    said = planning.say("inform", "yes they come too")
    assert say("plan_not_understood") in said["text"]
    assert planning.talk.slots["asked"]["field"] == "children"


def test_a_question_in_between_is_answered_and_closes_the_question(planning: Planning) -> None:
    asked(planning, "address")
    sure: dict[str, Any] = {"zone": "answer", "articles": [{"id": "deposit-return", "confidence": 0.9}]}
    said = planning.say("ask", "how do i get my deposit back?", **sure)
    assert said["custom"]["article"] == "deposit-return"
    assert planning.talk.slots["asked"] is None


@pytest.mark.parametrize("intent", ["affirm", "deny", "skip", "explain", "stop"])
def test_without_a_question_a_short_answer_gets_its_usual_reply(planning: Planning, intent: str) -> None:
    assert planning.say(intent, "…")["response"] == f"utter_{intent}"


def test_the_nationality_of_the_partner_is_not_taken_for_ones_own(planning: Planning) -> None:
    planning.say("what_now", "i join my husband in ghent, he is italian", [("country", "IT", "italian")])
    assert planning.profile.country is None
    assert planning.profile.joins == "eu"


def test_a_value_that_no_button_carries_is_refused(planning: Planning) -> None:
    said = planning.say(
        "inform", '/inform{"field": "purpose", "value": "spy"}', [("field", "purpose"), ("value", "spy")]
    )
    assert planning.kept is None
    assert said["custom"]["outcome"] == "smalltalk"
