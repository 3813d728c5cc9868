"""Which agents are there, and how much they can take. Nobody has to log off: who has no page open is not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dossiers import teams
from dossiers.models import Agent, Availability, Conversation, Presence, Speaker

HERE_FOR = dt.timedelta(minutes=2)  # after a page of theirs was last open
CAPACITY = 4
MOST_CAPACITY = 20
OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Colleague:
    """One agent at work. ``state``: a value of `Availability`, or `OFFLINE`; ``has``: conversations they have now."""

    id: str
    name: str
    state: str
    capacity: int
    has: int

    @property
    def here(self) -> bool:
        """Whether somebody could be handed over to them now."""
        return self.state in (Availability.AVAILABLE, Availability.BUSY)

    @property
    def full(self) -> bool:
        """Whether they have as many conversations as they want."""
        return self.has >= self.capacity


def touch(session: Session, agent_id: str, now: dt.datetime) -> None:
    """A page of this agent is open."""
    _row(session, agent_id).seen_at = now
    session.flush()


def leave(session: Session, agent_id: str) -> None:
    """The agent logged out: they are not there from now on."""
    found = session.get(Presence, agent_id)
    if found is not None:
        found.seen_at = None
        session.flush()


def declare(session: Session, agent_id: str, availability: Availability, capacity: int, now: dt.datetime) -> None:
    """What an agent says of themselves, and how many conversations they want at once.

    Raises:
        ValueError: nobody can have so many.
    """
    if not 1 <= capacity <= MOST_CAPACITY:
        raise ValueError(capacity)
    row = _row(session, agent_id)
    row.availability, row.capacity, row.seen_at = availability, capacity, now
    session.flush()


def of(session: Session, agent: Agent, now: dt.datetime) -> Colleague:
    """One agent as they are now."""
    return among(session, [agent], now)[0]


def among(session: Session, agents: Collection[Agent], now: dt.datetime) -> list[Colleague]:
    """Several agents as they are now, in their order."""
    ids = [agent.id for agent in agents]
    rows = {row.agent_id: row for row in session.scalars(select(Presence).where(Presence.agent_id.in_(ids)))}
    held = _held(session, ids)
    return [_colleague(agent, rows.get(agent.id), held.get(agent.id, 0), now) for agent in agents]


def serving(session: Session, team_id: str | None, now: dt.datetime) -> list[Colleague]:
    """Everybody who may have the conversations of a team (None: of no team), by name."""
    return among(session, teams.serving(session, team_id), now)


def available(session: Session, team_id: str | None, now: dt.datetime) -> int:
    """How many are there for a team (None: for what belongs to no team) and want conversations."""
    return sum(one.state == Availability.AVAILABLE for one in serving(session, team_id, now))


def is_full(session: Session, agent: Agent, now: dt.datetime) -> bool:
    """Whether an agent has as many conversations as they want. They may take more, when they say so."""
    return of(session, agent, now).full


def _row(session: Session, agent_id: str) -> Presence:
    found = session.get(Presence, agent_id)
    if found is None:
        found = Presence(agent_id=agent_id, availability=Availability.AVAILABLE, capacity=CAPACITY)
        session.add(found)
    return found


def _held(session: Session, ids: Collection[str]) -> dict[str, int]:
    statement = (
        select(Conversation.agent_id, func.count())
        .where(Conversation.speaker == Speaker.AGENT, Conversation.agent_id.in_(ids))
        .group_by(Conversation.agent_id)
    )
    return {agent_id: count for agent_id, count in session.execute(statement) if agent_id}


def _colleague(agent: Agent, row: Presence | None, has: int, now: dt.datetime) -> Colleague:
    if row is None:
        return Colleague(agent.id, agent.name, OFFLINE, CAPACITY, has)
    here = row.seen_at is not None and now - row.seen_at <= HERE_FOR
    return Colleague(agent.id, agent.name, str(row.availability) if here else OFFLINE, row.capacity, has)
