"""Dossiers: found by what their fields say, and shown with where each statement comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from desk import labels
from desk.access import SignedIn
from desk.permissions import Action, Reach, reach
from dossiers import contradictions, fields, searching, topics
from dossiers.contradictions import Contradiction
from dossiers.models import (
    Agent,
    Conversation,
    Dossier,
    DossierField,
    FieldState,
    Message,
    PlanRecord,
    Sender,
    TopicState,
    TopicStatus,
)
from knowledge.library import Library
from knowledge.planning.keeping import from_data
from knowledge.profile import Profile

PER_PAGE = 50
ASKED = fields.ASKED
SPEAKERS = {Sender.PERSON: "the newcomer", Sender.AGENT: "an agent", Sender.BOT: "the assistant"}
UNTOUCHED = (TopicState.NOT_LOOKED_AT, TopicState.NOT_FOR_THEM)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about one field; ``value`` in words. ``how``: `stated`, `skipped`, `inferred` or `corrected`;
    ``conversation_id``: where its message is; ``settled_by``: who found out which of several was right."""

    id: int
    key: str
    label: str
    value: str
    how: str
    stated_by: str
    stated_at: dt.datetime
    message_id: int | None
    conversation_id: str | None
    replaced_at: dt.datetime | None
    settled_at: dt.datetime | None
    settled_by: str | None

    @property
    def skipped(self) -> bool:
        """Whether there is no answer."""
        return self.how == FieldState.SKIPPED


@dataclass(frozen=True, slots=True)
class TopicNow:
    """How far a topic is, in words."""

    topic: str
    label: str
    state: str
    in_words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A dossier in words."""

    id: str
    person_id: str
    conversation_id: str
    name: str
    created_at: dt.datetime
    changed_at: dt.datetime
    completed_at: dt.datetime | None
    current: Sequence[Statement]
    earlier: Sequence[Statement]
    not_asked: Sequence[str]
    topics: Sequence[TopicNow]
    contradictions: Sequence[Contradiction]

    def value(self, key: str) -> str | None:
        """What is known about a field, if anything."""
        return next((s.value for s in self.current if s.key == key and not s.skipped), None)

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(not statement.skipped for statement in self.current)

    @property
    def questions(self) -> int:
        """How many questions there are."""
        return len(ASKED)

    @property
    def busy_topics(self) -> Sequence[TopicNow]:
        """The topics on which something is going on or was done."""
        return [one for one in self.topics if one.state not in UNTOUCHED]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search."""

    dossiers: Sequence[Shown]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which dossiers to list: those whose topic (any, when None) is in a state (None: whatever it is)."""

    topic: str | None = None
    state: TopicState | None = None


def of_person(session: Session, person_id: str, library: Library) -> Shown | None:
    """The person's dossier."""
    dossier = session.scalars(select(Dossier).where(Dossier.person_id == person_id)).first()
    return None if dossier is None else shown(session, [dossier], library)[0]


