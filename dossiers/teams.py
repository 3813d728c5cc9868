"""Which team serves a town, to which teams an agent belongs, and who works in them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers.models import Agent, Conversation, Dossier, DossierField, PlanRecord, Role, Speaker, Team, TeamMember

SERVING = frozenset({Role.AGENT, Role.COORDINATOR})


def team_for(session: Session, municipality: str | None) -> str | None:
    """The id of the team that serves a town, else of the one that serves all others; None: everybody serves it."""
    teams = all_teams(session)
    own = next((team for team in teams if municipality in team.municipalities), None)
    found = own or next((team for team in teams if team.catch_all), None)
    return found.id if found else None


def teams_of(session: Session, agent_id: str) -> frozenset[str]:
    """The ids of an agent's teams."""
    return frozenset(session.scalars(select(TeamMember.team_id).where(TeamMember.agent_id == agent_id)))


def all_teams(session: Session) -> Sequence[Team]:
    """Every team, by name."""
    return session.scalars(select(Team).order_by(Team.name)).all()


def serving(session: Session, team_id: str | None) -> list[Agent]:
    """Who may have the conversations of a team, by name: its agents, and coordinators. None: of no team, everybody."""
    members = set(session.scalars(select(TeamMember.agent_id).where(TeamMember.team_id == team_id)))
    found = session.scalars(select(Agent).where(Agent.active.is_(True)).order_by(Agent.name, Agent.id))
    return [agent for agent in found if _serves(agent, team_id is None or agent.id in members)]


def _serves(agent: Agent, of_team: bool) -> bool:
    return Role.COORDINATOR in agent.roles or (of_team and not SERVING.isdisjoint(agent.roles))


def town_of(session: Session, conversation: Conversation) -> str | None:
    """The town that a person's question is about: what their dossier says, else their plan, else where they wrote."""
    stated = session.scalars(
        select(DossierField.value)
        .join(Dossier, Dossier.id == DossierField.dossier_id)
        .where(Dossier.person_id == conversation.person_id, DossierField.key == "home_town")
        .where(DossierField.replaced_at.is_(None), DossierField.value.is_not(None))
    ).first()
    if stated:
        return stated
    plan = session.get(PlanRecord, conversation.person_id)
    planned = plan.profile.get("municipality") if plan else None
    return str(planned) if planned else conversation.municipality


def assign(session: Session, conversation: Conversation, municipality: str | None) -> bool:
    """Gives a conversation to the team of a town. False: it is that team's already."""
    team_id = team_for(session, municipality)
    if conversation.team_id == team_id:
        return False
    conversation.team_id = team_id
    session.flush()
    return True


def route(session: Session, conversation: Conversation) -> bool:
    """Gives a conversation to the team of the person's town, as far as it is known now. While an agent speaks it stays
    where it is: nobody loses it in the middle. False: nothing changed."""
    if conversation.speaker == Speaker.AGENT:
        return False
    return assign(session, conversation, town_of(session, conversation))


def route_person(session: Session, person_id: str) -> bool:
    """The same for all conversations of a person, when they told their town or another one."""
    theirs = session.scalars(select(Conversation).where(Conversation.person_id == person_id)).all()
    changed = [route(session, conversation) for conversation in theirs]
    return any(changed)
