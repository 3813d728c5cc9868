"""What has to be done for somebody, and on which day. Asking how it goes needs their consent to be written to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from dossiers import audit, consents, plans
from dossiers.database import locked
from dossiers.models import (
    Agent,
    ConsentRecord,
    Conversation,
    Dossier,
    Person,
    PlanRecord,
    Task,
    TaskKind,
    TaskState,
)
from knowledge.figures import BELGIUM
from knowledge.planning.dates import shifted
from knowledge.planning.steps import Period

MONTHS = (1, 3, 6, 12)  # after the arrival
LONGEST_TITLE = 200
MOST = 200


@dataclass(frozen=True, slots=True)
class New:
    """A task to be added. ``agent_id``: for whom, none: whoever of the team takes it."""

    person_id: str
    conversation_id: str
    title: str
    due_on: dt.date
    agent_id: str | None = None
    kind: TaskKind = TaskKind.OWN
    months: int | None = None


class NoConsent(Exception):
    """The person has not agreed to be written to afterwards, or does not agree any more."""


def add(session: Session, new: New, *, by: Agent | None, now: dt.datetime) -> Task:
    """Adds a task. ``by``: who asked for it, none: the service itself.

    Raises:
        ValueError: it has no title, or too long a one.
    """
    title = " ".join(new.title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise ValueError("title")
    task = Task(
        person_id=new.person_id,
        conversation_id=new.conversation_id,
        kind=new.kind,
        title=title,
        due_on=new.due_on,
        months=new.months,
        agent_id=new.agent_id,
        created_by=by.id if by else None,
        created_at=now,
    )
    session.add(task)
    session.flush()
    _audit(session, "task.added", task, by, now)
    return task


def change(
    session: Session, task: Task, by: Agent, now: dt.datetime, *, title: str, due_on: dt.date, agent_id: str | None
) -> None:
    """Says anew what is to be done, when and by whom.

    Raises:
        ValueError: it has no title, or too long a one.
    """
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise ValueError("title")
    task.title, task.due_on, task.agent_id = title, due_on, agent_id
    session.flush()
    _audit(session, "task.changed", task, by, now)


def settle(session: Session, task: Task, state: TaskState, by: Agent, now: dt.datetime) -> bool:
    """Ends a task, or opens it again. False: it is in this state already."""
    if task.state == state:
        return False
    task.state = state
    is_open = state is TaskState.OPEN
    task.settled_by, task.settled_at = (None, None) if is_open else (by.id, now)
    session.flush()
    _audit(session, f"task.{state}", task, by, now)
    return True


def of_person(session: Session, person_id: str) -> Sequence[Task]:
    """Every task about a person that counts: the open ones by day, then those that are over, the last first."""
    found = session.scalars(select(Task).where(Task.person_id == person_id).order_by(Task.due_on, Task.id)).all()
    counting = _counting(session, found)
    over = [task for task in counting if task.state != TaskState.OPEN]
    over.sort(key=lambda task: (task.settled_at or task.created_at, task.id), reverse=True)
    return [*(task for task in counting if task.state == TaskState.OPEN), *over]


def open_tasks(session: Session, where: Collection[ColumnElement[bool]]) -> Sequence[Task]:
    """The open tasks that meet the conditions (on `Task` and its `Conversation`), by day; at most 200."""
    statement = select(Task).join(Conversation, Conversation.id == Task.conversation_id)
    statement = statement.where(Task.state == TaskState.OPEN, *where).order_by(Task.due_on, Task.id).limit(MOST)
    return _counting(session, session.scalars(statement).all())


def may_write(session: Session, person_id: str) -> bool:
    """Whether the person agreed to be written to afterwards, and still does."""
    return consents.held(session, person_id, consents.FOLLOW_UP) is not None


def must_agree(session: Session, task: Task) -> None:
    """Nobody is written to for a task without their consent.

    Raises:
        NoConsent: there is none.
    """
    if not may_write(session, task.person_id):
        raise NoConsent


def propose_follow_ups(session: Session, person_id: str, now: dt.datetime) -> int:
    """Adds a task for each time that somebody is to be asked how it goes: 1, 3, 6 and 12 months after they arrived.

    Only for a dossier whose questions are finished, with consent, and when the day of arrival is known. Days that have
    passed are left out, and what was proposed before is not proposed again. Returns how many were added.
    """
    session.execute(locked(select(Person.id).where(Person.id == person_id), session))
    dossier = session.scalars(select(Dossier).where(Dossier.person_id == person_id)).first()
    arrival = arrival_of(session, person_id)
    if dossier is None or dossier.completed_at is None or arrival is None or not may_write(session, person_id):
        return 0
    statement = select(Task.months).where(Task.person_id == person_id, Task.kind == TaskKind.FOLLOW_UP)
    before = set(session.scalars(statement))
    today = now.astimezone(BELGIUM).date()
    days = {months: shifted(arrival, _months(months)) for months in MONTHS if months not in before}
    coming = {months: day for months, day in days.items() if day >= today}
    for months, day in coming.items():
        new = New(person_id, dossier.conversation_id, _title(months), day, kind=TaskKind.FOLLOW_UP, months=months)
        add(session, new, by=None, now=now)
    return len(coming)


def propose_all(session: Session, now: dt.datetime) -> int:
    """The same for everybody who agreed and to whom nothing was proposed yet, so that nobody is forgotten."""
    agreed = exists().where(
        ConsentRecord.person_id == Dossier.person_id,
        ConsentRecord.purpose == consents.FOLLOW_UP,
        ConsentRecord.withdrawn_at.is_(None),
    )
    proposed = exists().where(Task.person_id == Dossier.person_id, Task.kind == TaskKind.FOLLOW_UP)
    statement = select(Dossier.person_id).join(PlanRecord, PlanRecord.person_id == Dossier.person_id)
    finished = session.scalars(statement.where(Dossier.completed_at.is_not(None), agreed, ~proposed)).all()
    return sum(propose_follow_ups(session, person_id, now) for person_id in finished)


def drop_follow_ups(session: Session, person_id: str, now: dt.datetime) -> int:
    """Drops every open follow-up of a person: they do not want to be written to. Returns how many there were."""
    mine = [Task.person_id == person_id, Task.kind == TaskKind.FOLLOW_UP, Task.state == TaskState.OPEN]
    found = session.scalars(select(Task).where(*mine)).all()
    for task in found:
        task.state, task.settled_at = TaskState.DROPPED, now
    session.flush()
    return len(found)


def arrival_of(session: Session, person_id: str) -> dt.date | None:
    """The day on which somebody arrived or arrives, as their plan knows it."""
    try:
        kept = plans.kept(session, person_id)
    except ValidationError:
        return None
    return kept.profile.arrival if kept else None


def _months(count: int) -> Period:
    return Period(count=count, unit="months")


def _title(months: int) -> str:
    return f"Ask how it goes, {months} month{'' if months == 1 else 's'} after the arrival"


def _counting(session: Session, tasks: Sequence[Task]) -> list[Task]:
    """Without open follow-ups of people who do not agree (any more)."""
    asked = {task.person_id for task in tasks if task.kind == TaskKind.FOLLOW_UP and task.state == TaskState.OPEN}
    agree = {person_id for person_id in asked if may_write(session, person_id)}
    return [
        task
        for task in tasks
        if task.kind != TaskKind.FOLLOW_UP or task.state != TaskState.OPEN or task.person_id in agree
    ]


def _audit(session: Session, action: str, task: Task, by: Agent | None, now: dt.datetime) -> None:
    audit.note(
        session,
        actor=f"agent:{by.id}" if by else "system",
        action=action,
        subject=f"person:{task.person_id}",
        now=now,
        details={"task": task.id, "kind": str(task.kind)},
    )
