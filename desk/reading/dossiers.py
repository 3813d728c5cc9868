"""Dossiers: found by what their fields say, and shown with where each statement comes from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from desk import labels
from dossiers import fields
from dossiers.models import ConsentRecord, Dossier, DossierField, FieldState, Sender
from dossiers.questions import KEYS, NO, YES
from knowledge.library import Library

PER_PAGE = 50
MOST_WORDS = 8
CODED = ("nationality", "purpose")
ASKED = tuple(key for key in KEYS if key != "consent")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about one field; ``value`` in words."""

    key: str
    label: str
    value: str
    skipped: bool
    stated_by: str
    stated_at: dt.datetime
    message_id: int | None
    replaced_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A dossier in words."""

    id: str
    conversation_id: str
    name: str
    created_at: dt.datetime
    changed_at: dt.datetime
    completed_at: dt.datetime | None
    current: Sequence[Statement]
    earlier: Sequence[Statement]
    not_asked: Sequence[str]

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


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search."""

    dossiers: Sequence[Shown]
    total: int
    page: int
    pages: int


def of_person(session: Session, person_id: str, library: Library) -> Shown | None:
    """The person's dossier."""
    dossier = session.scalars(select(Dossier).where(Dossier.person_id == person_id)).first()
    return None if dossier is None else _shown(session, [dossier], library)[0]


def by_id(session: Session, dossier_id: str, library: Library) -> tuple[Shown, Sequence[ConsentRecord]] | None:
    """A dossier with every consent that its person gave or took back."""
    dossier = session.get(Dossier, dossier_id)
    if dossier is None:
        return None
    consents = session.scalars(
        select(ConsentRecord).where(ConsentRecord.person_id == dossier.person_id).order_by(ConsentRecord.id)
    ).all()
    return _shown(session, [dossier], library)[0], consents


def search(session: Session, text: str, page: int, library: Library) -> Found:
    """Dossiers in which every word of the text stands in some current field; the last changed first."""
    conditions = [_holds(session, word, library) for word in text.split()[:MOST_WORDS]]
    total = session.scalar(select(func.count()).select_from(Dossier).where(*conditions)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    statement = (
        select(Dossier)
        .where(*conditions)
        .order_by(Dossier.changed_at.desc(), Dossier.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    return Found(_shown(session, session.scalars(statement).all(), library), total, page, pages)


def _holds(session: Session, word: str, library: Library) -> ColumnElement[bool]:
    """Whether a field says a word, also where it keeps a code for it (“Japan” is kept as JP, “Gent” as gent)."""
    field = aliased(DossierField)
    text = or_(
        field.value.icontains(word, autoescape=True) & field.key.not_in(CODED),
        *((field.key == key) & field.value.in_(_codes(session, key, word, library)) for key in (*CODED, "home_town")),
    )
    return exists().where(
        field.dossier_id == Dossier.id, field.replaced_at.is_(None), field.value.not_in((YES, NO)), text
    )


def _codes(session: Session, key: str, word: str, library: Library) -> list[str]:
    """The values of a field in which a word starts like this (“gent” is not in “Argentina”)."""
    if key == "home_town":
        values: Sequence[str | None] = list(library.municipalities)
    else:
        values = session.scalars(select(DossierField.value).where(DossierField.key == key).distinct()).all()
    starts = re.compile(rf"\b{re.escape(word)}", re.IGNORECASE)
    return [value for value in values if value and starts.search(fields.in_words(library, key, value))]


def _shown(session: Session, dossiers: Sequence[Dossier], library: Library) -> list[Shown]:
    statements: dict[str, list[DossierField]] = {dossier.id: [] for dossier in dossiers}
    rows = select(DossierField).where(DossierField.dossier_id.in_(statements)).order_by(DossierField.id)
    for row in session.scalars(rows):
        statements[row.dossier_id].append(row)
    return [_in_words(dossier, statements[dossier.id], library) for dossier in dossiers]


def _in_words(dossier: Dossier, rows: Sequence[DossierField], library: Library) -> Shown:
    current = {row.key: row for row in rows if row.replaced_at is None}
    known = {key: row.value for key, row in current.items()}
    order = [key for key in ASKED if key in current] + [key for key in current if key not in ASKED]
    return Shown(
        id=dossier.id,
        conversation_id=dossier.conversation_id,
        name=labels.newcomer(known.get("first_name"), dossier.conversation_id),
        created_at=dossier.created_at,
        changed_at=dossier.changed_at,
        completed_at=dossier.completed_at,
        current=[_statement(current[key], library) for key in order],
        earlier=[_statement(row, library) for row in reversed(rows) if row.replaced_at is not None],
        not_asked=[fields.label(key) for key in ASKED if key not in current],
    )


def _statement(row: DossierField, library: Library) -> Statement:
    by = {Sender.PERSON: "the newcomer", Sender.AGENT: "an agent", Sender.BOT: "the assistant"}
    return Statement(
        key=row.key,
        label=fields.label(row.key),
        value=fields.in_words(library, row.key, row.value),
        skipped=row.state == FieldState.SKIPPED,
        stated_by=by.get(Sender(row.stated_by), "the system"),
        stated_at=row.stated_at,
        message_id=row.message_id,
        replaced_at=row.replaced_at,
    )
