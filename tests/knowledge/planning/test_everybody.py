"""Every kind of person in every phase of a move, on days on which something changes: nothing is false."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from typing import Any

import pytest

from bench.plans.invariants import (
    Case,
    a_step_for_others_is_never_shown,
    every_day_has_a_rule_and_a_source_that_may_carry_it,
    no_step_comes_before_what_it_requires,
)
from knowledge.figures import FIGURE, Standing, judge, value_on, written
from knowledge.library import load
from knowledge.planning.plan import Entry
from knowledge.planning.telling import Told, day_in_words, tell, what_matters
from knowledge.profile import Profile, excludes

LIBRARY = load()
DAY = dt.timedelta(days=1)
COUNTRIES = ("DE", "IN", "BE")
PURPOSES: tuple[dict[str, Any], ...] = (
    *({"purpose": purpose} for purpose in ("employee", "researcher", "self-employed", "job-seeker", "student")),
    *({"purpose": "family", "joins": whom} for whom in ("eu", "belgian", "non-eu")),
)
HOUSEHOLDS: tuple[dict[str, Any], ...] = (
    {"partner": False, "children": ()},
    {"partner": True, "children": ()},
    *({"partner": True, "children": (age,)} for age in (1, 3, 8, 14)),
)
TOWNS = ("gent", "aalst", "lokeren")
PHASES = ("abroad", "just arrived", "registered", "settled", "leaving")
REGISTRATIONS = ("register-eu", "register-non-eu", "register-family-visa-d", "register-family-of-eu")


def changes() -> Iterator[dt.date]:
    """The last day of each value, and the last day on which facts hold without being looked at again."""
    yield from (value.valid_to for one in LIBRARY.amounts.values() for value in one.values if value.valid_to)
    yield from (fact.review_by for fact in LIBRARY.facts.values())


def days() -> list[dt.date]:
    """Year ends, holidays, a leap day, and the days around some changes: the first, the last, and those of now."""
    found = {
        dt.date.fromisoformat(day) for day in ("2026-12-25", "2026-12-31", "2027-01-01", "2027-05-06", "2028-02-29")
    }
    order = sorted(set(changes()))
    now = [day for day in order if day > dt.date(2026, 11, 1)]
    for day in (order[0], *now[:2], order[-1]):
        found |= {day, day + DAY}
    return sorted(found)


def in_phase(phase: str, today: dt.date) -> dict[str, Any]:
    """What is known of somebody in a phase."""
    ago = {name: today - dt.timedelta(days=count) for name, count in (("new", 2), ("month", 40), ("years", 1100))}
    done = tuple((step, today - dt.timedelta(days=20)) for step in REGISTRATIONS)
    home = {"address": True, "rents": True}
    return {
        "abroad": {"arrival": today + dt.timedelta(days=30), "permit": "none", "pet": True},
        "just arrived": {"arrival": ago["new"], "permit": "visa-d", "address": False},
        "registered": {
            "arrival": ago["month"], "permit": "waiting-paper", "address_from": ago["month"], "done": done,
            "car": True, "licence": "non-eu", "diploma": True, **home,
        },
        "settled": {
            "arrival": ago["years"], "permit": "residence-card", "card_end": today + dt.timedelta(days=40),
            "address_from": ago["month"], "moved": True, "birth": ago["new"], "contract_start": ago["years"],
            "licence": "eu", **home,
        },
        "leaving": {"arrival": ago["years"], "leaving": True, "departure": today + dt.timedelta(days=40), **home},
    }[phase]  # fmt: skip


def everybody(today: dt.date) -> Iterator[tuple[str, Profile]]:
    """Each combination, with its phase."""
    for phase, country, purpose, household, town in product(PHASES, COUNTRIES, PURPOSES, HOUSEHOLDS, TOWNS):
        known = {**purpose, **household, **in_phase(phase, today)}
        yield phase, Profile(country=country, municipality=town, stay="long", **known)


@dataclass
class Words:
    """What each entry says on a day; the same entry is put into words once."""

    today: dt.date
    made: dict[tuple[Any, ...], Told] = field(default_factory=dict)

    def of(self, entry: Entry, profile: Profile) -> Told | None:
        """The words, when they were not looked at before."""
        key = (
            entry.step.id, entry.state, entry.by, entry.doubt, entry.counts_from, entry.opens, entry.latest,
            entry.drives, entry.begin_by, entry.blocked_by, entry.done_on, profile.municipality,
        )  # fmt: skip
        if key in self.made:
            return None
        self.made[key] = tell(entry, LIBRARY, profile, self.today)
        return self.made[key]


@pytest.mark.parametrize("today", days(), ids=str)
def test_everybody_has_a_true_plan(today: dt.date) -> None:
    words, chance = Words(today), random.Random(0)
    for phase, profile in everybody(today):
        case = Case(profile, today, LIBRARY)
        assert case.plan.entries, profile
        fits(phase, case)
        no_step_comes_before_what_it_requires(case, chance)
        a_step_for_others_is_never_shown(case, chance)
        every_day_has_a_rule_and_a_source_that_may_carry_it(case, chance)
        for entry in case.plan.entries:
            told = words.of(entry, profile)
            if told is not None:
                says_nothing_false(entry, told, today)
                stays_in_town(told, profile)
    assert len(words.made) > len(LIBRARY.steps)


def fits(phase: str, case: Case) -> None:
    """What a person in this phase must find, and must not find."""
    states = {key: entry.state for key, entry in case.entries.items()}
    assert what_matters(case.plan) or phase in ("settled", "leaving"), case.profile
    if phase == "abroad":
        assert states["arrive"] == ("blocked" if case.profile.country == "IN" else "now")
        assert not any(states.get(key) == "now" for key in REGISTRATIONS)
    elif phase == "leaving":
        assert all("leaving" in entry.step.applies_if for entry in case.plan.entries)
    else:
        assert states["arrive"] == "done"
    if phase in ("registered", "settled"):
        assert all(states.get(key, "done") == "done" for key in (*REGISTRATIONS, "find-address"))
    if phase == "settled":
        assert states.get("collect-residence-card", "done") == "done"
        assert "report-new-address" in states
    for key, entry in case.entries.items():
        article = LIBRARY.articles[entry.step.article]
        assert not (entry.certain and excludes(article, case.profile)), (key, article.id, case.profile)


@cache
def withheld(article: str, today: dt.date) -> frozenset[str]:
    """Papers whose figures may not be said on a day."""
    statements = LIBRARY.articles[article].bring
    return frozenset(one.text for one in statements if judge(one, LIBRARY, today).standing is Standing.WITHHELD)


@cache
def amounts(today: dt.date) -> frozenset[str]:
    """Every amount that holds on a day, as it is written."""
    values = ((one, value_on(one, today)) for one in LIBRARY.amounts.values())
    return frozenset(written(one, value) for one, value in values if value is not None)


def says_nothing_false(entry: Entry, told: Told, today: dt.date) -> None:
    """No amount that does not hold, no date in doubt, nothing without a source."""
    assert told.article in LIBRARY.articles
    assert told.sources
    assert told.title
    texts = [told.title, told.why, told.reason, told.advice, *told.waits_for]
    texts += [*told.papers, *([told.where.text] if told.where else []), *(told.counter or ())]
    for text in texts:
        assert "{" not in text, text
        assert all(amount in amounts(today) for amount in re.findall(r"€[\d,.]*\d", text)), text
    assert not withheld(told.article, today) & set(told.papers)
    assert not FIGURE.search(told.reason), told.reason
    given = {day_in_words(day) for day in (entry.by, entry.latest, entry.opens, entry.begin_by, entry.done_on) if day}
    for date in re.findall(r"[A-Z][a-z]+day \d{1,2} [A-Z][a-z]+ \d{4}", f"{told.when} {told.advice}"):
        assert date in given
    if entry.doubt:
        assert told.by is None
        assert not told.late
        assert "no date" in told.reason or entry.state == "done"
    if told.late:
        assert told.advice


def stays_in_town(told: Told, profile: Profile) -> None:
    """Nobody is sent to the desk of another town."""
    desks = {place.name: place.municipality for place in LIBRARY.places.values() if place.municipality}
    if told.where is not None:
        assert desks.get(told.where.text.split("\n")[0], profile.municipality) == profile.municipality


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("phase", PHASES)
def test_a_short_visit_has_a_plan_too(country: str, phase: str) -> None:
    today = dt.date(2026, 11, 23)
    profile = Profile(country=country, municipality="gent", **in_phase(phase, today))
    case = Case(replace(profile, stay="short"), today, LIBRARY)
    assert case.plan.entries
    assert not any(key in case.entries for key in REGISTRATIONS)
