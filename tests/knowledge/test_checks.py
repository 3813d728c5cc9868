"""Each check finds the article that breaks it, and leaves a correct one alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from knowledge.checks import check, coverage
from knowledge.library import load
from knowledge.models import Phase
from tests.knowledge.builder import article, fact, write

VALUE = {"value": 5, "valid_from": "2026-01-01", "valid_to": None, "source": "https://example.be/fee"}
AMOUNT = {
    "id": "fee",
    "title": "Fee",
    "unit": "EUR",
    "facts": ["lease-notice"],
    "values": [VALUE],
}


def found(root: Path) -> str:
    return "\n".join(str(problem) for problem in check(load(root)))


def test_a_correct_article_has_no_problem(tmp_path: Path) -> None:
    assert found(write(tmp_path, article())) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Do it within 8 days.",
        "Do it within eight working days.",
        "It costs €30.",
        "It costs 30 euro.",
        "It is due on 30 June.",
        "The rule changed in 2026.",
        "You pay 25 % tax.",
        "It takes a few weeks, mostly three weeks.",
        "You pay {amount:fee}.",
    ],
)
def test_a_figure_needs_a_fact(tmp_path: Path, text: str) -> None:
    write(tmp_path, article(answer=["Write a letter.", text]), amounts=[AMOUNT])
    assert "needs `fact:`" in found(tmp_path)


@pytest.mark.parametrize("text", ["Bring one paper.", "Call 112 now.", "Ask for Annex 15.", "Read form 281.10."])
def test_names_and_numbers_of_papers_are_no_figures(tmp_path: Path, text: str) -> None:
    assert found(write(tmp_path, article(answer=[text]))) == ""


def test_a_figure_in_the_title_is_refused(tmp_path: Path) -> None:
    assert "title" in found(write(tmp_path, article(title="Leave within three months")))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"facts": [fact(), "nowhere"]}, "'nowhere' is written out nowhere"),
        ({"answer": ["Yes.", {"text": "Three months.", "fact": "other"}]}, "rests on 'other'"),
        ({"answer": ["Yes.", {"text": "Pay {amount:gone}.", "fact": "lease-notice"}]}, "names the amount 'gone'"),
        ({"related": ["gone"]}, "'gone' is no other article"),
        ({"related": ["lease-end"]}, "'lease-end' is no other article"),
        ({"audience": {"municipality": ["atlantis"]}}, "'atlantis' is not in places/municipalities.yml"),
        ({"place": "moon-desk"}, "no place has the role 'moon-desk'"),
        (
            {"answer": [{"text": "Three months.", "fact": "lease-notice"}]},
            "add a paragraph that holds without any figure",
        ),
        ({"answer": ["word " * 121]}, "has 121 words"),
        ({"answer": ["word " * 30 + "."]}, "make two of it"),
    ],
)
def test_what_an_article_names_must_exist_and_read_well(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    assert message in found(write(tmp_path, article(**change)))


def test_a_fact_is_written_out_once(tmp_path: Path) -> None:
    other = article(id="other", questions=[f"another {n} question" for n in "abcdefghij"])
    assert "is also written out in articles/housing/lease-end.yml" in found(write(tmp_path, article(), other))


def test_a_question_belongs_to_one_article(tmp_path: Path) -> None:
    questions = ["How do I end my lease, number A?", *[f"another {n} question" for n in "bcdefghij"]]
    other = article(id="other", questions=questions, facts=["lease-notice"])
    assert "is also a question of lease-end" in found(write(tmp_path, article(), other))


def test_values_of_an_amount_do_not_overlap(tmp_path: Path) -> None:
    later = {"value": 6, "valid_from": "2026-06-01", "valid_to": None, "source": "https://example.be/fee"}
    amount = {**AMOUNT, "values": [*AMOUNT["values"], later]}
    assert "still holds on 2026-06-01" in found(write(tmp_path, article(), amounts=[amount]))


def test_an_amount_rests_on_known_facts(tmp_path: Path) -> None:
    assert "amounts/fee.yml: facts" in found(write(tmp_path, article(), amounts=[{**AMOUNT, "facts": ["gone"]}]))


def test_an_article_lies_in_the_folder_of_its_topic(tmp_path: Path) -> None:
    write(tmp_path, article())
    (tmp_path / "articles" / "tax").mkdir()
    (tmp_path / "articles" / "housing" / "lease-end.yml").rename(tmp_path / "articles" / "tax" / "lease-end.yml")
    assert "move the file to articles/housing/" in found(tmp_path)


def test_an_amount_that_no_article_names_is_told(tmp_path: Path) -> None:
    assert "amounts/fee.yml: id: no article names {amount:fee}" in found(write(tmp_path, article(), amounts=[AMOUNT]))


def test_an_amount_that_is_named_is_used(tmp_path: Path) -> None:
    answer = ["Write a letter.", {"text": "It costs {amount:fee}.", "fact": "lease-notice"}]
    assert found(write(tmp_path, article(answer=answer), amounts=[AMOUNT])) == ""


RULE = "A tenant who leaves a nine-year lease early gives the landlord notice of {} months by letter."


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"says": RULE.format("two")}, True),
        ({"says": RULE.format("2")}, True),
        ({"says": RULE.format(3)}, False),
        ({"says": RULE.format("two"), "conflict": "Another page says three."}, False),
        ({"says": "A student who leaves a room in a student house tells the owner two months ahead."}, False),
    ],
)
def test_two_facts_do_not_give_different_figures_for_one_thing(
    tmp_path: Path, change: dict[str, Any], told: bool
) -> None:
    other = article(id="other", questions=[f"another {n} question" for n in "abcdefghij"])
    other["facts"] = [fact(id="second", **change)]
    other["answer"] = ["Write a letter."]
    write(tmp_path, article(facts=[fact(says=RULE.format("three"))]), other)
    assert ("'lease-notice' and 'second' give different figures for one thing" in found(tmp_path)) is told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value": 6}, True),
        ({"value": 5}, False),
        ({"value": 6, "valid_from": "2025-01-01", "valid_to": "2025-12-31"}, False),
    ],
)
def test_two_amounts_of_one_name_do_not_differ_on_one_day(tmp_path: Path, change: dict[str, Any], told: bool) -> None:
    second = {**AMOUNT, "id": "charge", "title": "FEE", "values": [{**VALUE, **change}]}
    write(tmp_path, article(), amounts=[AMOUNT, second])
    assert ("with another value for the same day" in found(tmp_path)) is told


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("How can I cancel my rental contracts?", "cancel rental contract please", True),
        ("résilier le contrat", "resilier le contrat!", True),
        ("deposit", "the deposit?", False),
        ("cancel rental contract", "sign rental contract", False),
    ],
)
def test_questions_of_two_articles_are_not_nearly_the_same(tmp_path: Path, one: str, other: str, told: bool) -> None:
    first = article(questions=[one, *[f"lease {n} end" for n in "bcdefghij"]])
    second = article(id="other", facts=["lease-notice"])
    second["questions"] = [other, *[f"another {n} question" for n in "bcdefghij"]]
    assert (f"“{one}” of lease-end" in found(write(tmp_path, first, second))) is told


def test_near_questions_of_one_article_are_welcome(tmp_path: Path) -> None:
    questions = ["cancel rental contract", "contract rental cancel", *[f"lease {n} end" for n in "cdefghij"]]
    assert found(write(tmp_path, article(questions=questions))) == ""


def near_misses(root: Path, text: str) -> None:
    (root / "near_misses").mkdir()
    (root / "near_misses" / "housing.yml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("near_miss", "told"),
    [
        ("how do i end my lease number a", True),
        ("How do I end my lease? Number A!", True),
        ("how do i end my lease number z", False),
        ("number a lease", False),
    ],
)
def test_a_near_miss_is_no_question_of_an_article(tmp_path: Path, near_miss: str, told: bool) -> None:
    near_misses(write(tmp_path, article()), f"- who sells a house to me\n- {near_miss}\n")
    both = f"lease-end.yml: questions: “{near_miss}” of lease-end is also in near_misses/housing.yml"
    assert (both in found(tmp_path)) is told
    assert told or found(tmp_path) == ""


@pytest.mark.parametrize("text", ["- what: is this", "question", "- 12", ""])
def test_near_misses_are_a_list_of_texts(tmp_path: Path, text: str) -> None:
    near_misses(write(tmp_path, article()), text)
    assert found(tmp_path).startswith("near_misses/housing.yml: whole file: write a list of questions")


def test_near_misses_that_cannot_be_read_are_named_with_their_line(tmp_path: Path) -> None:
    near_misses(write(tmp_path, article()), "- one\n- a: b: c\n")
    assert found(tmp_path).startswith("near_misses/housing.yml: line 2: not valid YAML")


def covered(root: Path, *articles: dict[str, Any]) -> list[str]:
    return [f"{p.field}: {p.text}" for p in coverage(load(write(root, *articles)))]


def all_phases(**changes: Any) -> list[dict[str, Any]]:
    """One article of each phase; ``changes`` for the last."""
    articles = [
        article(id=f"a{n}", phase=phase.value, facts=[fact(id=f"fact-{n}")], answer=["Write a letter."])
        for n, phase in enumerate(Phase)
    ]
    articles[-1].update(changes)
    return articles


def test_a_phase_without_an_article_is_told(tmp_path: Path) -> None:
    assert covered(tmp_path, *all_phases(phase="settled")) == ["phase: no article is of the phase anytime; write one"]


@pytest.mark.parametrize(
    ("audience", "missing"),
    [
        ({}, 0),
        ({"citizenship": ["non-eu"]}, 8),
        ({"purpose": ["employee", "student"]}, 12),
        ({"citizenship": ["eu"], "purpose": ["family"]}, 15),
        ({"municipality": ["gent"]}, 0),
    ],
)
def test_every_group_of_people_finds_an_article_in_every_phase(
    tmp_path: Path, audience: dict[str, Any], missing: int
) -> None:
    told = covered(tmp_path, *all_phases(audience=audience))
    assert len(told) == missing
    assert all(one.startswith("audience: no article of the phase anytime is for ") for one in told)
