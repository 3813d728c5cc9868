"""What a colleague needs to know before they speak: risks, legal days, the plan, what was asked and answered.

It is put together when somebody looks, and stored nowhere: what is erased is out of it at once, and a day that has
passed shows. Only the last questions are kept with the hand-over, as `summarise` wrote them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers import deadlines, plans, record, topics
from dossiers.models import Conversation, DossierField, FieldState, Handover, Kind, Message, Sender
from knowledge.library import Library
from knowledge.planning.plan import plan
from knowledge.profile import assumed

SUMMARY_QUESTIONS = 3
LOOK_BACK = 60
MOST_TURNS = 6
MOST_STEPS = 5
# How a turn ends that was a question of the person, and not an answer to one of ours. An unanswered one counts too.
QUESTION_OUTCOMES = frozenset(
    "answered answered_stale clarified planned referred not_covered out_of_scope refused wrong_language failed".split()
)
# What people send that asks nothing.
NO_QUESTIONS = frozenset({Kind.CODE, Kind.MOVED, Kind.WRONG_CODE, Kind.STOP, Kind.COMMAND, Kind.STICKER})
CORRECTABLE = {"home_town": "municipality", "nationality": "country"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the person and how it ended; ``outcome`` None: nothing was said yet. ``article``: its title."""

    text: str
    outcome: str | None
    article: str | None
    message_id: int


@dataclass(frozen=True, slots=True)
class Briefing:
    """``deadlines``: open legal days, the earliest first; ``steps``: titles of what can be done now; ``topics``:
    subjects of the dossier with how far each is, in words."""

    risks: Sequence[str] = ()
    deadlines: Sequence[deadlines.Deadline] = ()
    steps: Sequence[str] = ()
    asked: Sequence[Asked] = ()
    topics: Sequence[tuple[str, str]] = ()
    closing_summaries: Sequence[tuple[dt.datetime, str]] = ()


def brief(session: Session, conversation: Conversation, library: Library, today: dt.date) -> Briefing:
    """Everything of one conversation, as it is on a day."""
    own = select(Handover).where(Handover.conversation_id == conversation.id).order_by(Handover.id)
    requests = session.scalars(own).all()
    kept = plans.kept(session, conversation.person_id)
    steps: list[str] = []
    days: list[deadlines.Deadline] = []
    if kept is not None:
        days = deadlines.open_legal(kept.profile, today, library)
        made = plan(assumed(kept.profile), today, library)
        steps = [entry.step.title for entry in made.of("now")][:MOST_STEPS]
    return Briefing(
        risks=[risk for request in requests if request.closed_at is None for risk in request.risks],
        deadlines=days,
        steps=steps,
        asked=_asked(session, conversation, library)[-MOST_TURNS:],
        topics=_topics(session, conversation),
        closing_summaries=[
            (request.closed_at, request.closing_summary)
            for request in requests
            if request.closed_at is not None and request.closing_summary
        ],
    )


def _topics(session: Session, conversation: Conversation) -> list[tuple[str, str]]:
    dossier = record.dossier_of(session, conversation.person_id)
    if dossier is None:
        return []
    rows = topics.current(session, dossier.id)
    return [(topics.label(key), topics.state_label(row.state, row.waits_for)) for key, row in rows.items()]


def _recent(session: Session, conversation: Conversation) -> list[Message]:
    statement = select(Message).where(Message.conversation_id == conversation.id).order_by(Message.id.desc())
    return list(reversed(session.scalars(statement.limit(LOOK_BACK)).all()))


def _questions(recent: Sequence[Message]) -> Iterator[tuple[Message, Message | None]]:
    """Each question with what was said after it. Answers to the dossier's questions are left out: they stay where
    they can be erased."""
    for message, following in zip_longest(recent, recent[1:]):
        answer = following if following is not None and following.sender != Sender.PERSON else None
        outcome = answer.outcome if answer is not None else None
        if message.sender != Sender.PERSON or message.kind in NO_QUESTIONS:
            continue
        if outcome is None or outcome in QUESTION_OUTCOMES:
            yield message, answer


def _asked(session: Session, conversation: Conversation, library: Library) -> list[Asked]:
    def ended(question: Message, answer: Message | None) -> Asked:
        article = library.articles.get(answer.article or "") if answer else None
        return Asked(question.text, answer.outcome if answer else None, article.title if article else None, question.id)

    return [ended(question, answer) for question, answer in _questions(_recent(session, conversation))]


_ASKED = "Asked: "


def summarise(session: Session, conversation: Conversation) -> str:
    """The last questions and the last subject, to be kept with a hand-over."""
    recent = _recent(session, conversation)
    questions = [question.text for question, _ in _questions(recent)]
    subject = next((message.article for message in reversed(recent) if message.article), None)
    lines = [f"{_ASKED}{question}" for question in questions[-SUMMARY_QUESTIONS:]]
    return "\n".join([*lines, f"Last subject: {subject}"] if subject else lines)


def asked(summary: str) -> list[str]:
    """The first line of each question that a summary holds, oldest first."""
    return [line.removeprefix(_ASKED) for line in summary.splitlines() if line.startswith(_ASKED)]


def corrected(session: Session, conversation: Conversation) -> dict[str, str]:
    """Town and country that a colleague put right in the dossier, by the names that the assistant knows them by.

    What the person themselves says later in the chat is a newer statement, and then the correction is none any more.
    """
    dossier = record.dossier_of(session, conversation.person_id)
    if dossier is None:
        return {}
    rows = session.scalars(
        select(DossierField).where(
            DossierField.dossier_id == dossier.id,
            DossierField.replaced_at.is_(None),
            DossierField.key.in_(CORRECTABLE),
            (DossierField.state == FieldState.CORRECTED) | (DossierField.stated_by == Sender.AGENT),
        )
    )
    return {CORRECTABLE[row.key]: row.value for row in rows if row.value}


def colleague_spoke_last(session: Session, conversation: Conversation) -> bool:
    """Whether a colleague said something since the assistant did: what it asked before is then no open question."""
    statement = (
        select(Message.sender)
        .where(Message.conversation_id == conversation.id, Message.sender.in_([Sender.BOT, Sender.AGENT]))
        .order_by(Message.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first() == Sender.AGENT
