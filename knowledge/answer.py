"""Composes what is said about an article on a day, for a person: text, sources, next questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.figures import Standing, filled, judge
from knowledge.library import Library
from knowledge.models import Article, Fact, Statement, Status
from knowledge.profile import Profile
from knowledge.whereabouts import Source, where
from knowledge.wording import say

__all__ = ["Answer", "Aspect", "Source", "compose", "compose_aspect", "sources_of"]

MAX_RELATED = 3


class Aspect(StrEnum):
    """What a follow-up asks about the last article."""

    COST = "cost"
    DEADLINE = "deadline"
    PAPERS = "papers"
    PLACE = "place"
    FAMILY = "family"
    SOURCE = "source"


@dataclass(slots=True)
class Answer:
    """Everything said in one message. ``withheld`` maps a fact to the reason its figure was left out."""

    article: str
    outcome: str
    text: str
    facts: list[str]
    sources: list[Source]
    related: list[tuple[str, str]]
    withheld: dict[str, str] = field(default_factory=dict)


class _Writer:
    """Collects paragraphs and remembers which figures were left out."""

    def __init__(self, article: Article, library: Library, profile: Profile, today: dt.date) -> None:
        self.article, self.library, self.profile, self.today = article, library, profile, today
        self.paragraphs: list[str] = []
        self.withheld: dict[str, str] = {}
        self.cautious = False
        self.page: Source | None = None

    def said(self, statement: Statement) -> str | None:
        verdict = judge(statement, self.library, self.today)
        if verdict.standing is Standing.WITHHELD:
            self.withheld[verdict.fact or self.article.fact_ids[0]] = verdict.reason
            return None
        self.cautious |= verdict.standing is Standing.CAUTIOUS
        return filled(statement, self.library, self.today)

    def plain(self, statements: tuple[Statement, ...]) -> None:
        self.paragraphs += [text for s in statements if (text := self.said(s))]

    def labelled(self, label: str, statement: Statement | None) -> None:
        if statement is not None and (text := self.said(statement)):
            self.paragraphs.append(f"**{say(label)}:** {text}")

    def listed(self, label: str, statements: tuple[Statement, ...]) -> None:
        items = [text for s in statements if (text := self.said(s))]
        if items:
            self.paragraphs.append("\n".join([f"**{say(label)}:**", *(f"- {item}" for item in items)]))

    def place(self) -> None:
        found = where(self.article.place, self.library, self.profile.municipality)
        if found is not None:
            self.paragraphs.append(f"**{say('where')}:** {found.text}")
            self.page = found.page

    def place_page(self) -> list[Source]:
        known = {str(f.url) for f in _facts(self.article, self.library)}
        return [self.page] if self.page is not None and self.page.url not in known else []

    def remarks(self) -> None:
        notes = [say("undated")] if self.cautious else []
        if self.withheld:
            official = any(f.status is Status.OFFICIAL for f in _facts(self.article, self.library))
            notes.append(say("withheld" if official else "no_official"))
        if notes:
            self.paragraphs.append(f"**{say('check')}:** {' '.join(notes)}")
        for_whom = _for_whom(self.article, self.library, self.profile)
        if for_whom:
            self.paragraphs.append(for_whom)

    def finish(self) -> Answer:
        return Answer(
            article=self.article.id,
            outcome="answered_stale" if self.withheld else "answered",
            text="\n\n".join(self.paragraphs),
            facts=list(self.article.fact_ids),
            sources=[*sources_of(self.article, self.library), *self.place_page()],
            related=[
                (key, self.library.articles[key].title) for key in self.article.related if key in self.library.articles
            ][:MAX_RELATED],
            withheld=self.withheld,
        )


def _facts(article: Article, library: Library) -> list[Fact]:
    return [library.facts[key] for key in article.fact_ids if key in library.facts]


def _for_whom(article: Article, library: Library, profile: Profile) -> str:
    towns = article.audience.municipality
    if towns and profile.municipality not in towns:
        names = [library.municipalities[t].name for t in towns if t in library.municipalities]
        if names:
            return say("other_town", town=" and ".join(names))
    if profile.citizenship is None and article.audience.citizenship == ("eu",):
        return say("for_eu")
    if profile.citizenship is None and article.audience.citizenship == ("non-eu",):
        return say("for_non_eu")
    return ""


def sources_of(article: Article, library: Library) -> list[Source]:
    """The pages behind an article, official ones first, each once; unofficial ones only when there is nothing else."""
    facts = sorted(_facts(article, library), key=lambda f: list(Status).index(f.status))
    best = [f for f in facts if f.status is not Status.UNOFFICIAL] or facts
    found: dict[str, Source] = {}
    for fact in best:
        found.setdefault(str(fact.url), Source(fact.title, str(fact.url), fact.publisher, fact.checked_on.isoformat()))
    return list(found.values())[:3]


def compose(article: Article, library: Library, profile: Profile, today: dt.date) -> Answer:
    """The whole answer: text, what to bring, by when, cost, where, remarks and sources."""
    writer = _Writer(article, library, profile, today)
    writer.plain(article.answer)
    writer.listed("bring", article.bring)
    writer.labelled("deadline", article.deadline)
    writer.labelled("cost", article.cost)
    writer.place()
    writer.remarks()
    return writer.finish()


def compose_aspect(article: Article, aspect: Aspect, library: Library, profile: Profile, today: dt.date) -> Answer:
    """The answer to a follow-up about one aspect; says so when nothing checked is known about it."""
    writer = _Writer(article, library, profile, today)
    heading = say("aspect_about", title=article.title)
    match aspect:
        case Aspect.COST:
            writer.labelled("cost", article.cost)
        case Aspect.DEADLINE:
            writer.labelled("deadline", article.deadline)
        case Aspect.PAPERS:
            writer.listed("bring", article.bring)
        case Aspect.PLACE:
            writer.place()
        case Aspect.FAMILY:
            writer.plain(article.family)
        case Aspect.SOURCE:
            writer.paragraphs.append(say("source_line"))
    if not writer.paragraphs and not writer.withheld:
        writer.paragraphs.append(say(f"no_aspect_{aspect.value}"))
    writer.remarks()
    writer.paragraphs.insert(0, heading)
    return writer.finish()
