"""Steps that are done, undone, or not for somebody."""

from __future__ import annotations

import datetime as dt

import pytest

from knowledge.profile import Profile
from knowledge.wording import say
from tests.actions.plan.conftest import Planning, steps, titles


def done(planning: Planning) -> dict[str, dt.date | None]:
    return dict(planning.profile.done)


@pytest.mark.parametrize(
    ("text", "step", "day"),
    [
        ("registered yesterday", "register-non-eu", dt.date(2026, 11, 22)),
        ("registered on 21 november", "register-non-eu", dt.date(2026, 11, 21)),
        ("i registered at the town hall", "register-non-eu", None),
        ("I joined a mutuality today", "join-health-fund", dt.date(2026, 11, 23)),
        ("i opened a bank account", "open-bank-account", None),
        ("found a huisarts near home", "choose-doctor", None),
    ],
)
def test_the_step_is_known_by_the_words(worker: Planning, text: str, step: str, day: dt.date | None) -> None:
    said = worker.say("step_done", text)
    assert done(worker) == {step: day}
    assert worker.talk.library.steps[step].title in said["text"]
    assert say("plan_undo") in titles(said)


def test_what_it_opened_is_said(worker: Planning) -> None:
    said = worker.say("step_done", "i registered yesterday")
    assert say("plan_opened") in said["text"]
    assert "get-national-number" in steps(said)


def test_the_day_is_asked_for_when_other_dates_count_from_it(worker: Planning) -> None:
    said = worker.say("step_done", "i have registered")
    assert say("plan_ask_done_day") in said["text"]
    worker.press(said, "Yesterday")
    assert done(worker) == {"register-non-eu": dt.date(2026, 11, 22)}
    worker.say("step_undo", "undo")
    worker.say("step_done", "i have registered")
    worker.say("inform", "on saturday")
    assert done(worker)["register-non-eu"] is not None


def test_the_button_of_the_first_step_marks_it(worker: Planning) -> None:
    said = worker.say("what_now", "what now")
    worker.press(said, say("plan_mark_done_of", number="1"))
    assert list(done(worker)) == [steps(said)[0]]


def test_the_second_one_is_what_was_shown_second(worker: Planning) -> None:
    second = steps(worker.say("what_now", "what now"))[1]
    worker.say("step_done", "the second one is done")
    assert list(done(worker)) == [second]


def test_unclear_words_offer_the_steps_that_were_shown(worker: Planning) -> None:
    listed = steps(worker.say("what_now", "what now"))
    said = worker.say("step_done", "done")
    assert said["text"] == say("plan_which_done")
    assert steps(said) == listed
    worker.press(said, titles(said)[1])
    assert list(done(worker)) == [listed[1]]


def test_the_last_mark_can_be_taken_back(worker: Planning) -> None:
    said = worker.say("step_done", "i opened a bank account")
    assert "is not done yet" in worker.press(said, say("plan_undo"))["text"]
    assert done(worker) == {}
    assert worker.say("step_undo", "undo")["text"].startswith(say("plan_nothing_to_undo"))


def test_a_step_that_follows_from_something_else_can_be_opened_again(planning: Planning) -> None:
    card = Profile("gent", "IN", purpose="employee", arrival=dt.date(2026, 9, 1), stay="long", permit="waiting-paper")
    planning.knows(card)
    planning.say("step_undo", "no, i have not registered yet")
    assert planning.profile.todo == ("register-non-eu",)
    planning.say("step_done", "registered on 2 october")
    assert not planning.profile.todo


def test_done_twice_is_said_so(worker: Planning) -> None:
    worker.say("step_done", "registered yesterday")
    said = worker.say("step_done", "i registered yesterday")
    assert "is done already" in said["text"]


def test_what_is_said_in_passing_is_kept_too(planning: Planning) -> None:
    planning.knows(Profile(country="IN", purpose="employee", arrival=dt.date(2026, 11, 20), stay="long"))
    planning.say("step_done", "i found a flat, signed the lease")
    assert planning.profile.address is True


def test_a_step_that_is_not_for_the_person_leaves_the_plan_and_comes_back(worker: Planning) -> None:
    second = steps(worker.say("what_now", "what now"))[1]
    worker.say("not_for_me", "the second one is not for me")
    assert worker.profile.not_for_me == (second,)
    worker.say("step_undo", "undo")
    assert not worker.profile.not_for_me


def test_what_it_says_about_the_person_counts_first(worker: Planning) -> None:
    worker.say("not_for_me", "i have no car")
    assert worker.profile.car is False
    assert not worker.profile.not_for_me


def test_without_a_plan_not_for_me_is_about_the_answer(planning: Planning) -> None:
    said = planning.say("not_for_me", "that is for other people, not for me")
    assert said["text"] == say("not_helpful_none")


def test_a_button_for_a_step_that_is_not_in_the_plan_changes_nothing(worker: Planning) -> None:
    worker.say("step_done", '/step_done{"step": "get-student-visa"}', [("step", "get-student-visa")])
    assert done(worker) == {}


def test_a_fact_about_oneself_without_a_plan_is_noted_and_not_stored(planning: Planning) -> None:
    said = planning.say("not_for_me", "i have no car")
    assert "you have no car" in said["text"]
    assert planning.kept is None


def test_trouble_that_names_no_step_is_asked_back_about_the_plan_not_about_other_subjects(planning: Planning) -> None:
    planning.knows(Profile("gent", "IN", purpose="employee", arrival=dt.date(2026, 11, 20), permit="visa-d"))
    planning.say("what_now", "what now")
    said = planning.say(
        "step_trouble", "they refused me there", articles=[{"id": "domicile-right", "confidence": 0.6}], zone="offer"
    )
    assert said["custom"]["outcome"] == "planned"
    assert any("/step_trouble" in button["payload"] for button in said["buttons"])


def test_a_question_about_a_step_marks_nothing(worker: Planning) -> None:
    """The bot may read the two as nearly the same."""
    question = "how do i open a bank account"
    articles = [{"id": "bank-account-open", "confidence": 0.8}]
    said = worker.say("step_done", question, confidence=0.4, articles=articles, covered=0.97, zone="answer")
    assert said["custom"]["article"] == "bank-account-open"
    assert worker.kept is None or not done(worker)
