"""Where two dossiers of one person say different things, so that somebody must choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dossiers import interests, plans, record, topics
from dossiers.models import Dossier, DossierField, FieldState, Interest, TopicStatus
from knowledge.profile import Profile

LISTS = ("done", "todo", "not_for_me")  # of the plan: joined, nothing to choose


class Kind(StrEnum):
    """What a conflict is about."""

    FIELD = "field"
    TOPIC = "topic"
    INTEREST = "interest"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values of which one must be chosen: `KEEP` or `OTHER`. For a plan they are the values themselves, else the
    rows that hold now."""

    kind: Kind
    key: str
    kept: Any
    other: Any

    @property
    def name(self) -> str:
        """What names it among the choices."""
        return f"{self.kind}.{self.key}"


KEEP, OTHER = "keep", "other"
Choices = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two dossiers: ``keep`` stays, ``other`` becomes part of it."""

    keep: Dossier
    other: Dossier

    @property
    def both(self) -> tuple[Dossier, Dossier]:
        """The two."""
        return self.keep, self.other


def conflicts(session: Session, pair: Pair) -> list[Conflict]:
    """Everything of which an agent must choose one."""
    return [*_field_conflicts(session, pair), *_status_conflicts(session, pair), *_plan_conflicts(session, pair)]


def fingerprint(session: Session, pair: Pair) -> str:
    """Changes when anything changes that the agent decides on."""
    parts: list[object] = [pair.keep.id, pair.other.id]
    for table in (DossierField, TopicStatus, Interest):
        parts += [session.scalar(select(func.max(table.id)).where(table.dossier_id == one.id)) for one in pair.both]
    parts += [kept.revision if (kept := plans.kept(session, one.person_id)) else 0 for one in pair.both]
    return "-".join("0" if part is None else str(part) for part in parts)


def must_choose(mine: DossierField, theirs: DossierField) -> bool:
    """Whether an agent must choose: both said something, and not the same."""
    weak = (FieldState.INFERRED, FieldState.SKIPPED)
    return mine.value != theirs.value and mine.state not in weak and theirs.state not in weak


def _field_conflicts(session: Session, pair: Pair) -> Iterator[Conflict]:
    mine, theirs = (record.current_fields(session, one) for one in pair.both)
    for key in [key for key in mine if key in theirs]:
        if must_choose(mine[key], theirs[key]):
            yield Conflict(Kind.FIELD, key, mine[key], theirs[key])


def _status_conflicts(session: Session, pair: Pair) -> Iterator[Conflict]:
    mine, theirs = (topics.current(session, one.id) for one in pair.both)
    for key in [key for key in mine if key in theirs]:
        if said(mine[key]) != said(theirs[key]):
            yield Conflict(Kind.TOPIC, key, mine[key], theirs[key])
    wanted, also = (interests.current(session, one.id) for one in pair.both)
    for key in [key for key in wanted if key in also]:
        if wanted[key].wanted != also[key].wanted:
            yield Conflict(Kind.INTEREST, key, wanted[key], also[key])


def said(row: TopicStatus) -> tuple[str, str, str | None]:
    """What a row says of a topic, without who and when."""
    return row.state, row.note, row.waits_for


def _plan_conflicts(session: Session, pair: Pair) -> Iterator[Conflict]:
    mine, theirs = (plans.kept(session, one.person_id) for one in pair.both)
    if mine is None or theirs is None:
        return
    for key in Profile.__dataclass_fields__:
        ours, others = getattr(mine.profile, key), getattr(theirs.profile, key)
        if key not in LISTS and None not in (ours, others) and ours != others:
            yield Conflict(Kind.PLAN, key, ours, others)
