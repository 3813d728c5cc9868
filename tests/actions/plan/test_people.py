"""The four people of the workshops, from their first message to the whole plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from knowledge.wording import say
from tests.actions.plan.conftest import Planning, steps

LONGEST = 130  # of somebody who tells everything at once


def short(said: dict[str, Any]) -> dict[str, Any]:
    assert said["custom"]["outcome"] == "planned"
    assert len(said["text"].split()) <= LONGEST
    assert said["text"].count("?") <= 2  # one question
    return said


def questions(planning: Planning, answers: dict[str, Callable[[], dict[str, Any]]]) -> None:
    """Answers what is asked until nothing is; what has no answer is skipped."""
    for _ in range(20):
        slot = planning.talk.slots.get("asked")
        if slot is None:
            return
        answer = answers.get(slot["field"])
        short(answer() if answer else planning.say("skip", "skip"))
    raise AssertionError("it never stops asking")


def test_aya_researcher_with_her_family(planning: Planning) -> None:
    said = short(
        planning.say(
            "what_now",
            "I am a researcher from Japan, landed on friday in Ghent with my husband, kids 3 and 7, i have a visa d",
            [("country", "JP", "Japan"), ("municipality", "gent", "Ghent")],
        )
    )
    assert steps(said)[0] == "find-address"
    questions(planning, {"car": lambda: planning.say("deny", "no")})
    assert planning.profile.stay is None  # a researcher is not asked how long: a long stay is assumed, and said
    assert planning.profile.car is False
    found = short(planning.say("step_done", "we found a flat and signed the lease, from 20 november"))
    assert "register-non-eu" in steps(found)
    registered = short(planning.say("step_done", "registered today"))
    assert dict(planning.profile.done)["register-non-eu"] == dt.date(2026, 11, 23)
    assert "register-non-eu" not in steps(registered)
    assert say("plan_whole") in short(planning.say("show_plan", "the whole plan please"))["text"]


def test_rolf_looks_for_work(planning: Planning) -> None:
    said = short(
        planning.say(
            "what_now",
            "Hi, German, here since 2 november with my girlfriend, looking for a job in Gent. where do i start",
            [("country", "DE", "German"), ("municipality", "gent", "Gent")],
        )
    )
    assert {"find-address", "register-vdab"} <= set(steps(said))
    short(planning.say("inform", "more than three months"))
    assert say("plan_late_none") in short(planning.say("am_late", "am i late?"))["text"]
    found = short(planning.say("step_done", "i found a room in a shared house"))
    assert "register-eu" in steps(found)
    assert planning.profile.address is True


def test_pedro_prepares_from_abroad(planning: Planning) -> None:
    short(
        planning.say(
            "what_now",
            "I am from Argentina, my single permit is approved, i have a job at Volvo in Ghent and arrive on 4 january",
            [("country", "AR", "Argentina"), ("municipality", "gent", "Ghent")],
        )
    )
    assert planning.profile.permit == "single-permit"
    questions(planning, {"stay": lambda: planning.say("inform", "one year")})
    preview = planning.say("what_if", "what if i arrive two weeks later?")
    assert "If you arrive on 18 January" in preview["text"]
    assert planning.profile.arrival == dt.date(2027, 1, 4)
    short(planning.say("step_done", "my visa is in my passport"))
    assert "apply-visa-d" in dict(planning.profile.done)


def test_mirela_is_here_for_some_time(planning: Planning) -> None:
    short(
        planning.say(
            "what_now",
            "hallo from Bulgaria, i arrived on 1 october in Aalst, nurse with work contract, 2 kids 6 and 14, we rent "
            "a house, my diploma must be recognised and i have a car",
            [("country", "BG", "Bulgaria"), ("municipality", "aalst", "Aalst")],
        )
    )
    assert planning.profile.children == (6, 14)
    questions(planning, {"stay": lambda: planning.say("inform", "for good")})
    later = planning.say("remind_me", "can you remind me")
    assert planning.kept is not None
    assert planning.kept.link_id in later["text"]
    assert "register-eu" in steps(short(planning.say("what_now", "what now")))