def search(
    session: Session, who: SignedIn, text: str, page: int, library: Library, only: Filter | None = None
) -> Found:
    """Dossiers that somebody may see in which every word of the text stands, in a current field or the note of a topic;
    the last changed first."""
    words = searching.words_of(text, shortest=1)
    conditions = [visible(who)]
    if text.strip():
        conditions.append(Dossier.id.in_(searching.holding(session, words, library)) if words else false())
    if only is not None and only.state is not None:
        conditions.append(topics.is_in(only.topic, only.state))
    ordered = select(Dossier, func.count().over()).where(*conditions).order_by(Dossier.changed_at.desc(), Dossier.id)
    rows = session.execute(ordered.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    if not rows and page > 1:  # there are fewer pages: the last one
        total = session.scalar(select(func.count()).select_from(Dossier).where(*conditions)) or 0
        page = max(1, -(-total // PER_PAGE))
        rows = session.execute(ordered.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    total = rows[0][1] if rows else 0
    found = [dossier for dossier, _ in rows]
    return Found(shown(session, found, library), total, page, max(1, -(-total // PER_PAGE)))


def visible(who: SignedIn, action: Action = Action.DOSSIER_READ) -> ColumnElement[bool]:
    """The condition that somebody may do this with a dossier: it belongs to the team of its conversation."""
    how_far = reach(who.roles, action)
    home = select(Conversation.id).where(Conversation.id == Dossier.conversation_id)
    if how_far is Reach.EVERYWHERE:
        return home.exists()
    if how_far is Reach.NOWHERE:
        return Dossier.id.is_(None)
    return home.where(Conversation.team_id.is_(None) | Conversation.team_id.in_(who.teams)).exists()


def shown(session: Session, dossiers: Sequence[Dossier], library: Library) -> list[Shown]:
    """Dossiers in words, with a fixed number of queries however many there are."""
    statements: dict[str, list[DossierField]] = {dossier.id: [] for dossier in dossiers}
    rows = select(DossierField).where(DossierField.dossier_id.in_(statements))
    for row in session.scalars(rows.order_by(DossierField.stated_at, DossierField.id)):
        statements[row.dossier_id].append(row)
    every = [row for found in statements.values() for row in found]
    sources = Sources(session, every)
    status = topics.of_dossiers(session, list(statements))
    plans = select(PlanRecord).where(PlanRecord.person_id.in_([dossier.person_id for dossier in dossiers]))
    profiles = {plan.person_id: _profile(plan) for plan in session.scalars(plans)}
    return [
        _in_words(
            dossier,
            statements[dossier.id],
            library,
            sources,
            status[dossier.id],
            contradictions.among(statements[dossier.id], profiles.get(dossier.person_id), library),
        )
        for dossier in dossiers
    ]


def _profile(plan: PlanRecord) -> Profile | None:
    """What a plan is made from; None when this version cannot read it."""
    try:
        return from_data(plan.profile)
    except ValidationError:
        return None


class Sources:
    """Who said something and where, for rows of a dossier: names of agents, conversations of messages."""

    def __init__(self, session: Session, rows: Collection[object]) -> None:
        agents = {getattr(row, name, None) for row in rows for name in ("agent_id", "settled_by", "asked_by")}
        messages = {getattr(row, "message_id", None) for row in rows}
        self._names = _pairs(session, Agent.id, Agent.name, agents)
        self._homes = _pairs(session, Message.id, Message.conversation_id, messages)

    def name(self, agent_id: str | None) -> str | None:
        """The agent's name."""
        return self._names.get(agent_id)

    def speaker(self, sender: Sender, agent_id: str | None) -> str:
        """Who said it: an agent by name."""
        return self.name(agent_id) or SPEAKERS.get(Sender(sender), "the system")

    def home(self, message_id: int | None) -> str | None:
        """The conversation of a message."""
        return self._homes.get(message_id)


def _pairs[K](
    session: Session, key: InstrumentedAttribute[K], value: InstrumentedAttribute[str], ids: set[K | None]
) -> Mapping[K | None, str]:
    wanted = ids - {None}
    if not wanted:
        return {}
    found = session.execute(select(key, value).where(key.in_(wanted))).all()
    return {row[0]: row[1] for row in found}


def _in_words(
    dossier: Dossier,
    rows: Sequence[DossierField],
    library: Library,
    sources: Sources,
    status: Mapping[str, TopicStatus],
    open_ones: Sequence[Contradiction],
) -> Shown:
    current = {row.key: row for row in rows if row.replaced_at is None}
    known = {key: row.value for key, row in current.items()}
    order = [key for key in ASKED if key in current] + [key for key in current if key not in ASKED]
    return Shown(
        id=dossier.id,
        person_id=dossier.person_id,
        conversation_id=dossier.conversation_id,
        name=labels.newcomer(known.get("first_name"), dossier.conversation_id),
        created_at=dossier.created_at,
        changed_at=dossier.changed_at,
        completed_at=dossier.completed_at,
        current=[statement(current[key], library, sources) for key in order],
        earlier=[statement(row, library, sources) for row in reversed(rows) if row.replaced_at is not None],
        not_asked=[fields.label(key) for key in ASKED if key not in current],
        topics=[
            TopicNow(key, topics.label(key), str(row.state), topics.state_label(row.state, row.waits_for))
            for key, row in status.items()
        ],
        contradictions=open_ones,
    )


def statement(row: DossierField, library: Library, sources: Sources) -> Statement:
    """One statement in words."""
    return Statement(
        id=row.id,
        key=row.key,
        label=fields.label(row.key),
        value=fields.in_words(library, row.key, row.value),
        how=str(row.state),
        stated_by=sources.speaker(row.stated_by, row.agent_id),
        stated_at=row.stated_at,
        message_id=row.message_id,
        conversation_id=sources.home(row.message_id),
        replaced_at=row.replaced_at,
        settled_at=row.settled_at,
        settled_by=sources.name(row.settled_by),
    )
