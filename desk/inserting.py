"""What an agent can put into an answer: prepared answers and articles of the knowledge, found by a few words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from desk.access import SignedIn
from desk.permissions import Action, Reach, reach
from desk.person import Person
from dossiers import canned
from dossiers.models import PreparedAnswer
from knowledge.answer import Answer, Source, compose
from knowledge.library import Library
from knowledge.models import Article
from knowledge.profile import excludes
from knowledge.search import search
from knowledge.withheld import REASONS

ARTICLES = 6
MOST_SOURCES = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found. ``other``: it is for others than this person."""

    id: str
    title: str
    other: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for some words."""

    words: str
    answers: Sequence[PreparedAnswer]
    articles: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Inserted:
    """A text to put into an answer. ``article``: whose sources go along, with its title; ``open``: gaps that the agent
    must fill in; ``left_out``: why a figure is not in it."""

    text: str
    article: str = ""
    title: str = ""
    open: Sequence[str] = ()
    left_out: Sequence[str] = ()

    @property
    def remark(self) -> str:
        """What the agent should know about it, in words; empty when there is nothing."""
        parts = []
        if self.open:
            parts.append(f"Not known yet: {', '.join(self.open)}. Write it yourself before you send.")
        if self.left_out:
            parts.append(f"A figure was left out: {'; '.join(self.left_out)}. Look at the source before you name one.")
        return " ".join(parts)


def prepared(session: Session, who: SignedIn) -> Sequence[PreparedAnswer]:
    """The prepared answers that somebody may use."""
    return canned.for_agent(session, who.agent.id, who.teams, all_teams=sees_all(who))


def sees_all(who: SignedIn) -> bool:
    """Whether somebody works for every team."""
    return reach(who.roles, Action.CONVERSATION_SPEAK) is Reach.EVERYWHERE


def find(session: Session, who: SignedIn, words: str, person: Person, library: Library) -> Found:
    """Prepared answers by title or shortcut, articles by what they say. A word that begins with `/` is a shortcut."""
    answers = canned.search(prepared(session, who), words)
    articles = (
        [] if words.strip().startswith("/") else [library.articles[key] for key in search(library, words, ARTICLES)]
    )
    return Found(words, answers, [Hit(a.id, a.title, excludes(a, person.profile)) for a in articles])


def of_answer(answer: PreparedAnswer, person: Person) -> Inserted:
    """A prepared answer with what is known of the person."""
    filled = canned.filled(answer.text, person.values)
    return Inserted(filled.text, open=filled.open)


def of_article(article: Article, person: Person, library: Library, today: dt.date) -> Inserted:
    """An article as the assistant would answer with it today, in plain words, without what is withheld from people."""
    answer = compose(article, library, person.profile, today)
    reasons = dict.fromkeys(REASONS.get(reason, reason) for reason in answer.withheld.values())
    return Inserted(plain(answer), article.id, article.title, left_out=tuple(reasons))


def plain(answer: Answer) -> str:
    """The text without the assistant's little markup, which is not read in what a colleague writes."""
    return answer.text.replace("**", "")


def sources(articles: Sequence[str], person: Person, library: Library, today: dt.date) -> list[Source]:
    """The pages behind some articles, each once."""
    found: dict[str, Source] = {}
    for article_id in articles:
        article = library.articles.get(article_id)
        if article is not None:
            for source in compose(article, library, person.profile, today).sources:
                found.setdefault(source.url, source)
    return list(found.values())[:MOST_SOURCES]
