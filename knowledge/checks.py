"""What a whole knowledge base must satisfy, beyond each file's own form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from knowledge.library import Library, Problem
from knowledge.models import AMOUNT_REFERENCE, Article, Fact, Statement

MAX_ANSWER_WORDS = 120
MAX_SENTENCE_WORDS = 28

# Number words that state a quantity. "one" is left out: "one paper" is rarely a figure.
_NUMBER_WORD = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|twenty|thirty"
    r"|forty|fifty|sixty|ninety|hundred|thousand|half"
)
_UNIT = r"(?:working |calendar )?(?:days?|weeks?|months?|years?|hours?|euros?|%|per ?cent|times)"
_MONTH = r"(?:january|february|march|april|june|july|august|september|october|november|december)"
FIGURE = re.compile(
    rf"€|\b\d+(?:[.,]\d+)*\s*(?:-\s*)?{_UNIT}|\b(?:{_NUMBER_WORD}|one)[ -]{_UNIT}\b"
    rf"|\b\d{{1,2}} {_MONTH}\b|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)

Check = Callable[[Library], Iterator[Problem]]


def figures_rest_on_facts(library: Library) -> Iterator[Problem]:
    """A number, period, date or amount outside a statement with a fact."""
    for article in library.articles.values():
        file = library.file_of(article.id)
        if match := FIGURE.search(article.title):
            yield Problem(file, "title", f"has the figure {match[0]!r}; say it in a paragraph with a fact")
        for statement in article.statements:
            bare = AMOUNT_REFERENCE.sub("", statement.text)
            match = FIGURE.search(bare)
            if statement.fact is None and (match or statement.amounts):
                found = match[0] if match else statement.amounts[0]
                yield Problem(
                    file, "answer", f"{found!r} in “{_short(statement)}” needs `fact:`; name the fact it rests on"
                )


def facts_and_amounts_exist(library: Library) -> Iterator[Problem]:
    """Facts and amounts that are named but not there."""
    for article in library.articles.values():
        file, own = library.file_of(article.id), set(article.fact_ids)
        for key in own - set(library.facts):
            yield Problem(file, "facts", f"{key!r} is written out nowhere; write it out here or correct the id")
        for statement in article.statements:
            if statement.fact is not None and statement.fact not in own:
                yield Problem(file, "answer", f"rests on {statement.fact!r}, which is not in `facts:`; add it there")
            for key in set(statement.amounts) - set(library.amounts):
                yield Problem(file, "answer", f"names the amount {key!r}; add amounts/{key}.yml or correct the id")
    for amount in library.amounts.values():
        for key in set(amount.facts) - set(library.facts):
            yield Problem(f"amounts/{amount.id}.yml", "facts", f"{key!r} is written out nowhere; correct the id")


def places_and_articles_exist(library: Library) -> Iterator[Problem]:
    """Places, towns and related articles that are named but not there."""
    roles = {role for place in library.places.values() for role in (*place.roles, place.id)} | {"town-hall"}
    for article in library.articles.values():
        file = library.file_of(article.id)
        for key in article.related:
            if key not in library.articles or key == article.id:
                yield Problem(file, "related", f"{key!r} is no other article; correct the id or remove it")
        for town in set(article.audience.municipality) - set(library.municipalities):
            yield Problem(file, "audience.municipality", f"{town!r} is not in places/municipalities.yml")
        if article.place is not None and article.place not in roles:
            yield Problem(file, "place", f"no place has the role {article.place!r}; add one to places/")


def facts_written_once(library: Library) -> Iterator[Problem]:
    """A fact that is written out in two articles could come to say two things."""
    seen: dict[str, str] = {}
    for article in library.articles.values():
        for fact in article.facts:
            if isinstance(fact, Fact):
                if fact.id in seen:
                    text = f"{fact.id!r} is also written out in {seen[fact.id]}; keep one and name the other by its id"
                    yield Problem(library.file_of(article.id), "facts", text)
                seen[fact.id] = library.file_of(article.id)


def amounts_do_not_overlap(library: Library) -> Iterator[Problem]:
    """Two values of one amount that hold on the same day."""
    for amount in library.amounts.values():
        values = sorted(amount.values, key=lambda v: v.valid_from)
        for earlier, later in pairwise(values):
            if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
                text = f"the value from {earlier.valid_from} still holds on {later.valid_from}; end it the day before"
                yield Problem(f"amounts/{amount.id}.yml", "values", text)


def questions_are_distinct(library: Library) -> Iterator[Problem]:
    """The same example question twice, in one article or in two."""
    owner: dict[str, str] = {}
    for article in library.articles.values():
        for question in article.questions:
            key = " ".join(re.findall(r"\w+", question.lower()))
            if key in owner:
                text = f"“{question}” is also a question of {owner[key]}; keep it where it fits best"
                yield Problem(library.file_of(article.id), "questions", text)
            owner[key] = article.id


def answers_are_readable(library: Library) -> Iterator[Problem]:
    """Too long an answer, or too long a sentence."""
    for article in library.articles.values():
        file = library.file_of(article.id)
        words = sum(len(s.text.split()) for s in article.answer)
        if words > MAX_ANSWER_WORDS:
            yield Problem(file, "answer", f"has {words} words; write at most {MAX_ANSWER_WORDS}")
        for statement in article.answer:
            for sentence in re.split(r"(?<=[.?!])\s+", statement.text):
                if len(sentence.split()) > MAX_SENTENCE_WORDS:
                    yield Problem(file, "answer", f"the sentence “{sentence[:60]}…” is long; make two of it")


def answers_survive_withholding(library: Library) -> Iterator[Problem]:
    """An answer that would be empty when every figure is left out."""
    for article in library.articles.values():
        if all(s.fact is not None for s in article.answer):
            yield Problem(library.file_of(article.id), "answer", "add a paragraph that holds without any figure")


def files_lie_in_their_topic(library: Library) -> Iterator[Problem]:
    """Files in the wrong folder."""
    for article in library.articles.values():
        file = library.file_of(article.id)
        if article.topic.value not in file.split("/"):
            yield Problem(file, "topic", f"is {article.topic.value}; move the file to articles/{article.topic.value}/")


CHECKS: tuple[Check, ...] = (
    figures_rest_on_facts,
    facts_and_amounts_exist,
    places_and_articles_exist,
    facts_written_once,
    amounts_do_not_overlap,
    questions_are_distinct,
    answers_are_readable,
    answers_survive_withholding,
    files_lie_in_their_topic,
)


def check(library: Library) -> list[Problem]:
    """All problems of a library that loads."""
    return [problem for one in CHECKS for problem in one(library)]


def counts(library: Library) -> dict[str, int]:
    """Figures to print after a check."""
    statuses = Counter(f.status.value for f in library.facts.values())
    return {
        "articles": len(library.articles),
        "facts": len(library.facts),
        "questions": sum(len(a.questions) for a in library.articles.values()),
        "amounts": len(library.amounts),
        "places": len(library.places),
        "towns": len(library.municipalities),
        **{f"facts {name}": number for name, number in sorted(statuses.items())},
    }


def _short(statement: Statement) -> str:
    return statement.text if len(statement.text) < 60 else statement.text[:57] + "…"


def articles_covering(library: Library, fact_id: str) -> list[Article]:
    """Articles that cover a fact."""
    return [a for a in library.articles.values() if fact_id in a.fact_ids]
