"""Teams, as coordinators and administrators keep them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dossiers import audit
from dossiers.accounts.errors import AccountError
from dossiers.models import Agent, Conversation, Team, TeamMember


def save_team(
    session: Session,
    team: Team | None,
    *,
    name: str,
    municipalities: Iterable[str],
    catch_all: bool,
    actor: str,
    now: dt.datetime,
) -> Team:
    """Makes or changes a team.

    Raises:
        AccountError: the name is empty or taken, another team serves one of the towns, or all the others, already.
    """
    name, towns = " ".join(name.split()), sorted(set(municipalities))
    others = [other for other in session.scalars(select(Team).order_by(Team.name)) if team is None or other is not team]
    if not name or len(name) > 120 or not name.isprintable():
        raise AccountError("Give the team a name of at most 120 characters.")
    for other in others:
        if other.name.casefold() == name.casefold():
            raise AccountError(f"There is a team “{other.name}” already.")
        if shared := set(other.municipalities) & set(towns):
            raise AccountError(f"The team “{other.name}” serves {min(shared)} already. A town has one team.")
        if catch_all and other.catch_all:
            raise AccountError(f"The team “{other.name}” serves all other towns already. Change that one first.")
    if team is None:
        team = Team(name=name, municipalities=towns, catch_all=catch_all, created_at=now)
        session.add(team)
        session.flush()
        action = "team.made"
    else:
        team.name, team.municipalities, team.catch_all = name, towns, catch_all
        action = "team.changed"
    details: dict[str, str | int | bool | None] = {"towns": len(towns), "catch_all": catch_all}
    audit.note(session, actor=actor, action=action, subject=f"team:{team.id}", now=now, details=details)
    return team


def set_members(session: Session, team: Team, agent_ids: Iterable[str], *, actor: str, now: dt.datetime) -> None:
    """Makes these agents, and no others, the members of a team. Ids of nobody are left out."""
    wanted = set(session.scalars(select(Agent.id).where(Agent.id.in_(list(agent_ids)))))
    before = set(session.scalars(select(TeamMember.agent_id).where(TeamMember.team_id == team.id)))
    gone = delete(TeamMember).where(TeamMember.team_id == team.id, TeamMember.agent_id.in_(list(before - wanted)))
    session.execute(gone)
    session.add_all(TeamMember(team_id=team.id, agent_id=agent_id) for agent_id in sorted(wanted - before))
    session.flush()
    for agent_id in sorted(wanted ^ before):
        joined = "team.joined" if agent_id in wanted else "team.left"
        own: dict[str, str | int | bool | None] = {"own": actor == f"agent:{agent_id}", "agent": agent_id}
        audit.note(session, actor=actor, action=joined, subject=f"team:{team.id}", now=now, details=own)


def remove_team(session: Session, team: Team, *, actor: str, now: dt.datetime) -> None:
    """Removes a team that has nothing to do any more: what belongs to no team, everybody may read.

    Raises:
        AccountError: conversations belong to it.
    """
    if session.scalars(select(Conversation.id).where(Conversation.team_id == team.id).limit(1)).first() is not None:
        raise AccountError("Conversations belong to this team, so it stays. Rename it, or take its towns away.")
    session.delete(team)
    session.flush()
    audit.note(session, actor=actor, action="team.removed", subject=f"team:{team.id}", now=now)
