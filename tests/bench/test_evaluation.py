"""How `make evaluate` reads questions, judges how they ended, and tells which article was given instead of which."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.evaluation import confusion, report
from bench.evaluation.asking import Ending, ending_of
from bench.evaluation.judging import Row, figures, judge, judge_all
from bench.evaluation.questions import BadQuestions, Question, read_questions
from knowledge.models import Topic


def article(topic: Topic, *facts: str) -> Any:
    return SimpleNamespace(topic=topic, fact_ids=facts)


@pytest.fixture
def library() -> Any:
    """Four articles; the deposit's return is in two of them."""
    return SimpleNamespace(
        articles={
            "deposit": article(Topic.HOUSING, "how-much", "returned"),
            "deposit-return": article(Topic.HOUSING, "returned"),
            "bus": article(Topic.MOBILITY, "ticket"),
            "doctor": article(Topic.HEALTH, "which-doctor"),
        }
    )


def asked(verdict: str = "answerable", *facts: str, also: tuple[str, ...] = ()) -> Question:
    return Question("who?", verdict, facts, also)


def answered(key: str, outcome: str = "answered") -> Ending:
    return Ending(outcome, key, (), person_offered=True)


def offered(*keys: str) -> Ending:
    return Ending("offered_readings", None, keys, person_offered=True)


NOTHING = Ending("not_covered", None, (), person_offered=True)


# reading


def test_a_line_is_a_question(tmp_path: Path):
    file = tmp_path / "set.jsonl"
    file.write_text('{"q": "who?", "verdict": "partial", "facts": ["a"], "also": ["b"]}\n\n', encoding="utf-8")
    assert read_questions(file) == [Question("who?", "partial", ("a",), ("b",))]


@pytest.mark.parametrize(
    ("content", "words"), [("", "holds no question"), ("[]", "line 1"), ('{"q": "who?"}', "line 1")]
)
def test_other_lines_are_refused(tmp_path: Path, content: str, words: str):
    file = tmp_path / "set.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadQuestions, match=words):
        read_questions(file)


def message(outcome: str | None, article: str | None = None, *payloads: str, sender: str = "bot") -> dict[str, Any]:
    return {"sender": sender, "outcome": outcome, "article": article, "options": [{"payload": p} for p in payloads]}


def test_an_ending_is_read_from_the_messages():
    mine = message(None, sender="person")
    readings = message("offered_readings", None, '/ask{"article": "bus"}', '/ask{"article": "doctor"}', "/human")
    assert ending_of([mine, readings]) == Ending("offered_readings", None, ("bus", "doctor"), True)


def test_after_an_answer_other_articles_are_no_offers():
    answer = message("answered_stale", "bus", '/ask{"article": "doctor"}')
    assert ending_of([message("note"), answer]) == Ending("answered_stale", "bus", (), False)


# judging


@pytest.mark.parametrize(
    ("ending", "judgement"),
    [
        (answered("deposit-return"), {"straight", "after_one"}),
        (answered("deposit", "answered_stale"), {"straight", "after_one"}),
        (answered("bus"), {"wrong"}),
        (offered("bus", "deposit"), {"after_one"}),
        (offered("bus"), {"missed"}),
        (NOTHING, {"missed"}),
    ],
)
def test_an_answerable_question_is_counted(library: Any, ending: Ending, judgement: set[str]):
    row = judge(library, asked("answerable", "returned"), ending)
    assert {name for name in ("straight", "after_one", "wrong", "missed") if getattr(row, name)} == judgement
    assert row.wanted == ("deposit", "deposit-return")


@pytest.mark.parametrize("verdict", ["not-covered", "out-of-scope"])
@pytest.mark.parametrize(("ending", "false_answer"), [(answered("bus"), True), (offered("bus"), False)])
def test_what_is_not_covered_must_not_be_answered(library: Any, verdict: str, ending: Ending, false_answer: bool):
    row = judge(library, asked(verdict), ending)
    assert (row.false_answer, row.declined) == (false_answer, not false_answer)


