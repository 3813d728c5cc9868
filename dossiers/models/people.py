"""People, where they are reached, and what their plan is made from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime
from dossiers.models.ids import new_id


class Person(Base):
    """Somebody who writes to the service. Holds nothing that identifies them."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Address(Base):
    """Where a person is reached on a platform: a Telegram chat, a WhatsApp number.

    ``key`` is a keyed hash by which it is found, ``sealed`` the address itself, encrypted (`dossiers.sealing`). It
    belongs to one conversation; moving on with a code moves it to another. ``heard_at``: the person's last message on
    it; ``stopped_at``: they asked us to write no more; ``agreed_at``: they agreed to be written to first.
    """

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("channel", "key"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    heard_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    agreed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ResumeCode(Base):
    """A short-lived code that moves a conversation to another channel, once. Only a keyed hash is kept."""

    __tablename__ = "resume_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class PlanRecord(Base):
    """What a person's plan is made from. The plan itself is not stored: it is made anew every day it is looked at.

    ``link_id`` is what the links to it carry; ``revision`` grows with every change of the profile.
    """

    __tablename__ = "plans"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    profile: Mapped[dict[str, Any]] = mapped_column(JSON)
    link_id: Mapped[str] = mapped_column(String(32), unique=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
