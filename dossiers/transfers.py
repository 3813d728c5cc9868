"""Passing a conversation on: to a colleague, another team, another service; or meaning one that waits for somebody.

Every change of who speaks is one compare-and-set statement, as in `dossiers.floor`; the conversation's row is locked
first, so that what it was meant for and who takes it are decided one after the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, select, update
from sqlalchemy.orm import Session

from dossiers import audit, conversations, floor, handovers, presence, teams
from dossiers.conversations import Said
from dossiers.handovers import NotYours, Wording
from dossiers.models import Agent, Assignment, Conversation, Handover, Sender, Speaker, Team, Transfer, TransferKind

MEANT_FOR = dt.timedelta(minutes=15)  # afterwards whoever of the team is free may take it
LONGEST_NOTE = 1000


class Reserved(Exception):
    """The conversation is meant for a colleague for a while. ``name``: who; ``until``: then anybody may take it."""

    def __init__(self, name: str, until: dt.datetime) -> None:
        super().__init__(name)
        self.name, self.until = name, until


class NotWaiting(Exception):
    """Nobody waits in this conversation (any more), so there is nothing to assign."""


class NotThere(Exception):
    """The colleague cannot have it: they are not there, or do not serve its team. ``name``: who."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Meant:
    """For whom a waiting conversation is meant. ``until``: from then on anybody of the team may take it."""

    agent_id: str
    name: str
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Referral:
    """Another service: the id of its place, and the words that tell the person where to go."""

    place: str
    said: Said


def meant_for(session: Session, conversation_id: str) -> Meant | None:
    """For whom a conversation is meant, also when that time is over; None: for nobody in particular."""
    statement = (
        select(Assignment, Agent.name)
        .join(Handover, Handover.id == Assignment.handover_id)
        .join(Agent, Agent.id == Assignment.agent_id)
        .where(Handover.conversation_id == conversation_id, Handover.closed_at.is_(None))
    )
    found = session.execute(statement.order_by(Handover.id.desc())).first()
    return None if found is None else Meant(found[0].agent_id, found[1], found[0].assigned_at + MEANT_FOR)


def assign(session: Session, conversation: Conversation, to: Agent, by: Agent, note: str, now: dt.datetime) -> Transfer:
    """Means a waiting conversation for an agent. For a while nobody else can take it; then anybody of the team may.

    Raises:
        NotWaiting: nobody waits in it.
        NotThere: the agent does not serve its team.
    """
    conversations.lock(session, conversation.id)
    handover = handovers.open_handover(session, conversation.id)
    if handover is None or _speaker(session, conversation.id) == Speaker.AGENT:
        raise NotWaiting
    _must_serve(session, conversation, to)
    _forget_assignment(session, handover.id)
    session.add(Assignment(handover_id=handover.id, agent_id=to.id, by_agent_id=by.id, assigned_at=now))
    return _note(session, conversation, TransferKind.ASSIGNED, by, note, now, to_agent_id=to.id)


def take(session: Session, conversation: Conversation, agent: Agent, wording: Wording, now: dt.datetime) -> None:
    """Gives the floor to an agent and tells the person, unless the conversation is meant for a colleague just now.

    Raises:
        NotYours: a colleague was first.
        Reserved: it is meant for a colleague.
    """
    conversations.lock(session, conversation.id)
    meant = meant_for(session, conversation.id)
    waits = _speaker(session, conversation.id) != Speaker.AGENT
    if waits and meant is not None and meant.agent_id != agent.id and now < meant.until:
        raise Reserved(meant.name, meant.until)
    handovers.take(session, conversation, agent, wording, now)
    _forget_assignments(session, conversation.id)


def to_colleague(
    session: Session,
    conversation: Conversation,
    agent: Agent,
    to: Agent,
    note: str,
    wording: Wording,
    now: dt.datetime,
) -> Transfer:
    """Gives the floor of an agent to a colleague who is there, and tells the person who helps them now.

    Raises:
        NotYours: the agent does not have the floor.
        NotThere: the colleague is not at the desk, does not serve the team, or is the agent.
    """
    conversations.lock(session, conversation.id)
    _must_serve(session, conversation, to)
    if to.id == agent.id or not presence.of(session, to, now).here:
        raise NotThere(to.name)
    if not hand_to(session, conversation.id, agent.id, to.id, now):
        raise NotYours
    handover = handovers.open_handover(session, conversation.id)
    if handover is not None:
        handover.agent_id, handover.taken_at = to.id, now
    said = Said(wording("passed_to_colleague", name=to.name), outcome="handed_over")
    conversations.add(session, conversation, Sender.SYSTEM, said, now)
    return _note(session, conversation, TransferKind.COLLEAGUE, agent, note, now, to_agent_id=to.id)


