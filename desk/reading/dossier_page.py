"""One dossier with all that belongs to it, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import labels
from desk.access import SignedIn
from desk.permissions import Action
from desk.reading import dossiers
from desk.reading.dossiers import Shown, Sources, Statement
from dossiers import consents, contradictions, documents, fields, interests, plans, profile_words, topics
from dossiers.contradictions import Contradiction
from dossiers.deadlines import Deadline, open_legal
from dossiers.models import ConsentRecord, Conversation, Document, DocumentState, Dossier, Interest, TopicStatus
from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was set or said of a topic or an interest, in words."""

    id: int
    key: str
    label: str
    state: str
    in_words: str
    note: str
    by: str
    at: dt.datetime
    message_id: int | None
    conversation_id: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """A topic or an interest: what holds (None: nobody said anything), and everything that was said before."""

    key: str
    label: str
    now: Said | None
    before: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in words. ``has_file``: whether it can be read here; ``passed``: nobody sent it in time."""

    id: str
    kind: str
    label: str
    state: str
    in_words: str
    note: str
    reason: str
    asked_by: str | None
    asked_at: dt.datetime | None
    last_day: dt.date | None
    passed: bool
    has_file: bool
    scanned: bool
    size: int
    received_at: dt.datetime | None
    checked_at: dt.datetime | None
    deleted_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values between which an agent chooses. ``sources``: who says so; ``in_plan``: the plan does."""

    value: str
    in_words: str
    sources: Sequence[Statement]
    in_plan: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A contradiction to settle. ``based_on``: the statement that holds now."""

    key: str
    label: str
    based_on: int
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation of the person."""

    id: str
    channel: str
    started_at: dt.datetime
    last_message_at: dt.datetime
    may_read: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """A consent. ``title``: its purpose in words, with the partner; ``conversation_id``: where its message is."""

    title: str
    record: ConsentRecord
    conversation_id: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that one dossier page shows."""

    dossier: Shown
    town: str | None
    deadline: Deadline | None
    has_plan: bool
    profile: Sequence[tuple[str, str]]
    questions: Sequence[Question]
    topics: Sequence[Status]
    interests: Sequence[Status]
    documents: Sequence[Paper]
    consents: Sequence[Agreed]
    conversations: Sequence[Talk]


def read(session: Session, dossier: Dossier, who: SignedIn, library: Library, today: dt.date) -> Page:
    """The page of a dossier as of a day, for somebody who may read it."""
    shown = dossiers.shown(session, [dossier], library)[0]
    status, wishes = topics.history(session, dossier.id), interests.history(session, dossier.id)
    listed = documents.listed(session, dossier.id)
    agreed = consents.history(session, dossier.person_id)
    sources = Sources(session, [*status, *wishes, *listed, *agreed])
    kept = plans.kept(session, dossier.person_id)
    legal = open_legal(kept.profile, today, library) if kept else []
    town = fields.town_name(library, kept.profile.municipality) if kept else None
    return Page(
        dossier=shown,
        town=shown.value("home_town") or town,
        deadline=legal[0] if legal else None,
        has_plan=kept is not None,
        profile=profile_words.known(kept.profile, library) if kept else (),
        questions=questions(session, dossier, library, shown.contradictions),
        topics=_statuses(topics.TOPICS, topics.label, [_topic(row, sources) for row in status]),
        interests=_statuses(interests.INTERESTS, interests.label, [_interest(row, sources) for row in wishes]),
        documents=[paper(row, sources, today) for row in listed],
        consents=[_agreed(row, sources, library) for row in agreed],
        conversations=_talks(session, dossier, who),
    )


def _statuses(keys: Sequence[str], label: Callable[[str], str], said: Sequence[Said]) -> list[Status]:
    found = []
    for key in keys:
        own = sorted((one for one in said if one.key == key), key=lambda one: one.id)
        found.append(Status(key, label(key), own[-1] if own else None, own[-2::-1]))
    return found


def _topic(row: TopicStatus, sources: Sources) -> Said:
    return Said(
        id=row.id,
        key=row.topic,
        label=topics.label(row.topic),
        state=str(row.state),
        in_words=topics.state_label(row.state, row.waits_for),
        note=row.note,
        by=sources.speaker(row.set_by, row.agent_id),
        at=row.set_at,
        message_id=row.message_id,
        conversation_id=sources.home(row.message_id),
    )


def _interest(row: Interest, sources: Sources) -> Said:
    return Said(
        id=row.id,
        key=row.key,
        label=interests.label(row.key),
        state="yes" if row.wanted else "no",
        in_words=interests.in_words(row.wanted),
        note="",
        by=sources.speaker(row.stated_by, row.agent_id),
        at=row.stated_at,
        message_id=row.message_id,
        conversation_id=sources.home(row.message_id),
    )


def paper(row: Document, sources: Sources, today: dt.date) -> Paper:
    """A document in words."""
    return Paper(
        id=row.id,
        kind=row.kind,
        label=documents.kind_label(row.kind),
        state=str(row.state),
        in_words=documents.state_label(row.state),
        note=row.note,
        reason=row.reason or "",
        asked_by=sources.name(row.asked_by),
        asked_at=row.asked_at,
        last_day=row.last_day,
        passed=row.state == DocumentState.ASKED and row.last_day is not None and row.last_day < today,
        has_file=row.file_name is not None,
        scanned=bool(row.scanned),
        size=row.size or 0,
        received_at=row.received_at,
        checked_at=row.checked_at,
        deleted_at=row.deleted_at,
    )


def questions(
    session: Session, dossier: Dossier, library: Library, open_ones: Sequence[Contradiction] | None = None
) -> list[Question]:
    """The contradictions of a dossier, each with the values between which to choose."""
    if open_ones is None:
        open_ones = contradictions.of(session, dossier, library)
    rows = [row for one in open_ones for row in (one.holds, *one.others)]
    sources = Sources(session, rows)
    return [_question(one, library, sources) for one in open_ones]


def _question(one: Contradiction, library: Library, sources: Sources) -> Question:
    choices = [
        Choice(
            value=value,
            in_words=fields.in_words(library, one.key, value),
            sources=[
                dossiers.statement(row, library, sources) for row in (one.holds, *one.others) if row.value == value
            ],
            in_plan=one.in_plan == value,
        )
        for value in one.values
    ]
    return Question(one.key, fields.label(one.key), one.holds.id, choices)


def consent_title(purpose: str, partner: str, library: Library) -> str:
    """What somebody agreed to, in words."""
    known = library.consents.get(purpose)
    title = (known.title if known is not None else "") or labels.spoken(labels.PURPOSES, purpose)
    if not partner:
        return title
    return f"{title}: {library.partners[partner].name if partner in library.partners else partner}"


def _agreed(row: ConsentRecord, sources: Sources, library: Library) -> Agreed:
    return Agreed(consent_title(row.purpose, row.partner, library), row, sources.home(row.message_id))


def _talks(session: Session, dossier: Dossier, who: SignedIn) -> list[Talk]:
    rows = select(Conversation).where(Conversation.person_id == dossier.person_id)
    return [
        Talk(
            one.id,
            labels.spoken(labels.CHANNELS, one.channel),
            one.created_at,
            one.last_message_at,
            who.may_in(Action.CONVERSATION_READ, one.team_id),
        )
        for one in session.scalars(rows.order_by(Conversation.last_message_at.desc(), Conversation.id))
    ]
