"""Who waits, who has taken what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from desk import labels
from desk.formats import shortened
from dossiers import fields
from dossiers.models import Agent, Conversation, Dossier, DossierField, Handover, Message, Sender, Speaker
from knowledge.library import Library

MOST = 200
RECENT = 20
NAMING = ("first_name", "home_town")


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation in a list. ``since``: the moment it waits from, or was taken, or last spoken in."""

    id: str
    name: str
    town: str | None
    channel: str
    reason: str | None
    since: dt.datetime
    excerpt: str
    agent: str | None
    unanswered: bool


@dataclass(frozen=True, slots=True)
class Board:
    """All lists of the queue's page. ``waiting_count`` counts also those that the list no longer holds."""

    waiting: Sequence[Row]
    mine: Sequence[Row]
    colleagues: Sequence[Row]
    assistant: Sequence[Row]
    waiting_count: int


def board(session: Session, agent_id: str, library: Library) -> Board:
    """Everything the page shows; the longest waiting first."""
    waits = func.coalesce(Handover.requested_at, Conversation.last_message_at)
    with_people = Conversation.speaker == Speaker.AGENT
    found = {
        "waiting": _rows(session, _listed(Conversation.speaker == Speaker.QUEUE).order_by(waits).limit(MOST)),
        "mine": _rows(
            session,
            _listed(with_people & (Conversation.agent_id == agent_id)).order_by(Conversation.last_message_at.desc()),
        ),
        "colleagues": _rows(
            session, _listed(with_people & (Conversation.agent_id != agent_id)).order_by(Handover.taken_at).limit(MOST)
        ),
        "assistant": _rows(
            session,
            _listed(Conversation.speaker == Speaker.BOT)
            .where(_last(Sender.PERSON).is_not(None))
            .order_by(Conversation.last_message_at.desc())
            .limit(RECENT),
        ),
    }
    people = {row.Conversation.person_id for rows in found.values() for row in rows}
    known = _known(session, people)
    shown = {key: [_row(row, known, library) for row in rows] for key, rows in found.items()}
    shown["mine"].sort(key=lambda row: not row.unanswered)
    count = session.scalar(select(func.count()).select_from(Conversation).where(Conversation.speaker == Speaker.QUEUE))
    return Board(**shown, waiting_count=count or 0)


def _last(sender: Sender) -> ColumnElement[int | None]:
    message = aliased(Message)
    return (
        select(func.max(message.id))
        .where(message.conversation_id == Conversation.id, message.sender == sender)
        .correlate(Conversation)
        .scalar_subquery()
    )


def _listed(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    latest = aliased(Handover)
    open_handover = (
        select(func.max(latest.id))
        .where(latest.conversation_id == Conversation.id, latest.closed_at.is_(None))
        .correlate(Conversation)
        .scalar_subquery()
    )
    return (
        select(Conversation, Handover, Message.id, Message.text, Agent.name, _last(Sender.AGENT).label("answered"))
        .select_from(Conversation)
        .outerjoin(Handover, Handover.id == open_handover)
        .outerjoin(Message, Message.id == _last(Sender.PERSON))
        .outerjoin(Agent, Agent.id == Conversation.agent_id)
        .where(which)
    )


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    return session.execute(statement).all()


def _known(session: Session, people: Iterable[str]) -> dict[str, dict[str, str]]:
    """Name and town from the dossiers, by person."""
    known: dict[str, dict[str, str]] = {}
    statement = (
        select(Dossier.person_id, DossierField.key, DossierField.value)
        .join(DossierField, DossierField.dossier_id == Dossier.id)
        .where(Dossier.person_id.in_(set(people)), DossierField.key.in_(NAMING))
        .where(DossierField.replaced_at.is_(None), DossierField.value.is_not(None))
    )
    for person_id, key, value in session.execute(statement):
        known.setdefault(person_id, {})[key] = value or ""
    return known


def _row(found: Any, known: dict[str, dict[str, str]], library: Library) -> Row:
    conversation, handover = found.Conversation, found.Handover
    own = known.get(conversation.person_id, {})
    since = conversation.last_message_at
    if handover is not None and conversation.speaker != Speaker.BOT:
        since = handover.taken_at or handover.requested_at
    return Row(
        id=conversation.id,
        name=labels.newcomer(own.get("first_name"), conversation.id),
        town=fields.town_name(library, own.get("home_town") or conversation.municipality),
        channel=labels.spoken(labels.CHANNELS, conversation.channel),
        reason=labels.spoken(labels.REASONS, handover.reason) if handover else None,
        since=since,
        excerpt=shortened(found.text or ""),
        agent=found.name,
        unanswered=conversation.speaker == Speaker.AGENT and (found.id or 0) > (found.answered or 0),
    )
