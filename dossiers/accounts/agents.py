"""Accounts: making them, their roles and teams, locking somebody out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dossiers import audit
from dossiers.accounts import passwords, throttle
from dossiers.accounts.errors import AccountError
from dossiers.accounts.sessions import end_sessions
from dossiers.database import locked
from dossiers.models import Agent, Invitation, Role, Team, TeamMember

SYSTEM = "system"
NEED_SECOND_FACTOR = frozenset({Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.COORDINATOR})


def normal_login(login: str) -> str:
    """Logins are compared without regard to case and outer spaces."""
    return login.strip().casefold()


def by_login(session: Session, login: str) -> Agent | None:
    """The agent with this login."""
    return session.scalars(select(Agent).where(Agent.login == normal_login(login))).first()


def any_agent(session: Session) -> bool:
    """Whether there is an agent at all."""
    return session.scalars(select(Agent.id).limit(1)).first() is not None


def roles_of(agent: Agent) -> frozenset[Role]:
    """An agent's roles; one that this version does not know counts for nothing."""
    return frozenset(Role(role) for role in agent.roles if role in Role)


def create_agent(
    session: Session,
    *,
    login: str,
    name: str,
    password: str | None,
    now: dt.datetime,
    roles: Collection[Role] = (Role.AGENT, Role.EDITOR),
    actor: str = SYSTEM,
) -> Agent:
    """A new agent with these roles. ``password`` None: there is none until somebody opens an invitation.

    Raises:
        AccountError: the login is taken or unusable, the name is empty, the password too short, or the roles clash.

    """
    login = normal_login(login)
    if not login or len(login) > 120 or any(c.isspace() or not c.isprintable() for c in login):
        raise AccountError("A login is one word of at most 120 characters, for example “mia” or “mia@example.org”.")
    name = _name(name)
    if by_login(session, login) is not None:
        raise AccountError(f"There is an agent with the login “{login}” already.")
    stored = passwords.NONE if password is None else passwords.hash_password(password)
    agent = Agent(login=login, name=name, password_hash=stored, roles=[], created_at=now)
    session.add(agent)
    session.flush()
    audit.note(session, actor=actor, action="account.made", subject=f"agent:{agent.id}", now=now)
    set_roles(session, agent, roles, actor=actor, now=now)
    return agent


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 120 or not name.isprintable():
        raise AccountError("Give the name that people see in the chat, at most 120 characters.")
    return name


def rename(session: Session, agent: Agent, name: str, *, actor: str, now: dt.datetime) -> None:
    """Changes the name that people see.

    Raises:
        AccountError: it is empty or too long.
    """
    name = _name(name)
    if name != agent.name:
        agent.name = name
        audit.note(session, actor=actor, action="account.renamed", subject=f"agent:{agent.id}", now=now)


def set_roles(session: Session, agent: Agent, roles: Iterable[Role], *, actor: str, now: dt.datetime) -> bool:
    """Gives an agent these roles and no others, and notes who did it; whether that changed anything.

    Sessions are the caller's matter: they may do what the roles allow from the next request on.

    Raises:
        AccountError: a partner would get another role, or nobody would be left who can give roles.
    """
    wanted = sorted({Role(role) for role in roles})
    if wanted == sorted(agent.roles):
        return False
    if Role.PARTNER in wanted and len(wanted) > 1:
        raise AccountError("A partner is a guest at the desk and has no other role. Make two accounts instead.")
    if agent.active and Role.ADMINISTRATOR in agent.roles and Role.ADMINISTRATOR not in wanted:
        _keep_an_administrator(session, agent)
    before, agent.roles = sorted(agent.roles), [str(role) for role in wanted]
    agent.roles_set_by = actor.removeprefix("agent:") if actor.startswith("agent:") else None
    agent.roles_set_at = now
    if NEED_SECOND_FACTOR.isdisjoint(wanted):
        agent.second_factor_since = None
    elif agent.second_factor_since is None:
        agent.second_factor_since = now
    audit.note(
        session,
        actor=actor,
        action="account.roles",
        subject=f"agent:{agent.id}",
        now=now,
        details={
            "before": ".".join(before) or "none",
            "after": ".".join(agent.roles) or "none",
            "own": agent.roles_set_by == agent.id,
        },
    )
    return True


def _keep_an_administrator(session: Session, leaving: Agent) -> None:
    """Locks the accounts, so that two administrators cannot take each other away at the same moment."""
    everybody = session.scalars(
        locked(select(Agent).where(Agent.active).order_by(Agent.id), session).execution_options(populate_existing=True)
    )
    if not any(Role.ADMINISTRATOR in agent.roles for agent in everybody if agent.id != leaving.id):
        raise AccountError("This is the last administrator. Give somebody else that role first.")


def set_teams(session: Session, agent: Agent, team_ids: Iterable[str], *, actor: str, now: dt.datetime) -> None:
    """Makes an agent a member of these teams and no others. Teams that do not exist are left out."""
    wanted = set(session.scalars(select(Team.id).where(Team.id.in_(list(team_ids)))))
    before = set(session.scalars(select(TeamMember.team_id).where(TeamMember.agent_id == agent.id)))
    if wanted == before:
        return
    session.execute(
        delete(TeamMember).where(TeamMember.agent_id == agent.id, TeamMember.team_id.in_(list(before - wanted)))
    )
    session.add_all(TeamMember(team_id=team_id, agent_id=agent.id) for team_id in sorted(wanted - before))
    session.flush()
    audit.note(
        session,
        actor=actor,
        action="account.teams",
        subject=f"agent:{agent.id}",
        now=now,
        details={"before": len(before), "after": len(wanted), "own": actor == f"agent:{agent.id}"},
    )


def set_password(session: Session, agent: Agent, password: str, *, stored: str | None = None) -> None:
    """Changes the password, ends every session of the agent and forgets failed log-ins and invitations.

    ``stored``: its hash, when it was made already.

    Raises:
        AccountError: the password is too short or too long.

    """
    agent.password_hash = stored or passwords.hash_password(password)
    end_sessions(session, agent.id)
    session.execute(delete(Invitation).where(Invitation.agent_id == agent.id))
    throttle.forgive(session, throttle.of_login(agent.login))


def deactivate(session: Session, agent: Agent, *, actor: str = SYSTEM, now: dt.datetime | None = None) -> None:
    """Locks an agent out at once. What they wrote stays, with their name.

    Raises:
        AccountError: this is the last administrator.
    """
    if agent.active and Role.ADMINISTRATOR in agent.roles:
        _keep_an_administrator(session, agent)
    agent.active = False
    end_sessions(session, agent.id)
    session.execute(delete(Invitation).where(Invitation.agent_id == agent.id))
    if now is not None:
        audit.note(session, actor=actor, action="account.deactivated", subject=f"agent:{agent.id}", now=now)


def activate(session: Session, agent: Agent, *, actor: str, now: dt.datetime) -> None:
    """Lets an agent in again."""
    agent.active = True
    audit.note(session, actor=actor, action="account.activated", subject=f"agent:{agent.id}", now=now)
