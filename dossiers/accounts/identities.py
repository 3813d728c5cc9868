"""Agents who log in at their organisation's own provider (OpenID Connect).

Who somebody is there is (issuer, subject), and nothing else. An address of e-mail links an account once, at the first
log-in: only when the provider says that it has checked it, and only an account that was invited and still waits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dossiers import audit
from dossiers.accounts import agents, invitations
from dossiers.accounts.agents import SYSTEM, by_login, normal_login
from dossiers.accounts.errors import AccountError
from dossiers.models import Agent, Identity, Role, Team, TeamMember


@dataclass(frozen=True, slots=True)
class Shown:
    """What a provider says of somebody, after its signature was checked. ``strong``: with a second factor there."""

    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
    groups: frozenset[str] = frozenset()
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups at the provider that give roles and teams here. Roles and teams that no group gives are left alone.

    ``create``: somebody unknown gets an account, without any role of its own.
    """

    roles: Mapping[str, Role] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    create: bool = False


class Unknown(Exception):
    """Nobody at this desk has this identity."""


def agent_of(session: Session, shown: Shown, groups: Groups, now: dt.datetime) -> Agent:
    """The account of somebody who logged in at the provider, with the roles and teams that their groups give.

    Raises:
        Unknown: there is none, or it is not active.
    """
    found = session.get(Identity, (shown.issuer, shown.subject))
    agent = session.get_one(Agent, found.agent_id) if found else _first_time(session, shown, groups, now)
    if agent is None or not agent.active:
        raise Unknown
    _apply(session, agent, shown, groups, now)
    return agent


def _first_time(session: Session, shown: Shown, groups: Groups, now: dt.datetime) -> Agent | None:
    email = normal_login(shown.email) if shown.email_verified else ""
    agent = by_login(session, email) if email else None
    if agent is not None:
        if not agent.active or not invitations.is_open(session, agent.id, now):
            return None
        invitations.use(session, agent.id)
    elif groups.create:
        login = email or f"provider-{shown.subject}"[:120]
        try:
            agent = agents.create_agent(
                session, login=login, name=shown.name[:120] or "Colleague", password=None, now=now, roles=()
            )
        except AccountError:
            return None
    else:
        return None
    link(session, agent, shown, now)
    return agent


def link(session: Session, agent: Agent, shown: Shown, now: dt.datetime) -> None:
    """Ties an account to who somebody is at the provider.

    Raises:
        AccountError: one of the two is tied already.
    """
    other = session.get(Identity, (shown.issuer, shown.subject))
    if other is not None and other.agent_id == agent.id:
        return
    if other is not None or linked(session, agent.id, shown.issuer):
        raise AccountError("That log-in belongs to another account already. Ask your administrator to look.")
    session.add(Identity(issuer=shown.issuer, subject=shown.subject, agent_id=agent.id, linked_at=now))
    session.flush()
    audit.note(session, actor=f"agent:{agent.id}", action="account.linked", subject=f"agent:{agent.id}", now=now)


def linked(session: Session, agent_id: str, issuer: str | None = None) -> bool:
    """Whether an account is tied to a provider."""
    found = select(Identity.agent_id).where(Identity.agent_id == agent_id)
    if issuer is not None:
        found = found.where(Identity.issuer == issuer)
    return session.scalars(found.limit(1)).first() is not None


def unlink(session: Session, agent: Agent, *, actor: str, now: dt.datetime) -> None:
    """Unties an account."""
    session.execute(delete(Identity).where(Identity.agent_id == agent.id))
    audit.note(session, actor=actor, action="account.unlinked", subject=f"agent:{agent.id}", now=now)


def _apply(session: Session, agent: Agent, shown: Shown, groups: Groups, now: dt.datetime) -> None:
    if groups.roles:
        given = {role for group, role in groups.roles.items() if group in shown.groups}
        kept = agents.roles_of(agent) - set(groups.roles.values())
        try:
            agents.set_roles(session, agent, kept | given, actor=SYSTEM, now=now)
        except AccountError:  # the last administrator, or a partner with another role: a person must look at it
            audit.note(session, actor=SYSTEM, action="account.roles.refused", subject=f"agent:{agent.id}", now=now)
    if groups.teams:
        ids = {name: team_id for team_id, name in session.execute(select(Team.id, Team.name))}
        governed = {ids[name] for name in groups.teams.values() if name in ids}
        given_teams = {ids[name] for group, name in groups.teams.items() if group in shown.groups and name in ids}
        own = set(session.scalars(select(TeamMember.team_id).where(TeamMember.agent_id == agent.id)))
        agents.set_teams(session, agent, (own - governed) | given_teams, actor=SYSTEM, now=now)
