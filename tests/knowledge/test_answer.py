"""What a person reads: the text for them, on this day, with sources."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from knowledge.answer import Aspect, compose, compose_aspect
from knowledge.library import Library, load
from knowledge.profile import Profile
from tests.knowledge.builder import article, fact, write

TODAY = dt.date(2026, 11, 23)
TOWNS = [{"id": "gent", "name": "Gent"}, {"id": "aalst", "name": "Aalst"}]
DESK = {
    "id": "aalst-town-hall",
    "name": "Town hall of Aalst",
    "roles": ["town-hall"],
    "municipality": "aalst",
    "serves": "Everybody who lives in Aalst.",
    "address": "Example street",
    "url": "https://example.be/aalst",
    "source_title": "Contact",
    "seen_on": "2026-11-01",
}


def library(root: Path, **changes: Any) -> Library:
    second = article(id="second", title="Getting the deposit back", questions=[f"q {n} deposit" for n in "abcdefghij"])
    second["facts"] = ["lease-notice"]
    first = article(related=["second"], place="town-hall", **changes)
    return load(write(root, first, second, towns=TOWNS, places=[DESK]))


NOBODY = Profile()


def answer(root: Path, profile: Profile = NOBODY, today: dt.date = TODAY, **changes: Any) -> Any:
    read = library(root, **changes)
    return compose(read.articles["lease-end"], read, profile, today)


def test_a_full_answer(tmp_path: Path) -> None:
    found = answer(
        tmp_path,
        deadline={"text": "Send it three months before you go.", "fact": "lease-notice"},
        cost="The letter is free.",
    )
    assert found.outcome == "answered"
    assert found.text.split("\n\n") == [
        "Write a letter to your landlord.",
        "You give three months' notice.",
        "**Take with you:**\n- your copy of the lease",
        "**By when:** Send it three months before you go.",
        "**Cost:** The letter is free.",
        "**Where:** The town hall of the town where you live. Tell me your town and I look up the place.",
    ]
    assert found.facts == ["lease-notice"]
    assert [(s.url, s.checked_on) for s in found.sources] == [("https://example.be/lease", "2026-11-01")]
    assert found.related == [("second", "Getting the deposit back")]


@pytest.mark.parametrize(
    ("town", "place"),
    [("aalst", "Town hall of Aalst\nExample street"), ("gent", "The town hall of Gent")],
)
def test_the_place_is_that_of_the_persons_town(tmp_path: Path, town: str, place: str) -> None:
    assert f"**Where:** {place}" in answer(tmp_path, Profile(municipality=town)).text


def test_a_withheld_figure_is_left_out_and_said_to_be(tmp_path: Path) -> None:
    found = answer(tmp_path, today=dt.date(2027, 6, 1))
    assert found.outcome == "answered_stale"
    assert "three months" not in found.text
    assert "I leave out a number or date here" in found.text
    assert found.withheld == {"lease-notice": "overdue"}


def test_an_undated_page_is_said_with_a_remark(tmp_path: Path) -> None:
    found = answer(tmp_path, facts=[fact(page_date=None)])
    assert found.outcome == "answered"
    assert "three months" in found.text
    assert "The official page carries no date" in found.text


def test_without_an_official_page_no_page_is_promised(tmp_path: Path) -> None:
    found = answer(tmp_path, facts=[fact(status="unofficial")])
    assert "three months" not in found.text
    assert "I found no official page" in found.text


@pytest.mark.parametrize(
    ("country", "said"),
    [(None, True), ("IN", False)],
)
def test_who_it_is_for_is_said_when_the_person_is_unknown(tmp_path: Path, country: str | None, said: bool) -> None:
    found = answer(tmp_path, Profile(country=country), audience={"citizenship": ["non-eu"]})
    assert ("This answer is for people from outside the EU" in found.text) is said


def test_an_answer_of_one_town_says_so_elsewhere(tmp_path: Path) -> None:
    audience = {"municipality": ["gent"]}
    assert "This is how Gent does it" in answer(tmp_path, Profile(municipality="aalst"), audience=audience).text
    assert "This is how" not in answer(tmp_path / "b", Profile(municipality="gent"), audience=audience).text


@pytest.mark.parametrize("aspect", list(Aspect))
def test_every_follow_up_says_something_with_its_source(tmp_path: Path, aspect: Aspect) -> None:
    read = library(tmp_path)
    found = compose_aspect(read.articles["lease-end"], aspect, read, Profile(), TODAY)
    assert found.text.startswith("About “Ending a lease”:\n\n")
    assert len(found.text.split("\n\n")) > 1
    assert found.sources


def test_a_follow_up_about_a_withheld_cost_sends_to_the_official_page(tmp_path: Path) -> None:
    read = library(tmp_path, cost={"text": "It costs 30 euro.", "fact": "lease-notice"})
    found = compose_aspect(read.articles["lease-end"], Aspect.COST, read, Profile(), dt.date(2027, 6, 1))
    assert "30 euro" not in found.text
    assert "The official page has the current one" in found.text