@pytest.mark.parametrize(
    ("ending", "helped"),
    [(answered("bus"), True), (replace(answered("bus"), person_offered=False), False), (offered("doctor"), False)],
)
def test_a_partial_answer_helps_when_it_says_who_knows_the_rest(library: Any, ending: Ending, helped: bool):
    assert judge(library, asked("partial", "ticket"), ending).helped is helped


def test_shares_are_told_by_verdict_and_topic(library: Any):
    questions = [asked("answerable", "ticket"), asked("answerable", "returned"), asked("not-covered")]
    found = figures(judge_all(library, questions, [answered("bus"), answered("bus"), NOTHING]))
    assert found["answerable"] == {"n": 2, "straight": 0.5, "after_one": 0.5, "wrong": 0.5, "missed": 0}
    assert found["not-covered"] == {"n": 1, "false_answer": 0, "declined": 1}
    assert found["topics"]["mobility"]["straight"] == 1
    assert "out-of-scope" not in found


# confusions


def rows_of(library: Any, *cases: tuple[str, tuple[str, ...], Ending]) -> list[Row]:
    questions = [Question(f"question {n}", verdict, facts, ()) for n, (verdict, facts, _) in enumerate(cases)]
    return judge_all(library, questions, [ending for *_, ending in cases])


@pytest.fixture
def confused(library: Any) -> list[Row]:
    """Five confusions in three pairs, and endings that are none."""
    return rows_of(
        library,
        ("answerable", ("ticket",), answered("doctor")),
        ("answerable", ("which-doctor",), offered("bus", "doctor")),
        ("answerable", ("which-doctor",), answered("bus")),
        ("answerable", ("which-doctor",), offered("bus")),
        ("answerable", ("which-doctor",), offered("bus")),
        ("answerable", ("returned",), offered("bus", "deposit")),
        ("answerable", ("returned",), offered("deposit-return", "bus")),
        ("answerable", ("returned",), answered("deposit")),
        ("answerable", ("returned",), NOTHING),
        ("not-covered", (), answered("bus")),
        ("partial", ("ticket",), answered("doctor")),
    )


def test_pairs_are_counted_most_frequent_first(confused: list[Row]):
    found = [
        (one.wanted, one.given, one.count, one.answered, one.offered_first) for one in confusion.by_article(confused)
    ]
    assert found == [
        ("doctor", "bus", 4, 1, 3),
        ("bus", "doctor", 1, 1, 0),
        ("deposit | deposit-return", "bus", 1, 0, 1),
    ]


def test_a_pair_shows_at_most_three_questions(confused: list[Row]):
    assert confusion.by_article(confused)[0].examples == ("question 1", "question 2", "question 3")


def test_topics_are_counted_too(library: Any, confused: list[Row]):
    found = [(one.wanted, one.given, one.count) for one in confusion.by_topic(confused, report.topics(library))]
    assert found == [("health", "mobility", 4), ("mobility", "health", 1), ("housing", "mobility", 1)]


def test_a_fact_that_no_article_covers_is_confused_too(library: Any):
    (found,) = confusion.by_article(rows_of(library, ("answerable", ("gone",), answered("bus"))))
    assert (found.wanted, found.given) == ("none", "bus")


def test_the_page_has_examples_and_the_terminal_has_none(library: Any, confused: list[Row]):
    page = report.page("set", confused, library)
    assert "6 of 9 answerable questions" in page
    assert "| doctor | bus | 4 | 1 | 3 |" in page
    assert "doctor → bus (4)\n\n- question 1\n- question 2\n- question 3\n\n" in page
    cells = [
        cell for sheet in report.tables(figures(confused), confused, library) for c in sheet.columns for cell in c.cells
    ]
    assert "doctor" in cells
    assert not any("question" in str(cell) for cell in cells)


def test_nothing_confused_is_said_too(library: Any):
    rows = rows_of(library, ("answerable", ("ticket",), answered("bus")))
    assert "0 of 1 answerable questions" in report.page("set", rows, library)
    assert len(list(report.tables(figures(rows), rows, library))) == 1
