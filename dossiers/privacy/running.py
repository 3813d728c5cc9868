"""Counts and carries out the rules of retention: every night, or when the privacy officer begins it.

Nothing is ended that was not counted before. The nightly run only counts until there is a count of the same terms that
is at least a day old: a first start, and shorter terms, give a day to look and to stop it. Who begins a run by hand has
seen the count and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dossiers import audit, documents
from dossiers.database import Database
from dossiers.models import Elsewhere, RetentionRun
from dossiers.privacy import erasing, forgetting, retention
from dossiers.privacy.retention import RULES, Rule
from dossiers.privacy.terms import Terms
from knowledge.figures import BELGIUM

FIRST_HOUR, LAST_HOUR = 2, 5  # in Belgium, when few people write
NOTICE = dt.timedelta(days=1)
FRESH = dt.timedelta(hours=1)


class NotCounted(Exception):
    """There is no fresh count with these terms: nobody has seen what would end."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found or did. ``dry``: it only counted."""

    id: int
    dry: bool
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How much, by all rules."""
        return sum(self.counts.values())


def count(database: Database, terms: Terms, now: dt.datetime, *, agent_id: str | None = None) -> Report:
    """Counts what each rule would end now, and keeps the count."""
    counts = _count(database, terms, now)
    with database.write() as session:
        run = RetentionRun(dry=True, agent_id=agent_id, terms=dict(terms), counts=counts, started_at=now, ended_at=now)
        session.add(run)
        session.flush()
        return Report(run.id, dry=True, counts=counts)


def carry_out(database: Database, terms: Terms, now: dt.datetime, *, seen: int, agent_id: str | None = None) -> Report:
    """Ends what is over its term. ``seen``: the count that was looked at.

    Raises:
        NotCounted: that count is none, older than an hour, or of other terms.
    """
    with database.write() as session:
        before = session.get(RetentionRun, seen)
        if before is None or not before.dry or before.started_at < now - FRESH or before.terms != dict(terms):
            raise NotCounted
        run_id = _begin(session, terms, now, None, agent_id)
    return _finish(database, run_id, terms, now)


def tonight(database: Database, terms: Terms, now: dt.datetime) -> Report | None:
    """The nightly run: once a night, by one process. None: it is not night, or it was done."""
    local = now.astimezone(BELGIUM)
    if not FIRST_HOUR <= local.hour < LAST_HOUR:
        return None
    day = local.date().isoformat()
    with database.read() as session:
        if session.scalars(select(RetentionRun.id).where(RetentionRun.day == day)).first() is not None:
            return None
        since = first_night(session, terms)
    announced = since is not None and since <= now
    if since is not None and not announced and since < local.replace(hour=LAST_HOUR, minute=0):
        return None  # later in this night
    try:
        with database.write() as session:
            run_id = _begin(session, terms, now, day, None, dry=not announced)
    except IntegrityError:
        return None
    if announced:
        return _finish(database, run_id, terms, now)
    counts = _count(database, terms, now)
    _end(database, run_id, counts, now)
    return Report(run_id, dry=True, counts=counts)


def history(session: Session, limit: int = 30) -> list[RetentionRun]:
    """The last runs and counts, the newest first."""
    return list(session.scalars(select(RetentionRun).order_by(RetentionRun.id.desc()).limit(limit)))


def first_night(session: Session, terms: Terms) -> dt.datetime | None:
    """From when on the nightly run ends something, with these terms; None: nothing was counted yet."""
    runs = session.scalars(select(RetentionRun).where(RetentionRun.dry).order_by(RetentionRun.id))
    return next((run.started_at + NOTICE for run in runs if run.terms == dict(terms)), None)


def _count(database: Database, terms: Terms, now: dt.datetime) -> dict[str, int]:
    with database.read() as session:
        return {rule.key: rule.count(session, now - dt.timedelta(days=terms[rule.key])) for rule in RULES}


def _begin(
    session: Session, terms: Terms, now: dt.datetime, day: str | None, agent_id: str | None, *, dry: bool = False
) -> int:
    run = RetentionRun(day=day, dry=dry, agent_id=agent_id, terms=dict(terms), counts={}, started_at=now)
    session.add(run)
    session.flush()
    return run.id


def _finish(database: Database, run_id: int, terms: Terms, now: dt.datetime) -> Report:
    """Rule by rule, portion by portion, each in a transaction of its own: what is done stays done when one fails."""
    counts = {}
    for rule in RULES:
        counts[rule.key] = ended = _act(database, rule, terms, now)
        while rule.by_portions and ended >= retention.PORTION:
            ended = _act(database, rule, terms, now)
            counts[rule.key] += ended
    with database.write() as session:
        documents.sweep(session)
        forgetting.ask(session, Elsewhere.WAL, "", now)
    _end(database, run_id, counts, now)
    erasing.empty_log(database)
    return Report(run_id, dry=False, counts=counts)


def _act(database: Database, rule: Rule, terms: Terms, now: dt.datetime) -> int:
    with database.write() as session:
        return rule.act(session, now - dt.timedelta(days=terms[rule.key]), now)


def _end(database: Database, run_id: int, counts: dict[str, int], now: dt.datetime) -> None:
    with database.write() as session:
        run = session.get_one(RetentionRun, run_id)
        run.counts, run.ended_at = counts, now
        actor = f"agent:{run.agent_id}" if run.agent_id else "system"
        details: dict[str, str | int | bool | None] = {"rows": sum(counts.values()), "dry": run.dry}
        audit.note(
            session, actor=actor, action="retention.run", subject=f"retention:{run_id}", now=now, details=details
        )
