"""Who may use the desk: agents, their passwords, their sessions, and how often somebody may guess.

A copy of the database opens no desk: it holds argon2 hashes of passwords and plain hashes of random session tokens.
"""

from __future__ import annotations

import datetime as dt
import hmac
import math
import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dossiers.conversations import hashed
from dossiers.database import Database
from dossiers.models import Agent, AgentSession, LoginAttempt, Role

IDLE = dt.timedelta(hours=2)
ABSOLUTE = dt.timedelta(hours=12)
SEEN_EVERY = dt.timedelta(minutes=1)
WINDOW = dt.timedelta(minutes=15)
FAILURES_PER_LOGIN = 5
FAILURES_PER_CLIENT = 20  # a whole office may share one address
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

_AT_ONCE = threading.BoundedSemaphore(4)  # each check takes 64 MiB
_hasher = PasswordHasher()


class AccountError(Exception):
    """Something about an account that cannot be done; the text says why in one sentence."""


class ThrottledError(Exception):
    """Guessed too often. ``minutes``: how long to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"wait {minutes} min")
        self.minutes = minutes


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A new session. ``token`` exists only here and in the agent's browser."""

    agent: Agent
    token: str


@cache
def _nobody() -> str:
    """A hash to check against when there is no such login, so that the answer takes the same time."""
    return _hasher.hash(secrets.token_urlsafe(24))


def normal_login(login: str) -> str:
    """Logins are compared without regard to case and outer spaces."""
    return login.strip().casefold()


def random_password() -> str:
    """A password to give to an agent: 120 bits, without characters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(4))


def by_login(session: Session, login: str) -> Agent | None:
    """The agent with this login."""
    return session.scalars(select(Agent).where(Agent.login == normal_login(login))).first()


def any_agent(session: Session) -> bool:
    """Whether there is an agent at all."""
    return session.scalars(select(Agent.id).limit(1)).first() is not None


def create_agent(
    session: Session,
    *,
    login: str,
    name: str,
    password: str,
    now: dt.datetime,
    roles: Collection[Role] = (Role.AGENT, Role.EDITOR),
) -> Agent:
    """A new agent with these roles.

    Raises:
        AccountError: the login is taken or unusable, the name is empty, or the password too short.

    """
    login, name = normal_login(login), " ".join(name.split())
    if not login or len(login) > 120 or any(c.isspace() or not c.isprintable() for c in login):
        raise AccountError("A login is one word of at most 120 characters, for example “mia” or “mia@example.org”.")
    if not name or len(name) > 120:
        raise AccountError("Give the name that people see in the chat, at most 120 characters.")
    if by_login(session, login) is not None:
        raise AccountError(f"There is an agent with the login “{login}” already.")
    agent = Agent(login=login, name=name, password_hash=hash_password(password), roles=sorted(roles), created_at=now)
    session.add(agent)
    session.flush()
    return agent


def hash_password(password: str) -> str:
    """How a password is stored.

    Raises:
        AccountError: it is too short or too long.

    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    with _AT_ONCE:
        return _hasher.hash(password)


def set_password(session: Session, agent: Agent, password: str) -> None:
    """Changes the password, ends every session of the agent and forgets failed log-ins.

    Raises:
        AccountError: the password is too short or too long.

    """
    agent.password_hash = hash_password(password)
    end_sessions(session, agent.id)
    session.execute(delete(LoginAttempt).where(LoginAttempt.key == _login_key(agent.login)))


def deactivate(session: Session, agent: Agent) -> None:
    """Locks an agent out at once. What they wrote stays, with their name."""
    agent.active = False
    end_sessions(session, agent.id)


def log_in(database: Database, login: str, password: str, client: str, now: dt.datetime) -> LoggedIn | None:
    """Opens a session; None when login and password do not belong together or the agent is no longer active.

    The attempt is written down before the password is looked at, so that many guesses at the same moment count as
    many, and the slow check runs outside of any transaction.

    Raises:
        ThrottledError: there were too many failures for this login or from this client.

    """
    keys = _login_key(login), hashed(f"client:{client}")
    attempts = _attempt(database, keys, now)
    with database.read() as session:
        agent = by_login(session, login)
    stored = agent.password_hash if agent is not None else _nobody()
    if not _matches(stored, password) or agent is None or not agent.active:
        return None
    fresh = hash_password(password) if _hasher.check_needs_rehash(stored) else None
    with database.write() as session:
        agent = session.get_one(Agent, agent.id)
        if not agent.active or agent.password_hash != stored:
            return None
        agent.password_hash = fresh or stored
        session.execute(delete(LoginAttempt).where((LoginAttempt.key == keys[0]) | LoginAttempt.id.in_(attempts)))
        return LoggedIn(agent, _open_session(session, agent, now))


def session_of(session: Session, token: str, now: dt.datetime) -> AgentSession | None:
    """The session that a token opens: not idle for too long, not too old, of an active agent."""
    found = session.get(AgentSession, hashed(token))
    if found is None or not found.agent.active:
        return None
    fresh = now - found.last_seen_at < IDLE and now - found.created_at < ABSOLUTE
    return found if fresh else None


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


def end_session(session: Session, token: str) -> None:
    """Logs out."""
    session.execute(delete(AgentSession).where(AgentSession.token_hash == hashed(token)))


def end_sessions(session: Session, agent_id: str) -> None:
    """Logs an agent out everywhere."""
    session.execute(delete(AgentSession).where(AgentSession.agent_id == agent_id))


def _open_session(session: Session, agent: Agent, now: dt.datetime) -> str:
    session.execute(delete(AgentSession).where(AgentSession.created_at < now - ABSOLUTE))
    token = secrets.token_urlsafe(32)
    opened = AgentSession(
        token_hash=hashed(token),
        agent_id=agent.id,
        csrf_token=secrets.token_urlsafe(32),
        created_at=now,
        last_seen_at=now,
    )
    session.add(opened)
    return token


def _login_key(login: str) -> str:
    return hashed(f"login:{normal_login(login)}")


def _matches(stored: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        password = ""
    try:
        with _AT_ONCE:
            return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _attempt(database: Database, keys: tuple[str, str], now: dt.datetime) -> list[int]:
    """Writes the attempt down, as a failure until it is none. Returns the ids of its rows."""
    with database.write() as session:
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - WINDOW))
        rows = [LoginAttempt(key=key, at=now) for key in keys]
        session.add_all(rows)
        session.flush()
        ids = [row.id for row in rows]
    with database.write() as session:
        for key, limit in zip(keys, (FAILURES_PER_LOGIN, FAILURES_PER_CLIENT), strict=True):
            count, first = session.execute(
                select(func.count(), func.min(LoginAttempt.at)).where(LoginAttempt.key == key)
            ).one()
            if count > limit:
                # One that is turned away is no failure: waiting must help, also for somebody who tries now and then.
                session.execute(delete(LoginAttempt).where(LoginAttempt.id.in_(ids)))
                left = first + WINDOW - now
                wait = max(1, math.ceil(left / dt.timedelta(minutes=1)))
                break
        else:
            return ids
    raise ThrottledError(wait)
