"""The audit log as the privacy officer reads it: filtered, page by page, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from desk.formats import LOCAL
from dossiers.models import Agent, AuditEntry

PER_PAGE = 100
AT_ONCE = 1000
PERSON, SYSTEM = "person", "system"
KINDS = ("dossier", "conversation", "person", "agent", "team", "task", "document", "message", "partner")
FIRST_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("number", "at", "actor", "action", "subject", "details", "previous", "hash", "seal")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows. ``actor``: `agent:<id>`, `system` or `person` (anybody); ``action``: whole, or how it begins;
    ``subject``: whole, only its id, or only its kind; ``since`` and ``until``: days in Belgium, both included."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words."""

    number: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    details: Sequence[tuple[str, str]]
    hash: str
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the newest first. ``older``: the number before which the next page begins; ``is_first``: none are newer."""

    lines: Sequence[Line]
    older: int | None
    is_first: bool


def page(session: Session, which: Filter, before: int | None = None) -> Page:
    """The newest rows that match, or those before a number."""
    statement = select(AuditEntry).where(*_conditions(which)).order_by(AuditEntry.number.desc())
    if before is not None:
        statement = statement.where(AuditEntry.number < before)
    rows = session.scalars(statement.limit(PER_PAGE + 1)).all()
    names = agents(session)
    older = rows[PER_PAGE - 1].number if len(rows) > PER_PAGE else None
    return Page([_line(row, names) for row in rows[:PER_PAGE]], older, before is None)


def agents(session: Session) -> dict[str, str]:
    """Everybody who has or had an account: name and login, by actor."""
    found = session.execute(select(Agent.id, Agent.name, Agent.login).order_by(Agent.name, Agent.login))
    return {f"agent:{agent_id}": f"{name} ({login})" for agent_id, name, login in found}


def table(session: Session, which: Filter) -> Iterator[str]:
    """All rows that match as CSV, the oldest first, some at a time. No cell is taken for a formula."""
    yield _csv(COLUMNS)
    after = 0
    statement = select(AuditEntry).where(*_conditions(which)).order_by(AuditEntry.number).limit(AT_ONCE)
    while rows := session.scalars(statement.where(AuditEntry.number > after)).all():
        for row in rows:
            details = " ".join(f"{key}={value}" for key, value in row.details.items())
            at = row.at.isoformat(timespec="seconds")
            cells = (
                row.number,
                at,
                row.actor,
                row.action,
                row.subject,
                details,
                row.previous,
                row.hash,
                row.seal or "",
            )
            yield _csv(cells)
        after = rows[-1].number
        session.expunge_all()


def safe_cell(value: object) -> str:
    """A cell that a spreadsheet shows as it is, whatever it begins with."""
    written = str(value)
    return f"'{written}" if written.startswith(FIRST_OF_FORMULAS) else written


def _csv(cells: Sequence[object]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet).writerow([safe_cell(cell) for cell in cells])
    return sheet.getvalue()


def _conditions(which: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if which.actor:
        found.append(
            AuditEntry.actor.startswith("person:") if which.actor == PERSON else AuditEntry.actor == which.actor
        )
    if which.action:
        whole = AuditEntry.action == which.action
        found.append(or_(whole, AuditEntry.action.startswith(f"{which.action}.", autoescape=True)))
    if which.subject:
        found.append(_subject(which.subject))
    if which.since:
        found.append(AuditEntry.at >= dt.datetime.combine(which.since, dt.time(), LOCAL))
    if which.until:
        found.append(AuditEntry.at < dt.datetime.combine(which.until + dt.timedelta(days=1), dt.time(), LOCAL))
    return found


def _subject(written: str) -> ColumnElement[bool]:
    if ":" in written:
        return AuditEntry.subject == written
    named = AuditEntry.subject.in_([written, *(f"{kind}:{written}" for kind in KINDS)])
    return or_(named, AuditEntry.subject.startswith(f"{written}:", autoescape=True))


def _line(row: AuditEntry, names: dict[str, str]) -> Line:
    return Line(
        number=row.number,
        at=row.at,
        actor=names.get(row.actor, "the service" if row.actor == SYSTEM else row.actor),
        action=row.action,
        subject=row.subject,
        details=[(key.replace("_", " "), _value(value)) for key, value in row.details.items()],
        hash=row.hash,
        is_sealed=row.seal is not None,
    )


def _value(value: str | int | bool | None) -> str:
    if value is None:
        return "–"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
