"""Accounts and teams as the pages show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import segno
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dossiers.accounts import identities, invitations, roles_of, second_factor, sessions_of
from dossiers.accounts.second_factor import Offer, Rules
from dossiers.models import Agent, AgentSession, Conversation, Identity, Role, SecondFactor, Team, TeamMember
from knowledge.library import Library

ROLES = {
    Role.AGENT: ("agent", "answers people of their teams, keeps dossiers"),
    Role.EDITOR: ("editor", "keeps the knowledge true"),
    Role.COORDINATOR: ("coordinator", "works like an agent for every team, keeps teams, hours and prepared answers"),
    Role.ADMINISTRATOR: ("administrator", "makes accounts, gives roles; reads no conversation"),
    Role.PRIVACY_OFFICER: ("privacy officer", "sees the register and the audit log, carries out people's rights"),
    Role.PARTNER: ("partner", "a guest: sees only profiles whose person agreed; no other role beside it"),
}
WAYS = {
    "password": "with a password",
    "code": "with a password and a code of the app",
    "recovery": "with a password and a recovery code",
    "provider": "at the organisation's log-in",
    "invitation": "by an invitation",
}


@dataclass(frozen=True, slots=True)
class Row:
    """An account in the list."""

    id: str
    name: str
    login: str
    active: bool
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    second_factor: bool
    waits: bool
    provider: bool
    by_themselves: dt.datetime | None


def role_words(agent: Agent) -> tuple[str, ...]:
    """Roles in words, in the order of the pages."""
    own = roles_of(agent)
    return tuple(words for role, (words, _) in ROLES.items() if role in own)


def by_themselves(agent: Agent) -> dt.datetime | None:
    """When an administrator gave themselves the roles they have; None: somebody else gave them."""
    return agent.roles_set_at if agent.roles_set_by == agent.id else None


def listed(session: Session) -> list[Row]:
    """All accounts, the active ones first, by name."""
    teams: dict[str, list[str]] = {}
    members = select(TeamMember.agent_id, Team.name).join(Team, Team.id == TeamMember.team_id).order_by(Team.name)
    for agent_id, name in session.execute(members):
        teams.setdefault(agent_id, []).append(name)
    with_factor = set(session.scalars(select(SecondFactor.agent_id).where(SecondFactor.confirmed_at.is_not(None))))
    at_provider = set(session.scalars(select(Identity.agent_id)))
    found = session.scalars(select(Agent).order_by(Agent.active.desc(), func.lower(Agent.name), Agent.login))
    return [
        Row(
            id=agent.id,
            name=agent.name,
            login=agent.login,
            active=agent.active,
            roles=role_words(agent),
            teams=tuple(teams.get(agent.id, ())),
            second_factor=agent.id in with_factor,
            waits=not agent.password_hash and agent.id not in at_provider,
            provider=agent.id in at_provider,
            by_themselves=by_themselves(agent),
        )
        for agent in found
    ]


@dataclass(frozen=True, slots=True)
class Account:
    """One account, for the administrator and for its owner."""

    agent: Agent
    roles: frozenset[Role]
    teams: frozenset[str]
    factor: second_factor.Status
    due: dt.datetime | None
    sessions: tuple[AgentSession, ...]
    invited: bool
    provider: bool
    set_by: str | None
    by_themselves: dt.datetime | None


def account(session: Session, agent: Agent, rules: Rules, now: dt.datetime) -> Account:
    """Everything a page shows of an account."""
    giver = session.get(Agent, agent.roles_set_by) if agent.roles_set_by else None
    return Account(
        agent=agent,
        roles=roles_of(agent),
        teams=frozenset(session.scalars(select(TeamMember.team_id).where(TeamMember.agent_id == agent.id))),
        factor=second_factor.status(session, agent.id),
        due=rules.due_at(agent),
        sessions=tuple(sessions_of(session, agent.id, now)),
        invited=invitations.is_open(session, agent.id, now),
        provider=identities.linked(session, agent.id),
        set_by=giver.name if giver else None,
        by_themselves=by_themselves(agent),
    )


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the list."""

    id: str
    name: str
    towns: tuple[str, ...]
    catch_all: bool
    members: tuple[str, ...]
    conversations: int


def teams(session: Session, library: Library) -> list[TeamRow]:
    """All teams, by name."""
    members: dict[str, list[str]] = {}
    names = (
        select(TeamMember.team_id, Agent.name)
        .join(Agent, Agent.id == TeamMember.agent_id)
        .where(Agent.active)
        .order_by(Agent.name)
    )
    for team_id, name in session.execute(names):
        members.setdefault(team_id, []).append(name)
    counted = select(Conversation.team_id, func.count()).group_by(Conversation.team_id)
    conversations = dict(session.execute(counted).all())
    return [
        TeamRow(
            id=team.id,
            name=team.name,
            towns=tuple(town_name(library, town) for town in team.municipalities),
            catch_all=team.catch_all,
            members=tuple(members.get(team.id, ())),
            conversations=conversations.get(team.id, 0),
        )
        for team in session.scalars(select(Team).order_by(Team.name))
    ]


def town_name(library: Library, town: str) -> str:
    """A town in words."""
    found = library.municipalities.get(town)
    return found.name if found else town


def qr_code(offer: Offer) -> Markup:
    """The QR code that an authenticator app reads, as a part of the page: dark on light in every colour scheme."""
    drawn = segno.make(offer.address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn here, of squares
