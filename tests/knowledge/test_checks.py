"""Each check finds the article that breaks it, and leaves a correct one alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from knowledge.checks import check
from knowledge.library import load
from tests.knowledge.builder import article, fact, write

AMOUNT = {
    "id": "fee",
    "title": "Fee",
    "unit": "EUR",
    "facts": ["lease-notice"],
    "values": [{"value": 5, "valid_from": "2026-01-01", "valid_to": None, "source": "https://example.be/fee"}],
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
