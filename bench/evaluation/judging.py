"""Judges how each question ended by its label, and counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.evaluation.asking import Ending
from bench.evaluation.questions import Question
from knowledge.library import Library

UNCOVERED = {"not-covered", "out-of-scope"}
SHARES = {
    "answerable": ("straight", "after_one", "wrong", "missed"),
    "not-covered": ("false_answer", "declined"),
    "out-of-scope": ("false_answer", "declined"),
    "partial": ("helped",),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its ending and judgements; `wanted` are the articles that cover one of its facts."""

    q: str
    verdict: str
    topic: str
    outcome: str
    article: str | None
    offered: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    straight: bool = False
    after_one: bool = False
    wrong: bool = False
    missed: bool = False
    false_answer: bool = False
    declined: bool = False
    helped: bool = False


def covers(library: Library, articles: Iterable[str | None], facts: Iterable[str]) -> bool:
    """Whether one of the articles covers one of the facts."""
    wanted = set(facts)
    return any(wanted & set(library.articles[key].fact_ids) for key in articles if key and key in library.articles)


def wanted_by(library: Library, question: Question) -> tuple[str, ...]:
    """The articles that cover one of the question's facts."""
    facts = set(question.facts)
    return tuple(sorted(key for key, article in library.articles.items() if facts & set(article.fact_ids)))


def topic_of(library: Library, question: Question) -> str:
    """The topic of the question's first fact, by the article that covers it."""
    for fact in question.facts:
        for article in library.articles.values():
            if fact in article.fact_ids:
                return article.topic.value
    return "none"


def judge(library: Library, question: Question, ending: Ending) -> Row:
    """Counts one question."""
    answered = ending.answered
    fits = answered and covers(library, [ending.article], question.facts)
    near = covers(library, [ending.article], (*question.facts, *question.also)) if answered else False
    offered_fits = covers(library, ending.offered, (*question.facts, *question.also)) if not answered else False
    topic, wanted = topic_of(library, question), wanted_by(library, question)
    base = (question.q, question.verdict, topic, ending.outcome, ending.article, ending.offered, wanted)
    if question.verdict == "answerable":
        after_one = fits or offered_fits
        return Row(
            *base,
            straight=fits,
            after_one=after_one,
            wrong=answered and not fits,
            missed=not answered and not after_one,
        )
    if question.verdict in UNCOVERED:
        return Row(*base, false_answer=answered, declined=not answered)
    declined = not answered and not ending.offered
    return Row(*base, helped=(near and ending.person_offered) or offered_fits or declined)


def judge_all(library: Library, questions: Iterable[Question], endings: Iterable[Ending]) -> list[Row]:
    """A row for each question."""
    return [judge(library, question, ending) for question, ending in zip(questions, endings, strict=True)]


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Shares by verdict, and for answerable questions by topic."""
    by_verdict: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_verdict[row.verdict].append(row)
    result: dict[str, Any] = {"questions": len(rows)}
    for verdict, names in SHARES.items():
        if by_verdict[verdict]:
            result[verdict] = shares(by_verdict[verdict], names)
    by_topic: dict[str, list[Row]] = defaultdict(list)
    for row in by_verdict["answerable"]:
        by_topic[row.topic].append(row)
    result["topics"] = {topic: shares(found, SHARES["answerable"]) for topic, found in sorted(by_topic.items())}
    result["outcomes"] = dict(Counter(row.outcome for row in rows))
    return result


def shares(rows: Sequence[Row], names: Iterable[str]) -> dict[str, float | int]:
    """How many rows, and the share of each judgement between 0 and 1."""
    return {"n": len(rows), **{name: round(sum(getattr(row, name) for row in rows) / len(rows), 4) for name in names}}
