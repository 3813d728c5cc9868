"""Who works with whom, who is there, what was passed on, and what has to be done on a day."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime
from dossiers.models.ids import new_id


class Team(Base):
    """Colleagues who serve some municipalities. ``municipalities``: slugs; ``catch_all``: serves those of no team."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    municipalities: Mapped[list[str]] = mapped_column(JSON, default=list)
    catch_all: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class TeamMember(Base):
    """That an agent belongs to a team."""

    __tablename__ = "team_members"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True)


class Availability(StrEnum):
    """What an agent says of themselves."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"


class Presence(Base):
    """What an agent said of themselves, and when a page of theirs was last open. ``capacity``: how many conversations
    they want at once. Who never said anything is available."""

    __tablename__ = "presence"

    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    availability: Mapped[Availability] = mapped_column(String(10), default=Availability.AVAILABLE)
    capacity: Mapped[int]
    seen_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Assignment(Base):
    """That a waiting conversation is meant for one agent. It goes with its hand-over, and counts only while the person
    waits; `dossiers.transfers` says for how long."""

    __tablename__ = "assignments"

    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    by_agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    assigned_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class TransferKind(StrEnum):
    """To whom a conversation was passed on. ``assigned``: it still waited, and was meant for somebody."""

    ASSIGNED = "assigned"
    COLLEAGUE = "colleague"
    TEAM = "team"
    SERVICE = "service"


class Transfer(Base):
    """One time that a conversation was passed on. ``to_place``: id of a place of the knowledge; ``note``: what the
    agent wrote for whoever goes on, never shown to the person; ``from_agent_id``: who did it."""

    __tablename__ = "transfers"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[TransferKind] = mapped_column(String(10))
    from_agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    to_agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    to_team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id", ondelete="SET NULL"))
    to_place: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class TaskKind(StrEnum):
    """What a task is. ``follow_up``: asking somebody how it goes, some months after they arrived; ``introduction``: a
    partner asks to be introduced."""

    OWN = "own"
    FOLLOW_UP = "follow_up"
    INTRODUCTION = "introduction"


class TaskState(StrEnum):
    """How far a task has come. ``dropped``: nobody has to do it any more."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Task(Base):
    """Something to do for a person on a day. ``agent_id``: for whom, none: whoever of the team takes it; ``months``:
    of a follow-up, how long after the arrival. It belongs to the team of its conversation."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_state_due_on", "state", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[TaskKind] = mapped_column(String(20), default=TaskKind.OWN)
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[dt.date]
    months: Mapped[int | None]
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    state: Mapped[TaskState] = mapped_column(String(10), default=TaskState.OPEN)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
