"""What the tests of teams, presence, passing on and tasks have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.orm import Session

from dossiers import conversations, handovers, presence
from dossiers.conversations import Said
from dossiers.models import Agent, Availability, Conversation, Role, Sender, Team, TeamMember

START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def agent(session: Session, name: str, *roles: Role, teams: Iterable[Team] = (), here: bool = False) -> Agent:
    """An agent; ``here``: at the desk at `START`."""
    made = Agent(
        id=f"{name:0<32}",
        login=name,
        name=name.title(),
        password_hash="-",
        roles=list(roles or (Role.AGENT,)),
        created_at=START,
    )
    session.add(made)
    session.flush()
    session.add_all(TeamMember(team_id=team.id, agent_id=made.id) for team in teams)
    session.flush()
    if here:
        presence.declare(session, made.id, Availability.AVAILABLE, presence.CAPACITY, START)
    return made


def team(session: Session, name: str, *towns: str, catch_all: bool = False) -> Team:
    made = Team(name=name, municipalities=list(towns), catch_all=catch_all, created_at=START)
    session.add(made)
    session.flush()
    return made


def conversation(session: Session, town: str | None = "gent", *, queued: bool = True) -> Conversation:
    made, _ = conversations.start(session, channel="web", municipality=town, now=START)
    conversations.add(session, made, Sender.PERSON, Said("My landlord keeps the deposit"), START)
    if queued:
        assert handovers.request(session, made, "asked", START)
    return made