def to_team(
    session: Session,
    conversation: Conversation,
    agent: Agent,
    team: Team,
    note: str,
    wording: Wording,
    now: dt.datetime,
) -> Transfer:
    """Puts a conversation in the queue of another team: one that the agent has, or that waits. It keeps its place.

    The person is told when somebody was with them.

    Raises:
        NotYours: a colleague has it, or nobody waits in it.
    """
    conversations.lock(session, conversation.id)
    handover = handovers.open_handover(session, conversation.id)
    had_it = _to_queue(session, conversation.id, agent.id)
    if not had_it and (handover is None or _speaker(session, conversation.id) == Speaker.AGENT):
        raise NotYours
    conversation.team_id = team.id
    _forget_assignments(session, conversation.id)
    if had_it:
        if handover is not None:
            handover.taken_at, handover.agent_id = None, None
        conversations.add(session, conversation, Sender.SYSTEM, Said(wording("passed_to_team", team=team.name)), now)
    return _note(session, conversation, TransferKind.TEAM, agent, note, now, to_team_id=team.id)


def to_service(
    session: Session,
    conversation: Conversation,
    agent: Agent,
    to: Referral,
    note: str,
    wording: Wording,
    now: dt.datetime,
) -> Transfer:
    """Tells the person where another service helps them, and closes the agent's part.

    Raises:
        NotYours: the agent does not have the floor.
    """
    conversations.lock(session, conversation.id)
    if not floor.renew(session, conversation.id, agent.id, now):
        raise NotYours
    conversations.add(session, conversation, Sender.AGENT, to.said, now, agent_id=agent.id)
    handovers.close(session, conversation, agent, wording, now)
    return _note(session, conversation, TransferKind.SERVICE, agent, note, now, to_place=to.place)


def hand_to(session: Session, conversation_id: str, from_agent: str, to_agent: str, now: dt.datetime) -> bool:
    """The floor from one agent to another. False when the first does not have it (any more)."""
    mine = [Conversation.agent_id == from_agent, Conversation.lease_until >= now]
    return _change(session, conversation_id, mine, agent_id=to_agent, lease_until=now + floor.LEASE)


def of_conversation(session: Session, conversation_id: str) -> Sequence[Transfer]:
    """Every time it was passed on, the newest first."""
    statement = select(Transfer).where(Transfer.conversation_id == conversation_id)
    return session.scalars(statement.order_by(Transfer.id.desc())).all()


def to_agent_after(session: Session, agent_id: str, after: int) -> Sequence[Transfer]:
    """What colleagues passed on to an agent after a transfer's id, the oldest first."""
    statement = select(Transfer).where(
        Transfer.to_agent_id == agent_id, Transfer.from_agent_id != agent_id, Transfer.id > after
    )
    return session.scalars(statement.order_by(Transfer.id)).all()


def _to_queue(session: Session, conversation_id: str, agent_id: str) -> bool:
    values = {"speaker": Speaker.QUEUE, "agent_id": None, "lease_until": None}
    return _change(session, conversation_id, [Conversation.agent_id == agent_id], **values)


def _change(session: Session, conversation_id: str, allowed: Sequence[ColumnElement[bool]], **values: Any) -> bool:
    """One compare-and-set on the floor of a conversation that an agent has."""
    its = [Conversation.id == conversation_id, Conversation.speaker == Speaker.AGENT]
    statement = update(Conversation).where(*its, *allowed).values(**values)
    result = cast("CursorResult[Any]", session.execute(statement, execution_options={"synchronize_session": "fetch"}))
    return result.rowcount == 1


def _speaker(session: Session, conversation_id: str) -> Speaker:
    return Speaker(session.scalars(select(Conversation.speaker).where(Conversation.id == conversation_id)).one())


def _must_serve(session: Session, conversation: Conversation, to: Agent) -> None:
    if to.id not in {agent.id for agent in teams.serving(session, conversation.team_id)}:
        raise NotThere(to.name)


def _forget_assignment(session: Session, handover_id: int) -> None:
    session.execute(delete(Assignment).where(Assignment.handover_id == handover_id))


def _forget_assignments(session: Session, conversation_id: str) -> None:
    theirs = select(Handover.id).where(Handover.conversation_id == conversation_id)
    session.execute(delete(Assignment).where(Assignment.handover_id.in_(theirs)))


def _note(
    session: Session,
    conversation: Conversation,
    kind: TransferKind,
    by: Agent,
    note: str,
    now: dt.datetime,
    **to: str,
) -> Transfer:
    row = Transfer(
        conversation_id=conversation.id, kind=kind, from_agent_id=by.id, note=note[:LONGEST_NOTE], at=now, **to
    )
    session.add(row)
    session.flush()
    audit.note(
        session,
        actor=f"agent:{by.id}",
        action="conversation.passed_on",
        subject=f"conversation:{conversation.id}",
        now=now,
        details={"kind": str(kind), **to},
    )
    return row
