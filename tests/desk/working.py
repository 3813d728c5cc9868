"""Teams, roles and people who wait, for the tests of the queue."""

from __future__ import annotations

import datetime as dt

from dossiers import plans, presence
from dossiers.models import Agent, Availability, Conversation, Handover, Role, Team, TeamMember
from knowledge.profile import Profile
from tests.desk.conftest import World


def team(world: World, name: str, *towns: str) -> str:
    with world.database.write() as session:
        made = Team(name=name, municipalities=list(towns), created_at=world.clock())
        session.add(made)
        session.flush()
        return made.id


def member(world: World, login: str, *teams: str, role: Role = Role.AGENT, name: str = "") -> str:
    """An agent with this role, in these teams. Returns their id."""
    made = world.agent(login, name or login.title())
    with world.database.write() as session:
        found = session.get_one(Agent, made.id)
        found.roles = [str(role)]
        session.add_all(TeamMember(team_id=team_id, agent_id=made.id) for team_id in teams)
    return made.id


def here(world: World, agent_id: str, state: Availability = Availability.AVAILABLE, capacity: int = 4) -> None:
    """Puts an agent at the desk."""
    with world.database.write() as session:
        presence.declare(session, agent_id, state, capacity, world.clock())


def arrived(world: World, conversation_id: str, day: dt.date) -> None:
    """The person's plan says that they arrived on a day and have to register."""
    profile = Profile(country="JP", municipality="gent", purpose="employee", stay="long", permit="visa-d", arrival=day)
    with world.database.write() as session:
        person_id = session.get_one(Conversation, conversation_id).person_id
        plans.keep(session, person_id, profile, world.clock())


def handover(world: World, conversation_id: str, **changed: object) -> None:
    """Changes the open request of a conversation."""
    with world.database.write() as session:
        found = session.query(Handover).filter_by(conversation_id=conversation_id, closed_at=None).one()
        for key, value in changed.items():
            setattr(found, key, value)
