"""Trouble, why, late, what if, reminders."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from knowledge.profile import Profile
from knowledge.wording import say
from tests.actions.plan.conftest import Planning, steps, titles


def test_trouble_that_is_named_gets_its_article(worker: Planning) -> None:
    worker.say("step_done", "registered yesterday")
    said = worker.say("step_trouble", "i was not at home when the police officer came")
    trouble = worker.talk.library.steps["residence-check"].trouble
    assert said["custom"]["article"] in {one.article for one in trouble}
    assert titles(said)[-1] == say("talk_to_person")


def test_trouble_with_a_step_offers_what_is_known_to_go_wrong_and_a_person(worker: Planning) -> None:
    said = worker.say("step_trouble", "they refused to register me")
    assert steps(said) == ["register-non-eu"]
    assert len(titles(said)) >= 3
    assert titles(said)[-1] == say("talk_to_person")


def test_trouble_that_the_bot_is_sure_of_is_answered(planning: Planning) -> None:
    sure: dict[str, Any] = {"zone": "answer", "articles": [{"id": "residence-check", "confidence": 0.9}]}
    said = planning.say("step_trouble", "the police never came", **sure)
    assert said["custom"]["article"] == "residence-check"
    assert planning.kept is None


def test_trouble_with_nothing_offers_a_person(planning: Planning) -> None:
    said = planning.say("step_trouble", "they lost everything")
    assert titles(said)[-1] == say("talk_to_person")


def test_why_says_what_it_is_for_the_rule_and_the_source(worker: Planning) -> None:
    said = worker.say("why_step", "why must i register?")
    step = worker.talk.library.steps["register-non-eu"]
    assert step.why.strip() in said["text"]
    assert "The rule: You must register" in said["text"]
    assert "2 December" in said["text"]
    assert steps(said) == ["register-non-eu"]


def test_why_without_a_step_offers_those_that_were_shown(worker: Planning) -> None:
    listed = steps(worker.say("what_now", "what now"))
    said = worker.say("why_step", "why do i need this?")
    assert steps(said) == listed
    assert worker.press(said, titles(said)[0])["text"].startswith("**")


def test_not_late_gives_the_next_day_and_what_is_left(worker: Planning) -> None:
    said = worker.say("am_late", "am i late?")
    assert say("plan_late_none") in said["text"]
    assert "You have 9 days left" in said["text"]


def test_late_is_said_for_every_day_that_has_passed(planning: Planning) -> None:
    planning.knows(
        Profile(
            "gent", "IN", purpose="employee", arrival=dt.date(2026, 10, 1), stay="long", address=True, rents=True,
            address_from=dt.date(2026, 9, 15),
        )
    )  # fmt: skip
    said = planning.say("am_late", "did i miss something")
    assert say("plan_late_some") in said["text"]
    assert {"register-non-eu", "entry-inspection"} <= set(steps(said))
    assert all(entry["late"] for entry in said["custom"]["plan"])


def test_late_but_waiting_for_something_says_where_to_begin(planning: Planning) -> None:
    planning.knows(Profile("gent", "IN", purpose="employee", arrival=dt.date(2026, 10, 1), stay="long", address=False))
    said = planning.say("am_late", "is it too late to register")
    assert "the last day was" in said["text"]
    assert "Begin with: Find an address where you may register" in said["text"]


def test_nothing_known_is_not_called_in_time(planning: Planning) -> None:
    assert say("plan_late_unknown") in planning.say("am_late", "am i late")["text"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("what if i had arrived a week later?", "9 December instead of 2 December"),
        ("what if we bring a car", "Get the customs vignette for your car"),
        ("suppose i have an EU passport", "Register with your town hall as an EU citizen"),
        ("what if i come with my wife", "Extra:"),
    ],
)
def test_what_if_compares_and_keeps_nothing(worker: Planning, text: str, words: str) -> None:
    before = worker.profile
    said = worker.say("what_if", text)
    assert words in said["text"]
    assert say("plan_if_unchanged") in said["text"]
    assert worker.profile == before


def test_what_if_can_be_made_so(worker: Planning) -> None:
    said = worker.say("what_if", "what if i arrive a week later?")
    worker.press(said, say("plan_if_take"))
    assert worker.profile.arrival == dt.date(2026, 11, 27)


def test_what_if_without_a_difference_asks_for_one(planning: Planning) -> None:
    assert planning.say("what_if", "what if it is different")["text"] == say("plan_if_unclear")
    assert planning.say("what_if", "what if i arrive a week later")["text"] == say("plan_if_no_day")
    assert planning.kept is None


def test_reminders_are_left_to_the_calendar_honestly(worker: Planning) -> None:
    said = worker.say("remind_me", "remind me")
    assert say("plan_remind") in said["text"]
    assert worker.kept is not None
    assert worker.kept.link_id in said["text"]
    assert "2 December" in said["text"]


def test_without_dates_a_reminder_leads_to_the_question(planning: Planning) -> None:
    assert say("plan_remind_none") in planning.say("remind_me", "remind me")["text"]


@pytest.mark.parametrize("action", ["step_trouble", "why_step", "am_late", "what_if"])
def test_a_question_that_was_taken_for_something_else_gets_its_article(planning: Planning, action: str) -> None:
    sure: dict[str, Any] = {"zone": "answer", "articles": [{"id": "deposit-return", "confidence": 0.9}]}
    said = planning.say(action, "what if the landlord keeps my deposit", **sure)
    assert said["custom"]["article"] == "deposit-return"
    assert planning.kept is None


def test_after_the_plan_is_forgotten_nothing_is_stored_again_by_chance(worker: Planning) -> None:
    worker.say("what_now", "what now")
    worker.talk.run("action_erase_dossier", "", "erase_dossier", [("confirm", "yes")])
    worker.talk.run("action_note_profile", "i have a car", intent="inform")
    assert worker.kept is None
