"""An entry in words: the day and its rule, what to do when it is late, where to go, and no date in doubt."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knowledge.library import Library, load
from knowledge.planning.plan import plan
from knowledge.planning.telling import AT_ONCE, Told, day_in_words, tell, what_matters
from knowledge.profile import Profile
from tests.knowledge.planning.folder import library, rule, step
from tests.knowledge.planning.people import AYA, MIRELA, PEDRO, PERSONAS, ROLF, TODAY

LIBRARY = load()
REGISTER = step("register", marks="registration")
LEAD = {"period": {"count": 2, "unit": "weeks"}, "say": "Free hours can lie far ahead."}


def told(key: str, profile: Profile, today: dt.date = TODAY, known: Library = LIBRARY) -> Told:
    entry = plan(profile, today, known).get(key)
    assert entry is not None
    return tell(entry, known, profile, today)


def one(root: Path, *steps: dict[str, Any], facts: dict[str, Any] | None = None, **known: Any) -> Told:
    """The last of these steps, in words."""
    return told(steps[-1]["id"], replace(Profile(), **known), known=library(root, *steps, **(facts or {})))


def test_a_day_is_written_out() -> None:
    assert day_in_words(dt.date(2026, 12, 2)) == "Wednesday 2 December 2026"


@pytest.mark.parametrize(
    ("arrival", "when"),
    [
        ("2026-11-20", "by Wednesday 2 December 2026 (9 days left)"),
        ("2026-11-11", "today at the latest, Monday 23 November 2026"),
        ("2026-11-12", "by tomorrow, Tuesday 24 November 2026"),
        ("2026-11-09", "the last day was Friday 20 November 2026"),
    ],
)
def test_the_legal_day_is_said_with_the_days_that_are_left(tmp_path: Path, arrival: str, when: str) -> None:
    said = one(tmp_path, step("a", deadlines=[rule()]), arrival=dt.date.fromisoformat(arrival))
    assert said.when == when
    assert said.reason.startswith("You do it soon after you arrive.")


def test_what_is_late_says_what_to_do(tmp_path: Path) -> None:
    said = one(tmp_path, step("a", deadlines=[rule()], lead_time=LEAD), arrival=dt.date(2026, 10, 1))
    assert said.late
    assert said.advice == "Do it today all the same."


def test_what_takes_long_says_when_to_begin(tmp_path: Path) -> None:
    far = step("a", deadlines=[rule(after={"count": 30, "unit": "days"})], lead_time=LEAD)
    said = one(tmp_path, far, arrival=TODAY)
    assert said.advice == "Free hours can lie far ahead. Begin before Wednesday 9 December 2026."
    near = one(tmp_path / "near", step("a", deadlines=[rule()], lead_time=LEAD), arrival=TODAY)
    assert near.advice == "Free hours can lie far ahead."


def test_without_a_length_from_a_source_only_the_advice_is_said(tmp_path: Path) -> None:
    slow = step("a", deadlines=[rule(after={"count": 30, "unit": "days"})], lead_time={"say": LEAD["say"]})
    assert one(tmp_path, slow, arrival=TODAY).advice == "Free hours can lie far ahead."


@pytest.mark.parametrize(
    "doubt",
    [
        {"status": "unofficial"},
        {"review_by": "2026-11-22"},
        {"conflict": "Another page says something else."},
        {"volatile": True, "page_date": "2024-01-01"},
    ],
)
def test_a_rule_in_doubt_is_said_without_a_date(tmp_path: Path, doubt: dict[str, Any]) -> None:
    said = one(tmp_path, step("a", deadlines=[rule()]), facts=doubt, arrival=TODAY)
    assert (said.by, said.when) == (None, "")
    assert "I give no date" in said.reason
    assert not any(letter.isdigit() for letter in said.reason)


def test_an_old_or_undated_page_is_said_with_care(tmp_path: Path) -> None:
    for number, date in enumerate((None, "2019-01-01")):
        said = one(tmp_path / str(number), step("a", deadlines=[rule()]), facts={"page_date": date}, arrival=TODAY)
        assert said.by is not None
        assert "check it before you rely on this day" in said.reason
    plainly = one(tmp_path / "dated", step("a", deadlines=[rule()]), arrival=TODAY)
    assert plainly.reason == "You do it soon after you arrive."


@pytest.mark.parametrize(
    ("anchor", "asked"),
    [
        ("arrival", "Tell me the day you arrive"),
        ("registration", "Tell me the day you registered"),
        ("address", "Tell me from which day you live there"),
        ("contract-start", "Tell me your first working day"),
        ("birth", "Tell me the day your baby was born"),
        ("card-end", "Tell me the last day on your card"),
        ("departure", "Tell me the day you leave"),
    ],
)
def test_without_the_day_it_counts_from_the_person_is_asked_for_it(tmp_path: Path, anchor: str, asked: str) -> None:
    assert asked in one(tmp_path, step("a", deadlines=[rule(anchor=anchor)])).reason


def test_what_counts_from_an_open_step_says_so(tmp_path: Path) -> None:
    said = one(tmp_path, REGISTER, step("a", deadlines=[rule(anchor="registration")]))
    assert said.reason.endswith("Tell me the day when this is done, and I work out the date: Do register.")


def test_nobody_is_asked_for_the_last_day_of_a_card_that_they_do_not_have(tmp_path: Path) -> None:
    renew = step("renew", requires={"all": ["collect"]}, deadlines=[rule(anchor="card-end")])
    assert one(tmp_path, step("collect"), renew).reason == "You do it soon after you arrive."


def test_what_other_steps_wait_for_says_when_it_is_best_done(tmp_path: Path) -> None:
    waits = step("b", requires={"all": ["a"]}, deadlines=[rule()])
    assert one(tmp_path, waits, step("a"), arrival=TODAY).when.startswith("best before Thursday 3 December 2026")


def test_the_planned_day_of_travelling_is_called_so() -> None:
    assert told("arrive", PEDRO).when == "planned for Monday 4 January 2027"


def test_what_opens_later_says_from_when(tmp_path: Path) -> None:
    opening = {"anchor": "registration", "next_year": True, "fact": "lease-notice"}
    said = one(tmp_path, REGISTER, step("a", opens=opening), done=(("register", TODAY),))
    assert (said.state, said.when) == ("later", "possible from Friday 1 January 2027")


def test_what_is_done_says_when_and_no_rule(tmp_path: Path) -> None:
    said = one(tmp_path, step("a", deadlines=[rule()], lead_time=LEAD), done=(("a", TODAY),), arrival=TODAY)
    assert (said.when, said.reason, said.advice, said.late) == ("done on Monday 23 November 2026", "", "", False)
    assert one(tmp_path / "unknown", step("a"), done=(("a", None),)).when == ""


def test_what_to_do_first_is_named_by_its_title() -> None:
    assert told("register-eu", ROLF).waits_for == ("Find an address where you may register",)


def test_papers_in_doubt_are_left_out_and_the_others_are_named() -> None:
    assert "passport with your D visa" in told("register-non-eu", AYA).papers
    for entry in plan(AYA, TODAY, LIBRARY).entries:
        assert not any("{" in paper for paper in tell(entry, LIBRARY, AYA, TODAY).papers)


def test_the_source_of_the_rule_comes_first() -> None:
    said = told("register-eu", MIRELA)
    fact = LIBRARY.facts["eu-register-3-months"]
    assert said.facts[0] == fact.id
    assert said.sources[0].url == str(fact.url)
    assert 1 <= len(said.sources) <= 3


def test_what_to_say_at_the_counter_is_in_two_languages() -> None:
    counter = told("register-non-eu", AYA).counter
    assert counter is not None
    assert counter[0].startswith("Goedendag")
    assert counter[1].startswith("Hello")


@pytest.mark.parametrize("town", [None, *sorted(LIBRARY.municipalities)])
def test_nobody_is_sent_to_the_desk_of_another_town(town: str | None) -> None:
    desks = {place.name: place.municipality for place in LIBRARY.places.values() if place.municipality}
    for profile in PERSONAS.values():
        theirs = replace(profile, municipality=town, car=True, licence="non-eu", children=(1, 3, 7, 14), leaving=None)
        for entry in plan(theirs, TODAY, LIBRARY).entries:
            where = tell(entry, LIBRARY, theirs, TODAY).where
            if where is not None and town is not None:
                assert desks.get(where.text.split("\n")[0], town) == town, (entry.step.id, where.text)


def test_a_step_without_a_counter_names_no_place() -> None:
    assert told("arrive", PEDRO).where is None


def matters(profile: Profile, today: dt.date = TODAY, known: Library = LIBRARY) -> list[str]:
    return [entry.step.id for entry in what_matters(plan(profile, today, known))]


def test_what_matters_is_short_possible_now_and_not_optional() -> None:
    for profile in PERSONAS.values():
        made = plan(profile, TODAY, LIBRARY)
        entries = what_matters(made)
        assert 1 <= len(entries) <= AT_ONCE
        assert all(entry.state == "now" and entry.certain and not entry.step.optional for entry in entries)


def test_what_is_late_comes_before_what_presses_and_that_before_the_rest(tmp_path: Path) -> None:
    steps = [
        step("any-time"),
        step("far", deadlines=[rule(after={"count": 300, "unit": "days"})]),
        step("soon", deadlines=[rule(after={"count": 40, "unit": "days"})]),
        step("late", deadlines=[rule(after={"count": 2, "unit": "days"})]),
        step("if-you-like", optional=True, deadlines=[rule(after={"count": 1, "unit": "days"})]),
    ]
    profile = Profile(arrival=dt.date(2026, 11, 1))
    assert matters(profile, known=library(tmp_path, *steps)) == ["late", "soon", "far"]


def test_what_opens_the_way_comes_first_then_what_is_special(tmp_path: Path) -> None:
    steps = [
        step("a-for-all"),
        step("b-special", applies_if={"purpose": ["job-seeker"]}),
        step("c-opens"),
        step("d", requires={"all": ["c-opens"]}),
        step("e", requires={"all": ["a-for-all"]}, optional=True),
    ]
    profile = Profile(purpose="job-seeker")
    assert matters(profile, known=library(tmp_path, *steps)) == ["c-opens", "b-special", "a-for-all"]
