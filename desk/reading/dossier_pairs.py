"""Two dossiers that may belong to one person, side by side and in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from desk import labels
from desk.access import SignedIn
from desk.permissions import Action
from desk.reading import dossiers
from desk.reading.dossier_page import consent_title
from desk.reading.dossiers import Shown
from dossiers import differences, documents, fields, interests, merging, profile_words, topics
from dossiers.differences import Conflict, Kind, Pair
from dossiers.models import Dossier, DossierField
from knowledge.library import Library

MOST = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """Something to choose, in words. ``name``: of the form's field."""

    name: str
    label: str
    kept: str
    other: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation of one of them."""

    id: str
    channel: str
    last_message_at: dt.datetime
    of_other: bool


@dataclass(frozen=True, slots=True)
class Both:
    """Two dossiers to compare. ``same``: questions on which they agree or only one says something, in words;
    ``ending``: the consents that end, because one of the two took them back."""

    keep: Shown
    other: Shown
    seen: str
    differences: Sequence[Difference]
    same: Sequence[tuple[str, str, str]]
    conversations: Sequence[Talk]
    documents: int
    two_plans: bool
    ending: Sequence[str]


def likely(session: Session, who: SignedIn, own: Dossier, library: Library) -> list[Shown]:
    """Other dossiers that somebody may merge with the same contact, or the same name and nationality."""
    mine = {row.key: (row.value or "").casefold() for row in _current(session, own.id)}
    alike = []
    if mine.get("contact"):
        alike.append(_says("contact", mine["contact"]))
    if mine.get("first_name"):
        named = _says("first_name", mine["first_name"])
        alike.append(named & _says("nationality", mine["nationality"]) if mine.get("nationality") else named)
    if not alike:
        return []
    condition = alike[0] if len(alike) == 1 else alike[0] | alike[1]
    statement = select(Dossier).where(Dossier.id != own.id, condition, dossiers.visible(who, Action.DOSSIER_MERGE))
    found = session.scalars(statement.order_by(Dossier.changed_at.desc()).limit(MOST)).all()
    return dossiers.shown(session, found, library)


def _current(session: Session, dossier_id: str) -> Sequence[DossierField]:
    rows = select(DossierField).where(DossierField.dossier_id == dossier_id, DossierField.replaced_at.is_(None))
    return session.scalars(rows).all()


def _says(key: str, value: str) -> ColumnElement[bool]:
    field = aliased(DossierField)
    own = select(field.id).where(field.dossier_id == Dossier.id, field.key == key, field.replaced_at.is_(None))
    return own.where(func.lower(field.value) == value).exists()


def read(session: Session, pair: Pair, library: Library) -> Both:
    """Both in words, and what must be chosen."""
    keep, other = dossiers.shown(session, list(pair.both), library)
    found = differences.conflicts(session, pair)
    conflicting = {one.key for one in found if one.kind is Kind.FIELD}
    keys = [key for key in fields.ASKED if key not in conflicting]
    return Both(
        keep=keep,
        other=other,
        seen=differences.fingerprint(session, pair),
        differences=[_difference(one, library) for one in found],
        same=[
            (fields.label(key), keep.value(key) or "–", other.value(key) or "–")
            for key in keys
            if keep.value(key) or other.value(key)
        ],
        conversations=[
            Talk(
                one.id,
                labels.spoken(labels.CHANNELS, one.channel),
                one.last_message_at,
                one.person_id == pair.other.person_id,
            )
            for one in merging.conversations_of(session, pair)
        ],
        documents=len(documents.listed(session, pair.other.id)),
        two_plans=merging.two_plans(session, pair),
        ending=[consent_title(purpose, partner, library) for purpose, partner in sorted(merging.ending(session, pair))],
    )


def _difference(one: Conflict, library: Library) -> Difference:
    if one.kind is Kind.FIELD:
        label = fields.label(one.key)
        words = [fields.in_words(library, one.key, row.value) for row in (one.kept, one.other)]
    elif one.kind is Kind.TOPIC:
        label = f"Topic: {topics.label(one.key)}"
        words = [
            topics.state_label(row.state, row.waits_for) + (f" ({row.note})" if row.note else "")
            for row in (one.kept, one.other)
        ]
    elif one.kind is Kind.INTEREST:
        label = f"Wish: {interests.label(one.key)}"
        words = [interests.in_words(row.wanted) for row in (one.kept, one.other)]
    else:
        label = f"Plan: {profile_words.label(one.key)}"
        words = [profile_words.in_words(one.key, value, library) for value in (one.kept, one.other)]
    return Difference(one.name, label, *words)
