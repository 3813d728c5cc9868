"""Which team serves a town, and to which teams an agent belongs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers.models import Team, TeamMember


def team_for(session: Session, municipality: str | None) -> str | None:
    """The id of the team that serves a town, else of the one that serves all others; None: everybody serves it."""
    teams = session.scalars(select(Team).order_by(Team.name)).all()
    own = next((team for team in teams if municipality in team.municipalities), None)
    found = own or next((team for team in teams if team.catch_all), None)
    return found.id if found else None


def teams_of(session: Session, agent_id: str) -> frozenset[str]:
    """The ids of an agent's teams."""
    return frozenset(session.scalars(select(TeamMember.team_id).where(TeamMember.agent_id == agent_id)))
