"""Log-ins that are half done: kept on the server, opened by a token that only one browser has, used once."""

from __future__ import annotations

import datetime as dt
import secrets
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from dossiers.accounts.errors import StepOver
from dossiers.conversations import hashed
from dossiers.models import LoginStep

LASTS = dt.timedelta(minutes=10)


class Half(StrEnum):
    """What is still missing."""

    CODE = "code"
    PROVIDER = "provider"


def begin(session: Session, kind: Half, now: dt.datetime, *, agent_id: str | None = None, **data: Any) -> str:
    """Begins one; returns its token."""
    session.execute(delete(LoginStep).where(LoginStep.created_at < now - LASTS))
    token = secrets.token_urlsafe(32)
    session.add(LoginStep(token_hash=hashed(token), kind=kind, agent_id=agent_id, data=data, created_at=now))
    session.flush()
    return token


def look(session: Session, kind: Half, token: str, now: dt.datetime) -> LoginStep:
    """The log-in that this token goes on with.

    Raises:
        StepOver: there is none any more.
    """
    found = session.get(LoginStep, hashed(token)) if token else None
    if found is None or found.kind != kind or now - found.created_at >= LASTS:
        raise StepOver
    return found


def use(session: Session, kind: Half, token: str, now: dt.datetime) -> LoginStep:
    """The same, for the last time: of two at the same moment one gets it.

    Raises:
        StepOver: there is none any more.
    """
    found = look(session, kind, token, now)
    session.expunge(found)
    gone = session.execute(delete(LoginStep).where(LoginStep.token_hash == found.token_hash))
    assert isinstance(gone, CursorResult)
    if gone.rowcount != 1:
        raise StepOver
    return found
