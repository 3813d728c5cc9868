"""The reply checker: drafts that state something else than the real knowledge, and drafts that do not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answer import compose
from knowledge.checking_replies import check
from knowledge.library import Library, read
from knowledge.profile import Profile

TODAY = dt.date(2026, 11, 23)
REPLIES = Path(__file__).parent / "replies"
DRAFTS, HELD_OUT = (yaml.safe_load((REPLIES / name).read_text("utf-8")) for name in ("drafts.yml", "held_out.yml"))


@pytest.fixture(scope="module")
def library() -> Library:
    return read()[0]


def found(library: Library, one: dict[str, Any]) -> list[str]:
    profile = Profile(country=one.get("from"), municipality=one.get("town", "gent"))
    return [str(f.finds) for f in check(one["draft"], library, profile, TODAY, one.get("about", ()))]


def measured(library: Library, drafts: list[dict[str, Any]]) -> tuple[float, float]:
    """Precision and recall: of the drafts that were flagged, and of those that should have been."""
    flagged = [(bool(found(library, one)), bool(one["expect"])) for one in drafts]
    right = sum(got and wanted for got, wanted in flagged)
    return right / max(1, sum(got for got, _ in flagged)), right / max(1, sum(wanted for _, wanted in flagged))


@pytest.mark.parametrize("one", [one for one in DRAFTS if not one["expect"]], ids=lambda one: one["draft"][:60])
def test_what_is_right_or_about_something_else_is_left_alone(library, one):
    assert found(library, one) == []


def test_nearly_everything_that_is_wrong_is_found_and_hardly_anything_else(library):
    precision, recall = measured(library, DRAFTS)
    assert precision >= 0.97
    assert recall >= 0.9


def test_drafts_apart_from_those_are_flagged_precisely(library):
    precision, recall = measured(library, HELD_OUT)
    assert precision >= 0.9
    assert recall >= 0.6


def test_a_finding_names_the_fact_its_source_and_what_the_knowledge_says(library):
    draft = "The rental deposit for a main residence is at most two months' rent."
    (finding,) = check(draft, library, Profile(municipality="gent"), TODAY)
    assert finding.said == "two months' rent"
    assert "three months' rent" in finding.known
    assert finding.article == "rental-deposit"
    assert finding.source is not None
    assert finding.source.url == str(library.facts[finding.fact].url)
    assert finding.code == "other:rent:rental-deposit"


def test_a_withheld_figure_is_told_with_the_reason_and_not_as_true(library):
    draft = "For work or research the federal contribution is €148."
    (finding,) = check(draft, library, Profile(country="IN"), TODAY, ["contribution-fee"])
    assert finding.finds == "stale"
    assert finding.reason == "two pages disagree"


def test_the_same_words_are_judged_for_the_person_whom_they_are_for(library):
    draft = "Register at the town hall as a citizen within eight days after you arrive."
    (finding,) = check(draft, library, Profile(country="PT"), TODAY, ["eu-register"])
    assert finding.article == "eu-register"
    assert check(draft, library, Profile(country="IN"), TODAY, ["non-eu-register"]) == []


def test_figures_that_are_withheld_only_from_a_later_day_on_are_good_until_then(library):
    draft = "The rental deposit is at most three months' rent."
    fact = library.facts["rental-deposit"]
    assert check(draft, library, Profile(), fact.review_by) == []
    late = check(draft, library, Profile(), fact.review_by + dt.timedelta(days=1))
    assert [finding.finds for finding in late] == ["stale"]


def test_an_answer_of_the_assistant_itself_is_never_doubted(library):
    doubted = {}
    for article in library.articles.values():
        said = compose(article, library, Profile(municipality="gent"), TODAY).text.replace("**", "")
        if findings := check(said, library, Profile(municipality="gent"), TODAY, [article.id]):
            doubted[article.id] = [finding.code for finding in findings]
    assert doubted == {}
