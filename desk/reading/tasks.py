"""Tasks as an agent sees them: what is late, what is for today, what comes later; and those about one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from desk import labels
from desk.access import SignedIn
from desk.permissions import Action
from desk.reading import queue
from desk.reading.queue import Seen
from desk.services import PREFIX
from dossiers import tasks, teams
from dossiers.models import Agent, Conversation, Dossier, Task, TaskKind, TaskState
from knowledge.figures import BELGIUM
from knowledge.wording import say

MINE, TEAM, EVERYBODY = "mine", "team", "all"
OVER_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One task. ``whose``: for whom, in words, empty for whoever takes it; ``agent_id``: who that is; ``late``: its day
    has passed; ``message``: what to write to the person, for a follow-up; ``over``: done or dropped, in words."""

    id: int
    title: str
    due_on: dt.date
    whose: str
    agent_id: str
    late: bool
    today: bool
    kind: str
    name: str
    conversation_id: str
    dossier_id: str | None
    message: str
    over: str


@dataclass(frozen=True, slots=True)
class Lists:
    """The page's lists, by day."""

    late: Sequence[Row]
    today: Sequence[Row]
    later: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Due:
    """How many tasks of one's own wait."""

    late: int
    today: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The tasks about one person, with what the form for a new one needs. ``back``: the page it stands on."""

    open: Sequence[Row]
    over: Sequence[Row]
    conversation_id: str
    colleagues: Sequence[tuple[str, str]]
    today: dt.date
    back: str


def lists(session: Session, seen: Seen, whose: str) -> Lists:
    """Open tasks, by day. ``whose``: one's own; those that nobody of one's teams has taken; or everybody's."""
    found = tasks.open_tasks(session, [queue.within(seen.who, Action.TASK_EDIT), _whose(seen.who, whose)])
    rows = _rows(session, found, seen.today)
    return Lists(
        [row for row in rows if row.late],
        [row for row in rows if row.today],
        [row for row in rows if not row.late and not row.today],
    )


def due(session: Session, seen: Seen) -> Due:
    """How many of one's own tasks are late, and how many are for today."""
    mine = [_whose(seen.who, MINE), queue.within(seen.who, Action.TASK_EDIT), Task.due_on <= seen.today]
    days = [task.due_on for task in tasks.open_tasks(session, mine)]
    return Due(sum(day < seen.today for day in days), sum(day == seen.today for day in days))


def of_person(
    session: Session, who: SignedIn, person_id: str, now: dt.datetime, conversation_id: str, back: str = ""
) -> Beside:
    """The tasks about a person that the agent may see. ``conversation_id``: where a new one belongs; ``back``: the path
    of the page that shows them, to come back to; without one the conversation's."""
    today = now.astimezone(BELGIUM).date()
    theirs = select(Conversation.id).where(Conversation.person_id == person_id, queue.within(who, Action.TASK_EDIT))
    seen = set(session.scalars(theirs))
    found = [task for task in tasks.of_person(session, person_id) if task.conversation_id in seen]
    rows = _rows(session, found, today)
    return Beside(
        [row for row in rows if not row.over],
        [row for row in rows if row.over][:OVER_SHOWN],
        conversation_id,
        colleagues(session, session.get_one(Conversation, conversation_id), who),
        today,
        back or f"{PREFIX}/conversations/{conversation_id}",
    )


def colleagues(session: Session, conversation: Conversation, who: SignedIn) -> list[tuple[str, str]]:
    """Id and name of everybody who may have a task about this conversation, oneself first."""
    found = [agent for agent in teams.serving(session, conversation.team_id) if agent.id != who.agent.id]
    return [(who.agent.id, f"{who.agent.name} (you)"), *((agent.id, agent.name) for agent in found)]


def everybody(session: Session, who: SignedIn) -> list[tuple[str, str]]:
    """Id and name of everybody who may have a task of one's teams, oneself first."""
    groups: list[str | None] = [*sorted(who.teams)] or [None]
    found = {agent.id: agent.name for team_id in groups for agent in teams.serving(session, team_id)}
    found.pop(who.agent.id, None)
    others = sorted(found.items(), key=lambda one: one[1])
    return [(who.agent.id, f"{who.agent.name} (you)"), *others]


def _whose(who: SignedIn, whose: str) -> ColumnElement[bool]:
    if whose == MINE:
        return Task.agent_id == who.agent.id
    return Task.agent_id.is_(None) if whose == TEAM else true()


def _rows(session: Session, found: Sequence[Task], today: dt.date) -> list[Row]:
    people = {task.person_id for task in found}
    known = queue.names(session, people)
    opened = session.execute(select(Dossier.person_id, Dossier.id).where(Dossier.person_id.in_(people)))
    dossiers = {row.person_id: row.id for row in opened}
    ids = {key for task in found for key in (task.agent_id, task.settled_by) if key}
    agents = {row.id: row.name for row in session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(ids)))}
    return [_row(task, known.get(task.person_id, {}), dossiers, agents, today) for task in found]


def _row(task: Task, known: dict[str, str], dossiers: dict[str, str], agents: dict[str, str], today: dt.date) -> Row:
    is_open = task.state == TaskState.OPEN
    first_name = known.get("first_name")
    follow_up = is_open and task.kind == TaskKind.FOLLOW_UP
    return Row(
        id=task.id,
        title=task.title,
        due_on=task.due_on,
        whose=agents.get(task.agent_id or "", ""),
        agent_id=task.agent_id or "",
        late=is_open and task.due_on < today,
        today=is_open and task.due_on == today,
        kind=str(task.kind),
        name=labels.newcomer(first_name, task.conversation_id),
        conversation_id=task.conversation_id,
        dossier_id=dossiers.get(task.person_id),
        message=say("follow_up_message", name=f" {first_name}" if first_name else "") if follow_up else "",
        over="" if is_open else _over(task, agents),
    )


def _over(task: Task, agents: dict[str, str]) -> str:
    words = "done" if task.state == TaskState.DONE else "dropped"
    by = agents.get(task.settled_by or "")
    return f"{words} by {by}" if by else words
