"""Sessions of agents, kept on the server so that each can be ended at once."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dossiers.conversations import hashed
from dossiers.database import Database
from dossiers.models import Agent, AgentSession, LoginStep

IDLE = dt.timedelta(hours=2)
ABSOLUTE = dt.timedelta(hours=12)
SEEN_EVERY = dt.timedelta(minutes=1)


class Way(StrEnum):
    """How somebody logged in."""

    PASSWORD = "password"  # noqa: S105 - a word, no password
    CODE = "code"
    RECOVERY = "recovery"
    PROVIDER = "provider"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A new session. ``token`` exists only here and in the agent's browser."""

    agent: Agent
    token: str


def open_session(
    session: Session,
    agent: Agent,
    now: dt.datetime,
    *,
    way: Way = Way.PASSWORD,
    device: str = "",
    strong: bool = False,
    begun: dt.datetime | None = None,
) -> LoggedIn:
    """A new session. ``begun``: when the one began that it goes on from, so that it does not last longer."""
    session.execute(delete(AgentSession).where(AgentSession.created_at < now - ABSOLUTE))
    token = secrets.token_urlsafe(32)
    session.add(
        AgentSession(
            token_hash=hashed(token),
            agent_id=agent.id,
            csrf_token=secrets.token_urlsafe(32),
            created_at=begun or now,
            last_seen_at=now,
            device=device[:60],
            way=way,
            strong=strong,
        )
    )
    session.flush()
    return LoggedIn(agent, token)


def renew(session: Session, token: str, now: dt.datetime, *, strong: bool | None = None) -> str:
    """Gives a session another token, after what it may do has changed; every other session of the agent ends.

    Returns the new token. ``strong``: when that changes too.
    """
    old = session.get_one(AgentSession, hashed(token))
    end_sessions(session, old.agent_id)
    new = open_session(
        session,
        old.agent,
        now,
        way=Way(old.way),
        device=old.device,
        strong=old.strong if strong is None else strong,
        begun=old.created_at,
    )
    return new.token


def session_of(session: Session, token: str, now: dt.datetime) -> AgentSession | None:
    """The session that a token opens: not idle for too long, not too old, of an active agent."""
    found = session.get(AgentSession, hashed(token))
    if found is None or not found.agent.active:
        return None
    return found if _is_fresh(found, now) else None


def _is_fresh(found: AgentSession, now: dt.datetime) -> bool:
    return now - found.last_seen_at < IDLE and now - found.created_at < ABSOLUTE


def seen(database: Database, found: AgentSession, now: dt.datetime) -> None:
    """Notes that the agent did something, at most once a minute."""
    if now - found.last_seen_at < SEEN_EVERY:
        return
    with database.write() as session:
        row = session.get(AgentSession, found.token_hash)
        if row is not None:
            row.last_seen_at = now


def is_csrf_token(found: AgentSession, given: str) -> bool:
    """Whether this is the session's own token against forged requests."""
    return hmac.compare_digest(found.csrf_token.encode(), given.encode())


def sessions_of(session: Session, agent_id: str, now: dt.datetime) -> list[AgentSession]:
    """The open sessions of an agent, the one used last first."""
    found = session.scalars(
        select(AgentSession).where(AgentSession.agent_id == agent_id).order_by(AgentSession.last_seen_at.desc())
    )
    return [one for one in found if _is_fresh(one, now)]


def end_session(session: Session, token: str) -> None:
    """Logs out."""
    session.execute(delete(AgentSession).where(AgentSession.token_hash == hashed(token)))


def end_one(session: Session, agent_id: str, session_id: str) -> bool:
    """Ends the session with this id, when it is one of this agent; whether there was one."""
    found = session.scalars(
        select(AgentSession).where(AgentSession.agent_id == agent_id, AgentSession.id == session_id)
    ).first()
    if found is not None:
        session.delete(found)
        session.flush()
    return found is not None


def end_sessions(session: Session, agent_id: str, *, but: str | None = None) -> None:
    """Logs an agent out everywhere; half-done log-ins too. ``but``: the token of the session that stays."""
    ended = delete(AgentSession).where(AgentSession.agent_id == agent_id)
    session.execute(ended if but is None else ended.where(AgentSession.token_hash != hashed(but)))
    session.execute(delete(LoginStep).where(LoginStep.agent_id == agent_id))
