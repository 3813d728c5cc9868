"""One conversation as an agent sees it: transcript, floor, summary, and how far each message to the person has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import labels
from desk.formats import web_address
from desk.reading import delivery, dossiers, reach
from desk.reading.delivery import Delivery
from dossiers import fields
from dossiers.handovers import open_handover
from dossiers.models import Agent, Conversation, Kind, Message, Sender, Speaker
from knowledge.library import Library

LATEST = 100
BEFORE = 50


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan, as the message told it. ``state`` is a word."""

    title: str
    state: str
    late: bool
    when: str
    reason: str
    waits_for: Sequence[str]
    sources: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """One message. ``delivery``: None for what nobody has to deliver; ``kind``: empty for plain words."""

    id: int
    sender: str
    name: str
    kind: str
    text: str
    outcome: str | None
    article: str | None
    sources: Sequence[dict[str, Any]]
    plan: Sequence[Step]
    options: Sequence[str]
    created_at: dt.datetime
    delivery: Delivery | None


@dataclass(frozen=True, slots=True)
class Floor:
    """Who may speak now. ``requested``: somebody must look, though the assistant goes on; ``ended``: the person ended
    the chat, so that nobody may."""

    conversation_id: str
    speaker: str
    mine: bool
    agent: str | None
    requested: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """Everything beside the messages."""

    id: str
    name: str
    town: str | None
    channel: str
    started_at: dt.datetime
    reason: str | None
    requested_at: dt.datetime | None
    choice: str | None
    summary: Sequence[tuple[str, str]]
    dossier: dossiers.Shown | None
    floor: Floor
    channels: Sequence[reach.Channel]
    window: reach.Window


def floor_of(session: Session, conversation: Conversation, agent_id: str) -> Floor:
    """Who has the floor, seen by an agent."""
    holder = session.get(Agent, conversation.agent_id) if conversation.agent_id else None
    taken = conversation.speaker == Speaker.AGENT
    return Floor(
        conversation.id,
        str(conversation.speaker),
        taken and conversation.agent_id == agent_id,
        holder.name if holder and taken else None,
        conversation.speaker == Speaker.BOT and open_handover(session, conversation.id) is not None,
        conversation.ended_at is not None,
    )


def view(session: Session, conversation: Conversation, agent_id: str, library: Library, now: dt.datetime) -> View:
    """The conversation's head, hand-over, dossier and channels."""
    dossier = dossiers.of_person(session, conversation.person_id, library)
    handover = open_handover(session, conversation.id)
    town = (dossier.value("home_town") if dossier else None) or fields.town_name(library, conversation.municipality)
    return View(
        id=conversation.id,
        name=dossier.name if dossier else labels.newcomer(None, conversation.id),
        town=town,
        channel=labels.spoken(labels.CHANNELS, conversation.channel),
        started_at=conversation.created_at,
        reason=labels.spoken(labels.REASONS, handover.reason) if handover else None,
        requested_at=handover.requested_at if handover else None,
        choice=labels.spoken(labels.CHOICES, handover.choice) if handover and handover.choice else None,
        summary=_summary(handover.summary, library) if handover else (),
        dossier=dossier,
        floor=floor_of(session, conversation, agent_id),
        channels=reach.channels(session, conversation),
        window=reach.window(session, conversation, now),
    )


def _summary(text: str, library: Library) -> list[tuple[str, str]]:
    """The summary's lines as (label, text). The dossier stands beside it as it is now, so its line is left out."""
    lines: list[tuple[str, str]] = []
    for line in text.splitlines():
        label, found, rest = line.partition(": ")
        if label == "Dossier":
            continue
        if not found or label not in ("Asked", "Last subject"):
            # a question of several lines goes on
            previous = lines.pop() if lines else ("Asked", "")
            lines.append((previous[0], f"{previous[1]}\n{line}".strip()))
        elif label == "Last subject" and rest in library.articles:
            lines.append((label, library.articles[rest].title))
        else:
            lines.append((label, rest))
    return lines


def first_shown(session: Session, conversation_id: str, around: int | None) -> int:
    """The id from which messages are shown: the latest ones, and more when an older one is asked for."""
    ids = select(Message.id).where(Message.conversation_id == conversation_id).order_by(Message.id.desc())
    first = session.scalars(ids.offset(LATEST - 1).limit(1)).first() or 0
    if around is None or around >= first:
        return first
    return session.scalars(ids.where(Message.id < around).offset(BEFORE - 1).limit(1)).first() or 0


def has_earlier(session: Session, conversation_id: str, first: int) -> bool:
    """Whether there are messages before this id."""
    statement = select(Message.id).where(Message.conversation_id == conversation_id, Message.id < first)
    return session.scalars(statement.limit(1)).first() is not None


def lines(session: Session, conversation: Conversation, first: int, name: str, library: Library) -> list[Line]:
    """The messages from an id on, oldest first. ``name``: what to call the newcomer."""
    statement = (
        select(Message, Agent.name)
        .outerjoin(Agent, Agent.id == Message.agent_id)
        .where(Message.conversation_id == conversation.id, Message.id >= first)
        .order_by(Message.id)
    )
    found = session.execute(statement).all()
    states = delivery.of_messages(session, conversation.id, first)
    return [_line(message, agent or "A colleague", name, states, library) for message, agent in found]


def _line(message: Message, agent: str, name: str, states: dict[int, Delivery], library: Library) -> Line:
    names = {Sender.PERSON: name, Sender.BOT: "Assistant", Sender.AGENT: agent, Sender.SYSTEM: "Notice"}
    article = library.articles.get(message.article or "")
    return Line(
        id=message.id,
        sender=str(message.sender),
        name=names[Sender(message.sender)],
        kind=labels.KINDS.get(Kind(message.kind), ""),
        text=message.text,
        outcome=labels.spoken(labels.OUTCOMES, message.outcome) if message.outcome else None,
        article=article.title if article else message.article,
        sources=_linked(message.sources),
        plan=[_step(entry) for entry in message.plan or ()],
        options=[str(option.get("title", "")) for option in message.options or ()],
        created_at=message.created_at,
        delivery=states.get(message.id),
    )


def _linked(sources: Sequence[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [source for source in sources or () if web_address(str(source.get("url", "")))]


def _step(entry: dict[str, Any]) -> Step:
    return Step(
        title=str(entry.get("title", "")),
        state=labels.spoken(labels.STEPS, str(entry.get("state", ""))),
        late=entry.get("late") is True,
        when=str(entry.get("when") or ""),
        reason=str(entry.get("reason") or ""),
        waits_for=[str(title) for title in entry.get("waits_for") or ()],
        sources=_linked(entry.get("sources")),
    )
