"""What is left when somebody used a right over their data, and what is erased by its age. Nothing of it is personal."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime


class Right(StrEnum):
    """What a person did with their data."""

    VIEW = "view"
    CORRECT = "correct"
    EXPORT = "export"
    ERASE = "erase"
    END = "end"
    WITHDRAW = "withdraw"


class Elsewhere(StrEnum):
    """Where something must still be forgotten that is not in this database."""

    BOT = "bot"
    FILE = "file"
    LEDGER = "ledger"
    WAL = "wal"


class Receipt(Base):
    """That something was done with somebody's data. ``counts``: how many rows of what kind. ``person_id`` goes when the
    person is erased; then only the ``number`` finds it."""

    __tablename__ = "receipts"

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[Right] = mapped_column(String(10))
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)


class ErasureAsked(Base):
    """That a person is to be erased as soon as their last message has left. ``number``: of the receipt they got."""

    __tablename__ = "erasures_asked"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Forgetting(Base):
    """Something that must still be forgotten elsewhere: tried again until it is done, and then this row goes.
    ``key``: the conversation for the bot, the name of a file."""

    __tablename__ = "forgettings"
    __table_args__ = (Index("ix_forgettings_due_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[Elsewhere] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(120))
    attempts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ErasedKey(Base):
    """The hash of a random id that was erased, so that it is erased again when a copy is put back."""

    __tablename__ = "erased_keys"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RetentionRun(Base):
    """One time that the rules of retention were counted (``dry``) or carried out. ``day``: which night's, none when
    somebody began it; ``terms``: the days of each rule then; ``counts``: what each rule found."""

    __tablename__ = "retention_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[str | None] = mapped_column(String(10), unique=True)
    dry: Mapped[bool] = mapped_column()
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    terms: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
