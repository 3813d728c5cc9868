"""Logging in with a password and, where it is on, with a second factor."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dossiers.accounts import passwords, second_factor, steps, throttle
from dossiers.accounts.agents import NEED_SECOND_FACTOR, by_login, roles_of
from dossiers.accounts.errors import StepOver
from dossiers.accounts.sessions import LoggedIn, Way, open_session
from dossiers.accounts.steps import Half
from dossiers.database import Database
from dossiers.models import Agent
from dossiers.sealing import Sealer


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The password was right; a code is asked for. ``token`` goes on with this log-in (`finish`)."""

    agent: Agent
    token: str


def log_in(
    database: Database, login: str, password: str, client: str, now: dt.datetime, device: str = ""
) -> LoggedIn | CodeNeeded | None:
    """Opens a session, or asks for a code; None when login and password do not belong together, or the agent is no
    longer active.

    The attempt is written down before the password is looked at, so that many guesses at the same moment count as
    many, and the slow check runs outside of any transaction.

    Raises:
        ThrottledError: there were too many failures for this login or from this client.

    """
    limit = throttle.of_login(login)
    attempts = throttle.attempt(database, (limit, throttle.of_client(client)), now)
    with database.read() as session:
        agent = by_login(session, login)
    stored = agent.password_hash if agent is not None else passwords.NONE
    if not passwords.matches(stored, password) or agent is None or not agent.active:
        return None
    fresh = passwords.hash_password(password) if passwords.is_outdated(stored) else None
    with database.write() as session:
        agent = session.get_one(Agent, agent.id)
        if not agent.active or agent.password_hash != stored:
            return None
        agent.password_hash = fresh or stored
        throttle.succeeded(session, limit, attempts)
        return enter(session, agent, now, way=Way.PASSWORD, device=device)


def enter(
    session: Session, agent: Agent, now: dt.datetime, *, way: Way, device: str = "", strong: bool = False
) -> LoggedIn | CodeNeeded:
    """Lets in somebody who has shown who they are: at once, or after a code when that is on and still missing."""
    note_need(agent, now)
    if not strong and second_factor.is_on(session, agent.id):
        return CodeNeeded(agent, steps.begin(session, Half.CODE, now, agent_id=agent.id))
    return open_session(session, agent, now, way=way, device=device, strong=strong)


def note_need(agent: Agent, now: dt.datetime) -> None:
    """An account that has had its roles for long counts its days of grace from its next log-in."""
    if agent.second_factor_since is None and not NEED_SECOND_FACTOR.isdisjoint(roles_of(agent)):
        agent.second_factor_since = now


def finish(
    database: Database, sealer: Sealer, token: str, code: str, client: str, now: dt.datetime, device: str = ""
) -> LoggedIn | None:
    """Opens a session with the code of the app or a recovery code; None when it is wrong or was used before.

    Raises:
        StepOver: the password must be given again.
        ThrottledError: there were too many wrong codes.
    """
    with database.read() as session:
        agent_id = steps.look(session, Half.CODE, token, now).agent_id
    assert agent_id is not None
    limit = throttle.of_codes(agent_id)
    attempts = throttle.attempt(database, (limit, throttle.of_client(client)), now)
    with database.write() as session:
        agent = session.get(Agent, agent_id)
        if agent is None or not agent.active:
            raise StepOver
        way = second_factor.accepted(session, sealer, agent_id, code, now)
        if way is None:
            return None
        steps.use(session, Half.CODE, token, now)
        throttle.succeeded(session, limit, attempts)
        return open_session(session, agent, now, way=way, device=device, strong=True)


def check_password(database: Database, agent: Agent, password: str, client: str, now: dt.datetime) -> bool:
    """Whether it is the password of an agent who is logged in already, for what needs a second look.

    Raises:
        ThrottledError: there were too many failures for this login or from this client.
    """
    limit = throttle.of_login(agent.login)
    attempts = throttle.attempt(database, (limit, throttle.of_client(client)), now)
    if not passwords.matches(agent.password_hash, password):
        return False
    with database.write() as session:
        throttle.succeeded(session, limit, attempts)
    return True
