"""Conversations that went to people, when people are there, and who of them is told by mail."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime
from dossiers.models.ids import new_id


class Choice(StrEnum):
    """What a person wants while no colleague is with them."""

    WAIT = "wait"
    MESSAGE = "message"
    ASSISTANT = "assistant"


class Handover(Base):
    """One time that a conversation went to people: asked, taken, closed. At most one of a conversation is open.

    ``risks``: why somebody must look soon (`knowledge.risk`). ``choice``: what the person chose meanwhile, none yet.
    ``message_left_at``: they left it as a message. ``after_hours``: it was asked, or went on, while nobody was there.
    ``ahead``: how many waited before them; ``first_taken_at`` stays when the floor is lost again: what the expected
    wait is worked out from. ``closing_summary``: what person and colleague agreed.
    """

    __tablename__ = "handovers"
    __table_args__ = (Index("ix_handovers_closed_at_requested_at", "closed_at", "requested_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(40))
    summary: Mapped[str] = mapped_column(Text)
    risks: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    requested_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    first_taken_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    choice: Mapped[Choice | None] = mapped_column(String(12))
    chosen_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    message_left_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    after_hours: Mapped[bool] = mapped_column(default=False, server_default=false())
    ahead: Mapped[int | None]
    closing_summary: Mapped[str | None] = mapped_column(Text)


class TeamHours(Base):
    """When a team is there. ``scope``: the team's id, or `service` for every team without hours of its own.

    ``week``: for each day from Monday on, spans as `["09:00", "17:00"]`.
    """

    __tablename__ = "team_hours"

    scope: Mapped[str] = mapped_column(String(32), primary_key=True)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), unique=True)
    week: Mapped[list[list[list[str]]]] = mapped_column(JSON)
    on_holidays: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Closure(Base):
    """Days on which a team is not there although it would be; no team: nobody is. ``note`` is for colleagues."""

    __tablename__ = "closures"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[dt.date] = mapped_column(Date)
    last_day: Mapped[dt.date] = mapped_column(Date, index=True)
    note: Mapped[str] = mapped_column(String(200), default="")


class DigestSubscription(Base):
    """That an agent wants to be told by mail who waits. ``last_key``: what the last mail told, so that it is not told
    twice; ``sending_until``: a sender has it until then; ``attempts``: how often the next mail failed."""

    __tablename__ = "digest_subscriptions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), unique=True)
    address: Mapped[str] = mapped_column(String(254))
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    every_minutes: Mapped[int] = mapped_column(default=60)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_key: Mapped[str] = mapped_column(String(64), default="")
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    sending_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
