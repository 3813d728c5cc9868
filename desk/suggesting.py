"""Turns a colleague's good answer into the beginning of an article, for the editors to read, source and publish."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.article_form import WIDTH
from desk.formats import shortened
from desk.masking import known_words, masked
from desk.new_article import Start, starting_text
from desk.reading.asked import content_words
from dossiers.models import Conversation, Dossier, DossierField, Message, Sender
from knowledge.library import Library
from knowledge.models import Phase, Topic

QUESTIONS = 3
LONGEST_QUESTION = 300
_NAMES = ("first_name", "last_name", "name")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The draft of an article that nobody has checked."""

    id: str
    text: str


def of_answer(session: Session, message: Message, library: Library, today: dt.date) -> Suggestion:
    """A draft from an agent's message and the questions before it, with everything that looks personal hidden."""
    conversation = session.get_one(Conversation, message.conversation_id)
    known, own = known_words(library), _names(session, conversation)
    asked = [masked(text, known, own) for text in _questions(session, message)]
    questions = [shortened(text, LONGEST_QUESTION - 3) for text in asked if text.strip()]
    last = library.articles.get(_last_article(session, message) or "")
    title = shortened(questions[-1] if questions else "An answer of a colleague", 80)
    start = Start(
        id=_id(questions[-1] if questions else "", message.id),
        title=title if len(title) >= 5 else f"Question: {title}",
        topic=str(last.topic if last else Topic.HELP),
        phase=str(last.phase if last else Phase.ANYTIME),
    )
    article = yaml.safe_load(starting_text(start, library, today))
    article["answer"] = [one for one in re.split(r"\n\s*\n", masked(message.text, known, own).strip()) if one]
    article["questions"] = questions
    return Suggestion(start.id, yaml.safe_dump(article, allow_unicode=True, sort_keys=False, width=WIDTH))


def _id(question: str, message_id: int) -> str:
    """A readable name, always the same for one message, so that nobody suggests it twice."""
    words = [word for word in re.findall(r"[a-z]{3,}", question.lower()) if word in content_words(question)]
    return "-".join(["suggested", *words[:4], str(message_id)])[:80]


def _questions(session: Session, message: Message) -> Sequence[str]:
    """What the person wrote since a colleague spoke before this message, the oldest first."""
    before = (
        select(Message)
        .where(Message.conversation_id == message.conversation_id, Message.id < message.id)
        .order_by(Message.id.desc())
        .limit(30)
    )
    found: list[str] = []
    for one in session.scalars(before):
        if one.sender == Sender.AGENT and found:
            break
        if one.sender == Sender.PERSON:
            found.append(one.text)
    return list(reversed(found[:QUESTIONS]))


def _last_article(session: Session, message: Message) -> str | None:
    statement = (
        select(Message.article)
        .where(Message.conversation_id == message.conversation_id, Message.article.is_not(None))
        .where(Message.id < message.id)
    )
    return session.scalars(statement.order_by(Message.id.desc()).limit(1)).first()


def _names(session: Session, conversation: Conversation) -> list[str]:
    statement = (
        select(DossierField.value)
        .join(Dossier, Dossier.id == DossierField.dossier_id)
        .where(Dossier.person_id == conversation.person_id, DossierField.key.in_(_NAMES))
    )
    return [value for value in session.scalars(statement) if value]
