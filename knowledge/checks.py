"""What a whole knowledge base must satisfy, beyond each file's own form.

A `Problem` has to be mended before the knowledge can be used; a `Note` (see `notes`) tells editors what to look at.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product
from math import ceil
from typing import get_args

from knowledge.figures import FIGURE
from knowledge.library import KnowledgeError, Library, Problem, read_yaml
from knowledge.likeness import alike, figures_in, stems, subject_of
from knowledge.models import AMOUNT_REFERENCE, Amount, Article, Citizenship, Fact, Phase, Purpose, Statement
from knowledge.notes import KINDS, Note, notes
from knowledge.planning import checks as planning

__all__ = ["KINDS", "Note", "articles_covering", "check", "counts", "coverage", "notes"]

SAME_THING = 0.8  # share of words from which two facts speak of one thing; 307 facts with other figures: at most 0.38
LEAST_WORDS_OF_A_SUBJECT = 2
MAX_ANSWER_WORDS = 120
MAX_SENTENCE_WORDS = 28

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


def amounts_are_used(library: Library) -> Iterator[Problem]:
    """An amount that no article names."""
    used = {
        key for article in library.articles.values() for statement in article.statements for key in statement.amounts
    }
    for key in sorted(set(library.amounts) - used):
        text = f"no article names {{amount:{key}}}; name it where it is said, or remove the file"
        yield Problem(f"amounts/{key}.yml", "id", text)


def facts_do_not_contradict(library: Library) -> Iterator[Problem]:
    """Two facts of nearly the same words with other figures, or two amounts of one name with other values."""
    owner = {f.id: a.id for a in library.articles.values() for f in a.facts if isinstance(f, Fact)}
    for one, other in _near([fact for fact in library.facts.values() if fact.conflict is None]):
        figures, other_figures = set(figures_in(one.says)), set(figures_in(other.says))
        if figures and other_figures and figures != other_figures:
            text = (
                f"{one.id!r} and {other.id!r} give different figures for one thing; correct one, or name the `conflict`"
            )
            yield Problem(library.file_of(owner[other.id]), "facts", text)
    named: dict[tuple[str, ...], list[Amount]] = defaultdict(list)
    for amount in library.amounts.values():
        same = named[(amount.unit, *_words(amount.title))]
        for first in same:
            if _differ(first, amount):
                text = f"{amount.title!r} is also {first.id}, with another value for the same day; keep one"
                yield Problem(f"amounts/{amount.id}.yml", "values", text)
        same.append(amount)


def _near(facts: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Pairs that say nearly the same. Such a pair shares one of its rarest words, so only those are compared."""
    words = {fact.id: stems(fact.says) for fact in facts}
    often = Counter(word for found in words.values() for word in found)
    shelf: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        own = words[fact.id]
        rarest = sorted(own, key=lambda word: (often[word], word))[: len(own) - ceil(SAME_THING * len(own) - 1e-9) + 1]
        candidates = {other.id: other for word in rarest for other in shelf[word]}
        yield from ((other, fact) for other in candidates.values() if alike(words[other.id], own) >= SAME_THING)
        for word in rarest:
            shelf[word].append(fact)


def _differ(first: Amount, second: Amount) -> bool:
    return any(
        one.value != other.value
        and (one.valid_to is None or one.valid_to >= other.valid_from)
        and (other.valid_to is None or other.valid_to >= one.valid_from)
        for one, other in product(first.values, second.values)
    )


def questions_are_distinct(library: Library) -> Iterator[Problem]:
    """An example question twice in one article, or nearly the same words in two."""
    same: dict[str, str] = {}
    subjects: dict[frozenset[str], tuple[str, str]] = {}
    for article in library.articles.values():
        file = library.file_of(article.id)
        for question in article.questions:
            key, subject = " ".join(_words(question)), subject_of(question)
            found = subjects.setdefault(subject, (article.id, question))
            if key in same:
                text = f"“{question}” is also a question of {same[key]}; keep it where it fits best"
                yield Problem(file, "questions", text)
            elif found[0] != article.id and len(subject) >= LEAST_WORDS_OF_A_SUBJECT:
                text = f"“{question}” is nearly “{found[1]}” of {found[0]}; say in the words what differs, or keep one"
                yield Problem(file, "questions", text)
            same[key] = article.id


def near_misses_are_no_questions(library: Library) -> Iterator[Problem]:
    """A question that is written down as answered by no article, and is an example question of one."""
    asked = {" ".join(_words(text)): article for article in library.articles.values() for text in article.questions}
    for path in sorted((library.root / "near_misses").glob("*.yml")):
        file = f"near_misses/{path.name}"
        try:
            misses = read_yaml(path)
        except KnowledgeError as error:
            yield from (Problem(file, p.field, p.text) for p in error.problems)
            continue
        if not isinstance(misses, list) or not all(isinstance(text, str) for text in misses):
            yield Problem(file, "whole file", "write a list of questions; put one that contains ': ' between quotes")
            continue
        for text in misses:
            if article := asked.get(" ".join(_words(text))):
                told = f"“{text}” of {article.id} is also in {file}, for what no article answers; remove it from one"
                yield Problem(library.file_of(article.id), "questions", told)


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
    *planning.CHECKS,
    figures_rest_on_facts,
    facts_and_amounts_exist,
    places_and_articles_exist,
    facts_written_once,
    amounts_do_not_overlap,
    amounts_are_used,
    facts_do_not_contradict,
    questions_are_distinct,
    near_misses_are_no_questions,
    answers_are_readable,
    answers_survive_withholding,
    files_lie_in_their_topic,
)


def check(library: Library) -> list[Problem]:
    """All problems of a library that loads."""
    return [problem for one in CHECKS for problem in one(library)]


def coverage(library: Library) -> list[Problem]:
    """Groups of people and phases that no article is for; asked of the whole knowledge base only."""
    file, articles = "articles", library.articles.values()
    phases = {article.phase for article in articles}
    found = [
        Problem(file, "phase", f"no article is of the phase {p.value}; write one") for p in Phase if p not in phases
    ]
    for citizenship, purpose, phase in product(get_args(Citizenship), get_args(Purpose), Phase):
        if phase in phases and not any(a.phase is phase and a.audience.fits(citizenship, purpose) for a in articles):
            text = (
                f"no article of the phase {phase.value} is for {citizenship} citizens who come as {purpose}; write one"
            )
            found.append(Problem(file, "audience", text))
    return found


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


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _short(statement: Statement) -> str:
    return statement.text if len(statement.text) < 60 else statement.text[:57] + "…"


def articles_covering(library: Library, fact_id: str) -> list[Article]:
    """Articles that cover a fact."""
    return [a for a in library.articles.values() if fact_id in a.fact_ids]
