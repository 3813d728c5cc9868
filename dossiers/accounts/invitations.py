"""Links by which somebody makes an account their own, so that nobody tells passwords around."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from dossiers import audit
from dossiers.accounts import agents, passwords
from dossiers.accounts.errors import StepOver
from dossiers.accounts.sessions import end_sessions
from dossiers.conversations import hashed
from dossiers.models import Agent, Invitation

LASTS = dt.timedelta(days=3)


def invite(session: Session, agent: Agent, *, actor: str, now: dt.datetime) -> str:
    """A new link for an account, the only one that works from now on. Its password no longer does, and sessions end.

    Returns its token, which exists only here and in the link.
    """
    agent.password_hash = passwords.NONE
    end_sessions(session, agent.id)
    session.execute(delete(Invitation).where(Invitation.agent_id == agent.id))
    token = secrets.token_urlsafe(32)
    session.add(Invitation(token_hash=hashed(token), agent_id=agent.id, created_at=now, expires_at=now + LASTS))
    session.flush()
    audit.note(session, actor=actor, action="account.invited", subject=f"agent:{agent.id}", now=now)
    return token


def invited(session: Session, token: str, now: dt.datetime) -> Agent:
    """The account of a link.

    Raises:
        StepOver: it was used, it is too old, or a newer one was made.
    """
    found = session.get(Invitation, hashed(token))
    agent = session.get(Agent, found.agent_id) if found is not None and now < found.expires_at else None
    if agent is None or not agent.active:
        raise StepOver
    return agent


def accept(session: Session, token: str, password: str, now: dt.datetime) -> Agent:
    """Uses the link: the account has this password from now on.

    Raises:
        StepOver: the link is over.
        AccountError: the password is too short or too long; the link still works.
    """
    agent = invited(session, token, now)
    stored = passwords.hash_password(password)
    use(session, agent.id)
    agents.set_password(session, agent, password, stored=stored)
    audit.note(session, actor=f"agent:{agent.id}", action="account.joined", subject=f"agent:{agent.id}", now=now)
    return agent


def is_open(session: Session, agent_id: str, now: dt.datetime) -> bool:
    """Whether a link waits to be used."""
    found = session.query(Invitation).filter_by(agent_id=agent_id).first()
    return found is not None and now < found.expires_at


def use(session: Session, agent_id: str) -> None:
    """Ends the link of an account.

    Raises:
        StepOver: somebody used it just now.
    """
    gone = session.execute(delete(Invitation).where(Invitation.agent_id == agent_id))
    assert isinstance(gone, CursorResult)
    if gone.rowcount != 1:
        raise StepOver
