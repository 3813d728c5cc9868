"""The three zones, seen with what is known about the person."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.decide import Understanding, decide, decide_parts
from knowledge.library import Library, load
from knowledge.profile import Profile
from tests.knowledge.builder import article, write


@pytest.fixture
def library(tmp_path: Path) -> Library:
    def other(key: str, **changes: object) -> dict[str, object]:
        return article(
            id=key, facts=["lease-notice"], questions=[f"{key} {n} question" for n in "abcdefghij"], **changes
        )

    return load(
        write(
            tmp_path,
            article(),
            other("for-eu", audience={"citizenship": ["eu"]}),
            other("for-non-eu", audience={"citizenship": ["non-eu"]}),
            other("fourth"),
        )
    )


def understood(zone: str, *ids: str) -> Understanding:
    articles = [{"id": key, "confidence": 0.9 - 0.1 * n} for n, key in enumerate(ids)]
    return Understanding.from_message({"articles": articles, "covered": 0.9, "zone": zone})


def test_a_sure_reading_is_answered(library: Library) -> None:
    decision = decide(understood("answer", "lease-end", "for-eu"), library, Profile())
    assert (decision.zone, decision.articles) == ("answer", ("lease-end",))


def test_at_most_three_readings_are_offered(library: Library) -> None:
    decision = decide(understood("offer", "lease-end", "for-eu", "for-non-eu", "fourth"), library, Profile())
    assert (decision.zone, decision.articles) == ("offer", ("lease-end", "for-eu", "for-non-eu"))


def test_what_is_not_for_this_person_is_not_answered_but_the_rest_is_offered(library: Library) -> None:
    decision = decide(understood("answer", "for-non-eu", "for-eu", "fourth"), library, Profile(country="DE"))
    assert (decision.zone, decision.articles) == ("offer", ("for-eu", "fourth"))


def test_nobody_is_excluded_while_the_nationality_is_unknown(library: Library) -> None:
    assert decide(understood("answer", "for-non-eu"), library, Profile()).articles == ("for-non-eu",)


@pytest.mark.parametrize(
    "message", [{}, {"articles": None}, {"zone": "nonsense", "articles": [{"id": "lease-end", "confidence": 1}]}]
)
def test_a_message_without_understanding_is_unknown(library: Library, message: dict[str, object]) -> None:
    assert decide(Understanding.from_message(message), library, Profile()).zone == "unknown"


def test_an_article_that_is_gone_is_not_answered(library: Library) -> None:
    assert decide(understood("answer", "removed"), library, Profile()).zone == "unknown"


@pytest.mark.parametrize(("country", "citizenship"), [("DE", "eu"), ("CH", "eu"), ("GB", "non-eu"), (None, None)])
def test_citizenship_follows_the_country(country: str | None, citizenship: str | None) -> None:
    assert Profile(country=country).citizenship == citizenship


def asked(zone: str, *ids: str, intent: str | None = "ask") -> dict[str, object]:
    articles = [{"id": key, "confidence": 0.9} for key in ids]
    return {"text": f"about {ids}", "intent": intent, "articles": articles, "covered": 0.9, "zone": zone}


def test_each_question_of_a_message_is_decided_for_this_person(library: Library) -> None:
    questions = [
        asked("answer", "lease-end"),
        asked("answer", "for-non-eu", "for-eu"),
        asked("unknown"),
        asked("answer", "fourth", intent="legal_opinion"),
        asked("unknown", intent="out_of_scope"),
        asked("offer", "fourth", intent="out_of_scope"),
        asked("unread", intent=None),
    ]
    parts = decide_parts({"parts": questions}, library, Profile(country="DE"))
    kinds = ["answer", "offer", "unknown", "legal_opinion", "out_of_scope", "unknown", "unread"]
    assert [part.kind for part in parts] == kinds
    assert parts[1].articles == ("for-eu",)


def test_a_message_without_an_answer_to_any_of_its_questions_is_one(library: Library) -> None:
    assert decide_parts({"parts": [asked("offer", "lease-end"), asked("unknown")]}, library, Profile()) == []
    assert decide_parts({}, library, Profile()) == []
    assert decide_parts({"parts": None}, library, Profile()) == []
