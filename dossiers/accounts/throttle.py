"""How often somebody may guess: passwords, codes, answers of the organisation's log-in."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dossiers.accounts.errors import ThrottledError
from dossiers.conversations import hashed
from dossiers.database import Database
from dossiers.models import LoginAttempt

WINDOW = dt.timedelta(minutes=15)
FAILURES_PER_LOGIN = 5
FAILURES_PER_CLIENT = 20  # a whole office may share one address


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures in a quarter of an hour. ``key``: of whom, hashed."""

    key: str
    failures: int


def of_login(login: str) -> Limit:
    """Guesses of one account's password."""
    return Limit(hashed(f"login:{login.strip().casefold()}"), FAILURES_PER_LOGIN)


def of_codes(agent_id: str) -> Limit:
    """Guesses of one account's codes."""
    return Limit(hashed(f"codes:{agent_id}"), FAILURES_PER_LOGIN)


def of_client(client: str) -> Limit:
    """Guesses from one address."""
    return Limit(hashed(f"client:{client}"), FAILURES_PER_CLIENT)


def attempt(database: Database, limits: Sequence[Limit], now: dt.datetime) -> list[int]:
    """Writes an attempt down, as a failure until `succeeded` says that it was none. Returns the ids of its rows.

    It is written before anything is looked at, so that many guesses at the same moment count as many.

    Raises:
        ThrottledError: there were too many failures.
    """
    with database.write() as session:
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - WINDOW))
        rows = [LoginAttempt(key=limit.key, at=now) for limit in limits]
        session.add_all(rows)
        session.flush()
        ids = [row.id for row in rows]
    with database.write() as session:
        for limit in limits:
            count, first = session.execute(
                select(func.count(), func.min(LoginAttempt.at)).where(LoginAttempt.key == limit.key)
            ).one()
            if count > limit.failures:
                # One that is turned away is no failure: waiting must help, also for somebody who tries now and then.
                session.execute(delete(LoginAttempt).where(LoginAttempt.id.in_(ids)))
                wait = max(1, math.ceil((first + WINDOW - now) / dt.timedelta(minutes=1)))
                break
        else:
            return ids
    raise ThrottledError(wait)


def succeeded(session: Session, limit: Limit, ids: Sequence[int]) -> None:
    """It was no failure: forgets those of this account, and this attempt everywhere else."""
    session.execute(delete(LoginAttempt).where((LoginAttempt.key == limit.key) | LoginAttempt.id.in_(ids)))


def forgive(session: Session, limit: Limit) -> None:
    """Forgets failures."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.key == limit.key))
