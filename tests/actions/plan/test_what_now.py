"""What to do now, and the question that goes with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from knowledge.profile import Profile
from knowledge.wording import say
from tests.actions.plan.conftest import INDIA, LANDED, Planning, steps, titles


def test_a_first_message_with_a_situation_is_confirmed_in_a_line_planned_and_kept(planning: Planning) -> None:
    said = planning.say("what_now", LANDED, [INDIA])
    first = said["text"].split("\n")[0]
    for words in ("you come from India", "your partner is with you", "you arrived on 20 November"):
        assert words in first
    assert 2 <= len(steps(said)) <= 3
    assert said["custom"]["outcome"] == "planned"
    assert (planning.profile.country, planning.profile.arrival) == ("IN", dt.date(2026, 11, 20))
    assert planning.profile.partner is True


def test_a_reply_links_to_the_whole_plan_and_offers_details_done_and_a_person(worker: Planning) -> None:
    said = worker.say("what_now", "what now?")
    assert worker.kept is not None
    assert f"[{say('plan_whole')}](/plan/{worker.kept.link_id})" in said["text"]
    payloads = [button["payload"] for button in said["buttons"]]
    assert f'/step_done{{"step": "{steps(said)[0]}"}}' in payloads
    assert any(payload.startswith("/ask{") for payload in payloads)
    assert payloads[-1] == "/human"


def test_an_entry_travels_along_as_data(worker: Planning) -> None:
    said = worker.say("what_now", "what now?")
    entry = next(one for one in said["custom"]["plan"] if one["step"] == "register-non-eu")
    assert (entry["state"], entry["late"], entry["by"]) == ("now", False, "2026-12-02")
    assert "Wednesday 2 December 2026" in entry["when"]
    assert entry["reason"]
    assert "non-eu-register-8-working-days" in entry["facts"]
    assert {"title", "url", "publisher", "checked_on"} == set(entry["sources"][0])
    assert "Wednesday 2 December 2026" in said["text"]


def test_almost_nothing_known_gives_what_is_for_everybody_and_one_question(planning: Planning) -> None:
    said = planning.say("what_now", "what now")
    assert steps(said) == ["find-address", "open-bank-account"]
    assert say("plan_first_long") in said["text"]
    assert said["text"].count("?") == 1
    assert planning.talk.slots["asked"]["field"] in ("arrival", "stay", "country", "purpose")


def test_a_day_that_has_passed_is_said_plainly_with_what_to_do(planning: Planning) -> None:
    late = Profile("gent", "IN", purpose="employee", arrival=dt.date(2026, 10, 1), stay="long", address=True)
    planning.knows(late)
    said = planning.say("what_now", "and now?")
    assert "the last day was" in said["text"]
    assert "Register today anyway" in said["text"]
    assert next(one for one in said["custom"]["plan"] if one["step"] == "register-non-eu")["late"]


def test_one_sentence_corrects_what_was_heard(planning: Planning) -> None:
    planning.say("what_now", LANDED, [INDIA])
    said = planning.say("correct", "no, I arrive on 3 December")
    assert "you arrive on 3 December" in said["text"]
    assert planning.profile.arrival == dt.date(2026, 12, 3)
    assert planning.profile.here is False


def test_what_is_told_before_a_plan_is_asked_for_is_not_stored(planning: Planning) -> None:
    said = planning.say("inform", "I arrived yesterday with my wife")
    assert planning.kept is None
    assert titles(said) == [say("plan_make")]
    planning.press(said, say("plan_make"))
    assert planning.profile.arrival == dt.date(2026, 11, 22)
    assert planning.profile.partner is True


def test_no_question_goes_with_it_while_the_dossier_asks(planning: Planning, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.plan.questions.in_dossier", lambda turn: True)
    said = planning.say("what_now", "what now")
    assert "?" not in said["text"]


def test_without_a_stored_conversation_the_memory_of_the_bot_keeps_it(planning: Planning) -> None:
    planning.talk.slots["situation"] = {"country": "IN", "arrival": "2026-11-20", "purpose": "employee"}
    said = planning.say("what_now", "what now")
    assert "So: " not in said["text"]
    assert planning.profile.country == "IN"


def test_the_whole_plan_is_counted_and_linked(worker: Planning) -> None:
    said = worker.say("show_plan", "show my plan")
    assert said["text"].startswith("Your plan: ")
    assert say("plan_whole") in said["text"]


def test_a_short_question_after_the_plan_is_about_its_first_step(worker: Planning) -> None:
    first = steps(worker.say("what_now", "what now"))[0]
    article = worker.talk.library.steps[first].article
    assert worker.talk.slots["article"] == article
    (said,) = worker.talk.run("action_follow_up", "how much does it cost", intent="follow_up_cost")
    assert said["custom"]["article"] == article


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        (LANDED, [INDIA]),
        ("we come in march with our baby, no flat yet, what do we have to do", []),
        ("starting as postdoc at ugent on 1 february from Brazil with husband and 2 kids", [("country", "BR")]),
        ("here since october, polish, no job, what should i arrange", [("country", "PL")]),
    ],
)
def test_a_reply_stays_short(planning: Planning, text: str, entities: list[Any]) -> None:
    assert len(planning.say("what_now", text, entities)["text"].split()) <= 120
