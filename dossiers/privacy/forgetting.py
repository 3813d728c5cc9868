"""What must be forgotten outside of this database: by the bot, by the folder of documents, by the journal, by SQLite's
log. Asked for in the transaction that erases, and tried again until it is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dossiers.models import Elsewhere, Forgetting

FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=5), dt.timedelta(minutes=30)
AT_ONCE = 50


def ask(
    session: Session, place: Elsewhere, key: str, now: dt.datetime, *, not_before: dt.datetime | None = None
) -> None:
    """Asks that something be forgotten, at once or not before a moment."""
    session.add(Forgetting(place=place, key=key, attempts=0, asked_at=now, due_at=max(now, not_before or now)))
    session.flush()


def due(session: Session, now: dt.datetime, places: Collection[Elsewhere] = tuple(Elsewhere)) -> Sequence[Forgetting]:
    """What may be tried now, the longest waiting first."""
    statement = select(Forgetting).where(Forgetting.due_at <= now, Forgetting.place.in_(list(places)))
    return session.scalars(statement.order_by(Forgetting.due_at, Forgetting.id).limit(AT_ONCE)).all()


def done(session: Session, forgetting_id: int) -> None:
    """Notes that it is forgotten."""
    session.execute(delete(Forgetting).where(Forgetting.id == forgetting_id))


def put_off(session: Session, forgetting_id: int, now: dt.datetime) -> None:
    """Notes that it could not be done now; it is tried again, later and later but at least twice an hour."""
    found = session.get(Forgetting, forgetting_id)
    if found is not None:
        found.attempts += 1
        found.due_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(found.attempts - 1, 12))


def waiting(session: Session) -> dict[str, int]:
    """How much still waits, by place."""
    statement = select(Forgetting.place, func.count()).group_by(Forgetting.place)
    return {str(place): int(number) for place, number in session.execute(statement)}
